//! Why the cells of a sparse map make no map.

use crate::fits::{FitsError, Place};
use crate::healpix::nested;

/// Why a sparse map cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// The FITS layer refused.
    #[error(transparent)]
    Fits(#[from] FitsError),
    /// A row has no value, or a value no row.
    #[error("{place}: there are {cells} pixel numbers, but {values} values")]
    Lengths {
        /// The table.
        place: Place,
        /// Number of pixel numbers.
        cells: u64,
        /// Number of values.
        values: u64,
    },
    /// A pixel number beyond the sky.
    #[error(
        "{place}: row {row} (counted from 0) has pixel {found}, but NSIDE {nside} has the pixels \
         {first} to {last}"
    )]
    Pixel {
        /// The table.
        place: Place,
        /// The row, counted from 0.
        row: u64,
        /// The number.
        found: i64,
        /// NSIDE.
        nside: u32,
        /// The lowest number that there is.
        first: i64,
        /// The highest.
        last: i64,
    },
    /// A number that is no cell of any order.
    #[error(
        "{place}: row {row} (counted from 0) has UNIQ {found}, which is no cell: expected \
         4^(order + 1) + pixel, order 0 to 29"
    )]
    Uniq {
        /// The table.
        place: Place,
        /// The row, counted from 0.
        row: u64,
        /// The number.
        found: i64,
    },
    /// Two cells share a part of the sky.
    #[error(
        "{place}: the cells UNIQ {first} (order {}, pixel {}) and UNIQ {second} (order {}, pixel {}) \
         overlap, so it is not known which value counts",
        order_and_pixel(*first).0, order_and_pixel(*first).1,
        order_and_pixel(*second).0, order_and_pixel(*second).1
    )]
    Overlap {
        /// The table.
        place: Place,
        /// UNIQ number of one cell.
        first: u64,
        /// UNIQ number of the other.
        second: u64,
    },
    /// Two blocks share pixels of the sparse map.
    #[error(
        "{place}: the coverage map has blocks of {size} pixels of the sparse map that overlap, at {first} and at {second}"
    )]
    BlockOverlap {
        /// The coverage map.
        place: Place,
        /// Where one begins.
        first: u64,
        /// Where the other begins.
        second: u64,
        /// Pixels of a block.
        size: u64,
    },
    /// A coverage map that points at nothing.
    #[error(
        "{place}: the coverage map puts pixel {pixel} at {offset} of the sparse map, where \
         {size} pixels would have to follow, but the sparse map has {len}"
    )]
    Block {
        /// The coverage map.
        place: Place,
        /// The coarse pixel.
        pixel: u64,
        /// Where its block would begin.
        offset: i128,
        /// Pixels of the sparse map.
        len: u64,
        /// Pixels of a block.
        size: u64,
    },
}

impl AssembleError {
    /// The way out, where the message does not tell it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            AssembleError::Fits(error) => error.hint(),
            AssembleError::Pixel { .. } => Some(
                "perhaps NSIDE is that of another map, or the numbers begin at 1, \
                 which FIRSTPIX and LASTPIX tell",
            ),
            AssembleError::Uniq { .. } => {
                Some("numbers without their order are pixel numbers: INDXSCHM = 'EXPLICIT'")
            }
            AssembleError::Overlap { .. } => {
                Some("leave one of the two out, or the larger cell's other parts in smaller cells")
            }
            AssembleError::Block { .. } | AssembleError::BlockOverlap { .. } => {
                Some("the file is damaged: copy or download it again")
            }
            AssembleError::Lengths { .. } => None,
        }
    }
}

/// Order and NESTED pixel number of a UNIQ number.
fn order_and_pixel(uniq: u64) -> (u32, u64) {
    i64::try_from(uniq).ok().and_then(nested::of_uniq).unwrap_or_default()
}
