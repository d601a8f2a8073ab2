//! Columns of tile-compressed tables: each tile is a number of rows, and each column of it
//! compressed for itself (FITS 4.0, section 10.3).

use std::io;

use super::super::{ColumnInfo, ElementType, ReadAt, source};
use super::{
    Algorithm, BadTile, BinTable, Cache, FitsError, MOST_TILE_BYTES, Numbers, Pieces, WRONG_LENGTH,
    error_in_tile,
};

/// The uncompressed bytes of a column, cell after cell.
pub struct TileColumn {
    pieces: Pieces,
    algorithm: Algorithm,
    hdu: usize,
    cell_bytes: u64,
    rows: u64,
    rows_per_tile: u64,
    /// Bytes of an element.
    width: usize,
    cache: Cache,
}

impl TileColumn {
    /// The column that `info` describes, of `rows` rows, in the table whose column of the same
    /// number has its tiles.
    pub fn new(tiles: &BinTable, info: &ColumnInfo, rows: u64) -> Result<TileColumn, FitsError> {
        let header = &tiles.hdu().header;
        let algorithm_key = format!("ZCTYP{}", info.index + 1);
        let name = header.get_str(&algorithm_key).unwrap_or_else(|| "GZIP_2".to_owned());
        let algorithm = Algorithm::of_column(&name, info.tform.kind).ok_or_else(|| {
            let expected = "GZIP_1, GZIP_2, NOCOMPRESS, or RICE_1 for columns of type B, I or J";
            header.bad_value(&algorithm_key, expected)
        })?;
        let rows_per_tile = match header.get_int("ZTILELEN")? {
            None => rows,
            Some(_) => header.require_size("ZTILELEN")?,
        };
        let cell_bytes = info.tform.bytes();
        let width = match info.tform.kind {
            ElementType::I16 => 2,
            ElementType::I32 | ElementType::F32 => 4,
            ElementType::I64 | ElementType::F64 => 8,
            _ => 1,
        };
        let working_bytes = algorithm.working_bytes(width).saturating_mul(cell_bytes) / width;
        let tile_bytes = rows_per_tile.min(rows).checked_mul(working_bytes);
        if tile_bytes.is_none_or(|bytes| bytes > MOST_TILE_BYTES) || rows_per_tile == 0 {
            return Err(header.bad_value(
                "ZTILELEN",
                "tiles of 1 row or more that are decompressed in 1 GiB of memory at most",
            ));
        }
        if rows.div_ceil(rows_per_tile) > tiles.rows() {
            return Err(header.bad_value("NAXIS2", "a row for each tile"));
        }
        let width = width as usize;
        let hdu = tiles.hdu().index;
        let pieces = Pieces::new(tiles, info.index)?;
        let cache = Cache::default();
        Ok(TileColumn { pieces, algorithm, hdu, cell_bytes, rows, rows_per_tile, width, cache })
    }

    fn decode(&self, tile: u64, size: usize) -> io::Result<Vec<u8>> {
        let count = size / self.width;
        let bytes = self.pieces.read(tile, size)?;
        let numbers = self.algorithm.decode(bytes, (1, count), self.width);
        let bytes = numbers.and_then(|numbers| match numbers {
            // Unlike the pixels of an image, cells are compressed at the width that they have.
            Numbers::Bytes(bytes) if bytes.len() != size => Err(BadTile(WRONG_LENGTH)),
            numbers => numbers.into_bytes(count, self.width),
        });
        bytes.map_err(|error| error_in_tile(tile, self.hdu, error))
    }
}

impl ReadAt for TileColumn {
    fn byte_len(&self) -> Option<u64> {
        self.rows.checked_mul(self.cell_bytes)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let tile_bytes = self.rows_per_tile.min(self.rows) * self.cell_bytes;
        let end = self.byte_len().unwrap_or(0);
        source::fill(buf, |rest, done| {
            let at = offset.saturating_add(done);
            if at >= end {
                return Ok(0);
            }
            let tile = at / tile_bytes;
            let start = tile * tile_bytes;
            let size = tile_bytes.min(end - start) as usize;
            self.cache.with(
                tile,
                size,
                || self.decode(tile, size),
                |bytes| source::copy(bytes.get((at - start) as usize..).unwrap_or_default(), rest),
            )
        })
    }
}
