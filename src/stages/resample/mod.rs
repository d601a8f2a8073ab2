//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

mod averages;
mod canvas;
mod coverage;
mod footprints;
mod geometry;
mod lines;
mod mesh;
mod mirror;
mod outline;
mod tile;

use std::ops::Range;

use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::{CellValues, SkyRaster};
use crate::projection::{Grid, View};
use canvas::Canvas;
use footprints::Footprints;
pub use geometry::Geometry;
use lines::Lines;
use mesh::{CellBox, Mesh, Patch};

/// Rows that one task computes.
const BAND: usize = 16;
/// Columns whose corners are held at a time.
const COLUMNS: usize = 128;
/// Side of the patches of pixels that are averaged together.
const PATCH: usize = 16;
/// Cells about a patch at most: their values should stay in the processor's nearer memory.
const CELLS: i64 = 4000;
/// How often pixels that are no quadrilaterals are halved along both sides.
const LEVELS: usize = 2;
/// Sample points, and lines of them, in the smallest parts that are no quadrilaterals either: each line has one, shifted by `SHIFT` against
/// that of the line below. The two numbers have no common divisor, so that no two points are above each other.
const POINTS: usize = 13;
const SHIFT: usize = 5;

/// Fills each pixel of the grid with the average over the sky that it covers, as the view shows it.
pub fn average<M: CellValues>(map: &M, view: &View, grid: &Grid) -> SkyRaster {
    let canvas = Canvas::new(view, grid);
    let pixels = Pixels::new(view, grid, map.nside());
    let mut picture = SkyRaster::blank(grid.width, grid.height);
    canvas.fill(
        std::slice::from_ref(map),
        &mut picture,
        Footprints::default,
        |footprints, _, rows, show| {
            for columns in pieces(&canvas.found.columns, COLUMNS) {
                footprints.clear();
                pixels.look(&columns, rows, footprints);
                show(&columns, footprints);
            }
        },
    );
    picture
}

/// A range cut into pieces of at most `most`.
fn pieces(range: &Range<usize>, most: usize) -> impl Iterator<Item = Range<usize>> + use<> {
    let end = range.end;
    range.clone().step_by(most).map(move |k| k..(k + most).min(end))
}

/// The pixels that the columns of a finer mesh are parts of.
struct Whole {
    /// How often they were halved.
    level: usize,
    /// The mesh's first column, in parts of such pixels from the first one on.
    first: usize,
    /// That one's number among those that are taken apart.
    number: usize,
}

impl Whole {
    /// The number of the pixel that a column is a part of.
    fn number(&self, column: usize) -> usize {
        self.number + ((self.first + column) >> self.level)
    }

    /// The part of a pixel that a part is.
    fn share(&self) -> f64 {
        1.0 / (1 << (2 * self.level)) as f64
    }
}

/// The pixels of a picture.
///
/// On the unfolded sphere a pixel is a quadrilateral, but where the rim of the sky or a cut of the plane goes through it: such a pixel is
/// taken apart, and what is still broken is looked at in a few points.
struct Pixels<'a> {
    view: &'a View,
    grid: &'a Grid,
    nside: Nside,
    lines: Lines<'a>,
}

impl<'a> Pixels<'a> {
    fn new(view: &'a View, grid: &'a Grid, nside: Nside) -> Pixels<'a> {
        Pixels { view, grid, nside, lines: Lines::new(view, grid, nside) }
    }

    /// Looks at the footprints of these pixels, but of those whose centres are off the sky.
    fn look(&self, columns: &Range<usize>, rows: &Range<usize>, look: &mut Footprints) {
        let mesh = self.lines.mesh(0, columns, rows);
        visit(&mesh, |patch, bounds| look.pixels(&mesh, patch, bounds));
        let mut broken: Vec<usize> = Vec::new();
        for (k, row) in rows.clone().enumerate() {
            broken.clear();
            let shown = |column: usize| self.grid.center(columns.start + column, row);
            broken.extend(mesh.uneven(k).filter(|&column| {
                !mesh.is_beyond(column, k) && self.view.inverse(shown(column)).is_some()
            }));
            for run in runs(&broken) {
                let number = look.take_apart(run.clone(), k);
                let whole = Whole { level: 0, first: 0, number };
                let run = columns.start + run.start..columns.start + run.end;
                self.halve(&run, row, &whole, look);
            }
        }
    }

    /// Halves some pixels of a row that are not in one piece or not shown at one scale, `whole` being what they are parts of.
    fn halve(&self, columns: &Range<usize>, row: usize, whole: &Whole, look: &mut Footprints) {
        let whole = Whole { level: whole.level + 1, first: 2 * whole.first, ..*whole };
        let (columns, rows) = (2 * columns.start..2 * columns.end, 2 * row..2 * row + 2);
        let mesh = self.lines.mesh(whole.level, &columns, &rows);
        visit(&mesh, |patch, bounds| look.parts(&mesh, patch, bounds, &whole));
        for (k, row) in rows.enumerate() {
            let uneven = mesh.uneven(k).filter(|&column| !mesh.is_bare(column, k));
            let uneven: Vec<usize> = uneven.collect();
            if whole.level < LEVELS {
                for run in runs(&uneven) {
                    let parts = Whole { first: whole.first + run.start, ..whole };
                    let run = columns.start + run.start..columns.start + run.end;
                    self.halve(&run, row, &parts, look);
                }
                continue;
            }
            let columns: Vec<usize> = uneven.iter().map(|k| columns.start + k).collect();
            let cells = self.cells(&columns, row, whole.level);
            for (column, cells) in uneven.iter().zip(&cells) {
                let share = whole.share() / cells.len() as f64;
                let number = whole.number(*column);
                cells.iter().flatten().for_each(|cell| look.point(number, *cell, share));
            }
        }
    }

    /// The cells that points spread over parts of a row's pixels lie in; nothing off the sky. Every other point of a part is enough if
    /// these lie in two at most.
    fn cells(&self, columns: &[usize], row: usize, level: usize) -> Vec<Vec<Option<Cell>>> {
        let size = 1.0 / (1 << level) as f64;
        let at = |part: usize, point: usize| {
            (part as f64 + (point as f64 + 0.5) / POINTS as f64) * size - 0.5
        };
        let mut cells = vec![Vec::new(); columns.len()];
        let look = |parts: &[usize], first: usize, cells: &mut [Vec<Option<Cell>>]| {
            // Even for no parts at all, what belongs to a row as a whole would be computed.
            if parts.is_empty() {
                return;
            }
            for line in (first..POINTS).step_by(2) {
                let along = parts.iter().map(|&k| at(columns[k], line * SHIFT % POINTS));
                let directions = self.lines.directions(at(row, line), along);
                for (&k, direction) in parts.iter().zip(directions) {
                    cells[k].push(direction.map(|v| FacePoint::of(v).cell(self.nside)));
                }
            }
        };
        let all: Vec<usize> = (0..columns.len()).collect();
        look(&all, 0, &mut cells);
        let is_among_many = |k: &usize| {
            let mut shown: Vec<Cell> = cells[*k].iter().flatten().copied().collect();
            shown.dedup();
            shown.len() > 2
        };
        let among_many: Vec<usize> = all.into_iter().filter(is_among_many).collect();
        look(&among_many, 1, &mut cells);
        cells
    }
}

/// The runs of neighbouring columns.
fn runs(columns: &[usize]) -> impl Iterator<Item = Range<usize>> + '_ {
    let runs = columns.chunk_by(|a, b| a + 1 == *b);
    runs.filter_map(|run| Some(*run.first()?..run.last()? + 1))
}

/// Visits the even pixels of a mesh in patches, and the boxes of cells that hold their footprints.
fn visit(mesh: &Mesh, mut look: impl FnMut(&Patch, &CellBox)) {
    for rows in pieces(&(0..mesh.height), PATCH) {
        for columns in pieces(&(0..mesh.width), PATCH) {
            mesh.pieces(Patch { columns, rows: rows.clone() }, CELLS, &mut look);
        }
    }
}
