//! Mercator's projection: conformal, with the poles infinitely far away (Calabretta & Greisen 2002, section 5.2.4, MER; Snyder 1987,
//! section 7).

use std::f64::consts::{FRAC_PI_2, PI};

use super::{Parallel, Parallels, Row};

/// x = lon, y = asinh(tan(lat)); a square is shown by default, to 85.05 degrees of latitude.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Mercator;

impl Parallels for Mercator {
    fn name(&self) -> &'static str {
        "mercator"
    }

    fn code(&self) -> Option<&'static str> {
        Some("MER")
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        (lat < FRAC_PI_2).then(|| Parallel { y: lat.tan().asinh(), stretch: 1.0 })
    }

    fn row(&self, y: f64) -> Row {
        Row { sin: y.tanh(), cos: 1.0 / y.cosh(), stretch: 1.0 }
    }

    fn top(&self) -> f64 {
        f64::INFINITY
    }

    fn reach(&self) -> [f64; 2] {
        [PI, PI]
    }

    fn rectangular(&self) -> bool {
        true
    }
}
