//! Colours of the sky and of the page.

use std::path::Path;

use super::theme::{self, Looks};
use super::{UsageError, prepare};
use crate::cli::args::{DrawArgs, NegMode};
use crate::cli::small_file;
use crate::colormap::{Colormap, ColormapError, Rgba};
use crate::stages::colorize::{Masked, Palette, Undefined};
use crate::stages::load::Pick;

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

/// The colours of a figure of this column and these looks.
pub(super) fn palette(
    args: &DrawArgs,
    column: Option<&Pick>,
    looks: &Looks,
) -> Result<Palette, UsageError> {
    let colors = &args.colors;
    let is_angle = matches!(column, Some(Pick::Name(name)) if name.eq_ignore_ascii_case("psi"));
    let default = match (args.values.planck_log, is_angle) {
        (true, _) => "planck-log",
        // Directions that are 180 degrees apart are the same.
        (false, true) => "twilight",
        (false, false) => "planck",
    };
    let table = colormap(colors.cmap.as_deref().unwrap_or(default));
    let table = table.map_err(|error| error.in_option("cmap"))?;
    let mut palette = Palette {
        colormap: match colors.cmap_steps {
            Some(steps) => table.stepped(steps.into()),
            None => table,
        },
        under: color("under-color", &colors.under_color)?,
        over: color("over-color", &colors.over_color)?,
        bad: looks.theme.bad,
        masked: Masked::default(),
        undefined: match args.values.neg_mode {
            NegMode::Zero => Undefined::Under,
            NegMode::Unseen => Undefined::Bad,
        },
    };
    if let Some(bad) = color_or_end("bad-color", &colors.bad_color, &palette)? {
        palette.bad = bad;
    }
    palette.masked = prepare::masked(args, &palette)?;
    Ok(palette)
}

/// A colour, or that of an end of the scale where it is called `under` or `over`.
pub(super) fn color_or_end(
    option: &str,
    text: &Option<String>,
    palette: &Palette,
) -> Result<Option<Rgba>, UsageError> {
    match text.as_deref() {
        Some("under") => Ok(Some(palette.under())),
        Some("over") => Ok(Some(palette.over())),
        _ => color(option, text),
    }
}

/// Endings of files that hold colour tables.
const TABLES: [&str; 5] = ["csv", "txt", "tsv", "dat", "rgb"];

/// The colour table of a name, of a list of colours or in a file.
pub fn colormap(text: &str) -> Result<Colormap, UsageError> {
    let path = Path::new(text.trim());
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    if !TABLES.iter().any(|known| known.eq_ignore_ascii_case(extension)) {
        return Colormap::parse(text).map_err(|error| {
            let unknown = matches!(error, ColormapError::Unknown(_));
            let error = UsageError::new(error.to_string());
            if unknown { error.hint("map2fig colormaps lists all names") } else { error }
        });
    }
    let table = small_file::text(path)
        .map_err(|e| UsageError::new(format!("cannot read {}: {e}", path.display())))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Colormap::from_text(&name, &table).map_err(|e| {
        UsageError::new(e.to_string()).hint("a colour on each line, as r,g,b or #rrggbb")
    })
}

pub(super) fn color(option: &str, text: &Option<String>) -> Result<Option<Rgba>, UsageError> {
    let color = text.as_deref().map(Rgba::parse).transpose();
    color.map_err(|e| UsageError::option(option, e))
}
