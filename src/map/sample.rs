//! Values that stand for all of a map where limits and percentiles are found: all of them, or a fair choice in bounded memory.

/// The most values that are kept: 32 MB. A percentile of half as many is off by 0.025 % of the map's area (one standard deviation, for
/// the median; 0.005 % for the 1st and the 99th) where the values are noise, and by less where neighbours resemble each other.
const MOST: u64 = 1 << 23;

/// A division of a map into stretches of equal area, of each of which one place is looked at. Where in the stretch it lies follows from
/// the stretch's number by a hash, so that no pattern in the map can keep step with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretches {
    /// Base-2 logarithm of a stretch's area.
    shift: u32,
}

impl Stretches {
    /// Stretches for a map of this area, in units that make them whole numbers: pixels, mostly.
    pub fn of(area: u64) -> Stretches {
        Stretches { shift: area.div_ceil(MOST).max(1).next_power_of_two().ilog2() }
    }

    /// Whether every place is looked at.
    pub fn is_whole(self) -> bool {
        self.shift == 0
    }

    /// The number of stretches that a map of this area has.
    pub fn count(self, area: u64) -> u64 {
        area.div_ceil(1 << self.shift)
    }

    /// The first stretch whose place does not lie before `position`.
    pub fn from(self, position: u64) -> u64 {
        let stretch = position >> self.shift;
        stretch + u64::from(self.place(stretch) < position)
    }

    /// The place that is looked at in a stretch.
    #[inline]
    pub fn place(self, stretch: u64) -> u64 {
        (stretch << self.shift) | (hash(stretch) & ((1 << self.shift) - 1))
    }
}

/// Spreads the bits of a number (the finaliser of SplitMix64; Steele, Lea and Flood 2014).
#[inline]
fn hash(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The ends of some values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Extremes {
    /// The smallest.
    pub min: f32,
    /// The largest.
    pub max: f32,
    /// The smallest above zero.
    pub min_positive: f32,
}

impl Default for Extremes {
    /// Those of no values.
    fn default() -> Extremes {
        Extremes { min: f32::INFINITY, max: f32::NEG_INFINITY, min_positive: f32::INFINITY }
    }
}

impl Extremes {
    /// Takes a value into account; NaN is none.
    #[inline(always)]
    pub fn add(&mut self, value: f32) {
        self.min = if value < self.min { value } else { self.min };
        self.max = if value > self.max { value } else { self.max };
        let positive = if value > 0.0 { value } else { f32::INFINITY };
        self.min_positive = if positive < self.min_positive { positive } else { self.min_positive };
    }

    /// Takes the ends of other values into account.
    pub fn merge(&mut self, other: &Extremes) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.min_positive = self.min_positive.min(other.min_positive);
    }

    /// The finite ones: with them, a choice of values has the same ends as all values.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        [self.min, self.max, self.min_positive].into_iter().filter(|v| v.is_finite())
    }
}

/// Takes up the values of cells that come one after the other.
#[derive(Clone, Debug)]
pub struct Sampler {
    stretches: Stretches,
    extremes: Extremes,
    values: Vec<f32>,
    /// Area of the cells so far.
    end: u64,
    /// The stretch whose place is looked for.
    stretch: u64,
}

impl Sampler {
    /// For cells of at most this area altogether.
    pub fn new(area: u64) -> Sampler {
        let stretches = Stretches::of(area);
        Sampler { stretches, extremes: Extremes::default(), values: Vec::new(), end: 0, stretch: 0 }
    }

    /// Adds a cell; one without data (NaN) takes up no area.
    #[inline]
    pub fn push(&mut self, value: f32, area: u64) {
        if value.is_nan() {
            return;
        }
        self.extremes.add(value);
        self.end += area;
        while self.stretches.place(self.stretch) < self.end {
            self.values.push(value);
            self.stretch += 1;
        }
    }

    /// Values of equal weight that stand for all, their ends exact.
    pub fn finish(mut self) -> Vec<f32> {
        if !self.stretches.is_whole() {
            self.values.extend(self.extremes.values());
        }
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stretch_has_one_place_within() {
        for area in [0, 1, 5, MOST, MOST + 1, 100 * MOST] {
            let stretches = Stretches::of(area);
            assert!(stretches.count(area) <= MOST, "{area}");
            for stretch in 0..1000 {
                let place = stretches.place(stretch);
                assert_eq!(place >> stretches.shift, stretch);
                assert_eq!(
                    (stretches.from(place), stretches.from(place + 1)),
                    (stretch, stretch + 1)
                );
            }
        }
        assert!(Stretches::of(MOST).is_whole() && !Stretches::of(MOST + 1).is_whole());
    }

    #[test]
    fn cells_count_by_their_area() {
        let mut sampler = Sampler::new(21);
        for (value, area) in [(3.0, 4), (f32::NAN, 64), (-1.0, 16), (0.5, 1)] {
            sampler.push(value, area);
        }
        let values = sampler.finish();
        let count = |v: f32| values.iter().filter(|x| **x == v).count();
        assert_eq!((values.len(), count(3.0), count(-1.0), count(0.5)), (21, 4, 16, 1));
    }

    #[test]
    fn a_choice_has_the_ends_and_the_shares_of_the_whole() {
        // Cells of up to 2^20 units; a third of the area is 7, the rest 0 but for single units.
        let mut sampler = Sampler::new(3 << 40);
        for i in 0..1u64 << 20 {
            sampler.push(7.0, 1 << 20);
            sampler.push(0.0, (2 << 20) - 2);
            sampler.push(if i == 77 { -3.0 } else { 0.0 }, 1);
            sampler.push(if i == 78 { 0.25 } else { 0.0 }, 1);
        }
        let values = sampler.finish();
        assert!(values.contains(&-3.0) && values.contains(&0.25));
        let share = values.iter().filter(|v| **v == 7.0).count() as f64 / values.len() as f64;
        assert!((share - 1.0 / 3.0).abs() < 1e-4, "{share}");
    }
}
