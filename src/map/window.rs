//! The part of a map that a picture looks at: a rectangle of cells on each base face.

use std::ops::Range;

use super::CellValues;
use crate::healpix::{Cell, FACES, Nside};

/// A rectangle of cells: `ix` from `x.start` and `iy` from `y.start`, up to but not including the ends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CellRect {
    /// Columns.
    pub x: Range<u32>,
    /// Rows.
    pub y: Range<u32>,
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
    fn value(&self, Cell { face, ix, iy }: Cell) -> f32 {
        let mut value = [f32::NAN];
        self.copy_row(face, iy, ix..ix + 1, &mut value);
        value[0]
    }

    #[inline]
    fn copy_row(&self, face: u8, iy: u32, ix: Range<u32>, places: &mut [f32]) {
        places.fill(f32::NAN);
        let Some(Window { rect, values }) = self.windows.get(usize::from(face)) else { return };
        let inside = ix.start.max(rect.x.start)..ix.end.min(rect.x.end);
        if inside.is_empty() || !rect.y.contains(&iy) {
            return;
        }
        let row = (iy - rect.y.start) as usize * rect.x.len();
        let columns = row + (inside.start - rect.x.start) as usize
            ..row + (inside.end - rect.x.start) as usize;
        let within = (inside.start - ix.start) as usize..(inside.end - ix.start) as usize;
        if let (Some(places), Some(values)) = (places.get_mut(within), values.get(columns)) {
            places.copy_from_slice(values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_outside_have_no_data() {
        let rect = CellRect { x: 2..5, y: 1..3 };
        let mut windows = vec![Window { rect: CellRect::default(), values: Vec::new() }; FACES];
        windows[3] = Window { rect, values: (0..6).map(|k| k as f32).collect() };
        let map = WindowedMap::new(Nside::new(8).unwrap(), windows);
        let row = |face, iy, ix: Range<u32>| {
            let mut values = vec![-1.0; ix.len()];
            map.copy_row(face, iy, ix, &mut values);
            values.into_iter().map(|v| if v.is_nan() { -9 } else { v as i32 }).collect::<Vec<_>>()
        };
        assert_eq!(row(3, 2, 0..8), [-9, -9, 3, 4, 5, -9, -9, -9]);
        assert_eq!(row(3, 1, 3..5), [1, 2]);
        assert_eq!(row(3, 1, 5..7), [-9, -9]);
        assert_eq!(row(3, 0, 2..4), [-9, -9]);
        assert_eq!(row(3, 3, 2..4), [-9, -9]);
        assert_eq!(row(2, 1, 2..4), [-9, -9]);
        assert_eq!(map.value(Cell { face: 3, ix: 4, iy: 2 }), 5.0);
        assert!(map.value(Cell { face: 3, ix: 1, iy: 2 }).is_nan());
    }
}
