//! Says what is in a FITS file: its HDUs, what their headers tell of HEALPix pixels, and the statistics of every column.

mod healpix;
mod statistics;
mod stream;
mod tally;

use std::cell::LazyCell;

use serde::Serialize;

use crate::fits::{
    BinTable, Column, ColumnInfo, ElementType, FitsError, FitsFile, Hdu, HduKind, Image,
};
use crate::map::{BadValues, Keywords, is_healsparse, looks_like_a_map, says_healpix};
use healpix::Shape;
use stream::{Data, Series};

pub use healpix::{FrameName, Healpix, Scheme};
pub use statistics::{Number, PERCENTS, Percentile, Statistics};
pub use tally::BadCounts;

/// What to look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// This HDU only; it gets statistics even if it is no HEALPix map.
    pub hdu: Option<usize>,
    /// Headers only: no data are read, there are no statistics.
    pub headers_only: bool,
}

impl Scope {
    /// The HDUs of a file that are looked at, in order.
    pub fn chosen(self, file: &FitsFile) -> impl Iterator<Item = &Hdu> {
        file.walk().filter(move |hdu| self.hdu.is_none_or(|only| hdu.index == only))
    }
}

/// Kinds of HDUs, told apart further than by their XTENSION.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A primary HDU without data.
    Empty,
    /// An image, primary or extension.
    Image,
    /// A binary table.
    Table,
    /// An image compressed in tiles, which is kept in a binary table.
    CompressedImage,
    /// A binary table compressed in tiles.
    CompressedTable,
    /// A table of text.
    AsciiTable,
    /// Something else.
    Other,
}

/// One HDU. The field names are the keys of `map2fig info --json`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HduReport {
    /// Position in the file, the primary HDU being 0.
    pub hdu: usize,
    /// EXTNAME; empty where there is none.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Rows of a table.
    pub rows: Option<u64>,
    /// Bytes of a row.
    pub row_bytes: Option<u64>,
    /// Axes of an image, the fastest first.
    pub axes: Option<Vec<u64>>,
    /// Bytes of data according to the header.
    pub data_bytes: u64,
    /// Bytes of data that lie beyond the end of the file.
    pub missing_bytes: u64,
    /// HEALPix facts; nothing for other HDUs.
    pub healpix: Option<Healpix>,
    /// The columns of a table; the pixels of an image as one column without a name.
    pub columns: Vec<ColumnReport>,
    /// Assumptions and oddities.
    pub notes: Vec<String>,
    /// What is wrong, where the HDU cannot be used.
    pub problem: Option<String>,
}

/// One column.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ColumnReport {
    /// The number by which `--col` chooses it: its position among the data columns, from 0. Nothing for a column that names
    /// pixels, cells or channels.
    pub index: Option<usize>,
    /// Its position among all columns, from 0.
    pub position: usize,
    /// TTYPE; empty where there is none.
    pub name: String,
    /// TUNIT or BUNIT.
    pub unit: Option<String>,
    /// Type of the elements, the convention for unsigned integers applied: `float32`, `uint16`, `bool`, `text`, ...
    #[serde(rename = "type")]
    pub element: &'static str,
    /// TFORM, without blanks and with its repeat count.
    pub tform: Option<String>,
    /// Elements of a cell.
    pub repeat: u64,
    /// TDIM: the shape of a cell's array, the fastest axis first.
    pub shape: Option<Vec<u64>>,
    /// TSCAL or BSCALE.
    pub scale: f64,
    /// TZERO or BZERO.
    pub zero: f64,
    /// TNULL or BLANK.
    pub null: Option<i64>,
    /// Statistics of all elements; nothing where they were not gathered.
    pub statistics: Option<Statistics>,
}

/// Describes the HDUs of a file. What is wrong with one is told in [`HduReport::problem`]; what ended their list early, in
/// [`FitsFile::damage`].
pub fn inspect(file: &FitsFile, scope: Scope) -> Vec<HduReport> {
    // Looked for once, and only where it matters: the headers of all HDUs are read for it.
    let has_keywords = LazyCell::new(|| file.walk().any(|hdu| says_healpix(file, hdu)));
    let size_decides = || !*has_keywords;
    scope.chosen(file).map(|hdu| inspect_hdu(file, hdu, scope, &size_decides)).collect()
}

/// Describes one HDU; `size_decides` tells whether sizes say what is a map, since no keywords do.
fn inspect_hdu(
    file: &FitsFile,
    hdu: &Hdu,
    scope: Scope,
    size_decides: &dyn Fn() -> bool,
) -> HduReport {
    let mut report = unread(hdu);
    let contents = match report.kind {
        Kind::Table | Kind::CompressedTable => {
            BinTable::new(file, hdu).map(|table| Contents::Table(Box::new(table)))
        }
        Kind::Image | Kind::CompressedImage => {
            Image::new(file, hdu).map(|image| Contents::Image(Box::new(image)))
        }
        Kind::AsciiTable => {
            describe_unread(hdu, &mut report);
            return report;
        }
        Kind::Empty | Kind::Other => return report,
    };
    let contents = match contents {
        Ok(contents) => contents,
        Err(error) => {
            report.problem.get_or_insert(error.to_string());
            return report;
        }
    };
    contents.describe(&mut report);
    add_healpix(file, hdu, &contents.shape(), size_decides, &mut report);
    let is_map = |facts: &Healpix| facts.scheme != Scheme::HealsparseCoverage;
    let wanted = report.healpix.as_ref().is_some_and(is_map) || scope.hdu.is_some();
    if wanted
        && !scope.headers_only
        && hdu.missing_bytes == 0
        && let Err(error) = contents.add_statistics(file, hdu, &mut report)
    {
        report.problem = Some(error.to_string());
    }
    report
}

/// What is known of an HDU before its columns are looked at.
fn unread(hdu: &Hdu) -> HduReport {
    HduReport {
        hdu: hdu.index,
        name: hdu.name.clone(),
        kind: kind(hdu),
        rows: None,
        row_bytes: None,
        axes: None,
        data_bytes: hdu.data_len,
        missing_bytes: hdu.missing_bytes,
        healpix: None,
        columns: Vec::new(),
        notes: Vec::new(),
        problem: hdu.check_complete().err().map(|error| error.to_string()),
    }
}

fn kind(hdu: &Hdu) -> Kind {
    let has = |keyword: &str| matches!(hdu.header.get_bool(keyword), Ok(Some(true)));
    match hdu.kind {
        HduKind::Primary | HduKind::Image if hdu.data_len == 0 => Kind::Empty,
        HduKind::Primary | HduKind::Image => Kind::Image,
        HduKind::BinTable if has("ZIMAGE") => Kind::CompressedImage,
        HduKind::BinTable if has("ZTABLE") => Kind::CompressedTable,
        HduKind::BinTable => Kind::Table,
        HduKind::AsciiTable => Kind::AsciiTable,
        HduKind::Other(_) => Kind::Other,
    }
}

/// The size of HDUs whose data are not read.
fn describe_unread(hdu: &Hdu, report: &mut HduReport) {
    let size = |keyword: &str| hdu.header.get_int(keyword).ok().flatten()?.try_into().ok();
    report.rows = size("NAXIS2");
    report.row_bytes = size("NAXIS1");
}

/// Decides whether the HDU is a HEALPix map: by its own keywords, by the primary header's, or, where no HDU of the file has such
/// keywords, by its size alone, as where it is drawn. Numbers the data columns as `--col` counts them.
fn add_healpix(
    file: &FitsFile,
    hdu: &Hdu,
    shape: &Shape,
    size_decides: &dyn Fn() -> bool,
    report: &mut HduReport,
) {
    let keywords = Keywords::new(file, hdu);
    let has_size = || looks_like_a_map(file, hdu) && size_decides();
    let mut naming = Vec::new();
    if healpix::claims_healpix(hdu) || healpix::fits_primary(&keywords, shape) || has_size() {
        let findings = healpix::describe(file, hdu, &keywords, shape);
        report.healpix = Some(findings.healpix);
        report.notes.extend(findings.notes);
        naming = findings.naming;
    }
    let data = report.columns.iter_mut().filter(|column| !naming.contains(&column.position));
    data.enumerate().for_each(|(index, column)| column.index = Some(index));
}

/// The data of an HDU, described but not read.
enum Contents {
    Table(Box<BinTable>),
    Image(Box<Image>),
}

impl Contents {
    fn describe(&self, report: &mut HduReport) {
        match self {
            Contents::Table(table) => {
                report.rows = Some(table.rows());
                report.row_bytes = Some(table.row_bytes());
                report.columns = table.columns().iter().map(ColumnReport::of_table).collect();
            }
            Contents::Image(image) => {
                report.axes = Some(image.axes().to_vec());
                report.columns = vec![ColumnReport::of_image(image)];
            }
        }
    }

    fn shape(&self) -> Shape<'_> {
        match self {
            Contents::Table(table) => {
                let (rows, columns) = (table.rows(), table.columns());
                let first = columns.first().map_or(0, |column| column.tform.repeat);
                Shape { rows, elements: rows.saturating_mul(first), columns }
            }
            Contents::Image(image) => {
                Shape { rows: image.len(), elements: image.len(), columns: &[] }
            }
        }
    }

    /// The column at a position, with the bytes before its cell in a row.
    fn column(&self, position: usize) -> Result<(Column, usize), FitsError> {
        match self {
            Contents::Table(table) => {
                let column = table.column(position)?;
                let before = table.columns().get(position).map_or(0, |info| info.offset);
                Ok((column, before as usize))
            }
            Contents::Image(image) => Ok((image.column()?, 0)),
        }
    }

    /// Reads the data and fills in the statistics of all columns that hold numbers.
    fn add_statistics(
        &self,
        file: &FitsFile,
        hdu: &Hdu,
        report: &mut HduReport,
    ) -> Result<(), FitsError> {
        let keywords = Keywords::new(file, hdu);
        let (mut series, mut positions) = (Vec::new(), Vec::new());
        for column in &report.columns {
            match self.column(column.position) {
                Ok((opened, offset)) => {
                    let bad = bad_values(hdu, &keywords, &opened)?;
                    series.push(Series { column: opened, offset, repeat: column.repeat, bad });
                    positions.push(column.position);
                }
                Err(FitsError::NotNumbers { .. }) => {}
                Err(error) => report.problem = Some(error.to_string()),
            }
        }
        let table = match self {
            // The rows of a compressed table are not there to be read: each column is compressed by itself.
            Contents::Table(table) if hdu.tiling.is_none() => Some(table.as_ref().clone()),
            Contents::Table(_) | Contents::Image(_) => None,
        };
        let statistics = statistics::gather(&Data::new(table, series))?;
        for (position, statistics) in positions.into_iter().zip(statistics) {
            if let Some(column) = report.columns.get_mut(position) {
                let all = column.index.is_some();
                column.statistics = Some(if all { statistics } else { statistics.extremes_only() });
            }
        }
        Ok(())
    }
}

/// Which values of a column count as bad, as where it is drawn.
fn bad_values(hdu: &Hdu, keywords: &Keywords, column: &Column) -> Result<BadValues, FitsError> {
    if !is_healsparse(hdu) {
        return keywords.bad_values(column);
    }
    let is_true = |keyword| Ok::<_, FitsError>(hdu.header.get_bool(keyword)? == Some(true));
    let is_packed = is_true("WIDEMASK")? || is_true("BITPACK")?;
    let primary = hdu.header.get_str("PRIMARY");
    let is_marked = primary.is_none_or(|name| name.trim().eq_ignore_ascii_case(column.name()));
    let sentinel = match is_marked && !is_packed {
        true => keywords.sentinel()?,
        false => None,
    };
    Ok(BadValues::of_column(sentinel, column))
}

impl ColumnReport {
    fn of_table(info: &ColumnInfo) -> ColumnReport {
        ColumnReport {
            index: None,
            position: info.index,
            name: info.name.clone(),
            unit: info.unit.clone(),
            element: element_name(info.tform.kind, (info.tscal, info.tzero)),
            tform: Some(info.tform.to_string()),
            repeat: info.tform.repeat,
            shape: info.tdim.clone(),
            scale: info.tscal,
            zero: info.tzero,
            null: info.tnull,
            statistics: None,
        }
    }

    fn of_image(image: &Image) -> ColumnReport {
        ColumnReport {
            index: None,
            position: 0,
            name: String::new(),
            unit: image.unit().map(str::to_string),
            element: element_name(image.element_type(), image.scaling()),
            tform: None,
            repeat: 1,
            shape: None,
            scale: image.scaling().0,
            zero: image.scaling().1,
            null: image.blank(),
            statistics: None,
        }
    }
}

/// The type as programs call it; integers with the offset that stands for the other signedness under their true name.
fn element_name(element: ElementType, scaling: (f64, f64)) -> &'static str {
    match (element, scaling) {
        (ElementType::U8, (1.0, -128.0)) => "int8",
        (ElementType::I16, (1.0, 32_768.0)) => "uint16",
        (ElementType::I32, (1.0, 2_147_483_648.0)) => "uint32",
        (ElementType::I64, (1.0, 9_223_372_036_854_775_808.0)) => "uint64",
        (ElementType::Logical, _) => "bool",
        (ElementType::Bit, _) => "bit",
        (ElementType::U8, _) => "uint8",
        (ElementType::I16, _) => "int16",
        (ElementType::I32, _) => "int32",
        (ElementType::I64, _) => "int64",
        (ElementType::Char, _) => "text",
        (ElementType::F32, _) => "float32",
        (ElementType::F64, _) => "float64",
        (ElementType::Complex32, _) => "complex64",
        (ElementType::Complex64, _) => "complex128",
        (ElementType::Descriptor32 | ElementType::Descriptor64, _) => "variable-length array",
    }
}
