//! Bits of a byte string, the most significant first.

use super::BadTile;

/// Takes bits from a string of bytes.
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits to come next, from the most significant down; zeros follow.
    buffer: u64,
    held: u32,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Bits<'a> {
        Bits { bytes, buffer: 0, held: 0 }
    }

    /// Fetches bytes until 56 bits are held or there are no more.
    fn refill(&mut self) {
        if let (Some(next), 0..=55) = (self.bytes.first_chunk::<8>(), self.held) {
            let taken = (63 - self.held) / 8;
            let kept = u64::MAX << (64 - taken * 8);
            self.buffer |= (u64::from_be_bytes(*next) & kept) >> self.held;
            self.held += taken * 8;
            self.bytes = self.bytes.get(taken as usize..).unwrap_or_default();
            return;
        }
        while self.held <= 56
            && let Some((byte, rest)) = self.bytes.split_first()
        {
            self.buffer |= u64::from(*byte) << (56 - self.held);
            self.held += 8;
            self.bytes = rest;
        }
    }

    /// The next `count` bits as a number; at most 32.
    #[inline]
    pub fn take(&mut self, count: u32) -> Result<u32, BadTile> {
        if self.held < count {
            self.refill();
            if self.held < count {
                return Err(BadTile("its compressed data end early"));
            }
        }
        // In two steps, since a shift by 64 is none.
        let value = (self.buffer >> 32) >> (32 - count);
        self.buffer <<= count;
        self.held -= count;
        Ok(value as u32)
    }

    /// The number of zeros before the next one, which is taken too.
    #[inline]
    pub fn take_zeros(&mut self) -> Result<u32, BadTile> {
        let mut zeros = 0;
        loop {
            let next = self.buffer.leading_zeros();
            if next < self.held {
                self.buffer = (self.buffer << next) << 1;
                self.held -= next + 1;
                return Ok(zeros + next);
            }
            zeros = zeros.saturating_add(self.held);
            (self.buffer, self.held) = (0, 0);
            self.refill();
            if self.held == 0 {
                return Err(BadTile("its compressed data end early"));
            }
        }
    }

    /// Skips to the start of the next byte.
    pub fn align(&mut self) {
        let odd = self.held % 8;
        self.buffer <<= odd;
        self.held -= odd;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_come_in_order(
            bytes in prop::collection::vec(prop_oneof![3 => Just(0), 1 => any::<u8>()], 0..60),
            counts in prop::collection::vec(0u32..=34, 0..60),
        ) {
            let expected: Vec<u32> =
                bytes.iter().flat_map(|byte| (0..8).rev().map(move |n| u32::from(byte >> n & 1)))
                .collect();
            let mut bits = Bits::new(&bytes);
            let mut at = 0;
            for count in counts {
                let rest = &expected[at..];
                match count {
                    33 => {
                        let zeros = rest.iter().position(|bit| *bit == 1);
                        prop_assert_eq!(bits.take_zeros().ok(), zeros.map(|n| n as u32));
                        let Some(zeros) = zeros else { break };
                        at += zeros + 1;
                    }
                    34 => {
                        bits.align();
                        at = at.next_multiple_of(8);
                    }
                    _ => {
                        let part = rest.get(..count as usize);
                        let value = part.map(|part| part.iter().fold(0, |v, bit| v << 1 | bit));
                        prop_assert_eq!(bits.take(count).ok(), value);
                        if value.is_none() {
                            break;
                        }
                        at += count as usize;
                    }
                }
            }
        }
    }
}
