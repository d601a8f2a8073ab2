//! Draws the figures that the arguments ask for, and says how that went.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use clap::Command;
use serde::Serialize;

use super::args::{DrawArgs, ProfileForm, RunArgs};
use super::detached::refuse_detached;
use super::mistake::way_out;
use super::options::{self, Request};
use super::resolve::{self, Figures, Shard, UsageError};
use super::terminal::{Kept, Terminal};
use super::watch::Watch;
use super::{DONE, FAILED, set_threads, show, stdout, usage};
use crate::pipeline::{
    self, Audience, BatchSettings, Job, Listener, Profile, Report, SheetJob, size,
};
use crate::spelling;
use crate::stages::load::Formula;

/// Draws everything; returns the exit code.
pub fn run(command: &Command, requests: &[Request]) -> u8 {
    // What concerns the run is the same in all of them.
    let Some(args) = requests.first().map(|request| &request.args) else { return DONE };
    let terminal = Terminal::new(args.run.verbose, args.run.quiet)
        .for_programs(args.run.profile == Some(ProfileForm::Json));
    set_threads(args.run.threads);
    let detached =
        requests.iter().try_for_each(|request| refuse_detached(command, &request.matches));
    let mut prepared = match detached.and_then(|()| prepare(args, requests)) {
        Ok(prepared) => prepared,
        Err(error) => return usage(&terminal, &error),
    };
    if args.run.print_options {
        let matches: Vec<_> = requests.iter().map(|request| &request.matches).collect();
        let text = options::print(command, &matches);
        return stdout::outcome(stdout::write(text.as_bytes()));
    }
    let mut told: Vec<&str> = Vec::new();
    let idle = requests.iter().flat_map(|request| &request.idle).map(String::as_str);
    for message in idle.chain(prepared.figures.idle) {
        if !told.contains(&message) {
            terminal.voice(String::new()).warn(message);
            told.push(message);
        }
    }
    if !args.run.watch {
        return draw(args, prepared, &terminal);
    }
    let mut watch = match Watch::new(args, &prepared.figures.jobs) {
        Ok(watch) => watch,
        Err(error) => return usage(&terminal, &error),
    };
    loop {
        clear_screen(args);
        if draw(args, prepared, &terminal) != DONE {
            terminal.note("waiting for the file to change; Ctrl-C ends it");
        }
        watch.wait();
        prepared = match prepare(args, requests) {
            Ok(prepared) => prepared,
            Err(error) => return usage(&terminal, &error),
        };
    }
}

/// Figures to be drawn, and which of them are drawn here.
struct Prepared {
    figures: Figures,
    shard: Shard,
}

fn prepare(args: &DrawArgs, requests: &[Request]) -> Result<Prepared, UsageError> {
    let shard = args.batch.shard.as_deref().map_or(Ok(Shard::WHOLE), Shard::parse)?;
    let mut figures = resolve::figures(requests)?;
    figures.refuse_collisions(requests)?;
    figures.refuse_unwritable()?;
    if let Some(screen) = show::screen(args)? {
        show::add(&mut figures, screen, args);
    }
    Ok(Prepared { figures, shard })
}

/// Makes room for the next look at pictures that are shown again and again.
fn clear_screen(args: &DrawArgs) {
    if args.output.show.is_some() && std::io::stdout().is_terminal() {
        let _ = std::io::stdout().write_all(b"\x1b[2J\x1b[H");
    }
}

/// Draws all figures once; returns the exit code.
fn draw(args: &DrawArgs, prepared: Prepared, terminal: &Terminal) -> u8 {
    let Prepared { figures: Figures { jobs, sheet, .. }, shard } = prepared;
    if let Some(sheet) = &sheet
        && let Err(error) = pipeline::check_sheet(&jobs, sheet)
    {
        terminal.error(&format!("{error:#}"), way_out(&error));
        return FAILED;
    }
    let batch = &args.batch;
    let all_threads = rayon::current_num_threads();
    let settings = BatchSettings {
        jobs: batch.jobs.map_or(all_threads, usize::from),
        fail_fast: batch.fail_fast,
    };
    let (is_shared, total) = (batch.shared_range.is_some(), jobs.len());
    let scene = Scene {
        terminal,
        args: &args.run,
        start: Instant::now(),
        tally: Mutex::new(Tally { total, ..Tally::default() }),
    };
    // A scale that all figures share is found from all of them, whichever are drawn here.
    let jobs: Vec<Option<Job>> = match is_shared {
        true => pipeline::share_scales(jobs, settings, &scene),
        false => jobs.into_iter().map(Some).collect(),
    };
    let lost = scene.failed();
    let jobs = shard.of(jobs);
    let here = jobs.iter().flatten().count();
    let is_due = |job: &Job| !batch.skip_existing || !pipeline::is_current(job);
    let jobs: Vec<Option<Job>> = jobs.into_iter().map(|job| job.filter(is_due)).collect();
    let due = jobs.iter().flatten().count();
    {
        let mut tally = scene.tally();
        (tally.total, tally.skipped) = (lost + here, here - due);
    }
    terminal.count(0, due);
    if lost == 0 || !batch.fail_fast {
        match &sheet {
            Some(sheet) => scene.draw_sheet(jobs, sheet, settings),
            None => {
                let jobs: Vec<Job> = jobs.into_iter().flatten().collect();
                pipeline::run(&jobs, settings, &scene);
            }
        }
    }
    terminal.clear();
    scene.summary();
    if scene.failed() == 0 { DONE } else { FAILED }
}

/// The user, to whom every figure's outcome is told.
struct Scene<'a> {
    terminal: &'a Terminal,
    args: &'a RunArgs,
    start: Instant,
    tally: Mutex<Tally>,
}

/// What has become of the figures so far.
#[derive(Default)]
struct Tally {
    total: usize,
    /// Those that are up to date.
    skipped: usize,
    drawn: usize,
    bytes: u64,
    /// Names of the figures that failed.
    failed: Vec<String>,
    /// Errors told, each once: all figures of a file that is missing fail alike.
    errors: Vec<String>,
}

impl Audience for Scene<'_> {
    fn listener(&self, job: &Job) -> Box<dyn Listener + '_> {
        Box::new(self.terminal.voice(key(job)))
    }

    fn finished(&self, job: &Job, outcome: &anyhow::Result<Profile>) {
        let mut tally = self.tally();
        match outcome {
            Ok(profile) => {
                tally.drawn += 1;
                tally.bytes += profile.bytes_read();
                let several = (tally.total > 1).then(|| name(job));
                self.profile(several, profile, || self.terminal.take(&key(job)));
            }
            Err(error) => {
                let message = format!("{error:#}");
                // Whoever reads has seen enough: the exit code tells that it was not all.
                if !is_closed_pipe(error) && !tally.errors.contains(&message) {
                    match self.args.watch && !self.terminal.is_quiet() {
                        // A file that is being written is no mistake.
                        true => self.terminal.note(&format!("not drawn: {message}")),
                        false => self.terminal.error(&message, way_out(error)),
                    }
                    tally.errors.push(message);
                }
                tally.failed.push(name(job));
            }
        }
        let total = tally.total - tally.skipped;
        self.terminal.count(tally.drawn + tally.failed.len(), total);
    }
}

/// Whether nobody reads any more what was to be written.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |cause: &io::Error| cause.kind() == ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(closed))
}

/// The profile of a figure as programs read it.
#[derive(Serialize)]
struct Profiled {
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
    #[serde(flatten)]
    report: Report,
    #[serde(flatten)]
    kept: Kept,
}

/// A figure as the summary calls it.
fn name(job: &Job) -> String {
    let mut name = spelling::name(&job.input);
    if let Some((other, formula)) = &job.against {
        let sign = match formula {
            Formula::Ratio => "over",
            _ => "minus",
        };
        name += &format!(" {sign} {}", spelling::name(other));
    }
    if let Some(column) = &job.choice.column {
        name += &format!(", column {column}");
    }
    name
}

/// What tells a figure apart from all others of a run.
fn key(job: &Job) -> String {
    let targets = job.outputs.iter().map(|output| format!("\n{}", output.target));
    std::iter::once(name(job)).chain(targets).collect()
}

impl Scene<'_> {
    fn draw_sheet(&self, jobs: Vec<Option<Job>>, sheet: &SheetJob, settings: BatchSettings) {
        match pipeline::draw_sheet(jobs, sheet, settings, self) {
            Ok(profile) => {
                self.profile(Some("the sheet".to_string()), &profile, || self.terminal.take_all());
            }
            Err(error) => {
                self.terminal.error(&format!("{error:#}"), way_out(&error));
                self.tally().failed.push("the sheet".to_string());
            }
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> usize {
        self.tally().failed.len()
    }

    /// Prints the profile of a figure, with its name where it is one of several.
    fn profile(&self, figure: Option<String>, profile: &Profile, kept: impl FnOnce() -> Kept) {
        let report = profile.report();
        match self.args.profile {
            Some(ProfileForm::Table) => {
                let heading = figure.map_or_else(String::new, |figure| format!("{figure}:\n"));
                self.terminal.print(&format!("{heading}{report}"));
            }
            Some(ProfileForm::Json) => {
                let kept = kept();
                match serde_json::to_string(&Profiled { figure, report, kept }) {
                    Ok(json) => self.terminal.print(&format!("{json}\n")),
                    Err(error) => self.terminal.error(&error.to_string(), None),
                }
            }
            None => {}
        }
    }

    /// Names what failed, and says how long many figures took.
    fn summary(&self) {
        self.terminal.release();
        let tally = self.tally();
        let (failed, total) = (tally.failed.len(), tally.total);
        let untried = total.saturating_sub(tally.drawn + tally.skipped + failed);
        if failed > 0 && total > 1 && !self.args.watch {
            let mut text = format!("{failed} of {total} figures failed:");
            tally.failed.iter().for_each(|name| text.push_str(&format!("\n  {name}")));
            if untried > 0 {
                text.push_str(&format!("\n{untried} were not tried, as --fail-fast asks"));
            }
            self.terminal.error(&text, None);
        }
        if total > 1 && !self.terminal.is_quiet() && !self.terminal.is_for_programs() {
            let seconds = self.start.elapsed().as_secs_f64();
            let rate = format!("{:.2}", tally.drawn as f64 / seconds.max(1e-9));
            let (read, time) = (size(tally.bytes), format!("{seconds:.2} s"));
            let (drawn, skipped) = (tally.drawn, tally.skipped);
            self.terminal.print(&format!(
                "{:>8} {:>8} {:>8} {:>10} {:>10} {:>10}\n\
                 {drawn:>8} {skipped:>8} {failed:>8} {read:>10} {time:>10} {rate:>10}\n",
                "figures", "skipped", "failed", "read", "time", "figures/s",
            ));
        }
    }
}
