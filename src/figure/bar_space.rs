//! The room for a colour bar: below the sky or at its right.

use super::colorbar::TICK_LENGTH;
use super::layout::{ASCENT, DESCENT, MARGIN};
use super::{FigureSpec, TickDirection, TickSet, ticks};
use crate::draw::{DrawError, Fonts, Rect};

/// Where a colour bar and its writing go, in points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BarSpace {
    /// The colours, without the arrows at the ends.
    pub strip: Rect,
    /// Whether values grow upwards, with the writing at the right, instead of to the right, with the writing below.
    pub upright: bool,
    /// Length of the arrow at an end.
    pub arrow: f64,
    /// Below: the baseline of the tick labels. At the right: their left edge.
    pub labels: f64,
    /// How far tick labels may reach beyond the ends of the strip.
    pub overhang: f64,
    /// At the right: the width of the widest label.
    pub label_room: f64,
    /// At the right: the width that a swatch's label may have.
    pub swatch_room: f64,
    /// The baseline of the unit, which at the right reads upwards; `None` without a unit, when a common factor
    /// goes to the end of the bar.
    pub unit: Option<f64>,
    /// Below: where the writing ends.
    pub(super) end: f64,
    /// How far to the right the writing may reach.
    pub(super) edge: f64,
    /// Factor on all sizes, below 1 on pages too narrow for the usual ones.
    pub scale: f64,
}

/// Space between the sky and the bar, in points.
const SKY_GAP: f64 = 7.0;
/// Space between ticks and their labels, in ems of the labels.
const LABEL_GAP: f64 = 0.25;
/// Space between tick labels and the unit, in ems of the unit.
pub(super) const UNIT_GAP: f64 = 0.3;
/// Room for labels at the right that are not known yet, in ems; wider ones are set smaller.
const LABEL_ROOM: f64 = 2.9;
/// A number that is long in any format.
const LONG: f64 = -8.888e-8;

/// Room for swatches and their labels at the end of a bar below the sky, in ems.
const SWATCH_ROOM: f64 = 7.0;
/// A bar below the sky that is a smaller part of the line is too short to be centred beside swatches, and the longest that it is then.
const SHORT: f64 = 0.42;
const LONGEST: f64 = 0.58;
/// Space between the bar and a swatch, in terms of the bar's thickness.
pub(super) const SWATCH_GAP: f64 = 0.9;

/// What the room depends on.
pub(super) struct Frame<'a> {
    pub(super) spec: &'a FigureSpec,
    /// Factor on all sizes.
    pub(super) scale: f64,
    /// Pixels a point.
    pub(super) density: f64,
    /// Ascent and descent of the unit's line, in points, as far as the text itself determines them.
    unit: [f64; 2],
    /// At the right: room for the tick labels.
    label_room: f64,
}

fn thickness(spec: &FigureSpec, scale: f64) -> f64 {
    (0.024 * spec.width).clamp(5.5, 14.0) * scale
}

/// From the strip to the tick labels.
fn marks(spec: &FigureSpec, scale: f64) -> f64 {
    let length = match spec.tick_direction {
        TickDirection::Out => TICK_LENGTH,
        TickDirection::In => 0.0,
    };
    (length + LABEL_GAP * spec.sizes.tick) * scale
}

/// Room for tick labels at the right: for those of given values, else for long numbers in a given format, at least for usual ones.
fn label_room(spec: &FigureSpec, scale: f64, fonts: &Fonts) -> Result<f64, DrawError> {
    let size = spec.sizes.tick * scale;
    let values: &[f64] = match (&spec.ticks, &spec.tick_format) {
        (TickSet::Nothing, _) => return Ok(0.0),
        (TickSet::Automatic, None) => &[],
        (TickSet::Automatic, Some(_)) => &[LONG],
        (TickSet::At(values), _) => values,
    };
    let mut room = LABEL_ROOM * size;
    for label in ticks::labels(values, spec.tick_format.as_ref()) {
        room = room.max(fonts.typeset(&label, size)?.ink.width);
    }
    Ok(room)
}

impl<'a> Frame<'a> {
    /// What the room for a bar of this figure depends on; `scale` is a factor on all sizes, `density` pixels a point.
    ///
    /// # Errors
    /// A font that cannot be read.
    pub(super) fn new(
        spec: &'a FigureSpec,
        scale: f64,
        density: f64,
        fonts: &Fonts,
    ) -> Result<Self, DrawError> {
        let size = spec.sizes.units * scale;
        let mut unit = [ASCENT * size, DESCENT * size];
        for text in [spec.units.text(), &spec.bar_label].into_iter().filter(|t| !t.is_blank()) {
            let set = fonts.typeset(text, size)?;
            unit = [unit[0].max(set.height()), unit[1].max(set.depth())];
        }
        let label_room = label_room(spec, scale, fonts)?;
        Ok(Self { spec, scale, density, unit, label_room })
    }

    /// The width in points of a bar at the right, with its writing and the space before it.
    pub(super) fn column(&self) -> f64 {
        let (spec, scale) = (self.spec, self.scale);
        let unit = if spec.has_caption() { self.unit_depth() } else { 0.0 };
        let writing = marks(spec, scale) + self.label_room + unit;
        SKY_GAP * scale + thickness(spec, scale) + writing
    }

    /// From the tick labels to the end of the unit's line.
    fn unit_depth(&self) -> f64 {
        let [ascent, descent] = self.unit;
        (UNIT_GAP + 0.1) * self.spec.sizes.units * self.scale + ascent + descent
    }

    /// The nearest pixel border.
    fn snapped(&self, value: f64) -> f64 {
        (value * self.density).round() / self.density
    }

    /// Start and end of a bar's side, at the nearest pixel borders if it is as long as a pixel.
    fn side(&self, start: f64, length: f64) -> [f64; 2] {
        if length * self.density < 1.0 {
            return [start, start + length];
        }
        let snapped = self.snapped(start);
        [snapped, self.snapped(start + length).max(snapped + 1.0 / self.density)]
    }

    /// The room below the sky and what is written along it, which ends at `floor`.
    pub(super) fn below(&self, sky: &Rect, floor: f64) -> BarSpace {
        let (spec, scale) = (self.spec, self.scale);
        let (tick, unit) = (spec.sizes.tick * scale, spec.sizes.units * scale);
        let thickness = thickness(spec, scale);
        // Beside the bar there is room for an arrow and a common factor.
        let swatches = if spec.swatches.is_empty() { 0.0 } else { SWATCH_ROOM * tick };
        let beside = thickness + (4.2 * tick).max(swatches);
        let part = if sky.width > 1.5 * sky.height { 0.58 } else { 0.72 };
        let full = spec.width - 2.0 * MARGIN * scale;
        // It is centred on the sky: shortened for that, but not much, and then moved as far as there is room.
        let aside = sky.center()[0] - 0.5 * spec.width;
        let most = full - 2.0 * beside;
        let centred = (most - 2.0 * aside.abs()).max(0.5 * sky.width);
        let length = (part * sky.width).max(100.0).min(centred).min(most).max(0.3 * full);
        let slack = (0.5 * (most - length)).max(0.0);
        // How much wider the space at its left is than that at its right.
        let (length, shift) = match self.beside_swatches(beside, full) {
            Some((longer, shift)) if length < SHORT * full && longer > length => (longer, shift),
            _ => (length, self.snapped(2.0 * aside.clamp(-slack, slack))),
        };
        let left = self.snapped(0.5 * (spec.width + shift - length));
        let [top, bottom] = self.side(floor + SKY_GAP * scale, thickness);
        let labels = bottom + marks(spec, scale) + ASCENT * tick;
        let labelled = spec.ticks != TickSet::Nothing;
        let end = if labelled { labels + 0.1 * tick } else { bottom };
        let [unit_ascent, unit_descent] = self.unit;
        let unit_line = end + (UNIT_GAP + 0.1) * unit + unit_ascent;
        let has_unit = spec.has_caption();
        BarSpace {
            strip: Rect::new(left, top, spec.width + shift - 2.0 * left, bottom - top),
            upright: false,
            arrow: thickness,
            labels,
            overhang: left.min(left - shift) - MARGIN * scale,
            label_room: f64::INFINITY,
            swatch_room: f64::INFINITY,
            unit: has_unit.then_some(unit_line),
            end: if has_unit { unit_line + unit_descent } else { end },
            edge: spec.width - MARGIN * scale,
            scale,
        }
    }

    /// The length of a bar that takes what swatches, so wide with the space before them, and an arrow leave of a line that is `full` wide, and
    /// how much wider the space at its left is than that at its right.
    fn beside_swatches(&self, swatches: f64, full: f64) -> Option<(f64, f64)> {
        let tick = self.spec.sizes.tick * self.scale;
        let factor = if self.spec.has_caption() { 1.5 } else { 4.2 };
        let after = thickness(self.spec, self.scale) + factor * tick;
        let longest = full - swatches - after;
        let length = longest.min(LONGEST * full);
        // Swatches, bar and arrow are centred together.
        let is_sound = !self.spec.swatches.is_empty() && length > 0.0;
        is_sound.then(|| (length, self.snapped(swatches - after)))
    }

    /// The room at the right of the sky.
    pub(super) fn beside(&self, sky: &Rect) -> BarSpace {
        let (spec, scale) = (self.spec, self.scale);
        let thickness = thickness(spec, scale);
        // Where the sky is narrower than its room, the bar goes with it.
        let blank = self.snapped(sky.x - MARGIN * scale - spec.rim.left).max(0.0);
        let edge = spec.width - MARGIN * scale - blank;
        let start = edge - self.column() + SKY_GAP * scale;
        let [left, right] = self.side(start, thickness);
        // At the ends there is room for an arrow, and above that for a common factor.
        let factor = 1.3 * spec.sizes.units * scale;
        let swatches = spec.swatches.len() as f64 * (1.1 + SWATCH_GAP) * thickness;
        let end = thickness + factor.max(swatches);
        let length = (0.86 * sky.height).min(sky.height - 2.0 * end).max(0.3 * sky.height);
        let [top, bottom] = self.side(sky.center()[1] - 0.5 * length, length);
        let labels = right + marks(spec, scale);
        let unit = spec.has_caption().then_some(edge - self.unit[1]);
        let unit_room = unit.map_or(0.0, |_| self.unit_depth());
        BarSpace {
            strip: Rect::new(left, top, right - left, bottom - top),
            upright: true,
            arrow: thickness,
            labels,
            overhang: top - sky.y,
            label_room: (edge - unit_room - labels).max(0.0),
            swatch_room: (edge + blank - unit_room - labels).max(0.0),
            unit,
            end: sky.bottom(),
            edge,
            scale,
        }
    }
}
