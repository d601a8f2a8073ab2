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
    if out.is_empty() {
        return Ok(());
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 5 rows of 7 pixels, written by astropy.
    pub const LOSSLESS: [u8; 73] = [
        221, 153, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 254, 32, 10, 6,
        1, 246, 189, 159, 185, 95, 171, 192, 82, 192, 2, 152, 0, 102, 136, 1, 152, 79, 11, 254, 5,
        164, 143, 151, 65, 85, 16, 6, 89, 31, 14, 255, 239, 116, 11, 224, 180, 10, 161, 255, 255,
        7, 208, 0, 2, 6, 15, 30, 0,
    ];

    /// 8 rows of 12 pixels with a scale of 16, written by astropy.
    const LOSSY: [u8; 120] = [
        221, 153, 0, 0, 0, 8, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 1, 218, 8, 5, 3, 247,
        109, 123, 254, 90, 6, 85, 112, 0, 22, 72, 245, 2, 122, 146, 0, 101, 157, 154, 6, 50, 28, 0,
        96, 152, 81, 1, 50, 76, 128, 125, 173, 18, 13, 73, 6, 192, 123, 114, 109, 12, 109, 112, 15,
        115, 150, 9, 240, 189, 64, 190, 73, 32, 27, 89, 99, 129, 115, 122, 134, 8, 144, 128, 0, 50,
        67, 244, 21, 73, 107, 224, 152, 253, 142, 24, 254, 14, 0, 224, 15, 254, 63, 224, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    #[test]
    fn lossless_to_the_pixel() {
        let mut out = [0; 35];
        decode(&LOSSLESS, (5, 7), false, &mut out).unwrap();
        let expected = |at: i32| {
            let (x, y) = (at % 7, at / 7);
            x * x * 3 - y * 17 + x * y - 40
        };
        assert!(out.iter().zip(0..).all(|(pixel, at)| *pixel == expected(at)), "{out:?}");
    }

    #[test]
    fn lossy_as_by_another_program() {
        let mut out = [0; 96];
        decode(&LOSSY, (8, 12), false, &mut out).unwrap();
        assert_eq!(out[..12], [13, 45, 105, 193, 283, 339, 323, 251, 149, 77, 29, 13]);
        assert_eq!(out[60..72], [29, 85, 201, 369, 551, 663, 639, 487, 297, 145, 57, 17]);
        decode(&LOSSY, (8, 12), true, &mut out).unwrap();
        assert_eq!(out[..12], [13, 45, 107, 191, 283, 339, 321, 253, 147, 79, 29, 13]);
        assert_eq!(out[60..72], [31, 87, 207, 367, 553, 665, 639, 491, 295, 151, 59, 19]);
    }

    #[test]
    fn other_shapes_are_refused() {
        let mut out = [0; 35];
        assert!(decode(&LOSSLESS, (7, 5), false, &mut out).is_err());
        assert!(decode(&LOSSLESS, (5, 7), false, &mut out[..34]).is_err());
        assert!(decode(&LOSSLESS[..20], (5, 7), false, &mut out).is_err());
        assert!(decode(&LOSSLESS[..60], (5, 7), false, &mut out).is_err());
    }

    #[test]
    fn images_without_pixels() {
        for shape in [(16, 0), (0, 16), (0, 0)] {
            let mut bytes = MAGIC.to_vec();
            bytes.extend(
                [shape.0 as u8, shape.1 as u8].map(|n| i32::from(n).to_be_bytes()).concat(),
            );
            bytes.extend([0x29, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x36, 0xc0, 8, 0x3f, 0xff]);
            bytes.resize(200, 0x55);
            assert!(decode(&bytes, shape, false, &mut []).is_ok());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn damaged_tiles_decode_or_fail(
            changes in prop::collection::vec((10usize..120, any::<u8>()), 0..8),
            cut in 0usize..120,
            smooth in any::<bool>(),
        ) {
            let mut bytes = LOSSY;
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            let mut out = [0; 96];
            let _ = decode(&bytes[..120 - cut], (8, 12), smooth, &mut out);
        }

        #[test]
        fn any_shape_decodes_or_fails(
            rows in 0usize..20,
            columns in 0usize..20,
            scale in any::<i32>(),
            sum in any::<i64>(),
            planes in prop::collection::vec(0u8..70, 3),
            rest in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut bytes = MAGIC.to_vec();
            bytes.extend((rows as i32).to_be_bytes());
            bytes.extend((columns as i32).to_be_bytes());
            bytes.extend(scale.to_be_bytes());
            bytes.extend(sum.to_be_bytes());
            bytes.extend(planes);
            bytes.extend(rest);
            let mut out = vec![0; rows * columns];
            let _ = decode(&bytes, (rows, columns), true, &mut out);
        }
    }
}
