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

/// What is done with a job whose map has been found, given its place in the list.
pub(super) type Action<'a> =
    &'a (dyn Fn(usize, &Prepared, &mut Profile, &dyn Listener) -> anyhow::Result<()> + Sync);

/// Draws all figures; each job's outcome goes to the audience. Jobs that were never started because of `fail_fast` are not heard of.
///
/// Figures that follow each other and have the same input open it once, where there are other inputs for the other threads. Results do
/// not depend on how many are drawn at a time.
pub fn run(jobs: &[Job], settings: BatchSettings, audience: &dyn Audience) {
    let draw: Action = &|_, prepared, profile, listener| prepared.render(profile, listener);
    Batch::new(jobs, settings, audience, draw, true).run(settings.jobs);
}

/// Does the same with all jobs; if there is more to be done with them (`is_last` is not set), the audience hears only of those that
/// fail. Says for each job whether it failed or was not tried.
pub(super) fn each(
    jobs: &[Job],
    settings: BatchSettings,
    audience: &dyn Audience,
    is_last: bool,
    action: Action,
) -> Vec<bool> {
    let batch = Batch::new(jobs, settings, audience, action, is_last);
    batch.run(settings.jobs);
    batch.done.iter().map(|done| !done.load(Ordering::Relaxed)).collect()
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
    action: Action<'a>,
    /// Whether the audience hears of what succeeded.
    is_last: bool,
    fail_fast: bool,
    budget: Budget,
    stopped: AtomicBool,
    done: Vec<AtomicBool>,
}

impl<'a> Batch<'a> {
    fn new(
        jobs: &'a [Job],
        settings: BatchSettings,
        audience: &'a dyn Audience,
        action: Action<'a>,
        is_last: bool,
    ) -> Self {
        Batch {
            jobs,
            audience,
            action,
            is_last,
            fail_fast: settings.fail_fast,
            budget: Budget::new(memory::available()),
            stopped: AtomicBool::new(false),
            done: jobs.iter().map(|_| AtomicBool::new(false)).collect(),
        }
    }

    /// Works on so many jobs at a time.
    fn run(&self, wanted: usize) {
        let most = wanted.clamp(1, rayon::current_num_threads().max(1));
        let groups = groups(self.jobs, most);
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.work_on_group(group.clone());
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..most.min(groups.len()) {
                // Where no more threads can be started, the others do all the work.
                if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
    }

    /// Works on jobs that have the same input.
    fn work_on_group(&self, group: Range<usize>) {
        let Some(first) = self.jobs.get(group.start) else { return };
        if self.stopped.load(Ordering::Relaxed) {
            return;
        }
        let mut profile = Profile::default();
        let file = profile.time(Stage::Open, || FitsFile::open(&first.input).map_err(Arc::new));
        for place in group {
            let Some(job) = self.jobs.get(place) else { return };
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            let mut profile = std::mem::take(&mut profile);
            let outcome = match &file {
                Ok(file) => self.work_on(place, job, file, &mut profile),
                Err(error) => Err(anyhow::Error::new(Arc::clone(error))),
            };
            match &outcome {
                Ok(()) => {
                    if let Some(done) = self.done.get(place) {
                        done.store(true, Ordering::Relaxed);
                    }
                }
                Err(_) if self.fail_fast => self.stopped.store(true, Ordering::Relaxed),
                Err(_) => {}
            }
            if outcome.is_err() || self.is_last {
                self.audience.finished(job, &outcome.map(|()| profile));
            }
        }
    }

    fn work_on(
        &self,
        place: usize,
        job: &Job,
        file: &FitsFile,
        profile: &mut Profile,
    ) -> anyhow::Result<()> {
        let listener = self.audience.listener(job);
        let prepared = Prepared::new(job, file, profile, &*listener)?;
        // Waiting happens outside of the thread pool, whose threads must never wait for each other's figures.
        let _share = self.budget.take(memory::needed(&prepared));
        // On a thread of the pool, so that no more threads are busy than were asked for.
        rayon::scope(|_| (self.action)(place, &prepared, profile, &*listener))
    }
}
