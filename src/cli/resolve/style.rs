//! Sizes, text and lines of the figure.

use super::UsageError;
use super::colors;
use super::theme::{Looks, font, points};
use crate::cli::args::{DrawArgs, ViewArgs};
use crate::cli::parse;
use crate::draw::RichText;
use crate::pipeline::Style;

/// The width of an array: `--width`, or what `--fov` and `--res` make together.
fn array_width(width: Option<u32>, view: &ViewArgs) -> Result<u32, UsageError> {
    let (Some(fov), Some(res)) = (view.fov, view.res) else { return Ok(width.unwrap_or(WIDTH)) };
    let pixels = (fov / res).round();
    if !(16.0..=32_000.0).contains(&pixels) {
        let message = format!("--fov {fov} at --res {res} makes an array {pixels} pixels wide");
        return Err(UsageError::new(message).hint("it has to be 16 to 32000 pixels wide"));
    }
    match width {
        Some(width) if f64::from(width) != pixels => {
            let message = format!("--fov {fov} at --res {res} has {pixels} pixels, not {width}");
            Err(UsageError::new(message).hint("leave one of --fov, --res and --width out"))
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

/// The style of a figure of these looks, or of an array of projected values.
pub(super) fn style(is_figure: bool, args: &DrawArgs, looks: &Looks) -> Result<Style, UsageError> {
    let (output, figure, text) = (&args.output, &args.figure, &args.text);
    let size = output.figsize.as_deref().unwrap_or(PAGE_WIDTH);
    let page_width = parse::length(size).map_err(|e| UsageError::option("figsize", e))?;
    let width = match output.dpi {
        Some(dpi) if (1.0..=10_000.0).contains(&dpi) => (page_width / 72.0 * dpi).round() as u32,
        Some(dpi) => {
            return Err(UsageError::new(format!("--dpi: expected 1 to 10000, found {dpi}")));
        }
        None if is_figure => output.width.unwrap_or(WIDTH),
        None => array_width(output.width, &args.view)?,
    };
    if !(16..=32_000).contains(&width) {
        let message = format!("--figsize and --dpi make a figure {width} pixels wide");
        return Err(UsageError::new(message).hint("it has to be 16 to 32000 pixels wide"));
    }
    for (option, label) in [
        ("title", &text.title),
        ("units", &text.units),
        ("llabel", &text.llabel),
        ("rlabel", &text.rlabel),
        ("cbar-label", &args.bar.cbar_label),
        ("bad-swatch", &args.bar.bad_swatch),
    ] {
        if let Some(label) = label {
            RichText::parse(label).map_err(|e| UsageError::option(option, e).hint(DOLLAR_HINT))?;
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
