//! Portable Network Graphics: the page as pixels.

use std::borrow::Cow;
use std::io::Write;

use cairo::{Context, ImageSurface};

use super::canvas::{Ink, Medium};
use super::surface::MAX_PIXELS;
use super::{
    Canvas, DrawError, Fonts, Metadata, Page, Pixmap, Point, Rect, TypesetText, image, text,
};

/// Bytes of a piece of the compressed pixels.
const CHUNK_BYTES: usize = 1 << 18;
const POINTS_PER_METRE: f64 = 72.0 / 0.0254;

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

/// Draws a page into pixels and writes them.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let (width, height) = page.pixels;
    if width.max(height) > MAX_PIXELS || width.min(height) == 0 {
        return Err(DrawError::TooLarge { width, height });
    }
    let opaque = page.background.a == 255;
    let format = if opaque { cairo::Format::Rgb24 } else { cairo::Format::ARgb32 };
    let mut surface = ImageSurface::create(format, width as i32, height as i32)?;
    let density = width as f64 / page.width;
    let medium = Pixels { density };
    {
        let canvas = Canvas::new(&surface, density, fonts, &medium)?;
        canvas.fill_page(page)?;
        draw(&canvas)?;
    }
    surface.flush();
    let stride = surface.stride() as usize;
    let data = surface.data().map_err(|e| DrawError::Encode(e.to_string()))?;
    let rows = data.chunks_exact(stride).map(|row| row.get(..4 * width).unwrap_or(row));
    encode(page, metadata, rows, output)
}

/// Writes rows of Cairo's 32-bit pixels, one after the other, so that no second copy of a large page is held.
fn encode<'a>(
    page: &Page,
    metadata: &Metadata,
    rows: impl Iterator<Item = &'a [u8]>,
    output: &mut dyn Write,
) -> Result<(), DrawError> {
    let ((width, height), opaque) = (page.pixels, page.background.a == 255);
    let mut encoder = ::png::Encoder::new(output, width as u32, height as u32);
    encoder.set_color(if opaque { ::png::ColorType::Rgb } else { ::png::ColorType::Rgba });
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Fast);
    let per_metre = (width as f64 / page.width * POINTS_PER_METRE).round() as u32;
    encoder.set_pixel_dims(Some(::png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: ::png::Unit::Meter,
    }));
    for (keyword, value) in text_chunks(metadata) {
        let (keyword, value) = (keyword.to_owned(), value.into_owned());
        // Plain chunks hold Latin-1 only, but every reader knows them.
        let added = match value.is_ascii() {
            true => encoder.add_text_chunk(keyword, value),
            false => encoder.add_itxt_chunk(keyword, value),
        };
        added.map_err(encoding_error)?;
    }
    let mut writer = encoder.write_header().map_err(encoding_error)?;
    let mut stream = writer.stream_writer_with_size(CHUNK_BYTES).map_err(encoding_error)?;
    let mut line = Vec::with_capacity(4 * width);
    for row in rows {
        line.clear();
        let (pixels, _) = row.as_chunks::<4>();
        if opaque {
            line.extend(pixels.iter().flat_map(|&pixel| rgb(pixel)));
        } else {
            line.extend(pixels.iter().flat_map(|&pixel| rgba(pixel)));
        }
        stream.write_all(&line)?;
    }
    stream.finish().map_err(encoding_error)?;
    writer.finish().map_err(encoding_error)
}

/// The channels of a pixel of Cairo's RGB24.
fn rgb(pixel: [u8; 4]) -> [u8; 3] {
    let [_, r, g, b] = u32::from_ne_bytes(pixel).to_be_bytes();
    [r, g, b]
}

/// The channels of a premultiplied pixel of Cairo's ARGB32, as PNG has them: not premultiplied.
fn rgba(pixel: [u8; 4]) -> [u8; 4] {
    let [a, r, g, b] = u32::from_ne_bytes(pixel).to_be_bytes();
    let straight = |channel: u8| match u32::from(a) {
        0 => 0,
        alpha => ((u32::from(channel) * 255 + alpha / 2) / alpha).min(255) as u8,
    };
    [straight(r), straight(g), straight(b), a]
}

/// The registered keywords of PNG (third edition, 11.3.3.2), and `Command`.
fn text_chunks(metadata: &Metadata) -> Vec<(&'static str, Cow<'_, str>)> {
    let mut chunks = Vec::new();
    if let Some(title) = &metadata.title {
        chunks.push(("Title", Cow::from(title.as_str())));
    }
    if !metadata.creator.is_empty() {
        chunks.push(("Software", Cow::from(metadata.creator.as_str())));
    }
    if let Some(command) = &metadata.command {
        chunks.push(("Command", Cow::from(command.as_str())));
    }
    if let Some(date) = metadata.date {
        chunks.push(("Creation Time", Cow::from(super::surface::iso_date(date))));
    }
    for (_, value) in &mut chunks {
        if value.contains('\0') {
            *value = Cow::from(value.replace('\0', " "));
        }
    }
    chunks
}

pub(super) fn encoding_error(error: ::png::EncodingError) -> DrawError {
    match error {
        ::png::EncodingError::IoError(error) => DrawError::Write(error),
        other => DrawError::Encode(other.to_string()),
    }
}
