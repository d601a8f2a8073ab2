//! The Aitoff projection: the whole sky in a 2:1 ellipse, neither equal-area nor conformal (Snyder & Voxland 1989, p. 230). What FITS
//! calls AIT is Hammer's modification of it.

use std::f64::consts::{FRAC_PI_2, PI};

use super::{AzimuthalEquidistant, Bounds, Outline, Point, Projection, Radial, Reference};
use crate::sky::UnitVector;

/// The azimuthal equidistant projection of the sky with all longitudes halved, stretched to twice its width: x in [-pi, pi],
/// y in [-pi / 2, pi / 2].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Aitoff;

/// Where the projection of all longitudes halved, stretched to twice its width, puts a direction.
pub fn forward<R: Radial>(v: UnitVector) -> Point {
    let half = halved(v);
    let sin = half.y.hypot(half.z);
    let scale = if sin > 0.0 { R::distance(half.x, sin) / sin } else { 1.0 };
    [2.0 * scale * half.y, scale * half.z]
}

/// The direction that it puts there; nothing beyond the sky.
#[inline]
pub fn inverse<R: Radial>([x, y]: Point) -> Option<UnitVector> {
    let squared = x * x / 4.0 + y * y;
    if squared > R::SQUARED_REACH[0] {
        return None;
    }
    let (cos, scale) = R::inverse(squared);
    Some(doubled(UnitVector::new(cos, scale * x / 2.0, scale * y)))
}

/// The direction at half the longitude, which lies in the near hemisphere.
fn halved(v: UnitVector) -> UnitVector {
    let (sin, cos) = (v.y.atan2(v.x) / 2.0).sin_cos();
    let radius = v.x.hypot(v.y);
    UnitVector::new(radius * cos, radius * sin, v.z)
}

/// The direction at twice the longitude.
#[inline]
fn doubled(v: UnitVector) -> UnitVector {
    let squared = v.x * v.x + v.y * v.y;
    if squared == 0.0 {
        return v;
    }
    let scale = 1.0 / squared.sqrt();
    UnitVector::new((v.x * v.x - v.y * v.y) * scale, 2.0 * v.x * v.y * scale, v.z)
}

impl Projection for Aitoff {
    fn name(&self) -> &'static str {
        "aitoff"
    }

    fn forward(&self, v: UnitVector) -> Option<Point> {
        Some(forward::<AzimuthalEquidistant>(v))
    }

    #[inline]
    fn inverse(&self, point: Point) -> Option<UnitVector> {
        inverse::<AzimuthalEquidistant>(point)
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(PI, FRAC_PI_2)
    }

    fn outline(&self) -> Outline {
        Outline::ellipse([0.0, 0.0], [PI, FRAC_PI_2])
    }

    fn wcs(&self) -> Option<(&'static str, Reference)> {
        None
    }
}
