//! Reads a sparse map into memory, averaged down to what the picture needs: memory follows the cells in the file, never the resolution
//! that they are numbered at.

mod blocks;
mod cells;
mod error;
mod split;

use super::Progress;
use crate::fits::{Column, FitsError};
use crate::healpix::Nside;
use crate::map::{BadValues, CellNames, SparseMap, SparseSource, narrow};

pub use error::AssembleError;

/// A sparse map in memory, and what there was to it in the file.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The map.
    pub map: SparseMap,
    /// Resolution of its smallest cells in the file, or of the parts of them that a mask leaves.
    pub nside: Nside,
    /// Cells with good values in the file.
    pub good: u64,
    /// Cells with bad values in the file.
    pub bad: u64,
    /// Values of equal weight that stand for the map's good area, their ends exact; where they were asked for.
    pub values: Option<Vec<f32>>,
    /// Oddities that did not keep the map from being read, for the user to know.
    pub warnings: Vec<String>,
}

/// Reads a sparse map and averages it to the coarsest resolution that has at least `wanted` pixels along a face's side (the largest
/// number keeps the map's own). A coarse pixel is the mean over its good area; cells that are larger stay as they are. Values come out
/// as `physical value * scale + offset`.
///
/// # Errors
/// What reading the file meets, pixel numbers beyond the sky, and cells that overlap.
pub fn assemble(
    source: &SparseSource,
    wanted: u32,
    scale: (f64, f64),
    progress: Progress,
) -> Result<Assembled, AssembleError> {
    assemble_and_survey(source, wanted, scale, false, progress)
}

/// Does what [`assemble`] does, and keeps values that stand for all of the map if wanted.
///
/// # Errors
/// Those of [`assemble`].
pub fn assemble_and_survey(
    source: &SparseSource,
    wanted: u32,
    (scale, offset): (f64, f64),
    keep_values: bool,
    progress: Progress,
) -> Result<Assembled, AssembleError> {
    let job = Job { source, wanted, scale, offset, keep_values, progress };
    match &source.cells {
        CellNames::All(map) => cells::all(&job, map),
        CellNames::Pixels(pixels) => cells::pixels(&job, pixels, None),
        CellNames::Channel { pixels, channels, channel } => {
            cells::pixels(&job, pixels, Some((channels, *channel)))
        }
        CellNames::Uniq(uniq) => cells::multi_order(&job, uniq),
        CellNames::Blocks(blocks) => blocks::assemble(&job, blocks),
    }
}

/// Bytes that reading a map takes.
pub fn bytes(source: &SparseSource) -> u64 {
    let size = |column: &Column| column.len().saturating_mul(column.raw_type().width() as u64);
    let values = source.values.as_ref().map_or(0, size);
    values
        + match &source.cells {
            CellNames::All(_) => 0,
            CellNames::Pixels(pixels) => size(&pixels.column),
            CellNames::Channel { pixels, channels, .. } => size(&pixels.column) + size(channels),
            CellNames::Uniq(uniq) => size(uniq),
            CellNames::Blocks(blocks) => {
                size(&blocks.coverage)
                    + blocks.primary.as_ref().map_or(0, |(column, _)| size(column))
            }
        }
}

/// What every kind of map needs alike.
struct Job<'a> {
    source: &'a SparseSource,
    wanted: u32,
    scale: f64,
    offset: f64,
    keep_values: bool,
    progress: Progress<'a>,
}

impl Job<'_> {
    /// The drawn value of a physical one; NaN where it is bad or too large for float32.
    fn drawn(&self, bad: &BadValues, value: f64) -> f32 {
        if bad.is_bad(value) {
            return f32::NAN;
        }
        narrow(value * self.scale + self.offset)
    }

    /// Tells of `count` elements of a column that have been read.
    fn read(&self, column: &Column, count: usize) {
        (self.progress)((count * column.raw_type().width()) as u64);
    }
}

/// Elements that are read at a time.
const CHUNK: u64 = 1 << 16;

/// Calls `each` with the elements of a column of integers, part by part, and the number of the first of each part.
fn integers(
    job: &Job,
    column: &Column,
    mut each: impl FnMut(u64, &[i64]) -> Result<(), AssembleError>,
) -> Result<(), AssembleError> {
    let mut reader = column.reader();
    let mut values = Vec::new();
    let mut start = 0;
    while start < column.len() {
        let end = column.len().min(start + CHUNK);
        values.resize((end - start) as usize, 0i64);
        reader.read(start..end, &mut values)?;
        each(start, &values)?;
        job.read(column, values.len());
        start = end;
    }
    Ok(())
}

/// The value of an integer column that means undefined.
fn null(column: &Column) -> Option<i64> {
    let stored = column.tnull()?;
    let offset = match column.raw_type() {
        crate::fits::RawType::U64 => 1i128 << 63,
        _ => column.scaling().1 as i128,
    };
    i128::from(stored).checked_add(offset)?.try_into().ok()
}

/// Reads elements of a column as physical values, NaN where they are undefined, with buffers that are kept.
struct Values {
    reader: crate::fits::ColumnReader,
    buffer: Vec<f64>,
}

impl Values {
    fn new(column: &Column) -> Values {
        Values { reader: column.reader(), buffer: Vec::new() }
    }

    fn read(&mut self, start: u64, count: usize) -> Result<&[f64], FitsError> {
        self.buffer.resize(count, 0.0);
        self.reader.read(start..start + count as u64, &mut self.buffer)?;
        Ok(&self.buffer)
    }
}
