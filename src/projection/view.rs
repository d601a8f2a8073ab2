//! The view: a projection, the frame change and rotation before it, and which way east points.

use super::{Grid, Point, Projection};
use crate::sky::{Frame, LonLat, Rotation, UnitVector};

/// Which way longitude grows in the picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flip {
    /// East is left, as the sky is seen from inside.
    #[default]
    Astro,
    /// East is right, as on maps of the Earth.
    Geo,
}

/// What the picture shows: directions of the map's frame go through a rotation into the projection, and are flipped.
pub struct View {
    projection: Box<dyn Projection>,
    to_view: Rotation,
    from_view: Rotation,
    flip: Flip,
    frame: Frame,
    center: LonLat,
    centering: Rotation,
}

impl View {
    /// A view of a map given in frame `from`, drawn in frame `to`, with `center` (of frame `to`) in the middle and turned by `roll`
    /// radians about it: frame change first, then the rotation, as healpy does.
    pub fn new(
        projection: Box<dyn Projection>,
        frames: (Frame, Frame),
        center: LonLat,
        roll: f64,
        flip: Flip,
    ) -> View {
        let centering = Rotation::centering(center, roll);
        let to_view = centering * Rotation::between(frames.0, frames.1);
        let from_view = to_view.inverse();
        View { projection, to_view, from_view, flip, frame: frames.1, center, centering }
    }

    /// The projection in use.
    pub fn projection(&self) -> &dyn Projection {
        self.projection.as_ref()
    }

    /// Which way east points.
    pub fn flip(&self) -> Flip {
        self.flip
    }

    /// The frame that the picture is drawn in.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// The point in the middle, in the picture's frame.
    pub fn center(&self) -> LonLat {
        self.center
    }

    /// The rotation from the picture's frame to the projection's own coordinates.
    pub fn centering(&self) -> Rotation {
        self.centering
    }

    /// Where a direction of the map's frame appears in the picture's plane.
    pub fn forward(&self, v: UnitVector) -> Option<Point> {
        self.projection.forward(self.to_view.apply(v)).map(|[x, y]| [self.sign() * x, y])
    }

    /// The direction, in the map's frame, that a point of the picture's plane shows.
    pub fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        self.projection.inverse([self.sign() * x, y]).map(|v| self.from_view.apply(v))
    }

    /// `inverse` along a row. `x` is scratch space on return.
    pub fn inverse_row(&self, y: f64, x: &mut [f64], out: &mut Vec<Option<UnitVector>>) {
        if self.flip == Flip::Astro {
            x.iter_mut().for_each(|x| *x = -*x);
        }
        self.projection.inverse_row(y, x, out);
        if self.from_view != Rotation::IDENTITY {
            for v in out.iter_mut().flatten() {
                *v = self.from_view.apply(*v);
            }
        }
    }

    /// The direction in the centre of each pixel of a row of the grid.
    pub fn pixel_row(&self, grid: &Grid, row: usize, out: &mut Vec<Option<UnitVector>>) {
        let mut x: Vec<f64> = (0..grid.width).map(|i| grid.x(i as f64)).collect();
        self.inverse_row(grid.y(row as f64), &mut x, out);
    }

    fn sign(&self) -> f64 {
        match self.flip {
            Flip::Astro => -1.0,
            Flip::Geo => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mollweide;
    use super::*;

    fn view(flip: Flip) -> View {
        let frames = (Frame::Galactic, Frame::Equatorial);
        let center = LonLat::from_degrees(120.0, 30.0);
        View::new(Box::new(Mollweide), frames, center, 0.3, flip)
    }

    #[test]
    fn east_is_left_unless_flipped() {
        let plain = |flip| {
            let frames = (Frame::Galactic, Frame::Galactic);
            View::new(Box::new(Mollweide), frames, LonLat { lon: 0.0, lat: 0.0 }, 0.0, flip)
        };
        let east: UnitVector = LonLat::from_degrees(20.0, 0.0).into();
        assert!(plain(Flip::Astro).forward(east).unwrap()[0] < 0.0);
        assert!(plain(Flip::Geo).forward(east).unwrap()[0] > 0.0);
    }

    #[test]
    fn rows_and_points_agree() {
        for flip in [Flip::Astro, Flip::Geo] {
            let view = view(flip);
            let columns: Vec<f64> = (0..50).map(|i| -2.1 + 0.085 * f64::from(i)).collect();
            let mut row = Vec::new();
            view.inverse_row(0.4, &mut columns.clone(), &mut row);
            for (&x, got) in columns.iter().zip(row) {
                assert_eq!(got, view.inverse([x, 0.4]));
                if let Some(v) = got {
                    let back = view.forward(v).unwrap();
                    assert!((back[0] - x).abs() < 1e-9 && (back[1] - 0.4).abs() < 1e-9);
                }
            }
        }
    }
}
