//! Maps whose rows each name a cell: partial maps, channels of sparse cubes, and multi-order maps.

use rayon::prelude::*;

use super::split::Split;
use super::{AssembleError, Assembled, CHUNK, Job, Values, integers, null};
use crate::fits::{Column, Place};
use crate::healpix::{MAX_ORDER, Nside, Ordering, nested, ring};
use crate::map::{Coarsener, FullSky, PixelColumn, Sampler, SparseMapBuilder, sparse_pixel};

/// A cell of 2^`shift` pixels from `start` on.
#[derive(Clone, Copy)]
pub(super) struct CellValue {
    pub(super) start: u64,
    pub(super) value: f32,
    pub(super) shift: u8,
}

impl CellValue {
    fn end(&self) -> u64 {
        self.start + (1 << self.shift)
    }
}

/// Reads a partial map, or one channel of a cube.
pub(super) fn pixels(
    job: &Job,
    pixels: &PixelColumn,
    channel: Option<(&Column, i64)>,
) -> Result<Assembled, AssembleError> {
    let nside = pixels.nside;
    let mut cells = named_cells(job, pixels, channel)?;
    let mut warnings = Vec::new();
    let repeated = sort_and_keep_last(&mut cells);
    if repeated > 0 {
        let place = pixels.column.place();
        warnings.push(format!(
            "{place}: {repeated} rows name pixels that later rows name again: the last row counts"
        ));
    }
    if job.source.mask.is_some() {
        return Ok(cut(job, cells, nside, pixels.column.place(), warnings));
    }
    let good = cells.iter().filter(|cell| !cell.value.is_nan()).count() as u64;
    let bad = cells.len() as u64 - good;
    let values = values(job, &cells);
    let target = self::target(nside, job.wanted);
    let map = if nside.is_power_of_two() {
        coarsened(&cells, nside, target)
    } else {
        let mut builder = SparseMapBuilder::new(nside);
        cells.iter().for_each(|cell| builder.push(cell.start, 0, cell.value));
        let map = builder.finish();
        if target == nside { map } else { map.coarsened(target) }
    };
    Ok(Assembled { map, nside, good, bad, values, warnings })
}

/// Reads a map of the full sky, whose pixels a mask cuts.
pub(super) fn all(job: &Job, map: &FullSky) -> Result<Assembled, AssembleError> {
    let nside = map.nside;
    let mut cells = with_room_for(&map.column);
    let mut values = RowValues::new(job);
    for start in (0..nside.npix()).step_by(CHUNK as usize) {
        let count = CHUNK.min(nside.npix() - start);
        let values = values.read(start, count as usize)?;
        cells.extend((0..count).map(|k| {
            let start = match map.ordering {
                Ordering::Nested => start + k,
                Ordering::Ring => sparse_pixel(nside, ring::cell(nside, start + k)),
            };
            CellValue { start, shift: 0, value: values.get(k as usize) }
        }));
    }
    cells.par_sort_unstable_by_key(|cell| cell.start);
    Ok(cut(job, cells, nside, map.column.place(), Vec::new()))
}

/// Cuts pixels, sorted and each there once, along the mask.
fn cut(
    job: &Job,
    mut cells: Vec<CellValue>,
    nside: Nside,
    place: &Place,
    warnings: Vec<String>,
) -> Assembled {
    let order = nside.get().ilog2();
    let shift = (2 * (MAX_ORDER - order)) as u8;
    for cell in &mut cells {
        *cell = CellValue { start: cell.start << shift, shift, ..*cell };
    }
    of_orders(job, cells, order, place, warnings)
}

/// Cells that room is made for before there are any: of a compressed file the number is only a promise.
const MOST_EXPECTED: u64 = 1 << 22;

/// The resolution that cells are averaged to: one that divides theirs, unless all of these have far more cells than are wanted.
fn target(nside: Nside, wanted: u32) -> Nside {
    /// So many times as many along a face's side are far more.
    const FAR: u32 = 4;
    /// So many times as many are taken where cells are only about equally many in each: the differences become small.
    const SPARE: u32 = 2;
    let even = nside.coarsened_to(wanted);
    let any = Nside::new(i64::from(wanted) * i64::from(SPARE)).unwrap_or(even);
    if even.is_power_of_two() || even.get() / FAR <= wanted { even } else { any }
}

/// An empty list with room for the cells of a column.
fn with_room_for(column: &Column) -> Vec<CellValue> {
    Vec::with_capacity(column.len().min(MOST_EXPECTED) as usize)
}

/// The cells that the rows name, in the rows' order. Rows of other channels and without a pixel number are left out.
fn named_cells(
    job: &Job,
    pixels: &PixelColumn,
    channel: Option<(&Column, i64)>,
) -> Result<Vec<CellValue>, AssembleError> {
    let PixelColumn { column, first, nside, ordering } = pixels;
    check_lengths(job, column)?;
    let null = null(column);
    let npix = nside.npix();
    let rows = column.rows().max(1);
    let per_row = (column.len() / rows).max(1);
    let mut cells = match channel {
        None => with_room_for(column),
        Some(_) => Vec::new(),
    };
    let mut values = RowValues::new(job);
    let mut channels = channel.map(|(column, wanted)| (Values::new(column), wanted as f64));
    integers(job, column, |start, numbers| {
        let values = values.read(start, numbers.len())?;
        let channels = match &mut channels {
            Some((reader, wanted)) => Some((reader.read(start, numbers.len())?, *wanted)),
            None => None,
        };
        for (k, &number) in numbers.iter().enumerate() {
            let other = channels.is_some_and(|(found, wanted)| found.get(k) != Some(&wanted));
            if other || Some(number) == null {
                continue;
            }
            let pixel = number.checked_sub(*first).and_then(|p| u64::try_from(p).ok());
            let Some(pixel) = pixel.filter(|p| *p < npix) else {
                return Err(AssembleError::Pixel {
                    place: column.place().clone(),
                    row: (start + k as u64) / per_row,
                    found: number,
                    nside: nside.get(),
                    first: *first,
                    last: npix as i64 - 1 + first,
                });
            };
            let start = match (ordering, nside.is_power_of_two()) {
                (Ordering::Nested, true) => pixel,
                _ => sparse_pixel(*nside, ordering.cell(*nside, pixel)),
            };
            cells.push(CellValue { start, shift: 0, value: values.get(k) });
        }
        Ok(())
    })?;
    Ok(cells)
}

/// Sorts cells and keeps of those in the same place the last. Returns how many it dropped.
fn sort_and_keep_last(cells: &mut Vec<CellValue>) -> usize {
    if !cells.is_sorted_by_key(|cell| cell.start) {
        cells.par_sort_by_key(|cell| cell.start);
    }
    let before = cells.len();
    cells.dedup_by(|later, kept| {
        let same = later.start == kept.start;
        if same {
            *kept = *later;
        }
        same
    });
    before - cells.len()
}

/// Values that stand for all good cells by their area, where they are wanted.
fn values(job: &Job, cells: &[CellValue]) -> Option<Vec<f32>> {
    let good = cells.iter().filter(|cell| !cell.value.is_nan());
    let area = || good.clone().map(|cell| 1 << cell.shift).sum();
    let mut sampler = job.keep_values.then(|| Sampler::new(area()))?;
    good.for_each(|cell| sampler.push(cell.value, 1 << cell.shift));
    Some(sampler.finish())
}

fn coarsened(cells: &[CellValue], nside: Nside, target: Nside) -> crate::map::SparseMap {
    let mut coarse = Coarsener::new(nside, target);
    cells.iter().for_each(|cell| coarse.push(cell.start, cell.shift, cell.value));
    coarse.finish()
}

/// Reads a multi-order map.
pub(super) fn multi_order(job: &Job, uniq: &Column) -> Result<Assembled, AssembleError> {
    check_lengths(job, uniq)?;
    let null = null(uniq);
    let mut cells: Vec<CellValue> = with_room_for(uniq);
    let mut deepest = 0;
    let mut values = RowValues::new(job);
    integers(job, uniq, |start, numbers| {
        let values = values.read(start, numbers.len())?;
        for (k, &number) in numbers.iter().enumerate() {
            if Some(number) == null {
                continue;
            }
            let Some((order, pixel)) = nested::of_uniq(number) else {
                let row = start + k as u64;
                let place = uniq.place().clone();
                return Err(AssembleError::Uniq { place, row, found: number });
            };
            deepest = deepest.max(order);
            let shift = (2 * (MAX_ORDER - order)) as u8;
            cells.push(CellValue { start: pixel << shift, shift, value: values.get(k) });
        }
        Ok(())
    })?;
    cells.par_sort_unstable_by_key(|cell| (cell.start, std::cmp::Reverse(cell.shift)));
    if job.source.is_footprint {
        keep_outermost(&mut cells);
    }
    if let Some((first, second)) = overlap(&cells) {
        return Err(AssembleError::Overlap { place: uniq.place().clone(), first, second });
    }
    Ok(of_orders(job, cells, deepest, uniq.place(), Vec::new()))
}

/// Puts cells together that are sorted, do not overlap and are numbered at order 29; the smallest are of order `deepest`.
fn of_orders(
    job: &Job,
    mut cells: Vec<CellValue>,
    mut deepest: u32,
    place: &Place,
    mut warnings: Vec<String>,
) -> Assembled {
    let rows = cells.len() as u64;
    let mut good = cells.iter().filter(|cell| !cell.value.is_nan()).count() as u64;
    if let Some(mask) = &job.source.mask {
        let split = Split::new(&cells, mask);
        warnings.extend(split.warning.map(|warning| format!("{place}: {warning}")));
        (cells, good, deepest) = (split.parts, split.kept, deepest.max(split.deepest));
    }
    let bad = rows - good;
    let drop = (2 * (MAX_ORDER - deepest)) as u8;
    for cell in &mut cells {
        cell.start >>= drop;
        cell.shift -= drop;
    }
    let nside = Nside::of_order(deepest);
    let values = self::values(job, &cells);
    let map = coarsened(&cells, nside, nside.coarsened_to(job.wanted));
    Assembled { map, nside, good, bad, values, warnings }
}

/// Drops cells that lie in others: in a footprint they say nothing new.
fn keep_outermost(cells: &mut Vec<CellValue>) {
    let mut end = 0;
    cells.retain(|cell| {
        let outside = cell.end() > end;
        end = end.max(cell.end());
        outside
    });
}

/// The UNIQ numbers of two cells that overlap, if there are any. The cells are sorted and numbered at order 29.
fn overlap(cells: &[CellValue]) -> Option<(u64, u64)> {
    let uniq = |cell: &CellValue| {
        let order = MAX_ORDER - u32::from(cell.shift) / 2;
        (4 << (2 * order)) + (cell.start >> cell.shift)
    };
    cells.windows(2).find_map(|pair| match pair {
        [a, b] if b.start < a.end() => Some((uniq(a), uniq(b))),
        _ => None,
    })
}

fn check_lengths(job: &Job, cells: &Column) -> Result<(), AssembleError> {
    match &job.source.values {
        Some(values) if values.len() != cells.len() => Err(AssembleError::Lengths {
            place: cells.place().clone(),
            cells: cells.len(),
            values: values.len(),
        }),
        _ => Ok(()),
    }
}

/// The drawn values of rows: those of a column, or 1 in a footprint.
struct RowValues<'a> {
    job: &'a Job<'a>,
    values: Option<Values>,
}

/// The drawn values of some rows.
struct Drawn<'a> {
    job: &'a Job<'a>,
    values: Option<&'a [f64]>,
}

impl<'a> RowValues<'a> {
    fn new(job: &'a Job<'a>) -> Self {
        RowValues { job, values: job.source.values.as_ref().map(Values::new) }
    }

    fn read(&mut self, start: u64, count: usize) -> Result<Drawn<'_>, AssembleError> {
        let job = self.job;
        if let Some(column) = &job.source.values {
            job.read(column, count);
        }
        let values = match &mut self.values {
            Some(values) => Some(values.read(start, count)?),
            None => None,
        };
        Ok(Drawn { job, values })
    }
}

impl Drawn<'_> {
    fn get(&self, index: usize) -> f32 {
        match self.values {
            Some(values) => {
                let value = values.get(index).copied().unwrap_or(f64::NAN);
                self.job.drawn(&self.job.source.bad, value)
            }
            None => self.job.drawn(&self.job.source.bad, 1.0),
        }
    }
}
