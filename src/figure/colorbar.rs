//! The colour bar: a strip of the colour table, arrows where data go beyond it, ticks and the unit.

use super::layout::{BarSpace, PlacedText};
use super::{Extend, FigureSpec, Theme, TickDirection, fit, ticks};
use crate::colormap::{Colormap, Rgba};
use crate::draw::{Canvas, DrawError, Fonts, Path, Pixmap, Rect, RichText, Stroke};
use crate::scale::Normalization;

/// Length of labelled ticks, in points.
pub(super) const TICK_LENGTH: f64 = 2.6;
/// Length of ticks without labels, in points.
const MINOR_LENGTH: f64 = 1.5;
/// Least space between tick labels, in ems.
const LABEL_GAP: f64 = 0.9;

/// What a colour bar shows.
#[derive(Clone, PartialEq, Debug)]
pub struct ColorbarSpec {
    /// The scale and its limits.
    pub normalization: Normalization,
    /// The colours from the lower to the upper limit.
    pub colormap: Colormap,
    /// Colour of values below the lower limit.
    pub under: Rgba,
    /// Colour of values above the upper limit.
    pub over: Rgba,
    /// At which ends there are arrows.
    pub extend: Extend,
}

/// A colour bar with everything in its place, in points.
#[derive(Clone, PartialEq, Debug)]
pub struct Colorbar {
    strip: Rect,
    colors: Pixmap,
    /// Where the picture of the colours goes; its rim is outside of the strip.
    image: Rect,
    /// The arrows and their colours.
    arrows: Vec<(Path, Rgba)>,
    frame: Path,
    marks: Path,
    texts: Vec<PlacedText>,
}

impl Colorbar {
    /// Chooses the ticks and places everything in its space on the page.
    pub(super) fn new(
        space: &BarSpace,
        spec: &FigureSpec,
        bar: &ColorbarSpec,
        fonts: &Fonts,
    ) -> Result<Self, DrawError> {
        let size = spec.sizes.tick * space.scale;
        let extent = |label: &RichText| {
            fonts.typeset(label, size).map_or(f64::INFINITY, |text| text.ink.width)
        };
        let ruler = ticks::Ruler {
            length: space.strip.width,
            gap: LABEL_GAP * size,
            overhang: space.overhang,
            extent: &extent,
        };
        let ticks = match &spec.ticks {
            Some(values) => ticks::at(&bar.normalization, values, &ruler),
            None => ticks::place(&bar.normalization, &ruler),
        };
        let mut texts = tick_labels(space, &ticks, size, fonts)?;
        texts.extend(caption(space, spec, bar, &ticks, fonts)?);
        let (arrows, frame) = shape(space, bar);
        let (colors, image) = colors(&space.strip, bar.colormap.table());
        let marks = marks(space, spec.tick_direction, &ticks);
        Ok(Self { strip: space.strip, colors, image, arrows, frame, marks, texts })
    }

    /// The tick labels and the unit.
    pub fn texts(&self) -> &[PlacedText] {
        &self.texts
    }

    /// Draws the bar.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, theme: &Theme) -> Result<(), DrawError> {
        for (arrow, color) in &self.arrows {
            canvas.fill(arrow, *color)?;
        }
        let strip = Path::rectangle(self.strip);
        canvas.clipped(&strip, |canvas| canvas.image(&self.colors, self.image))?;
        canvas.stroke_sharp(&self.frame, Stroke { color: theme.line, width: theme.line_width })?;
        canvas.stroke_sharp(&self.marks, Stroke { color: theme.line, width: theme.tick_width })?;
        self.texts.iter().try_for_each(|t| canvas.text(&t.text, t.origin, theme.text))
    }
}

/// The colours as a picture with a rim of one more pixel all around, and its place: programs that
/// smooth pictures then have no border to blur within the strip.
fn colors(strip: &Rect, table: &[Rgba]) -> (Pixmap, Rect) {
    let last = table.len().saturating_sub(1) as u16;
    let row: Vec<u16> = (0..=last).collect();
    let row = [&[0], row.as_slice(), &[last]].concat();
    let pixel = strip.width / table.len().max(1) as f64;
    let place = Rect::new(
        strip.x - pixel,
        strip.y - strip.height,
        strip.width + 2.0 * pixel,
        3.0 * strip.height,
    );
    let palette = table.to_vec();
    (Pixmap { width: row.len(), height: 3, palette, indices: row.repeat(3) }, place)
}

fn tick_labels(
    space: &BarSpace,
    ticks: &ticks::Ticks,
    size: f64,
    fonts: &Fonts,
) -> Result<Vec<PlacedText>, DrawError> {
    let label = |tick: &ticks::Tick| {
        let text = fonts.typeset(&tick.label, size)?;
        let center = space.strip.x + tick.position * space.strip.width;
        let x = center - 0.5 * text.ink.width - text.ink.x;
        Ok(PlacedText { text, origin: [x, space.tick_baseline] })
    };
    ticks.major.iter().map(label).collect()
}

/// The unit with the labels' common factor: below the labels, or a bare factor beside the bar.
fn caption(
    space: &BarSpace,
    spec: &FigureSpec,
    bar: &ColorbarSpec,
    ticks: &ticks::Ticks,
    fonts: &Fonts,
) -> Result<Option<PlacedText>, DrawError> {
    let caption = ticks.caption(spec.units.text(), |power| spec.units.scaled(power));
    if caption.is_blank() {
        return Ok(None);
    }
    let size = spec.sizes.units * space.scale;
    let strip = &space.strip;
    let Some(baseline) = space.unit_baseline else {
        let start = strip.right() + if bar.extend.max() { space.arrow } else { 0.0 } + 0.4 * size;
        let room = (strip.right() + space.overhang - start).max(0.0);
        let Some(text) = one_line(fonts, &caption, size, room)? else { return Ok(None) };
        // Figures are about 0.7 em high.
        let baseline = strip.center()[1] + 0.35 * size;
        return Ok(Some(PlacedText { origin: [start - text.ink.x, baseline], text }));
    };
    let room = strip.width + 2.0 * space.overhang;
    let Some(text) = one_line(fonts, &caption, size, room)? else { return Ok(None) };
    let x = strip.center()[0] - 0.5 * text.ink.width - text.ink.x;
    Ok(Some(PlacedText { text, origin: [x, baseline] }))
}

fn one_line(
    fonts: &Fonts,
    text: &RichText,
    size: f64,
    width: f64,
) -> Result<Option<crate::draw::TypesetText>, DrawError> {
    let (lines, _) = fit::fit(fonts, text, size, 0.5 * size, width, 1)?;
    Ok(lines.into_iter().next())
}

/// The arrows with their colours, and the line around bar and arrows.
fn shape(space: &BarSpace, bar: &ColorbarSpec) -> (Vec<(Path, Rgba)>, Path) {
    let strip = &space.strip;
    let (left, right, top, bottom) = (strip.x, strip.right(), strip.y, strip.bottom());
    let middle = strip.center()[1];
    // The arrows reach under the strip, so that nothing shines through where they meet.
    let under = 0.5 * space.arrow;
    let arrow = |edge: f64, base: f64, tip: f64| {
        Path::polygon(&[[base, top], [edge, top], [tip, middle], [edge, bottom], [base, bottom]])
    };
    let mut arrows = Vec::new();
    let mut frame = vec![[left, top], [right, top]];
    if bar.extend.max() {
        let tip = right + space.arrow;
        arrows.push((arrow(right, right - under, tip), bar.over));
        frame.push([tip, middle]);
    }
    frame.extend([[right, bottom], [left, bottom]]);
    if bar.extend.min() {
        let tip = left - space.arrow;
        arrows.push((arrow(left, left + under, tip), bar.under));
        frame.push([tip, middle]);
    }
    (arrows, Path::polygon(&frame))
}

fn marks(space: &BarSpace, direction: TickDirection, ticks: &ticks::Ticks) -> Path {
    let strip = &space.strip;
    let mut path = Path::new();
    let mut mark = |position: f64, length: f64| {
        let x = strip.x + position * strip.width;
        let end = match direction {
            TickDirection::Out => strip.bottom() + length * space.scale,
            TickDirection::In => strip.bottom() - length * space.scale,
        };
        path.move_to([x, strip.bottom()]);
        path.line_to([x, end]);
    };
    for tick in &ticks.major {
        mark(tick.position, TICK_LENGTH);
    }
    for &position in &ticks.minor {
        let apart = |tick: &ticks::Tick| (tick.position - position).abs() * strip.width > 0.1;
        if ticks.major.iter().all(apart) {
            mark(position, MINOR_LENGTH);
        }
    }
    path
}
