//! Coordinate grids: which lines there are, how they run in the plane, and what is written at them.

mod angle;
mod labels;
mod spacing;
#[cfg(test)]
mod tests;

pub use angle::AngleFormat;
pub(super) use labels::{GridLabel, Labels};

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::overlay::OverlayError;
use crate::colormap::Rgba;
use crate::draw::{RichText, Stroke};
use crate::projection::{Bounds, Outline, Point, View};
use crate::sky::{Frame, LonLat, Rotation, UnitVector};
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
    /// Where a parallel (first index) meets a meridian.
    pub(super) crossings: Vec<Vec<Option<Point>>>,
    /// The parallel that is the equator.
    pub(super) equator: Option<usize>,
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
            crossings: Vec::new(),
            equator: None,
        };
        let Some(seen) = Seen::new(view, &turn, shown) else { return Ok(nothing) };
        let discs = matches!(view.outline(shown), Outline::Several(_));
        let wide = !discs && shown.width() > 1.5 * shown.height();
        let steps = spacing::steps(spec, &seen, wide);
        let latitudes = seen.latitudes(steps[0]);
        let longitudes = seen.longitudes(steps[1]);
        let options = match spec.coordinates {
            Coordinates::Frame(_) => ["grat-par", "grat-mer"],
            Coordinates::Local => ["local-grat-dlat", "local-grat-dlon"],
        };
        for ((range, step), option) in [&latitudes, &longitudes].into_iter().zip(steps).zip(options)
        {
            let count = (range.end() - range.start() + 1).unsigned_abs();
            if count > MOST_LINES {
                return Err(OverlayError::TooMany { option, degrees: step.to_degrees(), count });
            }
        }
        let format = spec.format.of(spec.coordinates);
        let parallel = |k: i64| {
            let lat = k as f64 * steps[0];
            let (lon, pieces) = seen.lon_span();
            let curve = move |t: f64| LonLat { lon: lon[0] + t * (lon[1] - lon[0]), lat }.into();
            GridLine {
                family: Family::Parallel,
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
                label: format.longitude(k, steps[1]),
                parts: view.trace(&turn, &curve, pieces, shown),
            }
        };
        let at = |p: i64, m: i64| {
            let v: UnitVector =
                LonLat { lon: m as f64 * steps[1], lat: p as f64 * steps[0] }.into();
            view.place(turn.apply(v)).filter(|&p| shown.contains(p))
        };
        Ok(Graticule {
            parallels: latitudes.clone().map(parallel).collect(),
            meridians: longitudes.clone().map(meridian).collect(),
            crossings: latitudes
                .clone()
                .map(|p| longitudes.clone().map(|m| at(p, m)).collect())
                .collect(),
            equator: latitudes.clone().position(|p| p == 0),
            ..nothing
        })
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
