//! The corners of picture pixels on the unfolded sphere, and which pixels are simple quadrilaterals there.

use std::ops::Range;

use super::shape::{EVEN, Shape, area, shape};
use crate::healpix::PlanePoint;

/// Points of a line between those that are taken to the sky exactly, where the others lie smoothly between these.
pub const STRIDE: usize = 16;

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
        (shape(x, y, side, level), area(x, y).abs())
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
}

/// A mesh of square pixels on a plane whose faces have 64 cells a side.
#[cfg(test)]
pub fn square(x: f64, y: f64, step: f64, n: usize) -> Mesh {
    let mut mesh = Mesh::blank(n, n);
    for k in 0..(n + 1) * (n + 1) {
        mesh.x[k] = x + step * (k % (n + 1)) as f64;
        mesh.y[k] = y + step * (k / (n + 1)) as f64;
    }
    mesh.classify(64.0);
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
