//! Sums of good elements over contiguous big-endian bytes.

use crate::map::{RawBad, RawSample};

/// A sum over the good ones among some elements, and how many they were.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Sum {
    /// Sum of the good elements.
    pub total: f64,
    /// Number of the good elements.
    pub good: u32,
}

impl Sum {
    /// The mean of the good elements; NaN where there are none.
    #[inline]
    pub fn mean(self) -> f64 {
        self.total / f64::from(self.good)
    }
}

impl std::ops::AddAssign for Sum {
    #[inline]
    fn add_assign(&mut self, other: Sum) {
        self.total += other.total;
        self.good += other.good;
    }
}

/// Partial sums that run side by side, so that the processor can add several elements at once.
const LANES: usize = 8;

/// Sums the good elements of packed big-endian bytes. The order of additions depends on positions alone.
#[inline]
pub fn sum_good<E: RawSample>(bytes: &[u8], bad: &RawBad<E>) -> Sum {
    let mut totals = [0f64; LANES];
    let mut counts = [0u32; LANES];
    let mut blocks = bytes.chunks_exact(LANES * E::WIDTH);
    for block in &mut blocks {
        for (lane, element) in E::elements(block).enumerate().take(LANES) {
            let good = bad.is_good(element);
            totals[lane] += if good { element.to_f64() } else { 0.0 };
            counts[lane] += u32::from(good);
        }
    }
    for (lane, element) in E::elements(blocks.remainder()).enumerate().take(LANES) {
        if bad.is_good(element) {
            totals[lane] += element.to_f64();
            counts[lane] += 1;
        }
    }
    let [a, b, c, d, e, f, g, h] = totals;
    Sum { total: ((a + e) + (c + g)) + ((b + f) + (d + h)), good: counts.iter().sum() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::BadValues;

    #[test]
    fn bad_values_never_enter_a_sum() {
        let values =
            [1.0f32, f32::NAN, 2.0, -1.6375e30, f32::INFINITY, 4.0, 0.0, 8.0, 16.0, f32::NAN, 32.0];
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
        let bad = RawBad::<f32>::new(&BadValues::default(), (1.0, 0.0), None);
        assert_eq!(sum_good(&bytes, &bad), Sum { total: 63.0, good: 7 });
        assert_eq!(sum_good(&[], &bad), Sum::default());
    }
}
