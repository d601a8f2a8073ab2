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

pub(super) fn overlays(args: &GraticuleArgs) -> Result<OverlaySettings, UsageError> {
    let mut grids = Vec::new();
    let overlay = frame("grat-coord-overlay", &args.grat_coord_overlay)?;
    let other = overlay.is_some() || args.local_graticule;
    let asked = args.graticule
        || args.grat_coord.is_some()
        || !other && (args.grat_par.is_some() || args.grat_mer.is_some())
        || !other && (args.grat_labels || args.grat_format.is_some())
        || !other && (args.grat_color.is_some() || args.grat_line_width.is_some());
    let local = args.local_graticule
        || !asked && (args.local_grat_dlat.is_some() || args.local_grat_dlon.is_some());
    let spacing =
        (spacing("grat-par", args.grat_par, 90.0)?, spacing("grat-mer", args.grat_mer, 180.0)?);
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
        line_width: args.grat_line_width,
        color,
        second,
    };
    if let Some(width) = args.grat_line_width.filter(|w| !(*w > 0.0 && *w <= 20.0)) {
        return Err(UsageError::new(format!(
            "--grat-line-width: expected a width in points, above 0 and up to 20, found {width}"
        )));
    }
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
    } else if args.grat_overlay_color.is_some() {
        return Err(UsageError::new("--grat-overlay-color: there is no second grid")
            .hint("--grat-coord-overlay gal, eq or ecl draws one"));
    }
    Ok(OverlaySettings {
        grids,
        galactic_plane: args.galactic_plane,
        ecliptic: args.ecliptic,
        frame_label: args.frame_label,
        pixel_borders: args.pixel_borders.map(nside).transpose()?,
    })
}

fn frame(option: &str, text: &Option<String>) -> Result<Option<Frame>, UsageError> {
    let frame = text.as_deref().map(str::parse).transpose();
    frame.map_err(|e| UsageError::option(option, e))
}

/// A distance of lines in radians.
fn spacing(option: &str, degrees: Option<f64>, most: f64) -> Result<Option<f64>, UsageError> {
    match degrees {
        Some(d) if !(FINEST..=most).contains(&d) => Err(UsageError::new(format!(
            "--{option}: expected a distance of lines in degrees, from {FINEST:e} up to {most}, found {d}"
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
