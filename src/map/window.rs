//! The part of a map that a picture looks at: a rectangle of cells on each base face.

use super::CellValues;
use crate::healpix::{Cell, FACES, Nside};

/// A rectangle of cells: `ix` from `x.start` and `iy` from `y.start`, up to but not including the ends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CellRect {
    /// Columns.
    pub x: std::ops::Range<u32>,
    /// Rows.
    pub y: std::ops::Range<u32>,
}

impl CellRect {
    /// Whether it holds no cell.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty() || self.y.is_empty()
    }

    /// The number of its cells.
    pub fn count(&self) -> u64 {
        self.x.len() as u64 * self.y.len() as u64
    }

    /// Grows it to hold a cell too.
    pub fn include(&mut self, ix: u32, iy: u32) {
        if self.is_empty() {
            *self = CellRect { x: ix..ix + 1, y: iy..iy + 1 };
        } else {
            self.x = self.x.start.min(ix)..self.x.end.max(ix + 1);
            self.y = self.y.start.min(iy)..self.y.end.max(iy + 1);
        }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(mut self, other: &CellRect) -> CellRect {
        if !other.is_empty() {
            self.include(other.x.start, other.y.start);
            self.include(other.x.end - 1, other.y.end - 1);
        }
        self
    }
}

/// A rectangle of cells for each base face.
pub type Region = [CellRect; FACES];

/// The values in a region of the sky. Cells outside of it have no data.
#[derive(Clone, PartialEq, Debug)]
pub struct WindowedMap {
    nside: Nside,
    windows: Vec<Window>,
}

/// The values of one rectangle, row by row.
#[derive(Clone, PartialEq, Debug)]
pub struct Window {
    /// Where it lies on its face.
    pub rect: CellRect,
    /// One value for each cell; NaN where there is no good data.
    pub values: Vec<f32>,
}

impl WindowedMap {
    /// A map of this resolution from one window for each of the twelve faces, in order.
    pub fn new(nside: Nside, windows: Vec<Window>) -> Self {
        WindowedMap { nside, windows }
    }
}

impl CellValues for WindowedMap {
    fn nside(&self) -> Nside {
        self.nside
    }

    #[inline]
    fn value(&self, cell: Cell) -> f32 {
        let Some(Window { rect, values }) = self.windows.get(usize::from(cell.face)) else {
            return f32::NAN;
        };
        // Cells before the rectangle wrap around to large offsets.
        let x = cell.ix.wrapping_sub(rect.x.start) as usize;
        let y = cell.iy.wrapping_sub(rect.y.start) as usize;
        if x >= rect.x.len() {
            return f32::NAN;
        }
        values.get(y.saturating_mul(rect.x.len()).saturating_add(x)).copied().unwrap_or(f32::NAN)
    }
}
