//! The orthographic projection: a globe seen from far away (Calabretta & Greisen 2002, section 5.1.5, SIN; Snyder 1987, section 20).

use super::Radial;

/// Distance sin(c), for c the angle from the centre; a hemisphere fills the unit disc.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Orthographic;

impl Radial for Orthographic {
    const NAME: &'static str = "orthographic";
    const CODE: &'static str = "SIN";
    const SQUARED_REACH: [f64; 2] = [1.0; 2];
    const FRONT_ONLY: bool = true;

    fn distance(_cos: f64, sin: f64) -> f64 {
        sin
    }

    #[inline]
    fn inverse(squared: f64) -> (f64, f64) {
        ((1.0 - squared).sqrt(), 1.0)
    }
}
