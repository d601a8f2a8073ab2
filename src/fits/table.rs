//! Binary tables: the layout of their rows and columns (FITS 4.0, section 7.3), and that of
//! tile-compressed ones (section 10.3).

use std::sync::Arc;

use std::ops::Range;

use super::column::{Layout, Parts};
use super::source::NamedSource;
use super::tile::{TileColumn, Tiling};
use super::{Column, ElementType, FitsError, FitsFile, Hdu, HduKind, Header, Place, ReadAt, TForm};
use crate::spelling;

/// One column of a binary table, as its header describes it.
#[derive(Clone, Debug)]
pub struct ColumnInfo {
    /// Position among the columns, counted from 0.
    pub index: usize,
    /// TTYPE; empty where there is none.
    pub name: String,
    /// TUNIT.
    pub unit: Option<String>,
    /// Type and number of the elements of a cell.
    pub tform: TForm,
    /// Position of the cell in its row, in bytes.
    pub offset: u64,
    /// TSCAL: what stored values are multiplied by; 1 where it is not given.
    pub tscal: f64,
    /// TZERO: what is added then; 0 where it is not given.
    pub tzero: f64,
    /// TNULL: the stored integer that means undefined.
    pub tnull: Option<i64>,
    /// TDIM: the dimensions of the array in each cell, fastest first.
    pub tdim: Option<Vec<u64>>,
}

/// A binary table: the layout of its rows.
#[derive(Clone, Debug)]
pub struct BinTable {
    source: NamedSource,
    hdu: Hdu,
    /// The table of its tiles, where it is compressed.
    tiles: Option<Box<BinTable>>,
    rows: u64,
    row_bytes: u64,
    columns: Vec<ColumnInfo>,
}

impl BinTable {
    /// Reads the layout of a table from its header: of a tile-compressed one, that of the table
    /// before it was compressed. A truncated one is accepted, but its columns are refused.
    ///
    /// # Errors
    /// [`FitsError::WrongKind`] for other HDUs, and errors that name the keyword where the header
    /// contradicts itself or the standard.
    pub fn new(file: &FitsFile, hdu: &Hdu) -> Result<BinTable, FitsError> {
        if !hdu.is_table() {
            return Err(hdu.wrong_kind("a binary table"));
        }
        let stored = BinTable::stored(file, hdu)?;
        match hdu.tiling {
            Some(Tiling::Table) => stored.decompressed(),
            _ => Ok(stored),
        }
    }

    /// As [`BinTable::new`], but a tile-compressed image or table as it lies in the file.
    pub(super) fn stored(file: &FitsFile, hdu: &Hdu) -> Result<BinTable, FitsError> {
        let header = &hdu.header;
        if hdu.kind != HduKind::BinTable {
            return Err(hdu.wrong_kind("a binary table"));
        }
        if header.get_int("NAXIS")? != Some(2) {
            return Err(header.bad_value("NAXIS", "2, as every table has"));
        }
        if header.get_int("BITPIX")? != Some(8) {
            return Err(header.bad_value("BITPIX", "8, as every table has"));
        }
        if !matches!(header.get_int("GCOUNT")?, None | Some(1)) {
            return Err(header.bad_value("GCOUNT", "1, as every table has"));
        }
        let row_bytes = header.require_size("NAXIS1")?;
        let rows = header.require_size("NAXIS2")?;
        let columns = read_columns(header, "TFORM", ("NAXIS1", row_bytes))?;
        let source = file.source().clone();
        Ok(BinTable { source, hdu: hdu.clone(), tiles: None, rows, row_bytes, columns })
    }

    /// The table whose tiles these are.
    fn decompressed(self) -> Result<BinTable, FitsError> {
        let header = &self.hdu.header;
        let row_bytes = header.require_size("ZNAXIS1")?;
        let rows = header.require_size("ZNAXIS2")?;
        if row_bytes.checked_mul(rows).is_none_or(|bytes| bytes > i64::MAX as u64) {
            return Err(header.bad_value("ZNAXIS2", "a table that fits in a file"));
        }
        let columns = read_columns(header, "ZFORM", ("ZNAXIS1", row_bytes))?;
        let (source, hdu) = (self.source.clone(), self.hdu.clone());
        Ok(BinTable { source, hdu, tiles: Some(Box::new(self)), rows, row_bytes, columns })
    }

    /// The HDU that the table is in.
    pub fn hdu(&self) -> &Hdu {
        &self.hdu
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of one row.
    pub fn row_bytes(&self) -> u64 {
        self.row_bytes
    }

    /// All columns in order.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The description of the first column with this TTYPE, else of the first with it in another
    /// case; blanks around it do not matter.
    ///
    /// # Errors
    /// [`FitsError::NoSuchColumn`], which lists those that there are.
    pub fn find(&self, name: &str) -> Result<&ColumnInfo, FitsError> {
        let exact = self.columns.iter().find(|column| column.name == name.trim());
        let found = exact.or_else(|| self.columns.iter().find(|column| column.is_named(name)));
        found.ok_or_else(|| self.no_such_column(format!("'{}'", name.trim())))
    }

    /// The column with this number, counted from 0.
    ///
    /// # Errors
    /// [`FitsError::NoSuchColumn`], [`FitsError::NotNumbers`] for types other than L X B I J K E D,
    /// [`FitsError::Truncated`], and [`FitsError::Keyword`] where TSCAL is 0.
    pub fn column(&self, index: usize) -> Result<Column, FitsError> {
        let info = self.columns.get(index);
        self.open_column(info.ok_or_else(|| self.no_such_column(index.to_string()))?)
    }

    /// The first column with this TTYPE, as [`BinTable::find`] and [`BinTable::column`].
    ///
    /// # Errors
    /// Those of both.
    pub fn column_by_name(&self, name: &str) -> Result<Column, FitsError> {
        self.open_column(self.find(name)?)
    }

    /// Puts the bytes of whole rows into `buf`, which is resized to hold exactly them; for
    /// [`ColumnReader::unpack`](super::ColumnReader::unpack).
    ///
    /// # Errors
    /// [`FitsError::WrongKind`] for a tile-compressed table, whose columns are stored one by one; [`FitsError::Truncated`],
    /// [`FitsError::NoSuchRows`] and [`FitsError::Read`].
    pub fn read_rows(&self, rows: Range<u64>, buf: &mut Vec<u8>) -> Result<(), FitsError> {
        if self.tiles.is_some() {
            return Err(self.hdu.wrong_kind("a table that is not compressed"));
        }
        self.hdu.check_complete()?;
        let count = rows.end.checked_sub(rows.start).filter(|_| rows.end <= self.rows);
        let bytes = count.and_then(|n| usize::try_from(n.checked_mul(self.row_bytes)?).ok());
        let Some(bytes) = bytes else {
            return Err(FitsError::NoSuchRows {
                place: self.place().clone(),
                rows,
                has: self.rows,
            });
        };
        buf.resize(bytes, 0);
        // No overflow: all rows lie in the file.
        self.source.read_exact_at(buf, self.hdu.data_offset + rows.start * self.row_bytes)
    }

    fn place(&self) -> &Place {
        self.hdu.header.place()
    }

    pub(super) fn file(&self) -> &NamedSource {
        &self.source
    }

    /// A column of array descriptors, as pairs of integers: the number of elements in the heap
    /// and the position of the first.
    pub(super) fn descriptors(&self, index: usize) -> Result<Column, FitsError> {
        let info = self.columns.get(index);
        let info = info.ok_or_else(|| self.no_such_column(index.to_string()))?;
        let element = match (info.tform.kind, info.tform.repeat) {
            (ElementType::Descriptor32, 1) => ElementType::I32,
            (ElementType::Descriptor64, 1) => ElementType::I64,
            _ => {
                let keyword = format!("TFORM{}", index + 1);
                return Err(self.hdu.header.bad_value(&keyword, "arrays such as 1PB"));
            }
        };
        let pairs = ColumnInfo {
            tform: TForm { repeat: 2, kind: element, extra: String::new() },
            ..info.clone()
        };
        self.open_column(&pairs)
    }

    fn open_column(&self, info: &ColumnInfo) -> Result<Column, FitsError> {
        self.hdu.check_within(&self.source)?;
        let keyword = |name: &str| format!("{name}{}", info.index + 1);
        let cell_bytes = info.tform.bytes();
        let (bytes, start, row_bytes): (Arc<dyn ReadAt>, _, _) = match &self.tiles {
            Some(tiles) if info.tform.kind.is_readable() => {
                (Arc::new(TileColumn::new(tiles, info, self.rows)?), 0, cell_bytes)
            }
            _ => (self.source.bytes.clone(), self.hdu.data_offset + info.offset, self.row_bytes),
        };
        Column::new(Parts {
            file: &self.source,
            hdu: &self.hdu,
            bytes,
            name: &info.name,
            label: info.label(),
            unit: info.unit.clone(),
            element: info.tform.kind,
            tform: info.tform.to_string(),
            layout: Layout {
                start,
                rows: self.rows,
                row_bytes,
                cell_bytes,
                repeat: info.tform.repeat,
            },
            scale: (info.tscal, info.tzero),
            scale_keywords: (keyword("TSCAL"), keyword("TZERO")),
            null: info.tnull,
        })
    }

    fn no_such_column(&self, wanted: String) -> FitsError {
        let columns = self.columns.iter();
        let available = spelling::listed(columns.map(|c| format!("{} {}", c.index, c.label())));
        FitsError::NoSuchColumn { place: self.place().clone(), wanted, available }
    }
}

/// Reads the columns whose formats are under the keyword `format`, and whose cells take up a row
/// of so many bytes.
fn read_columns(
    header: &Header,
    format: &str,
    (row_keyword, row_bytes): (&'static str, u64),
) -> Result<Vec<ColumnInfo>, FitsError> {
    let count = header.require_size("TFIELDS")?;
    if count > 999 {
        return Err(header.bad_value("TFIELDS", "0 to 999"));
    }
    let mut columns = Vec::new();
    let mut offset = 0u64;
    for index in 0..count as usize {
        let column = ColumnInfo::read(header, format, index, offset)?;
        offset = offset.checked_add(column.tform.bytes()).ok_or_else(|| {
            header.bad_value(&format!("{format}{}", index + 1), "cells that fit in a file")
        })?;
        columns.push(column);
    }
    if offset != row_bytes {
        let place = header.place().clone();
        return Err(FitsError::RowWidth { place, sum: offset, keyword: row_keyword, row_bytes });
    }
    Ok(columns)
}

impl ColumnInfo {
    fn read(
        header: &Header,
        format: &str,
        index: usize,
        offset: u64,
    ) -> Result<ColumnInfo, FitsError> {
        let key = |name: &str| format!("{name}{}", index + 1);
        let tform_key = key(format);
        let text = header.get_str(&tform_key).ok_or_else(|| header.missing(&tform_key))?;
        let tform: TForm = text
            .parse()
            .map_err(|_| header.bad_value(&tform_key, "a column format such as 1024E, J or 15A"))?;
        // The other types have no use for these keywords, and some writers misuse them there.
        let scaled =
            tform.kind.is_integer() || matches!(tform.kind, ElementType::F32 | ElementType::F64);
        let number = |name: &str, default: f64| match scaled {
            true => Ok(header.get_float(&key(name))?.unwrap_or(default)),
            false => Ok(default),
        };
        let tnull = match tform.kind.is_integer() {
            true => header.get_int(&key("TNULL"))?,
            false => None,
        };
        Ok(ColumnInfo {
            index,
            name: header.get_str(&key("TTYPE")).unwrap_or_default(),
            unit: header.get_str(&key("TUNIT")).filter(|unit| !unit.is_empty()),
            offset,
            tscal: number("TSCAL", 1.0)?,
            tzero: number("TZERO", 0.0)?,
            tnull,
            tdim: header.get_str(&key("TDIM")).and_then(|text| parse_tdim(&text)),
            tform,
        })
    }

    /// Whether this is its TTYPE; case and blanks around it do not matter.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.trim())
    }

    /// The name in quotes, or the number where there is no name: how messages call the column.
    pub fn label(&self) -> String {
        match self.name.as_str() {
            "" => self.index.to_string(),
            name => format!("'{name}'"),
        }
    }
}

/// Dimensions such as `(8,4)`; `None` for what is not of this form.
fn parse_tdim(text: &str) -> Option<Vec<u64>> {
    let list = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    list.split(',').map(|size| size.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{card, file, image, open, primary, table};
    use super::*;

    fn with_cards(tforms: &[&str], extra: &[String], data: &[u8]) -> Result<BinTable, FitsError> {
        let file = file(&[primary(), table(tforms, extra, data)]);
        BinTable::new(&file, file.hdu(1)?)
    }

    #[test]
    fn columns_are_described() {
        let extra = [
            card("TUNIT2", "'uK'"),
            card("TSCAL3", "0.5"),
            card("TZERO3", "10"),
            card("TNULL3", "-1"),
            card("TDIM2", "'(2,3)'"),
            card("TSCAL1", "'misused'"),
        ];
        let table = with_cards(&["4A", "6E", "       I", "1PE(3)"], &extra, &[0; 38 * 3]).unwrap();
        assert_eq!((table.rows(), table.row_bytes()), (3, 38));
        let offsets: Vec<_> = table.columns().iter().map(|column| column.offset).collect();
        assert_eq!(offsets, [0, 4, 28, 30]);
        let b = table.find(" b ").unwrap();
        assert_eq!(
            (b.index, b.unit.as_deref(), b.tdim.as_deref()),
            (1, Some("uK"), Some(&[2, 3][..]))
        );
        let c = &table.columns()[2];
        assert_eq!((c.tscal, c.tzero, c.tnull), (0.5, 10.0, Some(-1)));
        assert_eq!(c.tform.to_string(), "1I");
        assert_eq!(table.column(1).unwrap().len(), 18);
    }

    #[test]
    fn of_columns_with_one_name_the_first_is_found() {
        let table = with_cards(&["J", "E"], &[], &[0; 8]).unwrap();
        assert_eq!(table.column_by_name("a").unwrap().element_type(), ElementType::I32);
        let mut columns = table.clone();
        columns.columns[1].name = "A".into();
        assert_eq!(columns.find("a").unwrap().index, 0);
        columns.columns[1].name = "a".into();
        assert_eq!(columns.find(" a").unwrap().index, 1);
    }

    #[test]
    fn elements_of_vector_cells_are_columns() {
        let data: Vec<u8> = (0..24).map(|n: i16| n).flat_map(i16::to_be_bytes).collect();
        let table = with_cards(&["I", "3I", "32X"], &[], &data).unwrap();
        let element = table.column(1).unwrap().element(2).unwrap();
        assert_eq!((element.len(), element.rows(), element.name()), (4, 4, "B[2]"));
        let mut values = [0i16; 4];
        element.read(0..4, &mut values).unwrap();
        assert_eq!(values, [3, 9, 15, 21]);
        assert!(table.column(1).unwrap().element(3).is_none());
        assert!(table.column(2).unwrap().element(0).is_none());
    }

    #[test]
    fn an_unknown_column_lists_the_known_ones() {
        let table = with_cards(&["J", "E"], &[card("TTYPE2", "''")], &[0; 8]).unwrap();
        let error = table.column_by_name("T").unwrap_err().to_string();
        assert_eq!(error, "HDU 1 of test.fits has no column 'T'; it has 0 'A', 1 'B'");
        assert!(table.column(2).unwrap_err().to_string().contains("no column 2;"));
    }

    #[test]
    fn columns_that_hold_no_real_numbers_are_refused() {
        let table =
            with_cards(&["15A", "C", "2M", "1PE(9)", "1QE(9)"], &[], &[0; 15 + 64]).unwrap();
        for index in 0..5 {
            assert!(matches!(table.column(index), Err(FitsError::NotNumbers { .. })));
        }
        let error = table.column(1).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "column 'B' in HDU 1 of test.fits holds 32-bit complex numbers (TFORM 1C)"
            ),
            "{error}"
        );
    }

    #[test]
    fn headers_that_contradict_themselves_are_refused() {
        let message = |extra: &[String]| {
            // The first of repeated keywords counts, so these go before the builder's own.
            let mut bytes = table(&["E"], &[], &[0; 8]);
            for card in extra {
                let key = card.as_bytes()[..8].to_vec();
                let at = bytes.windows(8).position(|w| w == key).unwrap();
                bytes.splice(at..at + 80, format!("{card:<80}").into_bytes());
            }
            let file = open([primary(), bytes].concat()).unwrap();
            BinTable::new(&file, file.hdu(1).unwrap()).unwrap_err().to_string()
        };
        let cases = [
            (card("NAXIS1", 8), "its columns take 4 bytes a row, but NAXIS1 is 8"),
            (card("TFIELDS", 2), "the keyword TFORM2 is missing"),
            (card("TFIELDS", -1), "TFIELDS is -1, expected 0 or more"),
            (card("TFIELDS", 1000), "TFIELDS is 1000, expected 0 to 999"),
            (card("TFORM1", "'4Z'"), "TFORM1 is '4Z', expected a column format"),
            (card("GCOUNT", 2), "GCOUNT is 2, expected 1"),
            (card("BITPIX", 16), "BITPIX is 16, expected 8"),
            (card("NAXIS", 1), "NAXIS is 1, expected 2"),
        ];
        for (card, expected) in cases {
            let error = message(std::slice::from_ref(&card));
            assert!(error.contains(expected), "{card}: {error}");
        }
        let huge = [card("NAXIS2", 0), card("TFORM1", "'9223372036854775807B'")];
        assert!(message(&huge).contains("take 9223372036854775807 bytes a row"));
    }

    #[test]
    fn bad_scaling_is_refused_with_its_keyword() {
        for (keyword, value) in [("TSCAL1", "0.0"), ("TSCAL1", "'NaN'"), ("TZERO1", "1E999")] {
            let table = with_cards(&["I"], &[card(keyword, value)], &[0; 2]).unwrap();
            let error = table.column(0).unwrap_err().to_string();
            assert!(error.contains(&format!("{keyword} is ")), "{error}");
        }
        let error = with_cards(&["I"], &[card("TNULL1", "'x'")], &[0; 2]).unwrap_err().to_string();
        assert!(error.contains("TNULL1 is 'x', expected an integer"), "{error}");
    }

    #[test]
    fn truncated_tables_are_listed_but_not_read() {
        let mut bytes = [primary(), table(&["E"], &[], &[0; 8000])].concat();
        bytes.truncate(5760 + 4000);
        let file = open(bytes).unwrap();
        let table = BinTable::new(&file, file.hdu(1).unwrap()).unwrap();
        assert_eq!(table.rows(), 2000);
        assert!(matches!(table.column(0), Err(FitsError::Truncated { missing: 4000, .. })));
    }

    #[test]
    fn other_hdus_are_no_tables() {
        let image = image(&card("XTENSION", "'IMAGE'"), 8, &[1], &[], &[0]);
        let file = file(&[primary(), image]);
        let error = BinTable::new(&file, file.hdu(1).unwrap()).unwrap_err().to_string();
        assert_eq!(error, "HDU 1 of test.fits is an image, expected a binary table");
    }

    #[test]
    fn tables_without_columns_or_rows() {
        assert!(with_cards(&[], &[], &[]).unwrap().columns().is_empty());
        let table = with_cards(&["0E", "E"], &[], &[]).unwrap();
        assert!(table.column(0).unwrap().is_empty());
        assert!(table.column(1).unwrap().is_empty());
    }
}
