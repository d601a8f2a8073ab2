//! Draws again whenever a map changes.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::args::DrawArgs;
use super::resolve::UsageError;
use crate::pipeline::Job;

/// How often the files are looked at. Looking works on every file system, also those of other machines, which tell nobody of changes.
const PERIOD: Duration = Duration::from_millis(200);

/// The files that figures are made of, as they were when last looked at.
pub struct Watch {
    files: Vec<PathBuf>,
    seen: Vec<Stamp>,
}

/// Size and time of the last change; nothing while there is no such file.
type Stamp = Option<(u64, Option<SystemTime>)>;

impl Watch {
    /// Looks at the maps of these figures and at the other files that they are made of.
    ///
    /// # Errors
    /// Where there is nothing that could change.
    pub fn new(args: &DrawArgs, jobs: &[Job]) -> Result<Watch, UsageError> {
        if args.maps.iter().any(|map| map == "-") {
            return Err(UsageError::new("--watch: standard input never changes"));
        }
        let inputs = jobs.iter().flat_map(|job| std::iter::once(&job.input).chain(&job.depends));
        let mut files: Vec<PathBuf> = inputs.cloned().collect();
        files.sort();
        files.dedup();
        let seen = stamps(&files);
        Ok(Watch { files, seen })
    }

    /// Waits until a file has changed since it was looked at, and then until nothing changes any more: a program that writes
    /// it has come to an end or rests.
    pub fn wait(&mut self) {
        let before = std::mem::take(&mut self.seen);
        let mut last = stamps(&self.files);
        loop {
            std::thread::sleep(PERIOD);
            let now = stamps(&self.files);
            let rests = now == last;
            last = now;
            if rests && last != before {
                self.seen = last;
                return;
            }
        }
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    let stamp = |file: &PathBuf| {
        let found = std::fs::metadata(file).ok()?;
        Some((found.len(), found.modified().ok()))
    };
    files.iter().map(stamp).collect()
}
