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

/// Raw bytes that are converted at a time: few enough to stay in the processor's cache, enough
/// for the system calls not to matter.
const CONVERT_BYTES: usize = 256 * 1024;

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
        buf.resize((count * width) as usize, 0);
        self.read_bytes(range.start, buf)
    }

    /// Fills `bytes` with the packed big-endian elements from number `first` on.
    fn read_bytes(&mut self, first: u64, bytes: &mut [u8]) -> Result<(), FitsError> {
        let column = &self.column;
        let width = column.raw_type().width() as u64;
        if column.element_type() == ElementType::Bit {
            let range = first..first + bytes.len() as u64;
            return self.read_bits(range, bytes).map_err(|error| self.column.read_error(error));
        }
        let mut gather =
            Gather { source: column.source(), layout: column.layout(), rows: &mut self.rows };
        gather.read(first * width, bytes).map_err(|error| column.read_error(error))?;
        self.decode(bytes);
        Ok(())
    }

    /// As [`ColumnReader::read_raw`], but from rows of the table that are already in memory, so that several columns can share
    /// one read. `cells` begins with the column's cell in the first of them; the cells of the following rows are a row's bytes apart.
    /// They end with a whole cell.
    pub fn unpack(&mut self, cells: &[u8], buf: &mut Vec<u8>) {
        let layout = *self.column.layout();
        let (stride, cell) = (layout.row_bytes as usize, layout.cell_bytes as usize);
        let bits = self.column.element_type() == ElementType::Bit;
        let packed = if bits { &mut self.raw } else { &mut *buf };
        packed.clear();
        if cell == stride {
            packed.extend_from_slice(cells);
        } else if cell > 0 {
            packed.resize((cells.len() + stride - cell) / stride * cell, 0);
            compact(cells, stride, cell, packed);
        }
        if bits {
            buf.clear();
            for cell in self.raw.chunks_exact(cell.max(1)) {
                let bits =
                    cell.iter().flat_map(|byte| (0..8).map(move |bit| byte >> (7 - bit) & 1));
                buf.extend(bits.take(layout.repeat as usize));
            }
        }
        self.decode(buf);
    }

    /// Turns the bytes of the file into those that raw reads deliver, for all types but bits.
    fn decode(&self, buf: &mut [u8]) {
        if self.column.element_type() == ElementType::Logical {
            decode_logical(buf);
        }
        if self.column.raw_type() == RawType::U64 {
            flip_sign_bits(buf);
        }
    }

    /// As [`Column::read`], on the calling thread alone.
    ///
    /// # Errors
    /// [`FitsError::OutOfRange`], [`FitsError::Read`] and [`FitsError::Conversion`].
    pub fn read<T: FromColumn>(
        &mut self,
        range: Range<u64>,
        values: &mut [T],
    ) -> Result<(), FitsError> {
        self.column.check_range(&range, values.len() as u64)?;
        let width = self.column.raw_type().width();
        let mut start = range.start;
        if T::SAME == Some(self.column.raw_type()) && self.column.scaling() == (1.0, 0.0) {
            for part in values.chunks_mut(CONVERT_BYTES / width) {
                let bytes = bytemuck::cast_slice_mut(part);
                self.read_bytes(start, bytes)?;
                to_native(bytes, width);
                start += part.len() as u64;
            }
            return Ok(());
        }
        let mut raw = std::mem::take(&mut self.raw);
        for part in values.chunks_mut(CONVERT_BYTES / width) {
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

/// Puts the bytes of big-endian numbers of this width into the machine's order.
fn to_native(bytes: &mut [u8], width: usize) {
    match width {
        2 => {
            let numbers = bytes.as_chunks_mut().0;
            numbers.iter_mut().for_each(|n| *n = u16::from_be_bytes(*n).to_ne_bytes());
        }
        4 => {
            let numbers = bytes.as_chunks_mut().0;
            numbers.iter_mut().for_each(|n| *n = u32::from_be_bytes(*n).to_ne_bytes());
        }
        8 => {
            let numbers = bytes.as_chunks_mut().0;
            numbers.iter_mut().for_each(|n| *n = u64::from_be_bytes(*n).to_ne_bytes());
        }
        _ => {}
    }
}

/// Adds 2^63 to big-endian 64-bit integers.
fn flip_sign_bits(bytes: &mut [u8]) {
    for chunk in bytes.as_chunks_mut::<8>().0 {
        *chunk = (u64::from_be_bytes(*chunk) ^ SIGN_BIT).to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{card, file, primary, table};
    use super::super::{BinTable, TForm};

    /// The columns of a table with rows of counting bytes.
    fn open(tforms: &[&str], data: &[u8]) -> BinTable {
        let file = file(&[primary(), table(tforms, &[], data)]);
        BinTable::new(&file, file.hdu(1).unwrap()).unwrap()
    }

    #[test]
    fn logical_values_and_bits_come_as_bytes() {
        let table = open(&["3L", "11X"], b"TF\0\xa5\x40TTx\x80\x20");
        let mut raw = Vec::new();
        table.column(0).unwrap().read_raw(0..6, &mut raw).unwrap();
        assert_eq!(raw, [1, 0, 255, 1, 1, 255]);
        let bits = table.column(1).unwrap();
        bits.read_raw(0..22, &mut raw).unwrap();
        assert_eq!(raw, [1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        bits.read_raw(9..13, &mut raw).unwrap();
        assert_eq!(raw, [1, 0, 1, 0]);
    }

    #[test]
    fn columns_unpacked_from_rows_are_the_columns_read() {
        let data: Vec<u8> =
            (0..5 * 52u16).map(|n| b"TF\x00\xa5\x40"[usize::from(n) % 5] ^ (n % 7) as u8).collect();
        let tforms = ["3L", "11X", "I", "0E", "4D", "5A", "K"];
        let file =
            file(&[primary(), table(&tforms, &[card("TZERO7", "9223372036854775808")], &data)]);
        let table = BinTable::new(&file, file.hdu(1).unwrap()).unwrap();
        let mut rows = Vec::new();
        table.read_rows(1..5, &mut rows).unwrap();
        assert_eq!(rows, data[52..]);
        for info in table.columns().iter().filter(|info| info.index != 5) {
            let column = table.column(info.index).unwrap();
            let (mut read, mut unpacked) = (Vec::new(), vec![1]);
            column.read_raw(info.tform.repeat..column.len(), &mut read).unwrap();
            column.reader().unpack(&rows[info.offset as usize..], &mut unpacked);
            assert_eq!(unpacked, read, "{}", info.name);
        }
        let error = table.read_rows(4..6, &mut rows).unwrap_err().to_string();
        assert_eq!(error, "HDU 1 of test.fits has 5 rows; 4..6 were asked for");
    }

    #[test]
    fn ranges_outside_the_column_are_refused() {
        let column = open(&["2I"], &[0; 8]).column(0).unwrap();
        let mut raw = Vec::new();
        #[expect(clippy::reversed_empty_ranges)]
        for range in [3..5, 2..1, 5..5, 0..u64::MAX] {
            assert!(column.read_raw(range.clone(), &mut raw).is_err(), "{range:?}");
        }
        column.read_raw(4..4, &mut raw).unwrap();
        assert!(raw.is_empty());
        let error = column.read(0..2, &mut [0i16; 3]).unwrap_err().to_string();
        let expected = "column 'A' in HDU 1 of test.fits has 4 elements; 0..2 were asked for with \
                        room for 3";
        assert_eq!(error, expected);
    }

    #[test]
    fn rows_wider_than_the_scratch_are_read_cell_by_cell() {
        let row = 300_002;
        let data: Vec<u8> = (0..3 * row).map(|n| (n % 251) as u8).collect();
        let table = open(&["I", "300000B"], &data);
        let mut raw = Vec::new();
        table.column(0).unwrap().read_raw(0..3, &mut raw).unwrap();
        let expected: Vec<u8> = (0..3).flat_map(|n| data[n * row..n * row + 2].to_vec()).collect();
        assert_eq!(raw, expected);
    }

    const FORMATS: [&str; 9] = ["B", "I", "J", "D", "3E", "5I", "700D", "2000J", "0E"];

    proptest! {
        #[test]
        fn any_range_of_any_layout(
            formats in prop::collection::vec(prop::sample::select(&FORMATS[..]), 1..6),
            rows in 1usize..80,
            chosen in any::<prop::sample::Index>(),
            ends in any::<[prop::sample::Index; 2]>(),
        ) {
            let tforms: Vec<TForm> = formats.iter().map(|text| text.parse().unwrap()).collect();
            let widths: Vec<usize> = tforms.iter().map(|t| t.bytes() as usize).collect();
            let row_bytes: usize = widths.iter().sum();
            let data: Vec<u8> = (0..rows * row_bytes).map(|n| (n % 253) as u8).collect();
            prop_assume!(row_bytes > 0);
            let chosen = chosen.index(formats.len());
            let before: usize = widths[..chosen].iter().sum();
            let expected: Vec<u8> = data
                .chunks(row_bytes)
                .flat_map(|row| row[before..before + widths[chosen]].to_vec())
                .collect();

            let column = open(&formats, &data).column(chosen).unwrap();
            let width = column.raw_type().width();
            prop_assert_eq!(column.len() as usize * width, expected.len());
            let ends = ends.map(|end| end.index(column.len() as usize + 1));
            let (start, end) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            let mut reader = column.reader();
            let mut raw = vec![9; 7];
            for range in [0..column.len() as usize, start..end] {
                reader.read_raw(range.start as u64..range.end as u64, &mut raw).unwrap();
                prop_assert_eq!(&raw, &expected[range.start * width..range.end * width]);
            }
        }
    }
}
