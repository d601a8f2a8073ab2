//! The cartesian (equirectangular, plate carree) projection: longitude and latitude as they are (Calabretta & Greisen 2002,
//! section 5.2.3, CAR; Snyder 1987, section 12).

use std::f64::consts::FRAC_PI_2;

use super::{Parallel, Parallels, Row};

/// x = lon, y = lat: x in [-pi, pi], y in [-pi / 2, pi / 2].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cartesian;

impl Parallels for Cartesian {
    fn name(&self) -> &'static str {
        "cartesian"
    }

    fn code(&self) -> Option<&'static str> {
        Some("CAR")
    }

    fn parallel(&self, lat: f64) -> Option<Parallel> {
        Some(Parallel { y: lat, stretch: 1.0 })
    }

    fn row(&self, y: f64) -> Row {
        Row::at(y, 1.0)
    }

    fn top(&self) -> f64 {
        FRAC_PI_2
    }

    fn rectangular(&self) -> bool {
        true
    }
}
