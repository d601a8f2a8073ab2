//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

mod footprint;
mod tile;

use rayon::prelude::*;

use crate::healpix::{FACES, FacePoint, Nside};
use crate::map::{CellRect, CellValues, Region, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};
use crate::sky::UnitVector;
use footprint::Footprint;
pub use tile::Tile;

/// Rows that one task computes.
const BAND: usize = 16;

/// Fills each pixel of the grid with the average over the sky that it covers, as the view shows it.
pub fn average<M: CellValues>(map: &M, view: &View, grid: &Grid) -> SkyRaster {
    let values = average_tile(map, view, grid, &Tile::whole(grid));
    SkyRaster { width: grid.width, height: grid.height, values }
}

/// The averages over the pixels of one tile, row by row.
pub fn average_tile<M: CellValues>(map: &M, view: &View, grid: &Grid, tile: &Tile) -> Vec<f32> {
    let pixels = Pixels { view, grid, tile };
    let mut values = vec![f32::NAN; tile.rows.len() * tile.columns.len()];
    let bands = values.par_chunks_mut(BAND * tile.columns.len().max(1)).enumerate();
    bands.for_each(|(band, rows)| {
        let mut rows = rows.iter_mut();
        let first = tile.rows.start + band * BAND;
        pixels.visit(first..(first + BAND).min(tile.rows.end), |i, j, corners| {
            if let Some(value) = rows.next() {
                *value = pixels.average(map, i, j, corners);
            }
        });
    });
    values
}

/// The cells of a map that `average_tile` would look at.
pub fn touched(view: &View, grid: &Grid, tile: &Tile, nside: Nside) -> Region {
    let pixels = Pixels { view, grid, tile };
    let bands: Vec<usize> = tile.rows.clone().step_by(BAND).collect();
    let regions = bands.into_par_iter().map(|first| {
        let mut region = Region::default();
        let mut include = |point: FacePoint| {
            let cell = point.cell(nside);
            if let Some(rect) = region.get_mut(usize::from(cell.face)) {
                rect.include(cell.ix, cell.iy);
            }
        };
        pixels.visit(first..(first + BAND).min(tile.rows.end), |i, j, corners| {
            match pixels.interpolable(i, j, corners) {
                Some(corners) => corners.into_iter().for_each(&mut include),
                None => pixels.points(i, j).for_each(&mut include),
            }
        });
        region
    });
    regions.reduce(Region::default, |a, b| {
        let mut both = a.into_iter().zip(&b).map(|(a, b)| a.union(b));
        std::array::from_fn::<CellRect, FACES, _>(|_| both.next().unwrap_or_default())
    })
}

/// The corners of a picture pixel on the sky, lower left, lower right, upper left, upper right.
type Corners = [Option<FacePoint>; 4];

/// The picture pixels of a tile.
///
/// The corners of each are taken to face coordinates exactly. Where all four lie on one face, the map from the picture to that face is so
/// nearly linear across a pixel that positions between them are interpolated; elsewhere (edges of faces, rim of the sky, a sphere seen
/// edge on) every sample goes through the projection.
struct Pixels<'a> {
    view: &'a View,
    grid: &'a Grid,
    tile: &'a Tile,
}

impl Pixels<'_> {
    /// Calls `visit` for each pixel of these rows with its column, row and corners.
    fn visit(&self, rows: std::ops::Range<usize>, mut visit: impl FnMut(usize, usize, Corners)) {
        let (mut below, mut above) = (Vec::new(), Vec::new());
        self.corners(rows.start, &mut below);
        for j in rows {
            self.corners(j + 1, &mut above);
            let lower = below.windows(2).zip(above.windows(2));
            for (i, (low, high)) in self.tile.columns.clone().zip(lower) {
                if let ([a, b], [c, d]) = (low, high) {
                    visit(i, j, [*a, *b, *c, *d]);
                }
            }
            std::mem::swap(&mut below, &mut above);
        }
    }

    /// The pixel corners along the lower edge of row `j`.
    fn corners(&self, j: usize, out: &mut Vec<Option<FacePoint>>) {
        let columns = self.tile.columns.start..=self.tile.columns.end;
        let mut x: Vec<f64> = columns.map(|i| self.grid.x(i as f64 - 0.5)).collect();
        let mut directions: Vec<Option<UnitVector>> = Vec::new();
        self.view.inverse_row(self.grid.y(j as f64 - 0.5), &mut x, &mut directions);
        out.clear();
        out.extend(directions.iter().map(|d| d.map(FacePoint::of)));
    }

    /// Where on the sky the sample points of a pixel are.
    fn points(&self, i: usize, j: usize) -> impl Iterator<Item = FacePoint> + '_ {
        self.grid.samples(i, j).filter_map(|point| self.view.inverse(point)).map(FacePoint::of)
    }

    /// The corners if positions between them can be interpolated.
    fn interpolable(&self, i: usize, j: usize, corners: Corners) -> Option<[FacePoint; 4]> {
        let [Some(a), Some(b), Some(c), Some(d)] = corners else { return None };
        let one_face = [b.face, c.face, d.face] == [a.face; 3];
        (one_face && !self.view.edge_on(self.grid, i, j)).then_some([a, b, c, d])
    }

    fn average<M: CellValues>(&self, map: &M, i: usize, j: usize, corners: Corners) -> f32 {
        if let Some(corners) = self.interpolable(i, j, corners) {
            return Footprint::new(corners, map.nside()).mean(map).value();
        }
        if self.view.inverse(self.grid.center(i, j)).is_none() {
            return f32::NAN;
        }
        let mut mean = Mean::default();
        self.points(i, j).for_each(|point| mean.add(map.value(point.cell(map.nside()))));
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
