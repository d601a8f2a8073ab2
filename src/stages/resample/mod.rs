//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

mod average;
mod lines;
mod mesh;
mod table;
mod tile;

use std::ops::Range;

use rayon::prelude::*;

use crate::healpix::{FACES, FacePoint, Nside, face_runs};
use crate::map::{CellRect, CellValues, Region, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};
use average::Averager;
use lines::Lines;
use mesh::{CellBox, Mesh, Patch, Shape};
pub use tile::Tile;

/// Rows that one task computes.
const BAND: usize = 16;
/// Columns whose corners are held at a time.
const COLUMNS: usize = 512;
/// Side of the patches of pixels that are averaged together.
const PATCH: usize = 16;
/// Cells about a patch at most: their integrals should stay in the processor's nearer memory.
const CELLS: i64 = 4000;
/// Parts along each side of a picture pixel that is cut by an edge.
const PARTS: usize = 4;
/// Points along each side of such a part that are looked at if an edge cuts it too.
const POINTS: usize = 4;

/// Fills each pixel of the grid with the average over the sky that it covers, as the view shows it.
pub fn average<M: CellValues>(map: &M, view: &View, grid: &Grid) -> SkyRaster {
    let values = average_tile(map, view, grid, &Tile::whole(grid));
    SkyRaster { width: grid.width, height: grid.height, values }
}

/// The averages over the pixels of one tile, row by row.
pub fn average_tile<M: CellValues>(map: &M, view: &View, grid: &Grid, tile: &Tile) -> Vec<f32> {
    let pixels = Pixels { view, grid, lines: Lines::new(view, grid, map.nside()) };
    let width = tile.columns.len();
    let mut values = vec![f32::NAN; tile.rows.len() * width];
    let bands = values.par_chunks_mut(BAND * width.max(1)).enumerate();
    bands.for_each_init(
        || Averager::new(map),
        |averager, (band, values)| {
            let first = tile.rows.start + band * BAND;
            let rows = first..(first + BAND).min(tile.rows.end);
            for columns in pieces(&tile.columns, COLUMNS) {
                let found = pixels.look(&columns, &rows, averager);
                let start = columns.start - tile.columns.start;
                for (row, found) in
                    values.chunks_exact_mut(width).zip(found.chunks_exact(columns.len()))
                {
                    row[start..start + columns.len()].copy_from_slice(found);
                }
            }
        },
    );
    values
}

/// The cells of a map that `average_tile` would look at.
pub fn touched(view: &View, grid: &Grid, tile: &Tile, nside: Nside) -> Region {
    let pixels = Pixels { view, grid, lines: Lines::new(view, grid, nside) };
    let bands: Vec<Range<usize>> = pieces(&tile.rows, BAND).collect();
    let regions = bands.into_par_iter().map(|rows| {
        let mut touched = Touched { nside, region: Region::default() };
        for columns in pieces(&tile.columns, COLUMNS) {
            pixels.look(&columns, &rows, &mut touched);
        }
        touched.region
    });
    regions.reduce(Region::default, |a, b| {
        let mut both = a.into_iter().zip(&b).map(|(a, b)| a.union(b));
        std::array::from_fn::<CellRect, FACES, _>(|_| both.next().unwrap_or_default())
    })
}

/// A range cut into pieces of at most `most`.
fn pieces(range: &Range<usize>, most: usize) -> impl Iterator<Item = Range<usize>> + use<> {
    let end = range.end;
    range.clone().step_by(most).map(move |k| k..(k + most).min(end))
}

/// What is done with the part of the map behind some pixels.
trait Look {
    /// Looks at the cells in a box, which holds the footprints of a patch's unbroken pixels; puts their means into those of the mesh.
    fn piece(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, means: &mut [Mean]);

    /// Looks at the cell at a point.
    fn point(&mut self, point: FacePoint) -> Mean;
}

/// The pixels of a picture.
///
/// On the unfolded sphere a pixel is a quadrilateral, but where the rim of the sky or a cut of the plane goes through it: such a pixel is
/// taken apart, and what is still broken is looked at in a few points.
struct Pixels<'a> {
    view: &'a View,
    grid: &'a Grid,
    lines: Lines<'a>,
}

impl Pixels<'_> {
    /// Looks at the map behind these pixels. Row by row the averages: NaN where a pixel's centre is off the sky.
    fn look(&self, columns: &Range<usize>, rows: &Range<usize>, look: &mut impl Look) -> Vec<f32> {
        let mesh = self.lines.mesh(columns, rows);
        let means = look_at(&mesh, look);
        let broken = |k: usize| {
            self.broken(columns.start + k % mesh.width, rows.start + k / mesh.width, look)
        };
        let mut broken = broken;
        let shapes = mesh.shapes.iter().enumerate().zip(&means);
        shapes
            .map(|((k, shape), mean)| match shape {
                Shape::Even => mean.value(),
                _ => broken(k),
            })
            .collect()
    }

    /// The average over a pixel that is not in one piece.
    fn broken(&self, column: usize, row: usize, look: &mut impl Look) -> f32 {
        if self.view.inverse(self.grid.center(column, row)).is_none() {
            return f32::NAN;
        }
        let mesh = self.lines.parts(column, row, PARTS);
        let means = look_at(&mesh, look);
        let mut whole = Mean::default();
        for (k, (shape, mean)) in mesh.shapes.iter().zip(means).enumerate() {
            let part = match shape {
                Shape::Broken => self.points(column, row, k, look),
                _ => mean,
            };
            whole.sum += part.sum;
            whole.weight += part.weight;
        }
        whole.value()
    }

    /// What lies at points of part `k` of a pixel.
    fn points(&self, column: usize, row: usize, k: usize, look: &mut impl Look) -> Mean {
        const ALONG: usize = PARTS * POINTS;
        let offset = |k: usize| (k as f64 + 0.5) / ALONG as f64 - 0.5;
        let mut mean = Mean::default();
        for n in 0..POINTS * POINTS {
            let x = self.grid.x(column as f64 + offset(k % PARTS * POINTS + n % POINTS));
            let y = self.grid.y(row as f64 + offset(k / PARTS * POINTS + n / POINTS));
            if let Some(v) = self.view.inverse([x, y]) {
                let found = look.point(FacePoint::of(v));
                mean.sum += found.sum / (POINTS * POINTS) as f64;
                mean.weight += found.weight / (POINTS * POINTS) as f64;
            }
        }
        mean
    }
}

/// The means over a mesh's pixels that are not broken.
fn look_at(mesh: &Mesh, look: &mut impl Look) -> Vec<Mean> {
    let mut means = vec![Mean::default(); mesh.width * mesh.height];
    for rows in pieces(&(0..mesh.height), PATCH) {
        for columns in pieces(&(0..mesh.width), PATCH) {
            let patch = Patch { columns, rows: rows.clone() };
            mesh.pieces(patch, CELLS, &mut |patch, bounds| {
                look.piece(mesh, patch, bounds, &mut means);
            });
        }
    }
    means
}

/// Remembers which cells were looked at.
struct Touched {
    nside: Nside,
    region: Region,
}

impl Touched {
    fn include(&mut self, face: u8, ix: u32, iy: u32) {
        if let Some(rect) = self.region.get_mut(usize::from(face)) {
            rect.include(ix, iy);
        }
    }
}

impl Look for Touched {
    fn piece(&mut self, _: &Mesh, _: &Patch, bounds: &CellBox, _: &mut [Mean]) {
        // The first and the last row on each face.
        let side = i64::from(self.nside.get());
        let mut row = bounds.rows.start;
        while row < bounds.rows.end {
            let last = (row - row.rem_euclid(side) + side).min(bounds.rows.end) - 1;
            for row in [row, last] {
                for run in face_runs(self.nside, row, bounds.columns.clone()) {
                    if let Some(face) = run.face {
                        self.include(face, run.ix.start, run.iy);
                        self.include(face, run.ix.end - 1, run.iy);
                    }
                }
            }
            row = last + 1;
        }
    }

    fn point(&mut self, point: FacePoint) -> Mean {
        let cell = point.cell(self.nside);
        self.include(cell.face, cell.ix, cell.iy);
        Mean::default()
    }
}

/// A mean of good values over an area.
#[derive(Clone, Copy, Default, Debug)]
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

    /// The mean, or UNSEEN where there was nothing good.
    #[inline]
    fn value(&self) -> f32 {
        if self.weight > 0.0 { (self.sum / self.weight) as f32 } else { UNSEEN }
    }
}
