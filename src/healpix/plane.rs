//! The sphere unfolded onto a plane in which every base face is a unit square (Calabretta & Roukema 2007, turned by 45 degrees).

use std::f64::consts::FRAC_PI_2;

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

/// The part of a row of cells of the plane that lies on one base face.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaceRun {
    /// The face; nothing where the plane is empty.
    pub face: Option<u8>,
    /// The cells' row on the face.
    pub iy: u32,
    /// Their columns on the face.
    pub ix: std::ops::Range<u32>,
}

/// The cells of the plane from `columns.start` up to `columns.end` in a row, both counted as `PlanePoint`'s coordinates times nside.
pub fn face_runs(
    nside: Nside,
    row: i64,
    columns: std::ops::Range<i64>,
) -> impl Iterator<Item = FaceRun> {
    let side = i64::from(nside.get());
    let strip = row.div_euclid(side);
    let iy = (side - 1 - (row - strip * side)) as u32;
    let mut column = columns.start;
    std::iter::from_fn(move || {
        if column >= columns.end {
            return None;
        }
        let place = column.div_euclid(side);
        let first = column - place * side;
        let last = (first + columns.end - column).min(side);
        column += last - first;
        let face = match place - strip {
            -1 => Some(8 | place.rem_euclid(4) as u8),
            0 => Some(4 | strip.rem_euclid(4) as u8),
            1 => Some(strip.rem_euclid(4) as u8),
            _ => None,
        };
        Some(FaceRun { face, iy, ix: first as u32..last as u32 })
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
                let runs: Vec<_> =
                    face_runs(nside, at(point.y), at(point.x)..at(point.x) + 1).collect();
                let (ix, iy) = (cell.ix..cell.ix + 1, cell.iy);
                assert_eq!(
                    runs,
                    [FaceRun { face: Some(cell.face), iy, ix }],
                    "pixel {pixel} of {side}"
                );
            }
        }
    }

    #[test]
    fn rows_go_through_three_faces() {
        let nside = Nside::new(4).unwrap();
        let runs: Vec<_> = face_runs(nside, 5, -2..14).map(|r| (r.face, r.ix)).collect();
        let expected =
            [(None, 2..4), (Some(8), 0..4), (Some(5), 0..4), (Some(1), 0..4), (None, 0..2)];
        assert_eq!(runs, expected);
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
