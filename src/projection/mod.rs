//! Map projections of the sphere onto a plane, and the view that turns, flips and frames them.
//!
//! A projection is one small file: its equations both ways, the region of the plane that it fills, and the outline of that region.
//! Those that differ in a formula only share the rest: `zenithal` for the ones that look straight down on a point, `cylindrical` for
//! the ones with straight parallels.

mod aitoff;
mod azimuthal_equidistant;
mod cartesian;
mod curve;
mod cylindrical;
mod eckert4;
mod equal_earth;
mod field;
mod footprint;
mod gnomonic;
mod grid;
mod hammer;
mod hemispheres;
mod kind;
mod lambert;
mod mcbryde;
mod mercator;
mod mollweide;
mod orthographic;
mod outline;
mod robinson;
mod root;
mod sinusoidal;
mod stereographic;
#[cfg(test)]
mod tests;
mod view;
mod wcs;
mod zenithal;

pub use aitoff::Aitoff;
pub use azimuthal_equidistant::AzimuthalEquidistant;
pub use cartesian::Cartesian;
pub use curve::Curve;
pub use cylindrical::{Cylindrical, Parallel, Parallels, Row};
pub use eckert4::Eckert4;
pub use equal_earth::EqualEarth;
pub use field::Field;
pub use footprint::{bounding_cap, framing, in_sight};
pub use gnomonic::Gnomonic;
pub use grid::Grid;
pub use hammer::Hammer;
pub use hemispheres::Hemispheres;
pub use kind::Kind;
pub use lambert::Lambert;
pub use mcbryde::McBryde;
pub use mercator::Mercator;
pub use mollweide::Mollweide;
pub use orthographic::Orthographic;
pub use outline::Outline;
pub use robinson::Robinson;
pub use sinusoidal::Sinusoidal;
pub use stereographic::Stereographic;
pub use view::{Flip, Identity, View};
pub use wcs::Wcs;
pub use zenithal::{Radial, Zenithal};

use crate::sky::UnitVector;

/// A point of the projection plane, `[x, y]`: x to the right, y up, in the projection's natural units.
pub type Point = [f64; 2];

/// A rectangle of the projection plane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bounds {
    /// Left and right end.
    pub x: [f64; 2],
    /// Lower and upper end.
    pub y: [f64; 2],
}

impl Bounds {
    /// The rectangle around the origin that reaches this far in x and y.
    pub const fn around(x: f64, y: f64) -> Bounds {
        Bounds { x: [-x, x], y: [-y, y] }
    }

    /// Extent along x.
    pub fn width(&self) -> f64 {
        self.x[1] - self.x[0]
    }

    /// Extent along y.
    pub fn height(&self) -> f64 {
        self.y[1] - self.y[0]
    }

    /// The four corners, counterclockwise from the lower left.
    pub fn corners(&self) -> [Point; 4] {
        let ([left, right], [low, high]) = (self.x, self.y);
        [[left, low], [right, low], [right, high], [left, high]]
    }

    /// Whether a point lies inside or on an edge.
    pub fn contains(&self, [x, y]: Point) -> bool {
        self.x[0] <= x && x <= self.x[1] && self.y[0] <= y && y <= self.y[1]
    }
}

/// The point of a projection that FITS WCS takes for its reference point (Calabretta & Greisen 2002, section 2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reference {
    /// Native longitude and latitude 0: cylindrical and whole-sky projections.
    Equator,
    /// The native pole: zenithal projections.
    Pole,
}

/// How the sphere is laid out on a plane.
///
/// Longitude grows with x here; the view turns the picture so that east is left. The centre of the projection is (lon 0, lat 0), at the
/// origin of the plane unless the projection says otherwise.
pub trait Projection: Send + Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// Where a direction lands, or nothing where the projection cannot show it.
    fn forward(&self, v: UnitVector) -> Option<Point>;

    /// The direction shown at a point, or nothing where the plane is empty.
    fn inverse(&self, p: Point) -> Option<UnitVector>;

    /// `inverse` along a horizontal line of the plane: projections override it where part of the work is the same for a whole row.
    fn inverse_row(&self, y: f64, x: &[f64], out: &mut Vec<Option<UnitVector>>) {
        out.clear();
        out.extend(x.iter().map(|&x| self.inverse([x, y])));
    }

    /// The rectangle that is shown when no field is asked for: the smallest around the sky where the sky fills a finite region.
    fn bounds(&self) -> Bounds;

    /// The boundary of the sky; rectangles may reach to infinity where the sky does.
    fn outline(&self) -> Outline;

    /// The radius of the projected sphere: plane units for each radian at the centre.
    fn radius(&self) -> f64 {
        1.0
    }

    /// Whether what lies left and right of x = 0 are separate pictures.
    fn in_two_pieces(&self) -> bool {
        false
    }

    /// The three-letter code of FITS WCS (Calabretta & Greisen 2002) and its reference point; nothing where FITS has no such projection.
    fn wcs(&self) -> Option<(&'static str, Reference)>;
}
