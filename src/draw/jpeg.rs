//! JPEG (ITU-T T.81 in a JFIF file): pixels for places that take nothing else; without transparency.

use std::io::Write;

use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit, SamplingFactor};

use super::{Canvas, DrawError, Fonts, Metadata, Page, raster, xmp};
use crate::colormap::Rgba;

/// Of 100; at this quality thin lines and small text show no halos.
const QUALITY: u8 = 95;
/// What marks an XMP packet in an APP1 segment (XMP part 3, 1.1.3).
const XMP_MARK: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Bytes of a segment at most.
const SEGMENT: usize = 65_000;

/// Draws a page into pixels and writes them; a transparent page turns white.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let over_white = |channel: u8| {
        let alpha = u32::from(page.background.a);
        ((u32::from(channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let Rgba { r, g, b, .. } = page.background;
    let background = Rgba::rgb(over_white(r), over_white(g), over_white(b));
    let page = Page { background, ..*page };
    let bytes = raster::paint(&page, fonts, draw)?.bytes()?;
    let failed = |error| DrawError::Encode(format!("{error}"));
    let mut encoder = Encoder::new(output, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_optimized_huffman_tables(true);
    let dots = (72.0 * page.density()).round().clamp(1.0, 65_535.0) as u16;
    encoder.set_density(PixelDensity { density: (dots, dots), unit: PixelDensityUnit::Inches });
    let packet = xmp::packet(metadata);
    if packet.len() < SEGMENT {
        let segment = [XMP_MARK, packet.as_bytes()].concat();
        encoder.add_app_segment(1, segment).map_err(failed)?;
    }
    // Cairo's limit on pixels is below that of the format.
    let (width, height) = (page.pixels.0 as u16, page.pixels.1 as u16);
    encoder.encode(&bytes, width, height, ColorType::Rgb).map_err(failed)
}
