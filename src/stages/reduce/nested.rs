//! NESTED reduction: the children of a coarse pixel are contiguous, so each is the mean of one block of the stream.

use std::sync::{Mutex, PoisonError};

use super::{BUFFER, Job};
use crate::fits::FitsError;
use crate::healpix::nested as z_order;
use crate::memory::Pages;
use crate::tasks::in_order;

/// The coarse cells, face by face and row by row.
///
/// A task's coarse pixels are a square, so that its rows are pieces of rows of the face.
pub fn reduce(job: &Job) -> Result<Pages<f32>, FitsError> {
    let children = job.factor() * job.factor();
    let elements = job.elements;
    let side = u64::from(job.target.get());
    let fitting = (BUFFER / (children * elements.width() as u64)).max(1);
    let square = side.min(1 << (fitting.ilog2() / 2));
    let spread: Vec<usize> = (0..square as u32).map(|i| z_order::spread(i) as usize).collect();
    let pixels = square * square;

    let mut cells = Pages::unset(job.target.npix() as usize);
    let rows: Vec<_> = cells.chunks_exact_mut(side as usize).map(Mutex::new).collect();
    in_order(
        (0..job.target.npix()).step_by(pixels as usize),
        || (job.source.column.reader(), Vec::new(), vec![0f32; pixels as usize]),
        |(reader, bytes, means), first| {
            let fine = first * children;
            reader.read_raw(fine..fine + pixels * children, bytes)?;
            job.survey(fine, bytes);
            elements.block_means(bytes, children as usize, job.affine, means);
            let corner = z_order::cell(job.target, first);
            let row = usize::from(corner.face) * side as usize + corner.iy as usize;
            for (row, y) in rows.iter().skip(row).zip(&spread) {
                let mut row = row.lock().unwrap_or_else(PoisonError::into_inner);
                let places = row.iter_mut().skip(corner.ix as usize);
                places.zip(&spread).for_each(|(place, x)| *place = means[(y << 1) + x]);
            }
            (job.progress)(bytes.len() as u64);
            Ok(())
        },
    )?;
    drop(rows);
    Ok(cells)
}
