//! The footprint of a picture pixel on one base face, and the average of the map over it.

use super::Mean;
use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::CellValues;

/// A picture pixel's four corners on one face, in units of HEALPix pixels: lower left, lower right, upper left, upper right. Between
/// them positions are interpolated.
pub struct Footprint {
    face: u8,
    x: [Fixed; 4],
    y: [Fixed; 4],
}

/// A face coordinate in units of HEALPix pixels, as a binary fraction: stepping along a line of samples is then one addition, and the
/// pixel is the whole part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fixed(i64);

impl Fixed {
    const BITS: u32 = 32;

    fn new(fraction_of_face: f64, nside: Nside) -> Fixed {
        let side = i64::from(nside.get()) << Self::BITS;
        // The far edge of a face belongs to its last pixel.
        Fixed(((fraction_of_face * side as f64) as i64).clamp(0, side - 1))
    }

    #[inline(always)]
    fn whole(self) -> u32 {
        (self.0 >> Self::BITS) as u32
    }

    /// Distance from a line between pixels, in pixels.
    fn beyond(self, line: u32) -> f64 {
        (self.0 - (i64::from(line) << Self::BITS)) as f64 / (1i64 << Self::BITS) as f64
    }
}

/// The lowest and the highest of four coordinates.
fn range(c: &[Fixed; 4]) -> (Fixed, Fixed) {
    (c[0].min(c[1]).min(c[2]).min(c[3]), c[0].max(c[1]).max(c[2]).max(c[3]))
}

impl Footprint {
    /// The footprint with these corners, which lie on one face.
    pub fn new(corners: [FacePoint; 4], nside: Nside) -> Footprint {
        Footprint {
            face: corners[0].face,
            x: corners.map(|c| Fixed::new(c.x, nside)),
            y: corners.map(|c| Fixed::new(c.y, nside)),
        }
    }

    /// The average of the map over the footprint.
    pub fn mean<M: CellValues>(&self, map: &M) -> Mean {
        let (x, y) = (range(&self.x), range(&self.y));
        let columns = x.1.whole() - x.0.whole();
        let rows = y.1.whole() - y.0.whole();
        match (columns, rows) {
            (0, 0) => {
                let mut mean = Mean::default();
                mean.add(map.value(self.cell(x.0, y.0)));
                mean
            }
            (0 | 1, 0 | 1) => self.by_area(map, (x.1.whole(), columns), (y.1.whole(), rows)),
            _ => {
                let extent =
                    (x.1.0 - x.0.0).max(y.1.0 - y.0.0) as f64 / (1i64 << Fixed::BITS) as f64;
                self.by_samples(map, samples(extent))
            }
        }
    }

    #[inline(always)]
    fn cell(&self, x: Fixed, y: Fixed) -> Cell {
        Cell { face: self.face, ix: x.whole(), iy: y.whole() }
    }

    /// The exact average where the footprint meets at most two columns and two rows of pixels: `column` and `row` are the upper ones,
    /// each with the number of lines between pixels that the footprint crosses.
    fn by_area<M: CellValues>(
        &self,
        map: &M,
        (column, cut_x): (u32, u32),
        (row, cut_y): (u32, u32),
    ) -> Mean {
        // Around the footprint; the lines between pixels are x = 0 and y = 0.
        let corner = |k: usize| [self.x[k].beyond(column), self.y[k].beyond(row)];
        let whole = Polygon::new([corner(0), corner(1), corner(3), corner(2)]);
        let mut mean = Mean::default();
        let mut add = |dx: u32, dy: u32, area: f64| {
            let cell = Cell { face: self.face, ix: column - dx, iy: row - dy };
            mean.add_weighted(map.value(cell), area.abs());
        };
        let mut split_rows = |dx: u32, part: &Polygon| {
            let area = part.area();
            let below = if cut_y == 1 { part.below(1).area() } else { 0.0 };
            if cut_y == 1 {
                add(dx, 1, below);
            }
            add(dx, 0, area - below);
        };
        if cut_x == 1 {
            split_rows(1, &whole.below(0));
            split_rows(0, &whole.above(0));
        } else {
            split_rows(0, &whole);
        }
        mean
    }

    /// The average of `n` x `n` samples.
    fn by_samples<M: CellValues>(&self, map: &M, n: i64) -> Mean {
        let mut mean = Mean::default();
        for s in 0..n {
            let (mut x, dx) = line(&self.x, s, n);
            let (mut y, dy) = line(&self.y, s, n);
            for _ in 0..n {
                mean.add(map.value(self.cell(x, y)));
                x.0 += dx;
                y.0 += dy;
            }
        }
        mean
    }
}

/// Samples along each axis of a footprint that spans `extent` HEALPix pixels: enough for each of these to be met, and more where they
/// are large, because one edge across the footprint then makes much of the error.
fn samples(extent: f64) -> i64 {
    ((1.2 * extent + 6.0 / extent).ceil() as i64).clamp(5, 16)
}

/// The first sample and the step of line `s` of `n`.
#[inline(always)]
fn line([a, b, c, d]: &[Fixed; 4], s: i64, n: i64) -> (Fixed, i64) {
    let up = 2 * s + 1;
    let left = a.0 + (c.0 - a.0) / (2 * n) * up;
    let right = b.0 + (d.0 - b.0) / (2 * n) * up;
    let half_step = (right - left) / (2 * n);
    (Fixed(left + half_step), 2 * half_step)
}

/// A polygon of few corners: a quadrilateral cut at most twice.
#[derive(Clone, Copy)]
struct Polygon {
    corners: [[f64; 2]; Self::MOST],
    count: usize,
}

impl Polygon {
    /// Each cut adds a corner at most; a quadrilateral that folds over itself may add two.
    const MOST: usize = 8;

    fn new(corners: [[f64; 2]; 4]) -> Polygon {
        let mut polygon = Polygon { corners: [[0.0; 2]; Self::MOST], count: 0 };
        corners.into_iter().for_each(|corner| polygon.push(corner));
        polygon
    }

    fn push(&mut self, corner: [f64; 2]) {
        if let Some(place) = self.corners.get_mut(self.count) {
            *place = corner;
            self.count += 1;
        }
    }

    /// The part where the coordinate along `axis` is negative.
    fn below(&self, axis: usize) -> Polygon {
        self.cut(axis, 1.0)
    }

    /// The part where the coordinate along `axis` is positive.
    fn above(&self, axis: usize) -> Polygon {
        self.cut(axis, -1.0)
    }

    /// The part where `sign` times the coordinate is negative (Sutherland & Hodgman 1974).
    fn cut(&self, axis: usize, sign: f64) -> Polygon {
        let mut part = Polygon { corners: [[0.0; 2]; Self::MOST], count: 0 };
        let corners = &self.corners[..self.count];
        for (k, &p) in corners.iter().enumerate() {
            let q = corners[(k + 1) % corners.len()];
            let (a, b) = (sign * p[axis], sign * q[axis]);
            if a < 0.0 {
                part.push(p);
            }
            if (a < 0.0) != (b < 0.0) {
                let t = a / (a - b);
                part.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
            }
        }
        part
    }

    /// The enclosed area, negative where the corners go clockwise.
    fn area(&self) -> f64 {
        let corners = &self.corners[..self.count];
        let twice = corners.iter().enumerate().map(|(k, p)| {
            let q = corners[(k + 1) % corners.len()];
            p[0] * q[1] - q[0] * p[1]
        });
        twice.sum::<f64>() / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map that holds ix + 10 iy.
    struct Ramp;

    impl CellValues for Ramp {
        fn nside(&self) -> Nside {
            Nside::new(4).unwrap()
        }

        fn value(&self, cell: Cell) -> f32 {
            cell.ix as f32 + 10.0 * cell.iy as f32
        }
    }

    fn footprint(corners: [[f64; 2]; 4]) -> Footprint {
        let point = |[x, y]: [f64; 2]| FacePoint { face: 0, x: x / 4.0, y: y / 4.0 };
        Footprint::new(corners.map(point), Ramp.nside())
    }

    #[test]
    fn areas_are_exact_across_one_edge_and_two() {
        let square = |x: f64, y: f64, s: f64| [[x, y], [x + s, y], [x, y + s], [x + s, y + s]];
        let mean = |corners| footprint(corners).mean(&Ramp).value();
        assert_eq!(mean(square(0.25, 0.25, 0.5)), 0.0);
        assert_eq!(mean(square(0.75, 0.25, 0.5)), 0.5);
        assert_eq!(mean(square(0.875, 0.25, 0.5)), 0.75);
        assert_eq!(mean(square(0.875, 1.75, 0.5)), 0.75 + 15.0);
        // A diamond about a pixel corner.
        let diamond = [[0.8, 1.0], [1.0, 0.8], [1.0, 1.2], [1.2, 1.0]];
        assert!((mean(diamond) - 5.5).abs() < 1e-5);
    }

    #[test]
    fn samples_find_the_mean_of_a_ramp() {
        // The centre of the parallelogram is (2, 2), where a continuous ramp would be 2 + 20 and cell corners lie half a cell off.
        let corners = [[0.5, 0.25], [3.25, 0.5], [0.75, 3.5], [3.5, 3.75]];
        let mean = f64::from(footprint(corners).mean(&Ramp).value());
        assert!((mean - (1.5 + 15.0)).abs() < 0.2, "{mean}");
    }

    #[test]
    fn the_far_edge_belongs_to_the_last_pixel() {
        let corners = [[3.9, 3.9], [4.0, 3.9], [3.9, 4.0], [4.0, 4.0]];
        assert_eq!(footprint(corners).mean(&Ramp).value(), 33.0);
    }
}
