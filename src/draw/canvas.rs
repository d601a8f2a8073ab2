//! The canvas: drawing operations in points, the same for every output format.

use cairo::{Context, Surface};

use super::path::Segment;
use super::text::stroke_outlines;
use super::{DrawError, Fonts, Page, Path, Pixmap, Point, Rect, TypesetText};
use crate::colormap::Rgba;

/// What differs between output formats: how pictures and text reach the page.
pub(super) trait Medium {
    /// Puts a picture on a rectangle, its pixels with sharp borders.
    fn image(&self, context: &Context, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError>;

    /// Writes text with its first baseline point at `origin`, in the context's present colour.
    fn text(&self, ink: &Ink<'_>, text: &TypesetText, origin: Point) -> Result<(), DrawError>;

    /// The thinnest line that is still seen, in points.
    fn hairline(&self) -> f64 {
        0.0
    }

    /// Whether what is beneath a colour can be seen through it.
    fn has_translucency(&self) -> bool {
        true
    }

    /// Pixels a point, where there are any: upright lines look sharp if their edges are on pixel borders.
    fn pixels_per_point(&self) -> Option<f64> {
        None
    }
}

/// What text is written with.
pub(super) struct Ink<'a> {
    pub(super) context: &'a Context,
    pub(super) fonts: &'a Fonts,
    pub(super) color: Rgba,
}

/// A line's looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stroke {
    /// Colour.
    pub color: Rgba,
    /// Width in points.
    pub width: f64,
}

/// A page to draw on, in points from its upper left corner, y downwards.
pub struct Canvas<'a> {
    context: Context,
    fonts: &'a Fonts,
    medium: &'a dyn Medium,
    /// What translucent colours are mixed with where nothing can be seen through them.
    ground: Rgba,
}

impl<'a> Canvas<'a> {
    /// A canvas on a surface with `scale` surface units a point.
    pub(super) fn new(
        surface: &Surface,
        scale: f64,
        fonts: &'a Fonts,
        medium: &'a dyn Medium,
    ) -> Result<Self, DrawError> {
        let context = Context::new(surface)?;
        context.scale(scale, scale);
        context.set_line_join(cairo::LineJoin::Round);
        let mut options = cairo::FontOptions::new()?;
        options.set_hint_style(cairo::HintStyle::None);
        options.set_hint_metrics(cairo::HintMetrics::Off);
        options.set_antialias(cairo::Antialias::Gray);
        context.set_font_options(&options);
        Ok(Self { context, fonts, medium, ground: Rgba::rgb(255, 255, 255) })
    }

    /// Draws with other fonts.
    ///
    /// # Errors
    /// Those of drawing.
    pub fn with_fonts(
        &self,
        fonts: &Fonts,
        draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
    ) -> Result<(), DrawError> {
        draw(&Canvas { context: self.context.clone(), fonts, ..*self })
    }

    /// Draws on what is of this colour, about: of translucent colours, formats without them show the mixture.
    ///
    /// # Errors
    /// Those of drawing.
    pub fn upon(
        &self,
        ground: Rgba,
        draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
    ) -> Result<(), DrawError> {
        draw(&Canvas { context: self.context.clone(), ground, ..*self })
    }

    /// Fills the page; the rim beyond it makes sure of its last pixels.
    pub(super) fn fill_page(&self, page: &Page) -> Result<(), DrawError> {
        let full = Rect::new(-1.0, -1.0, page.width + 2.0, page.height + 2.0);
        self.fill(&Path::rectangle(full), page.background)
    }

    /// Fills a path (the inside by the non-zero winding rule).
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn fill(&self, path: &Path, color: Rgba) -> Result<(), DrawError> {
        if color.a == 0 || path.is_empty() {
            return Ok(());
        }
        self.trace(path);
        self.set_color(color);
        self.context.fill()?;
        Ok(())
    }

    /// Draws along a path.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn stroke(&self, path: &Path, stroke: Stroke) -> Result<(), DrawError> {
        if stroke.color.a == 0 || stroke.width <= 0.0 || path.is_empty() {
            return Ok(());
        }
        self.trace(path);
        self.set_color(stroke.color);
        self.context.set_line_width(stroke.width.max(self.medium.hairline()));
        self.context.stroke()?;
        Ok(())
    }

    /// Draws along a path in dashes: their length and that of the gaps, in points.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn stroke_dashed(
        &self,
        path: &Path,
        stroke: Stroke,
        dash: [f64; 2],
    ) -> Result<(), DrawError> {
        self.context.set_dash(&dash, 0.0);
        let drawn = self.stroke(path, stroke);
        self.context.set_dash(&[], 0.0);
        drawn
    }

    /// Draws a line around the letters of a text, to set it off from what is behind it.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn halo(&self, text: &TypesetText, origin: Point, stroke: Stroke) -> Result<(), DrawError> {
        self.context.new_path();
        self.set_color(stroke.color);
        self.context.set_line_width(stroke.width);
        let color = self.shown(stroke.color);
        let ink = Ink { context: &self.context, fonts: self.fonts, color };
        stroke_outlines(&ink, &text.runs, origin)
    }

    /// Draws along a path of upright lines, moved by less than a pixel and made a whole number of
    /// pixels wide, so that all of them look equally sharp.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn stroke_sharp(&self, path: &Path, stroke: Stroke) -> Result<(), DrawError> {
        let Some(density) = self.medium.pixels_per_point().filter(|_| stroke.width > 0.0) else {
            return self.stroke(path, stroke);
        };
        let width = whole_pixels(stroke.width, density) / density;
        self.stroke(&self.on_pixels(path, stroke.width), Stroke { width, ..stroke })
    }

    /// A path of upright lines moved by less than a pixel to where lines of a width look equally sharp.
    pub fn on_pixels(&self, path: &Path, width: f64) -> Path {
        let Some(density) = self.medium.pixels_per_point() else { return path.clone() };
        // The middle of a line is on a pixel border if its width is even, else between two.
        let shift = if whole_pixels(width, density) % 2.0 == 0.0 { 0.0 } else { 0.5 };
        let snap = |value: f64| ((value * density - shift).round() + shift) / density;
        path.mapped(|[x, y]| [snap(x), snap(y)])
    }

    /// Draws with everything outside of `path` left as it is.
    ///
    /// # Errors
    /// Those of the graphics library and of `draw`.
    pub fn clipped(
        &self,
        path: &Path,
        draw: impl FnOnce(&Self) -> Result<(), DrawError>,
    ) -> Result<(), DrawError> {
        self.context.save()?;
        self.trace(path);
        self.context.clip();
        let drawn = draw(self);
        self.context.restore()?;
        drawn
    }

    /// Draws with the page's corner moved to `origin`.
    ///
    /// # Errors
    /// Those of the graphics library and of `draw`.
    pub fn moved(
        &self,
        origin: Point,
        draw: impl FnOnce(&Self) -> Result<(), DrawError>,
    ) -> Result<(), DrawError> {
        self.context.save()?;
        self.context.translate(origin[0], origin[1]);
        let drawn = draw(self);
        self.context.restore()?;
        drawn
    }

    /// Puts a picture on a rectangle, its pixels with sharp borders.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn image(&self, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError> {
        if pixmap.width == 0 || pixmap.height == 0 {
            return Ok(());
        }
        self.context.save()?;
        let drawn = self.medium.image(&self.context, pixmap, rect);
        self.context.restore()?;
        drawn
    }

    /// Writes one line of text, the start of its baseline at `origin`.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn text(&self, text: &TypesetText, origin: Point, color: Rgba) -> Result<(), DrawError> {
        self.context.new_path();
        self.set_color(color);
        let ink = Ink { context: &self.context, fonts: self.fonts, color: self.shown(color) };
        self.medium.text(&ink, text, origin)?;
        let placed = |shape: &Path| shape.mapped(|[x, y]| [origin[0] + x, origin[1] + y]);
        text.shapes.iter().try_for_each(|shape| self.fill(&placed(shape), color))
    }

    /// Writes one line of text that reads from bottom to top, the start of its baseline at `origin`.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn text_upwards(
        &self,
        text: &TypesetText,
        origin: Point,
        color: Rgba,
    ) -> Result<(), DrawError> {
        self.context.save()?;
        self.context.translate(origin[0], origin[1]);
        self.context.rotate(-std::f64::consts::FRAC_PI_2);
        let drawn = self.text(text, [0.0, 0.0], color);
        self.context.restore()?;
        drawn
    }

    /// Draws a wider, faint line beneath another one, to set it off from what is behind it; nothing where that would hide it.
    ///
    /// # Errors
    /// Those of the graphics library.
    pub fn casing(&self, path: &Path, stroke: Stroke) -> Result<(), DrawError> {
        if self.medium.has_translucency() { self.stroke(path, stroke) } else { Ok(()) }
    }

    /// A colour as the format can show it.
    fn shown(&self, color: Rgba) -> Rgba {
        if self.medium.has_translucency() { color } else { color.over(self.ground) }
    }

    fn set_color(&self, color: Rgba) {
        let unit = |channel: u8| f64::from(channel) / 255.0;
        let Rgba { r, g, b, a } = self.shown(color);
        self.context.set_source_rgba(unit(r), unit(g), unit(b), unit(a));
    }

    fn trace(&self, path: &Path) {
        let context = &self.context;
        context.new_path();
        for segment in path.segments() {
            match *segment {
                Segment::Move([x, y]) => context.move_to(x, y),
                Segment::Line([x, y]) => context.line_to(x, y),
                Segment::Curve([ax, ay], [bx, by], [x, y]) => {
                    context.curve_to(ax, ay, bx, by, x, y);
                }
                Segment::Close => context.close_path(),
            }
        }
    }
}

/// The nearest whole number of pixels of a line's width in points, at least one.
fn whole_pixels(width: f64, density: f64) -> f64 {
    (width * density).round().max(1.0)
}
