//! RING reduction: walks the file ring by ring, each ring a segmented sum into the two coarse rings that it overlaps.
//!
//! One step along a ring leads from cell (ix, iy) to (ix + 1, iy - 1). With f fine pixels along a coarse one and e = ring mod f, the pixels
//! of a ring therefore fall into alternating runs: f - e pixels of consecutive coarse pixels of coarse ring c = ring div f, and e pixels of
//! consecutive coarse pixels of coarse ring c + 1. The pattern repeats every f pixels; only where it starts differs between the polar
//! caps (where it starts anew in each quadrant) and the belt between them.

use rayon::prelude::*;

use super::runs::{Walk, add_ring};
use super::sum::Sums;
use super::{BUFFER, Job};
use crate::fits::FitsError;
use crate::healpix::ring::ring;
use crate::healpix::{FACE_COLUMN, FACE_ROW, FACES, Nside};
use crate::map::Cells;
use crate::tasks::in_order;

/// Bytes that a task reads in all; fixed, so that tasks do not depend on the number of threads.
const TASK: u64 = 4 << 20;

/// The coarse cells, face by face and row by row.
pub fn reduce(job: &Job) -> Result<Cells, FitsError> {
    let mut pixels = Cells::zeros(job.target.npix() as usize);
    if job.factor() == 1 { values(job, &mut pixels) } else { means(job, &mut pixels) }?;
    Ok(by_face(job.target, &pixels))
}

/// Fills `pixels`, in RING order, with the values of the column.
fn values(job: &Job, pixels: &mut [f32]) -> Result<(), FitsError> {
    let elements = job.elements;
    let most = (BUFFER / elements.width() as u64) as usize;
    in_order(
        pixels.chunks_mut(most).zip((0..).step_by(most)),
        || (job.source.column.reader(), Vec::new()),
        |(reader, bytes), (out, first)| {
            reader.read_raw(first..first + out.len() as u64, bytes)?;
            job.survey(first, bytes);
            elements.block_means(bytes, 1, job.affine, out);
            (job.progress)(bytes.len() as u64);
            Ok(())
        },
    )?;
    Ok(())
}

/// Fills `pixels`, in RING order, with the means of the coarse pixels.
fn means(job: &Job, pixels: &mut [f32]) -> Result<(), FitsError> {
    let bands = bands(job);
    let mut parts: Vec<Band> = bands.iter().map(|_| Band::default()).collect();
    in_order(bands.iter().zip(&mut parts), Vec::new, |bytes, (&(first, end), part)| {
        *part = Band::sum(job, (first, end), bytes)?;
        Ok(())
    })?;
    let mut places = pixels.iter_mut();
    let mut carry = Sums::default();
    for part in parts {
        let Band { mut first, inner, last } = part;
        first.add_all(&carry);
        let first = first.means().map(|mean| job.affine.apply(mean));
        first.chain(inner).zip(&mut places).for_each(|(mean, place)| *place = mean);
        carry = last;
    }
    Ok(())
}

/// Cuts the coarse rings, from the imaginary empty ring 0 at the pole to the last one, into bands of about equal weight.
fn bands(job: &Job) -> Vec<(u64, u64)> {
    let (f, width) = (job.factor(), job.elements.width() as u64);
    let end = 4 * u64::from(job.target.get());
    let mut bands = Vec::new();
    let (mut first, mut bytes) = (0, 0);
    for coarse in 0..end {
        bytes += ring(job.source.nside, (coarse * f).max(1)).len * f * width;
        if bytes >= TASK || coarse + 1 == end {
            bands.push((first, coarse + 1));
            (first, bytes) = (coarse + 1, 0);
        }
    }
    bands
}

/// What the fine rings of one band, `first * f .. end * f`, add to the coarse rings.
#[derive(Default)]
struct Band {
    /// Sums of coarse ring `first`, to which the band above may have more to add.
    first: Sums,
    /// Finished pixels of the coarse rings between.
    inner: Vec<f32>,
    /// Sums of coarse ring `end`, for the band below to go on with.
    last: Sums,
}

impl Band {
    fn sum(job: &Job, (first, end): (u64, u64), bytes: &mut Vec<u8>) -> Result<Band, FitsError> {
        let (f, elements) = (job.factor(), job.elements);
        let width = elements.width();
        let fine = job.source.nside;
        let last_ring = 4 * u64::from(fine.get());
        let mut reader = job.source.column.reader();
        let mut band =
            Band { first: Sums::default(), inner: Vec::new(), last: empty_ring(job.target, first) };
        for coarse in first..end {
            let mut upper = std::mem::replace(&mut band.last, empty_ring(job.target, coarse + 1));
            let mut index = (coarse * f).max(1);
            let stop = ((coarse + 1) * f).min(last_ring);
            while index < stop {
                let (next, span) = group(fine, index, stop, width as u64);
                reader.read_raw(span.clone(), bytes)?;
                job.survey(span.start, bytes);
                for i in index..next {
                    let r = ring(fine, i);
                    let at = (r.start - span.start) as usize * width;
                    let ring_bytes = &bytes[at..at + r.len as usize * width];
                    let walk = &Walk::new(job, i);
                    let (upper, lower) = (&mut upper, &mut band.last);
                    add_ring(walk, ring_bytes, elements, [upper, lower]);
                }
                (job.progress)(bytes.len() as u64);
                index = next;
            }
            if coarse == first {
                band.first = upper;
            } else {
                band.inner.extend(upper.means().map(|mean| job.affine.apply(mean)));
            }
        }
        Ok(band)
    }
}

/// As many rings from `index` on as fit a buffer: the ring after them, and their pixels.
fn group(nside: Nside, index: u64, stop: u64, width: u64) -> (u64, std::ops::Range<u64>) {
    let start = ring(nside, index).start;
    let mut next = index;
    let mut end = start;
    while next < stop {
        let r = ring(nside, next);
        if next > index && (r.start + r.len - start) * width > BUFFER {
            break;
        }
        end = r.start + r.len;
        next += 1;
    }
    (next, start..end)
}

/// Zero sums for a coarse ring; none for the imaginary rings at the poles.
fn empty_ring(nside: Nside, index: u64) -> Sums {
    let len =
        if index == 0 || index == 4 * u64::from(nside.get()) { 0 } else { ring(nside, index).len };
    Sums::zero(len as usize)
}

/// Sorts pixels in RING order into faces and rows.
fn by_face(nside: Nside, pixels: &[f32]) -> Cells {
    /// Side of the blocks that are filled at a time: what is read of a ring should still be near when the next row of cells needs more of it.
    const BLOCK: usize = 16;
    let side = nside.get() as usize;
    let mut cells = Cells::zeros(pixels.len());
    let faces: Vec<_> = (0..FACES).map(|face| Diagonal::of_face(nside, face)).collect();
    let faces = cells.par_chunks_mut(side * side).zip(&faces);
    faces.for_each(|(cells, diagonals)| {
        cells.par_chunks_mut(side * BLOCK).enumerate().for_each(|(band, cells)| {
            for left in (0..side).step_by(BLOCK) {
                let columns = left..(left + BLOCK).min(side);
                for (row, cells) in (band * BLOCK..).zip(cells.chunks_exact_mut(side)) {
                    let diagonals = &diagonals[row + columns.start..row + columns.end];
                    let cells = cells[columns.clone()].iter_mut();
                    for ((ix, diagonal), cell) in columns.clone().zip(diagonals).zip(cells) {
                        *cell = pixels[diagonal.pixel(ix)];
                    }
                }
            }
        });
    });
    cells
}

/// The cells of a face that lie on one ring: ix + iy is constant along it, and ix grows with the pixel number.
struct Diagonal {
    /// The pixel number that `ix` is added to.
    start: i64,
    /// The first `ix` on this side of the meridian where the ring begins, and the ring's length.
    first: i64,
    len: i64,
}

impl Diagonal {
    /// Those of a face, from its southern corner.
    fn of_face(nside: Nside, face: usize) -> Vec<Diagonal> {
        let n = i64::from(nside.get());
        let diagonal = |sum: i64| {
            // As in `healpix::ring::pixel`.
            let index = FACE_ROW[face] * n - 1 - sum;
            let ring = ring(nside, index as u64);
            let len = ring.len as i64;
            let shift = if len == 4 * n { (index - n) & 1 } else { 0 };
            let along = (FACE_COLUMN[face] * (len / 4) - sum + shift - 1) >> 1;
            Diagonal { start: ring.start as i64 + along, first: -along, len }
        };
        (0..2 * n - 1).map(diagonal).collect()
    }

    fn pixel(&self, ix: usize) -> usize {
        let ix = ix as i64;
        let turn = if ix < self.first { self.len } else { 0 };
        (self.start + ix + turn) as usize
    }
}
