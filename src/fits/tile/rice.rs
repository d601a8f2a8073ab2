//! RICE_1: differences of neighbouring integers in Rice's code (FITS 4.0, section 10.4.1).

use super::BadTile;
use super::bits::Bits;

/// Integers of one width: how their blocks are announced.
struct Width {
    /// Bits of an integer.
    bits: u32,
    /// Bits that announce a block.
    announcement: u32,
    /// Number of low bits, less one, that announces differences which are not coded.
    plain: u32,
}

/// Decodes integers of `width` bytes (1, 2 or 4), coded in blocks of `block` integers, to fill
/// `out`. Bytes are unsigned, the others have a sign.
///
/// # Errors
/// [`BadTile`] where the data are too short, and for widths that the algorithm does not have.
pub fn decode(bytes: &[u8], width: usize, block: usize, out: &mut [i32]) -> Result<(), BadTile> {
    match width {
        1 => {
            let width = Width { bits: 8, announcement: 3, plain: 6 };
            decode_blocks(bytes, &width, block, out, |value| i32::from(value as u8))
        }
        2 => {
            let width = Width { bits: 16, announcement: 4, plain: 14 };
            decode_blocks(bytes, &width, block, out, |value| i32::from(value as i16))
        }
        4 => {
            let width = Width { bits: 32, announcement: 5, plain: 25 };
            decode_blocks(bytes, &width, block, out, |value| value as i32)
        }
        _ => Err(BadTile("its RICE_1 integers have another width than 1, 2 or 4 bytes")),
    }
}

fn decode_blocks(
    bytes: &[u8],
    width: &Width,
    block: usize,
    out: &mut [i32],
    finish: impl Fn(u32) -> i32,
) -> Result<(), BadTile> {
    let mut bits = Bits::new(bytes);
    // Sums wrap around at the integers' width, which `finish` cuts them to.
    let mut value = bits.take(width.bits)?;
    for part in out.chunks_mut(block.max(1)) {
        let announced = bits.take(width.announcement)?;
        match announced.checked_sub(1) {
            None => part.fill(finish(value)),
            Some(low) if low < width.plain => {
                for slot in part {
                    let high = bits.take_zeros()?;
                    let code = high.wrapping_shl(low) | bits.take(low)?;
                    value = value.wrapping_add(difference(code));
                    *slot = finish(value);
                }
            }
            Some(low) if low == width.plain => {
                for slot in part {
                    value = value.wrapping_add(difference(bits.take(width.bits)?));
                    *slot = finish(value);
                }
            }
            Some(_) => return Err(BadTile("it has a block that RICE_1 does not have")),
        }
    }
    Ok(())
}

/// The difference that a code stands for: 0, -1, 1, -2, 2, ...
fn difference(code: u32) -> u32 {
    (code >> 1) ^ (code & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Collects bits into bytes.
    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn put(&mut self, value: u32, count: u32) {
            self.0.extend((0..count).rev().map(|n| value >> n & 1 == 1));
        }

        fn bytes(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| {
                bits.iter().enumerate().fold(0, |byte, (n, bit)| byte | u8::from(*bit) << (7 - n))
            };
            self.0.chunks(8).map(byte).collect()
        }
    }

    /// Encodes with as many low bits as the largest difference of a block needs, less one.
    fn encode(values: &[i32], width: usize, block: usize) -> Vec<u8> {
        let (announcement, plain) = [(0, 0), (3, 6), (4, 14), (0, 0), (5, 25)][width];
        let bits = width as u32 * 8;
        let cut = |value: i64| value << (64 - bits) >> (64 - bits);
        let mut out = Writer::default();
        let mut last = i64::from(values[0]);
        out.put(last as u32, bits);
        for part in values.chunks(block) {
            let codes: Vec<u32> = part
                .iter()
                .map(|value| {
                    let step = cut(i64::from(*value) - last);
                    last = i64::from(*value);
                    ((step << 1) ^ (step >> 63)) as u32 & (u32::MAX >> (32 - bits))
                })
                .collect();
            let largest = codes.iter().max().unwrap();
            let low = (32 - largest.leading_zeros()).saturating_sub(1);
            if *largest == 0 {
                out.put(0, announcement);
            } else if low >= plain {
                out.put(plain + 1, announcement);
                codes.iter().for_each(|code| out.put(*code, bits));
            } else {
                out.put(low + 1, announcement);
                for code in codes {
                    out.put(1, (code >> low) + 1);
                    out.put(code, low);
                }
            }
        }
        out.bytes()
    }

    #[test]
    fn a_tile_of_another_program() {
        // Pixels 1000, 1003, 999, 999, 40000, 5 of a 32-bit image, written by astropy.
        let tile = [0, 0, 3, 232, 124, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 28, 0, 0, 0, 0];
        let mut out = [0; 2];
        assert!(decode(&tile[..8], 4, 32, &mut out).is_err());
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_back(
            width in prop::sample::select(&[1usize, 2, 4][..]),
            block in 1usize..40,
            sizes in prop::collection::vec((any::<i32>(), 0u32..32), 1..200),
        ) {
            let values: Vec<i32> = sizes
                .iter()
                .map(|(value, shift)| match width {
                    1 => i32::from((value >> shift) as u8),
                    2 => i32::from((value >> shift) as i16),
                    _ => value >> shift,
                })
                .collect();
            let mut out = vec![0; values.len()];
            decode(&encode(&values, width, block), width, block, &mut out).unwrap();
            prop_assert_eq!(out, values);
        }

        #[test]
        fn any_bytes_decode_or_fail(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            width in 0usize..9,
            block in 0usize..40,
            count in 0usize..500,
        ) {
            let _ = decode(&bytes, width, block, &mut vec![0; count]);
        }
    }
}
