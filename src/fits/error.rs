//! What can go wrong in a FITS file, in words that name the file, the HDU and the keyword or column.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::Signature;

/// One HDU of one file, as error messages name it: `HDU 1 of map.fits`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name that the file was opened by.
    pub file: Arc<str>,
    /// The HDU, counted from 0 (the primary HDU).
    pub hdu: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HDU {} of {}", self.hdu, self.file)
    }
}

/// An error in opening or reading a FITS file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitsError {
    /// The operating system refused, or the file changed while it was read.
    #[error("cannot read {file}: {reason}")]
    Read {
        /// The name that the file was opened by.
        file: Arc<str>,
        /// The cause. It is part of the message, and so not reported again as the error's source.
        reason: io::Error,
    },
    /// The first bytes are not those of a FITS file.
    #[error("{file} is not a FITS file: it {found}")]
    NotFits {
        /// The name that the file was opened by.
        file: Arc<str>,
        /// What the file looks like instead.
        found: Signature,
    },
    /// A header cannot be parsed at all.
    #[error("{place}: damaged header at byte {offset}: {problem}")]
    Header {
        /// The HDU.
        place: Place,
        /// Position of the trouble, in bytes from the start of the file.
        offset: u64,
        /// What is wrong there.
        problem: String,
    },
    /// A keyword that the standard demands is absent.
    #[error("{place}: the keyword {keyword} is missing from the header")]
    MissingKeyword {
        /// The HDU.
        place: Place,
        /// The keyword.
        keyword: String,
    },
    /// A keyword has a value that cannot be.
    #[error("{place}: {keyword} is {found}, expected {expected}")]
    Keyword {
        /// The HDU.
        place: Place,
        /// The keyword.
        keyword: String,
        /// Its value, as the header has it.
        found: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// The data of an HDU run past the end of the file.
    #[error(
        "{place} is truncated: {missing} bytes missing of {expected}; copy or download it again"
    )]
    Truncated {
        /// The HDU.
        place: Place,
        /// Bytes of data that the file lacks.
        missing: u64,
        /// Bytes of data that the header promises.
        expected: u64,
    },
    /// A compressed file is far too small for what a header promises: it is damaged, or made to
    /// keep its reader busy.
    #[error(
        "{place} promises {promised} bytes of data, but the compressed file cannot hold more than \
         {most}; copy or download it again"
    )]
    TooMuchPromised {
        /// The HDU.
        place: Place,
        /// Bytes of data that the header promises.
        promised: u64,
        /// Bytes that a file of this size and format stands for at most.
        most: u64,
    },
    /// The HDU asked for is not there.
    #[error("{file} has no HDU {wanted}; it has {available}")]
    NoSuchHdu {
        /// The name that the file was opened by.
        file: Arc<str>,
        /// The number or EXTNAME that was asked for.
        wanted: String,
        /// Those that there are.
        available: String,
    },
    /// The HDU is of another kind than asked for.
    #[error("{place} is {found}, expected {expected}")]
    WrongKind {
        /// The HDU.
        place: Place,
        /// What it is, with an article.
        found: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// The column widths do not add up to the width of a row.
    #[error("{place}: its columns take {sum} bytes a row, but {keyword} is {row_bytes}")]
    RowWidth {
        /// The HDU.
        place: Place,
        /// Sum of the widths that the TFORMn keywords give.
        sum: u64,
        /// The keyword that gives the width of a row.
        keyword: &'static str,
        /// Its value.
        row_bytes: u64,
    },
    /// The column asked for is not there.
    #[error("{place} has no column {wanted}; it has {available}")]
    NoSuchColumn {
        /// The HDU.
        place: Place,
        /// The number or name that was asked for.
        wanted: String,
        /// Those that there are.
        available: String,
    },
    /// The column holds something else than real numbers.
    #[error(
        "column {column} in {place} holds {holds} (TFORM {tform}), not real numbers; \
         choose a column of type L, X, B, I, J, K, E or D"
    )]
    NotNumbers {
        /// The HDU.
        place: Place,
        /// The column's name, quoted, or its number.
        column: String,
        /// The type in words.
        holds: &'static str,
        /// The type as TFORM spells it.
        tform: String,
    },
    /// More elements were asked for than there are, or another number than there is room for.
    #[error(
        "column {column} in {place} has {len} elements; {}..{} were asked for with room for {room}",
        range.start, range.end
    )]
    OutOfRange {
        /// The HDU.
        place: Place,
        /// The column's name, quoted, or its number.
        column: String,
        /// The elements asked for.
        range: Range<u64>,
        /// How many there are.
        len: u64,
        /// How many the caller had room for.
        room: u64,
    },
    /// Rows were asked for that the table does not have.
    #[error("{place} has {has} rows; {}..{} were asked for", rows.start, rows.end)]
    NoSuchRows {
        /// The HDU.
        place: Place,
        /// The rows asked for.
        rows: Range<u64>,
        /// How many there are.
        has: u64,
    },
    /// The column's values do not fit the integer type that was asked for.
    #[error("column {column} in {place} cannot be read as integers ({wanted}): {problem}")]
    Conversion {
        /// The HDU.
        place: Place,
        /// The column's name, quoted, or its number.
        column: String,
        /// The Rust type that was asked for.
        wanted: &'static str,
        /// Why not.
        problem: String,
    },
}

impl FitsError {
    /// The way out, where the message does not tell it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            FitsError::Read { reason, .. } if reason.kind() == io::ErrorKind::InvalidData => {
                Some("copy or download the file again")
            }
            FitsError::NotFits { found, .. } if !found.names_way_out() => Some(
                "HEALPix maps are FITS files, plain or packed by gzip, bzip2, zstd, xz or compress",
            ),
            FitsError::Header { .. }
            | FitsError::MissingKeyword { .. }
            | FitsError::Keyword { .. }
            | FitsError::RowWidth { .. } => Some(
                "the header breaks the FITS standard: copy or download the file again, \
                 or have it mended by who wrote it",
            ),
            FitsError::NoSuchHdu { .. } | FitsError::WrongKind { .. } => {
                Some("map2fig info describes the HDUs of a file")
            }
            _ => None,
        }
    }
}
