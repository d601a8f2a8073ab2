//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

mod footprint;

use rayon::prelude::*;

use crate::healpix::{FacePoint, Nside};
use crate::map::{CellValues, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};
use crate::sky::UnitVector;
use footprint::Footprint;

/// Rows that one task computes.
const BAND: usize = 16;

/// Fills each pixel of the grid with the average over the sky that it covers, as the view shows it.
pub fn average<M: CellValues>(map: &M, view: &View, grid: &Grid) -> SkyRaster {
    let averager = Averager { map, view, grid, nside: map.nside() };
    let mut values = vec![f32::NAN; grid.width * grid.height];
    let bands = values.par_chunks_mut(BAND * grid.width.max(1)).enumerate();
    bands.for_each(|(band, rows)| averager.rows(band * BAND, rows));
    SkyRaster { width: grid.width, height: grid.height, values }
}

/// Averages the map over picture pixels.
///
/// The corners of each picture pixel are taken to face coordinates exactly. Where all four lie on one face, the map from the picture to
/// that face is so nearly linear across a pixel that the sample points between them are interpolated; elsewhere (edges of faces, rim
/// of the sky) every sample goes through the projection.
struct Averager<'a, M> {
    map: &'a M,
    view: &'a View,
    grid: &'a Grid,
    nside: Nside,
}

impl<M: CellValues> Averager<'_, M> {
    fn rows(&self, first: usize, rows: &mut [f32]) {
        let mut below = Vec::new();
        let mut above = Vec::new();
        self.corners(first, &mut below);
        for (k, row) in rows.chunks_mut(self.grid.width).enumerate() {
            let j = first + k;
            self.corners(j + 1, &mut above);
            for (i, value) in row.iter_mut().enumerate() {
                let corners = [below[i], below[i + 1], above[i], above[i + 1]];
                *value = self.pixel(i, j, corners);
            }
            std::mem::swap(&mut below, &mut above);
        }
    }

    /// The pixel corners along the lower edge of row `j`.
    fn corners(&self, j: usize, out: &mut Vec<Option<FacePoint>>) {
        let mut x: Vec<f64> = (0..=self.grid.width).map(|i| self.grid.x(i as f64 - 0.5)).collect();
        let mut directions: Vec<Option<UnitVector>> = Vec::new();
        self.view.inverse_row(self.grid.y(j as f64 - 0.5), &mut x, &mut directions);
        out.clear();
        out.extend(directions.iter().map(|d| d.map(FacePoint::of)));
    }

    fn pixel(&self, i: usize, j: usize, corners: [Option<FacePoint>; 4]) -> f32 {
        if let [Some(a), Some(b), Some(c), Some(d)] = corners
            && [b.face, c.face, d.face] == [a.face; 3]
        {
            return Footprint::new([a, b, c, d], self.nside).mean(self.map).value();
        }
        self.point_by_point(i, j)
    }

    /// The average where the footprint crosses faces or the rim of the sky: each sample is projected by itself.
    fn point_by_point(&self, i: usize, j: usize) -> f32 {
        let center = self.grid.center(i, j);
        if self.view.inverse(center).is_none() {
            return f32::NAN;
        }
        let mut mean = Mean::default();
        for v in self.grid.samples(i, j).filter_map(|point| self.view.inverse(point)) {
            mean.add(self.map.value(FacePoint::of(v).cell(self.nside)));
        }
        mean.value()
    }
}

/// A running mean of good values.
#[derive(Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    #[inline(always)]
    fn add(&mut self, value: f32) {
        let good = !value.is_nan();
        self.sum += if good { f64::from(value) } else { 0.0 };
        self.weight += if good { 1.0 } else { 0.0 };
    }

    #[inline(always)]
    fn add_weighted(&mut self, value: f32, weight: f64) {
        if !value.is_nan() {
            self.sum += weight * f64::from(value);
            self.weight += weight;
        }
    }

    /// The mean, or UNSEEN where there was nothing good.
    fn value(&self) -> f32 {
        if self.weight > 0.0 { (self.sum / self.weight) as f32 } else { UNSEEN }
    }
}
