//! Colours of the sky and of the page.

use super::UsageError;
use crate::cli::args::{DrawArgs, NegMode, ThemeName};
use crate::colormap::{Colormap, Rgba};
use crate::figure::Theme;
use crate::stages::colorize::{Palette, Undefined};

pub(super) fn theme(args: &DrawArgs) -> Result<Theme, UsageError> {
    let theme = match args.figure.theme {
        ThemeName::Light => Theme::light(),
        ThemeName::Dark => Theme::dark(),
        ThemeName::Planck => Theme::planck(),
    };
    let theme = match color("bg-color", &args.colors.bg_color)? {
        Some(page) => theme.on_page(page),
        None => theme,
    };
    Ok(if args.figure.transparent { theme.transparent() } else { theme })
}

pub(super) fn palette(args: &DrawArgs) -> Result<Palette, UsageError> {
    let colors = &args.colors;
    let default = if args.values.planck_log { "planck-log" } else { "planck" };
    let name = colors.cmap.as_deref().unwrap_or(default);
    Ok(Palette {
        colormap: Colormap::parse(name).map_err(|e| UsageError::option("cmap", e))?,
        under: color("under-color", &colors.under_color)?,
        over: color("over-color", &colors.over_color)?,
        bad: color("bad-color", &colors.bad_color)?.unwrap_or(theme(args)?.bad),
        undefined: match args.values.neg_mode {
            NegMode::Zero => Undefined::Under,
            NegMode::Unseen => Undefined::Bad,
        },
    })
}

fn color(option: &str, text: &Option<String>) -> Result<Option<Rgba>, UsageError> {
    let color = text.as_deref().map(Rgba::parse).transpose();
    color.map_err(|e| UsageError::option(option, e))
}
