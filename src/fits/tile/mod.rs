//! Tile compression (FITS 4.0, section 10): images and tables that lie compressed in the heap of
//! a binary table, piece by piece.
//!
//! Each algorithm is a module with a `decode` function from bytes to numbers, which any bytes may
//! be given to. An [`Image`](super::Image) and a [`BinTable`] read their data
//! through them: a tile is decompressed by the thread that asks for some of it.

mod algorithm;
mod bits;
mod cache;
mod column;
pub mod gzip;
pub mod hcompress;
mod image;
mod pieces;
pub mod plio;
pub mod quantize;
pub mod rice;
#[cfg(test)]
mod tests;

use std::io;

use super::{BinTable, FitsError, Header};
use algorithm::{Algorithm, Numbers, WRONG_LENGTH};
use cache::Cache;
pub(super) use column::TileColumn;
pub(super) use image::TileImage;
use pieces::Pieces;

/// The compressed bytes of a tile are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadTile(pub &'static str);

/// What the tiles of an HDU make up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiling {
    /// An image (ZIMAGE = T).
    Image,
    /// A table (ZTABLE = T).
    Table,
}

impl Tiling {
    /// What the header of a binary table says.
    pub(super) fn of(header: &Header) -> Option<Tiling> {
        let says = |keyword: &str| matches!(header.get_bool(keyword), Ok(Some(true)));
        match () {
            () if says("ZIMAGE") => Some(Tiling::Image),
            () if says("ZTABLE") => Some(Tiling::Table),
            () => None,
        }
    }
}

/// Most bytes that a tile, which is decompressed whole, may need meanwhile.
const MOST_TILE_BYTES: u64 = 1 << 30;

/// Most tiles, whose places are kept in memory.
const MOST_TILES: u64 = 1 << 24;

fn error_in_tile(tile: u64, hdu: usize, error: BadTile) -> io::Error {
    let text = format!("tile {tile} of HDU {hdu} is damaged: {error}");
    io::Error::new(io::ErrorKind::InvalidData, text)
}
