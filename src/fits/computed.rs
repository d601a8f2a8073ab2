//! Columns whose numbers are computed while they are read.

use std::io;
use std::sync::Arc;

use super::{RawType, ReadAt};

/// What makes the numbers of a column.
pub trait Compute: Send + Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// Computes `count` numbers, from number `first` on.
    ///
    /// # Errors
    /// Whatever reading what they are made of meets.
    fn compute(&self, first: u64, count: usize) -> io::Result<Vec<f64>>;
}

/// The numbers as a file would have them: big-endian float64.
pub(super) struct ComputedBytes(pub Arc<dyn Compute>);

const WIDTH: u64 = RawType::F64.width() as u64;

impl ReadAt for ComputedBytes {
    fn byte_len(&self) -> Option<u64> {
        Some(self.0.count() * WIDTH)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let all = self.0.count() * WIDTH;
        let end = all.min(offset.saturating_add(buf.len() as u64));
        if offset >= end {
            return Ok(0);
        }
        let first = offset / WIDTH;
        let values = self.0.compute(first, (end.div_ceil(WIDTH) - first) as usize)?;
        let count = (end - offset) as usize;
        let skipped = (offset % WIDTH) as usize;
        let (whole, rest) = buf[..count].as_chunks_mut::<{ WIDTH as usize }>();
        if skipped == 0 && rest.is_empty() {
            whole.iter_mut().zip(values).for_each(|(to, value)| *to = value.to_be_bytes());
        } else {
            let bytes = values.iter().flat_map(|value| value.to_be_bytes()).skip(skipped);
            buf.iter_mut().zip(bytes).take(count).for_each(|(to, from)| *to = from);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Compute for Counting {
        fn count(&self) -> u64 {
            5
        }

        fn compute(&self, first: u64, count: usize) -> io::Result<Vec<f64>> {
            Ok((0..count).map(|k| (first + k as u64) as f64).collect())
        }
    }

    #[test]
    fn any_range_of_bytes_is_that_of_the_numbers() {
        let bytes = ComputedBytes(Arc::new(Counting));
        let all: Vec<u8> = (0..5).flat_map(|k| f64::from(k).to_be_bytes()).collect();
        for start in 0..42usize {
            for length in 0..42usize {
                let mut buffer = vec![0xee; length];
                let count = bytes.read_at(&mut buffer, start as u64).unwrap();
                let expected = &all[start.min(40)..(start + length).min(40).max(start.min(40))];
                assert_eq!(&buffer[..count], expected);
            }
        }
    }
}
