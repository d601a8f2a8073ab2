//! The values that a map has of its own, which a picture's averages mix.

use rayon::prelude::*;

use super::Limits;

/// Different values that count as few, at most.
const FEW: usize = 64;
/// Values that a thread looks at at a time.
const PART: usize = 1 << 16;

/// The different values of a map while they are few, and its smallest positive value.
#[derive(Clone, PartialEq, Debug)]
pub struct Inventory {
    /// In ascending order.
    seen: Vec<f32>,
    /// Whether there are more than that.
    many: bool,
    least_positive: f32,
}

impl Default for Inventory {
    /// The inventory of a map of which nothing is known.
    fn default() -> Self {
        Inventory { seen: Vec::new(), many: false, least_positive: f32::INFINITY }
    }
}

impl Inventory {
    /// Takes up values; those that are not finite are none. Ends early once there are many.
    pub fn see(&mut self, values: impl IntoIterator<Item = f32>) {
        let mut previous = f32::NAN;
        for v in values {
            if self.many {
                return;
            }
            // Neighbouring pixels of a mask are mostly equal.
            if v == previous || !v.is_finite() {
                continue;
            }
            previous = v;
            let place = self.seen.partition_point(|&s| s < v);
            if self.seen.get(place) == Some(&v) {
                continue;
            }
            if self.seen.len() == FEW {
                self.many = true;
            } else {
                self.seen.insert(place, v);
            }
        }
    }

    /// Looks for the smallest positive one among some values.
    pub fn see_positive(&mut self, values: &[f32]) {
        let least = |values: &[f32]| {
            values
                .iter()
                .fold(f32::INFINITY, |least, &v| if v > 0.0 && v < least { v } else { least })
        };
        let found = values.par_chunks(PART).map(least).reduce(|| f32::INFINITY, f32::min);
        self.least_positive = self.least_positive.min(found);
    }

    /// Takes up what another map has.
    pub fn merge(&mut self, other: &Inventory) {
        self.see(other.seen.iter().copied());
        self.many |= other.many;
        self.least_positive = self.least_positive.min(other.least_positive);
    }

    /// The smallest and the largest value where there are at most 64 different ones, but some.
    pub fn few(&self) -> Option<Limits> {
        let (min, max) = (self.seen.first()?, self.seen.last()?);
        (!self.many).then(|| Limits { min: f64::from(*min), max: f64::from(*max) })
    }

    /// The smallest positive value, if one was looked for and found.
    pub fn least_positive(&self) -> Option<f32> {
        Some(self.least_positive).filter(|v| v.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_told_from_many() {
        let mut inventory = Inventory::default();
        assert_eq!(inventory.few(), None);
        inventory.see([1.0, f32::NAN, 0.0, -0.0, f32::INFINITY, 1.0]);
        assert_eq!(inventory.few(), Some(Limits { min: 0.0, max: 1.0 }));
        inventory.see((2..64).map(|v| v as f32));
        assert_eq!(inventory.few(), Some(Limits { min: 0.0, max: 63.0 }));
        inventory.see([0.5]);
        assert_eq!(inventory.few(), None);
    }

    #[test]
    fn maps_are_taken_together() {
        let (mut a, mut b) = (Inventory::default(), Inventory::default());
        a.see([3.0, 1.0]);
        b.see([-2.0]);
        a.see_positive(&[3.0, 0.0, f32::NAN, 1.0]);
        b.see_positive(&[-2.0]);
        assert_eq!((a.least_positive(), b.least_positive()), (Some(1.0), None));
        a.merge(&b);
        assert_eq!(
            (a.few(), a.least_positive()),
            (Some(Limits { min: -2.0, max: 3.0 }), Some(1.0))
        );
        b.see((0..99).map(|v| v as f32));
        a.merge(&b);
        assert_eq!(a.few(), None);
    }
}
