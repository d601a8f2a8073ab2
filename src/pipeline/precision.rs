//! Tells of numbers that single precision, in which pictures are made, cannot hold apart or at all.

use super::{Job, Listener, in_file};
use crate::fits::{Column, FitsError, RawType};
use crate::map::{MapSource, SkyRaster, UNSEEN};
use crate::stages::load::LoadedMap;

/// The part of the values' size that they differ by in view, at least, if colours are to be right: some thousand steps.
const LEAST_SPREAD: f32 = 1.0 / 8192.0;
/// The part of the numbers' size that they differ by in the file if this is more than rounding.
const ROUNDING: f64 = 1e-13;
/// Numbers of the file that are looked at.
const LOOKS: u64 = 1 << 16;

/// Warns where the file tells values apart that are the same, or nearly so, in single precision, or has such as are beyond it.
///
/// # Errors
/// What reading the file meets.
pub(super) fn warn_of_lost_digits(
    job: &Job,
    map: &LoadedMap,
    raster: &SkyRaster,
    listener: &dyn Listener,
) -> Result<(), FitsError> {
    let (column, bad) = match &map.source {
        MapSource::FullSky(source) => (Some(&source.column), source.bad),
        MapSource::Sparse(source) => (source.values.as_ref(), source.bad),
    };
    // Single precision holds these as they are.
    let narrow = |raw| matches!(raw, RawType::U8 | RawType::I16 | RawType::F32);
    let is_exact =
        |c: &Column| narrow(c.raw_type()) && [c.scaling(), job.data_scale] == [(1.0, 0.0); 2];
    let Some(column) = column.filter(|c| !is_exact(c)) else { return Ok(()) };
    let mut numbers = vec![0f64; column.len().min(LOOKS) as usize];
    column.read(0..numbers.len() as u64, &mut numbers)?;
    let (scale, offset) = job.data_scale;
    let numbers = numbers.into_iter().filter(|v| !bad.is_bad(*v) && *v as f32 != UNSEEN);
    let mut numbers = numbers.map(|v| v * scale + offset);
    let Some(first) = numbers.next() else { return Ok(()) };
    let largest = numbers.clone().fold(first.abs(), |most, v| most.max(v.abs()));
    if largest > f64::from(f32::MAX) {
        listener.warn(&in_file(job, &format!(
            "has values as large as {largest:e}, which count as bad: pictures hold up to {:.1e}; --scale brings them there",
            f32::MAX
        )));
    }
    if largest > 0.0 && largest < f64::from(f32::MIN_POSITIVE) {
        listener.warn(&in_file(job, &format!(
            "has values no larger than {largest:e}, which pictures do not hold apart: they hold down to {:.1e}; --scale brings them there",
            f32::MIN_POSITIVE
        )));
    }
    let [least, most] = raster
        .valid()
        .fold([f32::INFINITY, f32::NEG_INFINITY], |[least, most], v| [least.min(v), most.max(v)]);
    if least > most {
        return Ok(());
    }
    let size = least.abs().max(most.abs());
    let (low, high) =
        numbers.fold((first, first), |(low, high), v| (f64::min(low, v), f64::max(high, v)));
    let spread = (high - low) / low.abs().max(high.abs()).max(f64::MIN_POSITIVE);
    // Equal pixels in view tell of lost digits only where all of the map is nearly so.
    let is_narrow = most > least || spread < f64::from(LEAST_SPREAD);
    if most - least < LEAST_SPREAD * size && spread > ROUNDING && is_narrow {
        let differ = if most > least { f64::from((most - least) / size) } else { spread };
        listener.warn(&in_file(job, &format!(
            "the values in view differ by {differ:.1e} of their size, and pictures hold about seven digits: \
             take off what they have in common, as with --offset={}",
            offset - f64::from(least)
        )));
    }
    Ok(())
}
