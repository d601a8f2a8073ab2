//! A job: everything that one figure needs to know, resolved.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Geometries, Masks, OverlaySettings, PrepareSettings, ScaleKey};
use crate::draw::preview::Screen;
use crate::draw::{FontFile, Format};
use crate::figure::{
    ColorbarPosition, Extend, NumberFormat, TextSizes, Theme, TickDirection, TickSet,
};
use crate::projection::{Field, Flip, Kind};
use crate::scale::Normalization;
use crate::sky::{Frame, LonLat};
use crate::spelling;
use crate::stages::colorize::Palette;
use crate::stages::gather::Interpolation;
use crate::stages::load::{Choice, Formula};
use crate::stages::normalise::{Asked, RangeFrom, ScaleChoice};

/// One figure, or one array of projected values, to be made from one map.
pub struct Job {
    /// The FITS file.
    pub input: PathBuf,
    /// Which map of it.
    pub choice: Choice,
    /// The same column of this other file is subtracted or divided by.
    pub against: Option<(PathBuf, Formula)>,
    /// How the sky is laid out.
    pub view: ViewSettings,
    /// Factor on the data, and what is added after it.
    pub data_scale: (f64, f64),
    /// Masks, and what is taken off the map.
    pub prepare: PrepareSettings,
    /// Limits of the colour scale.
    pub limits: Asked,
    /// The colour scale.
    pub scale: ScaleChoice,
    /// Colours of the sky.
    pub palette: Palette,
    /// Text, lines and sizes of the figure.
    pub style: Style,
    /// Grids and lines on the sky.
    pub overlays: OverlaySettings,
    /// The colour bar.
    pub bar: BarStyle,
    /// What is written: figures in one or more formats, or arrays, never both.
    pub outputs: Vec<Output>,
    /// Figures with the same key have their scale in common; see [`share_scales`](super::share_scales).
    pub scale_key: Option<ScaleKey>,
    /// That scale, once it is known, in place of `limits` and `scale`.
    pub shared_scale: Option<Normalization>,
    /// What all figures of the run have in common.
    pub common: Arc<Common>,
    /// Files besides the input that the result depends on.
    pub depends: Vec<PathBuf>,
    /// Whether outputs tell of which files they were made, for runs that leave out what is up to date.
    pub marks_places: bool,
    /// The options that made the figure, for its metadata.
    pub command: String,
    /// Seconds since 1970 UTC for the date in the metadata; none is written without it.
    pub date: Option<i64>,
}

/// What is found for one figure of a run and serves others.
#[derive(Default)]
pub struct Common {
    /// Footprints.
    pub(super) geometries: Geometries,
    /// Masks.
    pub(super) masks: Masks,
}

impl Job {
    /// The job with a scale that is already known.
    #[must_use]
    pub(super) fn with_scale(mut self, scale: Normalization) -> Job {
        self.command.push_str(&format!(" --min {} --max {}", scale.min(), scale.max()));
        self.shared_scale = Some(scale);
        self
    }

    /// Whether the limits of the colour scale are to be found from the whole map.
    pub(super) fn wants_map_values(&self) -> bool {
        self.limits.from == RangeFrom::Map && self.draws_figure()
    }

    /// Whether a figure is drawn, and not only arrays written. Panels of sheets have no outputs of their own.
    pub(super) fn draws_figure(&self) -> bool {
        self.outputs.is_empty() || self.outputs.iter().any(|output| output.kind.is_figure())
    }
}

/// How the sky is laid out.
pub struct ViewSettings {
    /// The projection.
    pub projection: Kind,
    /// Whether only one hemisphere is shown.
    pub half_sky: bool,
    /// How much of the projection is shown.
    pub field: Field,
    /// Whether the field is to frame the map's good pixels.
    pub fit: Option<Fit>,
    /// Frame of the map; the header's where not given.
    pub input_frame: Option<Frame>,
    /// Frame of the picture; the map's where not given.
    pub output_frame: Option<Frame>,
    /// Point in the middle.
    pub center: LonLat,
    /// Turn about it in radians.
    pub roll: f64,
    /// Which way east is.
    pub flip: Flip,
    /// How picture pixels take their values.
    pub sampling: Sampling,
    /// Whether averages are over the map's own pixels, however many.
    pub full_resolution: bool,
}

/// How good pixels are framed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fit {
    /// The point in the middle, where it was given.
    pub center: Option<LonLat>,
    /// The projection of maps whose good pixels are all over the sky.
    pub whole: Kind,
}

/// How a picture pixel takes its value from the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sampling {
    /// The average over the picture pixel's footprint on the sky.
    #[default]
    Area,
    /// The HEALPix pixel that holds the picture pixel's centre.
    Nearest,
    /// Between the HEALPix pixels about the picture pixel's centre.
    Bilinear,
}

impl Sampling {
    /// Which HEALPix pixels are looked at, where it is not all of those in the footprint.
    pub(super) fn interpolation(self) -> Option<Interpolation> {
        match self {
            Sampling::Area => None,
            Sampling::Nearest => Some(Interpolation::Nearest),
            Sampling::Bilinear => Some(Interpolation::Bilinear),
        }
    }
}

/// Text, lines and sizes of a figure.
#[derive(Clone, PartialEq, Debug)]
pub struct Style {
    /// Width in pixels: of the figure, or of the sky for arrays.
    pub width: usize,
    /// Width of the page in points.
    pub page_width: f64,
    /// Title above the sky.
    pub title: Option<String>,
    /// Whether it is made of names of files.
    pub title_is_name: bool,
    /// Unit at the colour bar; the file's where not given.
    pub units: Option<String>,
    /// Label at the upper left.
    pub left_label: Option<String>,
    /// Label at the upper right.
    pub right_label: Option<String>,
    /// Whether the sky alone fills the page; there is nothing else then.
    pub bare: bool,
    /// Whether there is a line around the sky.
    pub border: bool,
    /// Colours of page, text and lines.
    pub theme: Theme,
    /// Sizes of text.
    pub sizes: TextSizes,
    /// Font of all text, in place of the one built in.
    pub font: Option<FontFile>,
}

/// What a colour bar looks like.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BarStyle {
    /// Where it is.
    pub position: ColorbarPosition,
    /// What it shows, before the unit.
    pub label: Option<String>,
    /// Where it has ticks.
    pub ticks: TickSet,
    /// How numbers are written; what tells them apart where not given.
    pub format: Option<NumberFormat>,
    /// On which side of its edge the ticks are.
    pub direction: TickDirection,
    /// Ends with arrows; where data go beyond if not given.
    pub extend: Option<Extend>,
    /// What to call pixels without data beside it, if they are to be shown there.
    pub bad_swatch: Option<String>,
}

/// One file that a job writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// Where it goes.
    pub target: Target,
    /// What it is.
    pub kind: OutputKind,
}

/// Memory that a result is written to.
#[derive(Clone, Debug, Default)]
pub struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// Takes out what has been written.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a whole result there.
    pub(super) fn set(&self, bytes: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }
}

impl PartialEq for Buffer {
    /// Whether both are the same memory.
    fn eq(&self, other: &Buffer) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Buffer {}

/// Where a result goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A file, replaced as a whole when the result is complete.
    File(PathBuf),
    /// Standard output.
    Stdout,
    /// The terminal, as a picture.
    Terminal(Screen),
    /// Memory.
    Memory(Buffer),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::File(path) => f.write_str(&spelling::name(path)),
            Target::Stdout => f.write_str("standard output"),
            Target::Terminal(_) => f.write_str("the terminal"),
            Target::Memory(_) => f.write_str("memory"),
        }
    }
}

/// What a job makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputKind {
    /// A figure.
    Figure(Format),
    /// The projected values as a NumPy array.
    Npy,
    /// The projected values as a FITS image.
    Fits,
}

impl OutputKind {
    /// Whether it is a figure, in whatever format.
    pub fn is_figure(self) -> bool {
        matches!(self, OutputKind::Figure(_))
    }

    /// The file name extension.
    pub fn extension(self) -> &'static str {
        match self {
            OutputKind::Figure(format) => format.extension(),
            OutputKind::Npy => "npy",
            OutputKind::Fits => "fits",
        }
    }

    /// Every kind by its file name extension.
    pub fn all() -> impl Iterator<Item = (&'static str, OutputKind)> {
        let figures = Format::ALL.into_iter().map(|f| (f.extension(), OutputKind::Figure(f)));
        figures.chain([("npy", OutputKind::Npy), ("fits", OutputKind::Fits)])
    }

    /// The kind that a file name extension or a format's name stands for, in any case.
    pub fn from_extension(extension: &str) -> Option<OutputKind> {
        Format::from_extension(extension).map(OutputKind::Figure).or_else(|| {
            OutputKind::all().find(|(name, _)| extension.eq_ignore_ascii_case(name)).map(|(_, k)| k)
        })
    }
}
