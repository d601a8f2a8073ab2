//! NESTED reduction: the children of a coarse pixel are contiguous, so each is the mean of one block of the stream.

use rayon::prelude::*;

use super::sum::sum_good;
use super::{BUFFER, Job};
use crate::fits::FitsError;
use crate::map::{RawBad, RawSample};

/// The coarse pixels in NESTED order.
pub fn reduce<E: RawSample>(job: &Job, bad: &RawBad<E>) -> Result<Vec<f32>, FitsError> {
    let children = job.factor() * job.factor();
    let block = children as usize * E::WIDTH;
    let parents = (BUFFER / block as u64).max(1);
    let mut pixels = vec![0f32; job.target.npix() as usize];
    pixels.par_chunks_mut(parents as usize).enumerate().try_for_each_init(
        || (job.source.column.reader(), Vec::new()),
        |(reader, bytes), (task, out)| {
            let first = task as u64 * parents * children;
            reader.read_raw(first..first + out.len() as u64 * children, bytes)?;
            for (value, block) in out.iter_mut().zip(bytes.chunks_exact(block)) {
                let sum = sum_good(block, bad);
                *value = job.affine.apply(sum.mean());
            }
            (job.progress)(bytes.len() as u64);
            Ok(())
        },
    )?;
    Ok(pixels)
}
