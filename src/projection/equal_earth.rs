//! The Equal Earth projection: equal areas, rounded sides, poles as lines (Savric, Patterson & Jenny 2018, International Journal of
//! Geographical Information Science 33, 454).

use std::f64::consts::FRAC_PI_3;

use super::root::root;
use super::{Parallel, Parallels, Row};

/// With sin(t) = (sqrt 3 / 2) sin(lat): x = 2 sqrt 3 lon cos(t) / (3 p'(t)), y = p(t), for the polynomial
/// p(t) = t (A1 + A2 t^2 + t^6 (A3 + A4 t^2)).
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct EqualEarth;

const A1: f64 = 1.340264;
const A2: f64 = -0.081106;
const A3: f64 = 0.000893;
const A4: f64 = 0.003796;

/// sqrt 3 / 2.
const M: f64 = 0.866_025_403_784_438_6;

fn polynomial(t: f64) -> f64 {
    let t2 = t * t;
    let t6 = t2 * t2 * t2;
    t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))
}

fn slope(t: f64) -> f64 {
    let t2 = t * t;
    let t6 = t2 * t2 * t2;
    A1 + 3.0 * A2 * t2 + t6 * (7.0 * A3 + 9.0 * A4 * t2)
}

fn stretch(t: f64) -> f64 {
    t.cos() / (M * slope(t))
}

impl Parallels for EqualEarth {
    fn name(&self) -> &'static str {
        "equal-earth"
    }

    fn code(&self) -> Option<&'static str> {
        None
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        let t = (M * lat.sin()).asin();
        Some(Parallel { y: polynomial(t), stretch: stretch(t) })
    }

    fn row(&self, y: f64) -> Row {
        let t = root(0.0, FRAC_PI_3, |t| (polynomial(t) - y, slope(t)));
        let sin = (t.sin() / M).min(1.0);
        Row { sin, cos: ((1.0 - sin) * (1.0 + sin)).sqrt(), stretch: stretch(t) }
    }

    fn top(&self) -> f64 {
        polynomial(FRAC_PI_3)
    }
}
