//! The part of a map that a picture looks at: on each base face, rectangles of cells one above the other.

use std::ops::Range;

use super::CellValues;
use crate::healpix::{Cell, FACES, Nside};
use crate::memory::Pages;

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

    /// Grows to hold another one.
    fn include(&mut self, other: &CellRect) {
        if self.is_empty() {
            *self = other.clone();
        } else if !other.is_empty() {
            self.x = self.x.start.min(other.x.start)..self.x.end.max(other.x.end);
            self.y = self.y.start.min(other.y.start)..self.y.end.max(other.y.end);
        }
    }
}

/// Rows of cells of a band.
pub const BAND: u32 = 64;

/// The cells of a base face that are looked at: a rectangle, maybe empty, in each of its bands of `BAND` rows, from `iy` = 0 on. Pictures
/// lie slantwise on most faces: one rectangle around all would hold twice the cells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FaceRegion(Vec<CellRect>);

/// The cells of all base faces that are looked at.
pub type Region = [FaceRegion; FACES];

impl FaceRegion {
    /// Grows to hold all cells of a rectangle.
    pub fn include(&mut self, rect: &CellRect) {
        let mut start = rect.y.start;
        while start < rect.y.end {
            let band = start / BAND;
            let end = ((band + 1) * BAND).min(rect.y.end);
            if self.0.len() <= band as usize {
                self.0.resize(band as usize + 1, CellRect::default());
            }
            self.0[band as usize].include(&CellRect { x: rect.x.clone(), y: start..end });
            start = end;
        }
    }

    /// The rectangles, from the first band's on.
    pub fn bands(&self) -> &[CellRect] {
        &self.0
    }
}

impl From<CellRect> for FaceRegion {
    fn from(rect: CellRect) -> FaceRegion {
        let mut region = FaceRegion::default();
        region.include(&rect);
        region
    }
}

/// The values in a region of the sky. Cells outside of it have no data.
#[derive(Clone, PartialEq, Debug)]
pub struct WindowedMap {
    nside: Nside,
    region: Region,
    /// Of each face's rectangles, where their values begin.
    starts: [Vec<usize>; FACES],
    values: Pages<f32>,
}

impl WindowedMap {
    /// A map of this resolution from the values in a region: face by face and rectangle by rectangle, each row by row; NaN where there is no
    /// good data.
    pub fn new(nside: Nside, region: Region, values: Pages<f32>) -> Self {
        let mut next = 0;
        let mut start = |rect: &CellRect| {
            let start = next;
            next += rect.count() as usize;
            start
        };
        let starts = region.each_ref().map(|face| face.0.iter().map(&mut start).collect());
        WindowedMap { nside, region, starts, values }
    }

    /// All values, in the order of the regions.
    pub fn values(&self) -> &[f32] {
        &self.values
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
        let (face, band) = (usize::from(face), (iy / BAND) as usize);
        let rect = self.region.get(face).and_then(|face| face.0.get(band));
        let start = self.starts.get(face).and_then(|starts| starts.get(band));
        let (Some(rect), Some(start)) = (rect, start) else { return };
        let inside = ix.start.max(rect.x.start)..ix.end.min(rect.x.end);
        if inside.is_empty() || !rect.y.contains(&iy) {
            return;
        }
        let row = start + (iy - rect.y.start) as usize * rect.x.len();
        let columns = row + (inside.start - rect.x.start) as usize
            ..row + (inside.end - rect.x.start) as usize;
        let within = (inside.start - ix.start) as usize..(inside.end - ix.start) as usize;
        if let (Some(places), Some(values)) = (places.get_mut(within), self.values.get(columns)) {
            places.copy_from_slice(values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_outside_have_no_data() {
        let side = BAND + 4;
        let mut region = Region::default();
        region[3] = CellRect { x: 2..5, y: BAND - 1..BAND + 1 }.into();
        let values: Vec<f32> = (0..6u8).map(f32::from).collect();
        let nside = Nside::new(i64::from(side)).unwrap();
        let map = WindowedMap::new(nside, region, values.into());
        let row = |face, iy, ix: Range<u32>| {
            let mut values = vec![-1.0; ix.len()];
            map.copy_row(face, iy, ix, &mut values);
            values.into_iter().map(|v| if v.is_nan() { -9 } else { v as i32 }).collect::<Vec<_>>()
        };
        assert_eq!(row(3, BAND, 0..8), [-9, -9, 3, 4, 5, -9, -9, -9]);
        assert_eq!(row(3, BAND - 1, 3..5), [1, 2]);
        assert_eq!(row(3, BAND - 1, 5..7), [-9, -9]);
        assert_eq!(row(3, BAND - 2, 2..4), [-9, -9]);
        assert_eq!(row(3, BAND + 1, 2..4), [-9, -9]);
        assert_eq!(row(3, 2 * BAND, 2..4), [-9, -9]);
        assert_eq!(row(2, BAND, 2..4), [-9, -9]);
        assert_eq!(map.value(Cell { face: 3, ix: 4, iy: BAND }), 5.0);
        assert!(map.value(Cell { face: 3, ix: 1, iy: BAND }).is_nan());
    }

    #[test]
    fn regions_are_cut_at_bands_and_grow() {
        let mut region = FaceRegion::from(CellRect { x: 5..9, y: 10..BAND + 7 });
        region.include(&CellRect { x: 1..2, y: BAND + 20..BAND + 21 });
        region.include(&CellRect { x: 7..8, y: 3 * BAND..3 * BAND + 1 });
        let expected = [
            CellRect { x: 5..9, y: 10..BAND },
            CellRect { x: 1..9, y: BAND..BAND + 21 },
            CellRect::default(),
            CellRect { x: 7..8, y: 3 * BAND..3 * BAND + 1 },
        ];
        assert_eq!(region.bands(), expected);
    }
}
