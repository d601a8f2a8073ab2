//! The shapes of picture pixels on the unfolded sphere: which of them are simple quadrilaterals there.

use super::LEVELS;
use crate::healpix::PlanePoint;

/// The most a simple pixel's footprint extends, as a part of a face's side: beyond, it is no quadrilateral.
const REACH: f64 = 0.25;
/// How much larger the scale may be in one corner of a pixel than in another, and in one pixel than beside it, if all of a footprint is
/// to count alike; for the picture's pixels, for halves and for quarters of them.
pub const EVEN: [f64; LEVELS + 1] = [1.14, 1.14, 3.0];

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

/// The area of a pixel by its corners (lower left, lower right, upper left, upper right); negative if it is seen from behind.
#[inline(always)]
pub fn area(x: [f64; 4], y: [f64; 4]) -> f64 {
    0.5 * ((x[3] - x[0]) * (y[2] - y[1]) - (x[2] - x[1]) * (y[3] - y[0]))
}

/// The shape of a pixel by its corners: lower left, lower right, upper left, upper right.
#[inline(always)]
pub fn shape(x: [f64; 4], y: [f64; 4], side: f64, level: usize) -> Shape {
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

/// The smaller of two numbers; the second one if the first is NaN. `f64::min` minds NaN in either.
#[inline(always)]
pub fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The larger of two numbers, likewise.
#[inline(always)]
pub fn most(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}
