//! Numbers of all types as integers of the same order.

use std::ops::RangeInclusive;

/// A number with a key: an integer of the same order. NaN has no place in it.
pub trait Keyed: Copy {
    /// The key: `a < b` exactly where `a.key() < b.key()`; both zeros have the same.
    fn key(self) -> u64;

    /// The number with this key.
    fn from_key(key: u64) -> Self;
}

macro_rules! keyed_integer {
    ($($T:ident),*) => { $(
        impl Keyed for $T {
            #[inline(always)]
            fn key(self) -> u64 {
                (self as u64) ^ if $T::MIN == 0 { 0 } else { SIGN }
            }

            #[inline(always)]
            fn from_key(key: u64) -> Self {
                (key ^ if $T::MIN == 0 { 0 } else { SIGN }) as $T
            }
        }
    )* };
}

const SIGN: u64 = 1 << 63;

keyed_integer!(u8, i16, i32, i64, u64);

macro_rules! keyed_real {
    ($T:ident, $bits:ident, $signed:ident) => {
        impl Keyed for $T {
            #[inline(always)]
            fn key(self) -> u64 {
                // Adding 0 turns -0 into 0. Flipping all bits of a negative number, and the sign of the others, gives their order.
                let bits = (self + 0.0).to_bits();
                let flip = (bits as $signed >> ($bits::BITS - 1)) as $bits | 1 << ($bits::BITS - 1);
                (bits ^ flip).into()
            }

            #[inline(always)]
            fn from_key(key: u64) -> Self {
                let key = key as $bits;
                let negative = key >> ($bits::BITS - 1) == 0;
                $T::from_bits(key ^ if negative { $bits::MAX } else { 1 << ($bits::BITS - 1) })
            }
        }
    };
}

keyed_real!(f32, u32, i32);
keyed_real!(f64, u64, i64);

/// A division of the numbers between two limits into intervals of as many different ones each: narrow where numbers are small.
#[derive(Clone, Copy, Debug)]
pub struct Intervals {
    first: u64,
    shift: u32,
}

impl Intervals {
    /// At most `1 << bits` of them, for numbers with these keys.
    pub fn new(keys: RangeInclusive<u64>, bits: u32) -> Intervals {
        let (first, last) = keys.into_inner();
        let used = u64::BITS - last.saturating_sub(first).leading_zeros();
        Intervals { first, shift: used.saturating_sub(bits) }
    }

    /// The interval of a number between the limits, given by its key.
    #[inline(always)]
    pub fn index(self, key: u64) -> usize {
        (key.saturating_sub(self.first) >> self.shift) as usize
    }

    /// The least and the greatest key of an interval.
    pub fn keys(self, index: usize) -> RangeInclusive<u64> {
        let least = self.first.saturating_add((index as u64) << self.shift);
        least..=least.saturating_add((1 << self.shift) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same_order<T: Keyed + PartialOrd + std::fmt::Debug>(a: T, b: T) {
        assert_eq!(a.partial_cmp(&b), Some(a.key().cmp(&b.key())), "{a:?} {b:?}");
        assert!(T::from_key(a.key()) == a, "{a:?}");
    }

    #[test]
    fn keys_at_the_ends() {
        for v in [f32::MIN, -1e-45, -0.0, 0.0, 1e-45, f32::MAX, f32::INFINITY] {
            same_order(v, 0.0);
        }
        same_order(i16::MIN, i16::MAX);
        same_order(u64::MIN, u64::MAX);
        same_order(i64::MIN, -1);
        same_order(0u8, 255);
    }

    proptest! {
        #[test]
        fn intervals_are_all_about_their_numbers(a: f32, b: f32, share in 0f64..=1.0, bits in 1u32..20) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            let (min, max) = (a.key().min(b.key()), a.key().max(b.key()));
            let key = min + (share * (max - min) as f64) as u64;
            let intervals = Intervals::new(min..=max, bits);
            let index = intervals.index(key);
            prop_assert!(index < 1 << bits);
            prop_assert!(intervals.keys(index).contains(&key));
            prop_assert_eq!(intervals.index(min), 0);
        }

        #[test]
        fn keys_have_the_order_of_the_numbers(
            a in prop::num::f64::ANY.prop_filter("a number", |v| !v.is_nan()),
            b in prop::num::f64::ANY.prop_filter("a number", |v| !v.is_nan()),
            i in any::<i32>(), j in any::<i32>(),
        ) {
            same_order(a, b);
            same_order(a as f32, b as f32);
            same_order(i, j);
            same_order(i64::from(i) << 20, i64::from(j));
        }
    }
}
