//! Which cells a quadrilateral covers, and how much of each.
//!
//! An edge adds, to each cell that it passes and to all that follow in the same row, the area between itself and the row's end. Around a
//! closed outline these areas leave what is inside (the method that fonts are drawn with, after Levien's font-rs).

use std::ops::Range;

use super::outline::{Edge, Vertex};
use super::shape;

/// Smallest share of a pixel that counts: values are no more precise than that.
const NO_PART: f64 = 1e-7;

/// The part of a footprint that lies in a cell of the box, which is counted row by row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Part {
    pub cell: u32,
    pub weight: f32,
}

/// Measures footprints, with memory that is used again and again.
#[derive(Default)]
pub struct Coverage {
    /// One more than the columns for each row. Zero between two footprints.
    areas: Vec<f64>,
    parts: Vec<Part>,
}

impl Coverage {
    /// The parts of the quadrilateral with these corners (lower left, lower right, upper left, upper right) in a box of so many columns;
    /// their weights are `share` altogether.
    pub fn parts(&mut self, corners: [&Vertex; 4], width: u32, share: f64) -> &[Part] {
        let Coverage { areas, parts } = self;
        parts.clear();
        let columns = range(corners.map(|v| v.column));
        let rows = range(corners.map(|v| v.row));
        if columns.len() * rows.len() == 1 {
            parts.push(Part { cell: rows.start * width + columns.start, weight: share as f32 });
            return parts;
        }
        let stride = width as usize + 1;
        let needed = rows.end as usize * stride + 1;
        if areas.len() < needed {
            areas.resize(needed, 0.0);
        }
        let [a, b, c, d] = corners;
        for (from, to, sign) in [(a, b, 1.0), (b, d, 1.0), (c, d, -1.0), (a, c, -1.0)] {
            Edge::new(from, to, stride).follow(|step| {
                if let Some([here, next]) = areas.get_mut(step.place..step.place + 2) {
                    let beyond = sign * step.rise * step.along;
                    *here += sign * step.rise - beyond;
                    *next += beyond;
                }
            });
        }
        let scale = -share / area(corners);
        for row in rows {
            let start = row as usize * stride;
            let line = start + columns.start as usize..start + columns.end as usize + 1;
            let Some([line @ .., beyond]) = areas.get_mut(line) else { break };
            // Nothing but what rounding left.
            *beyond = 0.0;
            let mut covered = 0.0;
            for (area, cell) in line.iter_mut().zip(row * width + columns.start..) {
                covered += std::mem::take(area);
                let weight = covered * scale;
                if weight > NO_PART {
                    parts.push(Part { cell, weight: weight as f32 });
                }
            }
        }
        parts
    }
}

/// The area of a pixel by its corners; negative if it is seen from behind.
#[inline(always)]
pub fn area(corners: [&Vertex; 4]) -> f64 {
    shape::area(corners.map(|v| v.x), corners.map(|v| v.y))
}

/// The numbers from the least to the greatest of these.
#[inline(always)]
pub fn range(cells: [u32; 4]) -> Range<u32> {
    let [a, b, c, d] = cells;
    a.min(b).min(c.min(d))..a.max(b).max(c.max(d)) + 1
}

#[cfg(test)]
mod tests {
    use super::super::mesh::Mesh;
    use super::super::outline::Outlines;
    use super::super::pieces::{CellBox, Patch};
    use super::*;

    /// The parts of a quadrilateral in 5 x 4 cells, each weight in its place.
    fn weights(corners: [[f64; 2]; 4]) -> Vec<f64> {
        let mut mesh = Mesh::blank(1, 1);
        (mesh.x, mesh.y) = (corners.map(|c| c[0]).to_vec(), corners.map(|c| c[1]).to_vec());
        let mut outlines = Outlines::default();
        let patch = Patch { columns: 0..1, rows: 0..1 };
        outlines.add(&mesh, &patch, &CellBox { columns: 0..5, rows: 0..4 });
        let mut coverage = Coverage::default();
        let mut weights = vec![0.0; 20];
        for part in coverage.parts(outlines.lattice(0..4, 1).corners([0, 0]), 5, 1.0) {
            weights[part.cell as usize] += f64::from(part.weight);
        }
        assert!(coverage.areas.iter().all(|area| *area == 0.0), "nothing is left behind");
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
