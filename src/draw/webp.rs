//! WebP (RFC 9649), lossless: pixels for web pages.

use std::io::Write;

use image_webp::{ColorType, WebPEncoder};

use super::{Canvas, DrawError, Fonts, Metadata, Page, raster, xmp};

/// Most pixels along a side.
pub(super) const MAX_PIXELS: usize = 16_383;

/// Draws a page into pixels and writes them.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let (width, height) = page.pixels;
    let opaque = page.background.a == 255;
    let bytes = raster::paint(page, fonts, draw)?.bytes()?;
    let mut encoder = WebPEncoder::new(output);
    encoder.set_xmp_metadata(xmp::packet(metadata).into_bytes());
    let color = if opaque { ColorType::Rgb8 } else { ColorType::Rgba8 };
    encoder
        .encode(&bytes, width as u32, height as u32, color)
        .map_err(|error| DrawError::Encode(error.to_string()))
}
