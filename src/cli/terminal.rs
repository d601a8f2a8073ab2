//! What the user sees on standard error: errors, warnings, notes, a progress bar for reads that last and one for many figures.

use std::collections::{BTreeMap, HashSet};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::pipeline::Listener;
use crate::spelling::visible;

/// Standard error, as loud as the user asked.
pub struct Terminal {
    verbose: bool,
    quiet: bool,
    bars: MultiProgress,
    figures: OnceLock<ProgressBar>,
    /// Warnings given, each once: the columns of a file share its header.
    said: Mutex<HashSet<String>>,
    /// What is kept for the reports of figures, by their names, where programs read these.
    kept: Option<Mutex<BTreeMap<String, Kept>>>,
}

/// What a report tells besides its numbers.
#[derive(Default, Serialize)]
pub struct Kept {
    /// Assumptions that may be wrong.
    pub warnings: Vec<String>,
    /// What was found and done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What is done sooner than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

impl Terminal {
    /// Speaks as told by `--verbose` and `--quiet`.
    pub fn new(verbose: bool, quiet: bool) -> Self {
        let (bars, said) = (MultiProgress::new(), Mutex::default());
        Terminal { verbose, quiet, bars, figures: OnceLock::new(), said, kept: None }
    }

    /// Keeps warnings and notes for reports if these are for programs.
    pub fn for_programs(self, wanted: bool) -> Self {
        Terminal { kept: wanted.then(Mutex::default), ..self }
    }

    /// Whether programs read what is said.
    pub fn is_for_programs(&self) -> bool {
        self.kept.is_some()
    }

    /// Takes out what has been kept for a figure, and what concerns the run.
    pub fn take(&self, figure: &str) -> Kept {
        let Some(kept) = &self.kept else { return Kept::default() };
        let mut kept = locked(kept);
        let of_run = kept.remove("").unwrap_or_default();
        of_run.and(kept.remove(figure).unwrap_or_default())
    }

    /// Takes out all that has been kept.
    pub fn take_all(&self) -> Kept {
        let kept = self.kept.as_ref().map(|kept| std::mem::take(&mut *locked(kept)));
        kept.into_iter().flatten().fold(Kept::default(), |all, (_, kept)| all.and(kept))
    }

    /// Prints what has been kept and no report will tell.
    pub fn release(&self) {
        let Kept { warnings, notes } = self.take_all();
        warnings.iter().for_each(|warning| self.print(&format!("warning: {warning}\n")));
        notes.iter().for_each(|note| self.print(&format!("note: {note}\n")));
    }

    /// Whether only errors are to be said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints text as it is, above the bars. A closed standard error leaves nobody to tell.
    pub fn print(&self, text: &str) {
        self.bars.suspend(|| {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        });
    }

    /// Prints an error and the way out of it.
    pub fn error(&self, message: &str, hint: Option<&str>) {
        let hint = hint.map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
        self.print(&visible(&format!("error: {message}\n{hint}")));
    }

    /// Prints what goes on, unless only errors are to be said.
    pub fn note(&self, message: &str) {
        if !self.quiet {
            self.print(&format!("note: {}\n", visible(message)));
        }
    }

    /// Prints what may be wrong, once, unless only errors are to be said.
    fn warn(&self, message: &str) {
        if !self.quiet && locked(&self.said).insert(message.to_string()) {
            self.print(&format!("warning: {}\n", visible(message)));
        }
    }

    /// Lets `add` keep something for a figure, where programs read what is said, unless only errors are to be said.
    fn keep(&self, figure: &str, add: impl FnOnce(&mut Kept)) -> bool {
        let Some(kept) = &self.kept else { return false };
        if !self.quiet {
            add(locked(kept).entry(figure.to_string()).or_default());
        }
        true
    }

    /// Shows how many of several figures are done.
    pub fn count(&self, done: usize, total: usize) {
        if total < 2 || !self.has_bars() {
            return;
        }
        let bar = self.figures.get_or_init(|| {
            let bar = self.bar(total as u64, "figures {bar:40} {pos}/{len}, {eta} left");
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        bar.set_position(done as u64);
    }

    /// Takes the bars away.
    pub fn clear(&self) {
        if let Some(bar) = self.figures.get() {
            bar.finish_and_clear();
        }
    }

    /// What speaks for the figure of this name, or with an empty one for the run.
    pub fn voice(&self, figure: String) -> Voice<'_> {
        let (start, reading, projecting) = (Instant::now(), OnceLock::new(), OnceLock::new());
        Voice { terminal: self, figure, start, reading, projecting }
    }

    /// Whether there is a terminal that can take back what it shows.
    fn has_bars(&self) -> bool {
        let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        !self.quiet && !is_dumb && std::io::stderr().is_terminal()
    }

    fn bar(&self, total: u64, template: &str) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(total));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// What two have kept, each warning once.
    fn and(mut self, other: Kept) -> Kept {
        other.warnings.into_iter().for_each(|warning| self.warn(&warning));
        self.notes.extend(other.notes);
        self
    }

    fn warn(&mut self, message: &str) {
        if !self.warnings.iter().any(|warning| warning == message) {
            self.warnings.push(message.to_string());
        }
    }
}

/// Speaks for one figure, with a bar of its own while it is read.
pub struct Voice<'a> {
    terminal: &'a Terminal,
    figure: String,
    start: Instant,
    reading: OnceLock<ProgressBar>,
    projecting: OnceLock<ProgressBar>,
}

impl Drop for Voice<'_> {
    fn drop(&mut self) {
        for bar in [&self.reading, &self.projecting].into_iter().filter_map(OnceLock::get) {
            bar.finish_and_clear();
        }
    }
}

impl Voice<'_> {
    /// Shows how much of something is done that already takes long.
    fn advance(&self, bar: &OnceLock<ProgressBar>, template: &str, done: u64, total: u64) {
        if self.start.elapsed() > PATIENCE && self.terminal.has_bars() {
            bar.get_or_init(|| self.terminal.bar(total, template)).set_position(done);
        }
    }
}

impl Listener for Voice<'_> {
    fn warn(&self, message: &str) {
        if !self.terminal.keep(&self.figure, |kept| kept.warn(message)) {
            self.terminal.warn(message);
        }
    }

    fn note(&self, message: &str) {
        if self.terminal.verbose {
            self.tell(message);
        }
    }

    fn tell(&self, message: &str) {
        if !self.terminal.keep(&self.figure, |kept| kept.notes.push(message.to_string())) {
            self.terminal.note(message);
        }
    }

    fn progress(&self, done: u64, total: u64) {
        let template = "reading {bar:40} {bytes}/{total_bytes} {binary_bytes_per_sec}";
        self.advance(&self.reading, template, done, total);
    }

    fn projected(&self, done: u64, total: u64) {
        self.advance(&self.projecting, "projecting {bar:40} {percent} %, {eta} left", done, total);
    }
}
