//! Both hemispheres of a zenithal projection side by side.

use super::{Bounds, Outline, Point, Projection, Radial, Reference, Zenithal};
use crate::sky::UnitVector;

/// Two discs that touch in the origin: one shows the hemisphere about the centre, the other that about the antipode, north up in both.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hemispheres<R> {
    disc: Zenithal<R>,
    /// Centre of the near hemisphere's disc along x: plus or minus the radius of the discs.
    near: f64,
}

impl<R: Radial> Hemispheres<R> {
    /// The pair whose near hemisphere has its disc at positive x if `near_right`, else at negative x.
    pub fn new(near_right: bool) -> Self {
        let radius = R::SQUARED_REACH[0].sqrt();
        Hemispheres {
            disc: Zenithal::hemisphere(),
            near: if near_right { radius } else { -radius },
        }
    }

    fn disc_outline(&self, x: f64) -> Outline {
        Outline::ellipse([x, 0.0], [self.near.abs(); 2])
    }
}

/// Half a turn about the poles' axis: exchanges the hemispheres.
fn opposite(v: UnitVector) -> UnitVector {
    UnitVector::new(-v.x, -v.y, v.z)
}

impl<R: Radial> Projection for Hemispheres<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn forward(&self, v: UnitVector) -> Option<Point> {
        let (v, center) = if v.x >= 0.0 { (v, self.near) } else { (opposite(v), -self.near) };
        self.disc.forward(v).map(|[x, y]| [x + center, y])
    }

    #[inline]
    fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        if x * self.near >= 0.0 {
            self.disc.inverse([x - self.near, y])
        } else {
            self.disc.inverse([x + self.near, y]).map(opposite)
        }
    }

    fn bounds(&self) -> Bounds {
        let radius = self.near.abs();
        Bounds::around(2.0 * radius, radius)
    }

    fn outline(&self) -> Outline {
        Outline::Several(vec![self.disc_outline(self.near), self.disc_outline(-self.near)])
    }

    fn in_two_pieces(&self) -> bool {
        true
    }

    fn wcs(&self) -> Option<(&'static str, Reference)> {
        None
    }
}
