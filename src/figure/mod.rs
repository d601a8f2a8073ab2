//! The figure: what is on the page, where it goes, and the order in which it is drawn.
//!
//! A figure comes to be in three steps. [`plan`] lays out the page from a [`FigureSpec`] and says how
//! many pixels the sky's picture has; the caller makes that picture; [`Figure::new`] puts both together with the
//! colour bar, and [`Figure::write`] draws it in any format.

mod bar_space;
mod colorbar;
mod corners;
mod decimal;
mod fit;
mod graticule;
mod layout;
mod outline;
mod overlay;
mod pixel_borders;
mod sheet;
mod sky;
mod swatch;
mod swatch_sheet;
mod theme;
pub mod ticks;
mod units;

pub use bar_space::BarSpace;
pub use colorbar::{Colorbar, ColorbarSpec, Lost};
pub use graticule::{AngleFormat, Coordinates, GraticuleSpec};
pub use layout::{PlacedText, Plan, Rim, plan};
pub use outline::Placement;
pub use overlay::{EquatorSpec, Overlay, OverlayError, OverlaySpec};
pub use sheet::{Panel, Sheet, SheetGrid, SheetPlan, SheetSpec};
pub use sky::Sky;
pub use swatch::Swatch;
pub use swatch_sheet::{SwatchGroup, SwatchSheet};
pub use theme::Theme;
pub use ticks::NumberFormat;
pub use units::Unit;

use std::io::Write;

use crate::draw::{
    self, Canvas, DrawError, FontFile, Fonts, Format, Metadata, Path, RichText, Stroke,
};
use crate::projection::Outline;

/// Points a centimetre.
pub const POINTS_PER_CM: f64 = 72.0 / 2.54;

/// Sizes of text in points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TextSizes {
    /// The title.
    pub title: f64,
    /// The labels in the corners.
    pub label: f64,
    /// The labels of ticks.
    pub tick: f64,
    /// The unit below the colour bar.
    pub units: f64,
}

impl Default for TextSizes {
    fn default() -> Self {
        Self { title: 9.0, label: 8.5, tick: 8.0, units: 8.0 }
    }
}

/// On which side of the colour bar's edge ticks are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TickDirection {
    /// Within the colours.
    In,
    /// Outside of the bar.
    #[default]
    Out,
}

/// Where a colour bar is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorbarPosition {
    /// Below the sky, values growing to the right.
    #[default]
    Bottom,
    /// At the right of the sky, values growing upwards; below a very flat sky all the same.
    Right,
    /// There is none.
    Nowhere,
}

/// Where a colour bar has ticks.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum TickSet {
    /// At round values of the scale.
    #[default]
    Automatic,
    /// At these values, as far as they are within the limits.
    At(Vec<f64>),
    /// Nowhere.
    Nothing,
}

/// At which ends a colour bar has arrows, because data go beyond.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Extend {
    /// At neither.
    #[default]
    None,
    /// At the lower end.
    Min,
    /// At the upper end.
    Max,
    /// At both.
    Both,
}

impl Extend {
    /// Arrows where there are values below and above the limits.
    pub const fn new(below: bool, above: bool) -> Self {
        match (below, above) {
            (false, false) => Extend::None,
            (true, false) => Extend::Min,
            (false, true) => Extend::Max,
            (true, true) => Extend::Both,
        }
    }

    const fn min(self) -> bool {
        matches!(self, Extend::Min | Extend::Both)
    }

    const fn max(self) -> bool {
        matches!(self, Extend::Max | Extend::Both)
    }
}

/// What a figure is to look like, apart from the data.
#[derive(Clone, PartialEq, Debug)]
pub struct FigureSpec {
    /// Width of the page in points. Sizes of text and lines do not depend on it.
    pub width: f64,
    /// Width of the page in pixels: only the resolution depends on it.
    pub pixels: usize,
    /// Above the sky; blank for none.
    pub title: RichText,
    /// Whether the title is names of files, which lose their middles where they are too long.
    pub title_is_name: bool,
    /// In the upper left corner; blank for none.
    pub left_label: RichText,
    /// In the upper right corner; blank for none.
    pub right_label: RichText,
    /// Unit of the data; blank for none.
    pub units: Unit,
    /// Where the colour bar is.
    pub colorbar: ColorbarPosition,
    /// Whether a line is drawn around the sky.
    pub border: bool,
    /// Colours and line widths.
    pub theme: Theme,
    /// Sizes of text.
    pub sizes: TextSizes,
    /// Direction of the colour bar's ticks.
    pub tick_direction: TickDirection,
    /// The colour bar's ticks.
    pub ticks: TickSet,
    /// How the colour bar's numbers are written; what tells them apart where not given.
    pub tick_format: Option<NumberFormat>,
    /// What the colour bar shows, before the unit; blank for none.
    pub bar_label: RichText,
    /// Colours beside the bar that stand for no value.
    pub swatches: Vec<Swatch>,
    /// The font of all text, in place of the one built in.
    pub font: Option<FontFile>,
    /// Room around the sky for what is written along its outline.
    pub rim: Rim,
    /// Whether the sky alone fills the page, without a margin.
    pub bare: bool,
}

impl Default for FigureSpec {
    fn default() -> Self {
        Self {
            width: 12.0 * POINTS_PER_CM,
            pixels: 1200,
            title: RichText::default(),
            title_is_name: false,
            left_label: RichText::default(),
            right_label: RichText::default(),
            units: Unit::default(),
            colorbar: ColorbarPosition::default(),
            border: true,
            theme: Theme::light(),
            sizes: TextSizes::default(),
            tick_direction: TickDirection::default(),
            ticks: TickSet::default(),
            tick_format: None,
            bar_label: RichText::default(),
            swatches: Vec::new(),
            font: None,
            rim: Rim::default(),
            bare: false,
        }
    }
}

impl FigureSpec {
    /// Whether something is written along the colour bar, whatever its numbers are.
    fn has_caption(&self) -> bool {
        !self.units.is_blank() || !self.bar_label.is_blank()
    }

    /// The characters of the texts that no font has, each once; replacement characters are drawn for them.
    ///
    /// # Errors
    /// A font that cannot be read.
    pub fn missing_characters(&self) -> Result<Vec<char>, DrawError> {
        let fonts = Fonts::of_thread(self.font.as_ref())?;
        let bar = [self.units.text(), &self.bar_label];
        let labels = self.swatches.iter().map(|swatch| &swatch.label);
        let texts = [&self.title, &self.left_label, &self.right_label].into_iter();
        let texts = texts.chain(bar).chain(labels);
        let mut missing = Vec::new();
        for text in texts {
            missing.extend(fonts.lacking(text)?);
        }
        missing.sort_unstable();
        missing.dedup();
        Ok(missing)
    }
}

/// A figure, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    plan: Plan,
    theme: Theme,
    sky: Sky,
    outline: Path,
    border: bool,
    colorbar: Option<Colorbar>,
    overlay: overlay::PlacedOverlay,
    font: Option<FontFile>,
}

impl Figure {
    /// Puts the picture of the sky and the colour bar on the planned page.
    ///
    /// The bar is drawn if the plan has room for one and `bar` says what it shows.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn new(
        plan: Plan,
        spec: &FigureSpec,
        mut sky: Sky,
        bar: Option<&ColorbarSpec>,
    ) -> Result<Self, DrawError> {
        let outline = Placement { extent: sky.extent, rect: plan.sky }.path(&sky.outline);
        sky.spread_to_edges();
        let fonts = Fonts::of_thread(spec.font.as_ref())?;
        let colorbar = match (&plan.colorbar, bar) {
            (Some(space), Some(bar)) => Some(Colorbar::new(space, spec, bar, &fonts)?),
            _ => None,
        };
        let (theme, border, font) = (spec.theme, spec.border, spec.font.clone());
        let overlay = overlay::PlacedOverlay::default();
        Ok(Self { plan, theme, sky, outline, border, colorbar, overlay, font })
    }

    /// Puts an overlay on the sky.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn with_overlay(mut self, spec: &FigureSpec, overlay: &Overlay) -> Result<Self, DrawError> {
        self.overlay =
            overlay.placed(spec, &self.plan, &self.sky.extent, self.colorbar.as_ref())?;
        Ok(self)
    }

    /// The colour bar, if there is one.
    pub fn colorbar(&self) -> Option<&Colorbar> {
        self.colorbar.as_ref()
    }

    /// The title and the labels that lost their ends, as they are shown.
    pub fn cut_texts(&self) -> impl Iterator<Item = String> + '_ {
        layout::cut_texts(&self.plan.texts)
    }

    /// The size in points of the smallest text; infinite where there is none.
    pub fn smallest_text(&self) -> f64 {
        let bar = self.colorbar.iter().flat_map(Colorbar::texts);
        let labels = self.overlay.labels.iter().map(|(label, _)| &label.text);
        layout::smallest(self.plan.texts.iter().chain(bar).chain(labels))
    }

    /// Draws the figure: sky, outline, text, colour bar.
    ///
    /// # Errors
    /// The graphics library failed.
    pub fn draw(&self, canvas: &Canvas<'_>) -> Result<(), DrawError> {
        let theme = &self.theme;
        canvas.clipped(&self.outline, |canvas| {
            canvas.image(&self.sky.pixmap, self.plan.sky)?;
            let ground = self.sky.color(&self.plan.sky, &self.plan.sky);
            canvas.upon(ground, |canvas| {
                self.overlay.draw_lines(canvas, theme, &self.sky, &self.plan.sky)
            })
        })?;
        if self.border {
            let line = Stroke { color: theme.line, width: theme.line_width };
            match self.sky.outline {
                Outline::Rectangle(_) => canvas.stroke_sharp(&self.outline, line)?,
                _ => canvas.stroke(&self.outline, line)?,
            }
        }
        for placed in &self.plan.texts {
            placed.draw(canvas, theme.text)?;
        }
        self.overlay.draw_labels(canvas, theme, &self.sky, &self.plan.sky)?;
        self.colorbar.as_ref().map_or(Ok(()), |bar| bar.draw(canvas, theme))
    }

    /// Draws the figure and writes it as a file of `format`.
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
        draw::render(format, &self.plan.page, metadata, &fonts, output, |canvas| {
            canvas.moved([self.shift(), 0.0], |canvas| self.draw(canvas))
        })
    }

    /// How far to the right all goes, in points: half of what an upright bar's writing leaves of the room that was kept for it, in whole
    /// pixels.
    fn shift(&self) -> f64 {
        let (Some(space), Some(bar)) = (&self.plan.colorbar, &self.colorbar) else { return 0.0 };
        if !space.upright {
            return 0.0;
        }
        let ends = bar.texts().iter().map(|text| text.bounds().right());
        let end = ends.fold(space.labels, f64::max);
        let density = self.plan.page.density();
        (0.5 * (space.edge - end).max(0.0) * density).floor() / density
    }
}

#[cfg(test)]
mod tests;
