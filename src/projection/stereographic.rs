//! The stereographic projection: conformal, circles stay circles (Calabretta & Greisen 2002, section 5.1.4, STG; Snyder 1987, section 21).

use super::Radial;

/// Distance 2 tan(c / 2), for c the angle from the centre; a hemisphere fills the disc of radius 2, the sky the plane.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Stereographic;

impl Radial for Stereographic {
    const NAME: &'static str = "stereographic";
    const CODE: &'static str = "STG";
    const SQUARED_REACH: [f64; 2] = [4.0, f64::INFINITY];
    const FRONT_ONLY: bool = false;

    fn distance(cos: f64, sin: f64) -> f64 {
        // The same on either side, without cancellation.
        if cos > 0.0 { 2.0 * sin / (1.0 + cos) } else { 2.0 * (1.0 - cos) / sin }
    }

    #[inline]
    fn inverse(squared: f64) -> (f64, f64) {
        let scale = 1.0 / (4.0 + squared);
        ((4.0 - squared) * scale, 4.0 * scale)
    }
}
