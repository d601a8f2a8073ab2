//! Pictures of a PDF file as palette indices, put in the place of Cairo's placeholders.
//!
//! Cairo writes every picture as 24-bit colours through zlib, though a colour table says the same in a third of the bytes. So it is
//! given tiny placeholders, and their objects are exchanged afterwards (PDF 1.4, 4.5.5 Indexed colour spaces, 4.8 Images, 3.4 File
//! structure).

use super::deflate::{Filter, Lines, compress};
use super::pixmap::Indexed;
use super::{DrawError, Pixmap};
use crate::colormap::Rgba;

/// A picture as a PDF object without its number.
pub(super) struct ImageObject {
    dictionary: String,
    stream: Vec<u8>,
}

/// The width and height in pixels of the placeholder of the picture with this number, which mark it in the file.
pub(super) fn placeholder_size(number: usize) -> (i32, i32) {
    (i32::try_from(number).unwrap_or(i32::MAX).saturating_add(NARROWEST), PLACEHOLDER_ROWS)
}

const NARROWEST: i32 = 2;
const PLACEHOLDER_ROWS: i32 = 2;

/// A picture as it will be encoded.
pub(super) enum Picture {
    Indexed(Indexed),
    Direct {
        width: usize,
        height: usize,
        /// Red, green and blue of each pixel.
        bytes: Vec<u8>,
    },
}

impl Picture {
    /// What a picture is made of, to be laid over each other; `None` if it has half-transparent colours, or transparent ones among
    /// very many, which need a separate mask.
    pub(super) fn layers(pixmap: &Pixmap) -> Option<Vec<Self>> {
        let palette = pixmap.used_palette();
        if palette.iter().any(|color| !matches!(color.a, 0 | 255)) {
            return None;
        }
        if let Some(indexed) = pixmap.to_indexed(&palette) {
            return Some(vec![Picture::Indexed(indexed)]);
        }
        if let Some(layers) = pixmap.to_layers(&palette) {
            return Some(layers.map(Picture::Indexed).into());
        }
        let opaque = palette.iter().all(|color| color.a == 255);
        opaque.then(|| vec![Self::direct(pixmap)])
    }

    fn direct(pixmap: &Pixmap) -> Self {
        let color = |&index: &u16| {
            let Rgba { r, g, b, .. } = pixmap.color(index);
            [r, g, b]
        };
        let bytes = pixmap.rows().flatten().flat_map(color).collect();
        Picture::Direct { width: pixmap.width, height: pixmap.height, bytes }
    }
}

impl ImageObject {
    /// Encodes a picture.
    pub(super) fn new(picture: &Picture) -> Result<Self, DrawError> {
        match picture {
            Picture::Indexed(picture) => Self::indexed(picture),
            Picture::Direct { width, height, bytes } => {
                Self::pack(*width, *height, "/DeviceRGB", "", 3, bytes)
            }
        }
    }

    fn indexed(picture: &Indexed) -> Result<Self, DrawError> {
        let clear = picture.palette.iter().position(|color| color.a == 0);
        let mut palette = picture.palette.clone();
        if let Some(color) = clear.and_then(|clear| palette.get_mut(clear)) {
            *color = picture.color_beside(*color);
        }
        let hex = |c: &Rgba| format!("{:02x}{:02x}{:02x}", c.r, c.g, c.b);
        let colors: String = palette.iter().map(hex).collect();
        let space = format!("[/Indexed /DeviceRGB {} <{colors}>]", palette.len() - 1);
        let mask = clear.map(|i| format!("   /Mask [{i} {i}]\n")).unwrap_or_default();
        Self::pack(picture.width, picture.height, &space, &mask, 1, &picture.indices)
    }

    fn pack(
        width: usize,
        height: usize,
        color_space: &str,
        mask: &str,
        colors: usize,
        bytes: &[u8],
    ) -> Result<Self, DrawError> {
        let stride = colors * width;
        let (count, filter) = (height, Filter::Average);
        let lines = Lines { count, bytes: stride, pixel: colors, filter };
        let copy =
            |row: usize, line: &mut [u8]| line.copy_from_slice(&bytes[row * stride..][..stride]);
        let stream = compress(lines, copy, Vec::with_capacity(bytes.len() / 2))?;
        let length = stream.len();
        let dictionary = format!(
            "<< /Length {length}\n   /Filter /FlateDecode\n   \
             /DecodeParms << /Predictor 15 /Colors {colors} /BitsPerComponent 8 /Columns {width} >>\n   \
             /Type /XObject\n   /Subtype /Image\n   /Width {width}\n   /Height {height}\n   \
             /ColorSpace {color_space}\n   /BitsPerComponent 8\n   /Interpolate false\n{mask}>>\n"
        );
        Ok(Self { dictionary, stream })
    }

    fn write(&self, number: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{number} 0 obj\n{}stream\n", self.dictionary).as_bytes());
        out.extend_from_slice(&self.stream);
        out.extend_from_slice(b"\nendstream\nendobj\n");
    }
}

/// Exchanges the placeholders of a file written by Cairo for the pictures.
pub(super) fn splice(file: Vec<u8>, images: &[ImageObject]) -> Result<Vec<u8>, DrawError> {
    if images.is_empty() {
        return Ok(file);
    }
    spliced(&file, images)
        .ok_or_else(|| DrawError::Encode("the PDF file has no table of its objects".to_owned()))
}

fn spliced(file: &[u8], images: &[ImageObject]) -> Option<Vec<u8>> {
    let table = CrossReferences::read(file)?;
    let mut objects: Vec<(usize, usize)> =
        table.offsets.iter().copied().enumerate().filter(|&(_, offset)| offset > 0).collect();
    objects.sort_by_key(|&(_, offset)| offset);
    let ends = objects.iter().skip(1).map(|&(_, offset)| offset).chain([table.start]);

    let added: usize = images.iter().map(|i| i.dictionary.len() + i.stream.len()).sum();
    let mut out = Vec::with_capacity(file.len() + added + 64 * images.len());
    out.extend_from_slice(file.get(..objects.first()?.1)?);
    let mut offsets = vec![0; table.offsets.len()];
    for (&(number, start), end) in objects.iter().zip(ends) {
        let object = file.get(start..end)?;
        *offsets.get_mut(number)? = out.len();
        match placeholder(object).and_then(|number| images.get(number)) {
            Some(image) => image.write(number, &mut out),
            None => out.extend_from_slice(object),
        }
    }
    table.write(&offsets, &mut out);
    Some(out)
}

/// The number of the picture whose placeholder this object is.
fn placeholder(object: &[u8]) -> Option<usize> {
    let dictionary = object.split(|&byte| byte == b'>').next()?;
    let text = std::str::from_utf8(dictionary).ok()?;
    let number = |key: &str| -> Option<i32> {
        text.split(key).nth(1)?.split_whitespace().next()?.parse().ok()
    };
    // A placeholder is black, which takes a bit a pixel. Pictures that Cairo writes itself are not; their masks, in grey, may be.
    let is_placeholder = text.contains("/Subtype /Image")
        && text.contains("/ColorSpace /DeviceGray")
        && number("/BitsPerComponent ") == Some(1)
        && number("/Height ") == Some(PLACEHOLDER_ROWS);
    let width = number("/Width ").filter(|_| is_placeholder)?;
    usize::try_from(width.checked_sub(NARROWEST)?).ok()
}

/// The table at the end of a PDF file that says where each object begins (PDF 1.4, 3.4.3).
struct CrossReferences<'a> {
    /// Where the table begins.
    start: usize,
    /// Position of each object in the file; 0 for numbers without one.
    offsets: Vec<usize>,
    /// What follows the table, up to the position of the table.
    trailer: &'a [u8],
}

impl<'a> CrossReferences<'a> {
    fn read(file: &'a [u8]) -> Option<Self> {
        const MARK: &[u8] = b"startxref\n";
        let mark = file.windows(MARK.len()).rposition(|window| window == MARK)?;
        let start: usize = text_line(file.get(mark + MARK.len()..)?)?.parse().ok()?;
        let table = file.get(start..mark + MARK.len())?.strip_prefix(b"xref\n0 ")?;
        let header = text_line(table)?;
        let entries = table.get(header.len() + 1..)?;
        let count: usize = header.trim().parse().ok()?;
        let (entries, trailer) = entries.split_at_checked(20 * count)?;
        let offset = |entry: &[u8]| match entry.get(17) {
            Some(b'n') => std::str::from_utf8(entry.get(..10)?).ok()?.parse().ok(),
            _ => Some(0),
        };
        let offsets = entries.chunks_exact(20).map(offset).collect::<Option<_>>()?;
        Some(Self { start, offsets, trailer })
    }

    fn write(&self, offsets: &[usize], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(format!("xref\n0 {}\n", offsets.len()).as_bytes());
        for &offset in offsets {
            let (generation, kind) = if offset == 0 { (65_535, 'f') } else { (0, 'n') };
            let entry = format!("{offset:010} {generation:05} {kind} \n");
            out.extend_from_slice(entry.as_bytes());
        }
        out.extend_from_slice(self.trailer);
        out.extend_from_slice(format!("{start}\n%%EOF\n").as_bytes());
    }
}

fn text_line(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes.split(|&byte| byte == b'\n').next()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_that_cairo_writes_are_no_placeholders() {
        let object = |width: i32, height: i32, space: &str, bits: i32| {
            let text = format!(
                "7 0 obj\n<< /Length 8 0 R\n   /Filter /FlateDecode\n   /Type /XObject\n   /Subtype /Image\n   /Width {width}\n   \
                 /Height {height}\n   /ColorSpace {space}\n   /Interpolate false\n   /BitsPerComponent {bits}\n>>\nstream\n"
            );
            placeholder(text.as_bytes())
        };
        for number in [0, 1, 300] {
            let (width, height) = placeholder_size(number);
            assert_eq!(object(width, height, "/DeviceGray", 1), Some(number));
            assert_eq!(object(width, height, "/DeviceGray", 8), None);
            assert_eq!(object(width, height, "/DeviceRGB", 8), None);
            assert_eq!(object(width, height + 1, "/DeviceGray", 1), None);
        }
        assert_eq!(object(1, PLACEHOLDER_ROWS, "/DeviceGray", 1), None);
    }
}
