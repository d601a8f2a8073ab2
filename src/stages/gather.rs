//! Reads only the pixels that the picture looks at: those about each picture pixel's centre.

use std::ops::Range;

use rayon::prelude::*;

use super::Progress;
use crate::fits::{FitsError, with_raw_type};
use crate::healpix::{Cell, FacePoint, Nside, bilinear, ring};
use crate::map::{CellValues, FullSky, RawSample, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};
use crate::sky::UnitVector;
use crate::tasks;

/// Which HEALPix pixels a picture pixel's value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interpolation {
    /// The one that holds its centre, as healpy's views.
    Nearest,
    /// The mean of the good ones among the four about its centre, weighted by how near they are, as healpy's `get_interp_val`.
    Bilinear,
}

/// Pixels farther apart than this are read separately: a gap that is cheaper to read than to seek over.
const GAP: u64 = 1024;
/// Pixels read at once at most.
const SPAN: u64 = 1 << 16;
/// Pixels that one task reads.
const TASK: usize = 1 << 14;
/// Pixels that are looked at before their values are put into the picture: 64 MB.
const MOST: usize = 1 << 22;

/// Fills each pixel of the grid from the HEALPix pixels about its centre. Values come out as `physical value * scale + offset`;
/// `progress` is told what was read.
///
/// # Errors
/// What reading the file meets.
pub fn gather(
    source: &FullSky,
    how: Interpolation,
    view: &View,
    grid: &Grid,
    data_scale: (f64, f64),
    progress: Progress,
) -> Result<SkyRaster, FitsError> {
    let mut raster = blank(grid);
    let rows = (MOST / (how.count() * grid.width.max(1))).max(1);
    for start in (0..grid.height).step_by(rows) {
        let rows = start..(start + rows).min(grid.height);
        let values = &mut raster.values[rows.start * grid.width..rows.end * grid.width];
        fill(values, source, &wanted(how, source, view, grid, &rows), data_scale, progress)?;
    }
    Ok(raster)
}

/// `gather` from a map in memory.
pub fn gather_in_memory<M: CellValues>(
    map: &M,
    how: Interpolation,
    view: &View,
    grid: &Grid,
) -> SkyRaster {
    let mut raster = blank(grid);
    let rows = raster.values.par_chunks_mut(grid.width.max(1)).enumerate();
    rows.for_each_init(Vec::new, |directions, (row, out)| {
        view.pixel_row(grid, row, directions);
        for (value, direction) in out.iter_mut().zip(directions.iter()) {
            let Some(v) = direction else { continue };
            let mut mean = Mean::default();
            how.each(map.nside(), *v, |cell, weight| mean.add(map.value(cell), weight));
            *value = mean.value();
        }
    });
    raster
}

fn blank(grid: &Grid) -> SkyRaster {
    let values = vec![f32::NAN; grid.width * grid.height];
    SkyRaster { width: grid.width, height: grid.height, values }
}

impl Interpolation {
    /// How many HEALPix pixels it takes at most.
    fn count(self) -> usize {
        match self {
            Interpolation::Nearest => 1,
            Interpolation::Bilinear => 4,
        }
    }

    /// Tells of each cell and its weight.
    #[inline]
    fn each(self, nside: Nside, v: UnitVector, mut tell: impl FnMut(Cell, f64)) {
        match self {
            Interpolation::Nearest => tell(FacePoint::of(v).cell(nside), 1.0),
            Interpolation::Bilinear => {
                let around = bilinear(nside, v);
                around.iter().for_each(|(pixel, weight)| tell(ring::cell(nside, *pixel), *weight));
            }
        }
    }
}

/// A HEALPix pixel, a picture pixel that shows it (counted from the first in hand), and its weight there.
type Wanted = (u64, u32, f32);

/// The HEALPix pixels about each picture pixel of some rows that shows sky, in ascending order.
fn wanted(
    how: Interpolation,
    source: &FullSky,
    view: &View,
    grid: &Grid,
    rows: &Range<usize>,
) -> Vec<Wanted> {
    let of_row = |row: usize| {
        let mut directions = Vec::new();
        view.pixel_row(grid, row, &mut directions);
        let mut wanted = Vec::with_capacity(how.count() * directions.len());
        let first = (row - rows.start) * grid.width;
        for (place, direction) in (first..).zip(directions) {
            let Some(v) = direction else { continue };
            how.each(source.nside, v, |cell, weight| {
                let pixel = source.ordering.pixel(source.nside, cell);
                wanted.push((pixel, place as u32, weight as f32));
            });
        }
        wanted
    };
    let mut wanted: Vec<Wanted> = rows.clone().into_par_iter().flat_map_iter(of_row).collect();
    wanted.par_sort_unstable_by_key(|(pixel, place, _)| (*pixel, *place));
    wanted
}

/// Puts the means of what is wanted into the picture pixels.
fn fill(
    values: &mut [f32],
    source: &FullSky,
    wanted: &[Wanted],
    data_scale: (f64, f64),
    progress: Progress,
) -> Result<(), FitsError> {
    let mut found = vec![Vec::new(); wanted.len().div_ceil(TASK)];
    let tasks = wanted.chunks(TASK).zip(&mut found);
    tasks::in_order(
        tasks,
        || (),
        |(), (task, values)| {
            *values = with_raw_type!(source.column.raw_type(), T => {
                read::<T>(source, task, data_scale, progress)
            })?;
            Ok::<_, FitsError>(())
        },
    )?;
    let mut means = vec![None::<Mean>; values.len()];
    for (&(_, place, weight), value) in wanted.iter().zip(found.iter().flatten()) {
        means[place as usize].get_or_insert_default().add(*value, f64::from(weight));
    }
    for (value, mean) in values.iter_mut().zip(means) {
        *value = mean.map_or(f32::NAN, |mean| mean.value());
    }
    Ok(())
}

/// A weighted mean of good values.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    /// Less is only rounding.
    const LEAST_WEIGHT: f64 = 1e-6;

    fn add(&mut self, value: f32, weight: f64) {
        if !value.is_nan() {
            self.sum += f64::from(value) * weight;
            self.weight += weight;
        }
    }

    /// The mean, or UNSEEN where there was nothing good.
    fn value(self) -> f32 {
        if self.weight > Self::LEAST_WEIGHT { (self.sum / self.weight) as f32 } else { UNSEEN }
    }
}

/// The values of pixels that come in ascending order.
fn read<E: RawSample>(
    source: &FullSky,
    wanted: &[Wanted],
    (scale, offset): (f64, f64),
    progress: Progress,
) -> Result<Vec<f32>, FitsError> {
    let (bad, affine) = (source.raw_bad::<E>(), source.affine(scale, offset));
    let mut reader = source.column.reader();
    let mut bytes = Vec::new();
    let mut values = Vec::with_capacity(wanted.len());
    let mut start = wanted.first().map_or(0, |(pixel, ..)| *pixel);
    for group in wanted.chunk_by(|(a, ..), (b, ..)| {
        let near = b - a <= GAP && b - start < SPAN;
        start = if near { start } else { *b };
        near
    }) {
        let (Some((first, ..)), Some((last, ..))) = (group.first(), group.last()) else { continue };
        reader.read_raw(*first..*last + 1, &mut bytes)?;
        progress(bytes.len() as u64);
        values.extend(group.iter().map(|(pixel, ..)| {
            let element = E::from_be(&bytes[(pixel - first) as usize * E::WIDTH..]);
            if bad.is_good(element) { affine.apply(element.to_f64()) } else { f32::NAN }
        }));
    }
    Ok(values)
}
