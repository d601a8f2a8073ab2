//! Packed elements of any type, behind one interface: all that depends on a column's type is compiled here, once for each.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::extremes::extremes;
use super::periods::Periods;
use super::simd::{Kernel, dispatch};
use super::sum::BlockMeans;
use crate::fits::with_raw_type;
use crate::map::{
    Affine, Extremes, FixedBad, FullSky, RawBad, RawSample, Stretches, with_fixed_bad,
};

/// Room for one value of each stretch of a map.
#[derive(Clone, Copy)]
pub struct Slots<'a> {
    /// The division of the map.
    pub stretches: Stretches,
    /// A value for each stretch, as its bits.
    pub values: &'a [AtomicU32],
}

/// What reduction does with packed elements of one type, under one bad-pixel rule.
pub trait Elements: Sync {
    /// Bytes of an element.
    fn width(&self) -> usize;

    /// Fills `values`, NaN where an element is bad; returns whether none is.
    fn values(&self, bytes: &[u8], values: &mut [f64]) -> bool;

    /// Fills `values` if the elements are small integers, none of them bad; returns whether that is so.
    fn small_values(&self, bytes: &[u8], values: &mut [i16]) -> bool;

    /// Fills `means` with the means of consecutive blocks of `children` elements.
    fn block_means(&self, bytes: &[u8], children: usize, affine: Affine, means: &mut [f32]);

    /// The ends of the good elements, as drawn.
    fn extremes(&self, bytes: &[u8], affine: Affine) -> Extremes;

    /// Puts the bits of drawn values into `chosen`, NaN for bad ones: those of the pixels from `first` on whose places the stretches
    /// name. There is a slot for each stretch of the map.
    fn choose(&self, first: u64, bytes: &[u8], affine: Affine, slots: Slots);
}

/// The elements of a map's column.
pub fn elements(source: &FullSky) -> Box<dyn Elements> {
    with_raw_type!(source.column.raw_type(), T => Box::new(source.raw_bad::<T>()))
}

impl<E: RawSample> Elements for RawBad<E> {
    fn width(&self) -> usize {
        E::WIDTH
    }

    fn values(&self, bytes: &[u8], values: &mut [f64]) -> bool {
        with_fixed_bad!(self, bad => dispatch(Values { bytes, bad, values }))
    }

    fn small_values(&self, bytes: &[u8], values: &mut [i16]) -> bool {
        E::SMALL && with_fixed_bad!(self, bad => dispatch(SmallValues { bytes, bad, values }))
    }

    fn block_means(&self, bytes: &[u8], children: usize, affine: Affine, out: &mut [f32]) {
        with_fixed_bad!(self, bad => dispatch(BlockMeans { bytes, children, bad, affine, out }));
    }

    fn extremes(&self, bytes: &[u8], affine: Affine) -> Extremes {
        extremes(bytes, self, affine)
    }

    fn choose(&self, first: u64, bytes: &[u8], affine: Affine, slots: Slots) {
        let end = first + (bytes.len() / E::WIDTH) as u64;
        let start = slots.stretches.from(first);
        let wanted = slots.values.get(start as usize..).unwrap_or(&[]);
        for (stretch, slot) in (start..).zip(wanted) {
            let place = slots.stretches.place(stretch);
            if place >= end {
                break;
            }
            let element = E::from_be(&bytes[(place - first) as usize * E::WIDTH..]);
            let good = self.is_good(element);
            let value = if good { affine.apply(element.to_f64()) } else { f32::NAN };
            slot.store(value.to_bits(), Relaxed);
        }
    }
}

/// Fills `values` from as many packed elements.
struct Values<'a, E, const N: usize> {
    bytes: &'a [u8],
    bad: &'a FixedBad<E, N>,
    values: &'a mut [f64],
}

impl<E: RawSample, const N: usize> Kernel for Values<'_, E, N> {
    type Output = bool;

    #[inline(always)]
    fn run<P: Periods>(self, _: P) -> bool {
        // Most data hold nothing that could be bad, which the largest element tells.
        let mut largest = E::Size::default();
        for (value, bytes) in self.values.iter_mut().zip(self.bytes.chunks_exact(E::WIDTH)) {
            let element = E::from_be(bytes);
            largest = largest.max(element.size());
            *value = element.to_f64();
        }
        let all_good = self.bad.nearest().is_none_or(|bad| largest < bad);
        if !all_good {
            for (value, bytes) in self.values.iter_mut().zip(self.bytes.chunks_exact(E::WIDTH)) {
                let element = E::from_be(bytes);
                *value = if self.bad.is_good(element) { element.to_f64() } else { f64::NAN };
            }
        }
        all_good
    }
}

/// Fills `values` from as many packed elements of a type that is small; returns whether none of them is bad.
struct SmallValues<'a, E, const N: usize> {
    bytes: &'a [u8],
    bad: &'a FixedBad<E, N>,
    values: &'a mut [i16],
}

impl<E: RawSample, const N: usize> Kernel for SmallValues<'_, E, N> {
    type Output = bool;

    #[inline(always)]
    fn run<P: Periods>(self, _: P) -> bool {
        let mut largest = E::Size::default();
        for (value, bytes) in self.values.iter_mut().zip(self.bytes.chunks_exact(E::WIDTH)) {
            let element = E::from_be(bytes);
            largest = largest.max(element.size());
            *value = element.small();
        }
        self.bad.nearest().is_none_or(|bad| largest < bad)
    }
}
