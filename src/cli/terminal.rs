//! What the user sees on standard error: errors, warnings, notes, a progress bar for reads that last and one for many figures.

use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::pipeline::Listener;

/// Standard error, as loud as the user asked.
pub struct Terminal {
    verbose: bool,
    quiet: bool,
    bars: MultiProgress,
    figures: OnceLock<ProgressBar>,
    /// Warnings given, each once: the columns of a file share its header.
    said: Mutex<HashSet<String>>,
}

/// What is done sooner than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

impl Terminal {
    /// Speaks as told by `--verbose` and `--quiet`.
    pub fn new(verbose: bool, quiet: bool) -> Self {
        let (bars, said) = (MultiProgress::new(), Mutex::default());
        Terminal { verbose, quiet, bars, figures: OnceLock::new(), said }
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
        self.print(&format!("error: {message}\n{hint}"));
    }

    /// Prints what goes on, unless only errors are to be said.
    pub fn note(&self, message: &str) {
        if !self.quiet {
            self.print(&format!("note: {message}\n"));
        }
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

    /// What speaks for one figure.
    pub fn voice(&self) -> Voice<'_> {
        let (start, reading, projecting) = (Instant::now(), OnceLock::new(), OnceLock::new());
        Voice { terminal: self, start, reading, projecting }
    }

    fn has_bars(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    fn bar(&self, total: u64, template: &str) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(total));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

/// Speaks for one figure, with a bar of its own while it is read.
pub struct Voice<'a> {
    terminal: &'a Terminal,
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
        if !self.terminal.quiet {
            let mut said = self.terminal.said.lock().unwrap_or_else(PoisonError::into_inner);
            if said.insert(message.to_string()) {
                self.terminal.print(&format!("warning: {message}\n"));
            }
        }
    }

    fn note(&self, message: &str) {
        if self.terminal.verbose && !self.terminal.quiet {
            self.terminal.print(&format!("note: {message}\n"));
        }
    }

    fn tell(&self, message: &str) {
        self.terminal.note(message);
    }

    fn progress(&self, done: u64, total: u64) {
        let template = "reading {bar:40} {bytes}/{total_bytes} {binary_bytes_per_sec}";
        self.advance(&self.reading, template, done, total);
    }

    fn projected(&self, done: u64, total: u64) {
        self.advance(&self.projecting, "projecting {bar:40} {percent} %, {eta} left", done, total);
    }
}
