//! From settings to what is drawn on top of the sky: colours of the theme, frames of the picture.

use super::{GridFrame, GridSettings, Job};
use crate::colormap::Rgba;
use crate::draw::Stroke;
use crate::figure::{Coordinates, EquatorSpec, GraticuleSpec, OverlaySpec, Theme};
use crate::projection::View;
use crate::sky::Frame;

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
    let overlay = grid.second && matches!(grid.frame, GridFrame::Of(_));
    let own = if overlay { theme.second_grid() } else { theme.grid() };
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
        text: if overlay { grid.color.unwrap_or(own) } else { theme.text },
        second: grid.second,
    }
}
