//! Which cell of the sky each value of a column belongs to.

use std::io;

use super::PrepareError;
use crate::fits::{Column, FitsError};
use crate::healpix::{Nside, Ordering, Pixel, nested};
use crate::map::{Blocks, CellNames, Packing, PixelColumn, SparseSource};
use crate::sky::UnitVector;

/// How rows and cells belong together.
pub(super) enum Rows {
    /// One row for each pixel of the sky.
    All { nside: Nside, ordering: Ordering },
    /// A pixel number in each row.
    Pixels(PixelColumn),
    /// The number 4^(order + 1) + NESTED pixel in each row.
    Uniq(Column),
    /// Blocks of NESTED pixels: the first row of each, what leads from a row to its pixel, and the rows of a block.
    Blocks { nside: Nside, starts: Vec<(u64, i64)>, rows: u64 },
}

/// The cells of a sparse map's values, and a column that has a row for each of them.
///
/// # Errors
/// Where values are flags, which are no numbers, or another column tells which of them count; and what reading meets.
pub(super) fn of(source: &SparseSource) -> Result<(Column, Rows), PrepareError> {
    match &source.cells {
        CellNames::All(map) => {
            Ok((map.column.clone(), Rows::All { nside: map.nside, ordering: map.ordering }))
        }
        CellNames::Pixels(pixels) | CellNames::Channel { pixels, .. } => {
            Ok((pixels.column.clone(), Rows::Pixels(pixels.clone())))
        }
        CellNames::Uniq(uniq) => Ok((uniq.clone(), Rows::Uniq(uniq.clone()))),
        CellNames::Blocks(blocks) if blocks.primary.is_some() => Err(PrepareError::Primary),
        CellNames::Blocks(blocks) => match &source.values {
            Some(values) if blocks.packing == Packing::Plain => {
                Ok((values.clone(), of_blocks(blocks)?))
            }
            _ => Err(PrepareError::Flags),
        },
    }
}

fn of_blocks(blocks: &Blocks) -> Result<Rows, FitsError> {
    let coarse = blocks.coverage_nside.npix();
    let rows = blocks.nside.npix() / coarse;
    let offsets: Vec<i64> = blocks.coverage.read_all()?;
    // The first block stands for what is not covered.
    let start = |(pixel, offset): (usize, &i64)| {
        let start = offset.checked_add(i64::try_from(pixel as u64 * rows).ok()?)?;
        (start > 0).then_some((start as u64, *offset))
    };
    let covered = offsets.iter().take(coarse as usize).enumerate();
    let mut starts: Vec<(u64, i64)> = covered.filter_map(start).collect();
    starts.sort_unstable();
    Ok(Rows::Blocks { nside: blocks.nside, starts, rows })
}

impl Rows {
    /// Replaces each value by what `change` makes of it; `first` is the row of the first one. Rows that belong to no cell keep their values.
    pub(super) fn each(
        &self,
        first: u64,
        values: &mut [f64],
        change: impl Fn(Pixel, f64) -> f64,
    ) -> io::Result<()> {
        match self {
            Rows::All { nside, ordering } => {
                for (number, value) in (first..).zip(values) {
                    *value = change(Pixel { nside: *nside, ordering: *ordering, number }, *value);
                }
            }
            Rows::Pixels(pixels) => {
                let PixelColumn { column, first: base, nside, ordering } = pixels;
                for (number, value) in numbers(column, first, values.len())?.iter().zip(values) {
                    let pixel = number.checked_sub(*base).and_then(|p| u64::try_from(p).ok());
                    if let Some(number) = pixel.filter(|p| *p < nside.npix()) {
                        let pixel = Pixel { nside: *nside, ordering: *ordering, number };
                        *value = change(pixel, *value);
                    }
                }
            }
            Rows::Uniq(column) => {
                for (uniq, value) in numbers(column, first, values.len())?.iter().zip(values) {
                    if let Some((order, number)) = nested::of_uniq(*uniq) {
                        *value = change(nested_pixel(Nside::of_order(order), number), *value);
                    }
                }
            }
            Rows::Blocks { nside, starts, rows } => {
                for (row, value) in (first..).zip(values) {
                    let block = starts.partition_point(|(start, _)| *start <= row);
                    let Some((start, offset)) = block.checked_sub(1).and_then(|k| starts.get(k))
                    else {
                        continue;
                    };
                    let pixel = row.checked_add_signed(offset.wrapping_neg());
                    let number = pixel.filter(|p| row - start < *rows && *p < nside.npix());
                    if let Some(number) = number {
                        *value = change(nested_pixel(*nside, number), *value);
                    }
                }
            }
        }
        Ok(())
    }

    /// [`Rows::each`] with the directions of the cells' centres.
    pub(super) fn each_center(
        &self,
        first: u64,
        values: &mut [f64],
        change: impl Fn(UnitVector, f64) -> f64,
    ) -> io::Result<()> {
        let Rows::All { nside, ordering } = self else {
            return self.each(first, values, |pixel, value| change(pixel.center(), value));
        };
        let pixels = first..first + values.len() as u64;
        let mut values = values.iter_mut();
        ordering.centers(*nside, pixels, |center| {
            if let Some(value) = values.next() {
                *value = change(center, *value);
            }
        });
        Ok(())
    }
}

fn nested_pixel(nside: Nside, number: u64) -> Pixel {
    Pixel { nside, ordering: Ordering::Nested, number }
}

fn numbers(column: &Column, first: u64, count: usize) -> io::Result<Vec<i64>> {
    let mut numbers = vec![0i64; count];
    let range = first..first + count as u64;
    column.reader().read(range, &mut numbers).map_err(io::Error::other)?;
    Ok(numbers)
}
