//! The runs of a fine ring that belong to one coarse pixel each, and the sums over them.

use super::Job;
use super::simd::Kernel;
use super::sum::{Sum, decode, total};
use crate::map::{FixedBad, RawSample};

/// How one fine ring falls into runs.
pub struct Walk {
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
    /// The runs of fine ring `index`, counted from 1.
    pub fn new(job: &Job, index: u64) -> Walk {
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
}

/// Adds the elements of a fine ring to the sums of the two coarse rings that it overlaps.
pub struct AddRing<'a, E, const N: usize> {
    /// How the ring falls into runs.
    pub walk: &'a Walk,
    /// Packed elements of the ring.
    pub bytes: &'a [u8],
    /// Which elements are bad.
    pub bad: &'a FixedBad<E, N>,
    /// Sums of the upper coarse ring.
    pub upper: &'a mut [Sum],
    /// Sums of the lower coarse ring.
    pub lower: &'a mut [Sum],
}

impl<E: RawSample, const N: usize> Kernel for AddRing<'_, E, N> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        match self.walk.f {
            2 => self.periods::<2>(),
            4 => self.periods::<4>(),
            8 => self.periods::<8>(),
            16 => self.periods::<16>(),
            32 => self.periods::<32>(),
            64 => self.periods::<64>(),
            _ => self.run_by_run(),
        }
    }
}

/// Where the next runs go: a position in each coarse ring.
struct Cursor([usize; 2]);

impl Cursor {
    /// Adds the sum of a run to a coarse ring and moves on, around the sphere where the ring ends.
    #[inline(always)]
    fn add(&mut self, which: usize, ring: &mut [Sum], sum: Sum) {
        let k = self.0[which];
        ring[k] += sum;
        self.0[which] = if k + 1 == ring.len() { 0 } else { k + 1 };
    }
}

impl<E: RawSample, const N: usize> AddRing<'_, E, N> {
    fn cursor(&self, segment: usize) -> Cursor {
        let Walk { start, stride, .. } = self.walk;
        Cursor([start[0] + segment * stride[0], start[1] + segment * stride[1]])
    }

    /// Any factor: each run by itself.
    #[inline(always)]
    fn run_by_run(&mut self) {
        for (s, segment) in self.bytes.chunks_exact(self.walk.segment * E::WIDTH).enumerate() {
            let mut cursor = self.cursor(s);
            self.runs(segment, self.walk.phase, &mut cursor);
        }
    }

    /// Runs from somewhere in a period on.
    #[inline(always)]
    fn runs(&mut self, mut rest: &[u8], mut phase: usize, cursor: &mut Cursor) {
        let Walk { f, upper_run, .. } = *self.walk;
        while !rest.is_empty() {
            let run_end = if phase < upper_run { upper_run } else { f };
            let (run, tail) = rest.split_at(((run_end - phase) * E::WIDTH).min(rest.len()));
            let mut sum = Sum::default();
            for bytes in run.chunks_exact(E::WIDTH) {
                let (value, good) = decode(bytes, self.bad);
                sum += Sum { total: value, good: u32::from(good) };
            }
            if phase < upper_run {
                cursor.add(0, self.upper, sum);
            } else {
                cursor.add(1, self.lower, sum);
            }
            phase = if run_end == f { 0 } else { run_end };
            rest = tail;
        }
    }

    /// A factor that is known when compiling: whole periods at once.
    #[inline(always)]
    fn periods<const F: usize>(&mut self) {
        let upper_run = self.walk.upper_run;
        let mask: [f64; F] = std::array::from_fn(|i| if i < upper_run { 1.0 } else { 0.0 });
        for (s, segment) in self.bytes.chunks_exact(self.walk.segment * E::WIDTH).enumerate() {
            let mut cursor = self.cursor(s);
            let ahead = (F - self.walk.phase) % F * E::WIDTH;
            let (head, body) = segment.split_at(ahead.min(segment.len()));
            self.runs(head, self.walk.phase, &mut cursor);
            let mut periods = body.chunks_exact(F * E::WIDTH);
            for period in &mut periods {
                let [upper, lower] = split(period, self.bad, &mask, upper_run);
                cursor.add(0, self.upper, upper);
                if upper_run < F {
                    cursor.add(1, self.lower, lower);
                }
            }
            self.runs(periods.remainder(), 0, &mut cursor);
        }
    }
}

/// Sums over the two runs of one period: the elements where `mask` is 1, and those where it is 0.
#[inline(always)]
fn split<E: RawSample, const N: usize, const F: usize>(
    period: &[u8],
    bad: &FixedBad<E, N>,
    mask: &[f64; F],
    upper_run: usize,
) -> [Sum; 2] {
    let mut upper = [0f64; F];
    let mut lower = [0f64; F];
    let mut all_good = true;
    for i in 0..F {
        let (value, good) = decode(&period[i * E::WIDTH..(i + 1) * E::WIDTH], bad);
        upper[i] = value * mask[i];
        lower[i] = value - upper[i];
        all_good &= good;
    }
    let mut counts = [upper_run as u32, (F - upper_run) as u32];
    if !all_good {
        counts = [0, 0];
        for (i, bytes) in period.chunks_exact(E::WIDTH).enumerate() {
            counts[usize::from(i >= upper_run)] += u32::from(decode(bytes, bad).1);
        }
    }
    [Sum { total: total(upper), good: counts[0] }, Sum { total: total(lower), good: counts[1] }]
}
