//! What is drawn on top of the sky: its settings, and what the theme's colours and the picture's frame make of them.

use super::Job;
use crate::colormap::Rgba;
use crate::draw::Stroke;
use crate::figure::{AngleFormat, Coordinates, EquatorSpec, GraticuleSpec, OverlaySpec, Theme};
use crate::healpix::Nside;
use crate::projection::View;
use crate::sky::Frame;

/// Grids and lines on the sky.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OverlaySettings {
    /// Coordinate grids.
    pub grids: Vec<GridSettings>,
    /// Whether the galactic equator is drawn.
    pub galactic_plane: bool,
    /// Whether the ecliptic is drawn.
    pub ecliptic: bool,
    /// Whether the frame's name is written.
    pub frame_label: bool,
    /// The nside of pixels whose borders are drawn.
    pub pixel_borders: Option<Nside>,
}

/// A coordinate grid.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GridSettings {
    /// What it counts in.
    pub frame: GridFrame,
    /// Distance of parallels in radians; nothing for what suits the field.
    pub parallels: Option<f64>,
    /// Distance of meridians in radians; nothing for what suits the field.
    pub meridians: Option<f64>,
    /// How angles are written.
    pub format: AngleFormat,
    /// Whether they are.
    pub labels: bool,
    /// Width of lines in points; the theme's where not given.
    pub line_width: Option<f64>,
    /// Colour of lines; the theme's where not given.
    pub color: Option<Rgba>,
    /// Whether another grid is labelled first.
    pub second: bool,
}

/// What a grid counts in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GridFrame {
    /// The picture's frame.
    Picture,
    /// This frame.
    Of(Frame),
    /// Degrees from the point in the middle.
    Local,
}

/// Width of a grid's lines, of reference lines and of pixel borders, in points.
const GRID: f64 = 0.4;
const EQUATOR: f64 = 0.9;
const BORDER: f64 = 0.25;
/// Dashes of the ecliptic and the gaps between them, in points.
const DASH: [f64; 2] = [3.2, 2.2];

/// What the job draws on top of the sky.
pub(super) fn overlay_spec(job: &Job, view: &View) -> OverlaySpec {
    let (settings, theme) = (&job.overlays, &job.style.theme);
    let equator = |frame, dash| EquatorSpec {
        frame,
        line: Stroke { color: Rgba { a: 0xd0, ..theme.line }, width: EQUATOR },
        dash,
    };
    let galactic = settings.galactic_plane.then(|| equator(Frame::Galactic, None));
    let ecliptic = settings.ecliptic.then(|| equator(Frame::Ecliptic, Some(DASH)));
    OverlaySpec {
        graticules: settings.grids.iter().map(|grid| graticule(grid, view, theme)).collect(),
        equators: galactic.into_iter().chain(ecliptic).collect(),
        pixel_borders: settings
            .pixel_borders
            .map(|nside| (nside, Stroke { color: theme.grid(), width: BORDER })),
        frame_label: settings.frame_label,
    }
}

fn graticule(grid: &GridSettings, view: &View, theme: &Theme) -> GraticuleSpec {
    let own = if grid.second { theme.second_grid() } else { theme.grid() };
    GraticuleSpec {
        coordinates: match grid.frame {
            GridFrame::Picture => Coordinates::Frame(view.frame()),
            GridFrame::Of(frame) => Coordinates::Frame(frame),
            GridFrame::Local => Coordinates::Local,
        },
        parallels: grid.parallels,
        meridians: grid.meridians,
        format: grid.format,
        labels: grid.labels,
        line: Stroke { color: grid.color.unwrap_or(own), width: grid.line_width.unwrap_or(GRID) },
        text: if grid.second { grid.color.unwrap_or(own) } else { theme.text },
        second: grid.second,
    }
}
