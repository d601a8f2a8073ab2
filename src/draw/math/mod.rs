//! Formulas: TeX source to placed glyphs, bars and signs, without TeX.
//!
//! RaTeX reads the source and sets it by TeX's rules. Letters, figures and most signs are then those of the text
//! face, so that a formula looks like the text around it; only big operators, stretched delimiters
//! and special alphabets come from the fonts of KaTeX.

mod letters;
mod place;

use ratex_parser::ParseNode;

use super::DrawError;
use super::text::{Fonts, TypesetText};

/// Macros that labels use and RaTeX lacks: those of matplotlib, siunitx and LaTeX's text mode.
const PRELUDE: &str = concat!(
    r"\def\mbox#1{\text{#1}}",
    r"\def\mathdefault#1{\mathrm{#1}}",
    r"\def\mathregular#1{\mathrm{#1}}",
    r"\def\unit#1{\mathrm{#1}}",
    r"\def\si#1{\mathrm{#1}}",
    r"\def\num#1{#1}",
    r"\def\SI#1#2{#1\,\mathrm{#2}}",
    r"\def\ensuremath#1{#1}",
    r"\def\textmu{\text{µ}}",
    r"\def\upmu{\mathrm{\mu}}",
    r"\def\micro{\mathrm{\mu}}",
    r"\def\degr{{}^\circ}",
    r"\def\arcmin{{}^{\prime}}",
    r"\def\arcsec{{}^{\prime\prime}}",
    r"\def\AA{\text{Å}}",
    r"\def\angstrom{\text{Å}}",
    r"\def\Sun{\odot}",
    r"\def\sun{\odot}",
    r"\def\Earth{\oplus}",
    r"\def\nicefrac#1#2{{}^{#1}\!/{}_{#2}}",
    r"\def\sfrac#1#2{{}^{#1}\!/{}_{#2}}",
);

/// A mistake in a formula's source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct TexError {
    /// What is wrong.
    pub(super) message: String,
    /// The byte of the source at which it is wrong.
    pub(super) at: usize,
}

/// Reads a formula to see whether it can be set.
///
/// # Errors
/// The first mistake in it.
pub(super) fn check(source: &str) -> Result<(), TexError> {
    let nodes = parse(source)?;
    let tree = ratex_layout::layout(&nodes, &options());
    let whole = |message| TexError { message, at: 0 };
    ratex_layout::validate_layout(&tree).map_err(whole)
}

/// Sets a formula at the end of a line, `drop` points below its baseline.
///
/// # Errors
/// A mistake in the source, or a font that cannot be read.
pub(super) fn set(
    fonts: &Fonts,
    source: &str,
    size: f64,
    drop: f64,
    set: &mut TypesetText,
) -> Result<(), DrawError> {
    let nodes = parse(source).map_err(|error| DrawError::Formula(error.message))?;
    let (nodes, metrics) = letters::in_text_face(nodes, fonts)?;
    let tree = ratex_layout::layout_with_fallback_metrics(&nodes, &options(), metrics);
    ratex_layout::validate_layout(&tree).map_err(DrawError::Formula)?;
    let list = ratex_layout::to_display_list(&tree);
    place::items(fonts, &list, size, drop, set)
}

fn options() -> ratex_layout::LayoutOptions {
    let style = ratex_types::math_style::MathStyle::Text;
    ratex_layout::LayoutOptions { style, ..Default::default() }
}

fn parse(source: &str) -> Result<Vec<ParseNode>, TexError> {
    // RaTeX takes a control space at the very end for a backslash.
    let end = if source.ends_with("\\ ") { "{}" } else { "" };
    ratex_parser::parse(&format!("{PRELUDE}{source}{end}")).map_err(|error| {
        let at = error.loc.map_or(0, |loc| loc.start.saturating_sub(PRELUDE.len()));
        TexError { message: error.message, at }
    })
}

#[cfg(test)]
mod tests;
