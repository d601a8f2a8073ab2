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
use crate::fits::{ColumnReader, FitsError};
use crate::healpix::Nside;
use crate::healpix::ring::{self, ring};
use crate::map::Affine;
use crate::memory::Pages;
use crate::tasks::in_order;

/// Bytes that a task reads in all, at least; fixed, so that tasks do not depend on the number of threads.
const TASK: u64 = 1 << 20;

/// Bytes of the values that wait to be sorted into faces: they should still be near by then.
const WAITING: u64 = 4 << 20;

/// The coarse cells, face by face and row by row.
pub fn reduce(job: &Job) -> Result<Pages<f32>, FitsError> {
    let nside = job.target;
    let mut faces = Faces::blank(nside);
    let most = WAITING / size_of::<f32>() as u64;
    let longest = 4 * u64::from(nside.get());
    let mut waiting = Pages::unset(most.max(longest).min(nside.npix()) as usize);
    let mut spaces = Vec::new();
    let mut carry = Sums::default();
    let (mut index, end) = (0, ring::count(nside) + 1);
    while index < end {
        let (next, pixels) = group(nside, index..end, most);
        let waiting = &mut waiting[..(pixels.end - pixels.start) as usize];
        let spare = Spare(Mutex::new(spaces));
        spaces = if job.factor() == 1 {
            values(job, pixels.start, waiting, spare)
        } else {
            means(job, index..next, waiting, &mut carry, spare)
        }?;
        faces.put(index.max(1), &rings(nside, index.max(1)..next, waiting).collect::<Vec<_>>());
        index = next;
    }
    Ok(faces.into_cells())
}

/// What a thread uses again and again.
struct Workspace {
    reader: ColumnReader,
    bytes: Vec<u8>,
    sums: Vec<Sums>,
}

impl Workspace {
    /// Zero sums for a coarse ring.
    fn empty_ring(&mut self, nside: Nside, index: u64) -> Sums {
        let mut sums = self.sums.pop().unwrap_or_default();
        sums.begin(ring(nside, index).len as usize);
        sums
    }
}

/// Workspaces that threads begin with.
struct Spare(Mutex<Vec<Workspace>>);

impl Spare {
    fn take(&self, job: &Job) -> Workspace {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let new = || Workspace {
            reader: job.source.column.reader(),
            bytes: Vec::new(),
            sums: Vec::new(),
        };
        kept.unwrap_or_else(new)
    }
}

/// Takes the values of the column from `first` on as they are.
fn values(
    job: &Job,
    first: u64,
    out: &mut [f32],
    spare: Spare,
) -> Result<Vec<Workspace>, FitsError> {
    let elements = job.elements;
    let most = (BUFFER / elements.width() as u64) as usize;
    let tasks = out.chunks_mut(most).zip((first..).step_by(most));
    in_order(
        tasks,
        || spare.take(job),
        |Workspace { reader, bytes, .. }, (out, first)| {
            reader.read_raw(first..first + out.len() as u64, bytes)?;
            job.survey(first, bytes);
            elements.block_means(bytes, 1, job.affine, out);
            (job.progress)(bytes.len() as u64);
            Ok(())
        },
    )
}

/// Takes the means of the pixels of some coarse rings. `carry` is what the fine rings before add to the first of them, and then what these
/// add to the next one after them.
fn means(
    job: &Job,
    coarse: Range<u64>,
    out: &mut [f32],
    carry: &mut Sums,
    spare: Spare,
) -> Result<Vec<Workspace>, FitsError> {
    let bands = bands(job, coarse);
    let mut rest = out;
    let mut cut = |rings: Range<u64>| {
        let count = rings.map(|index| ring(job.target, index).len).sum::<u64>() as usize;
        rest.split_off_mut(..count).unwrap_or_default()
    };
    let mut joints = Vec::new();
    let mut tasks = Vec::new();
    for band in bands {
        joints.push(Joint::new(cut(band.start..band.start + 1)));
        let own = cut(band.start + 1..band.end);
        tasks.push((band, own));
    }
    joints.push(Joint::new(&mut []));
    let spaces = in_order(
        tasks.into_iter().zip(joints.windows(2)),
        || spare.take(job),
        |space, ((band, out), joints)| {
            let found = band_means(job, band, out, space)?;
            for (sums, joint) in found.into_iter().zip(joints) {
                space.sums.extend(joint.meet(sums, job.affine));
            }
            Ok(())
        },
    )?;
    if let Some(first) = joints.first() {
        first.meet(std::mem::take(carry), job.affine);
    }
    *carry = joints.pop().and_then(Joint::waiting).unwrap_or_default();
    Ok(spaces)
}

/// The coarse ring that two bands have in common.
struct Joint<'a>(Mutex<Shared<'a>>);

/// What is known of it.
struct Shared<'a> {
    /// What one of the bands adds to it, until the other one has come.
    waiting: Option<Sums>,
    means: &'a mut [f32],
}

impl<'a> Joint<'a> {
    fn new(means: &'a mut [f32]) -> Joint<'a> {
        Joint(Mutex::new(Shared { waiting: None, means }))
    }

    /// Adds one band's share. Once both bands have delivered theirs, writes the means. Gives back the sums that are no longer needed.
    fn meet(&self, mut sums: Sums, affine: Affine) -> Vec<Sums> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(other) = shared.waiting.take() else {
            shared.waiting = Some(sums);
            return Vec::new();
        };
        sums.add_all(&other);
        sums.put_means(affine, shared.means);
        vec![sums, other]
    }

    fn waiting(self) -> Option<Sums> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).waiting
    }
}

/// The pixels of some rings, ring by ring.
fn rings(nside: Nside, rings: Range<u64>, mut pixels: &[f32]) -> impl Iterator<Item = &[f32]> {
    rings.map(move |index| {
        let (own, rest) = pixels.split_at(ring(nside, index).len as usize);
        pixels = rest;
        own
    })
}

/// Cuts coarse rings into bands of about equal weight.
fn bands(job: &Job, coarse: Range<u64>) -> Vec<Range<u64>> {
    let (f, width) = (job.factor(), job.elements.width() as u64);
    let mut bands = Vec::new();
    let (mut first, mut bytes) = (coarse.start, 0);
    for index in coarse.clone() {
        bytes += ring(job.source.nside, index * f).len * f * width;
        if bytes >= TASK || index + 1 == coarse.end {
            bands.push(first..index + 1);
            (first, bytes) = (index + 1, 0);
        }
    }
    bands
}

/// Takes the means over those fine rings of a band of coarse rings that begin within them, of which the first coarse ring may lack some. `out`
/// holds the coarse rings after the first one; gives what is added to that one and to the next one after the band.
fn band_means(
    job: &Job,
    band: Range<u64>,
    mut out: &mut [f32],
    space: &mut Workspace,
) -> Result<[Sums; 2], FitsError> {
    let (f, elements) = (job.factor(), job.elements);
    let width = elements.width();
    let fine = job.source.nside;
    let mut first = Sums::default();
    let mut lower = space.empty_ring(job.target, band.start);
    for coarse in band.clone() {
        let mut upper = lower;
        lower = space.empty_ring(job.target, coarse + 1);
        let mut index = (coarse * f).max(1);
        let end = ((coarse + 1) * f).min(ring::count(fine) + 1);
        while index < end {
            let (next, span) = group(fine, index..end, BUFFER / width as u64);
            let Workspace { reader, bytes, .. } = space;
            reader.read_raw(span.clone(), bytes)?;
            job.survey(span.start, bytes);
            for i in index..next {
                let r = ring(fine, i);
                let at = (r.start - span.start) as usize * width;
                let ring_bytes = &bytes[at..at + r.len as usize * width];
                add_ring(&Walk::new(job, i), ring_bytes, elements, [&mut upper, &mut lower]);
            }
            (job.progress)(bytes.len() as u64);
            index = next;
        }
        if coarse == band.start {
            first = upper;
        } else {
            let own = out.split_off_mut(..upper.len()).unwrap_or_default();
            upper.put_means(job.affine, own);
            space.sums.push(upper);
        }
    }
    Ok([first, lower])
}

/// The first of some rings, as many as have no more pixels than this, but at least one: the ring after them, and their pixels.
fn group(nside: Nside, rings: Range<u64>, most: u64) -> (u64, Range<u64>) {
    let start = ring(nside, rings.start).start;
    let after = |index| ring(nside, index).start + ring(nside, index).len;
    let more = (rings.start + 1..rings.end).find(|&index| after(index) - start > most);
    let next = more.unwrap_or(rings.end);
    (next, start..after(next - 1))
}
