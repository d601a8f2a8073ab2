//! Colours of the sky and of the page.

use super::UsageError;
use super::theme::{self, Looks};
use crate::cli::args::DrawArgs;
use crate::colormap::{Colormap, Rgba};
use crate::stages::colorize::Palette;

/// The looks of the figure, on the page that was asked for.
pub(super) fn looks(args: &DrawArgs) -> Result<Looks, UsageError> {
    let mut looks = theme::looks(&args.figure.theme)?;
    if let Some(page) = color("bg-color", &args.colors.bg_color)? {
        looks.theme = looks.theme.on_page(page);
    }
    if args.figure.transparent {
        looks.theme = looks.theme.transparent();
    }
    Ok(looks)
}

pub(super) fn palette(args: &DrawArgs) -> Result<Palette, UsageError> {
    let colors = &args.colors;
    Ok(Palette {
        colormap: Colormap::parse(&colors.cmap).map_err(|e| UsageError::option("cmap", e))?,
        under: color("under-color", &colors.under_color)?,
        over: color("over-color", &colors.over_color)?,
        bad: color("bad-color", &colors.bad_color)?.unwrap_or(looks(args)?.theme.bad),
    })
}

fn color(option: &str, text: &Option<String>) -> Result<Option<Rgba>, UsageError> {
    let color = text.as_deref().map(Rgba::parse).transpose();
    color.map_err(|e| UsageError::option(option, e))
}
