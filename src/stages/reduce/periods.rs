//! Sums over several rows of numbers at once: whole ones, or both runs of the periods of a fine ring.

use super::sum::total;

/// Periods that are summed at once: as many as the widest vector register holds sums.
pub const SEVERAL: usize = 8;

/// One number for each of several periods.
pub type Several = [f64; SEVERAL];

/// A way to sum over several periods. All give the same sums to the last bit: those of `total` over a period with zeros in place of the
/// other run's elements.
pub trait Periods: Copy {
    /// For each period the sum of its first `upper_run` elements, and that of the rest.
    fn split<const F: usize>(self, values: &[[f64; F]; SEVERAL], upper_run: usize) -> [Several; 2];

    /// The same of small integers, of which a period has at most 65 536.
    fn split_small<const F: usize>(
        self,
        periods: &[[i16; F]; SEVERAL],
        upper_run: usize,
    ) -> [[i32; SEVERAL]; 2];

    /// The `total` of each row.
    fn totals<const F: usize>(self, rows: &[[f64; F]; SEVERAL]) -> Several;
}

/// Portable code, which the compiler vectorises for whatever processor it targets.
#[derive(Clone, Copy)]
pub struct Portable;

impl Periods for Portable {
    #[inline(always)]
    fn split<const F: usize>(self, values: &[[f64; F]; SEVERAL], upper_run: usize) -> [Several; 2] {
        let mask: [f64; F] = std::array::from_fn(|i| if i < upper_run { 1.0 } else { 0.0 });
        let mut sums = [[0f64; SEVERAL]; 2];
        for (k, period) in values.iter().enumerate() {
            let upper: [f64; F] = std::array::from_fn(|i| period[i] * mask[i]);
            let lower: [f64; F] = std::array::from_fn(|i| period[i] - upper[i]);
            sums[0][k] = total(upper);
            sums[1][k] = total(lower);
        }
        sums
    }

    #[inline(always)]
    fn split_small<const F: usize>(
        self,
        periods: &[[i16; F]; SEVERAL],
        upper_run: usize,
    ) -> [[i32; SEVERAL]; 2] {
        let mut sums = [[0i32; SEVERAL]; 2];
        for (k, period) in periods.iter().enumerate() {
            let all: [i32; F] = period.map(i32::from);
            let upper: [i32; F] = std::array::from_fn(|i| if i < upper_run { all[i] } else { 0 });
            sums[0][k] = upper.iter().sum();
            sums[1][k] = all.iter().sum::<i32>() - sums[0][k];
        }
        sums
    }

    #[inline(always)]
    fn totals<const F: usize>(self, rows: &[[f64; F]; SEVERAL]) -> Several {
        rows.map(total)
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::{Kernel, all_versions};
    use super::*;
    use proptest::prelude::*;

    /// The bits of the sums over eight periods of F elements.
    struct Split<'a, const F: usize>(&'a [f64], usize);

    impl<const F: usize> Kernel for Split<'_, F> {
        type Output = [[u64; SEVERAL]; 2];

        #[inline(always)]
        fn run<P: Periods>(self, periods: P) -> Self::Output {
            let values: [[f64; F]; SEVERAL] =
                std::array::from_fn(|k| std::array::from_fn(|i| self.0[k * F + i]));
            periods.split(&values, self.1).map(|sums| sums.map(f64::to_bits))
        }
    }

    /// The bits of the totals of eight rows of F elements.
    struct Totals<'a, const F: usize>(&'a [f64]);

    impl<const F: usize> Kernel for Totals<'_, F> {
        type Output = [u64; SEVERAL];

        #[inline(always)]
        fn run<P: Periods>(self, periods: P) -> Self::Output {
            let rows: [[f64; F]; SEVERAL] =
                std::array::from_fn(|k| std::array::from_fn(|i| self.0[k * F + i]));
            periods.totals(&rows).map(f64::to_bits)
        }
    }

    /// The sums over eight periods of F small integers.
    struct SplitSmall<'a, const F: usize>(&'a [i16], usize);

    impl<const F: usize> Kernel for SplitSmall<'_, F> {
        type Output = [[i32; SEVERAL]; 2];

        #[inline(always)]
        fn run<P: Periods>(self, periods: P) -> Self::Output {
            let values: [[i16; F]; SEVERAL] =
                std::array::from_fn(|k| std::array::from_fn(|i| self.0[k * F + i]));
            periods.split_small(&values, self.1)
        }
    }

    fn check_small<const F: usize>(values: &[i16]) {
        for upper_run in 1..=F {
            let sum = |run: &[i16]| run.iter().map(|value| i32::from(*value)).sum::<i32>();
            let runs: [_; SEVERAL] =
                std::array::from_fn(|k| values[k * F..(k + 1) * F].split_at(upper_run));
            let expected = [runs.map(|(upper, _)| sum(upper)), runs.map(|(_, lower)| sum(lower))];
            for found in all_versions(|| SplitSmall::<F>(values, upper_run)) {
                assert_eq!(found, expected, "{upper_run} of {F}");
            }
        }
    }

    fn check<const F: usize>(values: &[f64]) {
        for found in all_versions(|| Totals::<F>(values)) {
            let rows = values.as_chunks::<F>().0.iter();
            assert!(rows.map(|row| total(*row).to_bits()).eq(found), "rows of {F}");
        }
        for upper_run in 1..=F {
            let versions = all_versions(|| Split::<F>(values, upper_run));
            assert!(versions.windows(2).all(|pair| pair[0] == pair[1]), "{upper_run} of {F}");
            for (k, period) in values.chunks_exact(F).enumerate() {
                let exact: f64 = period[..upper_run].iter().sum();
                let found = f64::from_bits(versions[0][0][k]);
                assert!((found - exact).abs() < 1e-9, "{upper_run} of {F}: {found} for {exact}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn all_instruction_sets_give_the_same_sums(
            values in proptest::collection::vec(-1e3..1e3, 64 * SEVERAL)
        ) {
            check::<2>(&values[..2 * SEVERAL]);
            check::<4>(&values[..4 * SEVERAL]);
            check::<8>(&values[..8 * SEVERAL]);
            check::<16>(&values[..16 * SEVERAL]);
            check::<32>(&values[..32 * SEVERAL]);
            check::<64>(&values);
        }

        #[test]
        fn sums_of_small_integers_are_exact(
            values in proptest::collection::vec(any::<i16>(), 64 * SEVERAL)
        ) {
            check_small::<2>(&values);
            check_small::<4>(&values);
            check_small::<8>(&values);
            check_small::<16>(&values);
            check_small::<32>(&values);
            check_small::<64>(&values);
            check_small::<64>(&[i16::MIN; 64 * SEVERAL]);
        }
    }
}
