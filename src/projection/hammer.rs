//! The Hammer equal-area projection: the whole sky in a 2:1 ellipse with curved parallels. FITS calls it Hammer-Aitoff (Calabretta &
//! Greisen 2002, section 5.3.4, AIT; Snyder 1987, section 24).

use std::f64::consts::SQRT_2;

use super::aitoff::{double, halved};
use super::{Bounds, Lambert, Outline, Point, Projection, Radial, Reference};
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
        let half = halved(v);
        let sin = half.y.hypot(half.z);
        let scale = if sin > 0.0 { Lambert::distance(half.x, sin) / sin } else { 1.0 };
        Some([2.0 * scale * half.y, scale * half.z])
    }

    #[inline]
    fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        let squared = x * x / 4.0 + y * y;
        if squared > 2.0 {
            return None;
        }
        let (cos, scale) = Lambert::inverse(squared);
        Some(double(UnitVector::new(cos, scale * x / 2.0, scale * y)))
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
