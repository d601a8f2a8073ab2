//! The sinusoidal (Sanson-Flamsteed) equal-area projection (Calabretta & Greisen 2002, section 5.3.1, SFL; Snyder 1987, section 30).

use std::f64::consts::FRAC_PI_2;

use super::{Parallel, Parallels, Row};

/// x = lon cos(lat), y = lat: x in [-pi, pi], y in [-pi / 2, pi / 2].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Sinusoidal;

impl Parallels for Sinusoidal {
    fn name(&self) -> &'static str {
        "sinusoidal"
    }

    fn code(&self) -> Option<&'static str> {
        Some("SFL")
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        Some(Parallel { y: lat, stretch: lat.cos() })
    }

    fn row(&self, y: f64) -> Row {
        let (sin, cos) = y.sin_cos();
        Row { sin, cos, stretch: cos }
    }

    fn top(&self) -> f64 {
        FRAC_PI_2
    }
}
