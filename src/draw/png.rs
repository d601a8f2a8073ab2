//! Portable Network Graphics: the page as pixels.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use super::deflate::{self, Filter, Lines};
use super::raster::{self, Rows, write_pixels};
use super::{Canvas, DrawError, Fonts, Metadata, Page};

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

/// How the pixels are written: what needs the fewest bytes.
enum Coding {
    /// One byte each, the place of its colour.
    Palette(HashMap<[u8; 4], u8>),
    Rgb,
    Rgba,
}

impl Coding {
    fn suiting(page: &Page, rows: Rows<'_>) -> Coding {
        match palette(rows) {
            Some(palette) => Coding::Palette(palette),
            None if page.background.a == 255 => Coding::Rgb,
            None => Coding::Rgba,
        }
    }

    fn announce<W: Write>(&self, encoder: &mut ::png::Encoder<'_, W>) {
        encoder.set_depth(::png::BitDepth::Eight);
        match self {
            Coding::Palette(places) => {
                let mut colors = vec![[0; 4]; places.len()];
                for (&pixel, &place) in places {
                    if let Some(color) = colors.get_mut(usize::from(place)) {
                        *color = raster::rgba(pixel);
                    }
                }
                encoder.set_color(::png::ColorType::Indexed);
                encoder.set_palette(
                    colors.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect::<Vec<_>>(),
                );
                if colors.iter().any(|color| color[3] < 255) {
                    encoder.set_trns(colors.iter().map(|color| color[3]).collect::<Vec<_>>());
                }
            }
            Coding::Rgb => encoder.set_color(::png::ColorType::Rgb),
            Coding::Rgba => encoder.set_color(::png::ColorType::Rgba),
        }
    }

    fn channels(&self) -> usize {
        match self {
            Coding::Palette(_) => 1,
            Coding::Rgb => 3,
            Coding::Rgba => 4,
        }
    }

    fn write(&self, line: &mut [u8], row: &[[u8; 4]]) {
        match self {
            Coding::Palette(places) => {
                let mut last = ([0; 4], places.get(&[0; 4]).copied().unwrap_or(0));
                write_pixels(line, row, |pixel| {
                    if pixel != last.0 {
                        last = (pixel, places.get(&pixel).copied().unwrap_or(0));
                    }
                    [last.1]
                });
            }
            Coding::Rgb => write_pixels(line, row, raster::rgb),
            Coding::Rgba => write_pixels(line, row, raster::rgba),
        }
    }
}

/// The colours of a page in the order in which they come, where there are no more than 256.
fn palette(rows: Rows<'_>) -> Option<HashMap<[u8; 4], u8>> {
    let mut places = HashMap::new();
    let mut last = None;
    for &pixel in rows.iter().flatten() {
        if last.replace(pixel) == Some(pixel) || places.contains_key(&pixel) {
            continue;
        }
        places.insert(pixel, u8::try_from(places.len()).ok()?);
    }
    Some(places)
}

/// Writes a page's pixels row by row.
fn encode(
    page: &Page,
    metadata: &Metadata,
    rows: Rows<'_>,
    output: &mut dyn Write,
) -> Result<(), DrawError> {
    let (width, height) = page.pixels;
    let coding = Coding::suiting(page, rows);
    let mut encoder = ::png::Encoder::new(output, width as u32, height as u32);
    coding.announce(&mut encoder);
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
    let pixel = coding.channels();
    let lines = Lines { count: height, bytes: pixel * width, pixel, filter: Filter::Paeth };
    let write = |row: usize, line: &mut [u8]| coding.write(line, rows.row(row));
    let chunks = Chunks { writer: &mut writer, pending: Vec::new(), failed: None };
    deflate::compress(lines, write, chunks)?.finish()?;
    writer.finish().map_err(encoding_error)
}

/// Writes compressed pixels in chunks. Keeps its first failure, and then takes what comes silently: the compressor does not expect any.
struct Chunks<'a, W: Write> {
    writer: &'a mut ::png::Writer<W>,
    pending: Vec<u8>,
    failed: Option<DrawError>,
}

impl<W: Write> Chunks<'_, W> {
    fn write_chunk(&mut self) {
        if self.failed.is_none() && !self.pending.is_empty() {
            let written = self.writer.write_chunk(::png::chunk::IDAT, &self.pending);
            self.failed = written.map_err(encoding_error).err();
        }
        self.pending.clear();
    }

    fn finish(mut self) -> Result<(), DrawError> {
        self.write_chunk();
        self.failed.map_or(Ok(()), Err)
    }
}

impl<W: Write> Write for Chunks<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= CHUNK_BYTES {
            self.write_chunk();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
