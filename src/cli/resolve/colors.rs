//! Colours of the sky and of the page.

use super::UsageError;
use crate::cli::args::{DrawArgs, ThemeName};
use crate::colormap::{Colormap, Rgba};
use crate::figure::Theme;
use crate::stages::colorize::Palette;

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
    Ok(Palette {
        colormap: Colormap::parse(&colors.cmap).map_err(|e| UsageError::option("cmap", e))?,
        under: color("under-color", &colors.under_color)?,
        over: color("over-color", &colors.over_color)?,
        bad: color("bad-color", &colors.bad_color)?.unwrap_or(theme(args)?.bad),
    })
}

pub(super) fn color(option: &str, text: &Option<String>) -> Result<Option<Rgba>, UsageError> {
    let color = text.as_deref().map(Rgba::parse).transpose();
    color.map_err(|e| UsageError::option(option, e))
}
