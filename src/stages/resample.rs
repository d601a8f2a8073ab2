//! Projects a map onto the picture's pixels: the nearest HEALPix pixel, or the average over the sky that each picture pixel covers.

use rayon::prelude::*;

use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::{CellValues, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};
use crate::sky::UnitVector;

/// How a picture pixel takes its value from the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sampling {
    /// The average over the picture pixel's footprint on the sky.
    #[default]
    Area,
    /// The HEALPix pixel that holds the picture pixel's centre.
    Nearest,
}

/// Which picture pixels belong to the sky.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rim {
    /// Those whose centre shows sky, as in healpy.
    Centers,
    /// All that sky touches: a vector outline cuts them to shape.
    Touched,
}

/// Rows that one task computes.
const BAND: usize = 16;

/// Fills the grid with the map's values as the view shows them.
pub fn resample<M: CellValues>(
    map: &M,
    view: &View,
    grid: &Grid,
    sampling: Sampling,
    rim: Rim,
) -> SkyRaster {
    let mut values = vec![f32::NAN; grid.width * grid.height];
    if grid.width > 0 {
        values.par_chunks_mut(BAND * grid.width).enumerate().for_each(|(band, rows)| {
            let first = band * BAND;
            match (sampling, rim) {
                (Sampling::Nearest, Rim::Centers) => nearest_rows(map, view, grid, first, rows),
                _ => Averager::new(map, view, grid, sampling, rim).rows(first, rows),
            }
        });
    }
    SkyRaster { width: grid.width, height: grid.height, values }
}

/// The raster's mark for a value of the map.
fn mark(value: f32) -> f32 {
    if value.is_nan() { UNSEEN } else { value }
}

fn nearest_rows<M: CellValues>(map: &M, view: &View, grid: &Grid, first: usize, rows: &mut [f32]) {
    let nside = map.nside();
    let mut directions = Vec::new();
    for (k, row) in rows.chunks_mut(grid.width).enumerate() {
        let mut x: Vec<f64> = (0..grid.width).map(|i| grid.x(i as f64)).collect();
        view.inverse_row(grid.y((first + k) as f64), &mut x, &mut directions);
        for (value, direction) in row.iter_mut().zip(&directions) {
            if let Some(v) = direction {
                *value = mark(map.value(FacePoint::of(*v).cell(nside)));
            }
        }
    }
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
    sampling: Sampling,
    rim: Rim,
    nside: Nside,
}

/// Samples a picture pixel along one axis: at least this many where it crosses an edge between HEALPix pixels.
const MIN_SAMPLES: usize = 4;
/// At most this many.
const MAX_SAMPLES: usize = 16;
/// Samples for each HEALPix pixel that the footprint spans along one axis.
const SAMPLES_PER_CELL: f64 = 2.0;

/// A picture pixel's four corners on one face, in units of HEALPix pixels: lower left, lower right, upper left, upper right.
struct Footprint {
    face: u8,
    x: [f64; 4],
    y: [f64; 4],
}

impl<'a, M: CellValues> Averager<'a, M> {
    fn new(map: &'a M, view: &'a View, grid: &'a Grid, sampling: Sampling, rim: Rim) -> Self {
        Averager { map, view, grid, sampling, rim, nside: map.nside() }
    }

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
        if let [Some(a), Some(b), Some(c), Some(d)] = corners {
            if self.sampling == Sampling::Nearest {
                return self.nearest(i, j);
            }
            if a.face == b.face && a.face == c.face && a.face == d.face {
                let n = f64::from(self.nside.get());
                let footprint = Footprint {
                    face: a.face,
                    x: [a.x * n, b.x * n, c.x * n, d.x * n],
                    y: [a.y * n, b.y * n, c.y * n, d.y * n],
                };
                return self.on_one_face(&footprint);
            }
        }
        self.point_by_point(i, j)
    }

    fn nearest(&self, i: usize, j: usize) -> f32 {
        let center = [self.grid.x(i as f64), self.grid.y(j as f64)];
        match self.view.inverse(center) {
            Some(v) => mark(self.map.value(FacePoint::of(v).cell(self.nside))),
            None => self.point_by_point(i, j),
        }
    }

    /// The average over a footprint that lies within one face.
    fn on_one_face(&self, f: &Footprint) -> f32 {
        let last = f64::from(self.nside.get() - 1);
        let spread = |c: &[f64; 4]| {
            let low = c.iter().copied().fold(f64::INFINITY, f64::min).min(last);
            let high = c.iter().copied().fold(f64::NEG_INFINITY, f64::max).min(last);
            (low, high)
        };
        let (x, y) = (spread(&f.x), spread(&f.y));
        let cell = |x: f64, y: f64| Cell { face: f.face, ix: x as u32, iy: y as u32 };
        if x.0.floor() == x.1.floor() && y.0.floor() == y.1.floor() {
            return mark(self.map.value(cell(x.0, y.0)));
        }
        let extent = (x.1 - x.0).max(y.1 - y.0);
        let n = ((extent * SAMPLES_PER_CELL).ceil() as usize).clamp(MIN_SAMPLES, MAX_SAMPLES);
        let mut mean = Mean::default();
        for s in 0..n {
            let v = (s as f64 + 0.5) / n as f64;
            let along = |c: &[f64; 4]| {
                let (left, right) = (c[0] + v * (c[2] - c[0]), c[1] + v * (c[3] - c[1]));
                let step = (right - left) / n as f64;
                (left + 0.5 * step, step)
            };
            let ((mut px, dx), (mut py, dy)) = (along(&f.x), along(&f.y));
            for _ in 0..n {
                mean.add(self.map.value(cell(px.min(last), py.min(last))));
                px += dx;
                py += dy;
            }
        }
        mean.value()
    }

    /// The average where the footprint crosses faces or the rim of the sky: each sample is projected by itself.
    fn point_by_point(&self, i: usize, j: usize) -> f32 {
        let center = [self.grid.x(i as f64), self.grid.y(j as f64)];
        if self.rim == Rim::Centers && self.view.inverse(center).is_none() {
            return f32::NAN;
        }
        let n = 8;
        let mut mean = Mean::default();
        for s in 0..n {
            let y = self.grid.y(j as f64 - 0.5 + (f64::from(s) + 0.5) / f64::from(n));
            for t in 0..n {
                let x = self.grid.x(i as f64 - 0.5 + (f64::from(t) + 0.5) / f64::from(n));
                if let Some(v) = self.view.inverse([x, y]) {
                    mean.add(self.map.value(FacePoint::of(v).cell(self.nside)));
                }
            }
        }
        if mean.seen == 0 { f32::NAN } else { mean.value() }
    }
}

/// A running mean of the good values among those seen.
#[derive(Default)]
struct Mean {
    sum: f64,
    good: u32,
    seen: u32,
}

impl Mean {
    #[inline]
    fn add(&mut self, value: f32) {
        self.seen += 1;
        if !value.is_nan() {
            self.sum += f64::from(value);
            self.good += 1;
        }
    }

    fn value(&self) -> f32 {
        if self.good == 0 { UNSEEN } else { (self.sum / f64::from(self.good)) as f32 }
    }
}
