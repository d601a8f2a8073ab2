//! NESTED reduction: the children of a coarse pixel are contiguous, so each is the mean of one block of the stream.

use super::tasks::in_order;
use super::{BUFFER, Job};
use crate::fits::FitsError;

/// The coarse pixels in NESTED order.
pub fn reduce(job: &Job) -> Result<Vec<f32>, FitsError> {
    let children = job.factor() * job.factor();
    let mut pixels = vec![0f32; job.target.npix() as usize];
    block_means(job, children, &mut pixels)?;
    Ok(pixels)
}

/// Fills `pixels` with the means of consecutive blocks of `children` elements of the column.
pub fn block_means(job: &Job, children: u64, pixels: &mut [f32]) -> Result<(), FitsError> {
    let elements = job.elements;
    let parents = (BUFFER / (children * elements.width() as u64)).max(1);
    in_order(
        pixels.chunks_mut(parents as usize).enumerate(),
        || (job.source.column.reader(), Vec::new()),
        |(reader, bytes), (task, out)| {
            let first = task as u64 * parents * children;
            reader.read_raw(first..first + out.len() as u64 * children, bytes)?;
            job.survey(first, bytes);
            elements.block_means(bytes, children as usize, job.affine, out);
            (job.progress)(bytes.len() as u64);
            Ok(())
        },
    )
}
