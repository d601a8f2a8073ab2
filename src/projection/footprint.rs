//! The field that frames a patch of sky.

use super::{Bounds, Field, Point, View};
use crate::sky::{LonLat, UnitVector};

/// Steps towards the farthest point by which the centre of a cap is found.
const STEPS: usize = 400;
/// Rounds of centring a picture on what it shows.
const ROUNDS: usize = 4;
/// A picture is larger than another if its sides are in sum, by this factor at least.
const LARGER: f64 = 1.01;
/// Room around a patch, as a part of its extent.
const ROOM: f64 = 0.06;
/// The short side of a field in terms of the long one, at least.
const SLENDER: f64 = 0.4;

/// Centre and radius of a cap around some points that is about as small as can be; nothing without points, or where they lie all around
/// the sphere (Badoiu & Clarkson 2003: each step goes a shorter way towards the farthest point).
pub fn bounding_cap(points: &[UnitVector]) -> Option<(UnitVector, f64)> {
    let mut sum = [0.0; 3];
    for v in points {
        sum = [sum[0] + v.x, sum[1] + v.y, sum[2] + v.z];
    }
    let mut center = unit(sum)?;
    let farthest = |center: UnitVector| {
        points.iter().copied().min_by(|a, b| center.dot(*a).total_cmp(&center.dot(*b)))
    };
    for step in 1..=STEPS {
        let far = farthest(center)?;
        let part = 1.0 / (step + 1) as f64;
        center = unit([
            center.x + part * (far.x - center.x),
            center.y + part * (far.y - center.y),
            center.z + part * (far.z - center.z),
        ])?;
    }
    farthest(center).map(|far| (center, center.angle_to(far)))
}

fn unit([x, y, z]: [f64; 3]) -> Option<UnitVector> {
    let length = (x * x + y * y + z * z).sqrt();
    (length > 1e-9).then(|| UnitVector::new(x / length, y / length, z / length))
}

/// The centre, in the picture's frame, and the field of a view that shows points of the map's frame with a little room around them.
/// `build` makes the view of a centre; `start` is one that has the points in sight, and stays where `fixed`.
pub fn framing(
    points: &[UnitVector],
    build: &dyn Fn(LonLat) -> View,
    start: LonLat,
    fixed: bool,
) -> (LonLat, Field) {
    let mut center = start;
    let mut view = build(center);
    let mut reach = reach_of(points, &view);
    for _ in 0..if fixed { 0 } else { ROUNDS } {
        let Some(bounds) = extent(points, &view) else { break };
        let middle = [0.5 * (bounds.x[0] + bounds.x[1]), 0.5 * (bounds.y[0] + bounds.y[1])];
        let Some(v) = view.native(middle) else { break };
        let next = upright(view.centering().inverse().apply(v), &bounds, &view);
        let next_view = build(next);
        let next_reach = reach_of(points, &next_view);
        // Where the picture is stretched without bounds, its middle may be one from where less is seen, or the same takes more room.
        let is_larger = next_reach[0] + next_reach[1] > LARGER * (reach[0] + reach[1]);
        if is_larger || in_sight(points, &next_view) < in_sight(points, &view) {
            break;
        }
        (center, view, reach) = (next, next_view, next_reach);
    }
    let long = reach[0].max(reach[1]).max(1e-9);
    let side = |half: f64| 2.0 * (half.max(SLENDER * long) + ROOM * long);
    (center, Field::Rectangle(reach.map(side)))
}

/// How far points lie from the middle of the picture, across and down, in radii of the projection's sphere.
fn reach_of(points: &[UnitVector], view: &View) -> [f64; 2] {
    let largest = |[low, high]: [f64; 2]| low.abs().max(high.abs()) / view.projection().radius();
    extent(points, view).map_or([0.1; 2], |bounds| [largest(bounds.x), largest(bounds.y)])
}

/// The number of points that a view can show.
pub fn in_sight(points: &[UnitVector], view: &View) -> usize {
    points.iter().filter(|&&v| view.forward(v).is_some()).count()
}

/// A centre; for one that is a pole but for rounding, longitude 0 is below it.
fn upright(center: UnitVector, bounds: &Bounds, view: &View) -> LonLat {
    /// As a part of the picture's larger side.
    const CLOSE: f64 = 0.01;
    let from_axis = center.x.hypot(center.y);
    let size = bounds.width().max(bounds.height()) / view.projection().radius();
    if from_axis < CLOSE * size.min(1.0) {
        return LonLat { lon: 0.0, lat: std::f64::consts::FRAC_PI_2.copysign(center.z) };
    }
    center.into()
}

/// The rectangle around points in the picture's plane.
fn extent(points: &[UnitVector], view: &View) -> Option<Bounds> {
    let mut seen = points.iter().filter_map(|&v| view.forward(v));
    let first = seen.next()?;
    let grow = |b: Bounds, p: Point| Bounds {
        x: [b.x[0].min(p[0]), b.x[1].max(p[0])],
        y: [b.y[0].min(p[1]), b.y[1].max(p[1])],
    };
    Some(seen.fold(Bounds { x: [first[0]; 2], y: [first[1]; 2] }, grow))
}

#[cfg(test)]
mod tests {
    use super::super::{Flip, Kind};
    use super::*;
    use crate::sky::Frame;
    use proptest::prelude::*;

    /// Points of an elongated patch about a centre.
    fn patch(center: LonLat, half: [f64; 2]) -> Vec<UnitVector> {
        let turn = crate::sky::Rotation::centering(center, 0.3).inverse();
        (0..400)
            .map(|k| {
                let at = |k: usize, half: f64| half * (k as f64 / 9.5 - 1.0);
                let p = LonLat { lon: at(k % 20, half[0]), lat: at(k / 20, half[1]) };
                turn.apply(p.into())
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn all_points_are_framed_and_the_frame_is_not_much_larger(
            (lon, lat) in (0.0..6.2f64, -1.5..1.5f64),
            size in 1e-5..0.6f64,
            aspect in 0.1..1.0f64,
            kind in 0..15usize,
        ) {
            let points = patch(LonLat { lon, lat }, [size, size * aspect]);
            let (center, radius) = bounding_cap(&points).expect("a cap");
            prop_assert!(points.iter().all(|v| center.angle_to(*v) <= radius * 1.000_001));
            prop_assert!(radius <= 1.02 * size * aspect.hypot(1.0), "{radius} {size}");
            let kind = Kind::ALL[kind];
            let build = |center| {
                let frames = (Frame::Galactic, Frame::Galactic);
                View::new(kind.build(false, true, Flip::Astro), frames, center, 0.0, Flip::Astro)
            };
            let (center, field) = framing(&points, &build, center.into(), false);
            let bounds = build(center).showing(field).bounds(1000);
            let view = build(center);
            let mut reach = [0.0f64; 2];
            for v in &points {
                let p = view.forward(*v).expect("in sight");
                prop_assert!(bounds.contains(p));
                reach = [reach[0].max(p[0].abs()), reach[1].max(p[1].abs())];
            }
            prop_assert!(reach[0].max(reach[1]) > 0.85 * bounds.x[1].max(bounds.y[1]));
        }
    }

    #[test]
    fn a_wide_cap_stays_in_the_middle_of_a_gnomonic_picture() {
        let middle = LonLat { lon: 3.5, lat: -1.05 };
        let turn = crate::sky::Rotation::centering(middle, 0.0).inverse();
        for radius in [20f64, 45.0, 60.0, 65.0] {
            // As of pixels, whose corners lie about the circle.
            let rim = (0..2000).map(|k| {
                let angle = f64::from(k) * 0.1;
                let far = (radius + 0.5 * (13.0 * angle).sin()).to_radians();
                let (sin, cos) = angle.sin_cos();
                turn.apply(UnitVector::new(far.cos(), far.sin() * cos, far.sin() * sin))
            });
            let points: Vec<UnitVector> = rim.collect();
            let (cap, _) = bounding_cap(&points).expect("a cap");
            let build = |center| {
                let frames = (Frame::Galactic, Frame::Galactic);
                let projection = Kind::Gnomonic.build(false, true, Flip::Astro);
                View::new(projection, frames, center, 0.0, Flip::Astro)
            };
            let (center, _) = framing(&points, &build, cap.into(), false);
            let off = UnitVector::from(center).angle_to(middle.into()).to_degrees();
            assert!(off < 1.0, "{radius}: {off}");
        }
    }
}
