//! RING reduction: walks the file ring by ring, each ring a segmented sum into the two coarse rings that it overlaps.
//!
//! One step along a ring leads from cell (ix, iy) to (ix + 1, iy - 1). With f fine pixels along a coarse one and e = ring mod f, the pixels
//! of a ring therefore fall into alternating runs: f - e pixels of consecutive coarse pixels of coarse ring c = ring div f, and e pixels of
//! consecutive coarse pixels of coarse ring c + 1. The pattern repeats every f pixels; only where it starts differs between the polar
//! caps (where it starts anew in each quadrant) and the belt between them.

use rayon::prelude::*;

use super::sum::{Sum, sum_good};
use super::{BUFFER, Job};
use crate::fits::FitsError;
use crate::healpix::ring::{Ring, ring};
use crate::healpix::{FACE_COLUMN, FACE_ROW, Nside};
use crate::map::{RawBad, RawSample};

/// Bytes that a task reads in all; fixed, so that tasks do not depend on the number of threads.
const TASK: u64 = 4 << 20;

/// The coarse pixels in RING order.
pub fn reduce<E: RawSample>(job: &Job, bad: &RawBad<E>) -> Result<Vec<f32>, FitsError> {
    let bands = bands(job, E::WIDTH as u64);
    let parts: Vec<Band> = bands
        .par_iter()
        .map(|&(first, end)| Band::sum(job, bad, first, end))
        .collect::<Result<_, _>>()?;
    let mut pixels = Vec::with_capacity(job.target.npix() as usize);
    let mut carry: Vec<Sum> = Vec::new();
    for part in parts {
        let Band { mut first, inner, last } = part;
        first.iter_mut().zip(&carry).for_each(|(sum, from_above)| *sum += *from_above);
        pixels.extend(first.iter().map(|sum| job.affine.apply(sum.mean())));
        pixels.extend(inner);
        carry = last;
    }
    Ok(pixels)
}

/// Cuts the coarse rings, from the imaginary empty ring 0 at the pole to the last one, into bands of about equal weight.
fn bands(job: &Job, width: u64) -> Vec<(u64, u64)> {
    let f = job.factor();
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
struct Band {
    /// Sums of coarse ring `first`, to which the band above may have more to add.
    first: Vec<Sum>,
    /// Finished pixels of the coarse rings between.
    inner: Vec<f32>,
    /// Sums of coarse ring `end`, for the band below to go on with.
    last: Vec<Sum>,
}

impl Band {
    fn sum<E: RawSample>(
        job: &Job,
        bad: &RawBad<E>,
        first: u64,
        end: u64,
    ) -> Result<Band, FitsError> {
        let f = job.factor();
        let fine = job.source.nside;
        let last_ring = 4 * u64::from(fine.get());
        let mut reader = job.source.column.reader();
        let mut bytes = Vec::new();
        let mut band =
            Band { first: Vec::new(), inner: Vec::new(), last: empty_ring(job.target, first) };
        for coarse in first..end {
            let mut upper = std::mem::replace(&mut band.last, empty_ring(job.target, coarse + 1));
            let mut index = (coarse * f).max(1);
            let stop = ((coarse + 1) * f).min(last_ring);
            while index < stop {
                let (next, span) = group(fine, index, stop, E::WIDTH as u64);
                reader.read_raw(span.clone(), &mut bytes)?;
                for i in index..next {
                    let r = ring(fine, i);
                    let at = (r.start - span.start) as usize * E::WIDTH;
                    let ring_bytes = &bytes[at..at + r.len as usize * E::WIDTH];
                    Walk::new(job, i).add(ring_bytes, bad, &mut upper, &mut band.last);
                }
                (job.progress)(bytes.len() as u64);
                index = next;
            }
            if coarse == first {
                band.first = upper;
            } else {
                band.inner.extend(upper.iter().map(|sum| job.affine.apply(sum.mean())));
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
fn empty_ring(nside: Nside, index: u64) -> Vec<Sum> {
    let len =
        if index == 0 || index == 4 * u64::from(nside.get()) { 0 } else { ring(nside, index).len };
    vec![Sum::default(); len as usize]
}

/// How one fine ring falls into runs.
struct Walk {
    /// Fine pixels along a coarse one.
    f: usize,
    /// Length of the runs that belong to the upper coarse ring; the others have `f - upper_run`.
    upper_run: usize,
    /// Fine pixels a segment: a quadrant in the caps, the whole ring in the belt.
    segment: usize,
    /// Where in the period of f pixels, counted from the start of an upper run, each segment begins.
    phase: usize,
    /// Coarse pixels a segment of the upper and the lower coarse ring.
    stride: [usize; 2],
    /// Coarse pixel of the first run of either kind in the first segment.
    start: [usize; 2],
}

impl Walk {
    fn new(job: &Job, index: u64) -> Walk {
        let f = job.factor();
        let (n, coarse_n) = (u64::from(job.source.nside.get()), u64::from(job.target.get()));
        let (c, e) = (index / f, index % f);
        let mut walk = Walk {
            f: f as usize,
            upper_run: (f - e) as usize,
            segment: 0,
            phase: 0,
            stride: [0, 0],
            start: [0, 0],
        };
        if index < n {
            walk.segment = index as usize;
            walk.phase = ((f - e) % f) as usize;
            walk.stride = [c as usize, c as usize + 1];
        } else if index > 3 * n {
            walk.segment = (4 * n - index) as usize;
            walk.stride =
                [(4 * coarse_n - c) as usize, (4 * coarse_n - c).saturating_sub(1) as usize];
        } else {
            let first = (3 * n - index) >> 1;
            let block = first / f;
            walk.segment = 4 * n as usize;
            walk.phase = (first % f) as usize;
            let len = 4 * coarse_n;
            // The run in which the ring begins, and the next one of the other kind.
            let ahead = u64::from(first % f >= f - e);
            let position = |block: u64, ring: u64| {
                ((block + len - ((3 * coarse_n).saturating_sub(ring) >> 1)) % len) as usize
            };
            walk.start = [position(block + ahead, c), position(block, c + 1)];
        }
        walk
    }

    /// Adds the ring's elements to the sums of the two coarse rings.
    fn add<E: RawSample>(
        &self,
        bytes: &[u8],
        bad: &RawBad<E>,
        upper: &mut [Sum],
        lower: &mut [Sum],
    ) {
        for (s, segment) in bytes.chunks_exact(self.segment * E::WIDTH).enumerate() {
            let mut at = [self.start[0] + s * self.stride[0], self.start[1] + s * self.stride[1]];
            let mut phase = self.phase;
            let mut rest = segment;
            while !rest.is_empty() {
                let in_upper = phase < self.upper_run;
                let run_end = if in_upper { self.upper_run } else { self.f };
                let run = ((run_end - phase) * E::WIDTH).min(rest.len());
                let (elements, tail) = rest.split_at(run);
                let (ring, k) =
                    if in_upper { (&mut *upper, &mut at[0]) } else { (&mut *lower, &mut at[1]) };
                ring[*k] += sum_good(elements, bad);
                *k = if *k + 1 == ring.len() { 0 } else { *k + 1 };
                phase = if run_end == self.f { 0 } else { run_end };
                rest = tail;
            }
        }
    }
}

/// Copies row `(face, iy)` out of pixels in RING order. `rings` are all rings of the map, from the north.
pub fn gather_row(
    rings: &[Ring],
    nside: Nside,
    (face, iy): (usize, usize),
    pixels: &[f32],
    out: &mut [f32],
) {
    let n = i64::from(nside.get());
    let (row, column, iy) = (FACE_ROW[face] * n - 2, FACE_COLUMN[face], iy as i64);
    for (ix, value) in (0..).zip(out) {
        // As in `healpix::ring::pixel`, with the ring counted from 0.
        let index = row - ix - iy;
        let ring = rings[index as usize];
        let len = ring.len as i64;
        let shift = if len == 4 * n { (index + 1 - n) & 1 } else { 0 };
        let along = (column * (len / 4) + ix - iy + shift - 1) >> 1;
        let along = if along < 0 { along + len } else { along };
        *value = pixels[(ring.start as i64 + along) as usize];
    }
}
