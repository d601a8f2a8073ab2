//! Pieces of a mesh, each with the box of cells that its pixels meet.

use std::ops::Range;

use super::mesh::Mesh;
use super::shape::{Shape, area, least, most};

/// A rectangle of a mesh: columns and rows of its pixels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patch {
    pub columns: Range<usize>,
    pub rows: Range<usize>,
}

impl Patch {
    /// The halves of a patch across its longer side; nothing for a single pixel.
    fn halves(&self) -> Option<[Patch; 2]> {
        let Patch { columns, rows } = self.clone();
        if columns.len() >= rows.len() {
            let middle = columns.start + columns.len() / 2;
            (middle > columns.start).then(|| {
                [
                    Patch { columns: columns.start..middle, rows: rows.clone() },
                    Patch { columns: middle..columns.end, rows },
                ]
            })
        } else {
            let middle = rows.start + rows.len() / 2;
            Some([
                Patch { columns: columns.clone(), rows: rows.start..middle },
                Patch { columns, rows: middle..rows.end },
            ])
        }
    }
}

/// A rectangle of cells of the unfolded sphere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CellBox {
    pub columns: Range<i64>,
    pub rows: Range<i64>,
}

impl CellBox {
    /// Cells along x.
    pub fn columns(&self) -> usize {
        (self.columns.end - self.columns.start).max(0) as usize
    }

    /// Cells along y.
    pub fn rows(&self) -> usize {
        (self.rows.end - self.rows.start).max(0) as usize
    }

    fn count(&self) -> i64 {
        self.columns() as i64 * self.rows() as i64
    }
}

impl Mesh {
    /// Splits a patch until each piece's box has at most `most` cells and is well filled, or the piece is a single pixel; visits the pieces
    /// that have an even pixel.
    pub fn pieces(&self, patch: Patch, most: i64, visit: &mut impl FnMut(&Patch, &CellBox)) {
        let Some(bounds) = self.bounds(&patch) else { return };
        if (bounds.count() > most || self.is_scattered(&patch, &bounds))
            && let Some(halves) = patch.halves()
        {
            halves.into_iter().for_each(|half| self.pieces(half, most, visit));
        } else {
            visit(&patch, &bounds);
        }
    }

    /// Whether the even pixels of a patch fill little of their box: they lie on both sides of a cut of the plane.
    fn is_scattered(&self, patch: &Patch, bounds: &CellBox) -> bool {
        /// Cells that are not worth a second box, and a part of the others that squares fill even if they stand on a corner.
        const FEW: f64 = 200.0;
        const SPARSE: f64 = 1.0 / 16.0;
        let count = bounds.count() as f64;
        if count < FEW || self.is_whole(patch) {
            return false;
        }
        let pixels =
            patch.rows.clone().flat_map(|row| patch.columns.clone().map(move |k| (k, row)));
        let even = pixels.filter(|(column, row)| self.shape(*column, *row) == Shape::Even);
        let corners = even.map(|(column, row)| self.corners(column, row));
        corners.map(|(x, y)| area(x, y).abs()).sum::<f64>() < SPARSE * (count - FEW)
    }

    /// Whether all pixels of a patch are even.
    fn is_whole(&self, patch: &Patch) -> bool {
        patch.rows.clone().all(|row| {
            let start = row * self.width;
            let shapes = self.shapes.get(start + patch.columns.start..start + patch.columns.end);
            shapes.is_some_and(|shapes| shapes.iter().all(|s| *s == Shape::Even))
        })
    }

    /// The cells that the even pixels of a patch meet.
    fn bounds(&self, patch: &Patch) -> Option<CellBox> {
        let mut x = [f64::INFINITY, f64::NEG_INFINITY];
        let mut y = x;
        let include = |range: &mut [f64; 2], values: &[f64]| {
            for &v in values {
                *range = [least(v, range[0]), most(v, range[1])];
            }
        };
        if self.is_whole(patch) {
            for line in patch.rows.start..=patch.rows.end {
                let start = line * (self.width + 1);
                let corners = start + patch.columns.start..=start + patch.columns.end;
                include(&mut x, self.x.get(corners.clone())?);
                include(&mut y, self.y.get(corners)?);
            }
            return Some(CellBox { columns: cells(x), rows: cells(y) });
        }
        for row in patch.rows.clone() {
            let start = row * self.width;
            let shapes = self.shapes.get(start + patch.columns.start..start + patch.columns.end)?;
            // Runs of even pixels.
            let mut first = patch.columns.start;
            for run in shapes.chunk_by(|a, b| (*a == Shape::Even) == (*b == Shape::Even)) {
                let end = first + run.len();
                if run.first() == Some(&Shape::Even) {
                    for line in [row, row + 1] {
                        let corners = line * (self.width + 1);
                        include(&mut x, self.x.get(corners + first..=corners + end)?);
                        include(&mut y, self.y.get(corners + first..=corners + end)?);
                    }
                }
                first = end;
            }
        }
        (x[0] <= x[1]).then(|| CellBox { columns: cells(x), rows: cells(y) })
    }
}

/// The cells that a range of coordinates meets.
fn cells([low, high]: [f64; 2]) -> Range<i64> {
    low.floor() as i64..high.floor() as i64 + 1
}

#[cfg(test)]
mod tests {
    use super::super::mesh::square;
    use super::*;

    #[test]
    fn pieces_cover_a_patch_once() {
        let mut mesh = square(10.2, 10.2, 2.0, 8);
        mesh.shapes[3] = Shape::Broken;
        let mut seen = [0; 64];
        let whole = Patch { columns: 0..8, rows: 0..8 };
        mesh.pieces(whole, 40, &mut |patch, bounds| {
            assert!(bounds.count() <= 40);
            for row in patch.rows.clone() {
                patch.columns.clone().for_each(|column| seen[8 * row + column] += 1);
            }
        });
        assert!(seen.iter().enumerate().all(|(k, n)| *n == 1 || k == 3 && *n == 0));
    }
}
