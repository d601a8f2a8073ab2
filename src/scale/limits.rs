//! The limits between which values are shown, found from the values themselves.
//!
//! Callers pass the good values only, without UNSEEN and masked ones; NaN and infinities are
//! skipped here too.

/// A range of data values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// The lowest value shown in a colour of its own.
    pub min: f64,
    /// The highest one.
    pub max: f64,
}

/// The automatic limits show all values where there are at most this many different ones.
const FEW_DISTINCT: usize = 64;

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

/// The smallest and the largest finite value; none where no value is finite.
pub fn min_max(values: impl IntoIterator<Item = f32>) -> Option<Limits> {
    let (min, max) = values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), v| (min.min(v), max.max(v)));
    (min <= max).then(|| Limits { min: min.into(), max: max.into() })
}

/// The smallest finite value above zero, where a log scale can start; none where there is none.
pub fn min_positive(values: impl IntoIterator<Item = f32>) -> Option<f64> {
    let min =
        values.into_iter().filter(|v| *v > 0.0 && v.is_finite()).fold(f32::INFINITY, f32::min);
    min.is_finite().then(|| min.into())
}

/// Percentiles (0 to 100, clamped) of the finite values, interpolated linearly between neighbours
/// as `numpy.percentile` does by default. One value for each percentile asked, in the order asked;
/// none where no value is finite.
///
/// The values that are not finite are removed and the others come out in another order.
pub fn percentiles(values: &mut Vec<f32>, percents: &[f64]) -> Option<Vec<f64>> {
    values.retain(|v| v.is_finite());
    let last = values.len().checked_sub(1)?;
    let interpolated = percents.iter().map(|percent| {
        let rank = percent.clamp(0.0, 100.0) / 100.0 * last as f64;
        let below = (rank as usize).min(last);
        let (_, &mut low, above) = values.select_nth_unstable_by(below, f32::total_cmp);
        let high = above.iter().copied().min_by(f32::total_cmp).unwrap_or(low);
        let (low, high, fraction) = (f64::from(low), f64::from(high), rank - below as f64);
        if fraction < 0.5 {
            low + fraction * (high - low)
        } else {
            high - (1.0 - fraction) * (high - low)
        }
    });
    Some(interpolated.collect())
}

/// The mean of the finite values, less and plus `sigmas` standard deviations; none where no value is
/// finite.
pub fn sigma_limits(values: impl IntoIterator<Item = f32>, sigmas: f64) -> Option<Limits> {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    // Welford's recurrence: no difference of large sums.
    for v in values.into_iter().filter(|v| v.is_finite()).map(f64::from) {
        count += 1.0;
        let before = v - mean;
        mean += before / count;
        squares += before * (v - mean);
    }
    let reach = sigmas * (squares / count).sqrt();
    (count > 0.0).then_some(Limits { min: mean - reach, max: mean + reach })
}

/// Limits that suit most maps: the 1st and 99th percentile of the values, but
/// - from 0 to the maximum for a column named PROB, PROBABILITY or PROBDENSITY (any case), where
///   the maximum is positive;
/// - from the minimum to the maximum where there are at most 64 different values (masks, flags,
///   tiny maps), and where the two percentiles are equal (a hit map whose sky is mostly empty).
///
/// None where no value is finite. Both ends are the same for a constant map: see
/// [`Limits::widened`]. The values are changed as by [`percentiles`].
pub fn auto_limits(values: &mut Vec<f32>, column_name: &str) -> Option<Limits> {
    let all = min_max(values.iter().copied())?;
    let column_name = column_name.trim();
    if PROBABILITIES.iter().any(|name| name.eq_ignore_ascii_case(column_name)) && all.max > 0.0 {
        return Some(Limits { min: 0.0, max: all.max });
    }
    if has_few_distinct(values) {
        return Some(all);
    }
    match percentiles(values, &[1.0, 99.0])?.as_slice() {
        &[min, max] if min < max => Some(Limits { min, max }),
        _ => Some(all),
    }
}

/// Whether the finite values take at most [`FEW_DISTINCT`] different values.
fn has_few_distinct(values: &[f32]) -> bool {
    let mut seen: Vec<f32> = Vec::with_capacity(FEW_DISTINCT);
    let mut previous = f32::NAN;
    for &v in values.iter().filter(|v| v.is_finite()) {
        // Neighbouring pixels of a mask are mostly equal.
        if v == previous {
            continue;
        }
        previous = v;
        let place = seen.partition_point(|&s| s < v);
        if seen.get(place) == Some(&v) {
            continue;
        }
        if seen.len() == FEW_DISTINCT {
            return false;
        }
        seen.insert(place, v);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INF: f32 = f32::INFINITY;

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
        assert_eq!(min_max(values), Some(limits(-2.0, 3.0)));
        assert_eq!(min_positive(values), Some(3.0));
        assert_eq!(percentiles(&mut values.to_vec(), &[0.0, 50.0]), Some(vec![-2.0, 0.5]));
        assert_eq!(auto_limits(&mut values.to_vec(), "I"), Some(limits(-2.0, 3.0)));
        let nothing = [f32::NAN, INF];
        assert_eq!(min_max(nothing), None);
        assert_eq!(min_positive([0.0, -1.0, INF]), None);
        assert_eq!(percentiles(&mut nothing.to_vec(), &[50.0]), None);
        assert_eq!(auto_limits(&mut nothing.to_vec(), "PROB"), None);
        assert_eq!(auto_limits(&mut Vec::new(), ""), None);
    }

    /// Values of numpy.percentile([15, 20, 35, 40, 50], ...).
    #[test]
    fn percentiles_agree_with_numpy() {
        let mut values = vec![50.0, 20.0, 35.0, 15.0, 40.0];
        let found = percentiles(&mut values, &[40.0, 0.0, 100.0, 5.0, 99.0, 120.0]).unwrap();
        for (found, expected) in found.iter().zip([29.0, 15.0, 50.0, 16.0, 49.6, 50.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(percentiles(&mut vec![7.0], &[1.0, 99.0]), Some(vec![7.0, 7.0]));
    }

    #[test]
    fn a_plain_map_is_shown_between_its_1st_and_99th_percentile() {
        let mut values = ramp(100_001);
        values.push(1e30);
        let found = auto_limits(&mut values, "I_STOKES").unwrap();
        assert!((found.min - 1000.01).abs() < 1e-9 && (found.max - 99_000.99).abs() < 1e-9);
    }

    #[test]
    fn masks_and_tiny_maps_are_shown_whole() {
        // 3 outliers in 10 000 would lie beyond the percentiles.
        let mut flags = vec![1.0; 10_000];
        flags.extend([0.0, -0.0, 2.0, 64.0]);
        assert_eq!(auto_limits(&mut flags, "FLAGS"), Some(limits(0.0, 64.0)));
        assert_eq!(auto_limits(&mut ramp(64), "I"), Some(limits(0.0, 63.0)));
        assert_eq!(auto_limits(&mut ramp(65), "I"), Some(limits(0.64, 63.36)));
    }

    #[test]
    fn probabilities_start_at_zero_and_reach_their_maximum() {
        for name in ["PROB", "prob", "Probability", " PROBDENSITY "] {
            let found = auto_limits(&mut ramp(1001), name);
            assert_eq!(found, Some(limits(0.0, 1000.0)), "{name}");
        }
        assert_eq!(auto_limits(&mut ramp(1001), "PROB_NUMOBS"), Some(limits(10.0, 990.0)));
        assert_eq!(auto_limits(&mut vec![0.0; 9], "PROB"), Some(limits(0.0, 0.0)));
    }

    #[test]
    fn equal_percentiles_give_way_to_the_extremes() {
        let mut hits = vec![0.0; 100_000];
        hits.extend(ramp(500));
        assert_eq!(auto_limits(&mut hits, "HITS"), Some(limits(0.0, 499.0)));
    }

    #[test]
    fn constant_maps_are_widened() {
        assert_eq!(auto_limits(&mut vec![1.0; 9], "II"), Some(limits(1.0, 1.0)));
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
        let found = sigma_limits([1.0, 3.0, 1.0, 3.0, f32::NAN, INF], 2.0);
        assert_eq!(found, Some(limits(0.0, 4.0)));
        assert_eq!(sigma_limits([5.0], 3.0), Some(limits(5.0, 5.0)));
        assert_eq!(sigma_limits([f32::NAN], 3.0), None);
    }

    #[test]
    fn symmetric_limits_reach_as_far_on_both_sides() {
        assert_eq!(limits(-1.0, 3.0).symmetric(), limits(-3.0, 3.0));
        assert_eq!(limits(-4.0, -3.0).symmetric(), limits(-4.0, 4.0));
    }

    proptest! {
        #[test]
        fn percentiles_match_a_full_sort(
            values in prop::collection::vec(any::<f32>(), 1..300),
            percents in prop::collection::vec(0.0..=100.0, 1..5),
        ) {
            let mut sorted: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
            sorted.sort_by(f32::total_cmp);
            let found = percentiles(&mut values.clone(), &percents);
            prop_assert_eq!(found.is_none(), sorted.is_empty());
            for (percent, found) in percents.iter().zip(found.unwrap_or_default()) {
                let rank = percent / 100.0 * (sorted.len() - 1) as f64;
                let low = f64::from(sorted[rank.floor() as usize]);
                let high = f64::from(sorted[rank.ceil() as usize]);
                let expected = low + (high - low) * rank.fract();
                prop_assert!((found - expected).abs() <= 1e-12 * low.abs().max(high.abs()));
            }
        }

        #[test]
        fn automatic_limits_lie_within_the_data(
            values in prop::collection::vec(prop::num::f32::ANY, 0..300),
        ) {
            let all = min_max(values.iter().copied());
            let auto = auto_limits(&mut values.clone(), "T");
            prop_assert_eq!(auto.is_none(), all.is_none());
            if let (Some(auto), Some(all)) = (auto, all) {
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
