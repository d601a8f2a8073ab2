//! What zenithal projections share: a plane that looks straight at the centre, where directions keep their bearing and only the distance
//! from the centre differs from one projection to the next (Calabretta & Greisen 2002, section 5.1; Snyder 1987, chapters 20 to 25).

use super::{Bounds, Outline, Point, Projection, Reference};
use crate::sky::UnitVector;

/// The law of distances of a zenithal projection.
pub trait Radial: Copy + Send + Sync {
    /// The name on the command line.
    const NAME: &'static str;
    /// The code of FITS WCS.
    const CODE: &'static str;
    /// The square of the distance at which the hemisphere ends, and of that at which the sky does.
    const SQUARED_REACH: [f64; 2];
    /// Whether the far hemisphere cannot be shown at all.
    const FRONT_ONLY: bool;

    /// The distance from the centre in the plane, by the cosine and the sine of that on the sphere.
    fn distance(cos: f64, sin: f64) -> f64;

    /// Takes the square of the distance from the centre in the plane; gives the cosine of the angular distance, and its sine divided by the
    /// distance in the plane.
    fn inverse(squared: f64) -> (f64, f64);
}

/// A zenithal projection, of the sky or of the hemisphere about its centre.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Zenithal<R> {
    law: std::marker::PhantomData<R>,
    hemisphere: bool,
    /// Half the side of the square that is shown by default.
    half_width: f64,
}

impl<R: Radial> Zenithal<R> {
    /// All of the sky that the projection can show.
    pub fn sky() -> Self {
        Zenithal::new(false, R::SQUARED_REACH[1].sqrt())
    }

    /// The hemisphere about the centre.
    pub fn hemisphere() -> Self {
        Zenithal::new(true, R::SQUARED_REACH[0].sqrt())
    }

    /// All of the sky that the projection can show, of which a square with this half side is shown by default.
    pub fn with_half_width(half_width: f64) -> Self {
        Zenithal::new(false, half_width)
    }

    fn new(hemisphere: bool, half_width: f64) -> Self {
        Zenithal { law: std::marker::PhantomData, hemisphere, half_width }
    }

    fn squared_reach(&self) -> f64 {
        R::SQUARED_REACH[usize::from(!self.hemisphere)]
    }
}

impl<R: Radial> Projection for Zenithal<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn forward(&self, v: UnitVector) -> Option<Point> {
        if v.x < 0.0 && (self.hemisphere || R::FRONT_ONLY) {
            return None;
        }
        let sin = v.y.hypot(v.z);
        if sin == 0.0 && v.x > 0.0 {
            return Some([0.0, 0.0]);
        }
        let distance = R::distance(v.x, sin);
        if !distance.is_finite() {
            return None;
        }
        // The antipode has no bearing of its own: it is the whole rim.
        Some(if sin == 0.0 {
            [distance, 0.0]
        } else {
            [distance * v.y / sin, distance * v.z / sin]
        })
    }

    #[inline]
    fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        // Points on the rim are on the sky, whatever rounding says.
        const ROUNDING: f64 = 1e-14;
        let (squared, reach) = (x * x + y * y, self.squared_reach());
        if squared > reach * (1.0 + ROUNDING) {
            return None;
        }
        let (cos, scale) = R::inverse(squared.min(reach));
        Some(UnitVector::new(cos, scale * x, scale * y))
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(self.half_width, self.half_width)
    }

    fn outline(&self) -> Outline {
        let reach = self.squared_reach().sqrt();
        if reach.is_finite() {
            Outline::ellipse([0.0, 0.0], [reach, reach])
        } else {
            Outline::Rectangle(Bounds::around(reach, reach))
        }
    }

    fn wcs(&self) -> Option<(&'static str, Reference)> {
        Some((R::CODE, Reference::Pole))
    }
}
