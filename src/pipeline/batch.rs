//! Many figures in one run: several at a time, as far as threads and memory allow, each failure kept to itself.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::memory::{self, Budget};
use super::{Job, Listener, Prepared, Profile, Stage};
use crate::fits::FitsFile;

/// How many figures are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchSettings {
    /// How many at the same time, at most; no more than there are threads is of use.
    pub jobs: usize,
    /// Whether to start no other figure once one has failed.
    pub fail_fast: bool,
}

/// Hears what happens to the figures of a batch, from several threads.
pub trait Audience: Sync {
    /// Who hears what this job has to say.
    fn listener(&self, job: &Job) -> Box<dyn Listener + '_>;

    /// A job has ended.
    fn finished(&self, job: &Job, outcome: &anyhow::Result<Profile>);
}

/// Draws all figures; each job's outcome goes to the audience. Jobs that were never started because of `fail_fast` are not heard of.
///
/// Figures that follow each other and have the same input open it once. Results do not depend on how many are drawn at a time.
pub fn run(jobs: &[Job], settings: BatchSettings, audience: &dyn Audience) {
    let most = settings.jobs.clamp(1, rayon::current_num_threads().max(1));
    let groups = groups(jobs, most);
    let batch = Batch {
        jobs,
        audience,
        fail_fast: settings.fail_fast,
        budget: Budget::new(memory::available()),
        stopped: AtomicBool::new(false),
    };
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            batch.draw_group(group.clone());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..most.min(groups.len()) {
            scope.spawn(work);
        }
        work();
    });
}

/// Runs of jobs with the same input. Where there are too few to keep `wanted` of them going, each job is its own, except those
/// whose input can be read only once.
fn groups(jobs: &[Job], wanted: usize) -> Vec<Range<usize>> {
    let runs = |alike: &dyn Fn(&Job, &Job) -> bool| -> Vec<Range<usize>> {
        let mut start = 0;
        let lengths = jobs.chunk_by(alike).map(<[Job]>::len);
        lengths
            .map(|length| {
                start += length;
                start - length..start
            })
            .collect()
    };
    let same_input = |a: &Job, b: &Job| a.input == b.input;
    let groups = runs(&same_input);
    if groups.len() >= wanted {
        return groups;
    }
    runs(&|a, b| same_input(a, b) && !a.input.is_file())
}

struct Batch<'a> {
    jobs: &'a [Job],
    audience: &'a dyn Audience,
    fail_fast: bool,
    budget: Budget,
    stopped: AtomicBool,
}

impl Batch<'_> {
    /// Draws figures that have the same input.
    fn draw_group(&self, group: Range<usize>) {
        let Some(jobs) = self.jobs.get(group) else { return };
        let Some(first) = jobs.first() else { return };
        if self.stopped.load(Ordering::Relaxed) {
            return;
        }
        let mut profile = Profile::default();
        let file = profile.time(Stage::Open, || FitsFile::open(&first.input).map_err(Arc::new));
        for job in jobs {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            let mut profile = std::mem::take(&mut profile);
            let outcome = match &file {
                Ok(file) => self.draw(job, file, &mut profile),
                Err(error) => Err(anyhow::Error::new(Arc::clone(error))),
            };
            if outcome.is_err() && self.fail_fast {
                self.stopped.store(true, Ordering::Relaxed);
            }
            self.audience.finished(job, &outcome.map(|()| profile));
        }
    }

    fn draw(&self, job: &Job, file: &FitsFile, profile: &mut Profile) -> anyhow::Result<()> {
        let listener = self.audience.listener(job);
        let prepared = Prepared::new(job, file, profile, &*listener)?;
        // Waiting happens outside of the thread pool, whose threads must never wait for each other's figures.
        let _share = self.budget.take(memory::needed(&prepared));
        // On a thread of the pool, so that no more threads are busy than were asked for.
        rayon::scope(|_| prepared.render(profile, &*listener))
    }
}
