//! A column of a table, or an image, as one run of numbers.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::computed::{Compute, ComputedBytes};
use super::source::NamedSource;
use crate::memory::Pages;
use crate::tasks;

use super::{ColumnReader, ElementType, FitsError, FromColumn, Hdu, Place, RawType, ReadAt, hdu};

/// Where a column's cells lie: `cell_bytes` at `start` and every `row_bytes` from there on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub start: u64,
    pub rows: u64,
    pub row_bytes: u64,
    pub cell_bytes: u64,
    /// Elements of a cell.
    pub repeat: u64,
}

/// Elements that are read at a time where the whole column is wanted.
const PART: u64 = 1 << 16;

/// What a column is made from.
pub(super) struct Parts<'a> {
    /// The file, and the HDU in it.
    pub file: &'a NamedSource,
    pub hdu: &'a Hdu,
    /// The bytes that the layout counts in: those of the file, or others made from them.
    pub bytes: Arc<dyn ReadAt>,
    pub name: &'a str,
    /// How messages call the column.
    pub label: String,
    pub unit: Option<String>,
    pub element: ElementType,
    /// The type as the header spells it.
    pub tform: String,
    pub layout: Layout,
    /// Factor and offset, with the keywords that they come from.
    pub scale: (f64, f64),
    pub scale_keywords: (String, String),
    pub null: Option<i64>,
}

/// The elements of one table column, or of one image, in the order of the file: row by row, and
/// the elements of a vector cell one after the other.
///
/// Cheap to clone and free to share between threads. Every read goes to the file, nothing is
/// cached.
#[derive(Clone, Debug)]
pub struct Column(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    file: NamedSource,
    /// Position and length of the HDU's data in the file.
    data: (u64, u64),
    source: NamedSource,
    place: Place,
    name: String,
    label: String,
    unit: Option<String>,
    element: ElementType,
    raw: RawType,
    layout: Layout,
    scale: (f64, f64),
    null: Option<i64>,
}

impl Column {
    pub(super) fn new(parts: Parts<'_>) -> Result<Column, FitsError> {
        let (scale, zero) = parts.scale;
        if !scale.is_finite() || scale == 0.0 {
            return Err(parts
                .hdu
                .header
                .bad_value(&parts.scale_keywords.0, "a finite number, not 0"));
        }
        if !zero.is_finite() {
            return Err(parts.hdu.header.bad_value(&parts.scale_keywords.1, "a finite number"));
        }
        let mut scale = (scale, zero);
        let mut null = parts.null;
        let raw = match parts.element {
            ElementType::Logical => {
                null = Some(i64::from(LOGICAL_NULL));
                RawType::U8
            }
            ElementType::Bit | ElementType::U8 => RawType::U8,
            ElementType::I16 => RawType::I16,
            ElementType::I32 => RawType::I32,
            ElementType::I64 if scale == (1.0, TWO_POW_63) => {
                scale = (1.0, 0.0);
                RawType::U64
            }
            ElementType::I64 => RawType::I64,
            ElementType::F32 => RawType::F32,
            ElementType::F64 => RawType::F64,
            other => {
                return Err(FitsError::NotNumbers {
                    place: parts.hdu.header.place().clone(),
                    column: parts.label,
                    holds: other.describe(),
                    tform: parts.tform,
                });
            }
        };
        Ok(Column(Arc::new(Inner {
            file: parts.file.clone(),
            data: (parts.hdu.data_offset, parts.hdu.data_len),
            source: NamedSource { name: parts.file.name.clone(), bytes: parts.bytes },
            place: parts.hdu.header.place().clone(),
            name: parts.name.to_owned(),
            label: parts.label,
            unit: parts.unit,
            element: parts.element,
            raw,
            layout: parts.layout,
            scale,
            null,
        })))
    }

    /// Number of elements: rows times elements of a cell, or the pixels of an image.
    pub fn len(&self) -> u64 {
        // No overflow: Column is only made of data that lie within a file.
        self.0.layout.rows.saturating_mul(self.0.layout.repeat)
    }

    /// Number of cells.
    pub fn rows(&self) -> u64 {
        self.0.layout.rows
    }

    /// The column that element `index` of every cell makes, counted from 0. `None` where cells have
    /// no such element, or hold bits.
    pub fn element(&self, index: u64) -> Option<Column> {
        let layout = self.0.layout;
        if index >= layout.repeat || self.0.element == ElementType::Bit {
            return None;
        }
        let mut inner = Inner::clone(&self.0);
        let width = layout.cell_bytes / layout.repeat;
        let start = layout.start + index * width;
        inner.layout = Layout { start, cell_bytes: width, repeat: 1, ..layout };
        inner.name = format!("{}[{index}]", inner.name);
        inner.label = format!("{}[{index}]", inner.label);
        Some(Column(Arc::new(inner)))
    }

    /// A column of as many float64 numbers in the place of this one, which something else makes.
    pub fn computed(&self, unit: Option<String>, values: Arc<dyn Compute>) -> Column {
        let bytes = Arc::new(ComputedBytes(values));
        let (rows, width) = (self.len(), RawType::F64.width() as u64);
        let layout = Layout { start: 0, rows, row_bytes: width, cell_bytes: width, repeat: 1 };
        Column(Arc::new(Inner {
            source: NamedSource { name: self.0.file.name.clone(), bytes },
            unit,
            element: ElementType::F64,
            raw: RawType::F64,
            layout,
            scale: (1.0, 0.0),
            null: None,
            ..Inner::clone(&self.0)
        }))
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// TTYPE of the column or EXTNAME of the image; empty where there is none.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// TUNIT or BUNIT.
    pub fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// The HDU that the column is in.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The type as the file has it.
    pub fn element_type(&self) -> ElementType {
        self.0.element
    }

    /// The type that [`Column::read_raw`] delivers: logical values and bits come as bytes, 64-bit
    /// integers of the unsigned convention as [`RawType::U64`].
    pub fn raw_type(&self) -> RawType {
        self.0.raw
    }

    /// Factor and offset: the value is factor x raw + offset. (TSCAL, TZERO) or (BSCALE, BZERO);
    /// (1, 0) for [`RawType::U64`], whose offset is already in the raw values.
    pub fn scaling(&self) -> (f64, f64) {
        self.0.scale
    }

    /// TNULL or BLANK: the raw integer that means undefined, before scaling. Kernels get it in
    /// their own type from [`Element::from_tnull`](super::Element::from_tnull). Logical columns
    /// have 255 here.
    pub fn tnull(&self) -> Option<i64> {
        self.0.null
    }

    /// All elements as [`Column::read`] gives them.
    ///
    /// # Errors
    /// Those of [`Column::read`].
    pub fn values<T: FromColumn>(&self) -> Result<Pages<T>, FitsError> {
        if !self.is_all_there() {
            return Ok(self.read_all()?.into());
        }
        let mut values = Pages::unset(self.len() as usize);
        self.read(0..self.len(), &mut values)?;
        Ok(values)
    }

    /// Whether the elements are stored uncompressed in a file of known length, so that the header's count can be trusted.
    fn is_all_there(&self) -> bool {
        let Inner { file, source, .. } = &*self.0;
        Arc::ptr_eq(&file.bytes, &source.bytes) && file.bytes.byte_len().is_some()
    }

    /// All elements as [`Column::read`] gives them, in memory that grows with what is found: how
    /// many there are to be is only a promise where the file is compressed.
    ///
    /// # Errors
    /// Those of [`Column::read`].
    pub(crate) fn read_all<T: FromColumn>(&self) -> Result<Vec<T>, FitsError> {
        let mut reader = self.reader();
        let mut values = Vec::new();
        let mut start = 0;
        while start < self.len() {
            let end = self.len().min(start + PART);
            let done = values.len();
            values.resize(done + (end - start) as usize, T::zeroed());
            reader.read(start..end, values.get_mut(done..).unwrap_or_default())?;
            start = end;
        }
        Ok(values)
    }

    /// A reader that keeps its buffers between calls; one for each thread.
    pub fn reader(&self) -> ColumnReader {
        ColumnReader::new(self.clone())
    }

    /// Puts the packed big-endian bytes of elements `range` into `buf`, which is resized to hold
    /// exactly them: (end - start) times the width of [`Column::raw_type`].
    ///
    /// # Errors
    /// [`FitsError::OutOfRange`] and [`FitsError::Read`].
    pub fn read_raw(&self, range: Range<u64>, buf: &mut Vec<u8>) -> Result<(), FitsError> {
        self.reader().read_raw(range, buf)
    }

    /// Puts elements `range` into `values`, which has room for exactly them.
    ///
    /// Real types get factor x raw + offset, with NaN where the value is undefined. Integer types
    /// get raw + offset exactly, which undoes the convention for unsigned integers.
    ///
    /// Large ranges are read by all threads of the current `rayon` pool; for one thread there is
    /// [`ColumnReader::read`].
    ///
    /// # Errors
    /// [`FitsError::OutOfRange`], [`FitsError::Read`], and [`FitsError::Conversion`] where an
    /// integer type is asked for and the values are real, scaled or do not fit.
    pub fn read<T: FromColumn>(
        &self,
        range: Range<u64>,
        values: &mut [T],
    ) -> Result<(), FitsError> {
        self.check_range(&range, values.len() as u64)?;
        if values.len() <= ELEMENTS_PER_TASK {
            return self.reader().read(range, values);
        }
        let read = |reader: &mut ColumnReader, (task, part): (usize, &mut [T])| {
            let start = range.start + (task * ELEMENTS_PER_TASK) as u64;
            reader.read(start..start + part.len() as u64, part)
        };
        let tasks = values.chunks_mut(ELEMENTS_PER_TASK).enumerate();
        tasks::in_order(tasks, || self.reader(), read).map(drop)
    }

    /// Checks a range of elements against the column and the room that the caller has.
    pub(super) fn check_range(&self, range: &Range<u64>, room: u64) -> Result<(), FitsError> {
        let wanted = range.end.checked_sub(range.start);
        if wanted == Some(room) && range.end <= self.len() {
            return Ok(());
        }
        Err(FitsError::OutOfRange {
            place: self.0.place.clone(),
            column: self.0.label.clone(),
            range: range.clone(),
            len: self.len(),
            room,
        })
    }

    pub(super) fn conversion_error(&self, wanted: &'static str, problem: String) -> FitsError {
        FitsError::Conversion {
            place: self.0.place.clone(),
            column: self.0.label.clone(),
            wanted,
            problem,
        }
    }

    /// The error for a read that failed: where the file turned out to be shorter than its header
    /// says, that it is truncated.
    pub(super) fn read_error(&self, error: FitsError) -> FitsError {
        let (offset, expected) = self.0.data;
        match (&error, self.0.file.byte_len()) {
            (FitsError::Read { reason, .. }, Some(len))
                if reason.kind() == io::ErrorKind::UnexpectedEof =>
            {
                match hdu::missing(offset, expected, len) {
                    0 => error,
                    missing => {
                        FitsError::Truncated { place: self.0.place.clone(), missing, expected }
                    }
                }
            }
            _ => error,
        }
    }

    pub(super) fn source(&self) -> &NamedSource {
        &self.0.source
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.0.layout
    }
}

/// Elements that one thread reads at a time.
const ELEMENTS_PER_TASK: usize = 1 << 20;

/// What a logical value that is neither `T` nor `F` becomes in raw reads.
pub(super) const LOGICAL_NULL: u8 = 255;

const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
