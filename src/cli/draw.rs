//! Draws the figures that the arguments ask for, and says how that went.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use super::args::{DrawArgs, ProfileForm, RunArgs};
use super::command::Given;
use super::mistake::way_out;
use super::resolve::UsageError;
use super::terminal::Terminal;
use super::watch::Watch;
use super::{DONE, FAILED, resolve, set_threads, show, usage};
use crate::pipeline::{self, Audience, BatchSettings, Job, Listener, Profile, size};

/// Draws everything; returns the exit code.
pub fn run(args: &DrawArgs, given: &[Given]) -> u8 {
    let terminal = Terminal::new(args.run.verbose, args.run.quiet);
    let (jobs, watch) = match prepare(args, given) {
        Ok(prepared) => prepared,
        Err(error) => return usage(&terminal, &error),
    };
    let Some(mut watch) = watch else { return draw(args, &jobs, &terminal) };
    loop {
        clear_screen(args);
        if draw(args, &jobs, &terminal) != DONE {
            terminal.note("waiting for the file to change; Ctrl-C ends it");
        }
        watch.wait();
    }
}

/// The figures, and the files to watch where that is asked for.
fn prepare(args: &DrawArgs, given: &[Given]) -> Result<(Vec<Job>, Option<Watch>), UsageError> {
    set_threads(args.run.threads)?;
    let mut jobs = resolve::jobs(args, given)?;
    if let Some(screen) = show::screen(args)? {
        show::add(&mut jobs, screen, args);
    }
    let watch = args.run.watch.then(|| Watch::new(args, &jobs)).transpose()?;
    Ok((jobs, watch))
}

/// Makes room for the next look at pictures that are shown again and again.
fn clear_screen(args: &DrawArgs) {
    if args.output.show.is_some() && std::io::stdout().is_terminal() {
        let _ = std::io::stdout().write_all(b"\x1b[2J\x1b[H");
    }
}

/// Draws all figures once; returns the exit code.
fn draw(args: &DrawArgs, jobs: &[Job], terminal: &Terminal) -> u8 {
    let all_threads = rayon::current_num_threads();
    let settings = BatchSettings {
        jobs: args.run.jobs.map_or(all_threads, usize::from),
        fail_fast: args.run.fail_fast,
    };
    let scene = Scene {
        terminal,
        args: &args.run,
        total: jobs.len(),
        start: Instant::now(),
        tally: Mutex::default(),
    };
    terminal.count(0, jobs.len());
    pipeline::run(jobs, settings, &scene);
    terminal.clear();
    scene.summary();
    if scene.failed() == 0 { DONE } else { FAILED }
}

/// The user, to whom every figure's outcome is told.
struct Scene<'a> {
    terminal: &'a Terminal,
    args: &'a RunArgs,
    total: usize,
    start: Instant,
    tally: Mutex<Tally>,
}

/// What has become of the figures so far.
#[derive(Default)]
struct Tally {
    drawn: usize,
    bytes: u64,
    /// Names of the figures that failed.
    failed: Vec<String>,
    /// Errors told, each once: all figures of a file that is missing fail alike.
    errors: Vec<String>,
}

impl Audience for Scene<'_> {
    fn listener(&self, _job: &Job) -> Box<dyn Listener + '_> {
        Box::new(self.terminal.voice())
    }

    fn finished(&self, job: &Job, outcome: &anyhow::Result<Profile>) {
        let mut tally = self.tally();
        match outcome {
            Ok(profile) => {
                tally.drawn += 1;
                tally.bytes += profile.bytes_read();
                self.profile(profile);
            }
            Err(error) => {
                let message = format!("{error:#}");
                if !tally.errors.contains(&message) {
                    match self.args.watch {
                        // A file that is being written is no mistake.
                        true => self.terminal.note(&format!("not drawn: {message}")),
                        false => self.terminal.error(&message, way_out(error)),
                    }
                    tally.errors.push(message);
                }
                tally.failed.push(name(job));
            }
        }
        self.terminal.count(tally.drawn + tally.failed.len(), self.total);
    }
}

/// A figure as the summary calls it.
fn name(job: &Job) -> String {
    let map = job.input.display();
    match &job.choice.column {
        Some(column) => format!("{map}, column {column}"),
        None => map.to_string(),
    }
}

impl Scene<'_> {
    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> usize {
        self.tally().failed.len()
    }

    fn profile(&self, profile: &Profile) {
        match self.args.profile {
            Some(ProfileForm::Table) => self.terminal.print(&profile.report().to_string()),
            Some(ProfileForm::Json) => match serde_json::to_string(&profile.report()) {
                Ok(json) => self.terminal.print(&format!("{json}\n")),
                Err(error) => self.terminal.error(&error.to_string(), None),
            },
            None => {}
        }
    }

    /// Names what failed, and says how long many figures took.
    fn summary(&self) {
        let tally = self.tally();
        let failed = tally.failed.len();
        let untried = self.total - tally.drawn - failed;
        if failed > 0 && self.total > 1 && !self.args.watch {
            let mut text = format!("{failed} of {} figures failed:", self.total);
            tally.failed.iter().for_each(|name| text.push_str(&format!("\n  {name}")));
            if untried > 0 {
                text.push_str(&format!("\n{untried} were not tried, as --fail-fast asks"));
            }
            self.terminal.error(&text, None);
        }
        if self.total > 1 && !self.terminal.is_quiet() {
            let seconds = self.start.elapsed().as_secs_f64();
            let rate = tally.drawn as f64 / seconds.max(1e-9);
            self.terminal.print(&format!(
                "{:>8} {:>8} {:>12} {:>10} {:>10}\n{:>8} {:>8} {:>12} {:>8.2} s {:>10.2}\n",
                "figures",
                "failed",
                "read",
                "time",
                "figures/s",
                tally.drawn,
                failed,
                size(tally.bytes),
                seconds,
                rate,
            ));
        }
    }
}
