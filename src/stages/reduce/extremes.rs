//! The smallest and the largest of packed elements, and the smallest above zero.

use super::periods::Periods;
use super::simd::{Kernel, dispatch};
use crate::map::{Affine, Extremes, FixedBad, RawBad, RawSample, with_fixed_bad};

/// The ends of the good ones among packed elements, as drawn.
pub fn extremes<E: RawSample>(bytes: &[u8], bad: &RawBad<E>, affine: Affine) -> Extremes {
    with_fixed_bad!(bad, bad => {
        if affine.keeps_signs()
            && let Some(found) = dispatch(RawEnds { bytes, bad }).drawn(affine)
        {
            return found;
        }
        dispatch(DrawnEnds { bytes, bad, affine })
    })
}

/// Values that are compared side by side.
const LANES: usize = 16;
/// Elements that are searched before the result is tested for bad ones.
const BLOCK: usize = 4096;

/// The ends of raw elements, by their places in the order of all.
#[derive(Clone, Copy)]
struct Ends<E: RawSample> {
    min: E::Order,
    max: E::Order,
    min_positive: E::Order,
}

impl<E: RawSample> Ends<E> {
    /// Those of no elements.
    #[inline(always)]
    fn nothing() -> Self {
        let [first, last] = E::ORDERS;
        Ends { min: last, max: first, min_positive: last }
    }

    /// Those of packed elements, bad ones too.
    #[inline(always)]
    fn of_all(bytes: &[u8]) -> Self {
        // Variables of their own, not fields: only then does the compiler keep them in vector registers.
        let Ends { mut min, mut max, mut min_positive } = Self::nothing();
        for bytes in bytes.chunks_exact(E::WIDTH) {
            let order = E::from_be(bytes).order();
            min = min.min(order);
            max = max.max(order);
            min_positive = min_positive.min(if order > 0.into() { order } else { E::ORDERS[1] });
        }
        Ends { min, max, min_positive }
    }

    #[inline(always)]
    fn add(&mut self, element: E) {
        let order = element.order();
        let positive = if order > 0.into() { order } else { E::ORDERS[1] };
        self.min = self.min.min(order);
        self.max = self.max.max(order);
        self.min_positive = self.min_positive.min(positive);
    }

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.min_positive = self.min_positive.min(other.min_positive);
    }

    /// Whether all elements are nearer to zero than `size`.
    #[inline(always)]
    fn are_within(&self, size: E::Size) -> bool {
        E::from_order(self.min).size().max(E::from_order(self.max).size()) < size
    }

    /// The ends as drawn; nothing where float32 cannot hold them, so that other elements may be the ends.
    fn drawn(self, affine: Affine) -> Option<Extremes> {
        if self.min > self.max {
            return Some(Extremes::default());
        }
        let drawn = |order| affine.apply(E::from_order(order).to_f64());
        let (min, max) = (drawn(self.min), drawn(self.max));
        let some_positive = self.max > 0.into();
        let min_positive = if some_positive { drawn(self.min_positive) } else { f32::INFINITY };
        (min <= max && min_positive > 0.0).then_some(Extremes { min, max, min_positive })
    }
}

/// Finds the ends of the good elements, where drawn values have the order and the signs of the raw ones.
struct RawEnds<'a, E, const N: usize> {
    bytes: &'a [u8],
    bad: &'a FixedBad<E, N>,
}

impl<E: RawSample, const N: usize> Kernel for RawEnds<'_, E, N> {
    type Output = Ends<E>;

    #[inline(always)]
    fn run<P: Periods>(self, _: P) -> Ends<E> {
        let RawEnds { bytes, bad } = self;
        let nearest = bad.nearest();
        let mut ends = Ends::nothing();
        for block in bytes.chunks(BLOCK * E::WIDTH) {
            let mut found = Ends::of_all(block);
            // What is bad is among the ends or beyond.
            if nearest.is_some_and(|nearest| !found.are_within(nearest)) {
                found = Ends::nothing();
                let elements = block.chunks_exact(E::WIDTH).map(E::from_be);
                elements.filter(|element| bad.is_good(*element)).for_each(|e| found.add(e));
            }
            ends.merge(&found);
        }
        ends
    }
}

/// Finds the ends of the good elements as drawn, whatever the scaling.
struct DrawnEnds<'a, E, const N: usize> {
    bytes: &'a [u8],
    bad: &'a FixedBad<E, N>,
    affine: Affine,
}

impl<E: RawSample, const N: usize> Kernel for DrawnEnds<'_, E, N> {
    type Output = Extremes;

    #[inline(always)]
    fn run<P: Periods>(self, _: P) -> Extremes {
        let mut lanes = [Extremes::default(); LANES];
        for group in self.bytes.chunks(LANES * E::WIDTH) {
            for (lane, bytes) in lanes.iter_mut().zip(group.chunks_exact(E::WIDTH)) {
                let element = E::from_be(bytes);
                let value = self.affine.apply(element.to_f64());
                lane.add(if self.bad.is_good(element) { value } else { f32::NAN });
            }
        }
        lanes.iter().fold(Extremes::default(), |mut all, lane| {
            all.merge(lane);
            all
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::all_versions;
    use super::*;
    use crate::map::{BadValues, narrow};
    use proptest::prelude::*;

    /// The ends, element by element.
    fn by_definition(values: &[f32], scale: f32) -> [u32; 3] {
        let rule = BadValues::default();
        let mut ends = Extremes::default();
        let good = values.iter().filter(|v| !rule.is_bad(f64::from(**v)));
        let drawn = good.map(|v| narrow(f64::from(*v) * f64::from(scale)));
        drawn.filter(|v| v.is_finite()).for_each(|v| ends.add(v));
        bits(ends)
    }

    fn bits(ends: Extremes) -> [u32; 3] {
        // -0 and 0 are the same end.
        [ends.min + 0.0, ends.max + 0.0, ends.min_positive].map(f32::to_bits)
    }

    fn check(values: &[f32]) {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
        let bad = RawBad::<f32>::new(&BadValues::default(), (1.0, 0.0), None);
        for scale in [1.0f32, 2.0, -2.0, 1e-30, 1e30] {
            let affine = Affine::new(f64::from(scale), 0.0);
            let found = bits(extremes(&bytes, &bad, affine));
            assert_eq!(found, by_definition(values, scale), "{scale}");
        }
        with_fixed_bad!(bad, bad => {
            let versions = all_versions(|| RawEnds { bytes: &bytes, bad });
            let drawn: Vec<_> = versions.iter().map(|ends| ends.drawn(Affine::default())).collect();
            assert!(drawn.windows(2).all(|pair| pair[0] == pair[1]));
        });
    }

    #[test]
    fn ends_where_there_is_little() {
        for values in [&[][..], &[f32::NAN], &[0.0], &[-1.0, f32::INFINITY], &[-1.6375e30, 7.0]] {
            check(values);
        }
        check(&vec![f32::NAN; 2 * BLOCK + 5]);
        check(&vec![-1.6375e30; BLOCK]);
    }

    #[test]
    fn integers_of_every_size() {
        let bad = RawBad::<u8>::new(&BadValues::default(), (1.0, 0.0), Some(255));
        let bytes: Vec<u8> = (3..=255).collect();
        let found = extremes(&bytes, &bad, Affine::default());
        assert_eq!(found, Extremes { min: 3.0, max: 254.0, min_positive: 3.0 });
        let bad = RawBad::<i16>::new(&BadValues::default(), (1.0, 0.0), None);
        let bytes: Vec<u8> = [i16::MIN, -1, 5].iter().flat_map(|v| v.to_be_bytes()).collect();
        let found = extremes(&bytes.repeat(3000), &bad, Affine::default());
        assert_eq!(found, Extremes { min: -32768.0, max: 5.0, min_positive: 5.0 });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn ends_are_those_of_the_good_values(
            some in prop::collection::vec(any::<u32>(), 1..300), many in 1..3 * BLOCK, plain in any::<bool>(),
        ) {
            let value = |i: usize| {
                let bits = some[i % some.len()].rotate_left(i as u32);
                if plain { (bits as f32) - 1e9 } else { f32::from_bits(bits) }
            };
            let mut values: Vec<f32> = (0..many).map(value).collect();
            check(&values);
            values[many / 2] = f32::NAN;
            values[many / 3] = -1.6375e30;
            check(&values);
        }
    }
}
