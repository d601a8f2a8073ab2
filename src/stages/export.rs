//! Writes the projected values themselves: as a NumPy array or as a FITS image with world coordinates.

use std::io::{self, Write};

use crate::map::SkyRaster;
use crate::projection::Wcs;

/// Writes a raster as a NumPy file (format 1.0): little-endian float32 of shape (height, width), row 0 at the bottom.
///
/// # Errors
/// What the writer reports.
pub fn write_npy(raster: &SkyRaster, out: &mut dyn Write) -> io::Result<()> {
    let mut header = format!(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
        raster.height, raster.width
    );
    // The preamble of 10 bytes and the header together fill a multiple of 64 bytes and end with a newline.
    let padding = 63 - (10 + header.len()) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&(header.len() as u16).to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    write_values(raster, out, f32::to_le_bytes)
}

/// What the header of a FITS image says besides its shape.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ImageInfo {
    /// World coordinates of the pixels.
    pub wcs: Option<Wcs>,
    /// BUNIT: unit of the values.
    pub unit: Option<String>,
    /// CREATOR: program and version.
    pub creator: String,
    /// HISTORY: the command that made the image; none of an empty one.
    pub command: String,
}

/// Writes a raster as the primary image of a FITS file: float32, NaN off the sky, UNSEEN on bad pixels.
///
/// # Errors
/// What the writer reports.
pub fn write_fits(raster: &SkyRaster, info: &ImageInfo, out: &mut dyn Write) -> io::Result<()> {
    let mut cards = vec![
        logical("SIMPLE", true, "conforms to FITS 4.0"),
        integer("BITPIX", -32, "float32"),
        integer("NAXIS", 2, ""),
        integer("NAXIS1", raster.width as i64, ""),
        integer("NAXIS2", raster.height as i64, ""),
    ];
    if let Some(unit) = &info.unit {
        cards.push(text("BUNIT", unit, "unit of the values"));
    }
    if let Some(wcs) = &info.wcs {
        cards.extend(wcs_cards(wcs));
    }
    cards.push(real("BAD_DATA", -1.6375e30, "marks pixels without data"));
    cards.push(text("CREATOR", &info.creator, ""));
    cards.extend(history(&info.command));
    cards.push(format!("{:<80}", "END"));
    let header: String = cards.concat();
    out.write_all(header.as_bytes())?;
    pad(header.len(), b' ', out)?;
    write_values(raster, out, f32::to_be_bytes)?;
    pad(raster.values.len() * 4, 0, out)
}

fn wcs_cards(wcs: &Wcs) -> Vec<String> {
    let mut cards = Vec::new();
    for axis in 0..2 {
        let keyword = |stem: &str| format!("{stem}{}", axis + 1);
        cards.push(text(&keyword("CTYPE"), &wcs.ctype[axis], ""));
        cards.push(real(&keyword("CRPIX"), wcs.crpix[axis], ""));
        cards.push(real(&keyword("CDELT"), wcs.cdelt[axis], ""));
        cards.push(real(&keyword("CRVAL"), wcs.crval[axis], ""));
        cards.push(text(&keyword("CUNIT"), "deg", ""));
    }
    if wcs.at_native_pole {
        cards.push(real("PV1_1", 0.0, "native longitude of the reference point"));
        cards.push(real("PV1_2", 90.0, "native latitude of the reference point"));
    }
    cards.push(real("LONPOLE", wcs.lonpole, "native longitude of the celestial pole"));
    cards.push(real("LATPOLE", wcs.latpole, "native latitude of the celestial pole"));
    cards.extend(wcs.radesys.map(|system| text("RADESYS", system, "")));
    cards
}

fn card(keyword: &str, value: &str, comment: &str) -> String {
    let full = match comment {
        "" => format!("{keyword:<8}= {value}"),
        _ => format!("{keyword:<8}= {value} / {comment}"),
    };
    // What is longer is a comment that can be cut.
    let ascii: String = full.chars().map(printed).take(80).collect();
    format!("{ascii:<80}")
}

/// Cards have characters that are printed in ASCII; there the prefix micro, which is either of two characters, is `u` (FITS 4.0,
/// section 4.3.1).
fn printed(c: char) -> char {
    match c {
        '\u{b5}' | '\u{3bc}' => 'u',
        ' '..='~' => c,
        _ => '?',
    }
}

/// A text on as many HISTORY cards as it needs, of 70 characters each at most. What the cards hold, one after the other, is the text.
fn history(text: &str) -> Vec<String> {
    const MOST: usize = 70;
    let ascii: String = text.chars().map(printed).collect();
    let (mut rest, mut cards) = (ascii.as_str(), Vec::new());
    while let Some((line, behind)) = rest.split_at_checked(MOST.min(rest.len()))
        && !line.is_empty()
    {
        // Readers drop the blanks that a card ends with, so these begin the next one.
        let kept = if behind.is_empty() { line.len() } else { line.trim_end().len() };
        let kept = if kept == 0 { line.len() } else { kept };
        cards.push(format!("{:<80}", format!("HISTORY {}", &rest[..kept])));
        rest = &rest[kept..];
    }
    cards
}

fn logical(keyword: &str, value: bool, comment: &str) -> String {
    card(keyword, &format!("{:>20}", if value { "T" } else { "F" }), comment)
}

fn integer(keyword: &str, value: i64, comment: &str) -> String {
    card(keyword, &format!("{value:>20}"), comment)
}

fn real(keyword: &str, value: f64, comment: &str) -> String {
    let digits = if value == 0.0 || (1e-4..1e15).contains(&value.abs()) {
        let plain = format!("{value}");
        if plain.contains('.') { plain } else { format!("{plain}.0") }
    } else {
        format!("{value:E}")
    };
    card(keyword, &format!("{digits:>20}"), comment)
}

fn text(keyword: &str, value: &str, comment: &str) -> String {
    const MOST: usize = 66;
    let mut quoted = String::new();
    for c in value.chars() {
        let quotes = if c == '\'' { 2 } else { 1 };
        if quoted.chars().count() + quotes > MOST {
            break;
        }
        (0..quotes).for_each(|_| quoted.push(c));
    }
    card(keyword, &format!("'{quoted:<8}'"), comment)
}

fn pad(written: usize, fill: u8, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&vec![fill; written.next_multiple_of(2880) - written])
}

fn write_values(
    raster: &SkyRaster,
    out: &mut dyn Write,
    encode: impl Fn(f32) -> [u8; 4],
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(raster.width * 4);
    for row in raster.values.chunks(raster.width.max(1)) {
        bytes.clear();
        bytes.extend(row.iter().flat_map(|v| encode(*v)));
        out.write_all(&bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fits::{FitsFile, MemorySource};

    fn raster() -> SkyRaster {
        SkyRaster { width: 3, height: 2, values: vec![1.0, 2.0, f32::NAN, -1.6375e30, 5.5, -6.0] }
    }

    #[test]
    fn npy_header_is_aligned() {
        let mut bytes = Vec::new();
        write_npy(&raster(), &mut bytes).unwrap();
        assert_eq!(bytes.len(), 128 + 24);
        assert_eq!(bytes[127], b'\n');
        assert_eq!(&bytes[128..132], &1f32.to_le_bytes());
    }

    #[test]
    fn fits_image_reads_back() {
        let command = format!("map2fig a.fits --title '{}' -o μ.fits", "x y ".repeat(40));
        let unit = Some("K'CMB".into());
        let info = ImageInfo { wcs: None, unit, creator: "map2fig".into(), command };
        let mut bytes = Vec::new();
        write_fits(&raster(), &info, &mut bytes).unwrap();
        assert_eq!(bytes.len(), 2 * 2880);
        let file = FitsFile::from_source("x.fits", Arc::new(MemorySource(bytes))).unwrap();
        let header = &file.hdus()[0].header;
        assert_eq!(header.get_int("NAXIS1").unwrap(), Some(3));
        assert_eq!(header.get_str("BUNIT").as_deref(), Some("K'CMB"));
        assert_eq!(header.get_float("BAD_DATA").unwrap(), Some(-1.6375e30));
        let text = header.text();
        let lines = text.lines().filter_map(|line| line.strip_prefix("HISTORY "));
        let lines: Vec<&str> = lines.map(str::trim_end).collect();
        assert!(lines.len() == 3 && lines.iter().all(|line| line.len() <= 70), "{text}");
        assert_eq!(lines.concat(), info.command.replace('μ', "u"));
    }

    #[test]
    fn cards_hold_printed_characters_and_whole_quotes() {
        assert_eq!(text("BUNIT", "a\tb\nµ", "").trim_end(), "BUNIT   = 'a?b?u   '");
        for length in 60..70 {
            let card = text("BUNIT", &format!("{}'y", "x".repeat(length)), "");
            assert_eq!((card.len(), card.matches('\'').count() % 2), (80, 0), "{card}");
        }
    }
}
