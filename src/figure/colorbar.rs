//! The colour bar: a strip of the colour table, arrows where data go beyond it, ticks and the unit.

use super::bar_space::{BarSpace, UNIT_GAP};
use super::layout::{ASCENT, PlacedText};
use super::ticks::{self, Ruler, Tick, Ticks};
use super::{Extend, FigureSpec, Theme, TickDirection, TickSet, fit, swatch};
use crate::colormap::{Colormap, Rgba};
use crate::draw::{
    Canvas, DrawError, Fonts, Path, Pixmap, Point, Rect, RichText, Stroke, TypesetText,
};
use crate::scale::Normalization;

/// Length of labelled ticks, in points.
pub(super) const TICK_LENGTH: f64 = 2.6;
/// Length of ticks without labels, in points.
const MINOR_LENGTH: f64 = 1.5;
/// The usual distance of labels side by side and one above the other, in ems.
const PITCH: f64 = 4.75;
const UPRIGHT_PITCH: f64 = 2.8;
/// Least space between tick labels, in ems.
const LABEL_GAP: f64 = 0.85;

/// Half the height of figures, in ems.
pub(super) const HALF_FIGURE: f64 = 0.345;

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
    /// Rectangles in colours that stand for no value.
    swatches: Vec<(Rect, Rgba)>,
    texts: Vec<PlacedText>,
    lost: Lost,
}

/// What was asked for and found no room beside a bar.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lost {
    /// The given ticks that have no labels.
    pub ticks: Vec<f64>,
    /// The labels of swatches that were cut or left out.
    pub swatches: Vec<String>,
    /// What is shown and its unit, if it was cut or left out.
    pub caption: Option<String>,
    /// A label that two ticks have, where the format of labels was given.
    pub repeated: Option<String>,
}

/// The strip as an axis: `along` it values grow, `across` it leads from its labelled edge to the labels.
#[derive(Clone, Copy)]
struct Axis {
    strip: Rect,
    upright: bool,
}

impl Axis {
    fn length(&self) -> f64 {
        if self.upright { self.strip.height } else { self.strip.width }
    }

    fn thickness(&self) -> f64 {
        if self.upright { self.strip.width } else { self.strip.height }
    }

    fn point(&self, along: f64, across: f64) -> Point {
        let strip = &self.strip;
        match self.upright {
            true => [strip.right() + across, strip.bottom() - along],
            false => [strip.x + along, strip.bottom() + across],
        }
    }

    fn path(&self, points: &[Point]) -> Path {
        let points: Vec<Point> = points.iter().map(|&[a, b]| self.point(a, b)).collect();
        Path::polygon(&points)
    }
}

impl Colorbar {
    /// Chooses the ticks and places everything in its space on the page.
    pub(super) fn new(
        space: &BarSpace,
        spec: &FigureSpec,
        bar: &ColorbarSpec,
        fonts: &Fonts,
    ) -> Result<Self, DrawError> {
        let axis = Axis { strip: space.strip, upright: space.upright };
        let (ticks, size) = sized_ticks(space, spec, bar, &axis, fonts);
        let mut texts = tick_labels(space, &axis, &ticks, size, fonts)?;
        let swatches = swatch::place(space, spec, bar.extend, (&texts, size), fonts)?;
        let mut lost = Lost {
            ticks: unlabelled(&spec.ticks, &ticks, &bar.normalization),
            swatches: swatch::lost(spec, &swatches, fonts)?,
            caption: None,
            repeated: repeated(spec, &ticks),
        };
        let (swatches, labels): (Vec<_>, Vec<_>) = swatches.into_iter().unzip();
        texts.extend(labels);
        let unit = ticks.caption(spec.units.text(), |power| spec.units.scaled(power));
        let shown = captioned(&spec.bar_label, unit);
        if !shown.is_blank() {
            let caption = caption(space, spec, bar, &shown, &texts, fonts)?;
            let is_whole = caption.as_ref().is_some_and(|caption| !caption.text.is_cut);
            lost.caption = (!is_whole).then(|| shown.to_plain());
            texts.extend(caption);
        }
        let (arrows, frame) = shape(&axis, space.arrow, bar);
        let (colors, image) = strip_image(space.strip, space.upright, bar.colormap.table());
        let marks = marks(&axis, space.scale, spec.tick_direction, &ticks);
        Ok(Self { strip: space.strip, colors, image, arrows, frame, marks, swatches, texts, lost })
    }

    /// What was asked for and found no room.
    pub fn lost(&self) -> &Lost {
        &self.lost
    }

    /// The tick labels and the unit.
    pub fn texts(&self) -> &[PlacedText] {
        &self.texts
    }

    /// The swatches beside it.
    pub fn swatches(&self) -> impl Iterator<Item = Rect> + '_ {
        self.swatches.iter().map(|(rect, _)| *rect)
    }

    /// Draws the bar.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, theme: &Theme) -> Result<(), DrawError> {
        for (arrow, color) in &self.arrows {
            canvas.fill(arrow, *color)?;
        }
        for &(rect, color) in &self.swatches {
            let path = Path::rectangle(rect);
            canvas.fill(&path, color)?;
            let line = Stroke { color: theme.line, width: theme.line_width };
            canvas.stroke_sharp(&path, line)?;
        }
        let strip = Path::rectangle(self.strip);
        canvas.clipped(&strip, |canvas| canvas.image(&self.colors, self.image))?;
        canvas.stroke_sharp(&self.frame, Stroke { color: theme.line, width: theme.line_width })?;
        canvas.stroke_sharp(&self.marks, Stroke { color: theme.line, width: theme.tick_width })?;
        self.texts.iter().try_for_each(|text| text.draw(canvas, theme.text))
    }
}

/// The colours as a picture with a rim of one more pixel all around, and its place: programs that
/// smooth pictures then have no border to blur within the strip, and little of that between few colours.
pub(super) fn strip_image(strip: Rect, upright: bool, table: &[Rgba]) -> (Pixmap, Rect) {
    /// Between this many colours nobody sees a step.
    const MANY: usize = 256;
    /// Pixels along the strip of fewer colours, about.
    const PIXELS: usize = 1024;
    let each = if table.len() < MANY { PIXELS / table.len().max(1) } else { 1 };
    let last = table.len().saturating_sub(1) as u16;
    let line: Vec<u16> = (0..=last).flat_map(|index| std::iter::repeat_n(index, each)).collect();
    let line = [&[0], line.as_slice(), &[last]].concat();
    let palette = table.to_vec();
    let Rect { x, y, width, height } = strip;
    let colors = (table.len() * each).max(1) as f64;
    if upright {
        let pixel = height / colors;
        let indices = line.iter().rev().flat_map(|&index| [index; 3]).collect();
        let place = Rect::new(x - width, y - pixel, 3.0 * width, height + 2.0 * pixel);
        (Pixmap { width: 3, height: line.len(), palette, indices }, place)
    } else {
        let pixel = width / colors;
        let indices = line.repeat(3);
        let place = Rect::new(x - pixel, y - height, width + 2.0 * pixel, 3.0 * height);
        (Pixmap { width: line.len(), height: 3, palette, indices }, place)
    }
}

/// The ticks and the size of their labels: the usual one, or a smaller one where that alone leaves room for two.
fn sized_ticks(
    space: &BarSpace,
    spec: &FigureSpec,
    bar: &ColorbarSpec,
    axis: &Axis,
    fonts: &Fonts,
) -> (Ticks, f64) {
    /// Parts of the usual size.
    const SIZES: [f64; 4] = [1.0, 0.87, 0.75, 0.65];
    let usual = spec.sizes.tick * space.scale;
    let sized = |part: f64| (chosen_ticks(space, spec, bar, axis, (part * usual, fonts)), part);
    let enough =
        |(ticks, _): &(Ticks, f64)| spec.ticks != TickSet::Automatic || ticks.major.len() > 1;
    let (ticks, part) = SIZES.into_iter().map(sized).find(enough).unwrap_or_else(|| sized(1.0));
    (ticks, part * usual)
}

/// The ticks with labels of one size.
fn chosen_ticks(
    space: &BarSpace,
    spec: &FigureSpec,
    bar: &ColorbarSpec,
    axis: &Axis,
    (size, fonts): (f64, &Fonts),
) -> Ticks {
    let extent = |label: &RichText| {
        let ink = |text: TypesetText| if axis.upright { text.height() } else { text.ink.width };
        fonts.typeset(label, size).map_or(f64::INFINITY, ink)
    };
    let ruler = Ruler {
        length: axis.length(),
        pitch: size * if axis.upright { UPRIGHT_PITCH } else { PITCH },
        gap: LABEL_GAP * size,
        overhang: space.overhang,
        extent: &extent,
    };
    let ticks = match &spec.ticks {
        TickSet::Automatic => {
            let classes = bar.colormap.table().len();
            ticks::place_classes(&bar.normalization, classes, &ruler)
        }
        TickSet::At(values) => ticks::at(&bar.normalization, values, &ruler),
        TickSet::Nothing => Ticks::default(),
    };
    match &spec.tick_format {
        Some(format) => format.relabelled(ticks, &ruler),
        None => ticks,
    }
}

/// The given ticks that are on the bar without a label.
fn unlabelled(asked: &TickSet, ticks: &Ticks, normalization: &Normalization) -> Vec<f64> {
    let TickSet::At(values) = asked else { return Vec::new() };
    let is_on_bar = |v: &f64| (normalization.min()..=normalization.max()).contains(v);
    let has_label = |v: &f64| ticks.major.iter().any(|tick| tick.value == *v);
    values.iter().filter(|v| is_on_bar(v) && !has_label(v)).copied().collect()
}

/// The first label that the next tick has, too, where labels are in a given format.
fn repeated(spec: &FigureSpec, ticks: &Ticks) -> Option<String> {
    let mut pairs = ticks.major.windows(2).filter(|_| spec.tick_format.is_some());
    pairs.find(|pair| pair[0].label == pair[1].label).map(|pair| pair[0].label.to_plain())
}

fn tick_labels(
    space: &BarSpace,
    axis: &Axis,
    ticks: &Ticks,
    size: f64,
    fonts: &Fonts,
) -> Result<Vec<PlacedText>, DrawError> {
    let set = |size: f64| -> Result<Vec<TypesetText>, DrawError> {
        ticks.major.iter().map(|tick| fonts.typeset(&tick.label, size)).collect()
    };
    let mut texts = set(size)?;
    let widest = texts.iter().map(|text| text.ink.width).fold(0.0, f64::max);
    if widest > space.label_room {
        texts = set(size * space.label_room / widest)?;
    }
    let place = |(tick, text): (&Tick, TypesetText)| {
        let [x, y] = axis.point(tick.position * axis.length(), 0.0);
        let origin = match axis.upright {
            true => [space.labels - text.ink.x, y + HALF_FIGURE * size],
            false => [x - 0.5 * text.ink.width - text.ink.x, space.labels],
        };
        PlacedText { text, origin, upright: false }
    };
    Ok(ticks.major.iter().zip(texts).map(place).collect())
}

/// The unit with the labels' common factor beside the labels, or a bare factor at the end of the bar.
fn caption(
    space: &BarSpace,
    spec: &FigureSpec,
    bar: &ColorbarSpec,
    caption: &RichText,
    labels: &[PlacedText],
    fonts: &Fonts,
) -> Result<Option<PlacedText>, DrawError> {
    let strip = &space.strip;
    let size = match (space.unit, space.upright) {
        // No higher than the bar, so that it keeps clear of the labels.
        (None, false) => (spec.sizes.units * space.scale).min(1.4 * strip.height),
        _ => spec.sizes.units * space.scale,
    };
    let arrow = if bar.extend.max() { space.arrow } else { 0.0 };
    let room = match (space.unit, space.upright) {
        (Some(_), false) => strip.width + 2.0 * space.overhang,
        (Some(_), true) => strip.height + 2.0 * space.overhang,
        (None, false) => space.overhang - arrow - 0.4 * size,
        (None, true) => space.labels + space.label_room - strip.x,
    };
    let (lines, size) = fit::fit(fonts, caption, size, 0.5 * size, room.max(0.0), 1)?;
    let Some(text) = lines.into_iter().next() else { return Ok(None) };
    let ink = text.ink;
    let [x, y] = strip.center();
    let (origin, upright) = match (space.unit, space.upright) {
        (Some(line), false) => ([x - 0.5 * ink.width - ink.x, line], false),
        (Some(line), true) => {
            let widest =
                labels.iter().map(|label| label.bounds().right()).fold(space.labels, f64::max);
            let near = widest + UNIT_GAP * size + text.height().max(ASCENT * size);
            ([near.min(line), y + 0.5 * ink.width + ink.x], true)
        }
        (None, false) => {
            ([strip.right() + arrow + 0.4 * size - ink.x, y + HALF_FIGURE * size], false)
        }
        (None, true) => ([strip.x - ink.x, strip.y - arrow - 0.45 * size], false),
    };
    Ok(Some(PlacedText { text, origin, upright }))
}

/// What is shown, and its unit in brackets.
fn captioned(label: &RichText, unit: RichText) -> RichText {
    if label.is_blank() || unit.is_blank() {
        return if unit.is_blank() { label.clone() } else { unit };
    }
    let mut caption = label.clone();
    caption.append(RichText::plain(" ["));
    caption.append(unit);
    caption.append(RichText::plain("]"));
    caption
}

/// The arrows with their colours, and the line around bar and arrows.
fn shape(axis: &Axis, arrow: f64, bar: &ColorbarSpec) -> (Vec<(Path, Rgba)>, Path) {
    let (length, far) = (axis.length(), -axis.thickness());
    let middle = 0.5 * far;
    // The arrows reach under the strip, so that nothing shines through where they meet.
    let filled = |base: f64, edge: f64, tip: f64| {
        axis.path(&[[base, far], [edge, far], [tip, middle], [edge, 0.0], [base, 0.0]])
    };
    let mut arrows = Vec::new();
    let mut frame = vec![[0.0, far], [length, far]];
    if bar.extend.max() {
        let tip = length + arrow;
        arrows.push((filled(length - 0.5 * arrow, length, tip), bar.over));
        frame.push([tip, middle]);
    }
    frame.extend([[length, 0.0], [0.0, 0.0]]);
    if bar.extend.min() {
        arrows.push((filled(0.5 * arrow, 0.0, -arrow), bar.under));
        frame.push([-arrow, middle]);
    }
    (arrows, axis.path(&frame))
}

fn marks(axis: &Axis, scale: f64, direction: TickDirection, ticks: &Ticks) -> Path {
    let mut path = Path::new();
    let mut mark = |position: f64, length: f64| {
        let along = position * axis.length();
        let end = match direction {
            TickDirection::Out => length * scale,
            TickDirection::In => -length * scale,
        };
        path.move_to(axis.point(along, 0.0));
        path.line_to(axis.point(along, end));
    };
    for tick in &ticks.major {
        mark(tick.position, TICK_LENGTH);
    }
    for &position in &ticks.minor {
        let apart = |tick: &Tick| (tick.position - position).abs() * axis.length() > 0.1;
        if ticks.major.iter().all(apart) {
            mark(position, MINOR_LENGTH);
        }
    }
    path
}
