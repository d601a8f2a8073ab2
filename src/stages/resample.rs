//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

use rayon::prelude::*;

use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::{CellValues, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};
use crate::sky::UnitVector;

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
    nside: Nside,
}

/// Samples along each axis of a picture pixel that spans `extent` HEALPix pixels: enough for each of these to be met, and more where
/// they are large, because one edge across the picture pixel then makes all of the error.
fn samples(extent: f64) -> i64 {
    ((1.2 * extent + 6.0 / extent).ceil() as i64).clamp(5, 16)
}

/// A face coordinate in units of HEALPix pixels, as a binary fraction: stepping along a line of samples is then one addition, and the
/// pixel is the whole part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fixed(i64);

impl Fixed {
    const BITS: u32 = 32;
    const ONE: i64 = 1 << Self::BITS;

    fn new(fraction_of_face: f64, nside: Nside) -> Fixed {
        let side = i64::from(nside.get()) << Self::BITS;
        // The far edge of a face belongs to its last pixel.
        Fixed(((fraction_of_face * side as f64) as i64).clamp(0, side - 1))
    }

    #[inline(always)]
    fn whole(self) -> u32 {
        (self.0 >> Self::BITS) as u32
    }

    /// How far four corners lie apart; nothing where they share a pixel.
    fn extent(corners: &[Fixed; 4]) -> Fixed {
        let [a, b, c, d] = *corners;
        let (low, high) = (a.min(b).min(c).min(d), a.max(b).max(c).max(d));
        if low.whole() == high.whole() { Fixed(0) } else { Fixed(high.0 - low.0) }
    }

    /// The first sample and the step of line `s` of `n` between the corners lower left, lower right, upper left and upper right.
    #[inline(always)]
    fn line([a, b, c, d]: &[Fixed; 4], s: i64, n: i64) -> (Fixed, i64) {
        let up = 2 * s + 1;
        let left = a.0 + (c.0 - a.0) / (2 * n) * up;
        let right = b.0 + (d.0 - b.0) / (2 * n) * up;
        let half_step = (right - left) / (2 * n);
        (Fixed(left + half_step), 2 * half_step)
    }
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
            return self.on_one_face(a.face, [a, b, c, d]);
        }
        self.point_by_point(i, j)
    }

    /// The average over a footprint that lies within one face.
    fn on_one_face(&self, face: u8, corners: [FacePoint; 4]) -> f32 {
        let x = corners.map(|c| Fixed::new(c.x, self.nside));
        let y = corners.map(|c| Fixed::new(c.y, self.nside));
        let cell = |x: Fixed, y: Fixed| Cell { face, ix: x.whole(), iy: y.whole() };
        let extent = Fixed::extent(&x).max(Fixed::extent(&y));
        if extent == Fixed(0) {
            return mark(self.map.value(cell(x[0], y[0])));
        }
        let n = samples(extent.0 as f64 / Fixed::ONE as f64);
        let mut mean = Mean::default();
        for s in 0..n {
            let (mut px, dx) = Fixed::line(&x, s, n);
            let (mut py, dy) = Fixed::line(&y, s, n);
            for _ in 0..n {
                mean.add(self.map.value(cell(px, py)));
                px.0 += dx;
                py.0 += dy;
            }
        }
        mean.value()
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
    good: u32,
}

impl Mean {
    #[inline]
    fn add(&mut self, value: f32) {
        let good = !value.is_nan();
        self.sum += if good { f64::from(value) } else { 0.0 };
        self.good += u32::from(good);
    }

    fn value(&self) -> f32 {
        if self.good == 0 { UNSEEN } else { (self.sum / f64::from(self.good)) as f32 }
    }
}
