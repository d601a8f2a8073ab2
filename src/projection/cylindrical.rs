//! What cylindrical and pseudo-cylindrical projections share: parallels are straight and horizontal, and longitude is uniform along each
//! (Calabretta & Greisen 2002, sections 5.2 and 5.3).

use std::f64::consts::PI;

use super::{Bounds, Outline, Point, Projection, Reference};
use crate::sky::UnitVector;

/// A parallel in the plane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Parallel {
    /// Its height.
    pub y: f64,
    /// x for each radian of longitude.
    pub stretch: f64,
}

/// A horizontal line of the plane on the sphere.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// Sine of its latitude.
    pub sin: f64,
    /// Cosine of its latitude.
    pub cos: f64,
    /// x for each radian of longitude.
    pub stretch: f64,
}

impl Row {
    /// The row at a latitude in radians.
    pub fn at(lat: f64, stretch: f64) -> Row {
        let (sin, cos) = lat.sin_cos();
        Row { sin, cos, stretch }
    }
}

/// The law of parallels of a projection. Southern ones mirror northern ones.
pub trait Parallels: Send + Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// The code of FITS WCS, where it has one.
    fn code(&self) -> Option<&'static str>;

    /// The parallel at a northern latitude (0 to pi / 2); nothing where it lies infinitely high.
    fn parallel(&self, lat: f64) -> Option<Parallel>;

    /// The latitude of a line at or above the equator; `y` is not above `top`.
    fn row(&self, y: f64) -> Row;

    /// y of the north pole.
    fn top(&self) -> f64;

    /// Half the width and half the height that are shown by default.
    fn reach(&self) -> [f64; 2] {
        let stretch = self.parallel(0.0).map_or(1.0, |equator| equator.stretch);
        [PI * stretch, self.top()]
    }

    /// Whether the sky's left and right edge are straight and vertical.
    fn rectangular(&self) -> bool {
        false
    }
}

/// A projection with straight parallels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cylindrical<P>(pub P);

/// How far beyond an edge of the sky rounding may carry a point that is meant to lie on it, as a part of the sky's size.
const SLACK: f64 = 1e-13;
/// Lines that the outline's polygon has a corner on.
const LINES: usize = 720;

impl<P: Parallels> Cylindrical<P> {
    /// The part of the sphere along a line; nothing above and below the sky.
    fn row(&self, y: f64) -> Option<Row> {
        let top = self.0.top();
        if y.abs() > top * (1.0 + SLACK) {
            return None;
        }
        let row = self.0.row(y.abs().min(top));
        Some(Row { sin: row.sin.copysign(y), ..row })
    }
}

/// The direction at x along a line.
#[inline]
fn direction(row: &Row, x: f64) -> Option<UnitVector> {
    let half_width = PI * row.stretch;
    if x.abs() > half_width * (1.0 + SLACK) {
        return None;
    }
    let lon = if half_width > 0.0 { x / row.stretch } else { 0.0 };
    let (sin, cos) = lon.sin_cos();
    Some(UnitVector::new(row.cos * cos, row.cos * sin, row.sin))
}

impl<P: Parallels> Projection for Cylindrical<P> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn forward(&self, v: UnitVector) -> Option<Point> {
        let lat = v.z.atan2(v.x.hypot(v.y));
        let parallel = self.0.parallel(lat.abs())?;
        Some([v.y.atan2(v.x) * parallel.stretch, parallel.y.copysign(lat)])
    }

    fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        direction(&self.row(y)?, x)
    }

    fn inverse_row(&self, y: f64, x: &[f64], out: &mut Vec<Option<UnitVector>>) {
        out.clear();
        match self.row(y) {
            Some(row) => out.extend(x.iter().map(|&x| direction(&row, x))),
            None => out.resize(x.len(), None),
        }
    }

    fn bounds(&self) -> Bounds {
        let [x, y] = self.0.reach();
        Bounds::around(x, y)
    }

    fn outline(&self) -> Outline {
        let top = self.0.top();
        if self.0.rectangular() {
            return Outline::Rectangle(Bounds::around(self.0.reach()[0], top));
        }
        let edge = |k: usize| {
            let y = top * (2.0 * k as f64 / LINES as f64 - 1.0);
            [PI * self.0.row(y.abs()).stretch, y]
        };
        let right = (0..=LINES).map(edge);
        let left = (0..=LINES).rev().map(edge).map(|[x, y]| [-x, y]);
        let mut corners: Vec<Point> = right.chain(left).collect();
        corners.dedup();
        Outline::Polygon(corners)
    }

    fn wcs(&self) -> Option<(&'static str, Reference)> {
        self.0.code().map(|code| (code, Reference::Equator))
    }
}
