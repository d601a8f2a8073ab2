//! What the elements of a fine ring are decoded to, and how runs of them are added up.

use super::periods::{Periods, SEVERAL, Several};
use super::sum::{Sum, total};

/// A value of a fine ring.
pub trait Value: Copy {
    /// The sum of the good ones.
    fn sum_of_good(values: &[Self]) -> Sum;

    /// For each period the sum of its first `upper_run` values, and that of the rest. May put zeros in place of bad values.
    fn split<P: Periods, const F: usize>(
        periods: P,
        group: &mut [[Self; F]; SEVERAL],
        upper_run: usize,
        all_good: bool,
    ) -> [SeveralSums; 2];
}

/// The sums of several runs.
pub struct SeveralSums {
    /// Sums of the good values.
    pub totals: Several,
    /// Numbers of the good values.
    pub good: [u32; SEVERAL],
}

/// A value of any type, NaN for a bad one.
impl Value for f64 {
    #[inline(always)]
    fn sum_of_good(values: &[f64]) -> Sum {
        let (mut totals, mut counts) = ([0f64; SEVERAL], [0f64; SEVERAL]);
        let (blocks, rest) = values.as_chunks::<SEVERAL>();
        for block in blocks {
            for i in 0..SEVERAL {
                let good = !block[i].is_nan();
                totals[i] += if good { block[i] } else { 0.0 };
                counts[i] += if good { 1.0 } else { 0.0 };
            }
        }
        let mut sum = Sum { total: total(totals), good: total(counts) as u32 };
        for value in rest.iter().filter(|value| !value.is_nan()) {
            sum += Sum { total: *value, good: 1 };
        }
        sum
    }

    #[inline(always)]
    fn split<P: Periods, const F: usize>(
        periods: P,
        group: &mut [[f64; F]; SEVERAL],
        upper_run: usize,
        all_good: bool,
    ) -> [SeveralSums; 2] {
        let mut good = [[upper_run as f64; SEVERAL], [(F - upper_run) as f64; SEVERAL]];
        if !all_good {
            let mut marks = [[0.0; F]; SEVERAL];
            for (value, mark) in group.as_flattened_mut().iter_mut().zip(marks.as_flattened_mut()) {
                (*value, *mark) = if value.is_nan() { (0.0, 0.0) } else { (*value, 1.0) };
            }
            good = periods.split(&marks, upper_run);
        }
        let sums = |(totals, good): (Several, Several)| SeveralSums {
            totals,
            good: good.map(|good| good as u32),
        };
        let ([upper, lower], [upper_good, lower_good]) = (periods.split(group, upper_run), good);
        [sums((upper, upper_good)), sums((lower, lower_good))]
    }
}

/// A small integer, never a bad one.
impl Value for i16 {
    #[inline(always)]
    fn sum_of_good(values: &[i16]) -> Sum {
        let total: i64 = values.iter().map(|value| i64::from(*value)).sum();
        Sum { total: total as f64, good: values.len() as u32 }
    }

    #[inline(always)]
    fn split<P: Periods, const F: usize>(
        periods: P,
        group: &mut [[i16; F]; SEVERAL],
        upper_run: usize,
        _: bool,
    ) -> [SeveralSums; 2] {
        let [upper, lower] = periods.split_small(group, upper_run);
        let sums = |totals: [i32; SEVERAL], good: usize| SeveralSums {
            totals: totals.map(f64::from),
            good: [good as u32; SEVERAL],
        };
        [sums(upper, upper_run), sums(lower, F - upper_run)]
    }
}
