//! Reads only the pixels that the picture looks at: the HEALPix pixel that holds each picture pixel's centre.

use rayon::prelude::*;

use crate::fits::{FitsError, with_raw_type};
use crate::healpix::FacePoint;
use crate::map::{CellValues, FullSky, RawSample, SkyRaster, UNSEEN};
use crate::projection::{Grid, View};

/// Pixels farther apart than this are read separately: a gap that is cheaper to read than to seek over.
const GAP: u64 = 1024;
/// Pixels read at once at most.
const SPAN: u64 = 1 << 16;
/// Picture pixels that one task reads.
const TASK: usize = 1 << 14;

/// A HEALPix pixel, and the picture pixel that shows it.
type Wanted = (u64, usize);

/// Fills each pixel of the grid with the value of the HEALPix pixel at its centre, as healpy does. Values come out as
/// `physical value * scale + offset`.
///
/// # Errors
/// What reading the file meets.
pub fn nearest(
    source: &FullSky,
    view: &View,
    grid: &Grid,
    (scale, offset): (f64, f64),
) -> Result<SkyRaster, FitsError> {
    let mut wanted = wanted(source, view, grid);
    wanted.par_sort_unstable();
    let found = wanted
        .par_chunks(TASK)
        .map(|task| {
            with_raw_type!(source.column.raw_type(), T => {
                read::<T>(source, task, (scale, offset))
            })
        })
        .collect::<Result<Vec<_>, FitsError>>()?;
    let mut values = vec![f32::NAN; grid.width * grid.height];
    for (&(_, place), value) in wanted.iter().zip(found.iter().flatten()) {
        values[place] = *value;
    }
    Ok(SkyRaster { width: grid.width, height: grid.height, values })
}

/// `nearest` from a map in memory.
pub fn nearest_in_memory<M: CellValues>(map: &M, view: &View, grid: &Grid) -> SkyRaster {
    let mut values = vec![f32::NAN; grid.width * grid.height];
    let rows = values.par_chunks_mut(grid.width.max(1)).enumerate();
    rows.for_each_init(Vec::new, |directions, (row, out)| {
        view.pixel_row(grid, row, directions);
        for (value, direction) in out.iter_mut().zip(directions.iter()) {
            if let Some(v) = direction {
                let found = map.value(FacePoint::of(*v).cell(map.nside()));
                *value = if found.is_nan() { UNSEEN } else { found };
            }
        }
    });
    SkyRaster { width: grid.width, height: grid.height, values }
}

/// The HEALPix pixel behind each picture pixel that shows sky.
fn wanted(source: &FullSky, view: &View, grid: &Grid) -> Vec<Wanted> {
    let pixels_of_row = |row: usize| {
        let mut directions = Vec::new();
        view.pixel_row(grid, row, &mut directions);
        let pixel = move |(column, direction): (usize, Option<_>)| {
            let cell = FacePoint::of(direction?).cell(source.nside);
            Some((source.ordering.pixel(source.nside, cell), row * grid.width + column))
        };
        directions.into_iter().enumerate().filter_map(pixel).collect::<Vec<_>>()
    };
    (0..grid.height).into_par_iter().flat_map_iter(pixels_of_row).collect()
}

/// The values of pixels that come in ascending order.
fn read<E: RawSample>(
    source: &FullSky,
    wanted: &[Wanted],
    (scale, offset): (f64, f64),
) -> Result<Vec<f32>, FitsError> {
    let (bad, affine) = (source.raw_bad::<E>(), source.affine(scale, offset));
    let mut reader = source.column.reader();
    let mut bytes = Vec::new();
    let mut values = Vec::with_capacity(wanted.len());
    let mut start = wanted.first().map_or(0, |(pixel, _)| *pixel);
    for group in wanted.chunk_by(|(a, _), (b, _)| {
        let near = b - a <= GAP && b - start < SPAN;
        start = if near { start } else { *b };
        near
    }) {
        let (Some((first, _)), Some((last, _))) = (group.first(), group.last()) else { continue };
        reader.read_raw(*first..*last + 1, &mut bytes)?;
        values.extend(group.iter().map(|(pixel, _)| {
            let element = E::from_be(&bytes[(pixel - first) as usize * E::WIDTH..]);
            let value =
                if bad.is_good(element) { affine.apply(element.to_f64()) } else { f32::NAN };
            if value.is_nan() { UNSEEN } else { value }
        }));
    }
    Ok(values)
}
