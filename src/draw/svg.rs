//! Scalable Vector Graphics: vectors, pictures as palette PNGs, and text that stays text.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write;

use cairo::{Context, ImageSurface, SvgSurface, SvgUnit};

use super::canvas::{Ink, Medium};
use super::png::encoding_error;
use super::text::{self, FaceId, GlyphRun};
use super::{Canvas, DrawError, Fonts, Metadata, Page, Pixmap, Point, Rect, TypesetText, image};
use crate::colormap::Rgba;

/// Families with the same widths as the embedded text face, so that text looks alike wherever the file is opened.
const FAMILIES: &str = "Liberation Sans, Arial, Helvetica, sans-serif";
const FALLBACK_FAMILIES: &str = "DejaVu Sans, sans-serif";
/// What Cairo puts before the numbers in the names of a file's parts.
const NAMED_PARTS: [&str; 5] = ["surface", "image", "clip", "glyph", "mask"];

/// Collects the text, which Cairo would turn into outlines.
struct Document {
    texts: RefCell<String>,
}

impl Medium for Document {
    fn image(&self, context: &Context, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError> {
        // Only the size of this surface is used: the file takes the PNG in its place.
        let (width, height) = (pixmap.width as i32, pixmap.height as i32);
        let surface = ImageSurface::create(cairo::Format::Rgb24, width, height)?;
        surface.set_mime_data("image/png", encoded(pixmap)?)?;
        image::paint(context, &surface, rect)
    }

    fn text(&self, ink: &Ink<'_>, text: &TypesetText, origin: Point) -> Result<(), DrawError> {
        // Nobody has the fonts of signs by their names, so signs are drawn.
        let (letters, signs): (Vec<GlyphRun>, Vec<GlyphRun>) =
            text.runs.iter().cloned().partition(|run| is_text_face(run.font.face));
        if !signs.is_empty() {
            text::fill_outlines(ink, &signs, origin)?;
        }
        let texts = &mut *self.texts.borrow_mut();
        // A String takes any write.
        let _ = write_text(texts, ink, &letters, origin);
        Ok(())
    }
}

const fn is_text_face(face: FaceId) -> bool {
    use FaceId::{Bold, Fallback, Italic, Regular, User};
    matches!(face, User | Regular | Italic | Bold | Fallback)
}

fn write_text(
    texts: &mut String,
    ink: &Ink<'_>,
    runs: &[GlyphRun],
    origin: Point,
) -> std::fmt::Result {
    if runs.is_empty() {
        return Ok(());
    }
    let (color, alpha) = (ink.color, f64::from(ink.color.a) / 255.0);
    write!(texts, "<text fill=\"#{:02x}{:02x}{:02x}\"", color.r, color.g, color.b)?;
    if color.a != 255 {
        write!(texts, " fill-opacity=\"{alpha:.3}\"")?;
    }
    let matrix = ink.context.matrix();
    if matrix != cairo::Matrix::identity() {
        let [xx, yx, xy, yy] = [matrix.xx(), matrix.yx(), matrix.xy(), matrix.yy()];
        let (x0, y0) = (matrix.x0(), matrix.y0());
        write!(texts, " transform=\"matrix({xx:.6} {yx:.6} {xy:.6} {yy:.6} {x0:.3} {y0:.3})\"")?;
    }
    texts.push_str(" xml:space=\"preserve\">");
    for run in runs {
        let x = origin[0] + run.glyphs.first().map_or(0.0, |glyph| glyph.x);
        let y = origin[1] + run.drop;
        write!(texts, "<tspan x=\"{x:.3}\" y=\"{y:.3}\"")?;
        if run.advance > 0.0 {
            // A viewer that has none of these fonts keeps to their widths. What follows a single letter has its place, too.
            let length = run.advance;
            write!(texts, " textLength=\"{length:.3}\" lengthAdjust=\"spacingAndGlyphs\"")?;
        }
        write!(texts, " font-size=\"{:.3}\"", run.size)?;
        match (run.font.face, ink.fonts.user_family()) {
            (FaceId::Bold, _) => texts.push_str(" font-weight=\"bold\""),
            (FaceId::Fallback, _) => write!(texts, " font-family=\"{FALLBACK_FAMILIES}\"")?,
            (FaceId::User, Some(family)) => {
                write!(texts, " font-family=\"'{}', {FAMILIES}\"", escaped(family))?;
            }
            _ => {}
        }
        if run.font.slanted || run.font.face == FaceId::Italic {
            texts.push_str(" font-style=\"italic\"");
        }
        write!(texts, ">{}</tspan>", escaped(&run.text))?;
    }
    texts.push_str("</text>\n");
    Ok(())
}

/// Draws a page as an SVG file and writes it.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let mut surface = SvgSurface::for_stream(page.width, page.height, Vec::<u8>::new())?;
    surface.set_document_unit(SvgUnit::Pt);
    let document = Document { texts: RefCell::new(String::new()) };
    {
        let canvas = Canvas::new(&surface, 1.0, fonts, &document)?;
        canvas.fill_page(page)?;
        draw(&canvas)?;
    }
    let file = super::surface::finish(&surface)?;
    let file = String::from_utf8(file).map_err(|e| DrawError::Encode(e.to_string()))?;
    let file = with_steady_names(&file);
    let texts = document.texts.into_inner();
    let texts = format!("<g font-family=\"{FAMILIES}\">\n{texts}</g>\n</svg>\n");
    let (head, body) = split_after_root(&file);
    let body = body.trim_end().strip_suffix("</svg>").unwrap_or(body);
    for part in [head, "\n", &description(metadata), body, &texts] {
        output.write_all(part.as_bytes())?;
    }
    Ok(())
}

/// Splits a file behind the tag of its root element.
fn split_after_root(file: &str) -> (&str, &str) {
    let root = file.find("<svg").unwrap_or(0);
    let end = file[root..].find('>').map_or(root, |at| root + at + 1);
    file.split_at(end)
}

/// What the file says of its origin: elements that every viewer knows, and Dublin Core.
fn description(metadata: &Metadata) -> String {
    let mut text = String::new();
    if let Some(title) = &metadata.title {
        text += &format!("<title>{}</title>\n", escaped(title));
    }
    if let Some(command) = &metadata.command {
        text += &format!("<desc>{}</desc>\n", escaped(command));
    }
    text += "<metadata>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<rdf:Description rdf:about=\"\">\n";
    text += &format!("<dc:creator>{}</dc:creator>\n", escaped(&metadata.creator));
    if let Some(date) = metadata.date {
        text += &format!("<dc:date>{}</dc:date>\n", super::surface::iso_date(date));
    }
    text += "</rdf:Description>\n</rdf:RDF>\n</metadata>\n";
    text
}

/// Numbers the named parts of a file from 0 on. Cairo numbers them through all files of a process,
/// so that the bytes would depend on what was drawn before.
fn with_steady_names(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    let mut names: Vec<&str> = Vec::new();
    let mut rest = file;
    while let Some(at) = rest.find(['"', '#']) {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        rest = after;
        let Some(length) = name_length(after) else { continue };
        let (name, after) = after.split_at(length);
        let number = names.iter().position(|&known| known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        let _ = write!(out, "{stem}{number}");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length of the name of a part that `text` begins with: a known word and a number.
fn name_length(text: &str) -> Option<usize> {
    let stem = NAMED_PARTS.into_iter().find(|stem| text.starts_with(stem))?;
    let tail = &text[stem.len()..];
    let digits = tail.find(|c: char| !c.is_ascii_digit() && c != '-')?;
    (digits > 0 && tail[digits..].starts_with(['"', ')'])).then_some(stem.len() + digits)
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no way to write the other control characters.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A picture as a PNG file, with a palette where its colours are few enough.
fn encoded(pixmap: &Pixmap) -> Result<Vec<u8>, DrawError> {
    let used = pixmap.used_palette();
    let Some(indexed) = pixmap.to_indexed(&used) else {
        let opaque = used.iter().all(|color| color.a == 255);
        let colors = pixmap.indices.iter().map(|&index| pixmap.color(index));
        return if opaque {
            let bytes: Vec<u8> = colors.flat_map(|c| [c.r, c.g, c.b]).collect();
            encode(pixmap, ::png::ColorType::Rgb, &bytes, None)
        } else {
            let bytes: Vec<u8> = colors.flat_map(|c| [c.r, c.g, c.b, c.a]).collect();
            encode(pixmap, ::png::ColorType::Rgba, &bytes, None)
        };
    };
    encode(pixmap, ::png::ColorType::Indexed, &indexed.indices, Some(&indexed.palette))
}

fn encode(
    size: &Pixmap,
    color_type: ::png::ColorType,
    bytes: &[u8],
    palette: Option<&[Rgba]>,
) -> Result<Vec<u8>, DrawError> {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, size.width as u32, size.height as u32);
    encoder.set_color(color_type);
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Fast);
    if let Some(palette) = palette {
        encoder.set_palette(palette.iter().flat_map(|c| [c.r, c.g, c.b]).collect::<Vec<_>>());
        if palette.iter().any(|c| c.a != 255) {
            encoder.set_trns(palette.iter().map(|c| c.a).collect::<Vec<_>>());
        }
    }
    let mut writer = encoder.write_header().map_err(encoding_error)?;
    writer.write_image_data(bytes).map_err(encoding_error)?;
    writer.finish().map_err(encoding_error)?;
    Ok(file)
}
