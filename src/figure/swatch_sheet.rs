//! A sheet that shows colour tables beside each other, grouped by family.

use std::io::Write;

use super::colorbar::strip_image;
use super::layout::MARGIN;
use super::{Theme, fit};
use crate::colormap::Colormap;
use crate::draw::{
    self, Canvas, DrawError, Fonts, Format, Metadata, Page, Path, Pixmap, Point, Rect, RichText,
    Stroke, Style, TypesetText,
};

/// Tables under a heading.
#[derive(Clone, PartialEq, Debug)]
pub struct SwatchGroup {
    /// What they have in common.
    pub heading: String,
    /// The tables.
    pub maps: Vec<Colormap>,
}

/// Colour tables laid out on a page.
#[derive(Clone, PartialEq, Debug)]
pub struct SwatchSheet {
    page: Page,
    theme: Theme,
    texts: Vec<(TypesetText, Point)>,
    strips: Vec<Strip>,
}

/// One table: its rectangle, and the picture that is cut to it.
#[derive(Clone, PartialEq, Debug)]
struct Strip {
    rect: Rect,
    colors: Pixmap,
    image: Rect,
}

/// The most columns of a sheet.
const COLUMNS: usize = 6;
/// Sizes in points: of a column, of the space between columns, of a strip's height.
const COLUMN: f64 = 104.0;
const GUTTER: f64 = 11.0;
const STRIP: f64 = 10.5;
/// From one strip to the next below, with its name between.
const PITCH: f64 = 24.5;
/// Sizes of text in points.
const NAME: f64 = 6.8;
const HEADING: f64 = 10.0;
/// Blank rim, in points.
const RIM: f64 = MARGIN + 7.0;

impl SwatchSheet {
    /// Lays groups out one below the other. The page is as wide as its columns, up to six, and `pixels` wide in formats
    /// made of pixels; by default two a point.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn new(
        groups: &[SwatchGroup],
        theme: Theme,
        pixels: Option<usize>,
    ) -> Result<Self, DrawError> {
        let fonts = Fonts::of_thread(None)?;
        let longest = groups.iter().map(|group| group.maps.len()).max().unwrap_or(0);
        let columns = longest.clamp(1, COLUMNS);
        let width = 2.0 * RIM + columns as f64 * (COLUMN + GUTTER) - GUTTER;
        let (mut texts, mut strips) = (Vec::new(), Vec::new());
        let mut y = RIM;
        for group in groups {
            if !group.heading.is_empty() {
                let heading =
                    fonts.typeset(&RichText::plain(&group.heading).styled(Style::Bold), HEADING)?;
                texts.push((heading, [RIM, y + 0.8 * HEADING]));
                y += 1.8 * HEADING;
            }
            for row in group.maps.chunks(columns) {
                for (column, map) in row.iter().enumerate() {
                    let x = RIM + column as f64 * (COLUMN + GUTTER);
                    let rect = Rect::new(x, y, COLUMN, STRIP);
                    let (colors, image) = strip_image(rect, false, map.table());
                    strips.push(Strip { rect, colors, image });
                    let name = RichText::plain(map.name());
                    let (lines, size) = fit::fit(&fonts, &name, NAME, 0.7 * NAME, COLUMN, 1)?;
                    let baseline = y + STRIP + 1.15 * size;
                    texts.extend(lines.into_iter().map(|text| (text, [x, baseline])));
                }
                y += PITCH;
            }
            y += 0.6 * HEADING;
        }
        let height = y + RIM - 0.6 * HEADING - (PITCH - STRIP - 1.5 * NAME);
        let density = pixels.map_or(2.0, |pixels| pixels as f64 / width);
        let whole = |points: f64| ((points * density).round() as usize).max(1);
        let page = Page {
            width,
            height: whole(height) as f64 / density,
            pixels: (whole(width), whole(height)),
            background: theme.page,
        };
        Ok(Self { page, theme, texts, strips })
    }

    /// Draws the sheet and writes it as a file of `format`.
    ///
    /// # Errors
    /// The picture is too large, the graphics library failed, or the output could not be written.
    pub fn write(
        &self,
        format: Format,
        metadata: &Metadata,
        output: &mut dyn Write,
    ) -> Result<(), DrawError> {
        let fonts = Fonts::of_thread(None)?;
        draw::render(format, &self.page, metadata, &fonts, output, |canvas| self.draw(canvas))
    }

    fn draw(&self, canvas: &Canvas<'_>) -> Result<(), DrawError> {
        let line = Stroke { color: self.theme.line, width: 0.35 };
        for strip in &self.strips {
            let path = Path::rectangle(strip.rect);
            canvas.clipped(&path, |canvas| canvas.image(&strip.colors, strip.image))?;
            canvas.stroke_sharp(&path, line)?;
        }
        self.texts.iter().try_for_each(|(text, origin)| canvas.text(text, *origin, self.theme.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_on_the_page_and_apart() {
        let maps: Vec<Colormap> =
            Colormap::names().filter_map(|n| Colormap::by_name(n).ok()).collect();
        for count in [1, 3, 7, maps.len()] {
            let group = SwatchGroup { heading: "All".to_owned(), maps: maps[..count].to_vec() };
            let sheet = SwatchSheet::new(&[group.clone(), group], Theme::light(), None).unwrap();
            let page = Rect::new(0.0, 0.0, sheet.page.width, sheet.page.height);
            let texts: Vec<Rect> =
                sheet.texts.iter().map(|(text, origin)| text.ink.translated(*origin)).collect();
            for (i, text) in texts.iter().enumerate() {
                assert!(page.contains(text), "{text:?} on {page:?}");
                assert!(sheet.strips.iter().all(|strip| !strip.rect.overlaps(text)));
                let near = texts.iter().skip(i + 1).take(12);
                assert!(near.into_iter().all(|other| !other.overlaps(text)));
            }
            assert!(sheet.strips.iter().all(|strip| page.contains(&strip.rect)));
            assert_eq!(sheet.strips.len(), 2 * count);
        }
    }
}
