//! The Hammer equal-area projection: the whole sky in a 2:1 ellipse with curved parallels. FITS calls it Hammer-Aitoff (Calabretta &
//! Greisen 2002, section 5.3.4, AIT; Snyder 1987, section 24).

use std::f64::consts::SQRT_2;

use super::{Bounds, Lambert, Outline, Point, Projection, Reference, aitoff};
use crate::sky::UnitVector;

/// Lambert's equal-area projection of the sky with all longitudes halved, stretched to twice its width: x in [-2 sqrt 2, 2 sqrt 2],
/// y in [-sqrt 2, sqrt 2].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Hammer;

impl Projection for Hammer {
    fn name(&self) -> &'static str {
        "hammer"
    }

    fn forward(&self, v: UnitVector) -> Option<Point> {
        Some(aitoff::forward::<Lambert>(v))
    }

    #[inline]
    fn inverse(&self, point: Point) -> Option<UnitVector> {
        aitoff::inverse::<Lambert>(point)
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(2.0 * SQRT_2, SQRT_2)
    }

    fn outline(&self) -> Outline {
        Outline::ellipse([0.0, 0.0], [2.0 * SQRT_2, SQRT_2])
    }

    fn wcs(&self) -> Option<(&'static str, Reference)> {
        Some(("AIT", Reference::Equator))
    }
}
