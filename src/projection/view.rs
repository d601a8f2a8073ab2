//! The view: a projection, the frame change and rotation before it, and which way east points.

use super::{Bounds, Field, Grid, Outline, Point, Projection};
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
    field: Field,
}

/// All that makes a view show what it shows: two that have it in common show every map alike.
#[derive(Clone, PartialEq, Debug)]
pub struct Identity {
    projection: &'static str,
    bounds: Bounds,
    in_two_pieces: bool,
    from_map: Rotation,
    flip: Flip,
    field: Field,
}

/// Directions looked at along each side of a picture to learn how large its pixels are on the sky.
const PROBES: usize = 32;
/// The part of a picture's pixels, from the smallest on the sky, that may be smaller than what the map is prepared for.
const FINEST_PART: f64 = 0.3;

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
        let (frame, field) = (frames.1, Field::Whole);
        View { projection, to_view, from_view, flip, frame, center, centering, field }
    }

    /// Shows this field in place of all that the projection shows.
    #[must_use]
    pub fn showing(mut self, field: Field) -> View {
        self.field = field;
        if let Field::Extent { lon: [west, east], .. } = field
            && west + east != 0.0
        {
            // The middle of the range becomes the middle of the projection, so that its far edge is never in the way.
            let shift = LonLat { lon: (west + east) / 2.0, lat: 0.0 };
            let turn = Rotation::centering(shift, 0.0);
            self.centering = turn * self.centering;
            self.to_view = turn * self.to_view;
            self.from_view = self.to_view.inverse();
            self.center = self.centering.inverse().apply(UnitVector::new(1.0, 0.0, 0.0)).into();
        }
        self
    }

    /// What tells the view from others.
    pub fn identity(&self) -> Identity {
        Identity {
            projection: self.projection.name(),
            bounds: self.projection.bounds(),
            in_two_pieces: self.projection.in_two_pieces(),
            from_map: self.to_view,
            flip: self.flip,
            field: self.field,
        }
    }

    /// The projection in use.
    pub fn projection(&self) -> &dyn Projection {
        self.projection.as_ref()
    }

    /// How much of the projection is shown.
    pub fn field(&self) -> Field {
        self.field
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

    /// The rotation from the map's frame to the projection's own coordinates.
    pub fn from_map(&self) -> Rotation {
        self.to_view
    }

    /// The rectangle of the plane that a picture of this view shows if it is `width` pixels wide: a figure's sky, without blank sides.
    pub fn bounds(&self, width: usize) -> Bounds {
        let natural = self.projection.bounds();
        let square = |side: f64| Bounds::around(side / 2.0, side / 2.0);
        let radius = self.projection.radius();
        match self.field {
            Field::Whole => Bounds { x: self.mirrored(natural.x), y: natural.y },
            Field::Angle(angle) => square(angle * radius),
            Field::Rectangle([x, y]) => Bounds::around(x * radius / 2.0, y * radius / 2.0),
            Field::Resolution(angle) => square(angle * width as f64 * radius),
            Field::Extent { lon: [west, east], lat: [south, north] } => {
                let at = |lon: f64, lat: f64| self.projection.forward(LonLat { lon, lat }.into());
                let half = at((east - west) / 2.0, 0.0).map_or(natural.x[1], |[x, _]| x.abs());
                let low = at(0.0, south).map_or(natural.y[0], |[_, y]| y);
                let high = at(0.0, north).map_or(natural.y[1], |[_, y]| y);
                Bounds { x: [-half, half], y: [low, high] }
            }
        }
    }

    /// The grid of an array of this width, as healpy lays it out. Whole-sky projections have half as many rows, with the outermost pixel
    /// centres on the edges of the sky and blank sides where the sky is not twice as wide as high; hemispheres, discs and squares have as
    /// many rows as columns, fields of a given size or resolution with pixels that fill them; ranges of longitude and latitude have pixel
    /// centres on their edges.
    pub fn array_grid(&self, width: usize) -> Grid {
        let bounds = self.bounds(width);
        match self.field {
            Field::Whole if bounds.width() > 1.5 * bounds.height() => {
                let half = [bounds.width() / 2.0, bounds.height() / 2.0];
                let high = half[1].max(half[0] / 2.0);
                Grid::spanning(Bounds::around(2.0 * high, high), width, (width / 2).max(1))
            }
            Field::Extent { .. } => {
                Grid::spanning(bounds, width, rows(width, bounds.height() / bounds.width()))
            }
            Field::Rectangle([x, y]) => self.picture_grid(&bounds, width, rows(width, y / x)),
            _ => self.picture_grid(&bounds, width, width),
        }
    }

    /// The grid of a picture of `bounds`: sky that fills them is filled with pixels; the sky's own shape has the outermost pixel centres on
    /// its edges, and is cut to its outline when it is drawn.
    pub fn picture_grid(&self, bounds: &Bounds, width: usize, height: usize) -> Grid {
        let cut = self.field == Field::Whole && self.outline(bounds) != Outline::Rectangle(*bounds);
        let grid = if cut { Grid::spanning } else { Grid::covering };
        grid(*bounds, width, height)
    }

    /// The boundary, in the picture's plane, of the sky that a frame shows.
    pub fn outline(&self, frame: &Bounds) -> Outline {
        let outline = self.projection.outline();
        let seen = if self.flip == Flip::Astro { outline.mirrored() } else { outline };
        seen.clipped(frame)
    }

    /// The solid angle in steradians of a small picture pixel: seven in ten are larger.
    pub fn fine_pixel(&self, grid: &Grid) -> f64 {
        let probe = |k: usize| {
            let part = |k: usize, n: usize| (k as f64 + 0.5) / PROBES as f64 * n as f64 - 0.5;
            let (x, y) =
                (grid.x(part(k % PROBES, grid.width)), grid.y(part(k / PROBES, grid.height)));
            let center = self.inverse([x, y])?;
            let right = self.inverse([x + grid.step[0], y])?;
            let up = self.inverse([x, y + grid.step[1]])?;
            Some(parallelogram(center, right, up))
        };
        let mut areas: Vec<f64> = (0..PROBES * PROBES).filter_map(probe).collect();
        areas.sort_by(f64::total_cmp);
        let radius = self.projection.radius();
        let plane = grid.step[0] * grid.step[1] / (radius * radius);
        areas.get((areas.len() as f64 * FINEST_PART) as usize).copied().unwrap_or(plane)
    }

    /// Where a direction of the map's frame appears in the picture's plane.
    pub fn forward(&self, v: UnitVector) -> Option<Point> {
        self.projection.forward(self.to_view.apply(v)).map(|[x, y]| [self.east() * x, y])
    }

    /// The direction, in the map's frame, that a point of the picture's plane shows.
    pub fn inverse(&self, [x, y]: Point) -> Option<UnitVector> {
        self.native([x, y]).map(|v| self.from_view.apply(v))
    }

    /// The direction, in the projection's own coordinates, that a point of the picture's plane shows.
    pub fn native(&self, [x, y]: Point) -> Option<UnitVector> {
        self.projection.inverse([self.east() * x, y])
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
        // Four pixels meet in the north pole: healpy takes the first, while rounding in the south leaves each longitude its own.
        for v in out.iter_mut().flatten().filter(|v| v.z > 0.0 && v.x.hypot(v.y) < 1e-15) {
            *v = UnitVector::new(0.0, 0.0, 1.0);
        }
    }

    fn mirrored(&self, [left, right]: [f64; 2]) -> [f64; 2] {
        match self.flip {
            Flip::Astro => [-right, -left],
            Flip::Geo => [left, right],
        }
    }

    /// 1 where longitude grows to the right, -1 where it grows to the left.
    pub(super) fn east(&self) -> f64 {
        match self.flip {
            Flip::Astro => -1.0,
            Flip::Geo => 1.0,
        }
    }
}

/// The rows of an array of so many columns and this height in terms of its width, as healpy rounds them: halves, which radians miss by
/// little, to the even number.
fn rows(columns: usize, ratio: f64) -> usize {
    const SLACK: f64 = 1e-9;
    let exact = columns as f64 * ratio;
    let half = (2.0 * exact).round() / 2.0;
    let exact = if (exact - half).abs() < SLACK * exact { half } else { exact };
    (exact.round_ties_even() as usize).max(1)
}

/// The area of the small parallelogram that has a corner at `a` and sides to `b` and `c`.
fn parallelogram(a: UnitVector, b: UnitVector, c: UnitVector) -> f64 {
    let [p, q] = [b, c].map(|v| [v.x - a.x, v.y - a.y, v.z - a.z]);
    let cross = [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
    cross.iter().map(|c| c * c).sum::<f64>().sqrt()
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
    fn halves_of_rows_become_even_numbers() {
        for ratio in [0.5, 0.5 + f64::EPSILON, 0.5 - f64::EPSILON] {
            assert_eq!([301, 302, 303].map(|width| rows(width, ratio)), [150, 151, 152]);
        }
        assert_eq!((rows(100, 0.301), rows(3, 0.01)), (30, 1));
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
