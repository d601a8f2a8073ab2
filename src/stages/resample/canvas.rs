//! The part of a picture that is filled, band by band, each with its mirrored images.

use std::convert::Infallible;
use std::ops::Range;

use super::footprints::Footprints;
use super::mirror::{Mirror, mirrors};
use super::{BAND, Tile, pieces};
use crate::map::CellValues;
use crate::projection::{Grid, View};
use crate::tasks::in_order;

/// A part of a picture, and the part of that whose footprints are found: others are their images.
pub struct Canvas {
    tile: Tile,
    mirrors: Vec<Mirror>,
    pub found: Tile,
}

/// A band of rows of the picture, and the mirrored ones.
struct Band<'v> {
    rows: Range<usize>,
    values: Vec<&'v mut [f32]>,
    mirrored: Vec<Option<&'v mut [f32]>>,
}

/// Is shown the footprints in some columns of a band.
type Show<'s> = dyn FnMut(&Range<usize>, &Footprints) + 's;

impl Canvas {
    pub fn new(view: &View, grid: &Grid, tile: &Tile) -> Canvas {
        let whole = *tile == Tile::whole(grid);
        let mirrors = if whole { mirrors(view, grid) } else { vec![Mirror::default()] };
        let mut found = tile.clone();
        if mirrors.iter().any(|mirror| mirror.columns) {
            found.columns.end = grid.width.div_ceil(2);
        }
        if mirrors.iter().any(|mirror| mirror.rows) {
            found.rows.end = grid.height.div_ceil(2);
        }
        Canvas { tile: tile.clone(), mirrors, found }
    }

    /// The rows of the bands whose footprints are found.
    pub fn rows(&self) -> impl Iterator<Item = Range<usize>> {
        pieces(&self.found.rows, BAND)
    }

    /// Averages a map over the pixels; row by row the averages, NaN where there is no sky. `find` shows the footprints of a band, given by
    /// its number and rows, with what `init` has made for the thread.
    pub fn fill<M: CellValues, S: Send>(
        &self,
        map: &M,
        init: impl Fn() -> S + Sync,
        find: impl Fn(&mut S, usize, &Range<usize>, &mut Show) + Sync,
    ) -> Vec<f32> {
        match *self.mirrors.as_slice() {
            [a, b, c, d] => self.fill_mirrored(map, &[a, b, c, d], init, find),
            [a, b] => self.fill_mirrored(map, &[a, b], init, find),
            _ => self.fill_mirrored(map, &[Mirror::default()], init, find),
        }
    }

    fn fill_mirrored<M: CellValues, S: Send, const N: usize>(
        &self,
        map: &M,
        mirrors: &[Mirror; N],
        init: impl Fn() -> S + Sync,
        find: impl Fn(&mut S, usize, &Range<usize>, &mut Show) + Sync,
    ) -> Vec<f32> {
        let width = self.tile.columns.len();
        // Zeros come from the system unseen; each thread finds the memory for its own rows.
        let mut values = vec![0.0; self.tile.rows.len() * width];
        let Ok(_) = in_order(
            self.bands(&mut values).into_iter().enumerate(),
            || (init(), [const { Vec::new() }; N]),
            |(state, cells), (number, Band { rows, mut values, mut mirrored })| {
                let lines = values.iter_mut().chain(mirrored.iter_mut().flatten());
                lines.for_each(|line| line.fill(f32::NAN));
                find(state, number, &rows, &mut |columns, footprints| {
                    let start = columns.start - self.tile.columns.start;
                    footprints.average(map, mirrors, cells, |place, means| {
                        let (row, column) = (place / columns.len(), start + place % columns.len());
                        for (mirror, mean) in mirrors.iter().zip(means) {
                            let column = if mirror.columns { width - 1 - column } else { column };
                            let line = if mirror.rows {
                                mirrored[row].as_deref_mut()
                            } else {
                                Some(&mut *values[row])
                            };
                            if let Some(value) = line.and_then(|line| line.get_mut(column)) {
                                *value = mean;
                            }
                        }
                    });
                });
                Ok::<(), Infallible>(())
            },
        );
        values
    }

    /// The bands of rows whose footprints are found.
    fn bands<'v>(&self, values: &'v mut [f32]) -> Vec<Band<'v>> {
        let count = self.found.rows.len();
        let width = self.tile.columns.len().max(1);
        let (near, far) = values.split_at_mut(count * width);
        let mut near = near.chunks_exact_mut(width);
        let mut far = far.chunks_exact_mut(width).rev();
        let band = |rows: Range<usize>| {
            let values = near.by_ref().take(rows.len()).collect();
            // The middle one of an odd number of rows, the last that is found, has no other one.
            let mirrored = rows.clone().map(|_| far.next()).collect();
            Band { rows, values, mirrored }
        };
        self.rows().map(band).collect()
    }
}
