//! The corners of picture pixels on the unfolded sphere, and which pixels are simple quadrilaterals there.

use std::ops::Range;

use super::LEVELS;
use crate::healpix::PlanePoint;

/// Points of a line between those that are taken to the sky exactly, where the others lie smoothly between these.
pub const STRIDE: usize = 16;
/// The most a simple pixel's footprint extends, as a part of a face's side: beyond, it is no quadrilateral.
const REACH: f64 = 0.25;
/// How much larger the scale may be in one corner of a pixel than in another, and in one pixel than beside it, if all of a footprint is
/// to count alike; for the picture's pixels, for halves and for quarters of them.
const EVEN: [f64; LEVELS + 1] = [1.14, 1.14, 3.0];

/// How a pixel lies on the unfolded sphere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A quadrilateral that the picture shows at one scale.
    Even,
    /// One that it shows at different scales, up to a triangle with a pole as a side.
    Steep,
    /// Not in one piece: cut by the rim of the sky or of the plane, or too large.
    Broken,
}

/// A rectangle of a mesh: columns and rows of its pixels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patch {
    pub columns: Range<usize>,
    pub rows: Range<usize>,
}

impl Patch {
    /// The halves of a patch across its longer side; nothing for a single pixel.
    fn halves(&self) -> Option<[Patch; 2]> {
        let Patch { columns, rows } = self.clone();
        if columns.len() >= rows.len() {
            let middle = columns.start + columns.len() / 2;
            (middle > columns.start).then(|| {
                [
                    Patch { columns: columns.start..middle, rows: rows.clone() },
                    Patch { columns: middle..columns.end, rows },
                ]
            })
        } else {
            let middle = rows.start + rows.len() / 2;
            Some([
                Patch { columns: columns.clone(), rows: rows.start..middle },
                Patch { columns, rows: middle..rows.end },
            ])
        }
    }
}

/// A rectangle of cells of the unfolded sphere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CellBox {
    pub columns: Range<i64>,
    pub rows: Range<i64>,
}

impl CellBox {
    /// Cells along x.
    pub fn columns(&self) -> usize {
        (self.columns.end - self.columns.start).max(0) as usize
    }

    /// Cells along y.
    pub fn rows(&self) -> usize {
        (self.rows.end - self.rows.start).max(0) as usize
    }

    fn count(&self) -> i64 {
        self.columns() as i64 * self.rows() as i64
    }
}

/// A rectangle of picture pixels by their corners, in cells of the unfolded sphere; NaN off the sky.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    /// How often the picture's pixels were halved along both sides to give those of this one.
    pub level: usize,
    /// The column and row of the first pixel among all such pixels of the picture.
    pub first: [usize; 2],
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Lines of `width + 1` corners, from the bottom.
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// Of each `STRIDE` corners of a line, whether they lie on a smooth curve, together with the next one.
    pub smooth: Vec<bool>,
    /// The shape of each pixel, row by row from the bottom.
    pub shapes: Vec<Shape>,
}

/// Neighbouring pixels of a mesh's row.
pub struct Run<'a> {
    pub mesh: &'a Mesh,
    pub columns: Range<usize>,
    pub row: usize,
}

/// The place along x or y, in pixels of the picture, of a corner of the pixels that were halved so often, by its number.
pub fn place(level: usize, corner: f64) -> f64 {
    corner / (1 << level) as f64 - 0.5
}

/// A line of a mesh's corners.
pub struct Line<'a> {
    pub x: &'a mut [f64],
    pub y: &'a mut [f64],
    pub smooth: &'a mut [bool],
}

impl Mesh {
    /// Begins anew with this many pixels along x and y, whose corners are to be filled in.
    pub fn begin(&mut self, level: usize, first: [usize; 2], [width, height]: [usize; 2]) {
        let Mesh { x, y, smooth, shapes, .. } = self;
        let count = (width + 1) * (height + 1);
        for coordinates in [x, y] {
            coordinates.clear();
            coordinates.resize(count, f64::NAN);
        }
        smooth.clear();
        smooth.resize((width + 1).div_ceil(STRIDE) * (height + 1), false);
        shapes.clear();
        (self.level, self.first) = (level, first);
        (self.width, self.height) = (width, height);
    }

    /// The part of one of the picture's pixels that a pixel of this mesh is.
    pub fn share(&self) -> f64 {
        1.0 / (1 << (2 * self.level)) as f64
    }

    /// A mesh of this many pixels, whose corners are to be filled in.
    #[cfg(test)]
    pub fn blank(width: usize, height: usize) -> Mesh {
        let mut mesh = Mesh::default();
        mesh.begin(0, [0, 0], [width, height]);
        mesh
    }

    /// The lines of corners, from the bottom.
    pub fn lines_mut(&mut self) -> impl Iterator<Item = Line<'_>> {
        let n = self.width + 1;
        let lines = self.x.chunks_exact_mut(n).zip(self.y.chunks_exact_mut(n));
        let lines = lines.zip(self.smooth.chunks_exact_mut(n.div_ceil(STRIDE)));
        lines.map(|((x, y), smooth)| Line { x, y, smooth })
    }

    /// The corners of some columns of pixels on a line.
    pub fn line(&self, line: usize, columns: &Range<usize>) -> (&[f64], &[f64]) {
        let start = line * (self.width + 1);
        let corners = start + columns.start..start + columns.end + 1;
        (&self.x[corners.clone()], &self.y[corners])
    }

    /// The corners of a pixel: lower left, lower right, upper left, upper right.
    #[inline(always)]
    pub fn corners(&self, column: usize, row: usize) -> ([f64; 4], [f64; 4]) {
        let low = row * (self.width + 1) + column;
        let high = low + self.width + 1;
        let corners = |c: &[f64]| [c[low], c[low + 1], c[high], c[high + 1]];
        (corners(&self.x), corners(&self.y))
    }

    #[inline]
    pub fn shape(&self, column: usize, row: usize) -> Shape {
        self.shapes.get(row * self.width + column).copied().unwrap_or(Shape::Broken)
    }

    /// The columns of a row's pixels that are not even.
    pub fn uneven(&self, row: usize) -> impl Iterator<Item = usize> {
        let shapes = self.shapes.iter().skip(row * self.width).take(self.width);
        shapes.enumerate().filter(|(_, shape)| **shape != Shape::Even).map(|(column, _)| column)
    }

    /// Whether all corners of a pixel are off the sky.
    pub fn is_bare(&self, column: usize, row: usize) -> bool {
        let low = row * (self.width + 1) + column;
        let corners = [low, low + 1, low + self.width + 1, low + self.width + 2];
        corners.iter().all(|&k| self.x.get(k).is_none_or(|x| x.is_nan()))
    }

    /// Whether a pixel and all around it are off the sky: no tip of the sky reaches in between corners.
    pub fn is_beyond(&self, column: usize, row: usize) -> bool {
        let inside = column > 0 && column + 1 < self.width && row > 0 && row + 1 < self.height;
        let around = || (row - 1..=row + 1).flat_map(|row| [(column - 1, row), (column + 1, row)]);
        inside && around().all(|(column, row)| self.is_bare(column, row))
    }

    /// Tells the shapes of the pixels from the corners. `side` is the number of cells along a face's side.
    ///
    /// Where the picture shows some pixel larger than its neighbour in the row, the scale changes within both.
    pub fn classify(&mut self, side: f64) {
        let level = self.level;
        self.settle_poles(side);

        let differ = |a: f64, b: f64| a > EVEN[level] * b || b > EVEN[level] * a;
        let mut shapes = std::mem::take(&mut self.shapes);
        shapes.clear();
        shapes.reserve(self.width * self.height);
        let intervals = (self.width + 1).div_ceil(STRIDE);
        for row in 0..self.height {
            let start = shapes.len();
            // The last pixel's area, if it is in one piece.
            let mut last = None;
            for k in 0..self.width.div_ceil(STRIDE) {
                let columns = k * STRIDE..((k + 1) * STRIDE).min(self.width);
                let smooth = [row, row + 1].iter().all(|line| self.smooth[line * intervals + k]);
                let judged = |column: usize| self.judge(column, row, side, level);
                if smooth {
                    let some = [columns.start, columns.start + columns.len() / 2, columns.end - 1]
                        .map(judged);
                    let [(_, first), _, (_, end)] = some;
                    let alike = last.is_none_or(|last| !differ(last, first))
                        && !some
                            .iter()
                            .any(|(shape, area)| *shape != Shape::Even || differ(*area, first));
                    if alike {
                        shapes.resize(start + columns.end, Shape::Even);
                        last = Some(end);
                        continue;
                    }
                }
                for column in columns {
                    let (mut shape, area) = judged(column);
                    // The scale changes within pixels that are not as large as their neighbours in the row.
                    let comparable = last.filter(|_| shape != Shape::Broken);
                    if comparable.is_some_and(|last| differ(last, area)) {
                        let before = shapes.last_mut();
                        for shape in [Some(&mut shape), before]
                            .into_iter()
                            .flatten()
                            .filter(|s| **s == Shape::Even)
                        {
                            *shape = Shape::Steep;
                        }
                    }
                    last = (shape != Shape::Broken).then_some(area);
                    shapes.push(shape);
                }
            }
        }
        self.shapes = shapes;
    }

    /// The shape of a pixel by its own corners, and its area; NaN where it is not known.
    #[inline(always)]
    fn judge(&self, column: usize, row: usize, side: f64, level: usize) -> (Shape, f64) {
        let (x, y) = self.corners(column, row);
        (shape(x, y, side, level), area(x, y))
    }

    /// A pole is a corner of four faces: assigns it to the face of the point above it, or else of the point below.
    fn settle_poles(&mut self, side: f64) {
        let n = self.width + 1;
        let at_pole = |x: f64, y: f64| (x - y).abs() >= 2.0 * side * (1.0 - 1e-12);
        const LANES: usize = 8;
        let chunks = self.x.chunks(LANES).zip(self.y.chunks(LANES)).enumerate();
        let with_pole = chunks.filter(|(_, (x, y))| {
            x.iter().zip(*y).fold(false, |found, (&x, &y)| found | at_pole(x, y))
        });
        let places: Vec<usize> =
            with_pole.flat_map(|(k, (x, _))| k * LANES..k * LANES + x.len()).collect();
        for k in places {
            let (x, y) = (self.x[k], self.y[k]);
            if !at_pole(x, y) {
                continue;
            }
            let neighbours = [k + n, k.wrapping_sub(n)].into_iter();
            let known = neighbours.filter_map(|m| Some((*self.x.get(m)?, *self.y.get(m)?)));
            let mut usable = known.filter(|&(x, y)| !x.is_nan() && !at_pole(x, y));
            if let Some((near_x, near_y)) = usable.next() {
                let point = PlanePoint { x: near_x / side, y: near_y / side };
                let quadrant = f64::from(point.quadrant()) * side;
                let far = quadrant + 2.0 * side;
                (self.x[k], self.y[k]) = if x > y { (far, quadrant) } else { (quadrant, far) };
            }
        }
    }

    /// Splits a patch until each piece's box has at most `most` cells and is well filled, or the piece is a single pixel; visits the pieces
    /// that have an even pixel.
    pub fn pieces(&self, patch: Patch, most: i64, visit: &mut impl FnMut(&Patch, &CellBox)) {
        let Some(bounds) = self.bounds(&patch) else { return };
        if (bounds.count() > most || self.is_scattered(&patch, &bounds))
            && let Some(halves) = patch.halves()
        {
            halves.into_iter().for_each(|half| self.pieces(half, most, visit));
        } else {
            visit(&patch, &bounds);
        }
    }

    /// Whether the even pixels of a patch fill little of their box: they lie on both sides of a cut of the plane.
    fn is_scattered(&self, patch: &Patch, bounds: &CellBox) -> bool {
        /// Cells that are not worth a second box, and a part of the others that squares fill even if they stand on a corner.
        const FEW: f64 = 200.0;
        const SPARSE: f64 = 1.0 / 16.0;
        let count = bounds.count() as f64;
        if count < FEW || self.is_whole(patch) {
            return false;
        }
        let pixels =
            patch.rows.clone().flat_map(|row| patch.columns.clone().map(move |k| (k, row)));
        let even = pixels.filter(|(column, row)| self.shape(*column, *row) == Shape::Even);
        let corners = even.map(|(column, row)| self.corners(column, row));
        corners.map(|(x, y)| area(x, y)).sum::<f64>() < SPARSE * (count - FEW)
    }

    /// Whether all pixels of a patch are even.
    fn is_whole(&self, patch: &Patch) -> bool {
        patch.rows.clone().all(|row| {
            let start = row * self.width;
            let shapes = self.shapes.get(start + patch.columns.start..start + patch.columns.end);
            shapes.is_some_and(|shapes| shapes.iter().all(|s| *s == Shape::Even))
        })
    }

    /// The cells that the even pixels of a patch meet.
    fn bounds(&self, patch: &Patch) -> Option<CellBox> {
        let mut x = [f64::INFINITY, f64::NEG_INFINITY];
        let mut y = x;
        let include = |range: &mut [f64; 2], values: &[f64]| {
            for &v in values {
                *range = [least(v, range[0]), most(v, range[1])];
            }
        };
        if self.is_whole(patch) {
            for line in patch.rows.start..=patch.rows.end {
                let start = line * (self.width + 1);
                let corners = start + patch.columns.start..=start + patch.columns.end;
                include(&mut x, self.x.get(corners.clone())?);
                include(&mut y, self.y.get(corners)?);
            }
            return Some(CellBox { columns: cells(x), rows: cells(y) });
        }
        for row in patch.rows.clone() {
            let start = row * self.width;
            let shapes = self.shapes.get(start + patch.columns.start..start + patch.columns.end)?;
            // Runs of even pixels.
            let mut first = patch.columns.start;
            for run in shapes.chunk_by(|a, b| (*a == Shape::Even) == (*b == Shape::Even)) {
                let end = first + run.len();
                if run.first() == Some(&Shape::Even) {
                    for line in [row, row + 1] {
                        let corners = line * (self.width + 1);
                        include(&mut x, self.x.get(corners + first..=corners + end)?);
                        include(&mut y, self.y.get(corners + first..=corners + end)?);
                    }
                }
                first = end;
            }
        }
        (x[0] <= x[1]).then(|| CellBox { columns: cells(x), rows: cells(y) })
    }
}

/// The area of a pixel by its corners: lower left, lower right, upper left, upper right.
#[inline(always)]
fn area(x: [f64; 4], y: [f64; 4]) -> f64 {
    0.5 * ((x[3] - x[0]) * (y[2] - y[1]) - (x[2] - x[1]) * (y[3] - y[0])).abs()
}

/// The cells that a range of coordinates meets.
fn cells([low, high]: [f64; 2]) -> Range<i64> {
    low.floor() as i64..high.floor() as i64 + 1
}

/// The smaller of two numbers; the second one if the first is NaN. `f64::min` minds NaN in either.
#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The larger of two numbers, likewise.
#[inline(always)]
fn most(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The shape of a pixel by its corners: lower left, lower right, upper left, upper right.
#[inline(always)]
fn shape(x: [f64; 4], y: [f64; 4], side: f64, level: usize) -> Shape {
    let lowest = |c: [f64; 4]| least(least(c[0], c[1]), least(c[2], c[3]));
    let highest = |c: [f64; 4]| most(most(c[0], c[1]), most(c[2], c[3]));
    let known = !(x[0] + x[1] + x[2] + x[3]).is_nan();
    let reach = REACH * side;
    if !known || highest(x) - lowest(x) > reach || highest(y) - lowest(y) > reach {
        return Shape::Broken;
    }
    let up: [f64; 4] = std::array::from_fn(|k| x[k] - y[k]);
    if highest(up) > side || lowest(up) < -side {
        let quadrant = |k: usize| PlanePoint { x: x[k] / side, y: y[k] / side }.quadrant();
        if (1..4).any(|k| quadrant(k) != quadrant(0)) {
            return Shape::Broken;
        }
        // Sides have a kink where the caps begin.
        let kinked = up.iter().any(|up| up.abs() < side);
        if kinked && level == 0 {
            return Shape::Steep;
        }
    }
    let edge = |a: usize, b: usize| [x[b] - x[a], y[b] - y[a]];
    let cross = |a: [f64; 2], b: [f64; 2]| a[0] * b[1] - a[1] * b[0];
    let (bottom, top, left, right) = (edge(0, 1), edge(2, 3), edge(0, 2), edge(1, 3));
    let scales = [cross(bottom, left), cross(bottom, right), cross(top, left), cross(top, right)];
    let sign = 1f64.copysign(scales[0]);
    let scales = scales.map(|s| s * sign);
    let finest = lowest(scales);
    if finest > 0.0 && highest(scales) <= EVEN[level] * finest { Shape::Even } else { Shape::Steep }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, step: f64, n: usize) -> Mesh {
        let mut mesh = Mesh::blank(n, n);
        for k in 0..(n + 1) * (n + 1) {
            mesh.x[k] = x + step * (k % (n + 1)) as f64;
            mesh.y[k] = y + step * (k / (n + 1)) as f64;
        }
        mesh.classify(64.0);
        mesh
    }

    #[test]
    fn shapes_tell_what_is_simple() {
        let mut mesh = square(20.0, 20.0, 1.5, 2);
        assert!(mesh.shapes.iter().all(|s| *s == Shape::Even));
        mesh.x[0] = f64::NAN;
        mesh.x[8] += 0.25;
        mesh.classify(64.0);
        assert_eq!(mesh.shapes, [Shape::Broken, Shape::Even, Shape::Even, Shape::Steep]);
        mesh.level = 2;
        mesh.classify(64.0);
        assert_eq!(mesh.shapes, [Shape::Broken, Shape::Even, Shape::Even, Shape::Even]);
        assert!(square(0.0, 0.0, 20.0, 1).shapes[0] == Shape::Broken);
        // North of the belt, on either side of a cut.
        assert!(square(127.0, 30.0, 1.0, 1).shapes[0] == Shape::Even);
        // At the beginning of the cap.
        assert!(square(94.5, 30.0, 1.0, 1).shapes[0] == Shape::Steep);
        assert!(square(127.5, 31.0, 1.0, 1).shapes[0] == Shape::Even);
        assert!(square(180.0, 63.5, 1.0, 1).shapes[0] == Shape::Broken);
    }

    #[test]
    fn pieces_cover_a_patch_once() {
        let mut mesh = square(10.2, 10.2, 2.0, 8);
        mesh.shapes[3] = Shape::Broken;
        let mut seen = [0; 64];
        let whole = Patch { columns: 0..8, rows: 0..8 };
        mesh.pieces(whole, 40, &mut |patch, bounds| {
            assert!(bounds.count() <= 40);
            for row in patch.rows.clone() {
                patch.columns.clone().for_each(|column| seen[8 * row + column] += 1);
            }
        });
        assert!(seen.iter().enumerate().all(|(k, n)| *n == 1 || k == 3 && *n == 0));
    }
}
