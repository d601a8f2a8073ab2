//! A map as it lies in a file: its columns, and what the header says of its pixels.

use std::sync::Arc;

use super::{BadValues, Mask, RawBad, RawSample};
use crate::fits::{Column, Place};
use crate::healpix::{Nside, Ordering};

/// Where the pixels of a map are in its file.
#[derive(Clone, Debug)]
pub enum MapSource {
    /// One value for each pixel of the sky.
    FullSky(FullSky),
    /// Values of cells that the file names.
    Sparse(SparseSource),
}

impl MapSource {
    /// The resolution; nothing for a multi-order map, whose cells have to be read to know.
    pub fn nside(&self) -> Option<Nside> {
        match self {
            MapSource::FullSky(map) => Some(map.nside),
            MapSource::Sparse(map) => map.cells.nside(),
        }
    }

    /// The column that the map is made of: its values, or what names the cells of a footprint.
    pub fn place(&self) -> &Place {
        match self {
            MapSource::FullSky(map) => map.column.place(),
            MapSource::Sparse(SparseSource { values: Some(values), .. }) => values.place(),
            MapSource::Sparse(SparseSource { cells, .. }) => cells.place(),
        }
    }

    /// How pixels are numbered; nothing for a multi-order map.
    pub fn ordering(&self) -> Option<Ordering> {
        match self {
            MapSource::FullSky(map) => Some(map.ordering),
            MapSource::Sparse(map) => map.cells.ordering(),
        }
    }
}

/// A map whose file names the cells that it has values for.
#[derive(Clone, Debug)]
pub struct SparseSource {
    /// How it names them.
    pub cells: CellNames,
    /// One value for each row, or for each stored pixel of a HealSparse map. A map without values is a footprint: 1 in every cell.
    pub values: Option<Column>,
    /// Whether its file has no values. Cells of a footprint may lie in others.
    pub is_footprint: bool,
    /// Which values are bad.
    pub bad: BadValues,
    /// What hides parts of cells that may be larger than the mask's pixels.
    pub mask: Option<Arc<Mask>>,
}

impl SparseSource {
    /// A map of the full sky that is put together cell by cell.
    pub fn of_full_sky(map: &FullSky) -> SparseSource {
        SparseSource {
            cells: CellNames::All(map.clone()),
            values: Some(map.column.clone()),
            is_footprint: false,
            bad: map.bad,
            mask: None,
        }
    }
}

/// How a sparse map's file names its cells.
#[derive(Clone, Debug)]
pub enum CellNames {
    /// Not at all: like this map it has a value for each pixel of the sky, in the order of their numbers.
    All(FullSky),
    /// A pixel number in each row.
    Pixels(PixelColumn),
    /// A pixel number and a channel in each row, of which one channel is the map (GADF, INDXSCHM = 'SPARSE').
    Channel {
        /// The pixel numbers of all channels.
        pixels: PixelColumn,
        /// The channels.
        channels: Column,
        /// The one that is wanted.
        channel: i64,
    },
    /// The number 4^(order + 1) + NESTED pixel in each row, so that every cell has its own order (MOC 2.0, section 4.2.1.4).
    Uniq(Column),
    /// Blocks of pixels, and a coverage map that says where each block is (HealSparse file specification 1.4).
    Blocks(Blocks),
}

impl CellNames {
    fn nside(&self) -> Option<Nside> {
        match self {
            CellNames::All(map) => Some(map.nside),
            CellNames::Pixels(pixels) | CellNames::Channel { pixels, .. } => Some(pixels.nside),
            CellNames::Blocks(blocks) => Some(blocks.nside),
            CellNames::Uniq(_) => None,
        }
    }

    fn place(&self) -> &Place {
        match self {
            CellNames::All(map) => map.column.place(),
            CellNames::Pixels(pixels) | CellNames::Channel { pixels, .. } => pixels.column.place(),
            CellNames::Uniq(column) => column.place(),
            CellNames::Blocks(blocks) => blocks.coverage.place(),
        }
    }

    fn ordering(&self) -> Option<Ordering> {
        match self {
            CellNames::All(map) => Some(map.ordering),
            CellNames::Pixels(pixels) | CellNames::Channel { pixels, .. } => Some(pixels.ordering),
            CellNames::Blocks(_) => Some(Ordering::Nested),
            CellNames::Uniq(_) => None,
        }
    }
}

/// A column of pixel numbers.
#[derive(Clone, Debug)]
pub struct PixelColumn {
    /// The numbers.
    pub column: Column,
    /// What the first pixel of the sky is called: 0, or 1 in files that count from there.
    pub first: i64,
    /// Resolution.
    pub nside: Nside,
    /// How pixels are numbered.
    pub ordering: Ordering,
}

/// Where the blocks of a HealSparse map are. Pixels are in NESTED order.
#[derive(Clone, Debug)]
pub struct Blocks {
    /// For each coarse pixel c the position of its block in the column of values, less c times the pixels of a block.
    pub coverage: Column,
    /// Resolution of the coverage map.
    pub coverage_nside: Nside,
    /// Resolution of the map.
    pub nside: Nside,
    /// The column whose bad values mark pixels without data, where it is another than the values themselves, and which of its values are
    /// bad.
    pub primary: Option<(Column, BadValues)>,
    /// How the values are stored.
    pub packing: Packing,
}

/// How the pixels of a HealSparse map are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    /// One element a pixel.
    Plain,
    /// One bit a pixel, the least significant bit of each byte first.
    Bits,
    /// Flags in `width` bytes a pixel, the least significant bit first.
    Wide {
        /// Bytes of a pixel.
        width: u64,
        /// The flag that is wanted, counted from 0; any of them where none is named.
        flag: Option<u64>,
    },
}

/// The meaning of the sign of U (the HEALPix keyword POLCCONV).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PolarConvention {
    /// Angles grow from north through west, as seen from inside the sphere, HEALPix's own.
    Cosmo,
    /// Angles grow from north through east (IAU 1973): U has the other sign.
    Iau,
}

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
        Affine::new(tscal * scale, tzero * scale + offset)
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

impl Default for Affine {
    fn default() -> Affine {
        Affine::new(1.0, 0.0)
    }
}

impl Affine {
    /// `raw * factor + shift`.
    pub fn new(factor: f64, shift: f64) -> Affine {
        Affine { factor, shift }
    }

    /// Whether drawn values have the order and the signs of the raw ones.
    pub fn keeps_signs(self) -> bool {
        self.factor > 0.0 && self.shift == 0.0
    }

    /// The drawn value, as [`narrow`] has it.
    #[inline]
    pub fn apply(self, raw: f64) -> f32 {
        narrow(raw * self.factor + self.shift)
    }
}

/// A value as float32: NaN where it is too large for that. What is too small becomes the smallest number of its sign, for zero has no
/// place on a logarithmic scale.
#[inline]
pub fn narrow(value: f64) -> f32 {
    const SMALLEST: f32 = f32::from_bits(1);
    let narrow = value as f32;
    if !narrow.is_finite() {
        f32::NAN
    } else if narrow == 0.0 && value != 0.0 {
        SMALLEST.copysign(narrow)
    } else {
        narrow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_float32_cannot_hold_keeps_its_sign_or_is_bad() {
        for value in [0.0, 1.5, -3.25e-38, 1e-42, 1e38] {
            assert_eq!(narrow(value), value as f32);
        }
        assert_eq!([1e-78, -1e-310].map(narrow), [f32::from_bits(1), -f32::from_bits(1)]);
        assert!([1e39, -1e300, f64::INFINITY, f64::NAN].iter().all(|v| narrow(*v).is_nan()));
    }
}
