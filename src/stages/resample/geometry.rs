//! The footprints of a picture or of a part of it, kept: for several maps that are shown alike, or until what they meet has been read.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::canvas::Canvas;
use super::footprints::Footprints;
use super::{COLUMNS, Pixels, Workspace, pieces};
use crate::healpix::Nside;
use crate::map::{CellValues, Region, SkyRaster};
use crate::projection::{Grid, View};

/// The footprints of picture pixels on maps of one resolution.
pub struct Geometry {
    nside: Nside,
    grid: Grid,
    canvas: Canvas,
    /// Band by band, those of some columns after the other.
    bands: Vec<Vec<(Range<usize>, Footprints)>>,
}

impl Geometry {
    /// Finds the footprints that the pixels of a view have on the cells of a resolution.
    pub fn new(view: &View, grid: &Grid, nside: Nside) -> Geometry {
        let mut geometry = Geometry::find(view, grid, nside, Canvas::new(view, grid), Vec::new());
        geometry.bands.par_iter_mut().flatten().for_each(|(_, footprints)| footprints.shrink());
        geometry
    }

    /// Finds them piece by piece, in squares of at most `side` pixels and their mirrored images, and visits each piece.
    ///
    /// # Errors
    /// The first one of a visit, which is the last.
    pub fn pieces<E>(
        view: &View,
        grid: &Grid,
        nside: Nside,
        side: usize,
        mut visit: impl FnMut(&Geometry) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut spare = Vec::new();
        for canvas in Canvas::new(view, grid).cut(side) {
            let piece = Geometry::find(view, grid, nside, canvas, spare);
            visit(&piece)?;
            spare = piece.bands.into_iter().flatten().map(|(_, footprints)| footprints).collect();
        }
        Ok(())
    }

    /// Finds them on a canvas, in memory that is no longer used if there is some.
    fn find(
        view: &View,
        grid: &Grid,
        nside: Nside,
        canvas: Canvas,
        spare: Vec<Footprints>,
    ) -> Geometry {
        let pixels = Pixels::new(view, grid, nside);
        let rows: Vec<Range<usize>> = canvas.rows().collect();
        let spare = Mutex::new(spare);
        let find = |workspace: &mut Workspace, rows: &Range<usize>| {
            let found = pieces(&canvas.found.columns, COLUMNS).map(|columns| {
                let memory = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut footprints = memory.unwrap_or_default();
                footprints.clear();
                pixels.look(&columns, rows, workspace, &mut footprints);
                (columns, footprints)
            });
            found.collect()
        };
        let bands = rows.par_iter().map_init(Workspace::default, find).collect();
        Geometry { nside, grid: *grid, canvas, bands }
    }

    /// About how many bytes it would take up: for each pixel of the part of the picture that is no image of another.
    pub fn size(view: &View, grid: &Grid) -> u64 {
        const BYTES: u64 = 40;
        let canvas = Canvas::new(view, grid);
        BYTES * (canvas.found.rows.len() * canvas.found.columns.len()) as u64
    }

    /// The number of pixels, with their images.
    pub fn pixels(&self) -> usize {
        let Canvas { mirrors, found } = &self.canvas;
        mirrors.len() * found.columns.len() * found.rows.len()
    }

    /// The cells of a map that are looked at: one region for each of the mirrors.
    pub fn regions(&self) -> Vec<Region> {
        let footprints = || self.bands.iter().flatten().map(|(_, footprints)| footprints);
        let region = |mirror| {
            let mut region = Region::default();
            footprints().for_each(|found| found.touch(self.nside, mirror, &mut region));
            region
        };
        self.canvas.mirrors.iter().map(region).collect()
    }

    /// Fills each pixel with the average over the sky that it covers: what [`average`](super::average) gives for the same view.
    pub fn average<M: CellValues>(&self, map: &M) -> SkyRaster {
        let mut picture = SkyRaster::blank(self.grid.width, self.grid.height);
        self.average_into(std::slice::from_ref(map), &mut picture);
        picture
    }

    /// Fills the pixels whose footprints were found, and their images. `maps` hold the [`regions`](Self::regions); or one holds all.
    pub fn average_into<M: CellValues>(&self, maps: &[M], picture: &mut SkyRaster) {
        self.canvas.fill(
            maps,
            picture,
            || (),
            |(), band, _, show| {
                for (columns, footprints) in self.bands.get(band).into_iter().flatten() {
                    show(columns, footprints);
                }
            },
        );
    }
}
