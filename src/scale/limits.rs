//! The limits between which values are shown, found from the values themselves.
//!
//! Callers pass the good values only, without UNSEEN and masked ones; NaN and infinities are skipped here too.

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

    /// A range that is not empty: this one, or where its ends are the same value c (a constant map) from c - abs(c)/2 to
    /// c + abs(c)/2, and from -1 to 1 for c = 0.
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

/// Percentiles (0 to 100, clamped) of the finite values, interpolated linearly between neighbours as `numpy.percentile`
/// does by default. One value for each percentile asked, in the order asked; none where no value is finite.
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

/// Limits that suit most maps: the 1st and 99th percentile of the values, but
/// - from 0 to the maximum for a column named PROB, PROBABILITY or PROBDENSITY (any case), where the maximum is positive;
/// - from the minimum to the maximum where there are at most 64 different values (masks, flags, tiny maps), and where
///   the two percentiles are equal (a hit map whose sky is mostly empty).
///
/// None where no value is finite. Both ends are the same for a constant map: see [`Limits::widened`].
/// The values are changed as by [`percentiles`].
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
