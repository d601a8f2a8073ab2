//! Curves of the sky in a picture's plane: followed through the projection alone, cut where it tears and at the picture's edges.

use super::{Bounds, Point, View};
use crate::sky::{Frame, Rotation, UnitVector};

/// A curve on the sphere: directions by a parameter from 0 to 1.
pub type Curve<'a> = &'a dyn Fn(f64) -> UnitVector;

/// How far, as a part of the picture's larger side, a straight piece may be from the curve.
const TOLERANCE: f64 = 4e-5;
/// Unevenness of a piece, as a part of its length, that tells a bend or a tear within it.
const UNEVEN: f64 = 0.3;
/// Halvings of a piece until what is left of it is a point.
const DEPTH: u32 = 48;
/// Distance to both sides, in radians, that tells whether a piece runs along a tear, and as a part of the picture's larger side at most.
const ASIDE: f64 = 1e-8;
const ASIDE_PART: f64 = 1e-5;

impl View {
    /// The rotation from a frame to the projection's own coordinates.
    pub fn from_frame(&self, frame: Frame) -> Rotation {
        self.centering() * Rotation::between(frame, self.frame())
    }

    /// Where a direction in the projection's own coordinates is in the picture's plane.
    pub fn place(&self, native: UnitVector) -> Option<Point> {
        self.projection().forward(native).map(|[x, y]| [self.east() * x, y])
    }

    /// The lines that a curve makes in the part of the plane that is shown: none crosses a tear of the map, and one that runs along a tear
    /// is on both of its sides. `turn` takes the curve's directions to the projection's own coordinates; `pieces` is the number of pieces
    /// that it is looked at in first: none may hide more than one bend.
    pub fn trace(
        &self,
        turn: &Rotation,
        curve: Curve,
        pieces: usize,
        shown: &Bounds,
    ) -> Vec<Vec<Point>> {
        let native = |t: f64| turn.apply(curve(t));
        let mut tracer = Tracer::new(self, &native, shown);
        tracer.pieces(pieces);
        tracer.lines.retain(|line| line.len() > 1);
        tracer.lines
    }
}

/// The point beside a curve, at its left for positive angles.
fn aside(native: Curve, t: f64, angle: f64) -> UnitVector {
    const STEP: f64 = 1e-4;
    let (v, a, b) = (native(t), native(t - STEP), native(t + STEP));
    let along = [b.x - a.x, b.y - a.y, b.z - a.z];
    let left = [
        v.y * along[2] - v.z * along[1],
        v.z * along[0] - v.x * along[2],
        v.x * along[1] - v.y * along[0],
    ];
    let length = left.iter().map(|c| c * c).sum::<f64>().sqrt();
    if length == 0.0 {
        return v;
    }
    let [x, y, z] = left.map(|c| c * angle / length);
    UnitVector::new(v.x + x, v.y + y, v.z + z)
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn size(shown: &Bounds) -> f64 {
    shown.width().max(shown.height())
}

/// A point of the curve.
#[derive(Clone, Copy)]
struct Sample {
    t: f64,
    at: Option<Point>,
}

/// Follows one curve.
struct Tracer<'a> {
    view: &'a View,
    native: Curve<'a>,
    shown: &'a Bounds,
    tolerance: f64,
    /// How far beside a tear the curve is followed.
    aside: f64,
    /// Whether the curve is one that was moved off a tear.
    moved: bool,
    lines: Vec<Vec<Point>>,
}

impl<'a> Tracer<'a> {
    fn new(view: &'a View, native: Curve<'a>, shown: &'a Bounds) -> Self {
        let tolerance = TOLERANCE * size(shown);
        let aside = ASIDE.min(ASIDE_PART * size(shown) / view.projection().radius());
        Tracer { view, native, shown, tolerance, aside, moved: false, lines: Vec::new() }
    }

    fn sample(&self, t: f64) -> Sample {
        Sample { t, at: self.view.place((self.native)(t)) }
    }

    fn pieces(&mut self, count: usize) {
        let mut from = self.sample(0.0);
        for k in 1..=count {
            let to = self.sample(k as f64 / count as f64);
            self.piece(from, to, DEPTH);
            from = to;
        }
    }

    /// Adds what is between two samples.
    fn piece(&mut self, from: Sample, to: Sample, depth: u32) {
        if !self.moved && self.along_tear(from, to) {
            return self.both_sides(from, to, depth);
        }
        let ends = match (from.at, to.at) {
            (Some(a), Some(b)) => Some((a, b)),
            (None, None) => return,
            _ => None,
        };
        if depth == 0 {
            // What is still long is a tear.
            if let Some((a, b)) = ends.filter(|(a, b)| distance(*a, *b) < 4.0 * self.tolerance) {
                self.straight(a, b);
            }
            return;
        }
        let part = |part: f64| self.sample(from.t + part * (to.t - from.t));
        let inner = [part(0.4), part(0.7)];
        if let (Some((a, b)), [Some(p), Some(q)]) = (ends, inner.map(|sample| sample.at)) {
            let even = self.even(a, b, p, 0.4) && self.even(a, b, q, 0.7);
            if even || self.out_of_view(&[a, b, p, q]) {
                self.straight(a, b);
                return;
            }
        }
        self.piece(from, inner[0], depth - 1);
        self.piece(inner[0], to, depth - 1);
    }

    /// Whether the two sides of a piece are apart in the plane.
    fn along_tear(&self, from: Sample, to: Sample) -> bool {
        let t = 0.5 * (from.t + to.t);
        match [self.aside, -self.aside].map(|by| self.view.place(aside(self.native, t, by))) {
            [Some(a), Some(b)] => distance(a, b) > 1e-3 * size(self.shown),
            [None, None] => false,
            _ => true,
        }
    }

    /// Adds what is at either side of a piece: rounding would put the points of the piece itself on one or the other by chance.
    fn both_sides(&mut self, from: Sample, to: Sample, depth: u32) {
        for by in [self.aside, -self.aside] {
            let native = |t: f64| aside(self.native, t, by);
            let mut side = Tracer { moved: true, ..Tracer::new(self.view, &native, self.shown) };
            side.piece(side.sample(from.t), side.sample(to.t), depth);
            for line in side.lines {
                match self.lines.iter_mut().rev().take(4).find(|l| l.last() == line.first()) {
                    Some(before) => before.extend_from_slice(&line[1..]),
                    None => self.lines.push(line),
                }
            }
        }
    }

    /// Whether an inner point is where it would be on a straight, evenly drawn piece.
    fn even(&self, a: Point, b: Point, p: Point, part: f64) -> bool {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let (ex, ey) = (p[0] - a[0] - part * dx, p[1] - a[1] - part * dy);
        let length = dx.hypot(dy);
        let off = if length > 0.0 { (dx * ey - dy * ex).abs() / length } else { ex.hypot(ey) };
        off <= self.tolerance && ex.hypot(ey) <= UNEVEN * length + self.tolerance
    }

    /// Whether a piece stays far from what is shown.
    fn out_of_view(&self, points: &[Point]) -> bool {
        [0, 1].into_iter().any(|axis| {
            let [low, high] = if axis == 0 { self.shown.x } else { self.shown.y };
            let least = points.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
            let most = points.iter().map(|p| p[axis]).fold(f64::NEG_INFINITY, f64::max);
            let rim = (most - least) + 0.05 * (high - low);
            least - rim > high || most + rim < low
        })
    }

    /// Adds the part of a straight piece that is shown.
    fn straight(&mut self, a: Point, b: Point) {
        let Some((start, end)) = clipped(a, b, self.shown) else { return };
        let short = distance(start, end) < 0.1 * self.tolerance;
        match self.lines.last_mut() {
            Some(line) if line.last() == Some(&start) => {
                // The closer to a tear, the shorter the pieces: one end point stands for them.
                if short && line.len() > 1 {
                    line.pop();
                }
                line.push(end);
            }
            _ => self.lines.push(vec![start, end]),
        }
    }
}

/// The part of a segment that lies in a rectangle (Liang & Barsky 1984).
fn clipped(a: Point, b: Point, frame: &Bounds) -> Option<(Point, Point)> {
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (axis, [low, high]) in [frame.x, frame.y].into_iter().enumerate() {
        let step = b[axis] - a[axis];
        // Lines along an edge of the picture are on it, whatever rounding says.
        let slack = 1e-9 * (high - low);
        for (toward, room) in [(-step, a[axis] - low + slack), (step, high + slack - a[axis])] {
            if toward == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if toward < 0.0 {
                enter = enter.max(room / toward);
            } else {
                leave = leave.min(room / toward);
            }
        }
    }
    if enter > leave {
        return None;
    }
    let at = |part: f64| [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
    let start = if enter > 0.0 { at(enter) } else { a };
    Some((start, if leave < 1.0 { at(leave) } else { b }))
}

#[cfg(test)]
mod tests {
    use super::super::{Field, Flip, Kind, Outline};
    use super::*;
    use crate::sky::LonLat;
    use proptest::prelude::*;

    fn view(kind: Kind, half: bool, field: Field, center: [f64; 2], roll: f64, flip: Flip) -> View {
        let projection = kind.build(half, field.is_zoomed(), flip);
        let center = LonLat::from_degrees(center[0], center[1]);
        View::new(projection, (Frame::Galactic, Frame::Galactic), center, roll, flip).showing(field)
    }

    fn parallel(lat: f64) -> impl Fn(f64) -> UnitVector {
        move |t: f64| LonLat::from_degrees(360.0 * t, lat).into()
    }

    fn meridian(lon: f64) -> impl Fn(f64) -> UnitVector {
        move |t: f64| LonLat::from_degrees(lon, 180.0 * t - 90.0).into()
    }

    fn traced(view: &View, curve: Curve) -> Vec<Vec<Point>> {
        view.trace(&view.from_frame(Frame::Galactic), curve, 72, &view.bounds(1000))
    }

    #[test]
    fn a_parallel_of_the_mollweide_map_is_one_straight_line() {
        let view = view(Kind::Mollweide, false, Field::Whole, [0.0, 0.0], 0.0, Flip::Astro);
        let lines = traced(&view, &parallel(30.0));
        // It starts at longitude 0, in the middle, and goes on from the other side.
        assert_eq!(lines.len(), 2);
        let y = lines[0][0][1];
        assert!(lines.iter().flatten().all(|p| (p[1] - y).abs() < 1e-12));
        let left = lines.iter().flatten().map(|p| p[0]).fold(0.0, f64::min);
        assert!((left + 2.0 * (1.0 - y * y).sqrt()).abs() < 1e-9, "it reaches the rim");
        assert!(lines.iter().all(|line| line.len() < 80), "straight lines need few points");
    }

    #[test]
    fn the_far_meridian_is_on_both_rims() {
        for kind in [Kind::Mollweide, Kind::Hammer, Kind::Cartesian, Kind::Robinson] {
            let view = view(kind, false, Field::Whole, [40.0, 0.0], 0.0, Flip::Astro);
            let lines = traced(&view, &meridian(220.0));
            let right = view.bounds(1000).x[1];
            for edge in [-right, right] {
                let reached =
                    lines.iter().flatten().any(|p| (p[0] - edge).abs() < 1e-6 && p[1].abs() < 0.1);
                assert!(reached, "{kind:?} at {edge}");
            }
        }
    }

    #[test]
    fn curves_that_run_along_a_tear_come_to_an_end() {
        let centers =
            (0..360).step_by(60).flat_map(|lon| (-90..=90).step_by(20).map(move |lat| [lon, lat]));
        for (kind, center) in centers.flat_map(|center| Kind::ALL.map(|kind| (kind, center))) {
            let view = view(kind, false, Field::Whole, center.map(f64::from), 0.0, Flip::Astro);
            for lon in (0..360).step_by(20) {
                let lines = traced(&view, &meridian(f64::from(lon)));
                let points = lines.iter().map(Vec::len).sum::<usize>();
                assert!(
                    lines.len() <= 6 && points < 1000,
                    "{} {center:?} {lon}: {points} in {}",
                    kind.name(),
                    lines.len()
                );
            }
        }
    }

    #[test]
    fn the_equator_is_the_rim_of_both_polar_hemispheres() {
        let view = view(Kind::Orthographic, false, Field::Whole, [0.0, 90.0], 0.0, Flip::Astro);
        let lines = traced(&view, &parallel(0.0));
        for p in lines.iter().flatten() {
            assert!(((p[0].abs() - 1.0).hypot(p[1]) - 1.0).abs() < 1e-6);
        }
        for side in [-1.0, 1.0] {
            let on_side = lines.iter().flatten().filter(|p| p[0] * side > 0.0);
            assert!(on_side.count() > 50);
        }
    }

    /// How far inside an outline a point is, in its own size; negative outside.
    fn depth(outline: &Outline, p: Point) -> f64 {
        match outline {
            Outline::Ellipse { center, radii } => {
                1.0 - ((p[0] - center[0]) / radii[0]).hypot((p[1] - center[1]) / radii[1])
            }
            Outline::Rectangle(b) => [p[0] - b.x[0], b.x[1] - p[0], p[1] - b.y[0], b.y[1] - p[1]]
                .into_iter()
                .fold(f64::INFINITY, f64::min),
            Outline::Polygon(points) => points
                .iter()
                .zip(points.iter().cycle().skip(1))
                .map(|(a, b)| {
                    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                    (dx * (p[1] - a[1]) - dy * (p[0] - a[0])) / dx.hypot(dy)
                })
                .fold(f64::INFINITY, f64::min),
            Outline::Several(parts) => parts.iter().map(|o| depth(o, p)).fold(f64::MIN, f64::max),
        }
    }

    type Setting = (usize, bool, Field, [f64; 2], f64, Flip);

    fn any_setting() -> impl Strategy<Value = Setting> {
        let field = prop_oneof![
            3 => Just(Field::Whole),
            1 => (1e-4f64..2.5).prop_map(Field::Angle),
        ];
        let center = prop_oneof![
            Just([0.0, 0.0]),
            Just([0.0, 90.0]),
            Just([180.0, -90.0]),
            (-180.0..180.0f64, -90.0..90.0f64).prop_map(|(lon, lat)| [lon, lat]),
        ];
        let roll = prop_oneof![Just(0.0), -3.0..3.0f64];
        let flip = prop_oneof![Just(Flip::Astro), Just(Flip::Geo)];
        (0..15usize, any::<bool>(), field, center, roll, flip)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn lines_are_true_everywhere_and_nothing_is_missing(
            (kind, half, field, center, roll, flip) in any_setting(),
            (value, meridians) in (-89.9..89.9f64, any::<bool>()),
        ) {
            let kind = Kind::ALL[kind];
            let view = view(kind, half && kind.has_half_sky(), field, center, roll, flip);
            let shown = view.bounds(1000);
            let outline = view.outline(&shown);
            let angle = if meridians { 2.0 * value } else { value };
            let curve: Box<dyn Fn(f64) -> UnitVector> =
                if meridians { Box::new(meridian(angle)) } else { Box::new(parallel(angle)) };
            let lines = view.trace(&view.from_frame(Frame::Galactic), &curve, 72, &shown);
            // Every point of every line, between its corners too, is on the curve: no stray lines.
            let size = size(&shown);
            for line in &lines {
                for pair in line.windows(2) {
                    let middle = [0, 1].map(|k| 0.5 * (pair[0][k] + pair[1][k]));
                    if depth(&outline, middle) < 1e-3 * size {
                        continue;
                    }
                    let Some(v) = view.inverse(middle) else {
                        prop_assert!(false, "off the sky at {middle:?}");
                        return Ok(());
                    };
                    let at = LonLat::from(v);
                    let near = if meridians {
                        at.lat.to_degrees() / 180.0 + 0.5
                    } else {
                        at.lon.to_degrees().rem_euclid(360.0) / 360.0
                    };
                    let off = from_curve(&view, &curve, near, middle);
                    prop_assert!(off < 1e-3 * size, "{off} of {size} at {middle:?}: {} {at:?} {angle}", view.projection().name());
                }
            }
            // And every point of the curve that is shown is on a line.
            for k in 0..200 {
                let Some(p) = view.forward(curve((f64::from(k) + 0.31) / 200.0)) else { continue };
                if !shown.contains(p) || depth(&outline, p) < 1e-3 * size {
                    continue;
                }
                let near = lines
                    .iter()
                    .flat_map(|line| line.windows(2))
                    .map(|pair| to_segment(p, pair[0], pair[1]))
                    .fold(f64::INFINITY, f64::min);
                prop_assert!(near < 1e-3 * size, "{near} of {size} at {p:?}: {}", view.projection().name());
            }
        }
    }

    /// How far a point of the plane is from a curve, looked for around a parameter ever more closely.
    fn from_curve(view: &View, curve: Curve, mut near: f64, p: Point) -> f64 {
        let mut off = f64::INFINITY;
        let mut around = 0.02;
        while around > 1e-9 {
            let least = (-10..=10)
                .map(|k| near + around * f64::from(k) / 10.0)
                .filter_map(|t| view.forward(curve(t)).map(|q| (distance(p, q), t)))
                .min_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((distance, t)) = least {
                (off, near) = (off.min(distance), t);
            }
            around /= 4.0;
        }
        off
    }

    fn to_segment(p: Point, a: Point, b: Point) -> f64 {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy).max(1e-300);
        let part = along.clamp(0.0, 1.0);
        distance(p, [a[0] + part * dx, a[1] + part * dy])
    }
}
