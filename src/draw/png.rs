//! Portable Network Graphics: the page as pixels.

use std::borrow::Cow;
use std::io::Write;

use super::{Canvas, DrawError, Fonts, Metadata, Page, raster};

/// Bytes of a piece of the compressed pixels.
const CHUNK_BYTES: usize = 1 << 18;
const POINTS_PER_METRE: f64 = 72.0 / 0.0254;

/// Draws a page into pixels and writes them.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    raster::paint(page, fonts, draw)?.read(|rows| encode(page, metadata, rows, output))
}

/// Writes rows of Cairo's 32-bit pixels, one after the other, so that no second copy of a large page is held.
fn encode<'a>(
    page: &Page,
    metadata: &Metadata,
    rows: impl Iterator<Item = &'a [[u8; 4]]>,
    output: &mut dyn Write,
) -> Result<(), DrawError> {
    let ((width, height), opaque) = (page.pixels, page.background.a == 255);
    let mut encoder = ::png::Encoder::new(output, width as u32, height as u32);
    encoder.set_color(if opaque { ::png::ColorType::Rgb } else { ::png::ColorType::Rgba });
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Fast);
    let per_metre = (page.density() * POINTS_PER_METRE).round() as u32;
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
        if opaque {
            line.extend(row.iter().flat_map(|&pixel| raster::rgb(pixel)));
        } else {
            line.extend(row.iter().flat_map(|&pixel| raster::rgba(pixel)));
        }
        stream.write_all(&line)?;
    }
    stream.finish().map_err(encoding_error)?;
    writer.finish().map_err(encoding_error)
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
