//! Tag Image File Format (TIFF 6.0), deflated: pixels as some journals ask for them.

use std::io::{Cursor, Write};

use ::tiff::TiffError;
use ::tiff::encoder::colortype::{ColorType, RGB8, RGBA8};
use ::tiff::encoder::{Compression, DeflateLevel, Predictor, Rational, TiffEncoder};
use ::tiff::tags::{ResolutionUnit, Tag};

use super::{Canvas, DrawError, Fonts, Metadata, Page, raster, xmp};

/// The tag of an XMP packet (XMP part 3, 3.3).
const XMP_TAG: Tag = Tag::Unknown(700);

/// Draws a page into pixels and writes them.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let opaque = page.background.a == 255;
    let bytes = raster::paint(page, fonts, draw)?.bytes()?;
    let file = match opaque {
        true => encode::<RGB8>(page, metadata, &bytes),
        false => encode::<RGBA8>(page, metadata, &bytes),
    };
    Ok(output.write_all(&file.map_err(|error| DrawError::Encode(error.to_string()))?)?)
}

fn encode<C: ColorType<Inner = u8>>(
    page: &Page,
    metadata: &Metadata,
    bytes: &[u8],
) -> Result<Vec<u8>, TiffError> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?
        .with_compression(Compression::Deflate(DeflateLevel::Balanced))
        .with_predictor(Predictor::Horizontal);
    let (width, height) = (page.pixels.0 as u32, page.pixels.1 as u32);
    let mut image = encoder.new_image::<C>(width, height)?;
    let dots = Rational { n: (72_000.0 * page.density()).round() as u32, d: 1000 };
    image.resolution(ResolutionUnit::Inch, dots);
    // The tags of baseline TIFF hold ASCII; the packet holds everything.
    let ascii = |text: &str| text.replace(|c: char| !matches!(c, ' '..='~'), "?");
    let tags = image.encoder();
    tags.write_tag(Tag::Software, ascii(&metadata.creator).as_str())?;
    if let Some(command) = &metadata.command {
        tags.write_tag(Tag::ImageDescription, ascii(command).as_str())?;
    }
    if let Some(date) = metadata.date {
        // `2026:01:31 12:00:00`
        let date = super::surface::iso_date(date).replace('-', ":").replace('T', " ");
        tags.write_tag(Tag::DateTime, date.trim_end_matches('Z'))?;
    }
    tags.write_tag(XMP_TAG, xmp::packet(metadata).as_bytes())?;
    image.write_data(bytes)?;
    Ok(file.into_inner())
}
