//! Why no map could be found in a file.

use super::Role;
use crate::fits::{FitsError, Place};
use crate::healpix::{Nside, NsideError};
use crate::spelling;

/// Why a file cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The FITS layer refused.
    #[error(transparent)]
    Fits(#[from] FitsError),
    /// No HDU of the file is a HEALPix map.
    #[error("{file} has no HEALPix map: it holds {found}")]
    NoMap {
        /// The file.
        file: String,
        /// What its HDUs are.
        found: String,
        /// Whether there may be more behind damage.
        damaged: bool,
    },
    /// The only HDU with HEALPix keywords is a table of text.
    #[error(
        "{place} has HEALPix keywords but is an ASCII table, such as power spectra are kept in; \
         maps are binary tables or images"
    )]
    AsciiTable {
        /// The table.
        place: Place,
    },
    /// The header and the data do not make a map together.
    #[error("{place}: {problem}")]
    Layout {
        /// The HDU.
        place: Place,
        /// What is wrong, with the keyword or column that says so, and the way out.
        problem: String,
    },
    /// The column asked for is not there.
    #[error(
        "{place} has no data column {wanted}{}; it has {available}",
        spelling::in_brackets(suggestion)
    )]
    NoSuchColumn {
        /// The table.
        place: Place,
        /// The number or name that was asked for.
        wanted: String,
        /// The name that is most like it.
        suggestion: Option<String>,
        /// Those that there are.
        available: String,
    },
    /// Resolution and number of pixels contradict each other.
    #[error("{place}: NSIDE is {nside}, which makes {expected} pixels, but {what} has {found}")]
    PixelCount {
        /// The HDU.
        place: Place,
        /// The value of NSIDE.
        nside: Nside,
        /// 12 NSIDE^2.
        expected: u64,
        /// The column, the image or the like that has another number.
        what: String,
        /// Its number of elements.
        found: u64,
    },
    /// The resolution is impossible.
    #[error("{place}: {problem}")]
    Nside {
        /// The HDU.
        place: Place,
        /// What is wrong.
        problem: NsideError,
    },
    /// ORDERING holds an unknown word.
    #[error("{place}: ORDERING is '{found}', expected RING or NESTED{}", role.ordering_overridden())]
    Ordering {
        /// The HDU.
        place: Place,
        /// The word.
        found: String,
        /// What the map is for.
        role: Role,
    },
}

/// How a header says that a map does not cover the sky.
const PARTIAL: &str = "a map of a part of the sky names its pixels in a first column PIXEL \
                       and has INDXSCHM = 'EXPLICIT'";

impl LoadError {
    /// The way out, where the message does not tell it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            LoadError::Fits(error) => error.hint(),
            LoadError::NoMap { damaged: false, .. } => Some(
                "map2fig info describes the HDUs of a file; a map has NSIDE and ORDERING in its \
                 header, or 12 x NSIDE^2 values",
            ),
            LoadError::NoSuchColumn { .. } => {
                Some("columns go by number or name; map2fig info describes them")
            }
            LoadError::PixelCount { what, .. } if what.starts_with("column") => Some(PARTIAL),
            LoadError::Nside { problem: NsideError::NotFullSky(_), .. } => Some(PARTIAL),
            LoadError::Nside { problem: NsideError::NotPowerOfTwo(_), .. } => {
                Some("--ordering ring reads it as a map in RING ordering")
            }
            _ => None,
        }
    }
}
