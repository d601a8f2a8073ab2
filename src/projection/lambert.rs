//! Lambert's azimuthal equal-area projection (Calabretta & Greisen 2002, section 5.1.8, ZEA; Snyder 1987, section 24).

use super::Radial;

/// Distance 2 sin(c / 2), for c the angle from the centre; the sky fills the disc of radius 2, a hemisphere that of radius sqrt 2.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Lambert;

impl Radial for Lambert {
    const NAME: &'static str = "lambert";
    const CODE: &'static str = "ZEA";
    const SQUARED_REACH: [f64; 2] = [2.0, 4.0];
    const FRONT_ONLY: bool = false;

    fn distance(cos: f64, sin: f64) -> f64 {
        // The same on either side, without cancellation.
        if cos > 0.0 { sin * (2.0 / (1.0 + cos)).sqrt() } else { (2.0 * (1.0 - cos)).sqrt() }
    }

    #[inline]
    fn inverse(squared: f64) -> (f64, f64) {
        (1.0 - squared / 2.0, (1.0 - squared / 4.0).sqrt())
    }
}
