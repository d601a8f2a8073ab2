//! Rectangles of picture pixels, for pictures that are made piece by piece.

use std::ops::Range;

use super::pieces;

/// A rectangle of picture pixels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tile {
    /// Columns of the picture.
    pub columns: Range<usize>,
    /// Rows of the picture, from the bottom.
    pub rows: Range<usize>,
}

impl Tile {
    /// Cut into tiles of at most `side` pixels along each side.
    pub fn cut(self, side: usize) -> impl Iterator<Item = Tile> {
        let Tile { columns, rows } = self;
        pieces(&rows, side).flat_map(move |rows| {
            pieces(&columns, side).map(move |columns| Tile { columns, rows: rows.clone() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_a_rectangle_once() {
        let mut covered = [0; 25 * 12];
        for Tile { columns, rows } in (Tile { columns: 3..25, rows: 1..12 }).cut(10) {
            assert!(columns.len() <= 10 && rows.len() <= 10);
            for row in rows {
                columns.clone().for_each(|column| covered[row * 25 + column] += 1);
            }
        }
        for (k, count) in covered.into_iter().enumerate() {
            assert_eq!(count, i32::from(k % 25 >= 3 && k / 25 >= 1));
        }
    }
}
