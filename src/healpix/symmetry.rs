//! The symmetries of the pixelisation: turns and reflections of the sphere that take every HEALPix pixel to another one.

use super::{Cell, Nside};
use crate::sky::UnitVector;

/// A turn or reflection of the sphere that keeps the grid of HEALPix pixels: of sixteen the one that first mirrors east and west at
/// longitude 0, then turns eastwards by quarters, and mirrors north and south.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Symmetry {
    /// Whether longitudes change their sign.
    mirrors: bool,
    /// Quarter turns eastwards, 0 to 3.
    quarters: u8,
    /// Whether latitudes change their sign.
    flips: bool,
}

impl Symmetry {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Symmetry> {
        (0..16).map(|k| Symmetry { mirrors: k & 1 != 0, quarters: k >> 2, flips: k & 2 != 0 })
    }

    /// Where a direction goes.
    pub fn direction(self, UnitVector { x, y, z }: UnitVector) -> UnitVector {
        let y = if self.mirrors { -y } else { y };
        let (x, y) = match self.quarters {
            0 => (x, y),
            1 => (-y, x),
            2 => (-x, -y),
            _ => (y, -x),
        };
        UnitVector::new(x, y, if self.flips { -z } else { z })
    }

    /// Where a pixel goes.
    pub fn cell(self, nside: Nside, cell: Cell) -> Cell {
        let Cell { face, mut ix, mut iy } = cell;
        let (mut belt, mut place) = (face / 4, face % 4);
        if self.mirrors {
            // The faces of the equator have their centres on multiples of a quarter turn, the others half-way between.
            place = if belt == 1 { 4 - place } else { 3 - place };
            (ix, iy) = (iy, ix);
        }
        if self.flips {
            belt = 2 - belt;
            (ix, iy) = (nside.get() - 1 - iy, nside.get() - 1 - ix);
        }
        Cell { face: 4 * belt + (place + self.quarters) % 4, ix, iy }
    }

    /// Where a cell of the unfolded sphere goes, by its column and row.
    pub fn plane_cell(self, nside: Nside, column: i64, row: i64) -> (i64, i64) {
        let side = i64::from(nside.get());
        let (mut x, mut y) = (column, row);
        if self.mirrors {
            (x, y) = (side - 1 - y, side - 1 - x);
        }
        if self.flips {
            (x, y) = (y, x);
        }
        let turned = i64::from(self.quarters) * side;
        (x + turned, y + turned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::healpix::{Ordering, face_blocks};

    #[test]
    fn pixels_go_where_their_centres_go() {
        for side in [1, 3, 4] {
            let nside = Nside::new(side).unwrap();
            for symmetry in Symmetry::all() {
                for pixel in 0..nside.npix() {
                    let cell = Ordering::Ring.cell(nside, pixel);
                    let there = symmetry.direction(cell.center(nside));
                    let image = symmetry.cell(nside, cell);
                    assert!(image.center(nside).angle_to(there) < 1e-12, "{symmetry:?} {cell:?}");
                }
            }
        }
    }

    #[test]
    fn cells_of_the_plane_go_with_the_pixels() {
        let nside = Nside::new(3).unwrap();
        let at = |column, row| {
            let block = face_blocks(nside, &(column..column + 1), &(row..row + 1)).next()?;
            Some(Cell { face: block.face?, ix: block.ix(column), iy: block.iy(row) })
        };
        for symmetry in Symmetry::all() {
            for (column, row) in (-7..14).flat_map(|x| (-7..14).map(move |y| (x, y))) {
                let (there, up) = symmetry.plane_cell(nside, column, row);
                let image = at(column, row).map(|cell| symmetry.cell(nside, cell));
                assert_eq!(at(there, up), image, "{symmetry:?} {column} {row}");
            }
        }
    }
}
