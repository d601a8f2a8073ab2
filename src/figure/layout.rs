//! Where everything goes on the page: plain positioned boxes, computed before any data are known.

use std::rc::Rc;

use super::bar_space::{BarSpace, Frame};
use super::{ColorbarPosition, FigureSpec, fit};
use crate::colormap::Rgba;
use crate::draw::{Canvas, DrawError, Fonts, Page, Point, Rect, RichText, TypesetText};
use crate::projection::{Bounds, Outline};

/// A line of text in its place.
#[derive(Clone, PartialEq, Debug)]
pub struct PlacedText {
    /// The text.
    pub text: TypesetText,
    /// Start of its baseline, in points.
    pub origin: Point,
    /// Whether it reads from bottom to top instead of from left to right.
    pub upright: bool,
}

impl PlacedText {
    /// What is inked, in points of the page.
    pub fn bounds(&self) -> Rect {
        let ink = self.text.ink;
        let ink = match self.upright {
            false => ink,
            true => Rect::new(ink.y, -ink.right(), ink.height, ink.width),
        };
        ink.translated(self.origin)
    }

    /// Writes the text.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, color: Rgba) -> Result<(), DrawError> {
        match self.upright {
            false => canvas.text(&self.text, self.origin, color),
            true => canvas.text_upwards(&self.text, self.origin, color),
        }
    }
}

/// Those of some texts that lost their ends.
pub(super) fn cut_texts(texts: &[PlacedText]) -> impl Iterator<Item = String> + '_ {
    texts.iter().filter(|placed| placed.text.is_cut).map(|placed| placed.text.to_plain())
}

/// The size in points of the smallest of some texts; infinite where there are none.
pub(super) fn smallest<'a>(texts: impl Iterator<Item = &'a PlacedText>) -> f64 {
    let sizes = texts.map(|placed| placed.text.size()).filter(|&size| size > 0.0);
    sizes.fold(f64::INFINITY, f64::min)
}

/// Room around the sky for what is written along its outline, in points.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rim {
    /// At its left.
    pub left: f64,
    /// At its right.
    pub right: f64,
    /// Above it.
    pub top: f64,
    /// Below it.
    pub bottom: f64,
}

/// The page before the data are known.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The page.
    pub page: Page,
    /// The sky's rectangle in points; in pixels its edges are whole numbers.
    pub sky: Rect,
    /// Width and height in pixels of the sky's picture, which fills its rectangle one to one.
    pub raster: (usize, usize),
    /// The title and the labels in the corners.
    pub texts: Vec<PlacedText>,
    /// How many of the texts, from the first on, are lines of the title.
    pub(super) title_lines: usize,
    /// The size of the title; infinite where there is none.
    pub(super) title_size: f64,
    /// The colour bar, if there is one.
    pub colorbar: Option<BarSpace>,
}

impl Plan {
    /// How far the sky's top is below the last line of the title.
    pub(super) fn title_rise(&self) -> Option<f64> {
        let last = self.texts.get(self.title_lines.checked_sub(1)?)?;
        Some(self.sky.y - last.origin[1])
    }

    /// Sets the title in a smaller size where its last line stands, and raises all texts.
    pub(super) fn level_title(&mut self, size: f64, raised: f64) {
        let factor = (size / self.title_size).min(1.0);
        let last = self.title_lines.checked_sub(1).and_then(|last| self.texts.get(last));
        if let Some([.., base]) = last.map(|line| line.origin) {
            for line in self.texts.iter_mut().take(self.title_lines) {
                let center = line.bounds().center()[0];
                line.text = std::mem::take(&mut line.text).resized(factor);
                let [x, y] = &mut line.origin;
                *x = center - 0.5 * line.text.ink.width - line.text.ink.x;
                *y = base - factor * (base - *y);
            }
            self.title_size *= factor;
        }
        self.texts.iter_mut().for_each(|text| text.origin[1] -= raised);
    }
}

/// Narrower pages, in points, have everything on them smaller.
const FULL_SIZE_WIDTH: f64 = 170.0;
/// Blank rim of the page, in points.
pub(super) const MARGIN: f64 = 5.0;
/// The tallest sky in terms of its width.
const TALLEST: f64 = 1.25;
/// The least height of a sky in points that has its colour bar at its side.
const LEAST_HEIGHT: f64 = 70.0;
/// Ascent and descent that every line of text is given, in ems: those of raised figures and lowered letters.
pub(super) const ASCENT: f64 = 0.74;
pub(super) const DESCENT: f64 = 0.24;
/// The least part of its size to which text shrinks before it is broken or cut.
pub(super) const LEAST_SIZE: f64 = 0.72;
/// Lines of a long title.
const TITLE_LINES: usize = 3;

/// Factor on all sizes on a page of this width in points.
pub(super) fn text_scale(width: f64) -> f64 {
    (width / FULL_SIZE_WIDTH).min(1.0)
}

/// Computes the plan of a figure whose sky has this outline and these bounds in the projection plane.
///
/// The height of the page follows from the width and from what is on it. Nothing depends on the data.
///
/// # Errors
/// An embedded font that cannot be read.
pub fn plan(spec: &FigureSpec, outline: &Outline, bounds: &Bounds) -> Result<Plan, DrawError> {
    Planner::new(spec, outline, bounds)?.plan()
}

/// The title of a page with panels, and where it ends in points from the top.
///
/// # Errors
/// An embedded font that cannot be read.
pub(super) fn sheet_title(spec: &FigureSpec) -> Result<(Vec<PlacedText>, f64), DrawError> {
    let bounds = Bounds { x: [0.0, 1.0], y: [0.0, 1.0] };
    let mut y = MARGIN;
    if spec.title.is_blank() {
        return Ok((Vec::new(), 0.0));
    }
    let (texts, _) = Planner::new(spec, &Outline::Rectangle(bounds), &bounds)?.title(&mut y)?;
    Ok((texts, y))
}

/// Plans a page.
pub(super) struct Planner<'a> {
    pub(super) spec: &'a FigureSpec,
    pub(super) outline: &'a Outline,
    pub(super) bounds: &'a Bounds,
    fonts: Rc<Fonts>,
    /// Factor on all sizes.
    pub(super) scale: f64,
    /// Pixels a point.
    density: f64,
    bar: Frame<'a>,
}

impl<'a> Planner<'a> {
    fn new(
        spec: &'a FigureSpec,
        outline: &'a Outline,
        bounds: &'a Bounds,
    ) -> Result<Self, DrawError> {
        let scale = text_scale(spec.width);
        let density = spec.pixels.max(1) as f64 / spec.width;
        let fonts = Fonts::of_thread(spec.font.as_ref())?;
        let bar = Frame::new(spec, scale, density, &fonts)?;
        Ok(Self { spec, outline, bounds, fonts, scale, density, bar })
    }

    /// The blank rim of the page in points: none where the sky alone fills it.
    fn margin(&self) -> f64 {
        if self.spec.bare { 0.0 } else { MARGIN * self.scale }
    }

    fn plan(&self) -> Result<Plan, DrawError> {
        let (left, raster) = self.raster();
        let size = [raster.0 as f64 / self.density, raster.1 as f64 / self.density];
        let sky_at = |y: f64| Rect::new(left, y, size[0], size[1]);

        let mut y = self.margin();
        let (mut texts, title_size) = self.title(&mut y)?;
        let title_lines = texts.len();
        y = self.snapped(y);
        let label = self.label_size(title_size);
        match self.corner_labels(label, &sky_at(y))? {
            Some(labels) => texts.extend(labels),
            None => y = self.labels_above(&mut texts, label, &sky_at(y))?,
        }
        let sky = sky_at(self.snapped(y + self.spec.rim.top));
        y = sky.bottom() + self.spec.rim.bottom;
        let colorbar = match self.position() {
            ColorbarPosition::Nowhere => None,
            ColorbarPosition::Bottom => {
                let space = self.bar.below(&sky, y);
                y = space.end;
                Some(space)
            }
            ColorbarPosition::Right => Some(self.bar.beside(&sky)),
        };
        let height = ((y + self.margin()) * self.density - 1e-6).ceil().max(1.0);
        let pixels = (self.spec.pixels.max(1), height as usize);
        let page = Page {
            width: self.spec.width,
            height: height / self.density,
            pixels,
            background: self.spec.theme.page,
        };
        Ok(Plan { page, sky, raster, texts, title_lines, title_size, colorbar })
    }

    /// The size of the corner labels: no larger than a title that had to shrink, unless they were asked to be.
    fn label_size(&self, title: f64) -> f64 {
        let sizes = &self.spec.sizes;
        let size = sizes.label * self.scale;
        if sizes.label > sizes.title { size } else { size.min(title) }
    }

    /// The height of the sky in terms of its width.
    fn aspect(&self) -> f64 {
        let aspect = self.bounds.height() / self.bounds.width();
        if aspect.is_finite() && aspect > 0.0 { aspect } else { 1.0 }
    }

    /// Where the colour bar goes: below the sky, too, where its side leaves too little for the sky.
    fn position(&self) -> ColorbarPosition {
        let column = self.bar.column();
        let Rim { left, right, .. } = self.spec.rim;
        let rims = 2.0 * self.margin() + left + right;
        let height = self.aspect() * (self.spec.width - column - rims);
        let cramped = column > 0.35 * self.spec.width || height < LEAST_HEIGHT * self.scale;
        match self.spec.colorbar {
            ColorbarPosition::Right if cramped => ColorbarPosition::Bottom,
            position => position,
        }
    }

    /// The width in points that a colour bar takes from the sky.
    pub(super) fn column(&self) -> f64 {
        match self.position() {
            ColorbarPosition::Right => self.bar.column(),
            _ => 0.0,
        }
    }

    /// The sky's left edge in points and its size in pixels, centred on what the colour bar and the rim leave of the page.
    fn raster(&self) -> (f64, (usize, usize)) {
        let all = self.spec.pixels.max(1);
        let column = (self.column() * self.density).ceil() as usize;
        let pixels = all.saturating_sub(column).max(1);
        let blank = |rim: f64| ((self.margin() + rim) * self.density).round() as usize;
        let [left, right] = [self.spec.rim.left, self.spec.rim.right].map(blank);
        let available = pixels.saturating_sub(left + right).max(1);
        let narrowed = (available as f64 * (TALLEST / self.aspect()).min(1.0)).round() as usize;
        // The rest is even, so that the sky is centred.
        let width = narrowed.max(1) - usize::from(narrowed > 1 && (available - narrowed) % 2 == 1);
        let height = ((width as f64 * self.aspect()).round() as usize).max(1);
        let edge = (left + (available - width) / 2).min(pixels.saturating_sub(width));
        (edge as f64 / self.density, (width, height))
    }

    /// The next pixel border at or below `y`.
    pub(super) fn snapped(&self, y: f64) -> f64 {
        (y * self.density - 1e-6).ceil() / self.density
    }

    pub(super) fn set(&self, text: &RichText, size: f64) -> Result<TypesetText, DrawError> {
        self.fonts.typeset(text, size)
    }

    /// Sets the title from `y` on, centred on the sky as far as the page allows, and moves `y` below it; returns its size, too.
    fn title(&self, y: &mut f64) -> Result<(Vec<PlacedText>, f64), DrawError> {
        if self.spec.title.is_blank() {
            return Ok((Vec::new(), f64::INFINITY));
        }
        let area = self.spec.width - self.column();
        let width = area - 2.0 * MARGIN * self.scale;
        let size = self.spec.sizes.title * self.scale;
        let title = &self.spec.title;
        let (lines, size) = match self.spec.title_is_name {
            true => fit::fit_names(&self.fonts, title, size, LEAST_SIZE * size, width)?,
            false => self.fit(title, size, width, TITLE_LINES)?,
        };
        let widest = lines.iter().map(|line| line.ink.width).fold(0.0, f64::max);
        let slack = (0.5 * (width - widest)).max(0.0);
        let Rim { left, right, .. } = self.spec.rim;
        let center = 0.5 * area + (0.5 * (left - right)).clamp(-slack, slack);
        let mut placed = Vec::new();
        for text in lines {
            *y += text.height().max(ASCENT * size);
            let x = center - 0.5 * text.ink.width - text.ink.x;
            let depth = text.depth().max(DESCENT * size);
            placed.push(PlacedText { text, origin: [x, *y], upright: false });
            *y += depth + 0.1 * size;
        }
        *y += 0.35 * size;
        Ok((placed, size))
    }

    /// Sets a text in at most `lines` lines of a width: shrunk, then broken, then cut.
    /// Returns the lines and their size.
    pub(super) fn fit(
        &self,
        text: &RichText,
        size: f64,
        width: f64,
        lines: usize,
    ) -> Result<(Vec<TypesetText>, f64), DrawError> {
        fit::fit(&self.fonts, text, size, LEAST_SIZE * size, width, lines)
    }
}
