//! The gnomonic projection: great circles are straight lines, seen from the sphere's centre (Calabretta & Greisen 2002, section 5.1.3,
//! TAN; Snyder 1987, section 22).

use super::Radial;

/// Distance tan(c), for c the angle from the centre; less than a hemisphere fills the plane.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Gnomonic;

impl Radial for Gnomonic {
    const NAME: &'static str = "gnomonic";
    const CODE: &'static str = "TAN";
    const SQUARED_REACH: [f64; 2] = [f64::INFINITY; 2];
    const FRONT_ONLY: bool = true;

    fn distance(cos: f64, sin: f64) -> f64 {
        sin / cos
    }

    #[inline]
    fn inverse(squared: f64) -> (f64, f64) {
        let cos = 1.0 / (1.0 + squared).sqrt();
        (cos, cos)
    }
}
