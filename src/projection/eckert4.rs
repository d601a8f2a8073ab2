//! The Eckert IV equal-area projection: rounded sides, poles as lines half as long as the equator (Snyder 1987, section 32).

use std::f64::consts::{FRAC_PI_2, PI};

use super::root::root;
use super::{Parallel, Parallels, Row};

/// With t + sin(t) cos(t) + 2 sin(t) = (2 + pi / 2) sin(lat): x = 2 lon (1 + cos(t)) / sqrt(pi (4 + pi)),
/// y = 2 sqrt(pi / (4 + pi)) sin(t).
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Eckert4;

const POLE: f64 = 2.0 + FRAC_PI_2;

fn stretch(cos: f64) -> f64 {
    2.0 * (1.0 + cos) / (PI * (4.0 + PI)).sqrt()
}

fn top() -> f64 {
    2.0 * (PI / (4.0 + PI)).sqrt()
}

impl Parallels for Eckert4 {
    fn name(&self) -> &'static str {
        "eckert4"
    }

    fn code(&self) -> Option<&'static str> {
        None
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        let target = POLE * lat.sin();
        let t = root(0.0, FRAC_PI_2, |t| {
            let (sin, cos) = t.sin_cos();
            (t + sin * cos + 2.0 * sin - target, 2.0 * cos * (1.0 + cos))
        });
        let (sin, cos) = t.sin_cos();
        Some(Parallel { y: top() * sin, stretch: stretch(cos) })
    }

    fn row(&self, y: f64) -> Row {
        let sin_t = (y / top()).min(1.0);
        let t = sin_t.asin();
        let cos_t = t.cos();
        let sin = ((t + sin_t * cos_t + 2.0 * sin_t) / POLE).min(1.0);
        Row { sin, cos: ((1.0 - sin) * (1.0 + sin)).sqrt(), stretch: stretch(cos_t) }
    }

    fn top(&self) -> f64 {
        top()
    }
}
