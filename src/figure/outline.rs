//! The sky's outline on the page.

use crate::draw::{Path, Point, Rect};
use crate::projection::{Bounds, Outline};

/// Corners of the polygon that stands for an ellipse where only its reach matters.
const CORNERS: usize = 180;

/// Maps the projection plane to the page: `extent` is what `rect` shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Placement {
    /// The part of the plane that is shown, to the outer edges of its pixels.
    pub extent: Bounds,
    /// Where it is on the page.
    pub rect: Rect,
}

impl Placement {
    /// The place on the page of a point of the plane.
    pub fn to_page(&self, point: Point) -> Point {
        let (extent, rect) = (&self.extent, &self.rect);
        let right = (point[0] - extent.x[0]) / extent.width();
        let up = (point[1] - extent.y[0]) / extent.height();
        [rect.x + right * rect.width, rect.bottom() - up * rect.height]
    }

    /// The path of an outline on the page.
    pub fn path(&self, outline: &Outline) -> Path {
        match outline {
            Outline::Ellipse { center, radii } => {
                let center = self.to_page(*center);
                let scale = [
                    self.rect.width / self.extent.width(),
                    self.rect.height / self.extent.height(),
                ];
                Path::ellipse(center, [radii[0] * scale[0], radii[1] * scale[1]])
            }
            Outline::Rectangle(bounds) => {
                let [left, bottom] = self.to_page([bounds.x[0], bounds.y[0]]);
                let [right, top] = self.to_page([bounds.x[1], bounds.y[1]]);
                Path::rectangle(Rect::new(left, top, right - left, bottom - top))
            }
            Outline::Polygon(points) => {
                let points: Vec<Point> = points.iter().map(|&p| self.to_page(p)).collect();
                Path::polygon(&points)
            }
            Outline::Several(outlines) => {
                let mut path = Path::new();
                for outline in outlines {
                    path.extend(self.path(outline));
                }
                path
            }
        }
    }

    /// The width that an outline leaves free in the upper corners of the rectangle, for something
    /// that reaches `depth` points down from its top: on the left and on the right, in points.
    pub(super) fn free_corners(&self, outline: &Outline, depth: f64) -> [f64; 2] {
        let limit = self.rect.y + depth;
        let (mut left, mut right) = (self.rect.right(), self.rect.x);
        let mut reach = |point: Point| {
            left = left.min(point[0]);
            right = right.max(point[0]);
        };
        for ring in self.rings(outline) {
            let next = ring.iter().cycle().skip(1);
            for (&a, &b) in ring.iter().zip(next) {
                if a[1] <= limit {
                    reach(a);
                }
                if (a[1] <= limit) != (b[1] <= limit) {
                    let part = (limit - a[1]) / (b[1] - a[1]);
                    reach([a[0] + part * (b[0] - a[0]), limit]);
                }
            }
        }
        [(left - self.rect.x).max(0.0), (self.rect.right() - right).max(0.0)]
    }

    /// The outline's parts as closed polygons on the page.
    pub(super) fn rings(&self, outline: &Outline) -> Vec<Vec<Point>> {
        let points: Vec<Point> = match outline {
            Outline::Ellipse { center, radii } => (0..CORNERS)
                .map(|i| {
                    let (sin, cos) = (i as f64 / CORNERS as f64 * std::f64::consts::TAU).sin_cos();
                    [center[0] + radii[0] * cos, center[1] + radii[1] * sin]
                })
                .collect(),
            Outline::Rectangle(Bounds { x, y }) => {
                vec![[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]]
            }
            Outline::Polygon(points) => points.clone(),
            Outline::Several(parts) => return parts.iter().flat_map(|p| self.rings(p)).collect(),
        };
        vec![points.into_iter().map(|p| self.to_page(p)).collect()]
    }
}

/// Whether all of a line is nearer than so much to the border of these polygons.
pub(super) fn runs_along(rings: &[Vec<Point>], line: &[Point], distance: f64) -> bool {
    let sides = || rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
    let is_near = |p: &Point| sides().any(|(a, b)| from_segment(*p, *a, *b) < distance);
    line.iter().all(is_near)
}

/// The distance of a point from the straight line between two others.
fn from_segment(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy);
    let part = if along.is_nan() { 0.0 } else { along.clamp(0.0, 1.0) };
    (p[0] - a[0] - part * dx).hypot(p[1] - a[1] - part * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANE: Bounds = Bounds { x: [-2.0, 2.0], y: [-1.0, 1.0] };

    #[test]
    fn lines_along_a_border_are_told_from_those_that_end_there() {
        let square = [vec![[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]];
        assert!(runs_along(&square, &[[0.1, 0.0], [0.1, 5.0], [0.0, 9.0], [4.0, 8.9]], 0.3));
        assert!(!runs_along(&square, &[[0.1, 0.0], [4.0, 5.0], [0.0, 9.0]], 0.3));
        assert!(!runs_along(&square, &[[-1.0, 5.0]], 0.3));
    }

    fn placement() -> Placement {
        Placement { extent: PLANE, rect: Rect::new(10.0, 20.0, 400.0, 200.0) }
    }

    #[test]
    fn up_in_the_plane_is_up_on_the_page() {
        assert_eq!(placement().to_page([-2.0, 1.0]), [10.0, 20.0]);
        assert_eq!(placement().to_page([2.0, -1.0]), [410.0, 220.0]);
    }

    #[test]
    fn an_ellipse_leaves_its_corners_free_and_a_rectangle_none() {
        let ellipse = Outline::Ellipse { center: [0.0, 0.0], radii: [2.0, 1.0] };
        let [left, right] = placement().free_corners(&ellipse, 20.0);
        // At 0.8 of the height the ellipse is at 0.6 of its half width.
        assert!((left - 80.0).abs() < 0.5 && (right - left).abs() < 1e-9, "{left} {right}");
        let rectangle = Outline::Rectangle(PLANE);
        assert_eq!(placement().free_corners(&rectangle, 20.0), [0.0, 0.0]);
    }
}
