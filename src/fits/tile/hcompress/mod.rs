//! HCOMPRESS_1: the two-dimensional Haar transform of an image, its coefficients coded bit plane
//! by bit plane as quadtrees (White 1992; FITS 4.0, section 10.4.4).

mod quadtree;
mod smooth;
mod transform;

use super::BadTile;
use super::bits::Bits;

/// What a compressed image begins with.
const MAGIC: [u8; 2] = [0xdd, 0x99];

/// Decodes an image of `rows` x `columns` pixels into `out`, row by row. `smooth` evens out the
/// steps between blocks that a lossy compression leaves.
///
/// # Errors
/// [`BadTile`] where the data are damaged, or those of an image of another shape.
pub fn decode(
    bytes: &[u8],
    (rows, columns): (usize, usize),
    smooth: bool,
    out: &mut [i32],
) -> Result<(), BadTile> {
    let (header, rest) = bytes.split_first_chunk::<25>().ok_or(BadTile("it has no header"))?;
    let mut header = header.as_slice();
    if take(&mut header) != MAGIC {
        return Err(BadTile("its compressed data do not begin as HCOMPRESS_1 does"));
    }
    let shape = [i32::from_be_bytes(take(&mut header)), i32::from_be_bytes(take(&mut header))];
    if shape.map(|size| usize::try_from(size).unwrap_or(0)) != [rows, columns]
        || rows.checked_mul(columns) != Some(out.len())
    {
        return Err(BadTile("its HCOMPRESS_1 data have another shape than the tile"));
    }
    let scale = i64::from(i32::from_be_bytes(take(&mut header)));
    let sum = i64::from_be_bytes(take(&mut header));
    let planes = take::<3>(&mut header);
    let mut plane = Plane { values: vec![0; rows * columns], rows, columns };
    quadtree::decode(&mut Bits::new(rest), planes, &mut plane)?;
    if let Some(first) = plane.values.first_mut() {
        *first = sum;
    }
    if scale > 1 {
        plane.values.iter_mut().for_each(|value| *value = value.wrapping_mul(scale));
    }
    transform::invert(&mut plane, if smooth { scale } else { 0 });
    out.iter_mut().zip(&plane.values).for_each(|(pixel, value)| *pixel = *value as i32);
    Ok(())
}

/// The first bytes of the header, which become those behind them.
fn take<const N: usize>(header: &mut &[u8]) -> [u8; N] {
    let Some((first, rest)) = header.split_first_chunk() else { return [0; N] };
    *header = rest;
    *first
}

/// Numbers in rows and columns. Arithmetic on them wraps around: only damaged data make it.
struct Plane {
    values: Vec<i64>,
    rows: usize,
    columns: usize,
}

impl Plane {
    fn get(&self, row: usize, column: usize) -> i64 {
        self.values.get(row * self.columns + column).copied().unwrap_or(0)
    }

    fn set(&mut self, row: usize, column: usize, value: i64) {
        if let Some(slot) = self.values.get_mut(row * self.columns + column) {
            *slot = value;
        }
    }
}

/// The smallest k with 2^k >= n.
fn ceil_log2(n: usize) -> u32 {
    n.max(1).next_power_of_two().trailing_zeros()
}
