//! The Mollweide equal-area projection: the whole sky in a 2:1 ellipse (Calabretta & Greisen 2002, section 5.3.3; Snyder 1987, section 31).

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, PI};

use super::{Bounds, Outline, Point, Projection, Reference};
use crate::sky::UnitVector;

/// x = (2 / pi) lon cos(gamma), y = sin(gamma), with 2 gamma + sin(2 gamma) = pi sin(lat): x in [-2, 2], y in [-1, 1].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Mollweide;

impl Mollweide {
    /// Solves 2 gamma + sin(2 gamma) = pi z.
    fn gamma(z: f64) -> f64 {
        let target = PI * z.abs();
        // Near the poles the equation is flat and Newton's method slow: start from its cubic expansion there.
        let mut gamma =
            if target > 2.9 { FRAC_PI_2 - (0.75 * (PI - target)).cbrt() } else { target / 4.0 };
        for _ in 0..60 {
            let (sin, cos) = (2.0 * gamma).sin_cos();
            let slope = 2.0 * (1.0 + cos);
            let step = (2.0 * gamma + sin - target) / slope;
            if slope < 1e-15 || !step.is_finite() {
                break;
            }
            gamma = (gamma - step).clamp(0.0, FRAC_PI_2);
            if step.abs() < 1e-15 {
                break;
            }
        }
        gamma.copysign(z)
    }
}

/// What all points of a row share: the height of the sphere, its distance from the axis, and longitude a unit of x.
struct Row {
    z: f64,
    radius: f64,
    half_width: f64,
}

impl Row {
    fn at(y: f64) -> Option<Row> {
        let cos_squared = 1.0 - y * y;
        if cos_squared < 0.0 {
            return None;
        }
        let cos = cos_squared.sqrt();
        let z = (2.0 * y.asin() + 2.0 * y * cos) / PI;
        Some(Row { z, radius: (1.0 - z * z).max(0.0).sqrt(), half_width: 2.0 * cos })
    }

    #[inline]
    fn direction(&self, x: f64) -> Option<UnitVector> {
        if x.abs() > self.half_width {
            return None;
        }
        let lon = if self.half_width > 0.0 { PI * x / self.half_width } else { 0.0 };
        let (sin, cos) = lon.sin_cos();
        Some(UnitVector::new(self.radius * cos, self.radius * sin, self.z))
    }
}

impl Projection for Mollweide {
    fn name(&self) -> &'static str {
        "mollweide"
    }

    fn forward(&self, v: UnitVector) -> Option<Point> {
        let lon = v.y.atan2(v.x);
        let (sin, cos) = Mollweide::gamma(v.z.clamp(-1.0, 1.0)).sin_cos();
        Some([2.0 / PI * lon * cos, sin])
    }

    fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        // The condition as healpy evaluates it, so that both agree on every pixel of the rim.
        if x * x / 4.0 + y * y > 1.0 {
            return None;
        }
        Row::at(y).and_then(|row| row.direction(x.clamp(-row.half_width, row.half_width)))
    }

    fn inverse_row(&self, y: f64, x: &[f64], out: &mut Vec<Option<UnitVector>>) {
        out.clear();
        let Some(row) = Row::at(y) else {
            out.resize(x.len(), None);
            return;
        };
        out.extend(x.iter().map(|&x| {
            if x * x / 4.0 + y * y > 1.0 {
                return None;
            }
            row.direction(x.clamp(-row.half_width, row.half_width))
        }));
    }

    fn bounds(&self) -> Bounds {
        Bounds { x: [-2.0, 2.0], y: [-1.0, 1.0] }
    }

    fn outline(&self) -> Outline {
        Outline::Ellipse { center: [0.0, 0.0], radii: [2.0, 1.0] }
    }

    fn radius(&self) -> f64 {
        FRAC_1_SQRT_2
    }

    fn wcs(&self) -> Option<(&'static str, Reference)> {
        Some(("MOL", Reference::Equator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sky::LonLat;
    use proptest::prelude::*;

    #[test]
    fn landmarks() {
        let at =
            |lon: f64, lat: f64| Mollweide.forward(LonLat::from_degrees(lon, lat).into()).unwrap();
        let near = |a: Point, b: Point| (a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9;
        assert!(near(at(0.0, 0.0), [0.0, 0.0]));
        assert!(near(at(90.0, 0.0), [1.0, 0.0]));
        assert!(near(at(0.0, 90.0), [0.0, 1.0]));
        // Half of the northern hemisphere's area lies below 30 degrees.
        let y = at(0.0, 30.0)[1];
        assert!((2.0 * y.asin() + 2.0 * y * (1.0 - y * y).sqrt() - PI / 2.0).abs() < 1e-12);
        assert!(Mollweide.inverse([1.99, 0.2]).is_none());
        assert!(LonLat::from(Mollweide.inverse([-1.0, 0.0]).unwrap()).lon > PI);
    }

    proptest! {
        #[test]
        fn inverts(lon in -PI..PI, z in -1.0f64..1.0) {
            let v = UnitVector::from(LonLat { lon, lat: z.asin() });
            let p = Mollweide.forward(v).unwrap();
            let back = Mollweide.inverse(p).unwrap();
            prop_assert!(back.angle_to(v) < 1e-7, "{}", back.angle_to(v));
            if z.abs() < 0.999 {
                prop_assert!(back.angle_to(v) < 1e-10);
            }
        }
    }
}
