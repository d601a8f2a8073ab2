//! The footprints of a whole picture, kept for several maps that are shown alike.

use std::ops::Range;

use rayon::prelude::*;

use super::canvas::Canvas;
use super::footprints::{Footprints, Surveyor};
use super::{COLUMNS, Pixels, Tile, pieces};
use crate::healpix::Nside;
use crate::map::{CellValues, SkyRaster};
use crate::projection::{Grid, View};

/// The footprints of a picture's pixels on maps of one resolution.
pub struct Geometry {
    grid: Grid,
    canvas: Canvas,
    /// Band by band, those of some columns after the other.
    bands: Vec<Vec<(Range<usize>, Footprints)>>,
}

impl Geometry {
    /// Finds the footprints that the pixels of a view have on the cells of a resolution.
    pub fn new(view: &View, grid: &Grid, nside: Nside) -> Geometry {
        let canvas = Canvas::new(view, grid, &Tile::whole(grid));
        let pixels = Pixels::new(view, grid, nside);
        let rows: Vec<Range<usize>> = canvas.rows().collect();
        let find = |rows: &Range<usize>| {
            let mut surveyor = Surveyor::new(nside);
            let found = pieces(&canvas.found.columns, COLUMNS).map(|columns| {
                pixels.look(&columns, rows, &mut surveyor);
                (columns, surveyor.take())
            });
            found.collect()
        };
        let bands = rows.par_iter().map(find).collect();
        Geometry { grid: *grid, canvas, bands }
    }

    /// About how many bytes it would take up: for each cell and for each pixel of the part of the picture that is no image of another.
    pub fn size(view: &View, grid: &Grid, nside: Nside) -> u64 {
        /// Pixels that share a cell, and cells of a pixel that is smaller than one.
        const PARTS: u64 = 3;
        let canvas = Canvas::new(view, grid, &Tile::whole(grid));
        let pixels = (canvas.found.rows.len() * canvas.found.columns.len()) as u64;
        let images = (grid.width * grid.height) as u64 / pixels.max(1);
        8 * PARTS * (nside.npix() / images.max(1) + pixels)
    }

    /// Fills each pixel with the average over the sky that it covers: what [`average`](super::average) gives for the same view.
    pub fn average<M: CellValues>(&self, map: &M) -> SkyRaster {
        let values = self.canvas.fill(
            map,
            || (),
            |(), band, _, show| {
                for (columns, footprints) in self.bands.get(band).into_iter().flatten() {
                    show(columns, footprints);
                }
            },
        );
        SkyRaster { width: self.grid.width, height: self.grid.height, values }
    }
}
