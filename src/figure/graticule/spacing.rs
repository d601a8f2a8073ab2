//! How far apart a grid's lines are: round steps that put a handful of lines into the field.

use std::f64::consts::{FRAC_PI_2, TAU};
use std::ops::RangeInclusive;

use super::{AngleFormat, Coordinates, GraticuleSpec, HALF_TURN, PIECES, POLES};
use crate::projection::{Bounds, View};
use crate::sky::{LonLat, Rotation, UnitVector, wrap_pi};

/// How far what counts as in view reaches beyond the border, as a part of what is.
const RIM: f64 = 0.02;

/// Longitudes and latitudes in view.
pub(super) struct Seen {
    /// South and north end in radians.
    lat: [f64; 2],
    /// West and east end in radians; the second is the larger one, by at most a full turn.
    lon: [f64; 2],
    /// Whether a pole is in view.
    pole: bool,
}

/// Points along each side of the picture that are looked at.
const PROBES: usize = 48;
/// The least number of steps that a field has.
const STEPS: f64 = 4.0;
/// A field that is so many times as long as it is wide is thin.
const THIN: f64 = 3.0;
/// The length of a usual page in ems of labels.
const PAGE: f64 = 48.0;
/// The room that labels of parallels and meridians take across the lines, in ems, with the space between them.
const LABEL: [f64; 2] = [1.5, 3.4];

/// Steps of angles in arc seconds.
const ANGLES: [f64; 24] = [
    216_000.0, 108_000.0, 72_000.0, 36_000.0, 18_000.0, 7_200.0, 3_600.0, 1_800.0, 1_200.0, 600.0,
    300.0, 120.0, 60.0, 30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02,
];
/// Steps of right ascension in seconds of time.
const TIMES: [f64; 24] = [
    14_400.0, 7_200.0, 3_600.0, 1_800.0, 1_200.0, 600.0, 300.0, 120.0, 60.0, 30.0, 20.0, 10.0, 5.0,
    2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001,
];
/// The largest step between parallels, and that between meridians of a map that is not wide, in radians: 30 degrees.
const LARGEST: f64 = std::f64::consts::PI / 6.0;

impl Seen {
    /// What of a coordinate system is in view; `turn` takes it to the projection's own. Nothing where there is no sky.
    pub(super) fn new(view: &View, turn: &Rotation, shown: &Bounds) -> Option<Seen> {
        let back = turn.inverse();
        // The rims of the picture count, but not what is beyond them by rounding.
        let along = |[low, high]: [f64; 2], k: usize| {
            let part = k as f64 / (PROBES - 1) as f64;
            low + (high - low) * (1e-9 + (1.0 - 2e-9) * part)
        };
        let probes = (0..PROBES * PROBES).filter_map(|k| {
            let p = [along(shown.x, k % PROBES), along(shown.y, k / PROBES)];
            view.native(p).map(|v| LonLat::from(back.apply(v)))
        });
        let probes: Vec<LonLat> = probes.collect();
        let mut lons: Vec<f64> = probes.iter().map(|p| p.lon).collect();
        lons.sort_by(f64::total_cmp);
        let (first, last) = (*lons.first()?, *lons.last()?);
        let mut lat = [FRAC_PI_2, -FRAC_PI_2];
        for p in &probes {
            lat = [lat[0].min(p.lat), lat[1].max(p.lat)];
        }
        let shows = |z: f64| {
            let pole = turn.apply(UnitVector::new(0.0, 0.0, z));
            view.place(pole).is_some_and(|p| shown.contains(p))
        };
        let poles = [shows(-1.0), shows(1.0)];
        let rim = RIM * (lat[1] - lat[0]);
        lat = [
            if poles[0] { -FRAC_PI_2 } else { (lat[0] - rim).max(-FRAC_PI_2) },
            if poles[1] { FRAC_PI_2 } else { (lat[1] + rim).min(FRAC_PI_2) },
        ];
        // What is not in view is the largest gap between longitudes.
        let around = (first + TAU - last, first);
        let gaps = lons.windows(2).map(|pair| (pair[1] - pair[0], pair[1]));
        let (gap, west) = gaps.fold(around, |a, b| if b.0 > a.0 { b } else { a });
        let span = TAU - gap;
        let pole = poles[0] || poles[1];
        let lon = if pole || gap < 0.2 {
            let center = LonLat::from(back.apply(UnitVector::new(1.0, 0.0, 0.0))).lon;
            [center - HALF_TURN, center + HALF_TURN]
        } else {
            [west - RIM * span, west + (1.0 + RIM) * span]
        };
        Some(Seen { lat, lon, pole })
    }

    /// The ems of a label's size that a radian of latitude and one of longitude take, upright and level, in a field so thin that its grid has
    /// no room for many lines across; infinite where there is no lack of room.
    pub(super) fn room(&self, view: &View, turn: &Rotation, shown: &Bounds) -> [f64; 2] {
        let (width, height) = (shown.width(), shown.height());
        let mut room = [f64::INFINITY; 2];
        let (thin, family, across) = match (width > THIN * height, height > THIN * width) {
            (true, _) => (height, 0, 1),
            (_, true) => (width, 1, 0),
            _ => return room,
        };
        let ems = PAGE * thin / if across == 1 { width } else { height };
        let middle = [0.5 * (shown.x[0] + shown.x[1]), 0.5 * (shown.y[0] + shown.y[1])];
        let back = turn.inverse();
        let part = 0.05 * thin;
        let at = |axis: usize| {
            let mut point = middle;
            point[axis] += part;
            view.native(point).map(|v| LonLat::from(back.apply(v)))
        };
        let center = view.native(middle).map(|v| LonLat::from(back.apply(v)));
        if let (Some(center), Some(ahead), Some(aside)) = (center, at(across), at(1 - across)) {
            let change = |to: LonLat| match family {
                0 => (to.lat - center.lat).abs(),
                _ => wrap_pi(to.lon - center.lon).abs(),
            };
            // Lines that are not along the field end at its long sides.
            if change(aside) < 0.1 * change(ahead) {
                room[family] = ems / thin * part / change(ahead);
            }
        }
        room
    }

    /// The numbers of the parallels in view, the poles left out.
    pub(super) fn latitudes(&self, step: f64) -> RangeInclusive<i64> {
        let most = ((FRAC_PI_2 / step) * (1.0 + 1e-12)).floor() as i64;
        let most = if (most as f64 * step - FRAC_PI_2).abs() < 1e-9 { most - 1 } else { most };
        let low = (self.lat[0] / step).ceil() as i64;
        let high = (self.lat[1] / step).floor() as i64;
        low.max(-most)..=high.min(most)
    }

    /// The numbers of the meridians in view, each once.
    pub(super) fn longitudes(&self, step: f64) -> RangeInclusive<i64> {
        let low = (self.lon[0] / step - 1e-9).ceil() as i64;
        let high = (self.lon[1] / step + 1e-9).floor() as i64;
        // After a full turn the first one comes again.
        let again = (high - low) as f64 * step >= TAU - 1e-9;
        low..=if again { low + (TAU / step - 1e-9).ceil() as i64 - 1 } else { high }
    }

    /// The latitudes that a meridian runs through, and pieces to look at it in.
    pub(super) fn lat_span(&self) -> ([f64; 2], usize) {
        let span = self.lat[1] - self.lat[0];
        // A pole has no longitude: it is as near as can be seen.
        let short = 1e-5 * span;
        let lat = [
            (self.lat[0] - span).max(POLES[0] + short),
            (self.lat[1] + span).min(POLES[1] - short),
        ];
        (lat, PIECES)
    }

    /// The longitudes that a parallel runs through, and pieces to look at it in.
    pub(super) fn lon_span(&self) -> ([f64; 2], usize) {
        let span = self.lon[1] - self.lon[0];
        if span > 2.0 {
            return ([self.lon[0], self.lon[0] + TAU], PIECES);
        }
        ([self.lon[0] - span, self.lon[1] + span], PIECES)
    }
}

/// Distances of parallels and of meridians in radians; `room` as [`Seen::room`] says.
pub(super) fn steps(spec: &GraticuleSpec, seen: &Seen, wide: bool, room: [f64; 2]) -> [f64; 2] {
    let spans = [seen.lat[1] - seen.lat[0], seen.lon[1] - seen.lon[0]];
    let hours =
        spec.format == AngleFormat::Hours && matches!(spec.coordinates, Coordinates::Frame(_));
    let least = [LABEL[0] / room[0], LABEL[1] / room[1]];
    let (times, unit) = if hours { (&TIMES, 15.0) } else { (&ANGLES, 1.0) };
    let parallel = automatic((&ANGLES, 1.0), spans[0]).min(LARGEST);
    let parallel = roomy((&ANGLES, 1.0), parallel, least[0], |step| {
        crosses(seen.latitudes(step), step, seen.lat)
    });
    let meridian = automatic((times, unit), spans[1]);
    let meridian = roomy((times, unit), meridian, least[1], |step| {
        crosses(seen.longitudes(step), step, seen.lon)
    });
    let whole = spans[0] > 2.0;
    let meridian =
        if wide && whole || !(seen.pole || whole) { meridian } else { meridian.min(LARGEST) };
    // A local grid is in degrees where the field has room for that, as it always was.
    let degree = 1f64.to_radians();
    let local = spec.coordinates == Coordinates::Local
        && (4.0 * degree..20.0 * degree).contains(&spans[0].max(spans[1]));
    let [parallel, meridian] = if local { [degree; 2] } else { [parallel, meridian] };
    [spec.parallels.unwrap_or(parallel), spec.meridians.unwrap_or(meridian)]
}

/// Whether a line of these numbers is inside of a span, and not on its border.
fn crosses(mut numbers: RangeInclusive<i64>, step: f64, [low, high]: [f64; 2]) -> bool {
    let rim = 1.1 * RIM / (1.0 + 2.0 * RIM) * (high - low);
    numbers.any(|k| (low + rim..high - rim).contains(&(k as f64 * step)))
}

/// Some steps, of so many arc seconds each, in radians from the largest down.
fn radians((steps, unit): (&[f64], f64)) -> impl Iterator<Item = f64> + '_ {
    steps.iter().map(move |&step| (step * unit / 3600.0).to_radians())
}

/// The largest of some steps of which a span in radians has enough.
fn automatic(steps: (&[f64], f64), span: f64) -> f64 {
    let fits = radians(steps).find(|step| span >= STEPS * step * (1.0 - 1e-9));
    fits.or(radians(steps).last()).unwrap_or(span)
}

/// The step, or where it is less than `least` the smallest that is not, or else the largest that `shows` a line.
fn roomy(steps: (&[f64], f64), step: f64, least: f64, shows: impl Fn(f64) -> bool) -> f64 {
    if step >= least {
        return step;
    }
    let roomy = radians(steps).filter(|step| *step >= least).last();
    let most = roomy.unwrap_or(f64::INFINITY);
    radians(steps).filter(|other| *other <= most).find(|other| shows(*other)).unwrap_or(step)
}

/// A longitude counted from -pi to pi, by its number and step.
pub(super) fn signed(k: i64, step: f64) -> f64 {
    wrap_pi(k as f64 * step + 1e-12) - 1e-12
}
