//! RING reduction: walks the file ring by ring, each ring a segmented sum into the two coarse rings that it overlaps.
//!
//! One step along a ring leads from cell (ix, iy) to (ix + 1, iy - 1). With f fine pixels along a coarse one and e = ring mod f, the pixels
//! of a ring therefore fall into alternating runs: f - e pixels of consecutive coarse pixels of coarse ring c = ring div f, and e pixels of
//! consecutive coarse pixels of coarse ring c + 1. The pattern repeats every f pixels; only where it starts differs between the polar
//! caps (where it starts anew in each quadrant) and the belt between them.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::faces::Faces;
use super::runs::{Walk, add_ring};
use super::sum::Sums;
use super::{BUFFER, Job};
use crate::fits::FitsError;
use crate::healpix::Nside;
use crate::healpix::ring::ring;
use crate::map::Affine;
use crate::memory::Pages;
use crate::tasks::in_order;

/// Bytes that a task reads in all; fixed, so that tasks do not depend on the number of threads.
const TASK: u64 = 4 << 20;

/// Bytes of the values that wait to be sorted into faces: they should still be near by then.
const WAITING: u64 = 2 << 20;

/// The coarse cells, face by face and row by row.
pub fn reduce(job: &Job) -> Result<Pages<f32>, FitsError> {
    let mut faces = Faces::blank(job.target);
    if job.factor() == 1 { values(job, &mut faces) } else { means(job, &mut faces) }?;
    Ok(faces.into_cells())
}

/// Takes the values of the column as they are.
fn values(job: &Job, faces: &mut Faces) -> Result<(), FitsError> {
    let elements = job.elements;
    let most = (BUFFER / elements.width() as u64) as usize;
    let mut pixels = Vec::new();
    let mut spare = Vec::new();
    let (mut index, end) = (1, 4 * u64::from(job.target.get()));
    while index < end {
        let (next, span) = group(job.target, index..end, WAITING / size_of::<f32>() as u64);
        let count = (span.end - span.start) as usize;
        if pixels.len() < count {
            pixels = vec![0.0; count];
        }
        let pixels = &mut pixels[..count];
        let kept = Mutex::new(spare);
        spare = in_order(
            pixels.chunks_mut(most).zip((span.start..).step_by(most)),
            || {
                let kept = kept.lock().unwrap_or_else(PoisonError::into_inner).pop();
                kept.unwrap_or_else(|| (job.source.column.reader(), Vec::new()))
            },
            |(reader, bytes), (out, first)| {
                reader.read_raw(first..first + out.len() as u64, bytes)?;
                job.survey(first, bytes);
                elements.block_means(bytes, 1, job.affine, out);
                (job.progress)(bytes.len() as u64);
                Ok(())
            },
        )?;
        faces.put(index, &rings(job.target, index..next, pixels).collect::<Vec<_>>());
        index = next;
    }
    Ok(())
}

/// Takes the means of the coarse pixels.
fn means(job: &Job, faces: &mut Faces) -> Result<(), FitsError> {
    let bands = bands(job);
    let mut pixels: Vec<Vec<f32>> = vec![Vec::new(); bands.len()];
    let joints: Vec<Joint> = bands.iter().map(|_| Joint::default()).collect();
    let tasks = bands.iter().zip(&mut pixels).zip(0..);
    in_order(tasks, Workspace::default, |space, ((&(first, end), pixels), k)| {
        let [above, below] = Band { first, end }.sum(job, pixels, space)?;
        for (sums, joint) in [(above, joints.get(k)), (below, joints.get(k + 1))] {
            if let Some(joint) = joint {
                joint.meet(sums, job.affine, space);
            }
        }
        Ok(())
    })?;
    let means = joints.into_iter().map(Joint::means).collect::<Vec<_>>();
    let rings =
        bands.iter().zip(&means).zip(&pixels).flat_map(|((&(first, end), joint), pixels)| {
            rings(job.target, first..first + 1, joint).chain(rings(
                job.target,
                first + 1..end,
                pixels,
            ))
        });
    faces.put(1, &rings.collect::<Vec<_>>());
    Ok(())
}

/// The coarse ring that two bands have in common.
#[derive(Default)]
struct Joint(Mutex<Shared>);

/// What is known of it.
#[derive(Default)]
struct Shared {
    /// What one of the bands found, until the other one comes.
    waiting: Option<Sums>,
    means: Vec<f32>,
}

impl Joint {
    /// Takes what a band found; the second one has the means taken.
    fn meet(&self, mut sums: Sums, affine: Affine, space: &mut Workspace) {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(other) = shared.waiting.take() else {
            shared.waiting = Some(sums);
            return;
        };
        sums.add_all(&other);
        shared.means = sums.means().map(|mean| affine.apply(mean)).collect();
        space.spare.extend([sums, other]);
    }

    fn means(self) -> Vec<f32> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).means
    }
}

/// Memory that a thread uses again and again.
#[derive(Default)]
struct Workspace {
    bytes: Vec<u8>,
    spare: Vec<Sums>,
}

impl Workspace {
    /// Zero sums for a coarse ring; none for the imaginary rings at the poles.
    fn empty_ring(&mut self, nside: Nside, index: u64) -> Sums {
        let is_pole = index == 0 || index == 4 * u64::from(nside.get());
        let mut sums = self.spare.pop().unwrap_or_default();
        sums.begin(if is_pole { 0 } else { ring(nside, index).len as usize });
        sums
    }
}

/// The pixels of some rings, ring by ring.
fn rings(nside: Nside, rings: Range<u64>, mut pixels: &[f32]) -> impl Iterator<Item = &[f32]> {
    rings.filter(|&index| index > 0).map(move |index| {
        let (own, rest) = pixels.split_at(ring(nside, index).len as usize);
        pixels = rest;
        own
    })
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

/// The fine rings `first * f .. end * f`. Of the coarse rings, those after `first` and before `end` are theirs alone.
struct Band {
    first: u64,
    end: u64,
}

impl Band {
    /// Appends the values of the coarse rings that are this band's alone; gives what it adds to `first` and to `end`.
    fn sum(
        &self,
        job: &Job,
        pixels: &mut Vec<f32>,
        space: &mut Workspace,
    ) -> Result<[Sums; 2], FitsError> {
        let &Band { first, end } = self;
        let (f, elements) = (job.factor(), job.elements);
        let width = elements.width();
        let fine = job.source.nside;
        let last_ring = 4 * u64::from(fine.get());
        let mut reader = job.source.column.reader();
        let own = (first + 1..end).map(|index| ring(job.target, index).len).sum::<u64>();
        pixels.reserve_exact(own as usize);
        let mut above = Sums::default();
        let mut lower = space.empty_ring(job.target, first);
        for coarse in first..end {
            let mut upper = lower;
            lower = space.empty_ring(job.target, coarse + 1);
            let mut index = (coarse * f).max(1);
            let stop = ((coarse + 1) * f).min(last_ring);
            while index < stop {
                let (next, span) = group(fine, index..stop, BUFFER / width as u64);
                let bytes = &mut space.bytes;
                reader.read_raw(span.clone(), bytes)?;
                job.survey(span.start, bytes);
                for i in index..next {
                    let r = ring(fine, i);
                    let at = (r.start - span.start) as usize * width;
                    let ring_bytes = &bytes[at..at + r.len as usize * width];
                    let walk = &Walk::new(job, i);
                    add_ring(walk, ring_bytes, elements, [&mut upper, &mut lower]);
                }
                (job.progress)(bytes.len() as u64);
                index = next;
            }
            if coarse == first {
                above = upper;
            } else {
                pixels.extend(upper.means().map(|mean| job.affine.apply(mean)));
                space.spare.push(upper);
            }
        }
        Ok([above, lower])
    }
}

/// The first of some rings, as many as have no more pixels than this, but at least one: the ring after them, and their pixels.
fn group(nside: Nside, rings: Range<u64>, most: u64) -> (u64, Range<u64>) {
    let start = ring(nside, rings.start).start;
    let after = |index| ring(nside, index).start + ring(nside, index).len;
    let more = (rings.start + 1..rings.end).find(|&index| after(index) - start > most);
    let next = more.unwrap_or(rings.end);
    (next, start..after(next - 1))
}
