//! Gathers a column's cells from the rows of its table.

use std::ops::Range;

use super::column::{LOGICAL_NULL, Layout};
use super::element::SIGN_BIT;
use super::source::NamedSource;
use super::{Column, ElementType, FitsError, FromColumn, RawType};

/// Bytes of whole rows that are held at a time.
const SCRATCH_BYTES: u64 = 256 * 1024;

/// Where the other columns of a row take at least this many bytes, one read for each cell is
/// cheaper than to read past them: about what memory copies in the time of a system call.
const SKIP_BYTES: u64 = 4096;

/// Elements that are converted at a time: their raw bytes stay in the processor's cache.
const CONVERT_ELEMENTS: usize = 8192;

/// Reads a [`Column`] with buffers that are kept from call to call.
#[derive(Clone, Debug)]
pub struct ColumnReader {
    column: Column,
    rows: Vec<u8>,
    raw: Vec<u8>,
}

impl ColumnReader {
    pub(super) fn new(column: Column) -> ColumnReader {
        ColumnReader { column, rows: Vec::new(), raw: Vec::new() }
    }

    /// The column that is read.
    pub fn column(&self) -> &Column {
        &self.column
    }

    /// As [`Column::read_raw`].
    ///
    /// # Errors
    /// [`FitsError::OutOfRange`] and [`FitsError::Read`].
    pub fn read_raw(&mut self, range: Range<u64>, buf: &mut Vec<u8>) -> Result<(), FitsError> {
        let column = &self.column;
        let width = column.raw_type().width() as u64;
        // No slice has room for more than this.
        let count = range.end.saturating_sub(range.start).min(isize::MAX as u64 / width);
        column.check_range(&range, count)?;
        let bytes = (count * width) as usize;
        buf.resize(bytes, 0);
        if column.element_type() == ElementType::Bit {
            return self.read_bits(range, buf);
        }
        let mut gather =
            Gather { source: column.source(), layout: column.layout(), rows: &mut self.rows };
        gather.read(range.start * width, buf)?;
        if column.element_type() == ElementType::Logical {
            decode_logical(buf);
        }
        if column.raw_type() == RawType::U64 {
            flip_sign_bits(buf);
        }
        Ok(())
    }

    /// As [`Column::read`].
    ///
    /// # Errors
    /// [`FitsError::OutOfRange`], [`FitsError::Read`] and [`FitsError::Conversion`].
    pub fn read<T: FromColumn>(
        &mut self,
        range: Range<u64>,
        values: &mut [T],
    ) -> Result<(), FitsError> {
        self.column.check_range(&range, values.len() as u64)?;
        let mut raw = std::mem::take(&mut self.raw);
        let mut start = range.start;
        for part in values.chunks_mut(CONVERT_ELEMENTS) {
            let end = start + part.len() as u64;
            self.read_raw(start..end, &mut raw)?;
            T::convert(&self.column, &raw, start, part)?;
            start = end;
        }
        self.raw = raw;
        Ok(())
    }

    /// Unpacks bits, each into a byte of 0 or 1.
    fn read_bits(&mut self, range: Range<u64>, buf: &mut [u8]) -> Result<(), FitsError> {
        let layout = *self.column.layout();
        if buf.is_empty() {
            return Ok(());
        }
        // Position of a bit's byte among the column's bytes.
        let byte_of = |bit: u64| bit / layout.repeat * layout.cell_bytes + bit % layout.repeat / 8;
        let first = byte_of(range.start);
        let count = byte_of(range.end - 1) - first + 1;
        let mut packed = std::mem::take(&mut self.raw);
        packed.resize(count as usize, 0);
        let mut gather =
            Gather { source: self.column.source(), layout: &layout, rows: &mut self.rows };
        gather.read(first, &mut packed)?;
        let (mut row, mut bit) = (range.start / layout.repeat, range.start % layout.repeat);
        for value in buf.iter_mut() {
            let at = row * layout.cell_bytes + bit / 8 - first;
            let byte = packed.get(at as usize).copied().unwrap_or(0);
            *value = byte >> (7 - bit % 8) & 1;
            bit += 1;
            if bit == layout.repeat {
                (row, bit) = (row + 1, 0);
            }
        }
        self.raw = packed;
        Ok(())
    }
}

/// Reads runs of a column's bytes, as if its cells followed each other.
struct Gather<'a> {
    source: &'a NamedSource,
    layout: &'a Layout,
    rows: &'a mut Vec<u8>,
}

impl Gather<'_> {
    /// Fills `out` with the column's bytes from `first` on.
    fn read(&mut self, first: u64, out: &mut [u8]) -> Result<(), FitsError> {
        let Layout { start, row_bytes, cell_bytes, .. } = *self.layout;
        if out.is_empty() || cell_bytes == 0 {
            return Ok(());
        }
        if cell_bytes == row_bytes {
            return self.source.read_exact_at(out, start + first);
        }
        let skipped = row_bytes - cell_bytes;
        if skipped >= SKIP_BYTES || row_bytes > SCRATCH_BYTES {
            return self.read_cells(first, out);
        }
        let head = (first.next_multiple_of(cell_bytes) - first).min(out.len() as u64);
        let (head, rest) = out.split_at_mut(head as usize);
        let whole = rest.len() - rest.len() % cell_bytes as usize;
        let (cells, tail) = rest.split_at_mut(whole);
        self.read_cells(first, head)?;
        let next = first + head.len() as u64;
        self.read_rows(next / cell_bytes, cells)?;
        self.read_cells(next + cells.len() as u64, tail)
    }

    /// One read for each cell, or part of one.
    fn read_cells(&self, first: u64, out: &mut [u8]) -> Result<(), FitsError> {
        let Layout { start, row_bytes, cell_bytes, .. } = *self.layout;
        let (mut row, mut within) = (first / cell_bytes, first % cell_bytes);
        let mut rest = out;
        while !rest.is_empty() {
            let take = (cell_bytes - within).min(rest.len() as u64);
            let (part, more) = rest.split_at_mut(take as usize);
            self.source.read_exact_at(part, start + row * row_bytes + within)?;
            rest = more;
            (row, within) = (row + 1, 0);
        }
        Ok(())
    }

    /// Whole cells from row `row` on, by reading whole rows and dropping the other columns.
    fn read_rows(&mut self, mut row: u64, out: &mut [u8]) -> Result<(), FitsError> {
        let Layout { start, row_bytes, cell_bytes, .. } = *self.layout;
        let at_once = (SCRATCH_BYTES / row_bytes).max(1);
        for part in out.chunks_mut((at_once * cell_bytes) as usize) {
            let rows = part.len() as u64 / cell_bytes;
            // From the first cell to the last; the bytes around them are not needed.
            self.rows.resize(((rows - 1) * row_bytes + cell_bytes) as usize, 0);
            self.source.read_exact_at(self.rows, start + row * row_bytes)?;
            compact(self.rows, row_bytes as usize, cell_bytes as usize, part);
            row += rows;
        }
        Ok(())
    }
}

/// Copies the first `cell` bytes of every `stride` bytes of `rows` to `out`, one after the other.
fn compact(rows: &[u8], stride: usize, cell: usize, out: &mut [u8]) {
    match cell {
        1 => compact_cells::<1>(rows, stride, out),
        2 => compact_cells::<2>(rows, stride, out),
        4 => compact_cells::<4>(rows, stride, out),
        8 => compact_cells::<8>(rows, stride, out),
        _ => {
            for (to, from) in out.chunks_exact_mut(cell).zip(rows.chunks(stride)) {
                if let Some(from) = from.get(..cell) {
                    to.copy_from_slice(from);
                }
            }
        }
    }
}

fn compact_cells<const CELL: usize>(rows: &[u8], stride: usize, out: &mut [u8]) {
    let (cells, _) = out.as_chunks_mut::<CELL>();
    for (to, from) in cells.iter_mut().zip(rows.chunks(stride)) {
        if let Some(from) = from.first_chunk() {
            *to = *from;
        }
    }
}

fn decode_logical(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = match *byte {
            b'T' => 1,
            b'F' => 0,
            _ => LOGICAL_NULL,
        };
    }
}

/// Adds 2^63 to big-endian 64-bit integers.
fn flip_sign_bits(bytes: &mut [u8]) {
    for chunk in bytes.as_chunks_mut::<8>().0 {
        *chunk = (u64::from_be_bytes(*chunk) ^ SIGN_BIT).to_be_bytes();
    }
}
