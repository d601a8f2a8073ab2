//! Reads FITS files (FITS Standard 4.0, Pence et al. 2010): headers, binary tables and images,
//! typed and by position, with memory that does not depend on the file's size.
//!
//! ```no_run
//! use map2fig::fits::{BinTable, FitsFile};
//! # fn main() -> Result<(), map2fig::fits::FitsError> {
//! let file = FitsFile::open("map.fits")?;
//! let table = BinTable::new(&file, file.hdu(1)?)?;
//! let column = table.column_by_name("TEMPERATURE")?;
//! let mut values = vec![0f32; 1024];
//! column.read(0..1024, &mut values)?;
//! # Ok(())
//! # }
//! ```
//!
//! Headers are parsed when [`FitsFile::open`] walks the file; data are read only when a [`Column`]
//! is asked for them, through [`ReadAt`]. Nothing here is trusted: sizes are checked against the
//! file before anything is allocated by them, and a damaged file ends in a [`FitsError`].

mod card;
mod column;
mod convert;
mod element;
mod error;
mod file;
mod hdu;
mod header;
mod image;
mod reader;
mod signature;
mod source;
mod table;
#[cfg(test)]
mod testing;
mod tform;

pub use card::{Card, Value};
pub use column::Column;
pub use convert::FromColumn;
pub(crate) use element::with_raw_type;
pub use element::{Element, RawType};
pub use error::{FitsError, Place};
pub use file::FitsFile;
pub use hdu::{Hdu, HduKind};
pub use header::Header;
pub use image::Image;
pub use reader::ColumnReader;
pub use signature::{SIGNATURE_BYTES, Signature};
pub use source::{FileSource, MemorySource, ReadAt};
pub use table::{BinTable, ColumnInfo};
pub use tform::{BadTForm, ElementType, TForm};

/// Every FITS structure is padded to a multiple of this.
pub const BLOCK_BYTES: u64 = 2880;
