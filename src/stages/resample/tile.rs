//! Rectangles of picture pixels, for pictures that are made piece by piece.

use std::ops::Range;

use crate::map::SkyRaster;
use crate::projection::Grid;

/// A rectangle of picture pixels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tile {
    /// Columns of the picture.
    pub columns: Range<usize>,
    /// Rows of the picture, from the bottom.
    pub rows: Range<usize>,
}

impl Tile {
    /// The whole picture.
    pub fn whole(grid: &Grid) -> Tile {
        Tile { columns: 0..grid.width, rows: 0..grid.height }
    }

    /// The picture cut into tiles of at most `side` pixels along each side.
    pub fn cut(grid: &Grid, side: usize) -> Vec<Tile> {
        let cuts = |n: usize| (0..n).step_by(side).map(move |k| k..(k + side).min(n));
        cuts(grid.height)
            .flat_map(|rows| {
                cuts(grid.width).map(move |columns| Tile { columns, rows: rows.clone() })
            })
            .collect()
    }

    /// Puts the tile's values, row by row, into the picture.
    pub fn copy_into(&self, values: &[f32], raster: &mut SkyRaster) {
        let rows = values.chunks_exact(self.columns.len().max(1));
        for (j, row) in self.rows.clone().zip(rows) {
            let start = j * raster.width + self.columns.start;
            if let Some(place) = raster.values.get_mut(start..start + row.len()) {
                place.copy_from_slice(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::Bounds;

    #[test]
    fn tiles_cover_the_picture_once() {
        let grid = Grid::spanning(Bounds { x: [-2.0, 2.0], y: [-1.0, 1.0] }, 25, 12);
        let mut raster = SkyRaster { width: 25, height: 12, values: vec![0.0; 300] };
        for tile in Tile::cut(&grid, 10) {
            let count = tile.columns.len() * tile.rows.len();
            let value = raster.values[tile.rows.start * 25 + tile.columns.start] + 1.0;
            tile.copy_into(&vec![value; count], &mut raster);
        }
        assert!(raster.values.iter().all(|&v| v == 1.0));
    }
}
