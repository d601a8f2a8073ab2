//! Numbers of all types as integers of the same order.

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
