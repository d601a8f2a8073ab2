//! The McBryde-Thomas flat-polar quartic equal-area projection (McBryde & Thomas 1949; Snyder & Voxland 1989, p. 222).

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, SQRT_2};

use super::root::root;
use super::{Parallel, Parallels, Row};

/// With sin(t / 2) + sin(t) = (1 + sqrt 2 / 2) sin(lat): x = lon (1 + 2 cos(t) / cos(t / 2)) / sqrt(6 + 3 sqrt 2),
/// y = 2 sqrt 3 sin(t / 2) / sqrt(2 + sqrt 2).
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct McBryde;

const POLE: f64 = 1.0 + FRAC_1_SQRT_2;

fn stretch(t: f64) -> f64 {
    (1.0 + 2.0 * t.cos() / (t / 2.0).cos()) / (6.0 + 3.0 * SQRT_2).sqrt()
}

/// y divided by sin(t / 2).
fn height() -> f64 {
    (12.0 / (2.0 + SQRT_2)).sqrt()
}

impl Parallels for McBryde {
    fn name(&self) -> &'static str {
        "mcbryde"
    }

    fn code(&self) -> Option<&'static str> {
        None
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        let target = POLE * lat.sin();
        let t = root(0.0, FRAC_PI_2, |t| {
            ((t / 2.0).sin() + t.sin() - target, (t / 2.0).cos() / 2.0 + t.cos())
        });
        Some(Parallel { y: height() * (t / 2.0).sin(), stretch: stretch(t) })
    }

    fn row(&self, y: f64) -> Row {
        let t = 2.0 * (y / height()).asin();
        let sin = (((t / 2.0).sin() + t.sin()) / POLE).min(1.0);
        Row { sin, cos: ((1.0 - sin) * (1.0 + sin)).sqrt(), stretch: stretch(t) }
    }

    fn top(&self) -> f64 {
        height() * FRAC_1_SQRT_2
    }
}
