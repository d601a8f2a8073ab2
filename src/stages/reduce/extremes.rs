//! The smallest and the largest of packed elements, and the smallest above zero.

use super::periods::Periods;
use super::simd::{Kernel, dispatch};
use crate::map::{Affine, Extremes, FixedBad, RawBad, RawSample, with_fixed_bad};

/// The ends of the good ones among packed elements, as drawn.
pub fn extremes<E: RawSample>(bytes: &[u8], bad: &RawBad<E>, affine: Affine) -> Extremes {
    with_fixed_bad!(bad, bad => {
        if affine.keeps_signs()
            && let Some(bounds) = Bounds::new()
            && let Some(found) = dispatch(RawEnds { bytes, bad, bounds }).drawn(affine)
        {
            return found;
        }
        dispatch(DrawnEnds { bytes, bad, affine })
    })
}

/// Numbers that are compared side by side.
const LANES: usize = 32;
/// Elements that are searched before the result is tested for bad ones.
const BLOCK: usize = 128 * LANES;

/// The ends of raw elements, in each of several lanes.
#[derive(Clone, Copy)]
struct Ends<E, const L: usize> {
    min: [E; L],
    max: [E; L],
    min_positive: [E; L],
}

/// The elements that lie below and above all others, and zero.
#[derive(Clone, Copy)]
struct Bounds<E> {
    low: E,
    zero: E,
    high: E,
}

impl<E: RawSample> Bounds<E> {
    fn new() -> Option<Bounds<E>> {
        let low = E::at_least(f64::NEG_INFINITY)?;
        Some(Bounds { low, zero: E::at_least(0.0)?, high: E::at_most(f64::INFINITY)? })
    }

    #[inline(always)]
    fn nothing<const L: usize>(self) -> Ends<E, L> {
        Ends { min: [self.high; L], max: [self.low; L], min_positive: [self.high; L] }
    }
}

impl<E: RawSample, const L: usize> Ends<E, L> {
    #[inline(always)]
    fn add(&mut self, lane: usize, element: E, bounds: Bounds<E>) {
        let smaller = |a: E, b: E| if a < b { a } else { b };
        let positive = if element > bounds.zero { element } else { bounds.high };
        self.min[lane] = smaller(element, self.min[lane]);
        self.max[lane] = if element > self.max[lane] { element } else { self.max[lane] };
        self.min_positive[lane] = smaller(positive, self.min_positive[lane]);
    }

    /// Whether all elements are nearer to zero than `size`. NaN does not show: it is neither smaller nor larger than anything.
    #[inline(always)]
    fn are_within(&self, size: E::Size) -> bool {
        let within =
            |(min, max): (&E, &E)| (min > max) | ((min.size() < size) & (max.size() < size));
        self.min.iter().zip(&self.max).fold(true, |all, pair| all & within(pair))
    }
}

impl<E: RawSample> Ends<E, 1> {
    #[inline(always)]
    fn merge<const L: usize>(&mut self, lanes: &Ends<E, L>, bounds: Bounds<E>) {
        for lane in (0..L).filter(|&lane| lanes.min[lane] <= lanes.max[lane]) {
            for element in [lanes.min[lane], lanes.max[lane], lanes.min_positive[lane]] {
                // Without a positive element the bound is in its place.
                let known = element <= lanes.max[lane];
                self.add(0, if known { element } else { lanes.max[lane] }, bounds);
            }
        }
    }

    /// The ends as drawn; nothing where float32 cannot hold them, so that other elements may be the ends.
    fn drawn(self, affine: Affine) -> Option<Extremes> {
        let Ends { min: [min], max: [max], min_positive: [least] } = self;
        if min > max {
            return Some(Extremes::default());
        }
        let [min, max, least] = [min, max, least].map(|e| affine.apply(e.to_f64()));
        let min_positive = if max > 0.0 { least } else { f32::INFINITY };
        (min <= max && min_positive > 0.0).then_some(Extremes { min, max, min_positive })
    }
}

/// Finds the ends of the good elements, where drawn values have the order and the signs of the raw ones.
struct RawEnds<'a, E, const N: usize> {
    bytes: &'a [u8],
    bad: &'a FixedBad<E, N>,
    bounds: Bounds<E>,
}

impl<E: RawSample, const N: usize> Kernel for RawEnds<'_, E, N> {
    type Output = Ends<E, 1>;

    #[inline(always)]
    fn run<P: Periods>(self, _: P) -> Ends<E, 1> {
        let RawEnds { bytes, bad, bounds } = self;
        let nearest = bad.nearest();
        let mut ends = bounds.nothing::<1>();
        for block in bytes.chunks(BLOCK * E::WIDTH) {
            let groups = block.chunks_exact(LANES * E::WIDTH);
            let mut rest = groups.remainder();
            let mut lanes = bounds.nothing::<LANES>();
            for group in groups {
                for lane in 0..LANES {
                    lanes.add(lane, E::from_be(&group[lane * E::WIDTH..]), bounds);
                }
            }
            if nearest.is_none_or(|nearest| lanes.are_within(nearest)) {
                ends.merge(&lanes, bounds);
            } else {
                rest = block;
            }
            for element in rest.chunks_exact(E::WIDTH).map(E::from_be) {
                if bad.is_good(element) {
                    ends.add(0, element, bounds);
                }
            }
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
    use crate::map::BadValues;
    use proptest::prelude::*;

    /// The ends, element by element.
    fn by_definition(values: &[f32], scale: f32) -> [u32; 3] {
        let rule = BadValues::default();
        let mut ends = Extremes::default();
        let good = values.iter().filter(|v| !rule.is_bad(f64::from(**v)));
        good.map(|v| v * scale).filter(|v| v.is_finite()).for_each(|v| ends.add(v));
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
            let bounds = Bounds::new().unwrap();
            let versions = all_versions(|| RawEnds { bytes: &bytes, bad, bounds });
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
