//! The part of a picture that is filled, band by band, each with its mirrored images.

use std::convert::Infallible;
use std::ops::Range;

use super::averages::Averages;
use super::footprints::Footprints;
use super::mirror::{Mirror, mirrors};
use super::tile::Tile;
use super::{BAND, pieces};
use crate::map::{CellValues, SkyRaster};
use crate::projection::{Grid, View};
use crate::tasks::in_order;

/// A part of a picture whose footprints are found, and the mirrors that show others.
pub struct Canvas {
    pub mirrors: Vec<Mirror>,
    pub found: Tile,
}

/// A band of rows of the picture, and the mirrored ones.
struct Band<'v> {
    rows: Range<usize>,
    values: Vec<Option<&'v mut [f32]>>,
    mirrored: Vec<Option<&'v mut [f32]>>,
}

/// Is shown the footprints in some columns of a band.
type Show<'s> = dyn FnMut(&Range<usize>, &Footprints) + 's;

impl Canvas {
    /// The part of a whole picture that is no image of another.
    pub fn new(view: &View, grid: &Grid) -> Canvas {
        let mirrors = mirrors(view, grid);
        let half = |n: usize, halved: bool| 0..if halved { n.div_ceil(2) } else { n };
        let columns = half(grid.width, mirrors.iter().any(|mirror| mirror.columns));
        let rows = half(grid.height, mirrors.iter().any(|mirror| mirror.rows));
        Canvas { mirrors, found: Tile { columns, rows } }
    }

    /// Cut into pieces of at most `side` pixels along each side.
    pub fn cut(self, side: usize) -> impl Iterator<Item = Canvas> {
        let Canvas { mirrors, found } = self;
        found.cut(side).map(move |found| Canvas { mirrors: mirrors.clone(), found })
    }

    /// The rows of the bands whose footprints are found.
    pub fn rows(&self) -> impl Iterator<Item = Range<usize>> {
        pieces(&self.found.rows, BAND)
    }

    /// Averages a map over the pixels and their images, NaN where there is no sky. `maps` are one for each mirror, or one for all. `find`
    /// shows the footprints of a band, given by its number and rows, with what `init` has made for the thread.
    pub fn fill<M: CellValues, S: Send>(
        &self,
        maps: &[M],
        picture: &mut SkyRaster,
        init: impl Fn() -> S + Sync,
        find: impl Fn(&mut S, usize, &Range<usize>, &mut Show) + Sync,
    ) {
        match *self.mirrors.as_slice() {
            [a, b, c, d] => self.fill_mirrored(maps, &[a, b, c, d], picture, init, find),
            [a, b] => self.fill_mirrored(maps, &[a, b], picture, init, find),
            _ => self.fill_mirrored(maps, &[Mirror::default()], picture, init, find),
        }
    }

    fn fill_mirrored<M: CellValues, S: Send, const N: usize>(
        &self,
        maps: &[M],
        mirrors: &[Mirror; N],
        picture: &mut SkyRaster,
        init: impl Fn() -> S + Sync,
        find: impl Fn(&mut S, usize, &Range<usize>, &mut Show) + Sync,
    ) {
        let width = picture.width;
        let Some(last) = maps.len().checked_sub(1) else { return };
        let maps: [&M; N] = std::array::from_fn(|k| &maps[k.min(last)]);
        let Tile { columns: all, .. } = &self.found;
        let Ok(_) = in_order(
            self.bands(picture).into_iter().enumerate(),
            || (init(), Averages::default()),
            |(state, averages), (number, Band { rows, mut values, mut mirrored })| {
                for line in values.iter_mut().chain(&mut mirrored).flatten() {
                    line[all.clone()].fill(f32::NAN);
                    if mirrors.iter().any(|mirror| mirror.columns) {
                        line[width - all.end..width - all.start].fill(f32::NAN);
                    }
                }
                find(state, number, &rows, &mut |columns, footprints| {
                    footprints.average(&maps, mirrors, averages, |column, row, means| {
                        let column = columns.start + column;
                        for (mirror, mean) in mirrors.iter().zip(means) {
                            let column = if mirror.columns { width - 1 - column } else { column };
                            let lines = if mirror.rows { &mut mirrored } else { &mut values };
                            let line = lines[row].as_deref_mut();
                            if let Some(value) = line.and_then(|line| line.get_mut(column)) {
                                *value = mean;
                            }
                        }
                    });
                });
                Ok::<(), Infallible>(())
            },
        );
    }

    /// The bands of rows whose footprints are found.
    fn bands<'v>(&self, picture: &'v mut SkyRaster) -> Vec<Band<'v>> {
        let (width, height) = (picture.width.max(1), picture.height);
        let mut lines: Vec<_> = picture.values.chunks_exact_mut(width).map(Some).collect();
        let mut take = |row: usize| lines.get_mut(row).and_then(Option::take);
        let halved = self.mirrors.iter().any(|mirror| mirror.rows);
        let band = |rows: Range<usize>| {
            let values = rows.clone().map(&mut take).collect();
            // The middle one of an odd number of rows, the last that is found, has no other one.
            let mirrored = rows
                .clone()
                .map(|row| if halved { take(height - 1 - row) } else { None })
                .collect();
            Band { rows, values, mirrored }
        };
        self.rows().map(band).collect()
    }
}
