//! The averages of a map over the footprints of picture pixels.

use super::mesh::{CellBox, Mesh, Patch, Shape};
use super::table::{Table, Vertex};
use super::{Look, Mean};
use crate::healpix::{Cell, Nside, face_runs};
use crate::map::CellValues;

/// A mean this much smaller than the largest value around is the difference of large sums: it is taken again from the values themselves.
const CANCELLED: f64 = 1e-5;
/// The part of a footprint's area that may be left over by rounding where nothing of it is good.
const NO_AREA: f64 = 1e-9;

/// Averages a map, with memory that is used again and again.
pub struct Averager<'m, M> {
    map: &'m M,
    /// The cells about the footprints in hand; NaN where there is no good data.
    cells: Cells,
    /// The integrals of the values, bad ones counting nothing.
    sums: Table,
    /// The integrals of the good area, where some is bad.
    areas: Table,
    low: Line,
    high: Line,
    /// Integrals along the edges that go up from the lower line.
    up: Vec<[f64; 2]>,
}

/// The values of a rectangle of cells.
#[derive(Default)]
struct Cells {
    columns: usize,
    rows: usize,
    values: Vec<f32>,
    /// The largest size of a good value.
    largest: f64,
    /// Whether some are bad.
    holes: bool,
    /// The mean over any part, where it is the same everywhere.
    uniform: Option<Mean>,
}

/// A line of pixel corners, and integrals along the edges between them: of values and of the good area.
#[derive(Default)]
struct Line {
    vertices: Vec<Vertex>,
    q: Vec<[f64; 2]>,
    edges: Vec<[f64; 2]>,
}

impl<'m, M: CellValues> Averager<'m, M> {
    pub fn new(map: &'m M) -> Self {
        Averager {
            map,
            cells: Cells::default(),
            sums: Table::default(),
            areas: Table::default(),
            low: Line::default(),
            high: Line::default(),
            up: Vec::new(),
        }
    }

    fn fill_tables(&mut self) {
        let Cells { columns, rows, ref values, holes, .. } = self.cells;
        self.sums.fill(columns, rows, values, |v| if v.is_nan() { 0.0 } else { f64::from(v) });
        if holes {
            self.areas.fill(columns, rows, values, |v| if v.is_nan() { 0.0 } else { 1.0 });
        }
    }

    /// Prepares the upper line of corners of a row of pixels.
    fn raise(&mut self, x: &[f64], y: &[f64], bounds: &CellBox) {
        let Averager { high, sums, areas, cells, .. } = self;
        let (left, bottom) = (bounds.columns.start as f64, bounds.rows.start as f64);
        high.vertices.clear();
        high.vertices.extend(x.iter().zip(y).map(|(x, y)| sums.vertex(x - left, y - bottom)));
        let holes = cells.holes;
        let q = |v: &Vertex| [sums.at(v), if holes { areas.at(v) } else { 0.0 }];
        high.q.clear();
        high.q.extend(high.vertices.iter().map(q));
        high.edges.clear();
        let ends = high.vertices.windows(2).zip(high.q.windows(2));
        high.edges.extend(ends.map(|(v, q)| edge(sums, holes.then_some(&*areas), v, q)));
    }

    fn mean(&self, i: usize) -> Mean {
        let (low, high) = (&self.low, &self.high);
        let [a, b] = [low.vertices[i], low.vertices[i + 1]];
        let [c, d] = [high.vertices[i], high.vertices[i + 1]];
        if a.cell == b.cell && b.cell == c.cell && c.cell == d.cell {
            let mut mean = Mean::default();
            mean.add(self.cells.values[a.cell], 1.0);
            return mean;
        }
        let corners = [a, b, c, d];
        let around =
            |k: usize| low.edges[i][k] + self.up[i + 1][k] - high.edges[i][k] - self.up[i][k];
        let area = 0.5 * ((d.x - a.x) * (b.y - c.y) - (b.x - c.x) * (d.y - a.y));
        let sum = around(0) / area;
        let weight = if self.cells.holes { around(1) / area } else { 1.0 };
        if weight < NO_AREA {
            return Mean::default();
        }
        if sum.abs() <= CANCELLED * self.cells.largest {
            return self.cells.by_samples(&corners);
        }
        Mean { sum, weight }
    }
}

impl<M: CellValues> Look for Averager<'_, M> {
    fn nside(&self) -> Nside {
        self.map.nside()
    }

    fn piece(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, means: &mut [Mean]) {
        self.cells.read(self.map, bounds);
        if let Some(mean) = self.cells.uniform {
            for row in patch.rows.clone() {
                let start = row * mesh.width;
                means[start + patch.columns.start..start + patch.columns.end].fill(mean);
            }
            return;
        }
        self.fill_tables();
        let line = |row: usize| {
            let start = row * (mesh.width + 1);
            start + patch.columns.start..start + patch.columns.end + 1
        };
        let first = line(patch.rows.start);
        self.raise(&mesh.x[first.clone()], &mesh.y[first], bounds);
        for row in patch.rows.clone() {
            std::mem::swap(&mut self.low, &mut self.high);
            let next = line(row + 1);
            self.raise(&mesh.x[next.clone()], &mesh.y[next], bounds);
            let areas = self.cells.holes.then_some(&self.areas);
            self.up.clear();
            for k in 0..=patch.columns.len() {
                let ends = [self.low.vertices[k], self.high.vertices[k]];
                self.up.push(edge(&self.sums, areas, &ends, &[self.low.q[k], self.high.q[k]]));
            }
            for (i, column) in patch.columns.clone().enumerate() {
                if mesh.shape(column, row) == Shape::Even {
                    means[row * mesh.width + column] = self.mean(i);
                }
            }
        }
    }

    fn cell(&mut self, cell: Cell) -> f32 {
        self.map.value(cell)
    }
}

/// The integrals along the edge between two corners.
#[inline]
fn edge(sums: &Table, areas: Option<&Table>, v: &[Vertex], q: &[[f64; 2]]) -> [f64; 2] {
    let along = |table: &Table, k: usize| table.edge((&v[0], q[0][k]), (&v[1], q[1][k]));
    [along(sums, 0), areas.map_or(0.0, |areas| along(areas, 1))]
}

impl Cells {
    fn read<M: CellValues>(&mut self, map: &M, bounds: &CellBox) {
        let length = |range: &std::ops::Range<i64>| (range.end - range.start).max(0) as usize;
        (self.columns, self.rows) = (length(&bounds.columns), length(&bounds.rows));
        self.values.resize(self.columns * self.rows, f32::NAN);
        let lines = self.values.chunks_exact_mut(self.columns.max(1));
        for (row, line) in bounds.rows.clone().zip(lines) {
            let mut rest = line;
            for run in face_runs(map.nside(), row, bounds.columns.clone()) {
                let (part, others) = rest.split_at_mut(run.ix.len());
                match run.face {
                    Some(face) => map.row(face, run.iy, run.ix.start, part),
                    None => part.fill(f32::NAN),
                }
                rest = others;
            }
        }
        self.summarise();
    }

    fn summarise(&mut self) {
        const LANES: usize = 8;
        let (mut largest, mut bad) = ([0f32; LANES], [0u32; LANES]);
        for values in self.values.chunks(LANES) {
            for ((value, largest), bad) in values.iter().zip(&mut largest).zip(&mut bad) {
                let size = value.abs();
                *largest = if size > *largest { size } else { *largest };
                *bad |= u32::from(value.is_nan());
            }
        }
        self.largest = f64::from(largest.into_iter().fold(0.0, f32::max));
        self.holes = bad.iter().any(|&bad| bad != 0);
        let first = self.values.first().copied().unwrap_or(f32::NAN);
        let alike = |v: &f32| v.to_bits() == first.to_bits() || v.is_nan() && first.is_nan();
        self.uniform = self.values.iter().all(alike).then(|| {
            let mut mean = Mean::default();
            mean.add(first, 1.0);
            mean
        });
    }

    /// The mean of samples spread evenly over a footprint.
    #[cold]
    fn by_samples(&self, [a, b, c, d]: &[Vertex; 4]) -> Mean {
        let extent = |f: fn(&Vertex) -> f64| {
            let all = [f(a), f(b), f(c), f(d)];
            all.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                - all.iter().copied().fold(f64::INFINITY, f64::min)
        };
        let n = samples(extent(|v| v.x).max(extent(|v| v.y)));
        let part = |k: usize| (k as f64 + 0.5) / n as f64;
        let between = |from: f64, to: f64, t: f64| from + t * (to - from);
        let mut mean = Mean::default();
        for s in 0..n {
            let left = [between(a.x, c.x, part(s)), between(a.y, c.y, part(s))];
            let right = [between(b.x, d.x, part(s)), between(b.y, d.y, part(s))];
            for t in 0..n {
                let column = between(left[0], right[0], part(t)) as usize;
                let row = between(left[1], right[1], part(t)) as usize;
                let place = row.min(self.rows - 1) * self.columns + column.min(self.columns - 1);
                mean.add(self.values[place], 1.0);
            }
        }
        let count = (n * n) as f64;
        Mean { sum: mean.sum / count, weight: mean.weight / count }
    }
}

/// Samples along each axis of a footprint that spans `extent` cells: enough for each of these to be met, and more where they are large,
/// because one edge across the footprint then makes much of the error.
fn samples(extent: f64) -> usize {
    ((1.5 * extent + 8.0 / extent.max(0.5)).ceil() as usize).clamp(8, 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::healpix::{Cell, Nside};

    /// A map that holds ix + 10 iy, but nothing at (1, 1) of face 4.
    struct Ramp;

    impl CellValues for Ramp {
        fn nside(&self) -> Nside {
            Nside::new(4).unwrap()
        }

        fn value(&self, cell: Cell) -> f32 {
            let hole = cell.face == 4 && [cell.ix, cell.iy] == [1, 1];
            if hole { f32::NAN } else { cell.ix as f32 + 10.0 * cell.iy as f32 }
        }
    }

    /// The mean over a parallelogram of face 4, which starts at the plane's origin: iy grows against y.
    fn mean(corners: [[f64; 2]; 4]) -> Mean {
        let mut mesh = Mesh::blank(1, 1);
        for (k, [x, y]) in corners.into_iter().enumerate() {
            (mesh.x[k], mesh.y[k]) = (x, 4.0 - y);
        }
        mesh.classify(40.0, super::super::mesh::Fineness::Parts);
        let (mut averager, mut means) = (Averager::new(&Ramp), [Mean::default()]);
        let whole = Patch { columns: 0..1, rows: 0..1 };
        mesh.pieces(whole, 100, &mut |patch, bounds| {
            averager.piece(&mesh, patch, bounds, &mut means);
        });
        means[0]
    }

    fn square(x: f64, y: f64, s: f64) -> [[f64; 2]; 4] {
        [[x, y], [x + s, y], [x, y + s], [x + s, y + s]]
    }

    #[test]
    fn areas_are_exact_across_one_edge_and_two() {
        assert_eq!(mean(square(0.25, 0.25, 0.5)).value(), 0.0);
        assert_eq!(mean(square(0.75, 0.25, 0.5)).value(), 0.5);
        assert_eq!(mean(square(0.875, 0.25, 0.5)).value(), 0.75);
        assert_eq!(mean(square(0.875, 2.75, 0.5)).value(), 0.75 + 25.0);
        let diamond = [[2.8, 1.0], [3.0, 0.8], [3.0, 1.2], [3.2, 1.0]];
        assert!((mean(diamond).value() - 7.5).abs() < 1e-5);
    }

    #[test]
    fn holes_count_nothing() {
        let half = mean(square(0.75, 1.25, 0.5));
        assert!((half.weight - 0.5).abs() < 1e-12);
        assert_eq!(half.value(), 10.0);
        assert_eq!(mean(square(1.25, 1.25, 0.5)).value(), crate::map::UNSEEN);
    }
}
