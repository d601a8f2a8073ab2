//! Percentiles of a stream of any length in bounded memory: counts in bins that a sample has laid out.
//!
//! Every number has an integer *key* of the same order, so that one bin layout serves all types and all magnitudes. [`Bins`] learns
//! from a sample where the values are dense; a [`Sketch`] counts values in them, and remembers the smallest and the largest of each bin.
//! Counts, minima and maxima do not depend on the order in which values come, so that the sketches of several threads merge to the
//! same result whoever saw what. A [`Search`] reads percentiles off a sketch and knows how far they can be off; where that is too much
//! (the sample missed something), it says which keys a second pass should look at.

use std::sync::Arc;

/// A division of the keys into bins that hold about equally many values each.
///
/// Two tables find the bin of a key: equal steps of keys over the sample's range, and within a step equal steps again, finer where
/// the sample is dense.
#[derive(Clone, PartialEq, Debug)]
pub struct Bins {
    first: u64,
    span: u64,
    shift: u32,
    steps: Vec<Step>,
    bins: usize,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Step {
    /// Number of the step's first bin.
    base: u32,
    /// Keys of one bin, as a power of two.
    shift: u32,
}

/// The largest number of steps, as a power of two.
const STEP_BITS: u32 = 12;

impl Bins {
    /// Bins for values of which this is a sample, given by its keys in ascending order. `wanted` (16 or more) is about
    /// the number of bins; there are fewer than three times as many.
    pub fn from_sample(keys: &[u64], wanted: usize) -> Bins {
        let wanted = wanted.max(16);
        Bins::new(keys, wanted, (wanted.ilog2() - 1).min(STEP_BITS))
    }

    /// Bins of equal steps over a range of keys, at most 4096.
    fn uniform(first: u64, last: u64) -> Bins {
        Bins::new(&[first, last], 1, STEP_BITS)
    }

    fn new(keys: &[u64], wanted: usize, step_bits: u32) -> Bins {
        let (first, last) = match keys {
            [first, .., last] => (*first, *last),
            [only] => (*only, *only),
            [] => (0, u64::MAX),
        };
        let span = last - first;
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(step_bits);
        let mut steps = Vec::with_capacity((span >> shift) as usize + 1);
        let (mut rest, mut base) = (keys, 0);
        for step in 0..=span >> shift {
            let count = rest.partition_point(|key| (key - first) >> shift == step);
            rest = rest.get(count..).unwrap_or(&[]);
            let share = (count * wanted).div_ceil(keys.len().max(1)).max(1);
            let split = share.next_power_of_two().ilog2().min(shift);
            steps.push(Step { base, shift: shift - split });
            base += 1 << split;
        }
        Bins { first, span, shift, steps, bins: base as usize }
    }

    /// The number of bins.
    pub fn len(&self) -> usize {
        self.bins
    }

    /// Whether there are no bins; there always are.
    pub fn is_empty(&self) -> bool {
        self.bins == 0
    }

    /// The bin of a key; keys beyond the sample's range belong to the outermost bins.
    #[inline(always)]
    fn find(&self, key: u64) -> usize {
        let offset = key.saturating_sub(self.first).min(self.span);
        let Some(step) = self.steps.get((offset >> self.shift) as usize) else { return 0 };
        let within = offset & ((1 << self.shift) - 1);
        step.base as usize + (within >> step.shift) as usize
    }
}

/// What is known of the values in one bin.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Bin {
    count: u64,
    /// The smallest and the largest key.
    min: u64,
    max: u64,
}

impl Bin {
    const EMPTY: Bin = Bin { count: 0, min: u64::MAX, max: 0 };
}

/// Counts of values in bins.
#[derive(Clone, PartialEq, Debug)]
pub struct Sketch {
    layout: Arc<Bins>,
    bins: Vec<Bin>,
}

impl Sketch {
    /// An empty sketch.
    pub fn new(layout: Arc<Bins>) -> Sketch {
        let bins = vec![Bin::EMPTY; layout.len()];
        Sketch { layout, bins }
    }

    /// Counts a value, which is not NaN.
    #[inline(always)]
    pub fn add(&mut self, key: u64) {
        if let Some(bin) = self.bins.get_mut(self.layout.find(key)) {
            bin.count += 1;
            // A bin soon has seen about its extremes: a branch that is not taken costs less than two stores.
            if key < bin.min || key > bin.max {
                bin.min = bin.min.min(key);
                bin.max = bin.max.max(key);
            }
        }
    }

    /// Counts a value if it lies within the range that the bins cover.
    #[inline(always)]
    pub fn add_inside(&mut self, key: u64) {
        if key.wrapping_sub(self.layout.first) <= self.layout.span {
            self.add(key);
        }
    }

    /// Adds the counts of a sketch with the same bins.
    pub fn merge(&mut self, other: &Sketch) {
        debug_assert!(self.layout == other.layout, "sketches with different bins do not add up");
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += more.count;
            bin.min = bin.min.min(more.min);
            bin.max = bin.max.max(more.max);
        }
    }

    /// The number of values.
    pub fn count(&self) -> u64 {
        self.bins.iter().map(|bin| bin.count).sum()
    }

    /// The keys of the smallest and the largest value; none where there is no value.
    pub fn extremes(&self) -> Option<(u64, u64)> {
        let mut filled = self.bins.iter().filter(|bin| bin.count > 0);
        let first = filled.next()?;
        Some((first.min, filled.next_back().unwrap_or(first).max))
    }

    /// The bin that holds the value of this rank, counted from 0, and the number of values below that bin.
    fn at(&self, rank: u64) -> Option<(Bin, u64)> {
        let mut below = 0;
        for bin in &self.bins {
            if rank < below + bin.count {
                return Some((*bin, below));
            }
            below += bin.count;
        }
        None
    }
}

/// The largest share of the values that a bin may hold and still give a percentile. The error in rank is far smaller than this where
/// the values are spread over the bin, and smaller than this in any case.
const COARSE: f64 = 1.0 / 2500.0;

/// Percentiles on their way from bins to values.
#[derive(Clone, Debug)]
pub struct Search {
    /// Number of all values.
    total: u64,
    goals: Vec<Goal>,
}

/// One percentile: the bin that it lies in.
#[derive(Clone, Copy, Debug)]
struct Goal {
    /// Position among the sorted values, counted from 0.
    rank: f64,
    bin: Bin,
    /// Number of values below the bin.
    below: u64,
}

impl Goal {
    /// Whether the bin is too coarse to give the value.
    fn is_coarse(&self, total: u64) -> bool {
        self.bin.min != self.bin.max && self.bin.count as f64 > COARSE * total as f64
    }

    /// The key at the goal's rank, as if the bin's values lay at equal distances from its smallest to its largest.
    fn key(&self) -> u64 {
        let Bin { count, min, max } = self.bin;
        let position = (self.rank - self.below as f64) / (count.max(2) - 1) as f64;
        match position {
            // The product would have the rounding errors of keys beyond 2^53.
            1.0.. => max,
            _ => min + (((max - min) as f64 * position.max(0.0)).round() as u64).min(max - min),
        }
    }
}

impl Search {
    /// Looks for percentiles (0 to 100, clamped; the rank of numpy's default, `percent / 100 * (n - 1)`). None where there are no
    /// values.
    pub fn new(sketch: &Sketch, percents: &[f64]) -> Option<Search> {
        let total = sketch.count();
        let last = total.checked_sub(1)?;
        let goal = |percent: &f64| {
            let rank = percent.clamp(0.0, 100.0) / 100.0 * last as f64;
            let (bin, below) = sketch.at((rank as u64).min(last))?;
            Some(Goal { rank, bin, below })
        };
        Some(Search { total, goals: percents.iter().map(goal).collect::<Option<_>>()? })
    }

    /// Empty sketches over the bins that are too coarse; none where all percentiles are found. A pass over the values should fill
    /// them by [`Sketch::add_inside`], for [`Search::narrow`].
    pub fn zooms(&self) -> Vec<Sketch> {
        let mut ranges: Vec<(u64, u64)> = self
            .goals
            .iter()
            .filter(|goal| goal.is_coarse(self.total))
            .map(|goal| (goal.bin.min, goal.bin.max))
            .collect();
        ranges.dedup();
        let zoom = |(first, last)| Sketch::new(Arc::new(Bins::uniform(first, last)));
        ranges.into_iter().map(zoom).collect()
    }

    /// Takes up the sketches of [`Search::zooms`], filled.
    pub fn narrow(&mut self, zooms: &[Sketch]) {
        let coarse = self.goals.iter_mut().filter(|goal| goal.is_coarse(self.total));
        for goal in coarse {
            let covers = |zoom: &&Sketch| zoom.layout.first == goal.bin.min;
            let rank = (goal.rank as u64).saturating_sub(goal.below);
            if let Some((bin, below)) = zooms.iter().find(covers).and_then(|zoom| zoom.at(rank)) {
                (goal.bin, goal.below) = (bin, goal.below + below);
            }
        }
    }

    /// The keys of the percentiles, in the order asked.
    pub fn keys(&self) -> impl Iterator<Item = u64> + '_ {
        self.goals.iter().map(Goal::key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::key::Keyed;
    use proptest::prelude::*;

    const PERCENTS: [f64; 7] = [0.0, 1.0, 5.0, 50.0, 95.0, 99.0, 100.0];

    /// The percentiles of values that come in parts, with a sample of every 50th value; and how many more passes that took.
    fn stream<T: Keyed>(values: &[T], percents: &[f64], parts: usize) -> (Vec<T>, usize) {
        let mut sample: Vec<u64> = values.iter().step_by(50).map(|v| v.key()).collect();
        sample.sort_unstable();
        let empty = Sketch::new(Arc::new(Bins::from_sample(&sample, 1 << 13)));
        let part = values.len().div_ceil(parts).max(1);
        let fill = |empty: &Sketch| {
            let mut whole = empty.clone();
            // The last part comes first: order does not matter.
            for values in values.chunks(part).rev() {
                let mut sketch = empty.clone();
                values.iter().for_each(|v| sketch.add_inside(v.key()));
                whole.merge(&sketch);
            }
            whole
        };
        let mut sketch = empty.clone();
        values.iter().for_each(|v| sketch.add(v.key()));
        let mut search = Search::new(&sketch, percents).unwrap();
        let mut passes = 0;
        while !search.zooms().is_empty() {
            passes += 1;
            let zooms: Vec<Sketch> = search.zooms().iter().map(fill).collect();
            search.narrow(&zooms);
        }
        (search.keys().map(T::from_key).collect(), passes)
    }

    /// How far a value is from a percentile, as a share of all values; 0 if it is one of several equal values around it.
    fn rank_error<T: Keyed>(sorted: &[u64], percent: f64, value: T) -> f64 {
        let rank = percent / 100.0 * (sorted.len() - 1) as f64;
        let below = sorted.partition_point(|key| *key < value.key()) as f64;
        let upto = sorted.partition_point(|key| *key <= value.key()) as f64;
        ((below - 1.0 - rank).max(rank - upto).max(0.0)) / sorted.len() as f64
    }

    /// Passes needed besides the first, where every percentile is within 0.05 %.
    fn check<T: Keyed + std::fmt::Debug>(values: &[T]) -> usize {
        let mut sorted: Vec<u64> = values.iter().map(|v| v.key()).collect();
        sorted.sort_unstable();
        let (found, passes) = stream(values, &PERCENTS, 3);
        for (percent, value) in PERCENTS.into_iter().zip(&found) {
            let error = rank_error(&sorted, percent, *value);
            assert!(error < 5e-4, "{percent} %: {value:?} is off by {error}");
        }
        assert_eq!(found.first().unwrap().key(), sorted[0]);
        assert_eq!(found.last().unwrap().key(), *sorted.last().unwrap());
        passes
    }

    /// Pseudo-random numbers in (0, 1).
    fn uniform(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        }
    }

    fn normal(seed: u64) -> impl FnMut() -> f64 {
        let mut next = uniform(seed);
        move || (-2.0 * next().ln()).sqrt() * (std::f64::consts::TAU * next()).cos()
    }

    const MANY: usize = 400_000;

    #[test]
    fn one_pass_suffices_for_maps_as_they_are() {
        let mut g = normal(1);
        let about_zero: Vec<f32> = (0..MANY).map(|_| 1e-4 * g() as f32).collect();
        assert_eq!(check(&about_zero), 0, "temperature");
        let about_zero: Vec<f64> = (0..MANY).map(|_| 1e-4 * g()).collect();
        assert_eq!(check(&about_zero), 0, "temperature in float64");
        let monopole: Vec<f64> = (0..MANY).map(|_| 2.7255 + 1e-4 * g()).collect();
        assert_eq!(check(&monopole), 0, "temperature with the monopole");
        let galaxy: Vec<f32> = (0..MANY).map(|_| (2.0 * g() - 7.0).exp() as f32).collect();
        assert_eq!(check(&galaxy), 0, "foreground");
        let probability: Vec<f64> = (0..MANY).map(|_| (20.0 * g() - 80.0).exp()).collect();
        assert_eq!(check(&probability), 0, "probability");
        let hits: Vec<i32> = (0..MANY).map(|_| (30.0 * g()).max(0.0) as i32).collect();
        assert_eq!(check(&hits), 0, "hits");
        let mask: Vec<f32> = (0..MANY).map(|i| (i % 3 / 2) as f32).collect();
        assert_eq!(check(&mask), 0, "mask");
        let zeros: Vec<f32> = (0..MANY).map(|i| (i % 3) as f32 * (22.0 + g() as f32)).collect();
        assert_eq!(check(&zeros), 0, "depth, with zeros off the survey");
    }

    #[test]
    fn what_the_sample_missed_is_looked_at_again() {
        // Every 50th value is a large one; the others are close together.
        let mut g = normal(2);
        let hidden: Vec<f64> =
            (0..MANY).map(|i| if i % 50 == 0 { 1e6 } else { 3.0 + 1e-9 * g() }).collect();
        assert!(check(&hidden) > 0);
        let many_equal: Vec<f32> =
            (0..MANY).map(|i| if i % 3 == 0 { 0.1 } else { 0.1 + 1e-7 * (i % 5) as f32 }).collect();
        check(&many_equal);
    }

    #[test]
    fn few_values() {
        assert!(Search::new(&Sketch::new(Arc::new(Bins::from_sample(&[], 64))), &[50.0]).is_none());
        for values in [vec![7.5f32], vec![-1.0, 2.0], vec![0.0, -0.0, 0.0]] {
            check(&values);
        }
        assert_eq!(stream(&[3i64, 1, 2], &PERCENTS, 2).0, [1, 1, 1, 2, 2, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_numbers_at_all(bits in prop::collection::vec(any::<u32>(), 1..3000)) {
            let values: Vec<f32> =
                bits.iter().map(|b| f32::from_bits(*b)).filter(|v| v.is_finite()).collect();
            prop_assume!(!values.is_empty());
            check(&values);
        }

        #[test]
        fn mixtures_of_peaks_and_tails(
            peaks in prop::collection::vec((-1e3..1e3, -9.0..3.0, 1..50u32), 1..5), seed in 1u64..1000,
        ) {
            let (mut g, mut u) = (normal(seed), uniform(seed + 1));
            let total: u32 = peaks.iter().map(|p| p.2).sum();
            let mut draw = || {
                let mut at = (u() * f64::from(total)) as u32;
                for (center, width, weight) in &peaks {
                    if at < *weight {
                        return center + g() * 10f64.powf(*width);
                    }
                    at -= weight;
                }
                0.0
            };
            let values: Vec<f64> = (0..40_000).map(|_| draw()).collect();
            check(&values);
            check(&values.iter().map(|v| *v as f32).collect::<Vec<_>>());
            check(&values.iter().map(|v| *v as i16).collect::<Vec<_>>());
        }
    }
}
