//! The sphere unfolded onto a plane in which every base face is a unit square (Calabretta & Roukema 2007, turned by 45 degrees).

use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

use super::{Nside, polar_radius};
use crate::sky::UnitVector;

/// A direction on the unfolded sphere, in units of a face's side: `x` grows towards north-east and `y` towards south-east.
///
/// Each strip `p <= y < p + 1` is a southern face (`x` from p - 1), an equatorial one (from p) and a northern one (from p + 1). Neighbours
/// on the sky are neighbours on the plane, but where the polar caps are cut along the meridians between their quadrants. Going once around
/// the sky adds 4 to both coordinates.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PlanePoint {
    /// Position towards north-east.
    pub x: f64,
    /// Position towards south-east.
    pub y: f64,
}

impl PlanePoint {
    /// Where a direction lies. `middle` is the longitude, in quarter turns, that the plane reaches from by half a turn either way.
    #[inline]
    pub fn of(v: UnitVector, middle: f64) -> PlanePoint {
        let turns = v.y.atan2(v.x) * (1.0 / FRAC_PI_2);
        let quarters = turns - 4.0 * ((turns - middle) * 0.25).round();
        if v.z.abs() <= 2.0 / 3.0 {
            let (along, up) = (0.5 + quarters, v.z * 0.75);
            return PlanePoint { x: along + up, y: along - up };
        }
        let quadrant = quarters.floor();
        let within = quarters - quadrant;
        let radius = polar_radius(v);
        let (west, east) = (within * radius, (1.0 - within) * radius);
        if v.z > 0.0 {
            PlanePoint { x: quadrant + 2.0 - east, y: quadrant + west }
        } else {
            PlanePoint { x: quadrant + west, y: quadrant + 2.0 - east }
        }
    }

    /// Whether it lies in a polar cap, where the plane is cut.
    #[inline]
    pub fn in_cap(self) -> bool {
        (self.x - self.y).abs() > 1.0
    }

    /// The quarter of the sky by longitude: points of a polar cap are neighbours on the plane if they share it.
    #[inline]
    pub fn quadrant(self) -> i32 {
        let up = self.x - self.y;
        let quarters = if up > 1.0 {
            self.y
        } else if up < -1.0 {
            self.x
        } else {
            (self.x + self.y - 1.0) / 2.0
        };
        quarters.floor() as i32
    }
}

/// The part of a rectangle of cells of the plane that lies on one base face.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaceBlock {
    /// The face; nothing where the plane is empty.
    pub face: Option<u8>,
    /// The cells' columns on the plane.
    pub columns: Range<i64>,
    /// Their rows on the plane.
    pub rows: Range<i64>,
    /// The column of the face's first, and the row of its `iy` = 0, which is the last.
    left: i64,
    top: i64,
}

impl FaceBlock {
    /// The column on the face of one of the plane's.
    pub fn ix(&self, column: i64) -> u32 {
        (column - self.left) as u32
    }

    /// The row on the face of one of the plane's.
    pub fn iy(&self, row: i64) -> u32 {
        (self.top - row) as u32
    }
}

/// The faces that a rectangle of cells meets. Columns and rows are counted as `PlanePoint`'s coordinates times nside.
pub fn face_blocks(
    nside: Nside,
    columns: &Range<i64>,
    rows: &Range<i64>,
) -> impl Iterator<Item = FaceBlock> + use<> {
    let side = i64::from(nside.get());
    let pieces = move |range: &Range<i64>| {
        let Range { start, end } = *range;
        let places = start.div_euclid(side)..(end - 1).div_euclid(side) + 1;
        let piece = move |k: i64| (k, start.max(k * side)..end.min((k + 1) * side));
        places.map(piece).filter(|(_, range)| !range.is_empty())
    };
    let columns = columns.clone();
    pieces(rows).flat_map(move |(strip, rows)| {
        pieces(&columns).map(move |(place, columns)| {
            let face = match place - strip {
                -1 => Some(8 | place.rem_euclid(4) as u8),
                0 => Some(4 | strip.rem_euclid(4) as u8),
                1 => Some(strip.rem_euclid(4) as u8),
                _ => None,
            };
            let (left, top) = (place * side, (strip + 1) * side - 1);
            FaceBlock { face, columns, rows: rows.clone(), left, top }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::healpix::{FacePoint, Ordering};

    #[test]
    fn every_cell_is_found_where_its_centre_lies() {
        for side in [1, 3, 8] {
            let nside = Nside::new(side).unwrap();
            for (pixel, middle) in (0..nside.npix()).flat_map(|p| [(p, 2.0), (p, -1.3), (p, 0.7)]) {
                let cell = Ordering::Ring.cell(nside, pixel);
                let point = PlanePoint::of(cell.center(nside), middle);
                let at = |t: f64| (t * side as f64).floor() as i64;
                let (column, row) = (at(point.x), at(point.y));
                let mut blocks = face_blocks(nside, &(column..column + 1), &(row..row + 1));
                let block = blocks.next().unwrap();
                assert_eq!(blocks.next(), None);
                let found = (block.face, block.ix(column), block.iy(row));
                assert_eq!(found, (Some(cell.face), cell.ix, cell.iy), "pixel {pixel} of {side}");
            }
        }
    }

    #[test]
    fn rectangles_meet_faces_where_the_plane_is_not_empty() {
        let nside = Nside::new(4).unwrap();
        let blocks = face_blocks(nside, &(-2..14), &(5..9));
        let found: Vec<_> = blocks.map(|b| (b.face, b.columns, b.rows)).collect();
        let expected = [
            (None, -2..0, 5..8),
            (Some(8), 0..4, 5..8),
            (Some(5), 4..8, 5..8),
            (Some(1), 8..12, 5..8),
            (None, 12..14, 5..8),
            (None, -2..0, 8..9),
            (None, 0..4, 8..9),
            (Some(9), 4..8, 8..9),
            (Some(6), 8..12, 8..9),
            (Some(2), 12..14, 8..9),
        ];
        assert_eq!(found, expected);
        assert_eq!(face_blocks(nside, &(3..3), &(0..4)).count(), 0);
    }

    #[test]
    fn quadrants_part_the_caps() {
        for lon in [0.1, 1.0, 1.7, 3.2, 6.2f64] {
            for z in [-0.9f64, -0.3, 0.5, 0.8] {
                let radius = (1.0 - z * z).sqrt();
                let v = UnitVector::new(radius * lon.cos(), radius * lon.sin(), z);
                let point = PlanePoint::of(v, 2.0);
                assert_eq!(point.quadrant(), (lon / FRAC_PI_2) as i32);
                assert_eq!(point.in_cap(), z.abs() > 2.0 / 3.0);
                let face = FacePoint::of(v);
                assert!((point.x - point.x.floor() - face.x).abs() < 1e-12);
            }
        }
    }
}
