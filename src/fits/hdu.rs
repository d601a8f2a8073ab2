//! A header and data unit: what it is and where its data lie.

use std::fmt;

use super::source::NamedSource;
use super::tile::Tiling;
use super::{FitsError, Header};

/// What an HDU holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HduKind {
    /// The primary HDU: an image, most often without data.
    Primary,
    /// An image extension.
    Image,
    /// A binary table; tile-compressed images and tables are stored as these too, see
    /// [`Hdu::tiling`].
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
    /// What the tiles of a binary table make up that holds tile-compressed data.
    pub tiling: Option<Tiling>,
    /// Its header.
    pub header: Header,
    /// Position of the data, in bytes from the start of the file.
    pub data_offset: u64,
    /// Bytes of the data according to the header, padding not counted.
    pub data_len: u64,
    /// Bytes of the data that lie beyond the end of the file; 0 unless it is truncated. Of a
    /// compressed file that is not known before its end has been read, and 0 here.
    pub missing_bytes: u64,
}

impl Hdu {
    /// Describes the HDU with this header, whose data begin at `data_offset` of the file.
    pub(super) fn new(
        header: Header,
        data_offset: u64,
        source: &NamedSource,
    ) -> Result<Hdu, FitsError> {
        let kind = kind_of(&header);
        let data_len = data_len(&header, &kind)?;
        let end = data_offset.checked_add(data_len).filter(|end| *end <= MAX_POSITION);
        let end = end.ok_or_else(|| header.bad_value("NAXIS", "data that fit in a file"))?;
        let most = source.bytes.most_bytes();
        let missing_bytes = match source.byte_len() {
            Some(len) => missing(data_offset, data_len, len),
            None if end > most => {
                let place = header.place().clone();
                return Err(FitsError::TooMuchPromised { place, promised: data_len, most });
            }
            None => 0,
        };
        Ok(Hdu {
            index: header.place().hdu,
            name: header.get_str("EXTNAME").unwrap_or_default(),
            tiling: if kind == HduKind::BinTable { Tiling::of(&header) } else { None },
            kind,
            data_offset,
            data_len,
            missing_bytes,
            header,
        })
    }

    /// Whether [`Image`](super::Image) can read it: an image, compressed or not.
    pub fn is_image(&self) -> bool {
        matches!(self.kind, HduKind::Primary | HduKind::Image) || self.tiling == Some(Tiling::Image)
    }

    /// Whether [`BinTable`](super::BinTable) can read it: a binary table, compressed or not.
    pub fn is_table(&self) -> bool {
        self.kind == HduKind::BinTable && self.tiling != Some(Tiling::Image)
    }

    /// What it holds in words, with an article: "a tile-compressed image".
    pub fn describe(&self) -> String {
        match self.tiling {
            Some(Tiling::Image) => "a tile-compressed image".to_owned(),
            Some(Tiling::Table) => "a tile-compressed binary table".to_owned(),
            None => self.kind.to_string(),
        }
    }

    /// The error for one that is something else than expected.
    pub(super) fn wrong_kind(&self, expected: &'static str) -> FitsError {
        let (place, found) = (self.header.place().clone(), self.describe());
        FitsError::WrongKind { place, found, expected }
    }

    /// Refuses an HDU whose data are not all there.
    ///
    /// # Errors
    /// [`FitsError::Truncated`]
    pub fn check_complete(&self) -> Result<(), FitsError> {
        self.refuse_missing(self.missing_bytes)
    }

    /// As [`Hdu::check_complete`], with what is known of the file's length by now.
    pub(super) fn check_within(&self, source: &NamedSource) -> Result<(), FitsError> {
        match source.byte_len() {
            Some(len) => self.refuse_missing(missing(self.data_offset, self.data_len, len)),
            None => Ok(()),
        }
    }

    fn refuse_missing(&self, missing: u64) -> Result<(), FitsError> {
        if missing == 0 {
            return Ok(());
        }
        Err(FitsError::Truncated {
            place: self.header.place().clone(),
            missing,
            expected: self.data_len,
        })
    }
}

/// How many of `data_len` bytes at `data_offset` lie beyond the end of a file of `file_len` bytes.
pub(super) fn missing(data_offset: u64, data_len: u64, file_len: u64) -> u64 {
    data_offset.saturating_add(data_len).saturating_sub(file_len).min(data_len)
}

/// Positions in files are signed 64-bit numbers; this leaves room for padding.
const MAX_POSITION: u64 = i64::MAX as u64 - 2 * super::BLOCK_BYTES;

fn kind_of(header: &Header) -> HduKind {
    if header.place().hdu == 0 {
        return if is_random_groups(header) {
            HduKind::Other("GROUPS".to_owned())
        } else {
            HduKind::Primary
        };
    }
    let extension = header.get_str("XTENSION").unwrap_or_default();
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

/// Number of axes, from NAXIS or the like.
pub(super) fn axis_count(header: &Header, keyword: &str) -> Result<u64, FitsError> {
    let axes = header.require_size(keyword)?;
    if axes > 999 {
        return Err(header.bad_value(keyword, "0 to 999"));
    }
    Ok(axes)
}

/// Bytes of the data: |BITPIX| / 8 x GCOUNT x (PCOUNT + NAXIS1 x ... x NAXISn), equation 2 of
/// FITS 4.0.
fn data_len(header: &Header, kind: &HduKind) -> Result<u64, FitsError> {
    let pixel_bytes = pixel_bytes(header)?;
    let axes = axis_count(header, "NAXIS")?;
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

#[cfg(test)]
mod tests {
    use super::super::testing::{card, header, image, open, primary, table};
    use super::super::{FitsFile, Image};
    use super::*;

    /// The message for a file whose first extension has this card in place of its like.
    fn message(keyword: &str, value: &str) -> String {
        let mut extension = table(&["E"], &[], &[0; 40]);
        let start = format!("{keyword:<8}= ");
        let at = extension.windows(10).position(|w| w == start.as_bytes()).unwrap();
        extension.splice(at..at + 80, format!("{:<80}", card(keyword, value)).into_bytes());
        let bytes = [primary(), extension].concat();
        let file = open(bytes).unwrap();
        file.damage().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn impossible_sizes_name_the_keyword() {
        assert!(message("NAXIS1", "-4").contains("NAXIS1 is -4, expected 0 or more"));
        assert!(message("NAXIS2", "9223372036854775807").contains("NAXIS2 is 922337203685477580"));
        assert!(message("NAXIS", "1000").contains("NAXIS is 1000, expected 0 to 999"));
        assert!(message("NAXIS", "3").contains("keyword NAXIS3 is missing"));
        assert!(message("BITPIX", "12").contains("BITPIX is 12, expected 8, 16, 32, 64"));
        assert!(
            message("PCOUNT", "9223372036854775807").contains("expected data that fit in a file")
        );
        assert!(message("GCOUNT", "9223372036854775807").contains("GCOUNT is 922337203"));
        assert!(message("PCOUNT", "'many'").contains("PCOUNT is 'many', expected an integer"));
    }

    #[test]
    fn data_past_the_end_are_counted_as_missing() {
        let mut bytes = [primary(), table(&["E"], &[], &[0; 4000])].concat();
        bytes.truncate(5760 + 3000);
        let file = open(bytes).unwrap();
        let hdu = file.hdu(1).unwrap();
        assert_eq!((hdu.data_len, hdu.missing_bytes), (4000, 1000));
        let error = hdu.check_complete().unwrap_err().to_string();
        assert!(
            error.starts_with("HDU 1 of test.fits is truncated: 1000 bytes missing of 4000"),
            "{error}"
        );
    }

    #[test]
    fn the_last_padding_may_be_short() {
        let mut bytes = [primary(), table(&["E"], &[], &[0; 4000])].concat();
        bytes.truncate(5760 + 4000);
        let file = open(bytes).unwrap();
        assert!(file.hdu(1).unwrap().check_complete().is_ok());
    }

    #[test]
    fn kinds_of_extensions() {
        let other = |name: &str| {
            let cards = [card("XTENSION", name), card("BITPIX", 8), card("NAXIS", 0)];
            header(&cards)
        };
        let file = open(
            [
                primary(),
                other("'IMAGE   '"),
                other("'A3DTABLE'"),
                other("'TABLE'"),
                other("'DUMP'"),
            ]
            .concat(),
        );
        let kinds: Vec<_> = file.unwrap().hdus().iter().map(|hdu| hdu.kind.clone()).collect();
        let expected = [
            HduKind::Primary,
            HduKind::Image,
            HduKind::BinTable,
            HduKind::AsciiTable,
            HduKind::Other("DUMP".into()),
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn random_groups_are_skipped_over() {
        let extra = [card("GROUPS", "T"), card("PCOUNT", 3), card("GCOUNT", 10)];
        // 10 groups of 3 parameters and 2 x 5 values.
        let groups = image(&card("SIMPLE", "T"), -32, &[0, 2, 5], &extra, &[0; 520]);
        let file: FitsFile = open([groups, table(&["E"], &[], &[0; 4])].concat()).unwrap();
        assert_eq!(file.hdus().len(), 2);
        let hdu = file.hdu(0).unwrap();
        assert_eq!((hdu.data_len, hdu.kind.to_string().contains("GROUPS")), (520, true));
        assert!(Image::new(&file, hdu).is_err());
    }
}
