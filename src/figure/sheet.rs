//! A sheet: panels in rows and columns on one page, each with its own colour bar or one for all.

use std::io::Write;

use super::bar_space::Frame;
use super::colorbar::Colorbar;
use super::layout::{self, MARGIN, PlacedText, Rim};
use super::{ColorbarPosition, ColorbarSpec, Extend, Figure, FigureSpec, Theme, Unit};
use crate::draw::{
    self, DrawError, FontFile, Fonts, Format, Metadata, Page, Point, Rect, RichText,
};

/// The shape of a sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SheetGrid {
    /// Rows of panels.
    pub rows: usize,
    /// Panels in a row.
    pub columns: usize,
}

/// A figure that becomes a panel.
#[derive(Clone, PartialEq, Debug)]
pub struct Panel {
    /// The figure, on a page as wide as [`SheetGrid::panel_pixels`] says.
    pub figure: Figure,
    /// What it was planned from.
    pub spec: FigureSpec,
    /// What a colour bar of it shows.
    pub bar: ColorbarSpec,
}

impl SheetGrid {
    /// Places for panels.
    pub fn len(self) -> usize {
        self.rows.saturating_mul(self.columns)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The width of a panel on a page of this width, both in pixels.
    pub fn panel_pixels(self, page: usize) -> usize {
        (page / self.columns.max(1)).max(1)
    }
}

/// A page with panels, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Sheet {
    page: Page,
    theme: Theme,
    texts: Vec<PlacedText>,
    panels: Vec<(Point, Figure)>,
    colorbar: Option<Colorbar>,
    font: Option<FontFile>,
}

impl Sheet {
    /// Puts panels on a page, row by row; places without a panel stay blank, rows without any are left out. `title` is above all of
    /// them, `pixels` the width of the page. If `one_bar` is set, the panels, which have no colour bars then, are given one below.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn new(
        grid: SheetGrid,
        title: RichText,
        pixels: usize,
        panels: Vec<Option<Panel>>,
        one_bar: bool,
    ) -> Result<Option<Self>, DrawError> {
        let Some(first) = panels.iter().flatten().next() else { return Ok(None) };
        let density = first.figure.plan.page.pixels.0 as f64 / first.figure.plan.page.width;
        let spec = FigureSpec {
            width: pixels as f64 / density,
            pixels,
            title,
            colorbar: ColorbarPosition::Bottom,
            units: common_unit(&panels),
            rim: Rim::default(),
            ..first.spec.clone()
        };
        let bar = one_bar.then(|| common_bar(&panels)).flatten();
        let fonts = Fonts::of_thread(spec.font.as_ref())?;
        let snapped = |y: f64| (y * density - 1e-6).ceil() / density;
        let (texts, top) = layout::sheet_title(&spec)?;
        let mut y = snapped(top);
        let panel = grid.panel_pixels(pixels);
        // What the division into columns leaves over is shared by both sides.
        let left = (pixels.saturating_sub(panel * grid.columns) / 2) as f64 / density;
        let mut placed = Vec::new();
        let mut panels = panels.into_iter();
        for _ in 0..grid.rows {
            let row: Vec<Option<Panel>> = panels.by_ref().take(grid.columns).collect();
            // The skies of a row begin at the same height, below the tallest title.
            let planned = || row.iter().flatten().map(|panel| &panel.figure.plan);
            let above = planned().map(|plan| plan.sky.y).fold(0.0, f64::max);
            let below = planned().map(|plan| plan.page.height - plan.sky.y).fold(0.0, f64::max);
            for (column, panel_of_place) in row.into_iter().enumerate() {
                let Some(Panel { figure, .. }) = panel_of_place else { continue };
                let x = left + (column * panel) as f64 / density;
                placed.push(([x, y + above - figure.plan.sky.y], figure));
            }
            y = snapped(y + above + below);
        }
        let colorbar = match &bar {
            Some(bar) => {
                let frame = Frame::new(&spec, 1.0, density, &fonts)?;
                let block = Rect::new(0.0, 0.0, spec.width, y - 0.5 * MARGIN);
                let space = frame.below(&block, y - 0.5 * MARGIN);
                y = space.end + MARGIN;
                Some(Colorbar::new(&space, &spec, bar, &fonts)?)
            }
            None => None,
        };
        let height = (y * density).ceil().max(1.0);
        let page = Page {
            width: spec.width,
            height: height / density,
            pixels: (pixels, height as usize),
            background: spec.theme.page,
        };
        let (theme, font) = (spec.theme, spec.font.clone());
        Ok(Some(Sheet { page, theme, texts, panels: placed, colorbar, font }))
    }

    /// Draws the sheet and writes it as a file of `format`.
    ///
    /// # Errors
    /// The picture is too large, the graphics library failed, or the output could not be written.
    pub fn write(
        &self,
        format: Format,
        metadata: &Metadata,
        output: &mut dyn Write,
    ) -> Result<(), DrawError> {
        let fonts = Fonts::of_thread(self.font.as_ref())?;
        draw::render(format, &self.page, metadata, &fonts, output, |canvas| {
            for (origin, figure) in &self.panels {
                canvas.moved(*origin, |canvas| figure.draw(canvas))?;
            }
            for text in &self.texts {
                text.draw(canvas, self.theme.text)?;
            }
            self.colorbar.as_ref().map_or(Ok(()), |bar| bar.draw(canvas, &self.theme))
        })
    }
}

/// The unit of all panels, if they have the same.
fn common_unit(panels: &[Option<Panel>]) -> Unit {
    let mut units = panels.iter().flatten().map(|panel| &panel.spec.units);
    match units.next() {
        Some(first) if units.all(|unit| unit == first) => first.clone(),
        _ => Unit::default(),
    }
}

/// The bar of the first panel, with arrows where any panel has values beyond.
fn common_bar(panels: &[Option<Panel>]) -> Option<ColorbarSpec> {
    let mut bars = panels.iter().flatten().map(|panel| &panel.bar);
    let first = bars.next()?.clone();
    let below = |bar: &ColorbarSpec| bar.extend.min();
    let above = |bar: &ColorbarSpec| bar.extend.max();
    let all = || panels.iter().flatten().map(|panel| &panel.bar);
    let extend = Extend::new(all().any(below), all().any(above));
    Some(ColorbarSpec { extend, ..first })
}
