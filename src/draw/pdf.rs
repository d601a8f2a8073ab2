//! Portable Document Format: vectors, embedded fonts, and pictures kept as palette indices.

use std::cell::RefCell;
use std::io::Write;

use cairo::{Context, ImageSurface, PdfMetadata, PdfSurface, PdfVersion};

use super::canvas::{Ink, Medium};
use super::pdf_image::{self, ImageObject};
use super::{
    Canvas, DrawError, Fonts, Metadata, Page, Pixmap, Point, Rect, TypesetText, image, text,
};

/// Collects the pictures, whose places in the file are held by tiny ones of different widths.
struct Document {
    images: RefCell<Vec<ImageObject>>,
}

impl Medium for Document {
    fn image(&self, context: &Context, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError> {
        let Some(object) = ImageObject::new(pixmap)? else {
            return image::paint(context, &image::to_surface(pixmap)?, rect);
        };
        let mut images = self.images.borrow_mut();
        let width = pdf_image::placeholder_width(images.len());
        let placeholder = ImageSurface::create(cairo::Format::Rgb24, width, 2)?;
        images.push(object);
        image::paint(context, &placeholder, rect)
    }

    fn text(&self, ink: &Ink<'_>, text: &TypesetText, origin: Point) -> Result<(), DrawError> {
        text::show_glyphs(ink, text, origin)
    }
}

/// Draws a page as a PDF file and writes it.
pub(super) fn render(
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let surface = PdfSurface::for_stream(page.width, page.height, Vec::<u8>::new())?;
    // Later versions may pack the cross references, which would hide the pictures' places.
    surface.restrict(PdfVersion::_1_4)?;
    describe(&surface, metadata)?;
    let document = Document { images: RefCell::new(Vec::new()) };
    {
        let canvas = Canvas::new(&surface, 1.0, fonts, &document)?;
        canvas.fill_page(page)?;
        draw(&canvas)?;
    }
    let file = super::surface::finish(&surface)?;
    let file = pdf_image::splice(file, &document.images.into_inner())?;
    Ok(output.write_all(&file)?)
}

fn describe(surface: &PdfSurface, metadata: &Metadata) -> Result<(), DrawError> {
    let set = |key, value: &str| surface.set_metadata(key, &value.replace('\0', " "));
    if let Some(title) = &metadata.title {
        set(PdfMetadata::Title, title)?;
    }
    if let Some(command) = &metadata.command {
        set(PdfMetadata::Subject, command)?;
    }
    set(PdfMetadata::Creator, &metadata.creator)?;
    // Cairo writes the present time unless told otherwise; an empty date leaves it out.
    let date = metadata.date.map(super::surface::iso_date).unwrap_or_default();
    set(PdfMetadata::CreateDate, &date)?;
    Ok(())
}
