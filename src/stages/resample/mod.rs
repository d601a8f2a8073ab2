//! Projects a map onto the picture's pixels: each takes the average over the sky that it covers.

mod canvas;
mod coverage;
mod footprints;
mod geometry;
mod lines;
mod mesh;
mod mirror;
mod tile;

use std::ops::Range;

use rayon::prelude::*;

use crate::healpix::{Cell, FACES, FacePoint, Nside, face_runs};
use crate::map::{CellRect, CellValues, Region, SkyRaster};
use crate::projection::{Grid, View};
use canvas::Canvas;
use footprints::Surveyor;
pub use geometry::Geometry;
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
const AT_RIM: Points = Points { lines: 13, along: 1, stagger: 5 };
/// And where it is too far from a quadrilateral.
const AT_POLE: Points = Points { lines: 13, along: 2, stagger: 5 };

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
    let canvas = Canvas::new(view, grid, tile);
    let pixels = Pixels::new(view, grid, map.nside());
    let surveyor = || Surveyor::new(map.nside());
    canvas.fill(map, surveyor, |surveyor, _, rows, show| {
        for columns in pieces(&canvas.found.columns, COLUMNS) {
            surveyor.begin();
            pixels.look(&columns, rows, surveyor);
            show(&columns, surveyor.found());
        }
    })
}

/// The cells of a map that `average_tile` would look at.
pub fn touched(view: &View, grid: &Grid, tile: &Tile, nside: Nside) -> Region {
    let pixels = Pixels::new(view, grid, nside);
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

/// What is done with the footprints of some pixels, which are counted row by row.
trait Look {
    fn nside(&self) -> Nside;

    /// Takes the footprints of a patch's even pixels, which lie in a box of cells.
    fn pixels(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox);

    /// Takes those of the even parts of pixels that are taken apart, `first` being the first pixel of the mesh.
    fn parts(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, first: usize);

    /// Takes a point of a pixel that is taken apart, and the share of the pixel that it stands for.
    fn point(&mut self, pixel: usize, cell: Cell, share: f64);

    /// Begins with pixels side by side that are taken apart: they show sky.
    fn sky(&mut self, pixels: Range<usize>);
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

impl<'a> Pixels<'a> {
    fn new(view: &'a View, grid: &'a Grid, nside: Nside) -> Pixels<'a> {
        Pixels { view, grid, lines: Lines::new(view, grid, nside) }
    }

    /// Looks at the footprints of these pixels, but of those whose centres are off the sky.
    fn look(&self, columns: &Range<usize>, rows: &Range<usize>, look: &mut impl Look) {
        let mesh = self.lines.mesh(columns, rows);
        visit(&mesh, |patch, bounds| look.pixels(&mesh, patch, bounds));
        let mut broken: Vec<usize> = Vec::new();
        for (k, row) in rows.clone().enumerate() {
            broken.clear();
            let shown = |column: usize| self.grid.center(columns.start + column, row);
            broken.extend(mesh.uneven(k).filter(|&column| {
                !mesh.is_beyond(column, k) && self.view.inverse(shown(column)).is_some()
            }));
            for run in broken.chunk_by(|a, b| a + 1 == *b) {
                let (Some(&first), Some(&last)) = (run.first(), run.last()) else { continue };
                let place = k * columns.len() + first;
                self.apart(columns.start + first..columns.start + last + 1, row, place, look);
            }
        }
    }

    /// Looks at pixels of a row that are not in one piece or not shown at one scale. `place` is that of the first.
    fn apart(&self, columns: Range<usize>, row: usize, place: usize, look: &mut impl Look) {
        look.sky(place..place + columns.len());
        let mesh = self.lines.parts(&columns, row, PARTS);
        visit(&mesh, |patch, bounds| look.parts(&mesh, patch, bounds, place));
        for part in 0..mesh.height {
            let (mut steep, mut cut) = (Vec::new(), Vec::new());
            for column in 0..mesh.width {
                match mesh.shape(column, part) {
                    Shape::Even => {}
                    Shape::Steep => steep.push(column),
                    Shape::Broken if mesh.is_bare(column, part) => {}
                    Shape::Broken => cut.push(column),
                }
            }
            let at = (columns.start, row, part);
            self.points(&AT_POLE, at, &steep, place, look);
            self.points(&AT_RIM, at, &cut, place, look);
        }
    }

    /// Looks at points of some parts of a row of pixels: by their columns of parts, counted from those of pixel `first` on, whose place is
    /// `place`. `at` is that pixel's column and row, and the row of parts within it.
    fn points(
        &self,
        points: &Points,
        (first, row, row_part): (usize, usize, usize),
        parts: &[usize],
        place: usize,
        look: &mut impl Look,
    ) {
        if parts.is_empty() {
            return;
        }
        let part = |corner: usize, part: usize, within: f64| {
            corner as f64 - 0.5 + (part as f64 + within) / PARTS as f64
        };
        let share = 1.0 / (PARTS * PARTS * points.count()) as f64;
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
                    look.point(place + column / PARTS, FacePoint::of(*v).cell(look.nside()), share);
                }
            }
        }
    }
}

/// Visits the even pixels of a mesh in patches, and the boxes of cells that hold their footprints.
fn visit(mesh: &Mesh, mut look: impl FnMut(&Patch, &CellBox)) {
    for rows in pieces(&(0..mesh.height), PATCH) {
        for columns in pieces(&(0..mesh.width), PATCH) {
            mesh.pieces(Patch { columns, rows: rows.clone() }, CELLS, &mut look);
        }
    }
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

    fn pixels(&mut self, _: &Mesh, _: &Patch, bounds: &CellBox) {
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

    fn parts(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, _: usize) {
        self.pixels(mesh, patch, bounds);
    }

    fn point(&mut self, _: usize, cell: Cell, _: f64) {
        self.include(cell.face, cell.ix, cell.iy);
    }

    fn sky(&mut self, _: Range<usize>) {}
}
