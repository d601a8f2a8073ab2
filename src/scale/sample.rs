//! The values that limits are found from.

use rayon::prelude::*;

use super::Limits;

/// Many values, of which some count.
///
/// Each is seen through a function, which gives NaN for those that do not count; infinities never do.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a, F> {
    values: &'a [f32],
    view: F,
}

/// How the values of a sample are seen: a function from values to values, or to NaN for those that do not count.
pub trait Sight: Fn(f32) -> f32 + Copy + Send + Sync {}

impl<F: Fn(f32) -> f32 + Copy + Send + Sync> Sight for F {}

/// How many values are looked at by one thread at a time.
const PART: usize = 1 << 16;

impl<'a, F: Sight> Sample<'a, F> {
    /// Values seen through a function.
    pub fn new(values: &'a [f32], view: F) -> Self {
        Sample { values, view }
    }

    /// The values that count.
    pub fn iter(self) -> impl Iterator<Item = f32> + use<'a, F> {
        self.values.iter().map(move |v| (self.view)(*v)).filter(|v| v.is_finite())
    }

    /// The same values, changed.
    #[must_use]
    pub fn map(self, change: impl Sight) -> Sample<'a, impl Sight> {
        Sample::new(self.values, move |v| change((self.view)(v)))
    }

    /// Parts of the values, for all threads.
    pub(super) fn parts(self) -> impl ParallelIterator<Item = Self> + use<'a, F> {
        self.values.par_chunks(PART).map(move |values| Sample { values, ..self })
    }

    /// The values that count of those groups in which some lie within one of these limits: few, if few do.
    pub(super) fn groups_within(
        self,
        limits: &[[f32; 2]],
    ) -> impl Iterator<Item = f32> + use<'a, '_, F> {
        const GROUP: usize = 64;
        let groups = self.values.chunks(GROUP).filter(move |group| {
            limits.iter().any(|[low, high]| {
                // All of them, so that several are compared at a time. Comparisons with NaN are false.
                let is_within = |v: f32| (v >= *low) & (v <= *high);
                group.iter().fold(false, |found, v| found | is_within((self.view)(*v)))
            })
        });
        groups.flat_map(move |values| Sample { values, ..self }.iter())
    }

    /// The smallest and the largest value; none where no value counts.
    pub fn min_max(self) -> Option<Limits> {
        let nothing = || (f32::INFINITY, f32::NEG_INFINITY);
        let wider = |a: (f32, f32), b: (f32, f32)| (a.0.min(b.0), a.1.max(b.1));
        let (min, max) = self.parts().map(Self::extremes).reduce(nothing, wider);
        (min <= max).then(|| Limits { min: min.into(), max: max.into() })
    }

    /// The smallest and the largest value, of several at a time.
    fn extremes(self) -> (f32, f32) {
        const LANES: usize = 16;
        let (mut low, mut high) = ([f32::INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
        let widen = |low: &mut f32, high: &mut f32, value: f32| {
            let value = (self.view)(value);
            let value = if value.is_finite() { value } else { f32::NAN };
            // Comparisons with NaN are false.
            *low = if value < *low { value } else { *low };
            *high = if value > *high { value } else { *high };
        };
        let (groups, rest) = self.values.as_chunks::<LANES>();
        for group in groups.iter().map(<[f32; LANES]>::as_slice).chain([rest]) {
            let bounds = low.iter_mut().zip(&mut high);
            bounds.zip(group).for_each(|((low, high), value)| widen(low, high, *value));
        }
        (
            low.into_iter().fold(f32::INFINITY, f32::min),
            high.into_iter().fold(f32::NEG_INFINITY, f32::max),
        )
    }
}

impl<'a> Sample<'a, fn(f32) -> f32> {
    /// Values that all count.
    pub fn all(values: &'a [f32]) -> Self {
        Sample { values, view: |v| v }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_that_do_not_count_are_not_seen() {
        let values = [f32::NAN, f32::INFINITY, -2.0, 5.0, 9.0];
        let below = |v: f32| if v < 6.0 { v } else { f32::NAN };
        let sample = Sample::new(&values, below);
        assert_eq!(sample.min_max(), Some(Limits { min: -2.0, max: 5.0 }));
        assert_eq!(sample.iter().collect::<Vec<_>>(), [-2.0, 5.0]);
        assert_eq!(Sample::new(&values, |_| f32::NAN).min_max(), None);
        assert_eq!(Sample::all(&[]).min_max(), None);
    }

    proptest! {
        #[test]
        fn the_extremes_are_those_of_each_value(values in prop::collection::vec(prop::num::f32::ANY, 0..300)) {
            let finite = values.iter().copied().filter(|v| v.is_finite());
            let least = finite.clone().min_by(f32::total_cmp);
            let most = finite.max_by(f32::total_cmp);
            let found = Sample::all(&values).min_max();
            prop_assert_eq!(found.map(|found| found.min), least.map(f64::from));
            prop_assert_eq!(found.map(|found| found.max), most.map(f64::from));
        }
    }
}
