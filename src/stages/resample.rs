//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

use rayon::prelude::*;

use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::{CellValues, SkyRaster, UNSEEN};
use crate::projection::{Grid, Rim, View};
use crate::sky::UnitVector;

/// Rows that one task computes.
const BAND: usize = 16;

/// Fills each pixel of the grid with the average over the sky that it covers, as the view shows it.
pub fn average<M: CellValues>(map: &M, view: &View, grid: &Grid, rim: Rim) -> SkyRaster {
    let averager = Averager { map, view, grid, rim, nside: map.nside() };
    let mut values = vec![f32::NAN; grid.width * grid.height];
    let bands = values.par_chunks_mut(BAND * grid.width.max(1)).enumerate();
    bands.for_each(|(band, rows)| averager.rows(band * BAND, rows));
    SkyRaster { width: grid.width, height: grid.height, values }
}

/// The raster's mark for a value of the map.
fn mark(value: f32) -> f32 {
    if value.is_nan() { UNSEEN } else { value }
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
        if let [Some(a), Some(b), Some(c), Some(d)] = corners {
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
        let mut mean = Mean::default();
        for v in self.grid.samples(i, j).filter_map(|point| self.view.inverse(point)) {
            mean.add(self.map.value(FacePoint::of(v).cell(self.nside)));
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
