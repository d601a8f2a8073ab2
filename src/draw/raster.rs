//! The page as pixels, for every format that is made of them.

use cairo::{Context, ImageSurface};
use rayon::prelude::*;

use super::canvas::{Ink, Medium};
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
    let opaque = page.background.a == 255;
    let format = if opaque { cairo::Format::Rgb24 } else { cairo::Format::ARgb32 };
    let surface = ground(page, format)?;
    let density = page.density();
    let medium = Pixels { density };
    {
        let canvas = Canvas::new(&surface, density, fonts, &medium)?;
        draw(&canvas)?;
    }
    Ok(Painted { surface, opaque })
}

/// The empty page. The system finds its memory where it is first written to, which takes as long as drawing does: all threads share in it.
fn ground(page: &Page, format: cairo::Format) -> Result<ImageSurface, DrawError> {
    let (width, height) = page.pixels;
    let mut surface = ImageSurface::create(format, width as i32, height as i32)?;
    if page.background.a > 0 {
        let (stride, pixel) = (surface.stride() as usize, image::premultiplied(page.background));
        let mut data = surface.data().map_err(|e| DrawError::Encode(e.to_string()))?;
        let rows = data.par_chunks_mut(stride);
        rows.for_each(|row| row.as_chunks_mut::<4>().0.fill(pixel));
    }
    Ok(surface)
}

impl Painted {
    /// Hands out Cairo's 32-bit pixels, so that no second copy of a large page is held.
    pub(super) fn read<T>(
        mut self,
        read: impl FnOnce(Rows<'_>) -> Result<T, DrawError>,
    ) -> Result<T, DrawError> {
        self.surface.flush();
        let (stride, width) = (self.surface.stride() as usize, self.surface.width() as usize);
        let data = self.surface.data().map_err(|e| DrawError::Encode(e.to_string()))?;
        read(Rows { data: &data, stride, width })
    }

    /// All pixels as bytes, three a pixel where the page is opaque, else four, not premultiplied.
    pub(super) fn bytes(self) -> Result<Vec<u8>, DrawError> {
        let channels = if self.opaque { 3 } else { 4 };
        let line = self.surface.width() as usize * channels;
        let mut bytes = vec![0; line * self.surface.height() as usize];
        self.read(|rows| {
            for (row, line) in rows.iter().zip(bytes.chunks_exact_mut(line)) {
                match channels {
                    3 => write_pixels(line, row, rgb),
                    _ => write_pixels(line, row, rgba),
                }
            }
            Ok(())
        })?;
        Ok(bytes)
    }
}

/// The rows of Cairo's 32-bit pixels from the top.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    data: &'a [u8],
    stride: usize,
    width: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'a [[u8; 4]]> {
        self.data.chunks_exact(self.stride).map(move |line| self.pixels(line))
    }

    /// The row of this number.
    pub(super) fn row(self, number: usize) -> &'a [[u8; 4]] {
        self.pixels(self.data.chunks_exact(self.stride).nth(number).unwrap_or_default())
    }

    /// A line without the bytes that only fill it up.
    fn pixels(self, line: &'a [u8]) -> &'a [[u8; 4]] {
        let pixels = <[u8]>::as_chunks::<4>(line).0;
        pixels.get(..self.width).unwrap_or(pixels)
    }
}

/// Writes a row's pixels as so many bytes each.
pub(super) fn write_pixels<const N: usize>(
    line: &mut [u8],
    row: &[[u8; 4]],
    mut channels: impl FnMut([u8; 4]) -> [u8; N],
) {
    let pixels = line.as_chunks_mut::<N>().0;
    pixels.iter_mut().zip(row).for_each(|(out, pixel)| *out = channels(*pixel));
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
