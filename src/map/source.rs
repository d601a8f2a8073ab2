//! A full-sky map as it lies in a file: a column, and what the header says of its pixels.

use super::{BadValues, RawBad, RawSample};
use crate::fits::Column;
use crate::healpix::{Nside, Ordering};

/// A column that holds one value for each pixel of the sky.
#[derive(Clone, Debug)]
pub struct FullSky {
    /// The column's elements, one a pixel, in pixel order.
    pub column: Column,
    /// Resolution; `nside.npix()` is the column's length.
    pub nside: Nside,
    /// How the pixels are numbered.
    pub ordering: Ordering,
    /// Which values are bad.
    pub bad: BadValues,
}

impl FullSky {
    /// From raw elements to drawn values, which are `physical value * scale + offset`.
    pub fn affine(&self, scale: f64, offset: f64) -> Affine {
        let (tscal, tzero) = self.column.scaling();
        Affine { factor: tscal * scale, shift: tzero * scale + offset }
    }

    /// The bad-pixel rule on the column's raw elements.
    pub fn raw_bad<E: RawSample>(&self) -> RawBad<E> {
        RawBad::new(&self.bad, self.column.scaling(), self.column.tnull())
    }
}

/// The linear function from raw elements, or their mean, to drawn values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Affine {
    factor: f64,
    shift: f64,
}

impl Affine {
    /// The drawn value; NaN where float32 cannot hold it.
    #[inline]
    pub fn apply(self, raw: f64) -> f32 {
        let value = (raw * self.factor + self.shift) as f32;
        if value.is_finite() { value } else { f32::NAN }
    }
}
