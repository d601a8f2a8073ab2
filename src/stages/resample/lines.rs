//! Takes lines of points of the picture to the unfolded sphere: exactly at every few, and between them by interpolation where that is as
//! good.

use std::f64::consts::FRAC_PI_2;
use std::mem;
use std::ops::Range;

use super::mesh::{Line, Mesh, Run, STRIDE, place};
use crate::healpix::{Nside, PlanePoint};
use crate::projection::{Grid, View};
use crate::sky::UnitVector;

/// Lines of at most this many points are computed exactly, without interpolation.
const FEW: usize = 3 * STRIDE;
/// Exact points that an interpolating polynomial goes through.
const NODES: usize = 5;
/// The largest fourth difference of the exact points' positions that are interpolated between, in cells or in picture pixels, whichever
/// are smaller. What the polynomial leaves out is some hundredth of that.
const MOST_CURVED: f64 = 0.2;

/// From points of a picture to cells of the unfolded sphere.
pub struct Lines<'a> {
    view: &'a View,
    grid: &'a Grid,
    /// Longitude in quarter turns about which the sphere is unfolded.
    middle: f64,
    /// Cells along a face's side.
    side: f64,
    weights: Weights,
}

/// The weights of the exact points, by the interval between them that is filled, the exact point, and the place in the interval.
type Weights = [[[f64; STRIDE]; NODES]; NODES - 1];

fn weights() -> Weights {
    let at = |node: usize, t: f64| {
        let factors = (0..NODES).filter(|&k| k != node);
        factors.map(|k| (t - k as f64) / (node as f64 - k as f64)).product()
    };
    std::array::from_fn(|interval| {
        std::array::from_fn(|node| {
            std::array::from_fn(|m| at(node, interval as f64 + m as f64 / STRIDE as f64))
        })
    })
}

/// Memory for points on their way to the sphere, used again and again.
#[derive(Default)]
pub struct Memory {
    along: Vec<f64>,
    directions: Vec<Option<UnitVector>>,
    nodes: Vec<Option<Node>>,
    fits: Vec<bool>,
    exact: Vec<usize>,
}

/// An exact point of a line: where it lies in cells, and what it may be connected to.
#[derive(Clone, Copy)]
struct Node {
    x: f64,
    y: f64,
    in_cap: bool,
    quadrant: i32,
    right: bool,
}

impl<'a> Lines<'a> {
    pub fn new(view: &'a View, grid: &'a Grid, nside: Nside) -> Lines<'a> {
        let center = view.inverse(grid.center(grid.width / 2, grid.height / 2));
        let middle = center.map_or(0.0, |v| v.y.atan2(v.x) / FRAC_PI_2);
        Lines { view, grid, middle, side: f64::from(nside.get()), weights: weights() }
    }

    /// Fills a mesh with the corners of some pixels.
    pub fn mesh(
        &self,
        columns: &Range<usize>,
        rows: &Range<usize>,
        memory: &mut Memory,
        mesh: &mut Mesh,
    ) {
        mesh.begin(0, [columns.start, rows.start], [columns.len(), rows.len()]);
        self.fill(mesh, false, memory);
    }

    /// Fills a mesh with the corners of the pixels' halves along both sides.
    pub fn halves(&self, pixels: &Run, memory: &mut Memory, mesh: &mut Mesh) {
        let Run { mesh: known, columns, row } = pixels;
        let [left, low] = known.first;
        let first = [2 * (left + columns.start), 2 * (low + row)];
        mesh.begin(known.level + 1, first, [2 * columns.len(), 2]);
        // The corners of the pixels themselves are known.
        for (line, place) in [*row, row + 1].into_iter().zip(mesh.lines_mut().step_by(2)) {
            let (x, y) = known.line(line, columns);
            place.x.iter_mut().step_by(2).zip(x).for_each(|(place, x)| *place = *x);
            place.y.iter_mut().step_by(2).zip(y).for_each(|(place, y)| *place = *y);
        }
        self.fill(mesh, true, memory);
    }

    /// Fills in a mesh's corners, of halves only those that are none of the pixels', and tells the shapes of its pixels.
    fn fill(&self, mesh: &mut Mesh, halves: bool, memory: &mut Memory) {
        let (level, [left, low]) = (mesh.level, mesh.first);
        let columns = (place(level, left as f64), place(level, 1.0) - place(level, 0.0));
        for (k, line) in mesh.lines_mut().enumerate() {
            let is_known = |i: usize| halves && k.is_multiple_of(2) && i.is_multiple_of(2);
            self.line(place(level, (low + k) as f64), columns, is_known, memory, line);
        }
        mesh.classify(self.side);
    }

    /// The directions that the points at these (fractional) columns of a row show.
    pub fn directions<'m>(
        &self,
        row: f64,
        columns: impl Iterator<Item = f64>,
        memory: &'m mut Memory,
    ) -> &'m [Option<UnitVector>] {
        let Memory { along, directions, .. } = memory;
        along.clear();
        along.extend(columns.map(|column| self.grid.x(column)));
        self.view.inverse_row(self.grid.y(row), along, directions);
        directions
    }

    /// Fills a line with the positions of points in cells; NaN off the sky. `columns` are the first one's column and the distance between
    /// two.
    fn line(
        &self,
        row: f64,
        columns: (f64, f64),
        is_known: impl Fn(usize) -> bool,
        memory: &mut Memory,
        line: Line,
    ) {
        let (first, step) = columns;
        let Line { x, y, smooth } = line;
        let count = x.len();
        if count > FEW {
            let columns = (first, step * STRIDE as f64);
            self.find_nodes(row, columns, count.div_ceil(STRIDE) + 1, memory);
            let Memory { nodes, fits, .. } = &*memory;
            let intervals = x.chunks_mut(STRIDE).zip(y.chunks_mut(STRIDE)).zip(smooth.iter_mut());
            for (k, ((x, y), smooth)) in intervals.enumerate() {
                // The polynomials that this interval is a part of, those that it is in the middle of first.
                let mut starts = [1, 2, 0, 3].into_iter().filter_map(|before| {
                    let start = k.checked_sub(before)?;
                    fits.get(start)?.then_some((before, nodes.get(start..start + NODES)?))
                });
                if let Some((before, nodes)) = starts.next() {
                    interpolate(&self.weights[before], nodes, x, y);
                    *smooth = true;
                }
            }
        }
        let mut exact = mem::take(&mut memory.exact);
        exact.clear();
        exact.extend((0..count).filter(|&i| !smooth[i / STRIDE] && !is_known(i)));
        let along = exact.iter().map(|&i| first + i as f64 * step);
        for (&i, direction) in exact.iter().zip(self.directions(row, along, memory)) {
            let Some(direction) = direction else { continue };
            let point = PlanePoint::of(*direction, self.middle);
            (x[i], y[i]) = (point.x * self.side, point.y * self.side);
        }
        memory.exact = exact;
    }

    /// Finds exact points of a line, and which of them a polynomial fits; `columns` are the first one's column and the distance between
    /// two.
    fn find_nodes(&self, row: f64, columns: (f64, f64), count: usize, memory: &mut Memory) {
        let (first, step) = columns;
        let columns = (0..count).map(|k| first + k as f64 * step);
        let split = self.view.projection().in_two_pieces();
        self.directions(row, columns.clone(), memory);
        let Memory { directions, nodes, fits, .. } = memory;
        let node = |(direction, column): (&Option<UnitVector>, f64)| {
            let point = PlanePoint::of((*direction)?, self.middle);
            Some(Node {
                x: point.x * self.side,
                y: point.y * self.side,
                in_cap: point.in_cap(),
                quadrant: point.quadrant(),
                right: split && self.grid.x(column) > 0.0,
            })
        };
        nodes.clear();
        nodes.extend(directions.iter().zip(columns).map(node));
        fits.clear();
        fits.extend(nodes.windows(NODES).map(is_smooth));
    }
}

/// Whether a polynomial through these points is as good as the exact positions between them.
fn is_smooth(nodes: &[Option<Node>]) -> bool {
    let &[Some(a), Some(b), Some(c), Some(d), Some(e)] = nodes else { return false };
    let all = [a, b, c, d, e];
    // The positions have a kink where the caps begin.
    let joined = all.iter().all(|n| {
        n.right == a.right && n.in_cap == a.in_cap && (!a.in_cap || n.quadrant == a.quadrant)
    });
    let step = (e.x - a.x).abs().max((e.y - a.y).abs()) / ((NODES - 1) * STRIDE) as f64;
    let fourth = |f: fn(&Node) -> f64| {
        let [a, b, c, d, e] = all.each_ref().map(f);
        (a + e - 4.0 * (b + d) + 6.0 * c).abs()
    };
    joined && fourth(|n| n.x).max(fourth(|n| n.y)) <= MOST_CURVED * step.min(1.0)
}

#[inline]
fn interpolate(
    weights: &[[f64; STRIDE]; NODES],
    nodes: &[Option<Node>],
    x: &mut [f64],
    y: &mut [f64],
) {
    let mut sums = [[0.0; STRIDE]; 2];
    for (node, weights) in nodes.iter().flatten().zip(weights) {
        for (m, w) in weights.iter().enumerate() {
            sums[0][m] += w * node.x;
            sums[1][m] += w * node.y;
        }
    }
    x.copy_from_slice(&sums[0][..x.len()]);
    y.copy_from_slice(&sums[1][..y.len()]);
}
