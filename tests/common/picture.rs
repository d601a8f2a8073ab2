//! Reads and writes PNG pictures as 8-bit RGBA.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

/// A picture, row 0 at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 4]>,
}

impl Picture {
    pub fn at(&self, column: usize, row: usize) -> [u8; 4] {
        self.pixels[row * self.width + column]
    }

    /// Decodes a PNG file of any colour type.
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(
            png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
        );
        let mut reader = decoder.read_info().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let bytes = &bytes[..info.buffer_size()];
        let pixels = match info.color_type {
            png::ColorType::Rgba => {
                bytes.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect()
            }
            png::ColorType::GrayscaleAlpha => {
                bytes.chunks_exact(2).map(|p| [p[0], p[0], p[0], p[1]]).collect()
            }
            other => panic!("{}: decoded as {other:?}", path.display()),
        };
        Self { width: info.width as usize, height: info.height as usize, pixels }
    }

    /// Encodes it, without the alpha channel where it is opaque.
    pub fn write(&self, path: &Path) {
        let mut encoder = png::Encoder::new(
            BufWriter::new(File::create(path).unwrap()),
            self.width as u32,
            self.height as u32,
        );
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let opaque = self.pixels.iter().all(|p| p[3] == 255);
        encoder.set_color(if opaque { png::ColorType::Rgb } else { png::ColorType::Rgba });
        let channels = if opaque { 3 } else { 4 };
        let bytes: Vec<u8> =
            self.pixels.iter().flat_map(|p| p[..channels].iter().copied()).collect();
        encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
    }

    /// Blends it over white, as a reader of a page would see it.
    pub fn over_white(&self) -> Self {
        let blend = |p: &[u8; 4]| {
            let alpha = u32::from(p[3]);
            let mix = |c: u8| ((u32::from(c) * alpha + 255 * (255 - alpha)) / 255) as u8;
            [mix(p[0]), mix(p[1]), mix(p[2]), 255]
        };
        Self { pixels: self.pixels.iter().map(blend).collect(), ..*self }
    }
}
