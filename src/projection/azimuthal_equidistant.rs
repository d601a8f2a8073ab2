//! The azimuthal equidistant projection: distances from the centre are true (Calabretta & Greisen 2002, section 5.1.6, ARC; Snyder 1987,
//! section 25).

use std::f64::consts::PI;

use super::Radial;

/// Distance c, the angle from the centre; the sky fills the disc of radius pi, a hemisphere that of radius pi / 2.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct AzimuthalEquidistant;

impl Radial for AzimuthalEquidistant {
    const NAME: &'static str = "azimuthal-equidistant";
    const CODE: &'static str = "ARC";
    const SQUARED_REACH: [f64; 2] = [PI * PI / 4.0, PI * PI];
    const FRONT_ONLY: bool = false;

    fn distance(cos: f64, sin: f64) -> f64 {
        sin.atan2(cos)
    }

    #[inline]
    fn inverse(squared: f64) -> (f64, f64) {
        let angle = squared.sqrt();
        let (sin, cos) = angle.sin_cos();
        (cos, if angle > 0.0 { sin / angle } else { 1.0 })
    }
}
