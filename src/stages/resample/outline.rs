//! The outlines of picture pixels on the unfolded sphere, and how their edges run through the cells.

use std::ops::Range;

use super::mesh::Mesh;
use super::pieces::{CellBox, Patch};

/// A corner of a footprint, in cells from the corner of a box.
#[derive(Clone, Copy, Default, Debug)]
pub struct Vertex {
    pub x: f64,
    pub y: f64,
    /// The cell of the box that it lies in.
    pub column: u32,
    pub row: u32,
}

/// The part of an edge that lies in one cell.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The cell, counted row by row.
    pub place: usize,
    /// How far the middle of the part is from the cell's left side, in cells.
    pub along: f64,
    /// How far the part goes along y.
    pub rise: f64,
}

/// The corners of patches of pixels, each patch in its own box of cells.
#[derive(Default)]
pub struct Outlines {
    vertices: Vec<Vertex>,
}

/// The corners of a patch's pixels, in lines from the bottom.
#[derive(Clone, Copy)]
pub struct Lattice<'a> {
    /// Pixels along a line.
    width: usize,
    vertices: &'a [Vertex],
}

impl Outlines {
    pub fn clear(&mut self) {
        self.vertices.clear();
    }

    pub fn shrink_to_fit(&mut self) {
        self.vertices.shrink_to_fit();
    }

    /// The number of corners.
    pub fn len(&self) -> usize {
        self.vertices.len()
    }

    /// Adds the corners of a patch's pixels, of which the even ones lie in the box.
    pub fn add(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox) {
        let [columns, rows] = [bounds.columns() as u32, bounds.rows() as u32];
        let (left, low) = (bounds.columns.start as f64, bounds.rows.start as f64);
        for line in patch.rows.start..=patch.rows.end {
            let (x, y) = mesh.line(line, &patch.columns);
            let vertex = |(x, y): (&f64, &f64)| {
                let (x, y) = (x - left, y - low);
                // Those of other pixels may be anywhere, or nowhere.
                let inside =
                    x >= 0.0 && x <= f64::from(columns) && y >= 0.0 && y <= f64::from(rows);
                let x = if inside { x } else { f64::NAN };
                let [column, row] = [whole(x).min(columns - 1), whole(y).min(rows - 1)];
                Vertex { x, y, column, row }
            };
            self.vertices.extend(x.iter().zip(y).map(vertex));
        }
    }

    /// The corners of one patch, which has so many pixels along a line.
    pub fn lattice(&self, corners: Range<usize>, width: usize) -> Lattice<'_> {
        Lattice { width, vertices: &self.vertices[corners] }
    }
}

impl Lattice<'_> {
    /// Visits the ends of all edges: those along the lines, then those that go up from each of the lines.
    #[inline(always)]
    pub fn edges(&self, mut visit: impl FnMut(&Vertex, &Vertex)) {
        let n = self.width + 1;
        for line in self.vertices.chunks_exact(n) {
            line.windows(2).for_each(|ends| visit(&ends[0], &ends[1]));
        }
        self.vertices.iter().zip(&self.vertices[n..]).for_each(|(a, b)| visit(a, b));
    }

    /// The numbers, in this order, of the edges of a pixel: along the bottom, on the right, along the top and on the left. The first two and
    /// the last two, taken backwards, lead around it.
    #[inline(always)]
    pub fn around(&self, [column, row]: [usize; 2]) -> [usize; 4] {
        let n = self.width + 1;
        let bottom = row * self.width + column;
        let left = self.vertices.len() / n * self.width + row * n + column;
        [bottom, left + 1, bottom + self.width, left]
    }

    /// The corners of a pixel: lower left, lower right, upper left, upper right.
    #[inline(always)]
    pub fn corners(&self, [column, row]: [usize; 2]) -> [&Vertex; 4] {
        let n = self.width + 1;
        let first = row * n + column;
        let (low, high) =
            (&self.vertices[first..first + 2], &self.vertices[first + n..first + n + 2]);
        [&low[0], &low[1], &high[0], &high[1]]
    }
}

/// A coordinate of no more than 31 bits as the cell that it lies in.
#[inline(always)]
fn whole(coordinate: f64) -> u32 {
    // Numbers about this one have no binary fractions, so that the sum is rounded to a whole number and that is in its last bits. A
    // conversion would take longer, because it minds numbers that are too large for it.
    const WHOLE: f64 = (3u64 << 51) as f64;
    ((coordinate - 0.5) + WHOLE).to_bits() as u32
}

/// An edge on its way through the cells of a box. One that ends off the sky meets none.
#[derive(Clone, Copy, Default)]
pub struct Edge {
    start: [f64; 2],
    end: [f64; 2],
    /// From the start to the end, in parts of `ONE`.
    way: [f64; 2],
    /// The cell at the start, and what is added to its place on the way sideways and up.
    place: usize,
    column: usize,
    sideways: usize,
    up: usize,
    /// Lines between cells to be crossed; nothing if the edge meets none at all.
    count: Option<u32>,
    /// In parts of `ONE`: where the next line between rows is, how far from it the next one between columns is, how far lines between rows
    /// are apart, and that together with how far those between columns are.
    next_up: i64,
    ahead: i64,
    distance_up: i64,
    distances: i64,
}

impl Edge {
    /// The edge between two corners in a box of cells, of which neighbours along y are `stride` places apart.
    #[inline(always)]
    pub fn new(a: &Vertex, b: &Vertex, stride: usize) -> Edge {
        let (run, rise) = (b.x - a.x, b.y - a.y);
        if run.is_nan() {
            return Edge::default();
        }
        let across = Lines::between((a.x, run), (a.column, b.column));
        let up = Lines::between((a.y, rise), (a.row, b.row));
        let way = |step: usize, forwards: bool| if forwards { step } else { step.wrapping_neg() };
        Edge {
            start: [a.x, a.y],
            end: [b.x, b.y],
            way: [run, rise].map(|length| length * (1.0 / ONE as f64)),
            place: a.row as usize * stride + a.column as usize,
            column: a.column as usize,
            sideways: way(1, b.column >= a.column),
            up: way(stride, b.row >= a.row),
            count: Some(across.count + up.count),
            next_up: up.next,
            ahead: across.next.wrapping_sub(up.next),
            distance_up: up.distance,
            distances: across.distance + up.distance,
        }
    }

    /// Visits the parts of the edge, cell by cell.
    #[inline(always)]
    pub fn follow(&self, mut visit: impl FnMut(Step)) {
        let Edge { mut place, mut column, mut next_up, mut ahead, .. } = *self;
        let Some(count) = self.count else { return };
        let [mut x, mut y] = self.start;
        let mut step = |place: usize, column: usize, [at_x, at_y]: [f64; 2]| {
            let along = 0.5 * (x + at_x) - f64::from(column as u32);
            visit(Step { place, along, rise: at_y - y });
            (x, y) = (at_x, at_y);
        };
        for _ in 0..count {
            // Which line comes next is as good as random, so that there is no branch on it: all bits are set if it is one between columns,
            // and none otherwise.
            let between_columns = ahead >> 63;
            let part = next_up.wrapping_add(ahead & between_columns) as f64;
            step(place, column, [0, 1].map(|k| self.start[k] + part * self.way[k]));
            let turn = (self.up ^ self.sideways) & between_columns as usize;
            place = place.wrapping_add(self.up ^ turn);
            column = column.wrapping_add(self.sideways & between_columns as usize);
            next_up = next_up.wrapping_add(self.distance_up & !between_columns);
            ahead = ahead.wrapping_sub(self.distance_up);
            ahead = ahead.wrapping_add(self.distances & between_columns);
        }
        step(place, column, self.end);
    }
}

/// The length of an edge in units of its parts, which are whole numbers: they compare and add exactly.
const ONE: i64 = 1 << 50;

/// Beyond the end of every edge.
const NEVER: i64 = 1 << 60;

/// A number of parts, as a whole one; positive and less than 2^52.
#[inline(always)]
fn parts(number: f64) -> i64 {
    // As in `whole`.
    const WHOLE: f64 = (1u64 << 52) as f64;
    (number + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits()) as i64
}

/// The lines between columns of cells, or between rows, that an edge has yet to cross.
struct Lines {
    count: u32,
    /// How far along the edge the next one is, and one from the other, in parts of `ONE`. Behind the last one the next is beyond the end.
    next: i64,
    distance: i64,
}

impl Lines {
    /// For an edge from a coordinate on, and as far as that, between two columns or rows.
    #[inline(always)]
    fn between((from, length): (f64, f64), (first, last): (u32, u32)) -> Lines {
        let per_cell = ONE as f64 / length.abs();
        let forwards = last >= first;
        let within = from - f64::from(first);
        let before = if forwards { 1.0 - within } else { within };
        let count = first.abs_diff(last);
        let most = 2.0 * ONE as f64;
        let distance = parts(if per_cell < most { per_cell } else { most });
        let crossed = distance * i64::from(count);
        // Rounding must not move a line beyond the end, nor one that is beyond the end before it.
        let next = parts(before * per_cell);
        let next = next.min(ONE + distance - crossed).max(ONE + 1 - crossed);
        Lines { count, next: if count == 0 { NEVER } else { next }, distance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIDE: usize = 7;

    fn vertex(x: f64, y: f64) -> Vertex {
        let mut mesh = Mesh::blank(1, 1);
        (mesh.x, mesh.y) = (vec![x; 4], vec![y; 4]);
        let mut outlines = Outlines::default();
        let bounds = CellBox { columns: 0..SIDE as i64, rows: 0..SIDE as i64 };
        outlines.add(&mesh, &Patch { columns: 0..1, rows: 0..1 }, &bounds);
        *outlines.lattice(0..4, 1).corners([0, 0])[0]
    }

    proptest! {
        #[test]
        fn edges_pass_through_neighbouring_cells_from_end_to_end(
            ends in prop::array::uniform4(prop_oneof![
                (0u32..=7).prop_map(f64::from),
                0.0..7.0f64,
                (0u32..7, 0..12i32).prop_map(|(k, e)| f64::from(k) + 0.5f64.powi(e * 4)),
            ]),
        ) {
            let [ax, ay, bx, by] = ends;
            let (a, b) = (vertex(ax, ay), vertex(bx, by));
            let mut steps = Vec::new();
            Edge::new(&a, &b, SIDE).follow(|step| steps.push(step));
            let cells: Vec<_> =
                steps.iter().map(|step| (step.place % SIDE, step.place / SIDE)).collect();
            let cell = |v: &Vertex| (v.column as usize, v.row as usize);
            prop_assert_eq!(cells.first(), Some(&cell(&a)));
            prop_assert_eq!(cells.last(), Some(&cell(&b)));
            for pair in cells.windows(2) {
                prop_assert_eq!(pair[0].0.abs_diff(pair[1].0) + pair[0].1.abs_diff(pair[1].1), 1);
            }
            let rise: f64 = steps.iter().map(|step| step.rise).sum();
            prop_assert!((rise - (by - ay)).abs() < 1e-13);
            for step in steps {
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(&step.along), "{}", step.along);
                prop_assert!(step.rise.abs() <= 1.0 + 1e-12);
            }
        }
    }

    #[test]
    fn edges_that_end_off_the_sky_or_outside_have_no_parts() {
        let inside = vertex(3.0, 2.0);
        for (x, y) in [(f64::NAN, 1.0), (-1e9, 3.0), (4.0, 1e9), (4.9, -7.0), (8.0, 1.0)] {
            Edge::new(&inside, &vertex(x, y), SIDE).follow(|step| panic!("{x} {y}: {step:?}"));
            Edge::new(&vertex(x, y), &inside, SIDE).follow(|step| panic!("{x} {y}: {step:?}"));
        }
    }
}
