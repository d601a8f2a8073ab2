//! The page as pixels, for every format that is made of them.

use cairo::{Context, ImageSurface};

use super::canvas::{Ink, Medium};
use super::surface::MAX_PIXELS;
use super::{Canvas, DrawError, Fonts, Page, Pixmap, Point, Rect, TypesetText, image, text};

/// The thinnest line in pixels that is still seen all along.
const HAIRLINE: f64 = 0.75;

struct Pixels {
    /// Pixels a point.
    density: f64,
}

impl Medium for Pixels {
    fn image(&self, context: &Context, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError> {
        image::paint_pixels(context, pixmap, rect)
    }

    fn text(&self, ink: &Ink<'_>, text: &TypesetText, origin: Point) -> Result<(), DrawError> {
        text::fill_outlines(ink, &text.runs, origin)
    }

    fn hairline(&self) -> f64 {
        HAIRLINE / self.density
    }

    fn pixels_per_point(&self) -> Option<f64> {
        Some(self.density)
    }
}

/// A page drawn into pixels.
pub(super) struct Painted {
    surface: ImageSurface,
    opaque: bool,
}

/// Draws a page into pixels.
pub(super) fn paint(
    page: &Page,
    fonts: &Fonts,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<Painted, DrawError> {
    let (width, height) = page.pixels;
    if width.max(height) > MAX_PIXELS || width.min(height) == 0 {
        return Err(DrawError::TooLarge { width, height, max: MAX_PIXELS });
    }
    let opaque = page.background.a == 255;
    let format = if opaque { cairo::Format::Rgb24 } else { cairo::Format::ARgb32 };
    let surface = ImageSurface::create(format, width as i32, height as i32)?;
    let density = page.density();
    let medium = Pixels { density };
    {
        let canvas = Canvas::new(&surface, density, fonts, &medium)?;
        canvas.fill_page(page)?;
        draw(&canvas)?;
    }
    Ok(Painted { surface, opaque })
}

impl Painted {
    /// Hands out the rows of Cairo's 32-bit pixels from the top, so that no second copy of a large page is held.
    pub(super) fn read<T>(
        mut self,
        read: impl FnOnce(&mut dyn Iterator<Item = &[[u8; 4]]>) -> Result<T, DrawError>,
    ) -> Result<T, DrawError> {
        self.surface.flush();
        let (stride, width) = (self.surface.stride() as usize, self.surface.width() as usize);
        let data = self.surface.data().map_err(|e| DrawError::Encode(e.to_string()))?;
        let pixels = |row| <[u8]>::as_chunks::<4>(row).0;
        let mut rows = data.chunks_exact(stride).map(|row| {
            let row = pixels(row);
            row.get(..width).unwrap_or(row)
        });
        read(&mut rows)
    }

    /// All pixels as bytes, three a pixel where the page is opaque, else four, not premultiplied.
    pub(super) fn bytes(self) -> Result<Vec<u8>, DrawError> {
        let opaque = self.opaque;
        let count = self.surface.width() as usize * self.surface.height() as usize;
        self.read(|rows| {
            let mut bytes = Vec::with_capacity(count * if opaque { 3 } else { 4 });
            for row in rows {
                match opaque {
                    true => bytes.extend(row.iter().flat_map(|&pixel| rgb(pixel))),
                    false => bytes.extend(row.iter().flat_map(|&pixel| rgba(pixel))),
                }
            }
            Ok(bytes)
        })
    }
}

/// The channels of a pixel of Cairo's RGB24.
pub(super) fn rgb(pixel: [u8; 4]) -> [u8; 3] {
    let [_, r, g, b] = u32::from_ne_bytes(pixel).to_be_bytes();
    [r, g, b]
}

/// The channels of a premultiplied pixel of Cairo's ARGB32, not premultiplied.
pub(super) fn rgba(pixel: [u8; 4]) -> [u8; 4] {
    let [a, r, g, b] = u32::from_ne_bytes(pixel).to_be_bytes();
    let straight = |channel: u8| match u32::from(a) {
        0 => 0,
        alpha => ((u32::from(channel) * 255 + alpha / 2) / alpha).min(255) as u8,
    };
    [straight(r), straight(g), straight(b), a]
}
