//! Map projections of the sphere onto a plane, and the view that turns, flips and frames them.
//!
//! A projection is one small file: its equations both ways, the region of the plane that it fills, and the outline of that region.

mod grid;
mod mollweide;
mod view;
mod wcs;

pub use grid::Grid;
pub use mollweide::Mollweide;
pub use view::{Flip, View};
pub use wcs::Wcs;

use crate::sky::UnitVector;

/// A point of the projection plane, `[x, y]`: x to the right, y up, in the projection's natural units (radii of the unit sphere).
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
    /// Extent along x.
    pub fn width(&self) -> f64 {
        self.x[1] - self.x[0]
    }

    /// Extent along y.
    pub fn height(&self) -> f64 {
        self.y[1] - self.y[0]
    }
}

/// The closed boundary of the region of the plane that holds the sky.
#[derive(Clone, PartialEq, Debug)]
pub enum Outline {
    /// An ellipse with axes along x and y.
    Ellipse {
        /// Centre of the ellipse.
        center: Point,
        /// Half axes along x and y.
        radii: Point,
    },
    /// The whole rectangle.
    Rectangle(Bounds),
    /// A closed polygon, first point not repeated.
    Polygon(Vec<Point>),
    /// Disjoint regions, such as two hemispheres side by side.
    Several(Vec<Outline>),
}

/// How the sphere is laid out on a plane.
///
/// Longitude grows with x here; the view turns the picture so that east is left. The centre of the projection is (lon 0, lat 0).
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

    /// The smallest rectangle around the sky.
    fn bounds(&self) -> Bounds;

    /// The boundary of the sky.
    fn outline(&self) -> Outline;

    /// The three-letter code of FITS WCS (Calabretta & Greisen 2002) and the factor from plane units to degrees of its native
    /// coordinates along x and y; nothing where FITS has no such projection.
    fn wcs(&self) -> Option<(&'static str, [f64; 2])>;
}
