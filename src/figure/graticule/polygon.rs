//! Polygons and upright rectangles on the page: what lies within, beyond and beside them.

use crate::draw::{Point, Rect};

/// The middle of what a polygon reaches over.
pub(super) fn middle(ring: &[Point]) -> Point {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for p in ring {
        low = [low[0].min(p[0]), low[1].min(p[1])];
        high = [high[0].max(p[0]), high[1].max(p[1])];
    }
    [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])]
}

/// A rectangle with some room on each side.
pub(super) fn widened(r: &Rect, [x, y]: [f64; 2]) -> Rect {
    Rect::new(r.x - x, r.y - y, r.width + 2.0 * x, r.height + 2.0 * y)
}

/// Twice the area of a polygon, positive if it runs clockwise on the page (y is downwards).
pub(super) fn area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

fn corners(r: &Rect) -> [Point; 4] {
    [[r.x, r.y], [r.right(), r.y], [r.right(), r.bottom()], [r.x, r.bottom()]]
}

/// Whether a rectangle lies within a convex polygon.
pub(super) fn holds_all(ring: &[Point], r: &Rect) -> bool {
    let winding = area(ring).signum();
    ring.iter().zip(ring.iter().cycle().skip(1)).all(|(a, b)| {
        corners(r).iter().all(|p| {
            winding * ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) >= 0.0
        })
    })
}

/// Whether a rectangle lies wholly beyond a convex polygon: on the outer side of one of its sides, or beside its reach.
pub(super) fn clear_of(ring: &[Point], r: &Rect) -> bool {
    let winding = area(ring).signum();
    let beyond = |(a, b): (&Point, &Point)| {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        // A side without length has no outer side.
        length > 1e-9
            && corners(r).iter().all(|p| {
                let cross = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
                winding * cross <= 1e-6 * length
            })
    };
    let separate = |axis: usize, low: f64, high: f64| {
        ring.iter().all(|p| p[axis] <= low) || ring.iter().all(|p| p[axis] >= high)
    };
    separate(0, r.x, r.right())
        || separate(1, r.y, r.bottom())
        || ring.iter().zip(ring.iter().cycle().skip(1)).any(beyond)
}
