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
    /// The bad-pixel rule on the column's raw elements.
    pub fn raw_bad<E: RawSample>(&self) -> RawBad<E> {
        RawBad::new(&self.bad, self.column.scaling(), self.column.tnull())
    }
}
