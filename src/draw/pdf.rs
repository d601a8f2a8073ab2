//! Portable Document Format: vectors, embedded fonts, and pictures kept as palette indices.

use std::cell::RefCell;
use std::io::Write;
use std::sync::mpsc::{self, Receiver};

use cairo::{Context, ImageSurface, PdfMetadata, PdfSurface, PdfVersion};
use rayon::Scope;

use super::canvas::{Ink, Medium};
use super::pdf_image::{self, ImageObject, Picture};
use super::{
    Canvas, DrawError, Fonts, Metadata, Page, Pixmap, Point, Rect, TypesetText, image, text,
};

/// Has the pictures encoded while the page is drawn. Their places in the file are held by tiny ones of different widths.
struct Document<'a, 'scope> {
    encoders: &'a Scope<'scope>,
    images: RefCell<Vec<Receiver<Encoded>>>,
}

type Encoded = Result<ImageObject, DrawError>;

impl Document<'_, '_> {
    /// Has a picture encoded; gives the size of its placeholder.
    fn encode(&self, picture: Picture) -> (i32, i32) {
        let (sender, receiver) = mpsc::channel();
        let mut images = self.images.borrow_mut();
        let size = pdf_image::placeholder_size(images.len());
        images.push(receiver);
        // Nobody waits for it where drawing failed meanwhile.
        self.encoders.spawn(move |_| drop(sender.send(ImageObject::new(&picture))));
        size
    }
}

impl Medium for Document<'_, '_> {
    fn image(&self, context: &Context, pixmap: &Pixmap, rect: Rect) -> Result<(), DrawError> {
        let Some(layers) = Picture::layers(pixmap) else {
            return image::paint(context, &image::to_surface(pixmap)?, rect);
        };
        for picture in layers {
            let (width, height) = self.encode(picture);
            let placeholder = ImageSurface::create(cairo::Format::Rgb24, width, height)?;
            context.save()?;
            image::paint(context, &placeholder, rect)?;
            context.restore()?;
        }
        Ok(())
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
    let (images, file) = rayon::in_place_scope(|encoders| {
        let document = Document { encoders, images: RefCell::default() };
        let canvas = Canvas::new(&surface, 1.0, fonts, &document)?;
        canvas.fill_page(page)?;
        draw(&canvas)?;
        drop(canvas);
        let file = super::surface::finish(&surface)?;
        Ok::<_, DrawError>((document.images.into_inner(), file))
    })?;
    // All have been sent when the scope ends.
    let images: Vec<ImageObject> =
        images.iter().filter_map(|image| image.try_recv().ok()).collect::<Result<_, _>>()?;
    let file = pdf_image::splice(file, &images)?;
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
