//! Takes lines of points of the picture to the unfolded sphere: exactly at every few, and between them by interpolation where that is as
//! good.

use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

use super::mesh::{Line, Mesh, STRIDE};
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

    /// The corners of some pixels of the picture that has the pixels of this one halved along both sides, `level` times.
    pub fn mesh(&self, level: usize, columns: &Range<usize>, rows: &Range<usize>) -> Mesh {
        let mut mesh = Mesh::blank(columns.len(), rows.len());
        let step = 1.0 / (1 << level) as f64;
        let corner = |k: usize| k as f64 * step - 0.5;
        for (k, line) in mesh.lines_mut().enumerate() {
            self.line(corner(rows.start + k), (corner(columns.start), step), line);
        }
        mesh.classify(self.side, level);
        mesh
    }

    /// The directions that the points at these (fractional) columns of a row show.
    pub fn directions(
        &self,
        row: f64,
        columns: impl Iterator<Item = f64>,
    ) -> Vec<Option<UnitVector>> {
        let mut x: Vec<f64> = columns.map(|column| self.grid.x(column)).collect();
        let mut directions = Vec::new();
        self.view.inverse_row(self.grid.y(row), &mut x, &mut directions);
        directions
    }

    /// Where the points at these columns of a row lie on the unfolded sphere.
    fn exact(
        &self,
        row: f64,
        columns: impl Iterator<Item = f64>,
    ) -> impl Iterator<Item = Option<PlanePoint>> {
        let middle = self.middle;
        let directions = self.directions(row, columns).into_iter();
        directions.map(move |v| v.map(|v| PlanePoint::of(v, middle)))
    }

    /// Fills a line with the positions of points in cells; NaN off the sky. `columns` are the first one's column and the distance between
    /// two.
    fn line(&self, row: f64, columns: (f64, f64), line: Line) {
        let (first, step) = columns;
        let Line { x, y, smooth } = line;
        let count = x.len();
        if count > FEW {
            let nodes = self.nodes(row, (first, step * STRIDE as f64), count.div_ceil(STRIDE) + 1);
            let fits: Vec<bool> = nodes.windows(NODES).map(fits).collect();
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
        let exact: Vec<usize> = (0..count).filter(|i| !smooth[i / STRIDE]).collect();
        let points = self.exact(row, exact.iter().map(|&i| first + i as f64 * step));
        for (&i, point) in exact.iter().zip(points) {
            let Some(point) = point else { continue };
            (x[i], y[i]) = (point.x * self.side, point.y * self.side);
        }
    }

    /// Exact points of a line; `columns` are the first one's column and the distance between two.
    fn nodes(&self, row: f64, columns: (f64, f64), count: usize) -> Vec<Option<Node>> {
        let (first, step) = columns;
        let columns = (0..count).map(|k| first + k as f64 * step);
        let split = self.view.projection().in_two_pieces();
        let points = self.exact(row, columns.clone());
        let node = |(point, column): (Option<PlanePoint>, f64)| {
            let point = point?;
            Some(Node {
                x: point.x * self.side,
                y: point.y * self.side,
                in_cap: point.in_cap(),
                quadrant: point.quadrant(),
                right: split && self.grid.x(column) > 0.0,
            })
        };
        points.zip(columns).map(node).collect()
    }
}

/// Whether a polynomial through these points is as good as the exact positions between them.
fn fits(nodes: &[Option<Node>]) -> bool {
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
