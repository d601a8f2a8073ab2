//! The rule that decides which values carry no data, on values and on the raw elements of a column.

use std::ops::AddAssign;

use crate::fits::{Column, Element, RawType};

/// Decides which values of a map carry no data.
///
/// Bad are NaN, both infinities, UNSEEN within healpy's relative tolerance of 1e-5, and the file's own BAD_DATA or SENTINEL value. Zero is data.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct BadValues {
    /// The file's own bad values, from the first to the second.
    own: Option<[f64; 2]>,
}

/// The values that count as UNSEEN: |v - UNSEEN| <= 1e-5 |UNSEEN|.
const UNSEEN_INTERVAL: [f64; 2] = [-1.6375e30 * (1.0 + 1e-5), -1.6375e30 * (1.0 - 1e-5)];

impl BadValues {
    /// The rule for real numbers where a header names `bad_data` as BAD_DATA.
    pub fn new(bad_data: Option<f64>) -> Self {
        // The usual BAD_DATA is UNSEEN itself, which the rule covers without a second comparison.
        let is_other = |v: &f64| v.is_finite() && !within(*v, UNSEEN_INTERVAL);
        // There is room for the rounding of the header's decimal number to the column's float32.
        let around = |v: f64| [v - 1e-7 * v.abs(), v + 1e-7 * v.abs()];
        BadValues { own: bad_data.filter(is_other).map(around) }
    }

    /// The rule for a column whose header names this value as BAD_DATA, or as HealSparse's SENTINEL: integers next to it are good.
    pub fn of_column(bad_data: Option<f64>, column: &Column) -> Self {
        let rule = BadValues::new(bad_data);
        // What a factor may do to the last digits of an integer's physical value.
        let rounding = if column.scaling().0 == 1.0 { 0.0 } else { 1e-14 };
        let around = |v: f64| [v - rounding * v.abs(), v + rounding * v.abs()];
        match column.raw_type() {
            RawType::F32 | RawType::F64 => rule,
            _ => BadValues { own: rule.own.and(bad_data).map(around) },
        }
    }

    /// Whether a physical value is bad.
    #[inline]
    pub fn is_bad(&self, value: f64) -> bool {
        !value.is_finite()
            || within(value, UNSEEN_INTERVAL)
            || self.own.is_some_and(|interval| within(value, interval))
    }
}

fn within(value: f64, [low, high]: [f64; 2]) -> bool {
    low <= value && value <= high
}

/// A raw element that can be tested and averaged.
pub trait RawSample: Element + PartialOrd {
    /// Unsigned numbers that are ordered as the elements' distances from zero.
    type Size: Ord + Copy + Default;

    /// The type in which partial sums are kept: as exact as `f64`, and the cheapest to add in.
    type Partial: Copy + Default + AddAssign + Into<f64>;

    /// The most elements whose sum is certain not to overflow `Partial`.
    const MOST: usize;

    /// Integers of the same order as the elements; zero stands for zero. NaN comes before or after everything else.
    type Order: Ord + Copy + From<u8>;

    /// The first and the last of them.
    const ORDERS: [Self::Order; 2];

    /// Whether all elements are integers in the range of `i16`.
    const SMALL: bool;

    /// The element as a small integer, if the type is `SMALL`.
    fn small(self) -> i16;

    /// The element as a sum of one.
    fn partial(self) -> Self::Partial;

    /// The place among all elements.
    fn order(self) -> Self::Order;

    /// The element at a place.
    fn from_order(order: Self::Order) -> Self;

    /// The size of infinity, below that of NaN; nothing for integers.
    const INFINITE: Option<Self::Size>;

    /// Distance from zero.
    fn size(self) -> Self::Size;

    /// Whether the element is a number at all; integers always are.
    fn is_finite(self) -> bool;

    /// The smallest element not below a value; nothing when all are below.
    fn at_least(value: f64) -> Option<Self>;

    /// The largest element not above a value; nothing when all are above.
    fn at_most(value: f64) -> Option<Self>;
}

macro_rules! integer_sample {
    ($($T:ty, $Size:ty, $size:expr, $Partial:ty, $most:expr;)*) => { $(
        impl RawSample for $T {
            type Size = $Size;
            type Partial = $Partial;
            const MOST: usize = $most;
            type Order = $T;
            const ORDERS: [$T; 2] = [<$T>::MIN, <$T>::MAX];
            const SMALL: bool = size_of::<$T>() <= size_of::<i16>();
            const INFINITE: Option<$Size> = None;

            #[inline(always)]
            fn small(self) -> i16 {
                self as i16
            }

            #[inline(always)]
            fn partial(self) -> $Partial {
                self as $Partial
            }

            #[inline(always)]
            fn order(self) -> $T {
                self
            }

            #[inline(always)]
            fn from_order(order: $T) -> $T {
                order
            }

            #[inline(always)]
            fn size(self) -> $Size {
                $size(self)
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                true
            }

            fn at_least(value: f64) -> Option<Self> {
                // `as` saturates, so the comparison tells whether the bound is inside the type's range.
                let bound = value.ceil() as $T;
                (bound as f64 >= value.ceil()).then_some(bound)
            }

            fn at_most(value: f64) -> Option<Self> {
                let bound = value.floor() as $T;
                (bound as f64 <= value.floor()).then_some(bound)
            }
        }
    )* };
}

integer_sample!(
    u8, u8, std::convert::identity, i32, 1 << 23;
    i16, u16, i16::unsigned_abs, f64, usize::MAX;
    i32, u32, i32::unsigned_abs, f64, usize::MAX;
    i64, u64, i64::unsigned_abs, f64, usize::MAX;
    u64, u64, std::convert::identity, f64, usize::MAX;
);

macro_rules! real_sample {
    ($($T:ty, $Size:ty, $Order:ty;)*) => { $(
        impl RawSample for $T {
            type Size = $Size;
            type Partial = f64;
            const MOST: usize = usize::MAX;
            type Order = $Order;
            const ORDERS: [$Order; 2] = [<$Order>::MIN, <$Order>::MAX];
            const SMALL: bool = false;

            #[inline(always)]
            fn small(self) -> i16 {
                self as i16
            }

            #[inline(always)]
            fn order(self) -> $Order {
                // The bits of a negative number but for its sign grow with its distance from zero.
                let bits = self.to_bits() as $Order;
                bits ^ ((bits >> (<$Order>::BITS - 1)) & <$Order>::MAX)
            }

            #[inline(always)]
            fn from_order(order: $Order) -> $T {
                <$T>::from_bits((order ^ ((order >> (<$Order>::BITS - 1)) & <$Order>::MAX)) as $Size)
            }

            const INFINITE: Option<$Size> = Some(<$T>::INFINITY.to_bits());

            #[inline(always)]
            fn partial(self) -> f64 {
                self.to_f64()
            }

            #[inline(always)]
            fn size(self) -> $Size {
                self.abs().to_bits()
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                self.abs() <= <$T>::MAX
            }

            fn at_least(value: f64) -> Option<Self> {
                let near = value as $T;
                Some(if (near as f64) < value { near.next_up() } else { near })
            }

            fn at_most(value: f64) -> Option<Self> {
                let near = value as $T;
                Some(if (near as f64) > value { near.next_down() } else { near })
            }
        }
    )* };
}

real_sample!(f32, u32, i32; f64, u64, i64;);

/// The bad-pixel rule carried over to the raw elements of one column, so that streaming need not scale before it tests: closed intervals
/// of bad elements, besides those that are no finite numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct RawBad<E> {
    intervals: Vec<(E, E)>,
}

impl<E: RawSample> RawBad<E> {
    /// The rule for raw elements of a column with physical value `raw * tscal + tzero`, whose TNULL (integers only) is `tnull`.
    pub fn new(rule: &BadValues, (tscal, tzero): (f64, f64), tnull: Option<i64>) -> Self {
        let mut intervals = Vec::new();
        if let Some(null) = tnull.and_then(E::from_tnull) {
            intervals.push((null, null));
        }
        for [low, high] in [Some(UNSEEN_INTERVAL), rule.own].into_iter().flatten() {
            let (p, q) = ((low - tzero) / tscal, (high - tzero) / tscal);
            let raw = (E::at_least(p.min(q)), E::at_most(p.max(q)));
            if let (Some(low), Some(high)) = raw
                && low <= high
            {
                intervals.push((low, high));
            }
        }
        RawBad { intervals }
    }

    /// Whether an element carries data.
    #[inline(always)]
    pub fn is_good(&self, element: E) -> bool {
        element.is_finite()
            && !self.intervals.iter().any(|(low, high)| *low <= element && element <= *high)
    }

    /// The rule that only finite numbers are good.
    pub fn finite(&self) -> FixedBad<E, 0> {
        FixedBad([])
    }

    /// The intervals of bad elements, at most three.
    pub fn intervals(&self) -> &[(E, E)] {
        &self.intervals
    }
}

/// The rule with a number of intervals that is known when compiling, for inner loops: it tests without branches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedBad<E, const N: usize>(pub [(E, E); N]);

impl<E: RawSample, const N: usize> FixedBad<E, N> {
    /// Whether an element carries data.
    #[inline(always)]
    pub fn is_good(&self, element: E) -> bool {
        self.0.iter().fold(element.is_finite(), |good, (low, high)| {
            good & !((*low <= element) & (element <= *high))
        })
    }

    /// The distance from zero of the nearest element that may be bad: whatever is nearer is good. Nothing where all elements are.
    #[inline(always)]
    pub fn nearest(&self) -> Option<E::Size> {
        let mut nearest = E::INFINITE;
        for &(low, high) in &self.0 {
            let zero = E::at_least(0.0).filter(|zero| low <= *zero && *zero <= high);
            let size = zero.map_or(low.size().min(high.size()), E::size);
            nearest = Some(nearest.map_or(size, |nearest| nearest.min(size)));
        }
        nearest
    }
}

/// Evaluates an expression with a `RawBad` turned into the `FixedBad` that has its number of intervals.
macro_rules! with_fixed_bad {
    ($raw:expr, $fixed:ident => $body:expr) => {
        match $raw.intervals() {
            [] => {
                let $fixed = &$raw.finite();
                $body
            }
            [a] => {
                let $fixed = &$crate::map::FixedBad([*a]);
                $body
            }
            [a, b] => {
                let $fixed = &$crate::map::FixedBad([*a, *b]);
                $body
            }
            [a, b, c, ..] => {
                let $fixed = &$crate::map::FixedBad([*a, *b, *c]);
                $body
            }
        }
    };
}
pub(crate) use with_fixed_bad;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::{BinTable, testing};
    use proptest::prelude::*;

    #[test]
    fn the_bad_pixel_rule() {
        let plain = BadValues::default();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.6375e30, -1.6375001e30] {
            assert!(plain.is_bad(bad), "{bad}");
        }
        for good in [0.0, -1.6374e30, 1.6375e30, 1e-300, -1.0, 1e300] {
            assert!(!plain.is_bad(good), "{good}");
        }
        let own = BadValues::new(Some(-32768.0));
        assert!(own.is_bad(-32768.0) && own.is_bad(-1.6375e30) && !own.is_bad(-32767.0));
        assert!(BadValues::new(Some(0.0)).is_bad(0.0));
        assert_eq!(BadValues::new(Some(-1.6375e30)), plain);
        assert!(BadValues::new(Some(1.1)).is_bad(f64::from(1.1f32)));
    }

    #[test]
    fn integers_next_to_bad_data_are_good() {
        let values: Vec<u8> = [99_999_999i32, 100_000_000].map(i32::to_be_bytes).concat();
        let file = testing::file(&[
            testing::primary(),
            testing::table(&["1J"], &[testing::card("TSCAL1", 0.1)], &values),
        ]);
        let table = BinTable::new(&file, file.hdu(1).unwrap()).unwrap();
        let column = table.column(0).unwrap();
        let rule = BadValues::of_column(Some(1e7), &column);
        assert_eq!(
            column.read_all::<f64>().unwrap().iter().map(|v| rule.is_bad(*v)).collect::<Vec<_>>(),
            [false, true]
        );
        let raw = RawBad::<i32>::new(&rule, column.scaling(), None);
        assert_eq!(raw.intervals(), [(100_000_000, 100_000_000)]);
    }

    #[test]
    fn integers_know_null_and_scaled_bad_data() {
        let rule = BadValues::new(Some(-99.0));
        let raw = RawBad::<i16>::new(&rule, (0.5, 1.0), Some(7));
        assert_eq!(raw.intervals(), [(7, 7), (-200, -200)]);
        assert!(raw.is_good(0) && !raw.is_good(7) && !raw.is_good(-200));
        assert!(
            RawBad::<u8>::new(&BadValues::default(), (1.0, 0.0), Some(300)).intervals().is_empty()
        );
    }

    #[test]
    fn what_is_nearer_to_zero_than_every_bad_element_is_good() {
        let unseen = RawBad::<f32>::new(&BadValues::default(), (1.0, 0.0), None);
        with_fixed_bad!(unseen, bad => {
            let nearest = bad.nearest().unwrap();
            assert!((-1.6374e30f32).size() < nearest && (-1.6375e30f32).size() >= nearest);
            assert!(f32::INFINITY.size() >= nearest && (-f32::NAN).size() >= nearest);
        });
        let zero = RawBad::<i16>::new(&BadValues::new(Some(0.0)), (1.0, 0.0), Some(-32768));
        with_fixed_bad!(zero, bad => assert_eq!(bad.nearest(), Some(0)));
        let null = RawBad::<i16>::new(&BadValues::default(), (1.0, 0.0), Some(-32768));
        with_fixed_bad!(null, bad => assert_eq!(bad.nearest(), Some(32768)));
        with_fixed_bad!(RawBad::<u8>::new(&BadValues::default(), (1.0, 0.0), None), bad => {
            assert_eq!(bad.nearest(), None);
        });
    }

    proptest! {
        #[test]
        fn raw_rule_is_the_rule(bits in any::<u32>(), near in -400i32..400) {
            let rule = BadValues::new(Some(-2.5));
            let raw = RawBad::<f32>::new(&rule, (1.0, 0.0), None);
            // Any float32 at all, and those about the ends of the UNSEEN interval.
            let close = f32::from_bits(((-1.6375e30f32).to_bits() as i32 + near) as u32);
            let edge = f32::from_bits((UNSEEN_INTERVAL[0] as f32).to_bits().wrapping_add_signed(near / 40));
            for v in [f32::from_bits(bits), close, edge, -2.5] {
                prop_assert_eq!(raw.is_good(v), !rule.is_bad(f64::from(v)), "{}", v);
                with_fixed_bad!(raw, fixed => prop_assert_eq!(fixed.is_good(v), raw.is_good(v)));
            }
        }
    }
}
