//! The boundary of the sky in the plane, and the part of it that a picture shows.

use std::f64::consts::TAU;

use super::{Bounds, Point};

/// The closed boundary of the region of the plane that holds the sky. Every single region is convex.
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

/// Corners of the polygon that stands for a whole ellipse: at least and at most.
const CORNERS: [f64; 2] = [720.0, 200_000.0];
/// Such corners along the side of a picture that shows a part of the ellipse.
const CORNERS_A_SIDE: f64 = 400.0;

impl Outline {
    /// The circle or ellipse about a point.
    pub fn ellipse(center: Point, radii: Point) -> Outline {
        Outline::Ellipse { center, radii }
    }

    /// The boundary of that part of the region which lies in a rectangle: the same shape where all of it does, the rectangle where the
    /// region covers it, an empty `Several` where the two have nothing in common.
    pub fn clipped(&self, frame: &Bounds) -> Outline {
        match self {
            Outline::Rectangle(b) => {
                let meet = |a: [f64; 2], b: [f64; 2]| [a[0].max(b[0]), a[1].min(b[1])];
                let common = Bounds { x: meet(b.x, frame.x), y: meet(b.y, frame.y) };
                let empty = common.width() <= 0.0 || common.height() <= 0.0;
                if empty { Outline::Several(Vec::new()) } else { Outline::Rectangle(common) }
            }
            Outline::Ellipse { center, radii } => {
                let inside = |p: Point| {
                    ((p[0] - center[0]) / radii[0]).hypot((p[1] - center[1]) / radii[1]) <= 1.0
                };
                if reaches(frame, center, radii) {
                    self.clone()
                } else if frame.corners().into_iter().all(inside) {
                    Outline::Rectangle(*frame)
                } else {
                    polygon(cut(ellipse_corners(*center, *radii, frame), frame))
                }
            }
            Outline::Polygon(points) => {
                let all_shown = points.iter().all(|&p| frame.contains(p));
                if all_shown {
                    self.clone()
                } else if frame.corners().into_iter().all(|p| holds(points, p)) {
                    Outline::Rectangle(*frame)
                } else {
                    polygon(cut(points.clone(), frame))
                }
            }
            Outline::Several(parts) => {
                let mut shown: Vec<Outline> = parts
                    .iter()
                    .map(|part| part.clipped(frame))
                    .filter(|part| *part != Outline::Several(Vec::new()))
                    .collect();
                if shown.len() == 1 { shown.remove(0) } else { Outline::Several(shown) }
            }
        }
    }

    /// The mirror image, left and right exchanged.
    pub fn mirrored(&self) -> Outline {
        match self {
            Outline::Ellipse { center, radii } => Outline::ellipse([-center[0], center[1]], *radii),
            Outline::Rectangle(b) => Outline::Rectangle(Bounds { x: [-b.x[1], -b.x[0]], y: b.y }),
            Outline::Polygon(points) => {
                Outline::Polygon(points.iter().rev().map(|p| [-p[0], p[1]]).collect())
            }
            Outline::Several(parts) => {
                Outline::Several(parts.iter().map(Outline::mirrored).collect())
            }
        }
    }
}

/// Whether a frame shows all of an ellipse, but for rounding.
fn reaches(frame: &Bounds, center: &Point, radii: &Point) -> bool {
    let slack = 1e-9 * radii[0].max(radii[1]);
    frame.x[0] <= center[0] - radii[0] + slack
        && frame.x[1] >= center[0] + radii[0] - slack
        && frame.y[0] <= center[1] - radii[1] + slack
        && frame.y[1] >= center[1] + radii[1] - slack
}

/// Points along an ellipse, counterclockwise, close enough together for a picture of the frame.
fn ellipse_corners(center: Point, radii: Point, frame: &Bounds) -> Vec<Point> {
    let side = frame.width().min(frame.height()) / CORNERS_A_SIDE;
    let n = (TAU * radii[0].max(radii[1]) / side).clamp(CORNERS[0], CORNERS[1]).ceil();
    (0..n as usize)
        .map(|k| {
            let (sin, cos) = (TAU * k as f64 / n).sin_cos();
            [center[0] + radii[0] * cos, center[1] + radii[1] * sin]
        })
        .collect()
}

/// Whether a point is inside a convex polygon or on its rim.
fn holds(polygon: &[Point], p: Point) -> bool {
    let next = polygon.iter().cycle().skip(1);
    let turn =
        |(a, b): (&Point, &Point)| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    let (mut left, mut right) = (false, false);
    for side in polygon.iter().zip(next).map(turn) {
        left |= side > 0.0;
        right |= side < 0.0;
    }
    !(left && right)
}

/// Cuts a convex polygon to a rectangle, one edge after the other (Sutherland & Hodgman 1974).
fn cut(mut points: Vec<Point>, frame: &Bounds) -> Vec<Point> {
    for (axis, limit, sign) in
        [(0, frame.x[0], 1.0), (0, frame.x[1], -1.0), (1, frame.y[0], 1.0), (1, frame.y[1], -1.0)]
    {
        let depth = |p: &Point| sign * (p[axis] - limit);
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            let (from, to) = (depth(a), depth(b));
            if from >= 0.0 {
                kept.push(*a);
            }
            if (from < 0.0) != (to < 0.0) {
                let part = from / (from - to);
                let mut crossing = [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
                crossing[axis] = limit;
                kept.push(crossing);
            }
        }
        points = kept;
    }
    points
}

fn polygon(mut points: Vec<Point>) -> Outline {
    points.dedup();
    if points.len() < 3 { Outline::Several(Vec::new()) } else { Outline::Polygon(points) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELLIPSE: Outline = Outline::Ellipse { center: [0.0, 0.0], radii: [2.0, 1.0] };

    #[test]
    fn shapes_stay_what_they_are_where_all_is_shown() {
        assert_eq!(ELLIPSE.clipped(&Bounds::around(2.0, 1.0)), ELLIPSE);
        let diamond = Outline::Polygon(vec![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]);
        assert_eq!(diamond.clipped(&Bounds::around(1.0, 1.0)), diamond);
    }

    #[test]
    fn inside_the_sky_the_frame_is_the_outline() {
        let frame = Bounds { x: [0.5, 0.6], y: [-0.1, 0.2] };
        assert_eq!(ELLIPSE.clipped(&frame), Outline::Rectangle(frame));
        let plane = Outline::Rectangle(Bounds::around(f64::INFINITY, f64::INFINITY));
        assert_eq!(plane.clipped(&frame), Outline::Rectangle(frame));
    }

    #[test]
    fn on_the_rim_the_frame_is_cut() {
        let frame = Bounds { x: [1.5, 2.5], y: [-0.2, 0.2] };
        let Outline::Polygon(points) = ELLIPSE.clipped(&frame) else { panic!() };
        for p in &points {
            assert!(frame.contains(*p));
            assert!((p[0] / 2.0).hypot(p[1]) < 1.0 + 1e-9);
        }
        assert!(points.iter().any(|p| p[0] > 1.9999));
        assert!(points.contains(&[1.5, 0.2]) && points.contains(&[1.5, -0.2]));
    }

    #[test]
    fn what_is_out_of_view_has_no_outline() {
        let far = Bounds { x: [3.0, 4.0], y: [0.0, 1.0] };
        assert_eq!(ELLIPSE.clipped(&far), Outline::Several(Vec::new()));
        let two = Outline::Several(vec![
            Outline::ellipse([-1.0, 0.0], [1.0, 1.0]),
            Outline::ellipse([1.0, 0.0], [1.0, 1.0]),
        ]);
        let right = Bounds { x: [0.5, 1.5], y: [-0.1, 0.1] };
        assert_eq!(two.clipped(&right), Outline::Rectangle(right));
        assert_eq!(two.mirrored().clipped(&Bounds::around(2.0, 1.0)), two.mirrored());
    }
}
