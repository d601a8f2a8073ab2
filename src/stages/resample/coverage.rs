//! Which cells a quadrilateral covers, and how much of each.
//!
//! An edge adds, to each cell that it passes and to all that follow in the same row, the area between itself and the row's end. Around a
//! closed outline these areas leave what is inside (the method that fonts are drawn with, after Levien's font-rs). An edge is looked at
//! once and serves the pixels on both sides.

use std::ops::Range;

/// The part of a pixel, below which it is none: a value is no more exact than that.
const NO_PART: f64 = 1e-7;

/// The part of a footprint that lies in a cell of the rectangle, which is counted row by row.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Part {
    pub cell: u32,
    pub weight: f32,
}

/// A corner of a footprint, in cells from the rectangle's corner.
#[derive(Clone, Copy, Default, Debug)]
pub struct Vertex {
    x: f64,
    y: f64,
    column: u32,
    row: u32,
}

/// What an edge adds to one cell and to the next one in the row.
#[derive(Clone, Copy, Default)]
struct Step {
    place: u32,
    here: f64,
    next: f64,
}

/// Edges one after the other, each some steps.
#[derive(Default)]
pub struct Edges {
    steps: Vec<Step>,
    /// Where each edge ends among the steps.
    ends: Vec<usize>,
}

impl Edges {
    pub fn clear(&mut self) {
        self.steps.clear();
        self.ends.clear();
    }

    fn get(&self, k: usize) -> &[Step] {
        let start = if k == 0 { 0 } else { self.ends[k - 1] };
        &self.steps[start..self.ends[k]]
    }
}

/// A rectangle of cells in which footprints are measured, with memory that is used again and again.
#[derive(Default)]
pub struct Coverage {
    columns: u32,
    rows: u32,
    /// One more than the columns for each row. Zero between two footprints.
    areas: Vec<f64>,
}

/// A coordinate of no more than 31 bits as the cell that it lies in.
#[inline(always)]
fn whole(coordinate: f64) -> u32 {
    // Numbers about this one have no binary fractions, so that the sum is rounded to a whole number and that is in its last bits. A
    // conversion would take longer, because it minds numbers that are too large for it.
    const WHOLE: f64 = (3u64 << 51) as f64;
    ((coordinate - 0.5) + WHOLE).to_bits() as u32
}

impl Coverage {
    /// Begins with a rectangle of `columns` x `rows` cells.
    pub fn begin(&mut self, columns: usize, rows: usize) {
        (self.columns, self.rows) = (columns as u32, rows as u32);
        self.areas.clear();
        self.areas.resize((columns + 1) * rows + 1, 0.0);
    }

    /// The corner at these coordinates, which lie in the rectangle.
    #[inline(always)]
    pub fn vertex(&self, x: f64, y: f64) -> Vertex {
        let [column, row] = [whole(x).min(self.columns - 1), whole(y).min(self.rows - 1)];
        Vertex { x, y, column, row }
    }

    /// Adds the edge from `a` to `b` to the others.
    #[inline]
    pub fn edge(&self, a: Vertex, b: Vertex, edges: &mut Edges) {
        let stride = self.columns + 1;
        let (run, rise) = (b.x - a.x, b.y - a.y);
        let mut column = f64::from(a.column);
        let mut place = a.row * stride + a.column;
        let (mut x, mut y) = (a.x, a.y);
        let mut across = Lines::between((a.x, run), (a.column, b.column), 1);
        let mut up = Lines::between((a.y, rise), (a.row, b.row), stride);
        for _ in 0..across.left + up.left {
            let sideways = across.left > 0 && (up.left == 0 || across.next <= up.next);
            let lines = if sideways { &mut across } else { &mut up };
            let (at_x, at_y) = (a.x + lines.next * run, a.y + lines.next * rise);
            edges.steps.push(step(place, at_y - y, 0.5 * (x + at_x) - column));
            (x, y) = (at_x, at_y);
            column += if sideways { lines.direction } else { 0.0 };
            place = place.wrapping_add(lines.step);
            lines.next += lines.distance;
            lines.left -= 1;
        }
        edges.steps.push(step(place, b.y - y, 0.5 * (x + b.x) - column));
        edges.ends.push(edges.steps.len());
    }

    /// The parts of the quadrilateral with these corners (lower left, lower right, upper left, upper right) in cells, which are added to
    /// `parts`; their weights are `share` altogether. The edges are those along the bottom, on the right, along the top and on the left.
    #[inline]
    pub fn parts(
        &mut self,
        corners: [Vertex; 4],
        edges: [(&Edges, usize); 4],
        share: f64,
        parts: &mut Parts,
    ) {
        let [a, b, c, d] = corners;
        let columns = range(corners.map(|v| v.column));
        let rows = range(corners.map(|v| v.row));
        if columns.len() * rows.len() == 1 {
            parts.push(Part { cell: a.row * self.columns + a.column, weight: share as f32 });
            return;
        }
        let stride = self.columns + 1;
        let [bottom, right, top, left] = edges.map(|(edges, k)| edges.get(k));
        for (steps, sign) in [(bottom, 1.0), (right, 1.0), (top, -1.0), (left, -1.0)] {
            for step in steps {
                let place = step.place as usize;
                if let Some([here, next]) = self.areas.get_mut(place..place + 2) {
                    *here += sign * step.here;
                    *next += sign * step.next;
                }
            }
        }
        let area = 0.5 * ((d.x - a.x) * (b.y - c.y) - (b.x - c.x) * (d.y - a.y));
        let scale = share / area;
        for row in rows {
            let start = (row * stride) as usize;
            let line = start + columns.start as usize..start + columns.end as usize + 1;
            let Some([line @ .., beyond]) = self.areas.get_mut(line) else { return };
            // Nothing but what rounding left.
            *beyond = 0.0;
            let first = row * self.columns + columns.start;
            let found = parts.room(line.len());
            let mut covered = 0.0;
            let mut count = 0;
            for (area, cell) in line.iter_mut().zip(first..) {
                covered += std::mem::take(area);
                let weight = covered * scale;
                found[count] = Part { cell, weight: weight as f32 };
                count += usize::from(weight > NO_PART);
            }
            parts.used += count;
        }
    }
}

/// The lines between columns of cells, or between rows, that an edge has yet to cross.
struct Lines {
    left: u32,
    /// How far along the edge the next one is, as a part of its length, and one from the other.
    next: f64,
    distance: f64,
    /// What crossing one adds to the number of the column or row, and to the place of the cell.
    direction: f64,
    step: u32,
}

impl Lines {
    /// For an edge from a coordinate on, and as far as that, between two columns or rows, of which neighbours are `stride` places apart.
    #[inline(always)]
    fn between((from, length): (f64, f64), (first, last): (u32, u32), stride: u32) -> Lines {
        let distance = length.abs().recip();
        let within = from - f64::from(first);
        let forwards = last >= first;
        Lines {
            left: first.abs_diff(last),
            next: if forwards { 1.0 - within } else { within } * distance,
            distance,
            direction: if forwards { 1.0 } else { -1.0 },
            step: if forwards { stride } else { stride.wrapping_neg() },
        }
    }
}

#[inline(always)]
fn step(place: u32, rise: f64, along: f64) -> Step {
    let next = rise * along;
    Step { place, here: rise - next, next }
}

#[inline(always)]
fn range(cells: [u32; 4]) -> Range<u32> {
    let [a, b, c, d] = cells;
    a.min(b).min(c.min(d))..a.max(b).max(c.max(d)) + 1
}

/// Parts of footprints, one after the other.
#[derive(Default)]
pub struct Parts {
    parts: Vec<Part>,
    used: usize,
}

impl Parts {
    pub fn clear(&mut self) {
        self.used = 0;
    }

    pub fn shrink_to_fit(&mut self) {
        self.parts.truncate(self.used);
        self.parts.shrink_to_fit();
    }

    pub fn len(&self) -> usize {
        self.used
    }

    pub fn as_slice(&self) -> &[Part] {
        &self.parts[..self.used]
    }

    #[inline(always)]
    fn push(&mut self, part: Part) {
        self.room(1)[0] = part;
        self.used += 1;
    }

    /// Places for so many more parts.
    #[inline(always)]
    fn room(&mut self, count: usize) -> &mut [Part] {
        if self.used + count > self.parts.len() {
            self.parts.resize(2 * (self.used + count), Part::default());
        }
        &mut self.parts[self.used..self.used + count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a quadrilateral in 5 x 4 cells, each weight in its place.
    fn weights(corners: [[f64; 2]; 4]) -> Vec<f64> {
        let mut coverage = Coverage::default();
        coverage.begin(5, 4);
        let [a, b, c, d] = corners.map(|[x, y]| coverage.vertex(x, y));
        let edges = [(a, b), (b, d), (c, d), (a, c)].map(|(from, to)| {
            let mut edges = Edges::default();
            coverage.edge(from, to, &mut edges);
            edges
        });
        let mut parts = Parts::default();
        coverage.parts([a, b, c, d], edges.each_ref().map(|edges| (edges, 0)), 1.0, &mut parts);
        assert!(coverage.areas.iter().all(|area| *area == 0.0), "nothing is left behind");
        let mut weights = vec![0.0; 20];
        for part in parts.as_slice() {
            weights[part.cell as usize] += f64::from(part.weight);
        }
        weights
    }

    /// The same by brute force.
    fn sampled([a, b, c, d]: [[f64; 2]; 4]) -> [f64; 20] {
        const N: usize = 400;
        let inside = |x: f64, y: f64| {
            [(a, b), (b, d), (d, c), (c, a)]
                .iter()
                .all(|(p, q)| (q[0] - p[0]) * (y - p[1]) >= (q[1] - p[1]) * (x - p[0]))
        };
        let mut counts = [0.0; 20];
        for k in 0..20 * N * N {
            let (x, y) = ((k % (5 * N)) as f64 + 0.5, (k / (5 * N)) as f64 + 0.5);
            let (x, y) = (x / N as f64, y / N as f64);
            counts[y as usize * 5 + x as usize] += f64::from(u8::from(inside(x, y)));
        }
        let all: f64 = counts.iter().sum();
        counts.map(|n| n / all)
    }

    #[test]
    fn quadrilaterals_of_every_kind() {
        for corners in [
            [[0.2, 0.2], [0.7, 0.3], [0.1, 0.8], [0.8, 0.9]],
            [[0.5, 0.5], [1.5, 0.5], [0.5, 1.5], [1.5, 1.5]],
            [[2.0, 0.1], [4.9, 2.0], [0.1, 1.9], [2.2, 3.9]],
            [[0.3, 1.2], [4.6, 1.2001], [0.3, 1.7], [4.6, 1.7]],
            [[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [3.0, 3.0]],
            [[0.1, 0.1], [4.9, 3.7], [0.1, 0.3], [4.9, 3.9]],
        ] {
            let [a, b, c, d] = corners;
            let brute = sampled(corners);
            // Either way around.
            for corners in [[a, b, c, d], [b, a, d, c]] {
                let exact = weights(corners);
                assert!((exact.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{corners:?}");
                for (exact, brute) in exact.iter().zip(&brute) {
                    assert!((exact - brute).abs() < 2e-3, "{corners:?}: {exact} {brute}");
                }
            }
        }
    }

    #[test]
    fn tiny_quadrilaterals_stay_in_their_cells() {
        for size in [1e-6, 1e-9, 1e-12] {
            for (x, y) in [(5.0f64, 4.0), (4.0, 3.0), (5.0, 1.3), (1e-13, 2.0)] {
                let (low, high) = ([x - size, y - size / 3.0], [x - size / 7.0, y - size / 9.0]);
                let corners = [low, [high[0], low[1] + size / 8.0], [low[0], high[1]], high];
                let sum = weights(corners.map(|[x, y]| [x.max(0.0), y])).iter().sum::<f64>();
                assert!((sum - 1.0).abs() < 1e-2, "{size} {x} {y}: {sum}");
            }
        }
    }
}
