//! What the user sees on standard error: errors, warnings, notes, and a progress bar for reads that last.

use std::io::{IsTerminal, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Listener;

/// Standard error, as loud as the user asked.
pub struct Terminal {
    verbose: bool,
    quiet: bool,
    start: Instant,
    bar: OnceLock<ProgressBar>,
}

/// Reads that are done sooner than this need no bar.
const PATIENCE: Duration = Duration::from_millis(500);

impl Terminal {
    /// Speaks as told by `--verbose` and `--quiet`.
    pub fn new(verbose: bool, quiet: bool) -> Self {
        Terminal { verbose, quiet, start: Instant::now(), bar: OnceLock::new() }
    }

    /// Prints text as it is. A closed standard error leaves nobody to tell.
    pub fn print(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints an error and the way out of it.
    pub fn error(&self, message: &str, hint: Option<&str>) {
        self.clear();
        self.print(&format!("error: {message}\n"));
        if let Some(hint) = hint {
            self.print(&format!("hint: {hint}\n"));
        }
    }

    /// Takes the progress bar away.
    pub fn clear(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self, total: u64) -> &ProgressBar {
        self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let template = "reading {bar:40} {bytes}/{total_bytes} {binary_bytes_per_sec}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        })
    }
}

impl Listener for Terminal {
    fn warn(&self, message: &str) {
        if !self.quiet {
            self.print(&format!("warning: {message}\n"));
        }
    }

    fn note(&self, message: &str) {
        if self.verbose && !self.quiet {
            self.print(&format!("note: {message}\n"));
        }
    }

    fn progress(&self, done: u64, total: u64) {
        let wanted = !self.quiet && self.start.elapsed() > PATIENCE;
        if wanted && std::io::stderr().is_terminal() {
            self.bar(total).set_position(done);
        }
    }
}
