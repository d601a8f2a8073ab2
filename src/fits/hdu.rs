//! A header and data unit: what it is and where its data lie.

use std::fmt;

use super::{FitsError, Header};

/// What an HDU holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HduKind {
    /// The primary HDU: an image, most often without data.
    Primary,
    /// An image extension.
    Image,
    /// A binary table; tile-compressed images and tables are stored as these too.
    BinTable,
    /// A table of text.
    AsciiTable,
    /// Anything else, by its XTENSION; random groups as `GROUPS`.
    Other(String),
}

impl fmt::Display for HduKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HduKind::Primary => f.write_str("the primary image"),
            HduKind::Image => f.write_str("an image"),
            HduKind::BinTable => f.write_str("a binary table"),
            HduKind::AsciiTable => f.write_str("an ASCII table"),
            HduKind::Other(name) => write!(f, "an extension of type '{name}'"),
        }
    }
}

/// A header and data unit of a file.
#[derive(Clone, Debug)]
pub struct Hdu {
    /// Position in the file, the primary HDU being 0.
    pub index: usize,
    /// EXTNAME; empty where there is none.
    pub name: String,
    /// What it holds.
    pub kind: HduKind,
    /// Its header.
    pub header: Header,
    /// Position of the data, in bytes from the start of the file.
    pub data_offset: u64,
    /// Bytes of the data according to the header, padding not counted.
    pub data_len: u64,
    /// Bytes of the data that lie beyond the end of the file; 0 unless it is truncated.
    pub missing_bytes: u64,
}

impl Hdu {
    /// Describes the HDU with this header, whose data begin at `data_offset` of a file of
    /// `file_len` bytes.
    pub(super) fn new(header: Header, data_offset: u64, file_len: u64) -> Result<Hdu, FitsError> {
        let kind = kind_of(&header);
        let data_len = data_len(&header, &kind)?;
        let end = data_offset.checked_add(data_len).filter(|end| *end <= MAX_POSITION);
        let end = end.ok_or_else(|| header.bad_value("NAXIS", "data that fit in a file"))?;
        Ok(Hdu {
            index: header.place().hdu,
            name: header.get_str("EXTNAME").unwrap_or_default(),
            kind,
            data_offset,
            data_len,
            missing_bytes: end.saturating_sub(file_len).min(data_len),
            header,
        })
    }

    /// Refuses an HDU whose data are not all there.
    ///
    /// # Errors
    /// [`FitsError::Truncated`]
    pub fn check_complete(&self) -> Result<(), FitsError> {
        if self.missing_bytes == 0 {
            return Ok(());
        }
        Err(FitsError::Truncated {
            place: self.header.place().clone(),
            missing: self.missing_bytes,
            expected: self.data_len,
        })
    }
}

/// Positions in files are signed 64-bit numbers; this leaves room for padding.
const MAX_POSITION: u64 = i64::MAX as u64 - 2 * super::BLOCK_BYTES;

fn kind_of(header: &Header) -> HduKind {
    let Some(extension) = header.get_str("XTENSION") else {
        return if is_random_groups(header) {
            HduKind::Other("GROUPS".to_owned())
        } else {
            HduKind::Primary
        };
    };
    match extension.to_ascii_uppercase().as_str() {
        "IMAGE" | "IUEIMAGE" => HduKind::Image,
        "BINTABLE" | "A3DTABLE" => HduKind::BinTable,
        "TABLE" => HduKind::AsciiTable,
        _ => HduKind::Other(extension),
    }
}

/// Random groups (FITS 4.0, section 6): a primary HDU with NAXIS1 = 0 and GROUPS = T.
fn is_random_groups(header: &Header) -> bool {
    let zero_axis = matches!(header.get_int("NAXIS1"), Ok(Some(0)));
    zero_axis && matches!(header.get_bool("GROUPS"), Ok(Some(true)))
}

/// Bytes of one pixel, or of whatever BITPIX counts.
fn pixel_bytes(header: &Header) -> Result<u64, FitsError> {
    match header.get_int("BITPIX")? {
        Some(bits @ (8 | 16 | 32 | 64 | -32 | -64)) => Ok(bits.unsigned_abs() / 8),
        Some(_) => Err(header.bad_value("BITPIX", "8, 16, 32, 64, -32 or -64")),
        None => header.require_size("BITPIX"),
    }
}

/// Number of axes.
pub(super) fn axis_count(header: &Header) -> Result<u64, FitsError> {
    let axes = header.require_size("NAXIS")?;
    if axes > 999 {
        return Err(header.bad_value("NAXIS", "0 to 999"));
    }
    Ok(axes)
}

/// Bytes of the data: |BITPIX| / 8 x GCOUNT x (PCOUNT + NAXIS1 x ... x NAXISn), equation 2 of
/// FITS 4.0.
fn data_len(header: &Header, kind: &HduKind) -> Result<u64, FitsError> {
    let pixel_bytes = pixel_bytes(header)?;
    let axes = axis_count(header)?;
    if axes == 0 {
        return Ok(0);
    }
    let groups = matches!(kind, HduKind::Other(name) if name == "GROUPS");
    let too_large = |keyword: &str| header.bad_value(keyword, "data that fit in a file");
    let mut elements = 1u64;
    for axis in if groups { 2 } else { 1 }..=axes {
        let keyword = format!("NAXIS{axis}");
        let size = header.require_size(&keyword)?;
        elements = elements.checked_mul(size).ok_or_else(|| too_large(&keyword))?;
    }
    if *kind != HduKind::Primary {
        let parameters = optional_size(header, "PCOUNT", 0)?;
        let groups = optional_size(header, "GCOUNT", 1)?;
        elements = elements.checked_add(parameters).ok_or_else(|| too_large("PCOUNT"))?;
        elements = elements.checked_mul(groups).ok_or_else(|| too_large("GCOUNT"))?;
    }
    elements.checked_mul(pixel_bytes).ok_or_else(|| too_large("NAXIS1"))
}

/// A size that may be left out.
fn optional_size(header: &Header, keyword: &str, default: u64) -> Result<u64, FitsError> {
    match header.get_int(keyword)? {
        None => Ok(default),
        Some(_) => header.require_size(keyword),
    }
}
