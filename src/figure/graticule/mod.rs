//! Coordinate grids: which lines there are, how they run in the plane, and what is written at them.

mod angle;
mod inside;
mod labels;
mod polygon;
mod sides;
mod spacing;
#[cfg(test)]
mod tests;

pub use angle::AngleFormat;
pub(super) use labels::{GridLabel, Labels};

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::ops::RangeInclusive;

use super::overlay::OverlayError;
use crate::colormap::Rgba;
use crate::draw::{RichText, Stroke};
use crate::projection::{Bounds, Outline, Point, View};
use crate::sky::{Frame, LonLat, Rotation};
use spacing::Seen;

/// What a grid counts longitudes and latitudes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coordinates {
    /// A frame of the sky.
    Frame(Frame),
    /// Degrees from the point in the middle, along the picture's own axes, whatever the roll.
    Local,
}

/// What a grid is to look like.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GraticuleSpec {
    /// What it counts in.
    pub coordinates: Coordinates,
    /// Distance of parallels in radians; nothing for what suits the field.
    pub parallels: Option<f64>,
    /// Distance of meridians in radians; nothing for what suits the field.
    pub meridians: Option<f64>,
    /// How angles are written.
    pub format: AngleFormat,
    /// Whether they are.
    pub labels: bool,
    /// Colour and width of the lines.
    pub line: Stroke,
    /// Colour of the labels.
    pub text: Rgba,
    /// Whether another grid has the left and the lower edge, so that this one's labels are at the right and above.
    pub second: bool,
}

/// Lines of one kind in a picture at most.
pub(super) const MOST_LINES: u64 = 500;

/// Which coordinate is constant along a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    Parallel,
    Meridian,
}

/// One line of a grid.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct GridLine {
    pub(super) family: Family,
    /// Steps from the equator, or from longitude 0.
    pub(super) number: i64,
    pub(super) label: RichText,
    /// Its parts in the plane.
    pub(super) parts: Vec<Vec<Point>>,
}

/// A grid in the plane of a picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Graticule {
    pub(super) spec: GraticuleSpec,
    pub(super) parallels: Vec<GridLine>,
    pub(super) meridians: Vec<GridLine>,
    /// Places on the parallels, then on the meridians: each row is halfway between two neighbours of the other family.
    pub(super) halfway: [Vec<Vec<Option<Point>>>; 2],
    /// The number of the row of places on meridians just north of the equator; it may lie outside the view.
    pub(super) equator: f64,
    /// How many meridians make a full turn, if a whole number does.
    pub(super) turn: Option<i64>,
}

/// Refuses more lines than can be told apart.
fn refuse_too_many(
    spec: &GraticuleSpec,
    lines: [&RangeInclusive<i64>; 2],
    steps: [f64; 2],
) -> Result<(), OverlayError> {
    let options = match spec.coordinates {
        Coordinates::Frame(_) => ["grat-par", "grat-mer"],
        Coordinates::Local => ["local-grat-dlat", "local-grat-dlon"],
    };
    for ((range, step), option) in lines.into_iter().zip(steps).zip(options) {
        let count = (range.end() - range.start() + 1).unsigned_abs();
        if count > MOST_LINES {
            return Err(OverlayError::TooMany { option, degrees: step.to_degrees(), count });
        }
    }
    Ok(())
}

/// The places on parallels halfway between meridians, row after row along these, and those on meridians halfway between parallels; `at`
/// tells where lines of these numbers meet.
fn halfway(
    latitudes: &RangeInclusive<i64>,
    longitudes: &RangeInclusive<i64>,
    at: impl Fn(f64, f64) -> Option<Point>,
) -> [Vec<Vec<Option<Point>>>; 2] {
    let on_parallels = |m: i64| latitudes.clone().map(|p| at(p as f64, m as f64 + 0.5)).collect();
    let on_meridians = |p: i64| longitudes.clone().map(|m| at(p as f64 + 0.5, m as f64)).collect();
    let between = |lines: &RangeInclusive<i64>| lines.start() - 1..=*lines.end();
    [
        between(longitudes).map(on_parallels).collect(),
        between(latitudes).map(on_meridians).collect(),
    ]
}

impl Graticule {
    /// The grid's lines in that part of a view's plane that is shown.
    ///
    /// # Errors
    /// There would be more lines than can be told apart.
    pub fn new(spec: &GraticuleSpec, view: &View, shown: &Bounds) -> Result<Self, OverlayError> {
        let turn = match spec.coordinates {
            Coordinates::Frame(frame) => view.from_frame(frame),
            Coordinates::Local => Rotation::IDENTITY,
        };
        let nothing = Graticule {
            spec: *spec,
            parallels: Vec::new(),
            meridians: Vec::new(),
            halfway: [Vec::new(), Vec::new()],
            equator: 0.0,
            turn: None,
        };
        let Some(seen) = Seen::new(view, &turn, shown) else { return Ok(nothing) };
        let discs = matches!(view.outline(shown), Outline::Several(_));
        let wide = !discs && shown.width() > 1.5 * shown.height();
        let room = seen.room(view, &turn, shown);
        let steps = spacing::steps(spec, &seen, wide, room);
        let latitudes = seen.latitudes(steps[0]);
        let longitudes = seen.longitudes(steps[1]);
        refuse_too_many(spec, [&latitudes, &longitudes], steps)?;
        let format = spec.format.of(spec.coordinates);
        let parallel = |k: i64| {
            let lat = k as f64 * steps[0];
            let (lon, pieces) = seen.lon_span();
            let curve = move |t: f64| LonLat { lon: lon[0] + t * (lon[1] - lon[0]), lat }.into();
            GridLine {
                family: Family::Parallel,
                number: k,
                label: format.latitude(k, steps[0]),
                parts: view.trace(&turn, &curve, pieces, shown),
            }
        };
        let meridian = |k: i64| {
            let lon = k as f64 * steps[1];
            let (lat, pieces) = seen.lat_span();
            let curve = move |t: f64| LonLat { lon, lat: lat[0] + t * (lat[1] - lat[0]) }.into();
            GridLine {
                family: Family::Meridian,
                number: k,
                label: format.longitude(k, steps[1]),
                parts: view.trace(&turn, &curve, pieces, shown),
            }
        };
        let at = |p: f64, m: f64| {
            let (lon, lat) = (m * steps[1], p * steps[0]);
            let place = || view.place(turn.apply(LonLat { lon, lat }.into()));
            (lat.abs() < FRAC_PI_2).then(place).flatten().filter(|&p| shown.contains(p))
        };
        let full = TAU / steps[1];
        Ok(Graticule {
            parallels: latitudes.clone().map(parallel).collect(),
            meridians: longitudes.clone().map(meridian).collect(),
            halfway: halfway(&latitudes, &longitudes, at),
            equator: (1 - latitudes.start()) as f64,
            turn: ((full - full.round()).abs() < 1e-9 * full).then_some(full.round() as i64),
            ..nothing
        })
    }

    /// The lines of a family.
    fn family(&self, family: Family) -> &[GridLine] {
        match family {
            Family::Parallel => &self.parallels,
            Family::Meridian => &self.meridians,
        }
    }

    /// All lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = &GridLine> {
        self.parallels.iter().chain(&self.meridians)
    }
}

/// The great circle of a frame's equator, in the plane.
pub(super) fn equator(frame: Frame, view: &View, shown: &Bounds) -> Vec<Vec<Point>> {
    let curve = |t: f64| LonLat { lon: t * TAU, lat: 0.0 }.into();
    view.trace(&view.from_frame(frame), &curve, PIECES, shown)
}

/// Pieces in which a full circle is first looked at.
const PIECES: usize = 120;
/// The whole sphere's latitudes.
const POLES: [f64; 2] = [-FRAC_PI_2, FRAC_PI_2];
/// Half a turn.
const HALF_TURN: f64 = PI;
