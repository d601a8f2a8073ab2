//! Output formats: the one place that knows which there are.

use std::io::Write;

use super::{Canvas, DrawError, Fonts, jpeg, pdf, png, ps, svg, tiff, webp};
use crate::colormap::Rgba;

/// Most pixels along a side of a picture, the limit of Cairo's image surfaces.
pub(super) const MAX_PIXELS: usize = 32_767;

/// A file format for figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Format {
    /// Portable Document Format 1.4, vectors and embedded fonts.
    Pdf,
    /// Portable Network Graphics, 8 bits a channel.
    Png,
    /// Scalable Vector Graphics 1.1.
    Svg,
    /// Encapsulated PostScript, level 3.
    Eps,
    /// PostScript, level 3.
    Ps,
    /// JPEG, 8 bits a channel, no transparency.
    Jpeg,
    /// Tag Image File Format, 8 bits a channel.
    Tiff,
    /// WebP, lossless.
    Webp,
}

impl Format {
    /// Every format, in the order in which they are listed to users.
    pub const ALL: [Format; 8] = [
        Format::Pdf,
        Format::Png,
        Format::Svg,
        Format::Eps,
        Format::Ps,
        Format::Jpeg,
        Format::Tiff,
        Format::Webp,
    ];

    /// The file name extension, lower case, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Png => "png",
            Format::Svg => "svg",
            Format::Eps => "eps",
            Format::Ps => "ps",
            Format::Jpeg => "jpg",
            Format::Tiff => "tif",
            Format::Webp => "webp",
        }
    }

    /// The format of a file name extension, in any case and of either length.
    pub fn from_extension(extension: &str) -> Option<Format> {
        let extension = extension.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" => Some(Format::Jpeg),
            "tiff" => Some(Format::Tiff),
            _ => Self::ALL.into_iter().find(|format| format.extension() == extension),
        }
    }

    /// Pixels along a side of a page at most; nothing for formats that are not made of pixels.
    pub const fn most_pixels(self) -> Option<usize> {
        match self {
            Format::Pdf | Format::Svg | Format::Eps | Format::Ps => None,
            Format::Webp => Some(webp::MAX_PIXELS),
            Format::Png | Format::Jpeg | Format::Tiff => Some(MAX_PIXELS),
        }
    }

    /// Whether the page can be transparent.
    pub const fn has_transparency(self) -> bool {
        !matches!(self, Format::Jpeg)
    }
}

/// The size and ground of a page.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Page {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// Width and height in pixels, for formats made of pixels; of the same proportions.
    pub pixels: (usize, usize),
    /// Colour of the page; with an alpha of 0 the page is transparent.
    pub background: Rgba,
}

impl Page {
    /// Pixels a point.
    pub fn density(&self) -> f64 {
        self.pixels.0 as f64 / self.width
    }

    /// Makes sure that a format can hold the page.
    ///
    /// # Errors
    /// [`DrawError::TooLarge`] where it has more pixels than formats made of pixels can hold, or none.
    pub fn check(&self, format: Format) -> Result<(), DrawError> {
        let Some(max) = format.most_pixels() else { return Ok(()) };
        let (width, height) = self.pixels;
        match width.max(height) > max || width.min(height) == 0 {
            true => Err(DrawError::TooLarge { width, height, max }),
            false => Ok(()),
        }
    }
}

/// What a file says of its origin.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Metadata {
    /// Title of the figure.
    pub title: Option<String>,
    /// Name and version of the program.
    pub creator: String,
    /// The command line that made the figure.
    pub command: Option<String>,
    /// Seconds since 1970 UTC (SOURCE_DATE_EPOCH). Without it no date is written, so that the same
    /// command gives the same bytes at any time.
    pub date: Option<i64>,
}

/// Draws a page and writes it as a file of `format`.
///
/// # Errors
/// Those of [`Page::check`], of `draw` and of the output, and whatever keeps the page from being drawn or encoded.
pub fn render(
    format: Format,
    page: &Page,
    metadata: &Metadata,
    fonts: &Fonts,
    output: &mut dyn Write,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    page.check(format)?;
    match format {
        Format::Pdf => pdf::render(page, metadata, fonts, output, draw),
        Format::Png => png::render(page, metadata, fonts, output, draw),
        Format::Svg => svg::render(page, metadata, fonts, output, draw),
        Format::Eps => ps::render(page, metadata, fonts, true, output, draw),
        Format::Ps => ps::render(page, metadata, fonts, false, output, draw),
        Format::Jpeg => jpeg::render(page, metadata, fonts, output, draw),
        Format::Tiff => tiff::render(page, metadata, fonts, output, draw),
        Format::Webp => webp::render(page, metadata, fonts, output, draw),
    }
}

/// Ends a surface that writes to memory and takes its bytes.
pub(super) fn finish(surface: &cairo::Surface) -> Result<Vec<u8>, DrawError> {
    let stream = surface.finish_output_stream().map_err(|e| DrawError::Write(e.error))?;
    // The graphics library keeps its first failure and goes on silently.
    surface.status()?;
    match stream.downcast::<Vec<u8>>() {
        Ok(bytes) => Ok(*bytes),
        Err(_) => Err(DrawError::Encode("the drawing was not kept in memory".to_owned())),
    }
}

/// Seconds since 1970 as a date of ISO 8601 in UTC, `2026-01-31T12:00:00Z`.
pub(super) fn iso_date(seconds: i64) -> String {
    const DAY: i64 = 86_400;
    let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Years are counted from March, so that the leap day is a year's last and months need no table;
    // 719 468 days lie between 0000-03-01 and 1970-01-01, 146 097 in 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + 400 * era + i64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(iso_date(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso_date(951_827_696), "2000-02-29T12:34:56Z");
        assert_eq!(iso_date(1_798_761_599), "2026-12-31T23:59:59Z");
        assert_eq!(iso_date(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn extensions_are_recognised_in_any_case() {
        assert_eq!(Format::from_extension("PdF"), Some(Format::Pdf));
        assert_eq!(Format::from_extension("fits"), None);
    }
}
