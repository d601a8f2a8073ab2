//! Reads the two-dimensional little-endian float arrays of NumPy's `.npy` files (format versions 1 to 3).

use std::path::Path;

/// A picture's values, row 0 first (which `map2fig` puts at the bottom).
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub height: usize,
    pub width: usize,
    pub values: Vec<f32>,
}

impl Array {
    pub fn at(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.width + column]
    }
}

/// Reads `<f4` and `<f8` arrays in C order.
#[track_caller]
pub fn read(path: &Path) -> Array {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    parse(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// As [`read`], from bytes.
pub fn parse(bytes: &[u8]) -> Result<Array, String> {
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("not a .npy file")?;
    let (version, rest) = rest.split_at_checked(2).ok_or("no version")?;
    let size_bytes = if version[0] == 1 { 2 } else { 4 };
    let (size, rest) = rest.split_at_checked(size_bytes).ok_or("no header")?;
    let size = size.iter().rev().fold(0usize, |sum, &byte| (sum << 8) | usize::from(byte));
    let (header, data) = rest.split_at_checked(size).ok_or("short header")?;
    let header = std::str::from_utf8(header).map_err(|e| e.to_string())?;
    if !(bytes.len() - data.len()).is_multiple_of(16) {
        return Err(format!("the data start at byte {}", bytes.len() - data.len()));
    }

    let after = |key: &str| {
        let start = header.find(key).ok_or(format!("no {key} in {header}"))? + key.len();
        Ok::<&str, String>(header[start..].trim_start_matches([':', ' ']))
    };
    if !after("'fortran_order'")?.starts_with("False") {
        return Err("not in C order".into());
    }
    let shape = after("'shape'")?.trim_start_matches('(');
    let shape = shape.split(')').next().unwrap_or_default();
    let shape: Vec<usize> = shape.split(',').flat_map(|n| n.trim().parse()).collect();
    let &[height, width] = shape.as_slice() else {
        return Err(format!("not two-dimensional: {shape:?}"));
    };
    let descr = after("'descr'")?;
    let values: Vec<f32> = if descr.starts_with("'<f4'") {
        data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    } else if descr.starts_with("'<f8'") {
        data.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()) as f32).collect()
    } else {
        return Err(format!("unexpected type in {header}"));
    };
    if values.len() != height * width {
        return Err(format!("{} values for {height} x {width}", values.len()));
    }
    Ok(Array { height, width, values })
}
