//! The row of a colour table that a value has, found by where the rows begin: a scale is not computed for each pixel.

use std::ops::Range;

use crate::colormap::Colormap;
use crate::scale::key::{Intervals, Keyed};
use crate::scale::{Normalization, Scale};

/// Parts in which the values between the limits are sorted beforehand: few rows begin in each.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 12;

/// The rows of a colour table over the values between the limits of a scale.
pub struct Rows {
    /// The least value of each row but the first, in ascending order, and infinity; infinite as well where there is none.
    starts: Vec<f32>,
    /// How many rows begin before each part, and before the end of the last.
    before: Box<[u16; PARTS + 1]>,
    parts: Parts,
}

impl Rows {
    /// Finds where the rows begin.
    pub fn new(colormap: &Colormap, normalization: &Normalization) -> Rows {
        let mut starts = starts(colormap, normalization);
        let parts = Parts::of(normalization);
        let mut before = Box::new([0; PARTS + 1]);
        for start in starts.iter().filter(|start| start.is_finite()) {
            before[parts.of_value(*start) + 1] += 1;
        }
        for part in 0..PARTS {
            before[part + 1] += before[part];
        }
        starts.push(f32::INFINITY);
        Rows { starts, before, parts }
    }

    /// The row of a value between the limits, rounded to float32: what [`Colormap::index`] makes of [`Normalization::forward`].
    #[inline]
    pub fn of(&self, value: f32) -> u16 {
        let part = self.parts.of_value(value);
        let [first, end] = [self.before[part], self.before[part + 1]];
        let begun = match usize::from(first) {
            // In most parts one begins, or none: then this is the first one of a later part.
            start if end - first < 2 => u16::from(self.starts[start] <= value),
            start => {
                let here = &self.starts[start..usize::from(end)];
                here.partition_point(|start| *start <= value) as u16
            }
        };
        first + begun
    }
}

/// The least value of each row but the first.
fn starts(colormap: &Colormap, normalization: &Normalization) -> Vec<f32> {
    let (min, max) = (normalization.min(), normalization.max());
    let above = |limit: f64| match limit as f32 {
        near if f64::from(near) < limit => near.next_up(),
        near => near,
    };
    // The keys of the first value between the limits and of the first one beyond.
    let (mut low, end) = (above(min).key(), (-above(-max)).key() + 1);
    let rows = colormap.table().len();
    let mut starts = Vec::with_capacity(rows - 1);
    for row in 1..rows {
        let reached =
            |key: u64| colormap.index(normalization.forward(f64::from(f32::from_key(key)))) >= row;
        let near = normalization.inverse(row as f64 / rows as f64) as f32;
        low = first_reaching(low..end, near.key(), reached);
        starts.push(if low < end { f32::from_key(low) } else { f32::INFINITY });
    }
    starts
}

/// The first key of a range that is `reached`, as all that follow are, looked for about `near`; the range's end if there is none.
fn first_reaching(range: Range<u64>, near: u64, reached: impl Fn(u64) -> bool) -> u64 {
    if range.is_empty() {
        return range.end;
    }
    // What is below is not reached, what is from `found` on is.
    let (mut below, mut found) = (range.start, range.end);
    let mut probe = near.clamp(range.start, range.end - 1);
    let mut step = 1u64;
    while below < found {
        if reached(probe) {
            found = probe;
            probe = probe.saturating_sub(step).max(below);
        } else {
            below = probe + 1;
            probe = probe.saturating_add(step).min(found.saturating_sub(1));
        }
        // Away from where it was looked for in ever larger steps, and then by halves.
        step = step.saturating_mul(2);
        let half = below + (found - below) / 2;
        if step > found - below {
            probe = half;
        }
    }
    found
}

/// How values are sorted into parts, in ascending order.
enum Parts {
    /// Of equal differences between values.
    Even { low: f64, factor: f64 },
    /// Of equal numbers of float32 values.
    Relative(Intervals),
}

impl Parts {
    fn of(normalization: &Normalization) -> Parts {
        let (min, max) = (normalization.min(), normalization.max());
        match normalization.scale() {
            Scale::Linear | Scale::Sqrt | Scale::Power { .. } => {
                Parts::Even { low: min, factor: PARTS as f64 / (max - min) }
            }
            _ => {
                let keys = (min as f32).key()..=(max as f32).key();
                Parts::Relative(Intervals::new(keys, PART_BITS))
            }
        }
    }

    /// The part of a value between the limits.
    #[inline]
    fn of_value(&self, value: f32) -> usize {
        let part = match *self {
            // The cast of a float saturates.
            Parts::Even { low, factor } => ((f64::from(value) - low) * factor) as usize,
            Parts::Relative(intervals) => intervals.index(value.key()),
        };
        part.min(PARTS - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::scale::Distribution;
    use proptest::prelude::*;

    fn any_scale() -> impl Strategy<Value = (Scale, f64, f64)> {
        let values: Vec<f32> = (0..2000u16).map(|k| (f32::from(k) / 300.0 - 3.0).powi(3)).collect();
        let hist = Scale::Hist(Arc::new(Distribution::new(values, -30.0, 60.0)));
        let scale = prop_oneof![
            Just(Scale::Linear),
            Just(Scale::Sqrt),
            (0.1f64..5.0).prop_map(|gamma| Scale::Power { gamma }),
            (-6.0f64..2.0).prop_map(|power| Scale::Symlog { linthresh: 10f64.powf(power) }),
            (-6.0f64..2.0).prop_map(|power| Scale::Asinh { linthresh: 10f64.powf(power) }),
            (-6.0f64..2.0).prop_map(|power| Scale::PlanckLog { linthresh: 10f64.powf(power) }),
            Just(hist),
        ];
        let limits = prop_oneof![
            (-5f64..5.0, 1e-6f64..9.0),
            (Just(0.0), 1e-30f64..1e30),
            (Just(2.725), 1e-7f64..1e-3),
        ];
        let any = (scale, limits).prop_map(|(scale, (min, width))| (scale, min, min + width));
        let log = (-30f64..30.0, 1e-3f64..20.0)
            .prop_map(|(low, decades)| (Scale::Log, 10f64.powf(low), 10f64.powf(low + decades)));
        prop_oneof![4 => any, 1 => log]
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_scale(
            (scale, min, max) in any_scale(),
            places in prop::collection::vec(0f64..=1.0, 200),
            steps in 2usize..600,
        ) {
            let colormap = Colormap::by_name("viridis").unwrap().stepped(steps);
            let Ok(normalization) = Normalization::new(scale, min, max) else { return Ok(()) };
            let rows = Rows::new(&colormap, &normalization);
            let even = places.iter().map(|place| (min + place * (max - min)) as f32);
            let spread = places.iter().map(|place| normalization.inverse(*place) as f32);
            let starts = rows.starts.iter().flat_map(|start| [start.next_down(), *start]);
            for value in even.chain(spread).chain(starts) {
                let exact = f64::from(value);
                if (min..=max).contains(&exact) {
                    let expected = colormap.index(normalization.forward(exact));
                    prop_assert_eq!(usize::from(rows.of(value)), expected, "{}", value);
                }
            }
        }
    }
}
