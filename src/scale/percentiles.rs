//! Percentiles of many values, found without sorting or copying most of them.

use rayon::prelude::*;

use super::key::{Intervals, Keyed};
use super::{Limits, Sample, Sight};

/// Percentiles (0 to 100, clamped) of values that reach from `all.min` to `all.max`, interpolated linearly between neighbours as
/// `numpy.percentile` does by default. One value for each percentile asked, in the order asked.
pub fn percentiles<F: Sight>(sample: Sample<'_, F>, all: Limits, percents: &[f64]) -> Vec<f64> {
    let bins = Bins::new(all.min as f32, all.max as f32);
    let mut counted = Counted::new(bins, sample);
    let last = counted.total.saturating_sub(1);
    let ranks: Vec<f64> =
        percents.iter().map(|percent| percent.clamp(0.0, 100.0) / 100.0 * last as f64).collect();
    for &rank in &ranks {
        let below = (rank as usize).min(last);
        counted.want(below);
        counted.want((below + 1).min(last));
    }
    let mut wanted = counted.gather(sample);
    ranks.iter().map(|&rank| wanted.interpolated(rank).unwrap_or(all.min)).collect()
}

/// The binary logarithm of how many intervals there are at most: their counts stay in the second cache.
const BITS: u32 = 14;
const BINS: usize = 1 << BITS;

/// Intervals of values that follow each other, of the same number of floats each.
#[derive(Clone, Copy)]
struct Bins(Intervals);

impl Bins {
    fn new(min: f32, max: f32) -> Bins {
        Bins(Intervals::new(min.key()..=max.key(), BITS))
    }

    /// The interval of a value between the limits.
    #[inline(always)]
    fn index(self, value: f32) -> usize {
        self.0.index(value.key()).min(BINS - 1)
    }

    /// The least and the greatest value of an interval.
    fn limits(self, index: usize) -> [f32; 2] {
        let (first, last) = self.0.keys(index).into_inner();
        [first, last.min(f32::MAX.key())].map(f32::from_key)
    }
}

/// How many values lie in each interval, and which intervals are looked into.
struct Counted {
    bins: Bins,
    counts: Vec<u32>,
    total: usize,
    wanted: Vec<bool>,
}

impl Counted {
    fn new<F: Sight>(bins: Bins, sample: Sample<'_, F>) -> Counted {
        let count = |mut counts: Vec<u32>, part: Sample<'_, F>| {
            part.iter().for_each(|value| {
                if let Some(count) = counts.get_mut(bins.index(value)) {
                    *count += 1;
                }
            });
            counts
        };
        let add = |mut counts: Vec<u32>, others: Vec<u32>| {
            counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
            counts
        };
        let counts = sample.parts().fold(|| vec![0; BINS], count).reduce(|| vec![0; BINS], add);
        let total = counts.iter().map(|&count| count as usize).sum();
        Counted { bins, counts, total, wanted: vec![false; BINS] }
    }

    /// Marks the interval of the value with this rank, counted from 0.
    fn want(&mut self, rank: usize) {
        let mut below = 0;
        let bin = self.counts.iter().position(|&count| {
            below += count as usize;
            below > rank
        });
        if let Some(wanted) = bin.and_then(|bin| self.wanted.get_mut(bin)) {
            *wanted = true;
        }
    }

    /// The values of the marked intervals.
    fn gather<F: Sight>(&self, sample: Sample<'_, F>) -> Wanted {
        let is_wanted = |v: &f32| self.wanted.get(self.bins.index(*v)).copied().unwrap_or(false);
        let wanted = (0..BINS).filter(|&bin| self.wanted.get(bin) == Some(&true));
        let limits: Vec<[f32; 2]> = wanted.map(|bin| self.bins.limits(bin)).collect();
        let near = sample.parts().flat_map_iter(|part| part.groups_within(&limits));
        let values = near.filter(is_wanted).collect();
        let mut below = 0;
        let mut intervals = Vec::new();
        for (&count, &wanted) in self.counts.iter().zip(&self.wanted) {
            if wanted {
                intervals.push((below, count as usize));
            }
            below += count as usize;
        }
        Wanted { values, intervals }
    }
}

/// Some of the values, in any order.
struct Wanted {
    values: Vec<f32>,
    /// For each interval: how many of all values lie below it, and in it.
    intervals: Vec<(usize, usize)>,
}

impl Wanted {
    /// The value at a rank among all values, between two of them where it is not whole.
    fn interpolated(&mut self, rank: f64) -> Option<f64> {
        let below = rank as usize;
        let mut before = 0;
        let place = self.intervals.iter().find_map(|&(start, count)| {
            let place = below.checked_sub(start).filter(|&place| place < count);
            let place = place.map(|place| before + place);
            before += count;
            place
        })?;
        let (_, &mut low, above) = self.values.select_nth_unstable_by(place, f32::total_cmp);
        let high = above.iter().copied().min_by(f32::total_cmp).unwrap_or(low);
        let (low, high, fraction) = (f64::from(low), f64::from(high), rank - below as f64);
        Some(if fraction < 0.5 {
            low + fraction * (high - low)
        } else {
            high - (1.0 - fraction) * (high - low)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[f32], percents: &[f64]) -> Option<Vec<f64>> {
        let sample = Sample::all(values);
        Some(percentiles(sample, sample.min_max()?, percents))
    }

    #[test]
    fn intervals_reach_from_limit_to_limit() {
        for (min, max) in [(-2.5, 1e3), (0.0, 1.0), (-0.0, 0.0), (-f32::MAX, f32::MAX), (7.0, 7.0)]
        {
            let bins = Bins::new(min, max);
            for value in [min, max, 0.5 * min + 0.5 * max, 0.999 * max, 0.0, -0.0] {
                if (min..=max).contains(&value) {
                    let [low, high] = bins.limits(bins.index(value));
                    assert!((low..=high).contains(&value), "{value}: {low} to {high}");
                }
            }
        }
    }

    /// Values of numpy.percentile([15, 20, 35, 40, 50], ...).
    #[test]
    fn percentiles_agree_with_numpy() {
        let values = [50.0, 20.0, 35.0, 15.0, 40.0];
        let found = of(&values, &[40.0, 0.0, 100.0, 5.0, 99.0, 120.0]).unwrap();
        for (found, expected) in found.iter().zip([29.0, 15.0, 50.0, 16.0, 49.6, 50.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(of(&[7.0], &[1.0, 99.0]), Some(vec![7.0, 7.0]));
    }

    #[test]
    fn values_that_are_not_finite_never_count() {
        let values = [f32::NAN, f32::NEG_INFINITY, 3.0, f32::INFINITY, -2.0, f32::NAN];
        assert_eq!(of(&values, &[0.0, 50.0]), Some(vec![-2.0, 0.5]));
        assert_eq!(of(&[f32::NAN, f32::INFINITY], &[50.0]), None);
    }

    fn agrees_with_a_sort(values: &[f32], percents: &[f64]) -> Result<(), TestCaseError> {
        let mut sorted: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        let found = of(values, percents);
        prop_assert_eq!(found.is_none(), sorted.is_empty());
        for (percent, found) in percents.iter().zip(found.unwrap_or_default()) {
            let rank = percent / 100.0 * (sorted.len() - 1) as f64;
            let low = f64::from(sorted[rank.floor() as usize]);
            let high = f64::from(sorted[rank.ceil() as usize]);
            let expected = low + (high - low) * rank.fract();
            prop_assert!((found - expected).abs() <= 1e-12 * low.abs().max(high.abs()));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn percentiles_match_a_full_sort(
            values in prop::collection::vec(any::<f32>(), 1..300),
            percents in prop::collection::vec(0.0..=100.0, 1..5),
        ) {
            agrees_with_a_sort(&values, &percents)?;
        }

        #[test]
        fn many_values_in_few_intervals_match_a_full_sort(
            steps in prop::collection::vec(0u16..2000, 1..300),
            offset in prop::sample::select(vec![0.0f32, -0.01, 2.725, -3e8]),
            outlier in prop::option::of(any::<f32>()),
            percents in prop::collection::vec(0.0..=100.0, 1..5),
        ) {
            let near = steps.iter().map(|&step| offset + f32::from(step) * 1e-6 * offset.abs().max(1e-3));
            let values: Vec<f32> = near.chain(outlier).collect();
            agrees_with_a_sort(&values, &percents)?;
        }
    }
}
