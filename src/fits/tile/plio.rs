//! PLIO_1: run-length coding of masks as line lists of IRAF's pixel list package (FITS 4.0,
//! section 10.4.3).

use super::BadTile;

/// What an instruction does; its other 12 bits are the operand.
mod opcode {
    /// Output zeros.
    pub const ZEROS: u16 = 0;
    /// Set the high value to the operand and the next word.
    pub const SET: u16 = 1;
    /// Increase the high value.
    pub const INCREASE: u16 = 2;
    /// Decrease the high value.
    pub const DECREASE: u16 = 3;
    /// Output high values.
    pub const HIGHS: u16 = 4;
    /// Output zeros, the last of which is a high value instead.
    pub const ZEROS_AND_HIGH: u16 = 5;
    /// Increase the high value and output it once.
    pub const INCREASE_AND_HIGH: u16 = 6;
    /// Decrease the high value and output it once.
    pub const DECREASE_AND_HIGH: u16 = 7;
}

/// Decodes a line list, big-endian 16-bit words, to fill `out`. What it does not reach is 0.
///
/// # Errors
/// [`BadTile`] where the header is not that of a line list, for unknown instructions, and where
/// there are more values than `out` has room for.
pub fn decode(bytes: &[u8], out: &mut [i32]) -> Result<(), BadTile> {
    let words = instructions(bytes)?;
    out.fill(0);
    let mut slots = out.iter_mut();
    let mut high = 1i32;
    let mut words = words.iter().map(|word| u16::from_be_bytes(*word));
    while let Some(word) = words.next() {
        let operand = i32::from(word & 0xfff);
        let (zeros, highs) = match word >> 12 {
            opcode::ZEROS => (operand, 0),
            opcode::HIGHS => (0, operand),
            opcode::ZEROS_AND_HIGH => ((operand - 1).max(0), 1),
            opcode::SET => {
                let Some(next) = words.next() else { return Err(BadTile(SHORT)) };
                high = i32::from(next) << 12 | operand;
                (0, 0)
            }
            code @ (opcode::INCREASE | opcode::INCREASE_AND_HIGH) => {
                high = high.wrapping_add(operand);
                (0, i32::from(code == opcode::INCREASE_AND_HIGH))
            }
            code @ (opcode::DECREASE | opcode::DECREASE_AND_HIGH) => {
                high = high.wrapping_sub(operand);
                (0, i32::from(code == opcode::DECREASE_AND_HIGH))
            }
            _ => return Err(BadTile("it has an instruction that PLIO_1 does not have")),
        };
        if slots.len() < (zeros + highs) as usize {
            return Err(BadTile("its PLIO_1 data are longer than the tile"));
        }
        if zeros > 0 {
            slots.nth(zeros as usize - 1);
        }
        slots.by_ref().take(highs as usize).for_each(|slot| *slot = high);
    }
    Ok(())
}

const SHORT: &str = "its PLIO_1 data end early";

/// The words behind the header. An old header has three words, the last of them the length of the
/// list; a new one says how long it is and has the length in two words of 15 bits.
fn instructions(bytes: &[u8]) -> Result<&[[u8; 2]], BadTile> {
    let (words, _) = bytes.as_chunks::<2>();
    let word = |n: usize| words.get(n).map(|word| usize::from(u16::from_be_bytes(*word)));
    let short = BadTile(SHORT);
    let third = word(2).ok_or(short)?;
    let (start, end) = if third < 0x8000 && third > 0 {
        (3, third)
    } else {
        let (low, high) = (word(3).ok_or(short)?, word(4).ok_or(short)?);
        (word(1).ok_or(short)?, high << 15 | low)
    };
    words.get(start..end).ok_or(short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(instructions: &[u16]) -> Vec<u8> {
        let length = 7 + instructions.len() as u16;
        let header = [0, 7, (-100i16) as u16, length, 0, 0, 0];
        header.iter().chain(instructions).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn every_instruction() {
        let bytes = list(&[0x0002, 0x4001, 0x2004, 0x4002, 0x5003, 0x6002, 0x7001, 0x3002]);
        let mut out = [9; 14];
        decode(&bytes, &mut out).unwrap();
        assert_eq!(out, [0, 0, 1, 5, 5, 0, 0, 5, 7, 6, 0, 0, 0, 0]);
        let bytes = list(&[0x1234, 0x0002, 0x4001]);
        decode(&bytes, &mut out).unwrap();
        assert_eq!(out[..2], [0x2234, 0]);
    }

    #[test]
    fn damage_is_an_error() {
        let mut out = [0; 3];
        assert!(decode(&[], &mut out).is_err());
        assert!(decode(&list(&[0x4004]), &mut out).is_err());
        assert!(decode(&list(&[0x8000]), &mut out).is_err());
        assert!(decode(&list(&[0x1000]), &mut out).is_err());
        let whole = list(&[0x4003]);
        assert!(decode(&whole[..whole.len() - 2], &mut out).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_fail(
            instructions in prop::collection::vec(any::<u16>(), 0..50),
            header in prop::collection::vec(any::<u8>(), 0..10),
            count in 0usize..5000,
        ) {
            let _ = decode(&list(&instructions), &mut vec![0; count]);
            let _ = decode(&header, &mut vec![0; count]);
        }
    }
}
