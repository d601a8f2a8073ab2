//! The limits between which values are shown, found from the values themselves.
//!
//! Samples leave out what is UNSEEN or masked.

use super::{Inventory, Sample, Sight, percentiles};

/// A range of data values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// The lowest value shown in a colour of its own.
    pub min: f64,
    /// The highest one.
    pub max: f64,
}

/// Column names of probabilities, whose signal is in the last per cent of the pixels.
const PROBABILITIES: [&str; 3] = ["PROB", "PROBABILITY", "PROBDENSITY"];

impl Limits {
    /// The smallest range about zero that holds this one, for diverging colours.
    #[must_use]
    pub fn symmetric(self) -> Limits {
        let reach = self.min.abs().max(self.max.abs());
        Limits { min: -reach, max: reach }
    }

    /// A range that is not empty: this one, or where its ends are the same value c (a constant map)
    /// from c - abs(c)/2 to c + abs(c)/2, and from -1 to 1 for c = 0.
    #[must_use]
    pub fn widened(self) -> Limits {
        let Limits { min, max } = self;
        if min != max {
            return self;
        }
        if min == 0.0 {
            return Limits { min: -1.0, max: 1.0 };
        }
        let (near, far) = (0.5 * min, (1.5 * min).clamp(-f64::MAX, f64::MAX));
        Limits { min: near.min(far), max: near.max(far) }
    }
}

/// The mean of the values, less and plus `sigmas` standard deviations; none where no value counts.
pub fn sigma_limits<F: Sight>(sample: Sample<'_, F>, sigmas: f64) -> Option<Limits> {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    // Welford's recurrence: no difference of large sums.
    for v in sample.iter().map(f64::from) {
        count += 1.0;
        let before = v - mean;
        mean += before / count;
        squares += before * (v - mean);
    }
    let reach = sigmas * (squares / count).sqrt();
    (count > 0.0).then_some(Limits { min: mean - reach, max: mean + reach })
}

/// Limits that suit most maps, whose values reach from `all.min` to `all.max`: the 1st and 99th percentile, but
/// - from 0 to the maximum for a column named PROB, PROBABILITY or PROBDENSITY (any case), where
///   the maximum is positive;
/// - from the minimum to the maximum where the map, of which `own` tells, or the sample has at most 64 different values (masks,
///   flags, tiny maps), and where the two percentiles are equal (a hit map whose sky is mostly empty).
///
/// Both ends are the same for a constant map: see [`Limits::widened`].
pub fn auto_limits<F: Sight>(
    sample: Sample<'_, F>,
    all: Limits,
    own: &Inventory,
    column_name: &str,
) -> Limits {
    let column_name = column_name.trim();
    if PROBABILITIES.iter().any(|name| name.eq_ignore_ascii_case(column_name)) && all.max > 0.0 {
        return Limits { min: 0.0, max: all.max };
    }
    if let Some(few) = own.few() {
        return few;
    }
    let mut seen = Inventory::default();
    seen.see(sample.iter());
    if let Some(few) = seen.few() {
        return few;
    }
    match percentiles(sample, all, &[1.0, 99.0]).as_slice() {
        &[min, max] if min < max => Limits { min, max },
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INF: f32 = f32::INFINITY;

    fn auto(values: Vec<f32>, column: &str) -> Option<Limits> {
        let sample = Sample::all(&values);
        Some(auto_limits(sample, sample.min_max()?, &Inventory::default(), column))
    }

    fn limits(min: f64, max: f64) -> Limits {
        Limits { min, max }
    }

    /// 0, 1, 2, ... in a shuffled order.
    fn ramp(len: usize) -> Vec<f32> {
        (0..len).map(|i| ((i * 7919) % len) as f32).collect()
    }

    #[test]
    fn values_that_are_not_finite_never_count() {
        let values = [f32::NAN, -INF, 3.0, INF, -2.0, f32::NAN];
        assert_eq!(auto(values.to_vec(), "I"), Some(limits(-2.0, 3.0)));
        let nothing = [f32::NAN, INF];
        assert_eq!(auto(nothing.to_vec(), "PROB"), None);
        assert_eq!(auto(Vec::new(), ""), None);
    }

    #[test]
    fn a_plain_map_is_shown_between_its_1st_and_99th_percentile() {
        let mut values = ramp(100_001);
        values.push(1e30);
        let found = auto(values.to_vec(), "I_STOKES").unwrap();
        assert!((found.min - 1000.01).abs() < 1e-9 && (found.max - 99_000.99).abs() < 1e-9);
    }

    #[test]
    fn masks_and_tiny_maps_are_shown_whole() {
        // 3 outliers in 10 000 would lie beyond the percentiles.
        let mut flags = vec![1.0; 10_000];
        flags.extend([0.0, -0.0, 2.0, 64.0]);
        assert_eq!(auto(flags, "FLAGS"), Some(limits(0.0, 64.0)));
        assert_eq!(auto(ramp(64), "I"), Some(limits(0.0, 63.0)));
        assert_eq!(auto(ramp(65), "I"), Some(limits(0.64, 63.36)));
    }

    #[test]
    fn probabilities_start_at_zero_and_reach_their_maximum() {
        for name in ["PROB", "prob", "Probability", " PROBDENSITY "] {
            let found = auto(ramp(1001), name);
            assert_eq!(found, Some(limits(0.0, 1000.0)), "{name}");
        }
        assert_eq!(auto(ramp(1001), "PROB_NUMOBS"), Some(limits(10.0, 990.0)));
        assert_eq!(auto(vec![0.0; 9], "PROB"), Some(limits(0.0, 0.0)));
    }

    #[test]
    fn equal_percentiles_give_way_to_the_extremes() {
        let mut hits = vec![0.0; 100_000];
        hits.extend(ramp(500));
        assert_eq!(auto(hits, "HITS"), Some(limits(0.0, 499.0)));
    }

    #[test]
    fn constant_maps_are_widened() {
        assert_eq!(auto(vec![1.0; 9], "II"), Some(limits(1.0, 1.0)));
        for (value, widened) in [
            (1.0, limits(0.5, 1.5)),
            (-2.0, limits(-3.0, -1.0)),
            (0.0, limits(-1.0, 1.0)),
            (-0.0, limits(-1.0, 1.0)),
            (f64::MAX, limits(0.5 * f64::MAX, f64::MAX)),
        ] {
            assert_eq!(limits(value, value).widened(), widened);
        }
        assert_eq!(limits(1.0, 2.0).widened(), limits(1.0, 2.0));
    }

    #[test]
    fn sigmas_are_about_the_mean() {
        let found = sigma_limits(Sample::all(&[1.0, 3.0, 1.0, 3.0, f32::NAN, INF]), 2.0);
        assert_eq!(found, Some(limits(0.0, 4.0)));
        assert_eq!(sigma_limits(Sample::all(&[5.0]), 3.0), Some(limits(5.0, 5.0)));
        assert_eq!(sigma_limits(Sample::all(&[f32::NAN]), 3.0), None);
    }

    #[test]
    fn symmetric_limits_reach_as_far_on_both_sides() {
        assert_eq!(limits(-1.0, 3.0).symmetric(), limits(-3.0, 3.0));
        assert_eq!(limits(-4.0, -3.0).symmetric(), limits(-4.0, 4.0));
    }

    proptest! {
        #[test]
        fn automatic_limits_lie_within_the_data(
            values in prop::collection::vec(prop::num::f32::ANY, 0..300),
        ) {
            let all = Sample::all(&values).min_max();
            let found = auto(values.clone(), "T");
            prop_assert_eq!(found.is_none(), all.is_none());
            if let (Some(auto), Some(all)) = (found, all) {
                prop_assert!(all.min <= auto.min && auto.min <= auto.max && auto.max <= all.max);
                prop_assert_eq!(auto.min == auto.max, all.min == all.max);
            }
        }

        #[test]
        fn widened_limits_suit_a_linear_scale(
            value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL,
        ) {
            let Limits { min, max } = limits(value, value).widened();
            prop_assert!(min < max && min <= value && value <= max);
            prop_assert!(min.is_finite() && max.is_finite());
        }
    }
}
