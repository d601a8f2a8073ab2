//! Writes the FITS files that the tests need, right ones and wrong ones (FITS 4.0; HEALPix keywords after Gorski et al. 2005).

use std::path::{Path, PathBuf};

const BLOCK: usize = 2880;

/// The value of a header card.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Integer(i64),
    Real(f64),
    Logical(bool),
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Logical(value)
    }
}

/// One 80-character card in fixed format.
pub fn card(key: &str, value: impl Into<Value>) -> String {
    let value = match value.into() {
        Value::Text(text) => format!("{:<20}", format!("'{:<8}'", text.replace('\'', "''"))),
        Value::Integer(number) => format!("{number:>20}"),
        Value::Real(number) => format!("{number:>20.13E}"),
        Value::Logical(yes) => format!("{:>20}", if yes { "T" } else { "F" }),
    };
    let card = format!("{key:<8}= {value}");
    assert!(card.len() <= 80, "{card} is longer than a card");
    format!("{card:<80}")
}

/// The values of a column, one or more for each row.
#[derive(Clone, Debug)]
pub enum Data {
    Logical(Vec<bool>),
    U8(Vec<u8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    /// Character strings of equal width.
    Text(Vec<String>),
    /// Bytes as they stand, with their `TFORM` letter and the bytes of one element.
    Raw {
        letter: char,
        element: usize,
        bytes: Vec<u8>,
    },
}

impl Data {
    fn letter(&self) -> char {
        match self {
            Self::Logical(_) => 'L',
            Self::U8(_) => 'B',
            Self::I16(_) => 'I',
            Self::I32(_) => 'J',
            Self::I64(_) => 'K',
            Self::F32(_) => 'E',
            Self::F64(_) => 'D',
            Self::Text(_) => 'A',
            Self::Raw { letter, .. } => *letter,
        }
    }

    /// The big-endian bytes, and how many of them make one element.
    fn bytes(&self) -> (Vec<u8>, usize) {
        match self {
            Self::Logical(v) => (v.iter().map(|&yes| if yes { b'T' } else { b'F' }).collect(), 1),
            Self::U8(v) => (v.clone(), 1),
            Self::I16(v) => (v.iter().flat_map(|x| x.to_be_bytes()).collect(), 2),
            Self::I32(v) => (v.iter().flat_map(|x| x.to_be_bytes()).collect(), 4),
            Self::I64(v) => (v.iter().flat_map(|x| x.to_be_bytes()).collect(), 8),
            Self::F32(v) => (v.iter().flat_map(|x| x.to_be_bytes()).collect(), 4),
            Self::F64(v) => (v.iter().flat_map(|x| x.to_be_bytes()).collect(), 8),
            Self::Text(v) => (v.concat().into_bytes(), v.first().map_or(1, String::len)),
            Self::Raw { element, bytes, .. } => (bytes.clone(), *element),
        }
    }
}

/// A column of a binary table.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    data: Data,
    per_row: usize,
    tform: Option<String>,
    cards: Vec<(String, Value)>,
}

impl Column {
    pub fn new(name: &str, data: Data) -> Self {
        Self { name: name.into(), data, per_row: 1, tform: None, cards: Vec::new() }
    }

    pub fn f32(name: &str, values: impl Into<Vec<f32>>) -> Self {
        Self::new(name, Data::F32(values.into()))
    }

    pub fn f64(name: &str, values: impl Into<Vec<f64>>) -> Self {
        Self::new(name, Data::F64(values.into()))
    }

    pub fn i64(name: &str, values: impl Into<Vec<i64>>) -> Self {
        Self::new(name, Data::I64(values.into()))
    }

    /// Puts this many values in each row, as `1024E` does.
    pub fn per_row(mut self, count: usize) -> Self {
        self.per_row = count;
        self
    }

    /// Writes another `TFORM` than the right one.
    pub fn tform(mut self, text: &str) -> Self {
        self.tform = Some(text.into());
        self
    }

    fn natural_tform(&self) -> String {
        let letter = self.data.letter();
        let repeat = match &self.data {
            Data::Text(strings) => strings.first().map_or(0, String::len),
            _ => self.per_row,
        };
        if repeat == 1 { letter.into() } else { format!("{repeat}{letter}") }
    }

    pub fn unit(self, unit: &str) -> Self {
        self.card("TUNIT", unit)
    }

    /// Adds a keyword of the column, given without its number: `TNULL`, `TSCAL`, `TZERO`, `TDIM`, ...
    pub fn card(mut self, root: &str, value: impl Into<Value>) -> Self {
        self.cards.push((root.into(), value.into()));
        self
    }
}

/// A binary table: columns and cards, with `remove` and `set` to spoil it.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<Column>,
    cards: Vec<(String, Option<Value>)>,
    verbatim: Vec<String>,
}

impl Table {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Sets a keyword: replaces the one that would be written, or adds it.
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.cards.push((key.into(), Some(value.into())));
        self
    }

    /// Leaves a keyword out.
    pub fn remove(mut self, key: &str) -> Self {
        self.cards.push((key.into(), None));
        self
    }

    /// Adds a card exactly as it stands, padded with blanks to 80 characters.
    pub fn verbatim(mut self, text: &str) -> Self {
        assert!(text.len() <= 80, "{text} is longer than a card");
        self.verbatim.push(format!("{text:<80}"));
        self
    }

    /// The extension's header and data, each filled to whole blocks.
    pub fn bytes(&self) -> Vec<u8> {
        let (rows, row_bytes, data) = self.data();
        let mut header: Vec<(String, Value)> = vec![
            ("XTENSION".into(), "BINTABLE".into()),
            ("BITPIX".into(), Value::Integer(8)),
            ("NAXIS".into(), Value::Integer(2)),
            ("NAXIS1".into(), Value::Integer(row_bytes as i64)),
            ("NAXIS2".into(), Value::Integer(rows as i64)),
            ("PCOUNT".into(), Value::Integer(0)),
            ("GCOUNT".into(), Value::Integer(1)),
            ("TFIELDS".into(), Value::Integer(self.columns.len() as i64)),
        ];
        for (number, column) in (1..).zip(&self.columns) {
            let tform = column.tform.clone().unwrap_or_else(|| column.natural_tform());
            header.push((format!("TTYPE{number}"), Value::Text(column.name.clone())));
            header.push((format!("TFORM{number}"), Value::Text(tform)));
            for (root, value) in &column.cards {
                header.push((format!("{root}{number}"), value.clone()));
            }
        }
        for (key, value) in &self.cards {
            let place = header.iter().position(|(k, _)| k == key);
            match (place, value) {
                (Some(place), Some(value)) => header[place].1 = value.clone(),
                (Some(place), None) => drop(header.remove(place)),
                (None, Some(value)) => header.push((key.clone(), value.clone())),
                (None, None) => panic!("no {key} to remove"),
            }
        }
        let mut text: String = header.into_iter().map(|(key, value)| card(&key, value)).collect();
        text.push_str(&self.verbatim.concat());
        [header_block(text), padded(data, 0)].concat()
    }

    /// Number of rows, bytes of a row, and the rows themselves.
    fn data(&self) -> (usize, usize, Vec<u8>) {
        let columns: Vec<(Vec<u8>, usize)> = self
            .columns
            .iter()
            .map(|column| {
                let (bytes, element) = column.data.bytes();
                (bytes, element * column.per_row)
            })
            .collect();
        let row_bytes = columns.iter().map(|(_, width)| width).sum();
        let rows = columns.first().map_or(0, |(bytes, width)| bytes.len() / width);
        let mut data = Vec::with_capacity(rows * row_bytes);
        for row in 0..rows {
            for (bytes, width) in &columns {
                data.extend_from_slice(&bytes[row * width..(row + 1) * width]);
            }
        }
        (rows, row_bytes, data)
    }
}

/// A one- or two-dimensional float32 image extension.
pub fn image_extension(shape: &[usize], values: &[f32], cards: &[(&str, Value)]) -> Vec<u8> {
    let data = values.iter().flat_map(|x| x.to_be_bytes()).collect();
    any_image_extension(-32, shape, data, cards)
}

/// A one- or two-dimensional int32 image extension.
pub fn integer_image_extension(
    shape: &[usize],
    values: &[i32],
    cards: &[(&str, Value)],
) -> Vec<u8> {
    let data = values.iter().flat_map(|x| x.to_be_bytes()).collect();
    any_image_extension(32, shape, data, cards)
}

fn any_image_extension(
    bitpix: i64,
    shape: &[usize],
    data: Vec<u8>,
    cards: &[(&str, Value)],
) -> Vec<u8> {
    let mut text = card("XTENSION", "IMAGE") + &card("BITPIX", bitpix);
    text += &card("NAXIS", shape.len() as i64);
    for (number, &length) in (1..).zip(shape) {
        text += &card(&format!("NAXIS{number}"), length as i64);
    }
    text += &(card("PCOUNT", 0i64) + &card("GCOUNT", 1i64));
    text.extend(cards.iter().map(|(key, value)| card(key, value.clone())));
    [header_block(text), padded(data, 0)].concat()
}

/// A HealSparse file of coverage nside 1: its coverage map, and the HDU that holds the pixels.
pub fn healsparse_with(coverage: &[i32], sparse: Vec<u8>) -> Vec<u8> {
    let cards = [
        card("SIMPLE", true),
        card("BITPIX", 32i64),
        card("NAXIS", 1i64),
        card("NAXIS1", coverage.len() as i64),
        card("EXTNAME", "COV"),
        card("PIXTYPE", "HEALSPARSE"),
        card("NSIDE", 1i64),
    ];
    let mut bytes = format!("{}{:<80}", cards.concat(), "END").into_bytes();
    bytes.resize(bytes.len().next_multiple_of(2880), b' ');
    bytes.extend(coverage.iter().flat_map(|c| c.to_be_bytes()));
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    [bytes, sparse].concat()
}

fn header_block(mut text: String) -> Vec<u8> {
    text.push_str(&format!("{:<80}", "END"));
    padded(text.into_bytes(), b' ')
}

fn padded(mut bytes: Vec<u8>, fill: u8) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(BLOCK), fill);
    bytes
}

/// A FITS file with one HEALPix table; starts right and full-sky, and can be bent in every way.
#[derive(Clone, Debug)]
pub struct HealpixFile {
    table: Table,
    primary: Vec<(String, Value)>,
    before: Vec<Vec<u8>>,
    after: Vec<Vec<u8>>,
    keep: Option<usize>,
    trailing: Vec<u8>,
}

impl HealpixFile {
    /// A full-sky file in RING order and galactic coordinates, without columns yet.
    pub fn new(nside: i64) -> Self {
        let table = Table::new()
            .set("PIXTYPE", "HEALPIX")
            .set("ORDERING", "RING")
            .set("COORDSYS", "G")
            .set("NSIDE", nside)
            .set("FIRSTPIX", 0i64)
            .set("LASTPIX", 12 * nside * nside - 1)
            .set("INDXSCHM", "IMPLICIT")
            .set("OBJECT", "FULLSKY");
        Self {
            table,
            primary: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            keep: None,
            trailing: Vec::new(),
        }
    }

    /// A partial-sky file whose first column `PIXEL` (int64) names the pixels.
    pub fn partial(nside: i64, pixels: impl Into<Vec<i64>>) -> Self {
        Self::new(nside)
            .edit(|t| t.remove("FIRSTPIX").remove("LASTPIX"))
            .set("INDXSCHM", "EXPLICIT")
            .set("OBJECT", "PARTIAL")
            .column(Column::i64("PIXEL", pixels))
    }

    /// A multi-order file whose first column `UNIQ` (int64) names the cells.
    pub fn multi_order(uniq: impl Into<Vec<i64>>) -> Self {
        Self::new(1)
            .edit(|t| t.remove("FIRSTPIX").remove("LASTPIX").remove("NSIDE"))
            .set("ORDERING", "NUNIQ")
            .set("INDXSCHM", "EXPLICIT")
            .column(Column::i64("UNIQ", uniq))
    }

    pub fn column(self, column: Column) -> Self {
        self.edit(|t| t.column(column))
    }

    pub fn ordering(self, ordering: &str) -> Self {
        self.set("ORDERING", ordering)
    }

    pub fn coordsys(self, frame: &str) -> Self {
        self.set("COORDSYS", frame)
    }

    /// The value that marks bad pixels.
    pub fn bad_data(self, value: f64) -> Self {
        self.set("BAD_DATA", value)
    }

    pub fn set(self, key: &str, value: impl Into<Value>) -> Self {
        self.edit(|t| t.set(key, value))
    }

    pub fn remove(self, key: &str) -> Self {
        self.edit(|t| t.remove(key))
    }

    pub fn verbatim(self, text: &str) -> Self {
        self.edit(|t| t.verbatim(text))
    }

    /// Changes the table itself.
    pub fn edit(mut self, change: impl FnOnce(Table) -> Table) -> Self {
        self.table = change(std::mem::take(&mut self.table));
        self
    }

    /// A sparse cube with the channels 0 and 5 of these resolutions, of which the second makes at least 181 pixels.
    pub fn cube(nsides: [i64; 2]) -> Self {
        let table = Table::new()
            .set("INDXSCHM", "SPARSE")
            .set("ORDERING", "NESTED")
            .set("COORDSYS", "GAL")
            .set("BANDSHDU", "LEVELS")
            .column(Column::i64("PIX", vec![47, 3, 180]))
            .column(Column::new("CHANNEL", Data::I16(vec![0, 5, 5])))
            .column(Column::f64("VALUE", vec![1.0, 2.0, 3.0]).unit("counts"));
        let bands = Table::new()
            .set("EXTNAME", "LEVELS")
            .column(Column::i64("CHANNEL", vec![0, 5]))
            .column(Column::i64("NSIDE", nsides.to_vec()));
        HealpixFile::new(1).edit(|_| table).after(bands.bytes())
    }

    /// Adds a card to the primary header.
    pub fn primary_card(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.primary.push((key.into(), value.into()));
        self
    }

    /// Puts another extension before the map.
    pub fn before(mut self, extension: Vec<u8>) -> Self {
        self.before.push(extension);
        self
    }

    /// Puts another extension after the map.
    pub fn after(mut self, extension: Vec<u8>) -> Self {
        self.after.push(extension);
        self
    }

    /// Cuts the file off after this many bytes.
    pub fn truncated(mut self, bytes: usize) -> Self {
        self.keep = Some(bytes);
        self
    }

    /// Adds bytes after the last block.
    pub fn trailing(mut self, bytes: &[u8]) -> Self {
        self.trailing.extend_from_slice(bytes);
        self
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = card("SIMPLE", true) + &card("BITPIX", 8i64);
        text += &(card("NAXIS", 0i64) + &card("EXTEND", true));
        text.extend(self.primary.iter().map(|(key, value)| card(key, value.clone())));
        let mut bytes = header_block(text);
        self.before.iter().for_each(|extension| bytes.extend_from_slice(extension));
        bytes.extend(self.table.bytes());
        self.after.iter().for_each(|extension| bytes.extend_from_slice(extension));
        bytes.extend_from_slice(&self.trailing);
        if let Some(keep) = self.keep {
            assert!(keep < bytes.len(), "the file has only {} bytes", bytes.len());
            bytes.truncate(keep);
        }
        bytes
    }

    /// Writes the file into a folder.
    pub fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, self.bytes()).unwrap();
        path
    }
}

/// The first column of the first extension of a simple table of `E` or `D` values, rounded to float32.
pub fn first_column(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (_, table) = header(&bytes);
    let (cards, data) = header(table);
    let find = |key: &str| {
        let card = cards.iter().find(|card| card.starts_with(&format!("{key:<8}=")));
        card.unwrap_or_else(|| panic!("no {key}"))[10..].split('/').next().unwrap().trim()
    };
    let row_bytes: usize = find("NAXIS1").parse().unwrap();
    let rows: usize = find("NAXIS2").parse().unwrap();
    let data = data[..rows * row_bytes].chunks_exact(row_bytes);
    match find("TFORM1").trim_matches(['\'', ' ']) {
        "E" => data.map(|row| f32::from_be_bytes(row[..4].try_into().unwrap())).collect(),
        "D" => data.map(|row| f64::from_be_bytes(row[..8].try_into().unwrap()) as f32).collect(),
        other => panic!("{}: column of type {other}", path.display()),
    }
}

/// The cards of the header that these bytes start with, and what follows it.
fn header(bytes: &[u8]) -> (Vec<&str>, &[u8]) {
    let cards: Vec<&str> = bytes
        .chunks_exact(80)
        .map(|card| std::str::from_utf8(card).unwrap())
        .take_while(|card| card.trim_end() != "END")
        .collect();
    let length = ((cards.len() + 1) * 80).next_multiple_of(BLOCK);
    (cards, &bytes[length..])
}
