//! The runs of a fine ring that belong to one coarse pixel each, and the sums over them.

use super::Job;
use super::elements::Elements;
use super::periods::{Periods, SEVERAL};
use super::simd::{Kernel, dispatch};
use super::sum::Sums;
use super::values::{SeveralSums, Value};

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

/// Values that are decoded at a time: they stay in the innermost cache, and make whole groups of periods.
const CHUNK: usize = 2048;
/// The longest period whose sums are known when compiling.
const LONGEST: usize = 64;

/// Adds the values of a fine ring, packed in `bytes`, to the sums of the two coarse rings that it overlaps.
pub fn add_ring(walk: &Walk, bytes: &[u8], elements: &dyn Elements, rings: [&mut Sums; 2]) {
    let [upper, lower] = rings;
    let width = elements.width();
    let mut values = [0f64; CHUNK + LONGEST];
    let mut small = [0i16; CHUNK + LONGEST];
    for (s, segment) in bytes.chunks_exact(walk.segment * width).enumerate() {
        let position = |which: usize| walk.start[which] + s * walk.stride[which];
        let mut cursor = Cursor([position(0), position(1)]);
        let (mut phase, mut rest) = (walk.phase, segment);
        while !rest.is_empty() {
            // All but the first chunk begin with a period.
            let ahead = (walk.f - phase) % walk.f % LONGEST;
            let (chunk, tail) = rest.split_at(((ahead + CHUNK) * width).min(rest.len()));
            let count = chunk.len() / width;
            let (small, values) = (&mut small[..count], &mut values[..count]);
            let (upper, lower, cursor) = (&mut *upper, &mut *lower, &mut cursor);
            let Walk { f, upper_run, .. } = *walk;
            if elements.small_values(chunk, small) {
                let (values, all_good) = (small, true);
                dispatch(AddRuns { f, upper_run, phase, values, all_good, cursor, upper, lower });
            } else {
                let all_good = elements.values(chunk, values);
                dispatch(AddRuns { f, upper_run, phase, values, all_good, cursor, upper, lower });
            }
            phase = (phase + count) % f;
            rest = tail;
        }
    }
}

/// Where the next runs go: a position in each coarse ring.
struct Cursor([usize; 2]);

impl Cursor {
    /// Adds the sums of runs to consecutive pixels of a coarse ring that has room for them, and moves on.
    #[inline(always)]
    fn add_several(&mut self, which: usize, ring: &mut Sums, sums: &SeveralSums) {
        let pixels = self.0[which]..self.0[which] + SEVERAL;
        ring.totals[pixels.clone()]
            .iter_mut()
            .zip(&sums.totals)
            .for_each(|(sum, total)| *sum += total);
        ring.good[pixels].iter_mut().zip(&sums.good).for_each(|(sum, good)| *sum += good);
        self.step(which, ring, SEVERAL);
    }

    /// Whether several pixels follow before the coarse ring ends.
    #[inline(always)]
    fn has_room(&self, which: usize, ring: &Sums) -> bool {
        self.0[which] + SEVERAL <= ring.len()
    }

    /// Moves on, around the sphere where the ring ends.
    #[inline(always)]
    fn step(&mut self, which: usize, ring: &Sums, pixels: usize) {
        self.0[which] += pixels;
        if self.0[which] == ring.len() {
            self.0[which] = 0;
        }
    }
}

/// Adds some values of a fine ring to the sums of the two coarse rings that it overlaps.
struct AddRuns<'a, V> {
    /// Fine pixels along a coarse one.
    f: usize,
    /// Length of the runs that belong to the upper coarse ring.
    upper_run: usize,
    /// Where in the period the values begin.
    phase: usize,
    values: &'a mut [V],
    /// Whether there are no bad ones.
    all_good: bool,
    cursor: &'a mut Cursor,
    upper: &'a mut Sums,
    lower: &'a mut Sums,
}

impl<V: Value> Kernel for AddRuns<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run<P: Periods>(mut self, periods: P) {
        match self.f {
            2 => self.periods::<P, 2>(periods),
            4 => self.periods::<P, 4>(periods),
            8 => self.periods::<P, 8>(periods),
            16 => self.periods::<P, 16>(periods),
            32 => self.periods::<P, 32>(periods),
            64 => self.periods::<P, 64>(periods),
            _ => self.run_by_run(0..self.values.len(), self.phase),
        }
    }
}

impl<V: Value> AddRuns<'_, V> {
    /// A few values at either end of whole groups of periods, where speed does not matter and copies of the code would.
    #[inline(never)]
    fn ends(&mut self, values: std::ops::Range<usize>, phase: usize) {
        self.run_by_run(values, phase);
    }

    /// Any factor: each run by itself, from somewhere in a period on.
    #[inline(always)]
    fn run_by_run(&mut self, values: std::ops::Range<usize>, mut phase: usize) {
        let mut rest = &self.values[values];
        while !rest.is_empty() {
            let run_end = if phase < self.upper_run { self.upper_run } else { self.f };
            let (run, tail) = rest.split_at((run_end - phase).min(rest.len()));
            let sum = V::sum_of_good(run);
            let (which, ring) =
                if phase < self.upper_run { (0, &mut *self.upper) } else { (1, &mut *self.lower) };
            ring.add(self.cursor.0[which], sum);
            phase += run.len();
            // A run may go on in the values that follow.
            if phase == run_end {
                self.cursor.step(which, ring, 1);
                phase %= self.f;
            }
            rest = tail;
        }
    }

    /// A factor that is known when compiling: several periods at once.
    #[inline(always)]
    fn periods<P: Periods, const F: usize>(&mut self, periods: P) {
        let all = self.values.len();
        let mut at = ((F - self.phase) % F).min(all);
        self.ends(0..at, self.phase);
        while at + SEVERAL * F <= all {
            let one_kind = self.upper_run == F;
            let room = self.cursor.has_room(0, self.upper)
                && (one_kind || self.cursor.has_room(1, self.lower));
            let end = at + if room { SEVERAL * F } else { F };
            if room {
                self.group::<P, F>(periods, at);
            } else {
                self.ends(at..end, 0);
            }
            at = end;
        }
        self.ends(at..all, 0);
    }

    /// Several whole periods, none of which goes around the sphere.
    #[inline(always)]
    fn group<P: Periods, const F: usize>(&mut self, periods: P, start: usize) {
        let group = &mut self.values[start..start + SEVERAL * F];
        if let Some(group) = group.as_chunks_mut::<F>().0.first_chunk_mut() {
            let [upper, lower] = V::split(periods, group, self.upper_run, self.all_good);
            self.cursor.add_several(0, self.upper, &upper);
            if self.upper_run < F {
                self.cursor.add_several(1, self.lower, &lower);
            }
        }
    }
}
