//! A sheet: panels in rows and columns on one page, each with its own colour bar or one for all.

use std::io::Write;

use super::bar_space::{BarSpace, Frame};
use super::colorbar::Colorbar;
use super::layout::{self, MARGIN, PlacedText, Plan, Rim};
use super::{ColorbarPosition, ColorbarSpec, Extend, Figure, FigureSpec, TextSizes, Theme, Unit};
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

impl Panel {
    fn planned(&self) -> (&Plan, &FigureSpec) {
        (&self.figure.plan, &self.spec)
    }
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

/// What a sheet is to be.
#[derive(Clone, PartialEq, Debug)]
pub struct SheetSpec {
    /// Rows and columns.
    pub grid: SheetGrid,
    /// Above all panels.
    pub title: RichText,
    /// Width of the page in pixels.
    pub pixels: usize,
    /// Whether the panels, which have no colour bars then, are given one below.
    pub one_bar: bool,
}

/// The page of a sheet before the pictures of its panels exist.
#[derive(Clone, PartialEq, Debug)]
pub struct SheetPlan {
    /// The page.
    pub page: Page,
    /// The colour bar of all panels is planned from it.
    spec: FigureSpec,
    texts: Vec<PlacedText>,
    /// Where each panel goes; nothing for places without one.
    places: Vec<Option<Place>>,
    /// The size that all panels' titles have: the smallest that any needs.
    title_size: f64,
    colorbar: Option<BarSpace>,
}

/// Where a panel goes, in points.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Place {
    /// Its upper left corner.
    origin: Point,
    /// How far its texts are raised, so that the titles of a row stand on one line.
    raised: f64,
}

/// Size of the title of a sheet in terms of those of its panels.
const TITLE_SIZE: f64 = 1.2;
/// The least part of the usual size that text of the whole sheet has, however narrow the panels are.
const LEAST_SCALE: f64 = 0.5;

impl SheetPlan {
    /// Puts panels, each by its plan and what that was made from, on a page row by row; places without a panel stay blank, rows without
    /// any are left out. There is no page without any panel.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn new(
        sheet: &SheetSpec,
        panels: &[Option<(&Plan, &FigureSpec)>],
    ) -> Result<Option<Self>, DrawError> {
        let Some((plan, spec)) = panels.iter().flatten().next() else { return Ok(None) };
        let density = plan.page.density();
        let (spec, scale) = common_spec(sheet, density, spec, common_unit(panels));
        let snapped = |y: f64| (y * density - 1e-6).ceil() / density;
        let (texts, top) = layout::sheet_title(&spec)?;
        let mut y = snapped(top);
        let (columns, panel) = (sheet.grid.columns, sheet.grid.panel_pixels(sheet.pixels));
        // What the division into columns leaves over is shared by both sides.
        let left = (sheet.pixels.saturating_sub(panel * columns) / 2) as f64 / density;
        let mut places = Vec::new();
        for row in panels.chunks(columns.max(1)).take(sheet.grid.rows) {
            // The middles of a row's skies are on one line; titles stand as high above each as the tallest does.
            let plans = || row.iter().flatten().map(|(plan, _)| *plan);
            let middle = |plan: &Plan| snapped(plan.sky.center()[1]);
            let rise = plans().filter_map(Plan::title_rise).fold(0.0, f64::max);
            let raised = |plan: &Plan| plan.title_rise().map_or(0.0, |own| rise - own);
            let above = plans().map(|plan| middle(plan) + raised(plan)).fold(0.0, f64::max);
            let below = plans().map(|plan| plan.page.height - middle(plan)).fold(0.0, f64::max);
            places.extend(row.iter().enumerate().map(|(column, panel_here)| {
                let (plan, _) = panel_here.as_ref()?;
                let x = left + (column * panel) as f64 / density;
                Some(Place { origin: [x, y + above - middle(plan)], raised: raised(plan) })
            }));
            y = snapped(y + above + below);
        }
        let colorbar = match sheet.one_bar {
            true => {
                let fonts = Fonts::of_thread(spec.font.as_ref())?;
                let frame = Frame::new(&spec, scale, density, &fonts)?;
                let block = Rect::new(0.0, 0.0, spec.width, y - 0.5 * MARGIN);
                let space = frame.below(&block, y - 0.5 * MARGIN);
                y = space.end + MARGIN;
                Some(space)
            }
            false => None,
        };
        let height = (y * density).ceil().max(1.0);
        let page = Page {
            width: spec.width,
            height: height / density,
            pixels: (sheet.pixels, height as usize),
            background: spec.theme.page,
        };
        let sizes = panels.iter().flatten().map(|(plan, _)| plan.title_size);
        let title_size = sizes.fold(f64::INFINITY, f64::min);
        Ok(Some(SheetPlan { page, spec, texts, places, title_size, colorbar }))
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
    /// Puts panels on a page as [`SheetPlan::new`] says; nothing where there are none.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn new(sheet: &SheetSpec, panels: Vec<Option<Panel>>) -> Result<Option<Self>, DrawError> {
        let planned: Vec<_> = panels.iter().map(|p| p.as_ref().map(Panel::planned)).collect();
        let Some(plan) = SheetPlan::new(sheet, &planned)? else { return Ok(None) };
        let SheetPlan { page, spec, texts, places, title_size, colorbar } = plan;
        let fonts = Fonts::of_thread(spec.font.as_ref())?;
        let colorbar = colorbar.zip(common_bar(&panels));
        let colorbar = colorbar.map(|(space, bar)| Colorbar::new(&space, &spec, &bar, &fonts));
        let mut placed = Vec::new();
        for (place, panel) in places.into_iter().zip(panels) {
            let (Some(Place { origin, raised }), Some(panel)) = (place, panel) else { continue };
            let mut figure = panel.figure;
            figure.plan.level_title(title_size, raised);
            placed.push((origin, figure));
        }
        // As for single figures, but by the same for all.
        let shifts = placed.iter().map(|(_, figure): &(Point, Figure)| figure.shift());
        let shift = shifts.fold(f64::INFINITY, f64::min);
        placed.iter_mut().for_each(|(origin, _)| origin[0] += shift);
        Ok(Some(Sheet {
            page,
            theme: spec.theme,
            texts,
            panels: placed,
            colorbar: colorbar.transpose()?,
            font: spec.font,
        }))
    }

    /// The colour bar that the panels share, if there is one.
    pub fn colorbar(&self) -> Option<&Colorbar> {
        self.colorbar.as_ref()
    }

    /// The title, as it is shown, if it lost its end.
    pub fn cut_texts(&self) -> impl Iterator<Item = String> + '_ {
        layout::cut_texts(&self.texts)
    }

    /// The size in points of the smallest text, which on a page of many panels may be too small to be read; infinite where there is none.
    pub fn smallest_text(&self) -> f64 {
        let bar = self.colorbar.iter().flat_map(Colorbar::texts);
        let own = layout::smallest(self.texts.iter().chain(bar));
        self.panels.iter().map(|(_, figure)| figure.smallest_text()).fold(own, f64::min)
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
                let fonts = Fonts::of_thread(figure.font.as_ref())?;
                canvas.with_fonts(&fonts, |canvas| {
                    canvas.moved(*origin, |canvas| figure.draw(canvas))
                })?;
            }
            for text in &self.texts {
                text.draw(canvas, self.theme.text)?;
            }
            self.colorbar.as_ref().map_or(Ok(()), |bar| bar.draw(canvas, &self.theme))
        })
    }
}

/// What the title and the colour bar of a sheet are planned from, like a panel's, and the factor on sizes of the bar.
fn common_spec(
    sheet: &SheetSpec,
    density: f64,
    panel: &FigureSpec,
    units: Unit,
) -> (FigureSpec, f64) {
    let width = sheet.pixels as f64 / density;
    let usual = layout::text_scale(width);
    let scale = layout::text_scale(panel.width).max(LEAST_SCALE * usual);
    let title = TITLE_SIZE * panel.sizes.title * scale / usual;
    let spec = FigureSpec {
        width,
        pixels: sheet.pixels,
        title: sheet.title.clone(),
        title_is_name: false,
        sizes: TextSizes { title, ..panel.sizes },
        colorbar: ColorbarPosition::Bottom,
        units,
        rim: Rim::default(),
        ..panel.clone()
    };
    (spec, scale)
}

/// The unit of all panels, if they have the same.
fn common_unit(panels: &[Option<(&Plan, &FigureSpec)>]) -> Unit {
    let mut units = panels.iter().flatten().map(|(_, spec)| &spec.units);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::plan;
    use crate::projection::{Bounds, Outline};

    const PIXELS: usize = 400;

    /// Panels of a third of a page, whose titles are names, of one word, or may be broken.
    fn panels(titles: [&str; 3]) -> Vec<(Plan, FigureSpec)> {
        let bounds = Bounds { x: [-2.0, 2.0], y: [-1.0, 1.0] };
        let outline = Outline::Ellipse { center: [0.0, 0.0], radii: [2.0, 1.0] };
        let panel = |title: &str| {
            let spec = FigureSpec {
                width: 113.0,
                pixels: PIXELS,
                title: RichText::plain(title),
                title_is_name: !title.contains(' '),
                colorbar: ColorbarPosition::Nowhere,
                ..FigureSpec::default()
            };
            (plan(&spec, &outline, &bounds).expect("a plan"), spec)
        };
        titles.map(panel).into()
    }

    fn sheet(panels: &[(Plan, FigureSpec)]) -> SheetPlan {
        let grid = SheetGrid { rows: 1, columns: 3 };
        let title = RichText::plain("short");
        let spec = SheetSpec { grid, title, pixels: 3 * PIXELS, one_bar: true };
        let panels: Vec<_> = panels.iter().map(|(plan, spec)| Some((plan, spec))).collect();
        SheetPlan::new(&spec, &panels).expect("fonts").expect("a sheet")
    }

    #[test]
    fn text_of_the_sheet_is_as_large_as_that_of_panels_and_its_title_a_little_larger() {
        let panels = panels(["short"; 3]);
        let sheet = sheet(&panels);
        assert_eq!(sheet.colorbar.expect("a bar").scale, layout::text_scale(113.0));
        let [own, panel] = [&sheet.texts, &panels[0].0.texts].map(|t| t[0].bounds().height);
        assert!((own / panel - TITLE_SIZE).abs() < 1e-6, "{own} {panel}");
    }

    #[test]
    fn titles_of_panels_have_one_size_and_stand_on_one_line() {
        let long = "a_name_that_has_to_shrink_so_that_it_fits";
        let mut panels = panels(["short", long, &long.repeat(3)]);
        let sheet = sheet(&panels);
        let sizes: Vec<f64> = panels.iter().map(|(plan, _)| plan.title_size).collect();
        assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2] && sheet.title_size == sizes[2]);
        let mut lines = Vec::new();
        for ((plan, _), place) in panels.iter_mut().zip(&sheet.places) {
            let center = plan.texts[0].bounds().center()[0];
            let Place { origin, raised } = place.expect("a place");
            plan.level_title(sheet.title_size, raised);
            assert_eq!((plan.texts.len(), plan.title_size), (1, sheet.title_size));
            assert!((plan.texts[0].bounds().center()[0] - center).abs() < 1e-6);
            assert!(origin[1] + plan.texts[0].bounds().y >= sheet.texts[0].bounds().bottom());
            lines.push(origin[1] + plan.texts[0].origin[1]);
        }
        assert!(lines.iter().all(|line| (line - lines[0]).abs() < 1e-6), "{lines:?}");
    }

    #[test]
    fn skies_of_different_heights_have_their_middles_on_one_line() {
        let mut panels = panels(["short"; 3]);
        let bounds = Bounds { x: [-1.0, 1.0], y: [-1.0, 1.0] };
        let square = plan(&panels[1].1, &Outline::Rectangle(bounds), &bounds).expect("a plan");
        panels[1].0 = square;
        let sheet = sheet(&panels);
        let middles = panels.iter().zip(&sheet.places).map(|((plan, _), place)| {
            let [_, top] = place.expect("a place").origin;
            assert!(top + plan.page.height <= sheet.page.height);
            assert!(top + plan.texts[0].bounds().y >= sheet.texts[0].bounds().bottom());
            top + plan.sky.center()[1]
        });
        let middles: Vec<f64> = middles.collect();
        let pixel = 1.0 / sheet.page.density();
        assert!(middles.iter().all(|m| (m - middles[0]).abs() <= pixel), "{middles:?}");
    }

    #[test]
    fn titles_of_several_lines_are_levelled_line_by_line() {
        let long = "a_name_that_has_to_shrink_so_that_it_fits";
        let mut panels =
            panels(["short", "a title that is far too long and is broken into lines", long]);
        let sheet = sheet(&panels);
        let (plan, _) = &mut panels[1];
        let before: Vec<_> = plan.texts.iter().map(PlacedText::bounds).collect();
        let factor = sheet.title_size / plan.title_size;
        plan.level_title(sheet.title_size, 0.0);
        assert!(plan.title_lines == 2 && factor < 0.99, "{} {factor}", plan.title_lines);
        for (line, before) in plan.texts.iter().zip(before) {
            let now = line.bounds();
            assert!((now.width - factor * before.width).abs() < 1e-9);
            assert!((now.center()[0] - before.center()[0]).abs() < 1e-9);
        }
    }
}
