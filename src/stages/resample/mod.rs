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
mod pieces;
mod shape;
mod tile;

use std::ops::Range;

use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::{CellValues, SkyRaster};
use crate::projection::{Grid, View};
use canvas::Canvas;
use footprints::Footprints;
pub use geometry::Geometry;
use lines::{Lines, Memory};
use mesh::{Mesh, Run, place};
use pieces::{CellBox, Patch};

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
        || (Footprints::default(), Workspace::default()),
        |(footprints, workspace), _, rows, show| {
            for columns in pieces(&canvas.found.columns, COLUMNS) {
                footprints.clear();
                pixels.look(&columns, rows, workspace, footprints);
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

/// Pixels side by side that are taken apart.
#[derive(Clone, Copy)]
struct Whole {
    /// The first one's column in the picture, and its number among those that are taken apart.
    column: usize,
    number: usize,
}

impl Whole {
    /// The number of the pixel that a mesh's column is a part of.
    fn number(&self, mesh: &Mesh, column: usize) -> usize {
        self.number + ((mesh.first[0] + column) >> mesh.level) - self.column
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
    fn look(
        &self,
        columns: &Range<usize>,
        rows: &Range<usize>,
        workspace: &mut Workspace,
        look: &mut Footprints,
    ) {
        let Workspace { mesh, finer, memory, sampled } = workspace;
        self.lines.mesh(columns, rows, memory, mesh);
        visit(mesh, |patch, bounds| look.pixels(mesh, patch, bounds));
        let mut broken: Vec<usize> = Vec::new();
        for (k, row) in rows.clone().enumerate() {
            broken.clear();
            let shown = |column: usize| self.grid.center(columns.start + column, row);
            broken.extend(mesh.uneven(k).filter(|&column| {
                !mesh.is_beyond(column, k) && self.view.inverse(shown(column)).is_some()
            }));
            for run in runs(&broken) {
                let number = look.take_apart(run.clone(), k);
                let whole = Whole { column: columns.start + run.start, number };
                let mut halving = Halving { pixels: self, whole, memory, sampled, look };
                halving.halve(&Run { mesh, columns: run, row: k }, finer);
            }
        }
    }
}

/// What pixels are taken apart with; memory that is used again and again.
#[derive(Default)]
struct Workspace {
    /// Of the pixels, and of halves and quarters of them.
    mesh: Mesh,
    finer: [Mesh; LEVELS],
    memory: Memory,
    sampled: Vec<Sampled>,
}

/// A part of a pixel, by its column, and the cells that points in it lie in; nothing off the sky.
struct Sampled {
    column: usize,
    cells: [Option<Cell>; POINTS],
    count: usize,
    /// Whether more points are to be looked at.
    unsettled: bool,
}

impl Sampled {
    fn cells(&self) -> &[Option<Cell>] {
        &self.cells[..self.count]
    }

    /// Whether the points lie in two cells at most, as neighbours show them.
    fn is_simple(&self) -> bool {
        let mut shown = self.cells().iter().flatten();
        let Some(mut last) = shown.next() else { return true };
        let changes = shown.filter(|cell| std::mem::replace(&mut last, cell) != *cell);
        changes.count() < 2
    }
}

/// Takes pixels apart.
struct Halving<'a> {
    pixels: &'a Pixels<'a>,
    whole: Whole,
    memory: &'a mut Memory,
    sampled: &'a mut Vec<Sampled>,
    look: &'a mut Footprints,
}

impl Halving<'_> {
    /// Halves some pixels of a row that are not in one piece or not shown at one scale. There is a mesh for these halves, and for each
    /// level below.
    fn halve(&mut self, run: &Run, meshes: &mut [Mesh]) {
        let Some((mesh, finer)) = meshes.split_first_mut() else { return };
        self.pixels.lines.halves(run, self.memory, mesh);
        visit(mesh, |patch, bounds| self.look.parts(mesh, patch, bounds, &self.whole));
        for row in 0..mesh.height {
            let uneven = mesh.uneven(row).filter(|&column| !mesh.is_bare(column, row));
            if mesh.level == LEVELS {
                self.sample(mesh, uneven, row);
                for part in &*self.sampled {
                    let share = mesh.share() / part.count as f64;
                    let number = self.whole.number(mesh, part.column);
                    let cells = part.cells().iter().flatten();
                    cells.for_each(|cell| self.look.point(number, *cell, share));
                }
                continue;
            }
            let uneven: Vec<usize> = uneven.collect();
            for columns in runs(&uneven) {
                self.halve(&Run { mesh, columns, row }, finer);
            }
        }
    }

    /// Finds the cells that points spread over parts of a mesh's row lie in. Every other point of a part is enough if these lie in two at
    /// most.
    fn sample(&mut self, mesh: &Mesh, columns: impl Iterator<Item = usize>, row: usize) {
        let at = |part: usize, point: usize| {
            place(mesh.level, part as f64 + (point as f64 + 0.5) / POINTS as f64)
        };
        self.sampled.clear();
        let cells = [None; POINTS];
        let begin = |column| Sampled { column, cells, count: 0, unsettled: true };
        self.sampled.extend(columns.map(begin));
        for first in [0, 1] {
            let Halving { pixels, memory, sampled, .. } = self;
            // Even for no parts at all, what belongs to a row as a whole would be computed.
            if !sampled.iter().any(|part| part.unsettled) {
                break;
            }
            for line in (first..POINTS).step_by(2) {
                let parts = sampled.iter().filter(|part| part.unsettled);
                let [left, low] = mesh.first;
                let along = parts.map(|part| at(left + part.column, line * SHIFT % POINTS));
                let directions = pixels.lines.directions(at(low + row, line), along, memory);
                let parts = sampled.iter_mut().filter(|part| part.unsettled);
                for (part, direction) in parts.zip(directions) {
                    part.cells[part.count] = direction.map(|v| FacePoint::of(v).cell(pixels.nside));
                    part.count += 1;
                }
            }
            sampled.iter_mut().for_each(|part| part.unsettled &= !part.is_simple());
        }
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
