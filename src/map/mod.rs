//! Maps: where one lies in a file, pixel values on HEALPix cells in memory, and the projected raster.

mod bad;
mod bands;
mod keywords;
mod mask;
mod multipoles;
mod recognise;
mod sample;
mod source;
mod sparse;
mod window;

pub(crate) use bad::with_fixed_bad;
pub use bad::{BadValues, FixedBad, RawBad, RawSample};
pub use bands::{Band, bands};
pub use keywords::{
    Keywords, NamedFrame, Rows, has_map_keywords, is_healsparse, names_pixels, pixel_column,
};
pub use mask::{KEEPS_ABOVE, Mask};
pub use multipoles::LowMultipoles;
pub use recognise::{looks_like_a_map, says_healpix};
pub use sample::{Extremes, Sampler, Stretches};
pub use source::{
    Affine, Blocks, CellNames, FullSky, MapSource, Packing, PixelColumn, PolarConvention,
    SparseSource, narrow,
};
pub use sparse::{Coarsener, SparseMap, SparseMapBuilder, sparse_cell, sparse_pixel};
pub use window::{CellRect, FaceRegion, Region, WindowedMap};

use std::ops::Range;

use crate::healpix::{Cell, FACES, Nside};
use crate::memory::Pages;

/// HEALPix's marker of a missing pixel.
pub const UNSEEN: f32 = -1.6375e30;

/// Whether a raster value is a drawn number: neither off the sky (NaN) nor a bad pixel (UNSEEN).
#[inline]
pub fn is_valid(value: f32) -> bool {
    value.is_finite() && value != UNSEEN
}

/// Anything that holds a value for each HEALPix cell of one resolution.
pub trait CellValues: Sync {
    /// The resolution of the cells.
    fn nside(&self) -> Nside;

    /// The value of a cell; NaN where there is no good data.
    fn value(&self, cell: Cell) -> f32;

    /// Copies the values of the cells of a row of a face, in columns `ix`, to as many places.
    fn copy_row(&self, face: u8, iy: u32, ix: Range<u32>, places: &mut [f32]) {
        places.iter_mut().zip(ix).for_each(|(v, ix)| *v = self.value(Cell { face, ix, iy }));
    }
}

/// A full-sky map. Cells are stored face by face and row by row (`iy`, then `ix`), so that neighbours in the picture are neighbours in
/// memory whatever the ordering of the file was. Bad pixels are NaN.
#[derive(Clone, PartialEq, Debug)]
pub struct HealpixMap {
    nside: Nside,
    values: Pages<f32>,
}

impl HealpixMap {
    /// A map from values in face-and-row order, one for each pixel.
    ///
    /// # Panics
    /// If the number of values is not 12 nside^2: that is a mistake in the calling code.
    pub fn new(nside: Nside, values: impl Into<Pages<f32>>) -> Self {
        let values = values.into();
        assert_eq!(values.len() as u64, nside.npix(), "a full-sky map has 12 nside^2 pixels");
        HealpixMap { nside, values }
    }

    /// The values, face by face, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

impl CellValues for HealpixMap {
    fn nside(&self) -> Nside {
        self.nside
    }

    #[inline]
    fn value(&self, cell: Cell) -> f32 {
        let side = self.nside.get() as usize;
        debug_assert!(usize::from(cell.face) < FACES);
        let row = usize::from(cell.face) * side + cell.iy as usize;
        self.values[row * side + cell.ix as usize]
    }

    #[inline]
    fn copy_row(&self, face: u8, iy: u32, ix: Range<u32>, places: &mut [f32]) {
        let side = self.nside.get() as usize;
        let row = (usize::from(face) * side + iy as usize) * side;
        places.copy_from_slice(&self.values[row + ix.start as usize..row + ix.end as usize]);
    }
}

/// The sky projected onto the picture's pixels, row 0 at the bottom. NaN is off the sky, UNSEEN a bad pixel.
#[derive(Clone, PartialEq, Debug)]
pub struct SkyRaster {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Row after row, from the bottom.
    pub values: Vec<f32>,
}

impl SkyRaster {
    /// A raster to be filled in: zeros, whose memory the system provides when they are first written to.
    pub fn blank(width: usize, height: usize) -> Self {
        SkyRaster { width, height, values: vec![0.0; width * height] }
    }

    /// The drawn numbers: neither off the sky nor bad.
    pub fn valid(&self) -> impl Iterator<Item = f32> + '_ {
        self.values.iter().copied().filter(|&v| is_valid(v))
    }
}
