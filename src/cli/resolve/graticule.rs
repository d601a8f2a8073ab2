//! Coordinate grids and reference lines.

use super::UsageError;
use super::colors::color;
use crate::cli::args::{GratFormat, GraticuleArgs};
use crate::figure::AngleFormat;
use crate::healpix::{MAX_NSIDE, Nside};
use crate::pipeline::{GridFrame, GridSettings, OverlaySettings};
use crate::sky::Frame;

/// The smallest distance of lines in degrees: a milliarcsecond.
const FINEST: f64 = 1e-3 / 3600.0;

/// The grids and lines over the sky.
pub(super) fn overlays(args: &GraticuleArgs) -> Result<OverlaySettings, UsageError> {
    let mut grids = Vec::new();
    let overlay = frame("grat-coord-overlay", &args.grat_coord_overlay)?;
    let asked = asks_for_grid(args);
    let local = args.local_graticule
        || !asked && (args.local_grat_dlat.is_some() || args.local_grat_dlon.is_some());
    let spacing =
        (spacing("grat-par", args.grat_par, 90.0)?, spacing("grat-mer", args.grat_mer, 180.0)?);
    let line_width = line_width(args)?;
    let settings = |frame, (parallels, meridians), color, second| GridSettings {
        frame,
        parallels,
        meridians,
        format: match args.grat_format {
            Some(GratFormat::Signed) => AngleFormat::Signed,
            Some(GratFormat::Hours) => AngleFormat::Hours,
            Some(GratFormat::Deg) | None => AngleFormat::Degrees,
        },
        labels: !args.no_grat_labels,
        line_width,
        color,
        second,
    };
    let plain = color("grat-color", &args.grat_color)?;
    if asked {
        let own = match frame("grat-coord", &args.grat_coord)? {
            Some(frame) => GridFrame::Of(frame),
            None => GridFrame::Picture,
        };
        grids.push(settings(own, spacing, plain, false));
    }
    if local {
        let spacing = (
            self::spacing("local-grat-dlat", args.local_grat_dlat, 90.0)?,
            self::spacing("local-grat-dlon", args.local_grat_dlon, 180.0)?,
        );
        grids.push(settings(GridFrame::Local, spacing, plain, asked));
    }
    if let Some(frame) = overlay {
        let color = color("grat-overlay-color", &args.grat_overlay_color)?;
        let second = !grids.is_empty();
        grids.push(settings(GridFrame::Of(frame), spacing, color, second));
    }
    Ok(OverlaySettings {
        grids,
        galactic_plane: args.galactic_plane,
        ecliptic: args.ecliptic,
        frame_label: args.frame_label,
        pixel_borders: args.pixel_borders.map(nside).transpose()?,
    })
}

/// Whether the picture's own grid is asked for: by itself, or by how it should look where no other grid could be meant.
fn asks_for_grid(args: &GraticuleArgs) -> bool {
    let other = args.grat_coord_overlay.is_some() || args.local_graticule;
    let looks = args.grat_par.is_some()
        || args.grat_mer.is_some()
        || args.grat_labels
        || args.grat_format.is_some()
        || args.grat_color.is_some()
        || args.grat_line_width.is_some();
    args.graticule || args.grat_coord.is_some() || !other && looks
}

/// The width of lines in points.
fn line_width(args: &GraticuleArgs) -> Result<Option<f64>, UsageError> {
    match args.grat_line_width {
        Some(width) if !(width > 0.0 && width <= 20.0) => Err(UsageError::new(format!(
            "--grat-line-width: expected a width in points, above 0 and up to 20, found {width}"
        ))),
        width => Ok(width),
    }
}

fn frame(option: &str, text: &Option<String>) -> Result<Option<Frame>, UsageError> {
    let frame = text.as_deref().map(str::parse).transpose();
    frame.map_err(|e| UsageError::option(option, e))
}

/// A distance of lines in radians.
fn spacing(option: &str, degrees: Option<f64>, most: f64) -> Result<Option<f64>, UsageError> {
    match degrees {
        Some(d) if !(FINEST..=most).contains(&d) => Err(UsageError::new(format!(
            "--{option}: expected a distance of lines in degrees, from {FINEST:.1e} up to {most}, found {d}"
        ))),
        _ => Ok(degrees.map(f64::to_radians)),
    }
}

fn nside(given: i64) -> Result<Nside, UsageError> {
    Nside::new(given).map_err(|_| {
        UsageError::new(format!(
            "--pixel-borders: expected an nside, 1 to {MAX_NSIDE}, found {given}"
        ))
    })
}
