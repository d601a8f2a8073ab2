//! Swatches beside the colour bar: colours that stand for no value, with what they mean.

use super::bar_space::{BarSpace, SWATCH_GAP};
use super::colorbar::HALF_FIGURE;
use super::layout::{MARGIN, PlacedText};
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

/// Places the swatches beyond the lower end of the bar, each with its label, which is as large as those of the ticks or smaller, all alike:
/// side by side at the left of a bar below the sky, clear of its tick labels; one below the other under an upright one. Those that find no
/// room are left out.
pub(super) fn place(
    space: &BarSpace,
    spec: &FigureSpec,
    extend: Extend,
    (ticks, size): (&[PlacedText], f64),
    fonts: &Fonts,
) -> Result<Vec<PlacedSwatch>, DrawError> {
    let arrow = if extend.min() { space.arrow } else { 0.0 };
    let place = if space.upright { below_one_another } else { side_by_side };
    let placed = |part: f64| place(space, spec, arrow, (ticks, part * size), fonts);
    let mut all = Vec::new();
    for part in SIZES {
        all = placed(part)?;
        if lost(spec, &all, fonts)?.is_empty() {
            break;
        }
    }
    Ok(all)
}

/// Parts of the size of the tick labels that labels may have.
const SIZES: [f64; 5] = [1.0, 0.9, 0.8, 0.7, 0.6];

fn below_one_another(
    space: &BarSpace,
    spec: &FigureSpec,
    arrow: f64,
    (ticks, size): (&[PlacedText], f64),
    fonts: &Fonts,
) -> Result<Vec<PlacedSwatch>, DrawError> {
    let strip = space.strip;
    let side = strip.width;
    let gap = SWATCH_GAP * side;
    let mut placed = Vec::new();
    let mut y = strip.bottom() + arrow + gap;
    for swatch in &spec.swatches {
        let (lines, _) = fit::fit(fonts, &swatch.label, size, size, space.swatch_room, 1)?;
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
    Ok(placed)
}

fn side_by_side(
    space: &BarSpace,
    spec: &FigureSpec,
    arrow: f64,
    (ticks, size): (&[PlacedText], f64),
    fonts: &Fonts,
) -> Result<Vec<PlacedSwatch>, DrawError> {
    let strip = space.strip;
    let side = strip.height;
    let gap = SWATCH_GAP * side;
    let mut placed = Vec::new();
    let first = ticks.iter().map(|text| text.bounds().x).fold(f64::INFINITY, f64::min);
    // Labels keep clear of the ticks', swatches of the bar.
    let mut label_end = first.min(strip.x) - 0.9 * size;
    let mut end = strip.x - arrow - gap;
    let edge = MARGIN * space.scale;
    for swatch in &spec.swatches {
        let width = 1.6 * side;
        let room = label_end - edge;
        if room.min(end - edge) < width {
            break;
        }
        let (lines, _) = fit::fit(fonts, &swatch.label, size, size, room, 1)?;
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
