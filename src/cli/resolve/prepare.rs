//! Masks, and what is taken off the map.

use super::UsageError;
use super::colors::color_or_end;
use crate::cli::args::{DrawArgs, PrepareArgs};
use crate::colormap::Rgba;
use crate::pipeline::{MaskFile, PrepareSettings};
use crate::stages::colorize::{Masked, Palette};
use crate::stages::load::Pick;
use crate::stages::prepare::Multipoles;

pub(super) fn settings(args: &PrepareArgs) -> Result<PrepareSettings, UsageError> {
    for (name, value) in [("mask-below", args.mask_below), ("mask-above", args.mask_above)] {
        if value.is_some_and(|v| !v.is_finite()) {
            return Err(UsageError::new(format!("--{name}: expected a finite number")));
        }
    }
    if let (Some(below), Some(above)) = (args.mask_below, args.mask_above)
        && below > above
    {
        let message =
            format!("--mask-below {below} and --mask-above {above} together mask everything");
        return Err(UsageError::new(message).between(&["mask_below", "mask_above"]));
    }
    let frame = args.mask_coord.as_deref().map(str::parse).transpose();
    let frame = frame.map_err(|e| UsageError::option("mask-coord", e))?;
    let column = args.mask_col.as_deref().map(Pick::parse);
    let removed = match (args.remove_monopole, args.remove_dipole) {
        (_, true) => Some(Multipoles::Dipole),
        (true, false) => Some(Multipoles::Monopole),
        (false, false) => None,
    };
    let cut = args.gal_cut.unwrap_or(0.0);
    if !(0.0..90.0).contains(&cut) {
        return Err(UsageError::new(format!(
            "--gal-cut: expected degrees of latitude, from 0 to less than 90, found {cut}"
        )));
    }
    if args.gal_cut.is_some() && removed.is_none() {
        return Err(UsageError::new("--gal-cut: nothing is fitted")
            .hint("--remove-monopole and --remove-dipole fit to what is beyond the cut; --mask-file hides parts of the sky"));
    }
    Ok(PrepareSettings {
        mask: args.mask_file.clone().map(|path| MaskFile { path, frame, column }),
        below: args.mask_below,
        above: args.mask_above,
        removed,
        galactic_cut: cut.to_radians(),
    })
}

/// How masked pixels look, in a picture with these colours.
pub(super) fn masked(args: &DrawArgs, palette: &Palette) -> Result<Masked, UsageError> {
    let prepare = &args.prepare;
    let masks =
        prepare.mask_file.is_some() || prepare.mask_below.is_some() || prepare.mask_above.is_some();
    if prepare.mask_alpha.is_some() && !masks {
        return Err(UsageError::new("--mask-alpha: nothing is masked")
            .hint("--mask-file, --mask-below and --mask-above mask pixels"));
    }
    let color = color_or_end("maskfill-color", &prepare.maskfill_color, palette)?;
    let color = color.unwrap_or(palette.bad);
    match prepare.mask_alpha {
        None => Ok(Masked::Fill(color)),
        Some(alpha) if (0.0..=1.0).contains(&alpha) => {
            Ok(Masked::Veil(Rgba { a: (alpha * f64::from(color.a)).round() as u8, ..color }))
        }
        Some(alpha) => {
            Err(UsageError::new(format!("--mask-alpha: expected 0 to 1, found {alpha}")))
        }
    }
}
