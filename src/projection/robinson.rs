//! Robinson's projection: a compromise drawn by eye and defined by a table (Robinson 1974; Snyder 1990, Cartography and Geographic
//! Information Systems 17, 301).

use super::root::root;
use super::{Parallel, Parallels, Row};

/// x = 0.8487 lon X(lat), y = 1.3523 Y(lat), for cubic splines X and Y through a table at every 5 degrees of latitude. The splines are
/// symmetric about the equator, and their last two pieces are one cubic.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Robinson {
    lengths: Spline,
    heights: Spline,
}

const LENGTH: f64 = 0.8487;
const HEIGHT: f64 = 1.3523;
/// Latitudes in the table.
const N: usize = 19;
/// Radians between them.
const STEP: f64 = std::f64::consts::PI / 36.0;

const LENGTHS: [f64; N] = [
    1.0, 0.9986, 0.9954, 0.9900, 0.9822, 0.9730, 0.9600, 0.9427, 0.9216, 0.8962, 0.8679, 0.8350,
    0.7986, 0.7597, 0.7186, 0.6732, 0.6213, 0.5722, 0.5322,
];
const HEIGHTS: [f64; N] = [
    0.0, 0.0620, 0.1240, 0.1860, 0.2480, 0.3100, 0.3720, 0.4340, 0.4958, 0.5571, 0.6176, 0.6769,
    0.7346, 0.7903, 0.8435, 0.8936, 0.9394, 0.9761, 1.0,
];

/// A cubic spline over the table's latitudes, counted in steps of 5 degrees.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Spline {
    values: [f64; N],
    slopes: [f64; N],
}

impl Spline {
    /// The spline through the values whose mirror image continues it below the equator: `even` with the same sign, else the opposite.
    fn new(values: [f64; N], even: bool) -> Spline {
        let rise = |i: usize| values[i + 1] - values[i];
        // The slopes solve a tridiagonal system. An even function has no slope at the equator, an odd one no curvature; at the pole the
        // third derivative is continuous across the last inner latitude. Elimination goes upwards: `right[i]` is what remains of a row
        // and `above[i]` the factor of the next slope in it.
        let (mut above, mut right) = ([0.0; N], [0.0; N]);
        (above[0], right[0]) = if even { (0.0, 0.0) } else { (0.5, 1.5 * rise(0)) };
        for i in 1..N - 1 {
            let pivot = 4.0 - above[i - 1];
            above[i] = 1.0 / pivot;
            right[i] = (3.0 * (rise(i - 1) + rise(i)) - right[i - 1]) / pivot;
        }
        let last = (rise(N - 3) + 5.0 * rise(N - 2)) / 2.0;
        let mut slopes = [0.0; N];
        slopes[N - 1] = (last - 2.0 * right[N - 2]) / (1.0 - 2.0 * above[N - 2]);
        for i in (0..N - 1).rev() {
            slopes[i] = right[i] - above[i] * slopes[i + 1];
        }
        Spline { values, slopes }
    }

    /// Value and slope at a latitude in steps.
    fn at(&self, steps: f64) -> (f64, f64) {
        let i = (steps as usize).min(N - 2);
        let t = steps - i as f64;
        let (from, to) = (self.values[i], self.values[i + 1]);
        let (start, end) = (self.slopes[i], self.slopes[i + 1]);
        let square = 3.0 * (to - from) - 2.0 * start - end;
        let cube = start + end - 2.0 * (to - from);
        let value = from + t * (start + t * (square + t * cube));
        (value, start + t * (2.0 * square + t * 3.0 * cube))
    }
}

impl Default for Robinson {
    fn default() -> Self {
        Robinson { lengths: Spline::new(LENGTHS, true), heights: Spline::new(HEIGHTS, false) }
    }
}

impl Parallels for Robinson {
    fn name(&self) -> &'static str {
        "robinson"
    }

    fn code(&self) -> Option<&'static str> {
        None
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        let steps = lat / STEP;
        Some(Parallel {
            y: HEIGHT * self.heights.at(steps).0,
            stretch: LENGTH * self.lengths.at(steps).0,
        })
    }

    fn row(&self, y: f64) -> Row {
        let steps = root(0.0, (N - 1) as f64, |steps| {
            let (value, slope) = self.heights.at(steps);
            (value - y / HEIGHT, slope)
        });
        Row::at(steps * STEP, LENGTH * self.lengths.at(steps).0)
    }

    fn top(&self) -> f64 {
        HEIGHT
    }
}
