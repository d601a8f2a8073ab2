//! Sizes, text and lines of the figure.

use super::UsageError;
use super::colors;
use super::theme::{Looks, font, points};
use crate::cli::args::{DrawArgs, ViewArgs};
use crate::cli::parse;
use crate::draw::RichText;
use crate::pipeline::Style;

/// The width in pixels of a picture of the sky alone: `--width`, or what `--fov` and `--res` make together.
fn sky_width(width: Option<u32>, view: &ViewArgs) -> Result<u32, UsageError> {
    let (Some(fov), Some(res)) = (view.fov, view.res) else { return Ok(width.unwrap_or(WIDTH)) };
    let pixels = (fov / res).round();
    if !(16.0..=32_000.0).contains(&pixels) {
        let message = format!("--fov {fov} at --res {res} makes a sky {pixels} pixels wide");
        return Err(UsageError::new(message).hint("it has to be 16 to 32000 pixels wide"));
    }
    match width {
        Some(width) if f64::from(width) != pixels => {
            let message = format!("--fov {fov} at --res {res} has {pixels} pixels, not {width}");
            Err(UsageError::new(message)
                .hint("leave one of --fov, --res and --width out")
                .between(&["width", "res", "fov"]))
        }
        _ => Ok(pixels as u32),
    }
}

/// Width of the page where none is given: between one and two columns of a journal.
const PAGE_WIDTH: &str = "12cm";
/// Width in pixels where none is given.
const WIDTH: u32 = 1200;

/// What to do about a mistake in a formula that was meant to be none.
const DOLLAR_HINT: &str = r"text between two '$' is TeX mathematics; '\$' is a dollar sign";

/// What the theme says of a figure, changed by the options for its sizes and its font. Files are read for it.
pub(super) fn looks(args: &DrawArgs) -> Result<Looks, UsageError> {
    let text = &args.text;
    let mut looks = colors::looks(args)?;
    for (option, given, place) in [
        ("title-font-size", text.title_font_size, &mut looks.sizes.title),
        ("label-font-size", text.label_font_size, &mut looks.sizes.label),
        ("tick-font-size", text.tick_font_size, &mut looks.sizes.tick),
        ("units-font-size", text.units_font_size, &mut looks.sizes.units),
    ] {
        if let Some(given) = given {
            *place = points(given).map_err(|why| UsageError::option(option, why))?;
        }
    }
    if let Some(path) = &text.font {
        looks.font = Some(font(path).map_err(|why| UsageError::option("font", why))?);
    }
    Ok(looks)
}

/// Makes sure that the formulas of a label can be set.
pub(super) fn formula(option: &str, label: &str) -> Result<(), UsageError> {
    RichText::parse(label).map(|_| ()).map_err(|mut error| {
        (error.text, error.column) = about(&error.text, error.column);
        UsageError::option(option, error).hint(DOLLAR_HINT)
    })
}

/// Characters on either side of a mistake that are shown of a long label.
const ABOUT: usize = 30;

/// What of a long label is about one of its characters, and where that is in it.
fn about(label: &str, column: usize) -> (String, usize) {
    let length = label.chars().count();
    if length <= 2 * ABOUT {
        return (label.to_string(), column);
    }
    let (from, to) = (column.saturating_sub(ABOUT), (column + ABOUT).min(length));
    let dots = |is_cut: bool| if is_cut { "\u{2026}" } else { "" };
    let text: String = label.chars().skip(from).take(to - from).collect();
    (
        format!("{}{text}{}", dots(from > 0), dots(to < length)),
        column - from + usize::from(from > 0),
    )
}

/// The width of a figure or an array in pixels, and that of the page in points.
pub(super) fn width(is_figure: bool, args: &DrawArgs) -> Result<(u32, f64), UsageError> {
    let output = &args.output;
    let size = output.figsize.as_deref().unwrap_or(PAGE_WIDTH);
    let page_width = parse::length(size).map_err(|e| UsageError::option("figsize", e))?;
    let width = match output.dpi {
        Some(dpi) if (1.0..=10_000.0).contains(&dpi) => (page_width / 72.0 * dpi).round() as u32,
        Some(dpi) => {
            return Err(UsageError::new(format!("--dpi: expected 1 to 10000, found {dpi}")));
        }
        None if is_figure && !args.figure.fast_render => output.width.unwrap_or(WIDTH),
        None => sky_width(output.width, &args.view)?,
    };
    match (16..=32_000).contains(&width) {
        true => Ok((width, page_width)),
        false => {
            let message = format!("--figsize and --dpi make a figure {width} pixels wide");
            Err(UsageError::new(message).hint("it has to be 16 to 32000 pixels wide"))
        }
    }
}

/// The style of a figure of these looks, or of an array of projected values.
pub(super) fn style(is_figure: bool, args: &DrawArgs, looks: &Looks) -> Result<Style, UsageError> {
    let (figure, text) = (&args.figure, &args.text);
    let (width, page_width) = width(is_figure, args)?;
    for (option, label) in [
        ("title", &text.title),
        ("units", &text.units),
        ("llabel", &text.llabel),
        ("rlabel", &text.rlabel),
        ("cbar-label", &args.bar.cbar_label),
        ("bad-swatch", &args.bar.bad_swatch),
    ] {
        if let Some(label) = label {
            formula(option, label)?;
        }
    }
    let bare = figure.fast_render;
    let shown = |label: &Option<String>, hidden: bool| label.clone().filter(|_| !hidden && !bare);
    Ok(Style {
        width: width as usize,
        page_width,
        title: shown(&text.title, text.no_title || text.no_text),
        title_is_name: false,
        units: text.units.clone(),
        left_label: shown(&text.llabel, text.no_text),
        right_label: shown(&text.rlabel, text.no_text),
        border: !figure.no_border && !bare,
        bare,
        theme: looks.theme,
        sizes: looks.sizes,
        font: looks.font.clone(),
    })
}
