//! Why no map could be found in a file.

use crate::fits::{FitsError, Place};
use crate::healpix::{Nside, NsideError};

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
    #[error("{place} has no data column {wanted}; it has {available}")]
    NoSuchColumn {
        /// The table.
        place: Place,
        /// The number or name that was asked for.
        wanted: String,
        /// Those that there are.
        available: String,
    },
    /// Resolution and number of pixels contradict each other.
    #[error(
        "{place}: NSIDE is {nside}, which makes {expected} pixels, but column {column} has {found}"
    )]
    PixelCount {
        /// The HDU.
        place: Place,
        /// The value of NSIDE.
        nside: Nside,
        /// 12 NSIDE^2.
        expected: u64,
        /// The column.
        column: String,
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
    #[error("{place}: ORDERING is '{found}', expected RING or NESTED; --ordering overrides it")]
    Ordering {
        /// The HDU.
        place: Place,
        /// The word.
        found: String,
    },
}
