//! Where the compressed bytes of each tile lie: the array descriptors of a column and the heap
//! (FITS 4.0, section 7.3.5).

use std::io;
use std::sync::Arc;

use super::super::{BinTable, ElementType, FitsError, ReadAt, TForm};
use super::{BadTile, MOST_TILES};

/// The arrays of a column of variable-length arrays.
pub struct Pieces {
    file: Arc<dyn ReadAt>,
    /// Position and length of each array in the heap, in bytes.
    places: Vec<(u64, u64)>,
    /// Position of the heap in the file, and its length.
    heap: (u64, u64),
}

impl Pieces {
    /// Reads the descriptors of the column with this name, if there is one.
    pub fn named(table: &BinTable, name: &str) -> Result<Option<Pieces>, FitsError> {
        let found = table.columns().iter().find(|column| column.is_named(name));
        found.map(|column| Pieces::new(table, column.index)).transpose()
    }

    /// Reads the descriptors of the column with this number.
    pub fn new(table: &BinTable, index: usize) -> Result<Pieces, FitsError> {
        let header = &table.hdu().header;
        if table.rows() > MOST_TILES {
            return Err(header.bad_value("NAXIS2", "16777216 tiles at most"));
        }
        let descriptors = table.descriptors(index)?;
        let numbers: Vec<i64> = descriptors.read_all()?;
        let width = table.columns().get(index).and_then(|column| element_bytes(&column.tform));
        let width = width.ok_or_else(|| {
            header.bad_value(&format!("TFORM{}", index + 1), "arrays of numbers, such as 1PB")
        })?;
        // Some writers have 32-bit positions without a sign.
        let unsigned = |number: i64| match descriptors.element_type() {
            ElementType::I32 => u64::from(number as u32),
            _ => number as u64,
        };
        let places = numbers.chunks_exact(2).map(|pair| match pair {
            [count, place] => (unsigned(*place), unsigned(*count).saturating_mul(width)),
            _ => (0, 0),
        });
        let hdu = table.hdu();
        let main_bytes = table.rows().saturating_mul(table.row_bytes());
        let start = match header.get_int("THEAP")? {
            None => main_bytes,
            Some(_) => header.require_size("THEAP")?,
        };
        let heap_len = hdu
            .data_len
            .checked_sub(start)
            .ok_or_else(|| header.bad_value("THEAP", "a position in the table's data"))?;
        Ok(Pieces {
            file: table.file().bytes.clone(),
            places: places.collect(),
            heap: (hdu.data_offset + start, heap_len),
        })
    }

    /// Number of bytes of an array.
    pub fn len(&self, index: u64) -> u64 {
        self.place(index).1
    }

    /// The bytes of an array, the compressed form of `size` bytes.
    pub fn read(&self, index: u64, size: usize) -> io::Result<Vec<u8>> {
        let (start, len) = self.place(index);
        let (heap, heap_len) = self.heap;
        let refuse = |problem| Err(io::Error::new(io::ErrorKind::InvalidData, BadTile(problem)));
        if start.checked_add(len).is_none_or(|end| end > heap_len) {
            return refuse("its compressed data lie outside the table's heap");
        }
        if len > MOST_OVERHEAD * size as u64 + MOST_OVERHEAD_BYTES {
            return refuse("its compressed data are longer than it can need");
        }
        let mut bytes = vec![0; len as usize];
        self.file.read_exact_at(&mut bytes, heap + start)?;
        Ok(bytes)
    }

    fn place(&self, index: u64) -> (u64, u64) {
        self.places.get(index as usize).copied().unwrap_or_default()
    }
}

/// How many times its own size a tile can take up at most, when it does not lend itself to
/// compression: PLIO_1 takes 6 bytes for a pixel of one.
const MOST_OVERHEAD: u64 = 8;

/// What a tile can take up besides, for headers and the like.
const MOST_OVERHEAD_BYTES: u64 = 64 * 1024;

/// Bytes of the elements that an array descriptor's format names: 1 for `1PB(77)`.
fn element_bytes(tform: &TForm) -> Option<u64> {
    let element = ElementType::from_letter(tform.extra.chars().next()?)?;
    (element.bits() >= 8).then(|| element.bits() / 8)
}
