//! PostScript, on its own or encapsulated: vectors and embedded fonts for older typesetting.

use std::io::Write;

use cairo::{Context, PsLevel, PsSurface};

use super::canvas::{Ink, Medium};
use super::{
    Canvas, DrawError, Fonts, Metadata, Page, Pixmap, Point, Rect, TypesetText, image, text,
};

/// Characters of a line of comments at most (PostScript document structuring conventions 3.0, 3.1).
const LINE: usize = 240;

struct Document;

impl Medium for Document {
    fn image(&self, context: &Context, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError> {
        image::paint(context, &image::to_surface(pixmap)?, rect)
    }

    /// PostScript knows only opaque colours: for others Cairo would make pixels of all that they touch.
    fn has_translucency(&self) -> bool {
        false
    }

    fn text(&self, ink: &Ink<'_>, text: &TypesetText, origin: Point) -> Result<(), DrawError> {
        text::show_glyphs(ink, text, origin)
    }
}

/// Draws a page as PostScript and writes it.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    encapsulated: bool,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let surface = PsSurface::for_stream(page.width, page.height, Vec::<u8>::new())?;
    surface.restrict(PsLevel::_3);
    surface.set_eps(encapsulated);
    {
        let canvas = Canvas::new(&surface, 1.0, fonts, &Document)?;
        canvas.fill_page(page)?;
        draw(&canvas)?;
    }
    let file = super::surface::finish(&surface)?;
    write_described(&file, page, metadata, output)
}

/// Writes a file with our own comments in the place of Cairo's, which name the time, and with the page's exact size.
fn write_described(
    file: &[u8],
    page: &Page,
    metadata: &Metadata,
    output: &mut dyn Write,
) -> Result<(), DrawError> {
    let mut rest = file;
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        rest = after;
        if line.starts_with(b"%%Creator:") {
            output.write_all(comments(metadata).as_bytes())?;
        } else if !line.starts_with(b"%%CreationDate:") {
            output.write_all(line)?;
        }
        // Cairo's own is in whole points.
        if line.starts_with(b"%%BoundingBox:") {
            writeln!(output, "%%HiResBoundingBox: 0 0 {:.3} {:.3}", page.width, page.height)?;
        }
        if line.starts_with(b"%%EndComments") {
            break;
        }
    }
    Ok(output.write_all(rest)?)
}

fn comments(metadata: &Metadata) -> String {
    let mut text = comment("Creator", &metadata.creator);
    if let Some(title) = &metadata.title {
        text += &comment("Title", title);
    }
    if let Some(date) = metadata.date {
        text += &comment("CreationDate", &super::surface::iso_date(date));
    }
    if let Some(command) = &metadata.command {
        text += &comment("Command", command);
    }
    text
}

/// A comment in ASCII, in as many lines as it needs.
fn comment(keyword: &str, value: &str) -> String {
    let ascii: Vec<char> =
        value.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
    let mut text = String::new();
    for (i, piece) in ascii.chunks(LINE).enumerate() {
        let start = if i == 0 { format!("%%{keyword}: ") } else { "%%+ ".to_owned() };
        text += &start;
        text.extend(piece);
        text.push('\n');
    }
    text
}
