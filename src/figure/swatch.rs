//! Swatches beside the colour bar: colours that stand for no value, with what they mean.

use super::bar_space::{BarSpace, SWATCH_GAP};
use super::colorbar::HALF_FIGURE;
use super::layout::PlacedText;
use super::{Extend, FigureSpec, fit};
use crate::colormap::Rgba;
use crate::draw::{DrawError, Fonts, Rect, RichText};

/// A colour and what it means.
#[derive(Clone, PartialEq, Debug)]
pub struct Swatch {
    /// The colour.
    pub color: Rgba,
    /// What it means.
    pub label: RichText,
}

/// A rectangle in its colour, and what that means.
pub(super) type PlacedSwatch = ((Rect, Rgba), PlacedText);

/// The labels of those swatches that are not beside the bar as they were asked for: they were cut, or found no room.
pub(super) fn lost(
    spec: &FigureSpec,
    placed: &[PlacedSwatch],
    fonts: &Fonts,
) -> Result<Vec<String>, DrawError> {
    let mut lost = Vec::new();
    for (k, swatch) in spec.swatches.iter().enumerate() {
        let whole = fonts.typeset(&swatch.label, spec.sizes.tick)?;
        let is_whole = |(_, label): &PlacedSwatch| label.text.to_plain() == whole.to_plain();
        if !placed.get(k).is_some_and(is_whole) {
            lost.push(swatch.label.to_plain());
        }
    }
    Ok(lost)
}

/// Places the swatches beyond the lower end of the bar, each with its label: side by side at the left of a bar
/// below the sky, clear of its tick labels; one below the other under an upright one. Those that find no room are
/// left out.
pub(super) fn place(
    space: &BarSpace,
    spec: &FigureSpec,
    extend: Extend,
    ticks: &[PlacedText],
    fonts: &Fonts,
) -> Result<Vec<PlacedSwatch>, DrawError> {
    let strip = space.strip;
    let size = spec.sizes.tick * space.scale;
    let side = if space.upright { strip.width } else { strip.height };
    let arrow = if extend.min() { space.arrow } else { 0.0 };
    let gap = SWATCH_GAP * side;
    let mut placed = Vec::new();
    if space.upright {
        let mut y = strip.bottom() + arrow + gap;
        for swatch in &spec.swatches {
            let room = space.label_room;
            let (lines, size) = fit::fit(fonts, &swatch.label, size, 0.5 * size, room, 1)?;
            let Some(text) = lines.into_iter().next() else { break };
            let middle = y + 0.5 * side.max(text.ink.height);
            let origin = [space.labels - text.ink.x, middle + HALF_FIGURE * size];
            let label = PlacedText { text, origin, upright: false };
            let rect = Rect::new(strip.x, middle - 0.5 * side, side, side);
            let bounds = label.bounds();
            y = rect.bottom().max(bounds.bottom()) + gap;
            let touches = ticks.iter().any(|tick| tick.bounds().overlaps(&bounds));
            if touches || y - gap > space.end {
                break;
            }
            placed.push(((rect, swatch.color), label));
        }
        return Ok(placed);
    }
    let first = ticks.iter().map(|text| text.bounds().x).fold(f64::INFINITY, f64::min);
    // Labels keep clear of the ticks', swatches of the bar.
    let mut label_end = first.min(strip.x) - 0.9 * size;
    let mut end = strip.x - arrow - gap;
    let edge = strip.x - space.overhang;
    for swatch in &spec.swatches {
        let width = 1.6 * side;
        let room = label_end - edge;
        if room.min(end - edge) < width {
            break;
        }
        let (lines, _) = fit::fit(fonts, &swatch.label, size, 0.6 * size, room, 1)?;
        let Some(text) = lines.into_iter().next() else { break };
        let center = (end - 0.5 * width).min(label_end - 0.5 * text.ink.width);
        let left = center - 0.5 * width.max(text.ink.width);
        let origin = [center - 0.5 * text.ink.width - text.ink.x, space.labels];
        let rect = Rect::new(center - 0.5 * width, strip.y, width, side);
        placed.push(((rect, swatch.color), PlacedText { text, origin, upright: false }));
        (end, label_end) = (left - gap, left - 0.9 * size);
    }
    Ok(placed)
}
