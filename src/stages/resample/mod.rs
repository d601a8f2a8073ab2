//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

mod average;
mod lines;
mod mesh;
mod table;
mod tile;

use std::ops::Range;

use rayon::prelude::*;

use crate::healpix::{Cell, FACES, FacePoint, Nside, face_runs};
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
/// Where such a part is looked at if the rim of the sky cuts it.
const AT_RIM: Points = Points { lines: 7, along: 1, stagger: 3 };
/// And where it is too far from a quadrilateral.
const AT_POLE: Points = Points { lines: 8, along: 2, stagger: 3 };

/// Points spread over a square.
struct Points {
    /// Lines of points.
    lines: usize,
    /// Points of a line.
    along: usize,
    /// How far they are shifted against those of the line below: a number that has no divisor in common with that of lines, so that no
    /// two points are above each other.
    stagger: usize,
}

impl Points {
    fn count(&self) -> usize {
        self.lines * self.along
    }

    /// The part of the square that each stands for.
    fn share(&self) -> f64 {
        1.0 / self.count() as f64
    }

    /// How high a line is in the square.
    fn y(&self, line: usize) -> f64 {
        (line as f64 + 0.5) / self.lines as f64
    }

    /// How far to the right the points of a line are.
    fn x(&self, line: usize) -> impl Iterator<Item = f64> {
        let shift = line * self.stagger % self.lines;
        (0..self.along).map(move |k| ((k * self.lines + shift) as f64 + 0.5) / self.count() as f64)
    }
}

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
    fn nside(&self) -> Nside;

    /// Looks at the cells in a box, which holds the footprints of a patch's even pixels; puts their means into those of the mesh.
    fn piece(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, means: &mut [Mean]);

    /// Looks at a cell; NaN if it is bad.
    fn cell(&mut self, cell: Cell) -> f32;
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
        let mut values: Vec<f32> = means.iter().map(Mean::value).collect();
        let mut broken: Vec<usize> = Vec::new();
        for (k, values) in values.chunks_exact_mut(mesh.width.max(1)).enumerate() {
            let row = rows.start + k;
            broken.clear();
            for column in mesh.uneven(k) {
                values[column] = f32::NAN;
                let shown = || self.grid.center(columns.start + column, row);
                if !mesh.is_beyond(column, k) && self.view.inverse(shown()).is_some() {
                    broken.push(column);
                }
            }
            for run in broken.chunk_by(|a, b| a + 1 == *b) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let found = self.apart(columns.start + first..columns.start + last + 1, row, look);
                values[*first..last + 1].copy_from_slice(&found);
            }
        }
        values
    }

    /// The averages over pixels of a row that are not in one piece or not shown at one scale.
    fn apart(&self, columns: Range<usize>, row: usize, look: &mut impl Look) -> Vec<f32> {
        let mesh = self.lines.parts(&columns, row, PARTS);
        let means = look_at(&mesh, look);
        let mut wholes = vec![Mean::default(); columns.len()];
        for (part, means) in means.chunks_exact(mesh.width.max(1)).enumerate() {
            let (mut steep, mut cut) = (Vec::new(), Vec::new());
            for (column, mean) in means.iter().enumerate() {
                match mesh.shape(column, part) {
                    Shape::Even => wholes[column / PARTS].include(*mean),
                    Shape::Steep => steep.push(column),
                    Shape::Broken if mesh.is_bare(column, part) => {}
                    Shape::Broken => cut.push(column),
                }
            }
            let place = (columns.start, row, part);
            self.points(&AT_POLE, place, &steep, look, &mut wholes);
            self.points(&AT_RIM, place, &cut, look, &mut wholes);
        }
        wholes.iter().map(Mean::value).collect()
    }

    /// Includes what lies at points of some parts of a row of pixels: by their columns of parts, counted from those of pixel `first` on.
    /// `place` is that pixel's column and row, and the row of parts within it.
    fn points(
        &self,
        points: &Points,
        (first, row, row_part): (usize, usize, usize),
        parts: &[usize],
        look: &mut impl Look,
        wholes: &mut [Mean],
    ) {
        if parts.is_empty() {
            return;
        }
        let part = |corner: usize, part: usize, within: f64| {
            corner as f64 - 0.5 + (part as f64 + within) / PARTS as f64
        };
        let mut directions = Vec::new();
        for line in 0..points.lines {
            let x = |&column: &usize| {
                points.x(line).map(move |within| self.grid.x(part(first, column, within)))
            };
            let mut x: Vec<f64> = parts.iter().flat_map(x).collect();
            let y = self.grid.y(part(row, row_part, points.y(line)));
            self.view.inverse_row(y, &mut x, &mut directions);
            let shown = directions.chunks_exact(points.along).zip(parts);
            for (directions, column) in shown {
                for v in directions.iter().flatten() {
                    let value = look.cell(FacePoint::of(*v).cell(look.nside()));
                    wholes[column / PARTS].add(value, points.share());
                }
            }
        }
    }
}

/// The means over a mesh's even pixels.
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
    fn nside(&self) -> Nside {
        self.nside
    }

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

    fn cell(&mut self, cell: Cell) -> f32 {
        self.include(cell.face, cell.ix, cell.iy);
        f32::NAN
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
    fn add(&mut self, value: f32, weight: f64) {
        let good = !value.is_nan();
        self.sum += if good { f64::from(value) * weight } else { 0.0 };
        self.weight += if good { weight } else { 0.0 };
    }

    fn include(&mut self, part: Mean) {
        self.sum += part.sum;
        self.weight += part.weight;
    }

    /// The mean, or UNSEEN where there was nothing good.
    #[inline]
    fn value(&self) -> f32 {
        if self.weight > 0.0 { (self.sum / self.weight) as f32 } else { UNSEEN }
    }
}
