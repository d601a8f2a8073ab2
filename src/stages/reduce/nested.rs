//! NESTED reduction: the children of a coarse pixel are contiguous, so each is the mean of one block of the stream.

use super::simd::dispatch;
use super::sum::BlockMeans;
use super::tasks::in_order;
use super::{BUFFER, Job};
use crate::fits::FitsError;
use crate::map::{RawBad, RawSample, with_fixed_bad};

/// The coarse pixels in NESTED order.
pub fn reduce<E: RawSample>(job: &Job, bad: &RawBad<E>) -> Result<Vec<f32>, FitsError> {
    let children = job.factor() * job.factor();
    let mut pixels = vec![0f32; job.target.npix() as usize];
    block_means(job, bad, children, &mut pixels)?;
    Ok(pixels)
}

/// Fills `pixels` with the means of consecutive blocks of `children` elements of the column.
pub fn block_means<E: RawSample>(
    job: &Job,
    bad: &RawBad<E>,
    children: u64,
    pixels: &mut [f32],
) -> Result<(), FitsError> {
    let parents = (BUFFER / (children * E::WIDTH as u64)).max(1);
    let affine = job.affine;
    in_order(
        pixels.chunks_mut(parents as usize).enumerate(),
        || (job.source.column.reader(), Vec::new()),
        |(reader, bytes), (task, out)| {
            let first = task as u64 * parents * children;
            reader.read_raw(first..first + out.len() as u64 * children, bytes)?;
            let value = |mean| affine.apply(mean);
            with_fixed_bad!(bad, bad => {
                dispatch(BlockMeans { bytes, children: children as usize, bad, value, out });
            });
            (job.progress)(bytes.len() as u64);
            Ok(())
        },
    )
}
