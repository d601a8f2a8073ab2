//! The library's own way in: a figure of a map with the options of the command line, to a file, to bytes or to pixels.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::cli::{self, UsageError};
use crate::draw::Format;
use crate::draw::preview::Pixels;
use crate::pipeline::{self, Buffer, Job, Listener, Output, OutputKind, Profile, Target};

/// A figure of one map: which map of the file, how the sky is laid out, how values become colours.
///
/// All options of the command line that say what a figure is of and looks like are there: [`with`](Plot::with) sets one by its long name,
/// [`switch`](Plot::switch) turns one on. Those on how the program runs and on several figures are errors. Nothing is read or checked before
/// the figure is made.
///
/// ```
/// use map2fig::Plot;
///
/// let drawn = Plot::of("examples/data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits")
///     .column("BESTFIT")
///     .range(-0.2, 0.2)
///     .with("cmap", "RdBu_r")
///     .with("units", "mK")
///     .width(400)
///     .bytes("png")?;
/// assert!(drawn.bytes.starts_with(b"\x89PNG"));
/// assert!(drawn.warnings.is_empty());
/// # Ok::<(), map2fig::PlotError>(())
/// ```
///
/// Mistakes in options and files are errors with the words that the program has for them:
///
/// ```
/// let error = map2fig::Plot::of("map.fits").with("cmap", "virdis").bytes("png").unwrap_err();
/// assert_eq!(error.to_string(), "--cmap: unknown colormap 'virdis'; did you mean viridis?");
/// ```
#[derive(Clone, Debug)]
pub struct Plot {
    map: PathBuf,
    options: Vec<OsString>,
}

/// Why a figure could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The options make no sense, or not together.
    #[error("{message}")]
    Options {
        /// What is wrong, naming the option.
        message: String,
        /// The way out, where the message does not tell it.
        hint: Option<String>,
    },
    /// The file cannot be read as asked, or the figure not written.
    #[error("{0:#}")]
    Drawing(anyhow::Error),
}

impl PlotError {
    /// The way out, where the message does not tell it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            PlotError::Options { hint, .. } => hint.as_deref(),
            PlotError::Drawing(error) => cli::way_out(error),
        }
    }

    fn options(message: String) -> PlotError {
        PlotError::Options { message, hint: None }
    }
}

impl From<UsageError> for PlotError {
    fn from(UsageError { message, hint, .. }: UsageError) -> PlotError {
        PlotError::Options { message, hint }
    }
}

/// A figure in memory, or an array of projected values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Drawn {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// Assumptions that were made about the map and may be wrong.
    pub warnings: Vec<String>,
    /// What was asked for besides the figure, in words: the monopole and the dipole that were taken off.
    pub results: Vec<String>,
}

impl Plot {
    /// A figure of the first map in this file, with the settings that the command line has without options.
    pub fn of(map: impl Into<PathBuf>) -> Plot {
        Plot { map: map.into(), options: Vec::new() }
    }

    /// Sets the option of this long name, without dashes, to a value in the form that the command line has: `with("rotate-to", "-90,30")`,
    /// `with("gamma", 0.5)`. A negative number is a value like others. Of options that may be given several times, each call adds one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Plot {
        self.options.push(format!("--{name}={value}").into());
        self
    }

    /// Turns the option of this long name on, without dashes: one that takes no value, such as `"log"`, or that needs none.
    #[must_use]
    pub fn switch(mut self, name: &str) -> Plot {
        self.options.push(format!("--{name}").into());
        self
    }

    /// The column, by its name in any case, or by its number from 0 among the columns that hold data.
    #[must_use]
    pub fn column(self, column: impl std::fmt::Display) -> Plot {
        self.with("col", column)
    }

    /// The ends of the colour scale: finite numbers, `min` below `max`, in the unit of the data after `scale` and `offset`.
    #[must_use]
    pub fn range(self, min: f64, max: f64) -> Plot {
        self.with("min", min).with("max", max)
    }

    /// The width of the figure in pixels, from 16 to 32000; of the sky itself for arrays. 1200 where it is not given.
    #[must_use]
    pub fn width(self, pixels: u32) -> Plot {
        self.with("width", pixels)
    }

    /// Draws the figure into a file, whose extension tells the format; it appears whole or not at all. Returns the warnings.
    ///
    /// # Errors
    /// [`PlotError::Options`] before anything is read, else [`PlotError::Drawing`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<Vec<String>, PlotError> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        Ok(self.render(kind(extension)?, Target::File(path.to_path_buf()))?.warnings)
    }

    /// Draws the figure, or projects the values, as a file in memory; formats are called as the extensions of their files, `"pdf"`, `"png"`,
    /// `"svg"`, `"npy"`.
    ///
    /// # Errors
    /// Those of [`save`](Plot::save).
    pub fn bytes(&self, format: &str) -> Result<Drawn, PlotError> {
        let buffer = Buffer::default();
        let Heard { warnings, results } =
            self.render(kind(format)?, Target::Memory(buffer.clone()))?;
        Ok(Drawn { bytes: buffer.take(), warnings, results })
    }

    /// Draws the figure as pixels of red, green, blue and alpha, row by row from the top left corner: [`width`](Plot::width) of them in a
    /// row, and as many rows as the projection and what is around the sky need.
    ///
    /// # Errors
    /// Those of [`save`](Plot::save).
    pub fn pixels(&self) -> Result<Pixels, PlotError> {
        let drawn = self.bytes(Format::Png.extension())?;
        Pixels::decode(&drawn.bytes).map_err(|error| PlotError::Drawing(error.into()))
    }

    fn render(&self, kind: OutputKind, target: Target) -> Result<Heard, PlotError> {
        let (mut job, warnings) = self.job(kind)?;
        job.outputs = vec![Output { target, kind }];
        cli::refuse_collisions(std::slice::from_ref(&job), &[], &[])?;
        let heard = Hearing(Mutex::new(Heard { warnings, results: Vec::new() }));
        pipeline::render(&job, &mut Profile::default(), &heard).map_err(PlotError::Drawing)?;
        Ok(heard.0.into_inner().unwrap_or_default())
    }

    /// The job that the command line with these options would draw, and what it would warn of beforehand.
    fn job(&self, kind: OutputKind) -> Result<(Job, Vec<String>), PlotError> {
        if let Some(name) = self.options.iter().find_map(|option| decided_elsewhere(option)) {
            let message = format!("--{name}: a plot decides that itself");
            let hint = "save and bytes take the format, and nobody's defaults are read";
            return Err(PlotError::Options { message, hint: Some(hint.to_string()) });
        }
        let format = format!("--format={}", kind.extension()).into();
        // What a program draws does not depend on its user's own defaults.
        let mut words: Vec<OsString> = vec!["map2fig".into(), "--no-config".into(), format];
        words.extend(self.options.iter().cloned());
        words.extend(["--".into(), self.map.clone().into()]);
        let (jobs, warnings) = cli::jobs(&words)?;
        let count = jobs.len();
        match <[Job; 1]>::try_from(jobs) {
            Ok([job]) => Ok((job, warnings)),
            Err(_) => Err(PlotError::options(format!("expected one figure, found {count}"))),
        }
    }
}

/// The name of an option that the methods of a plot stand for.
fn decided_elsewhere(option: &OsString) -> Option<&'static str> {
    let name = option.to_str()?.strip_prefix("--")?.split('=').next()?;
    ["format", "no-config"].into_iter().find(|known| *known == name)
}

fn kind(extension: &str) -> Result<OutputKind, PlotError> {
    OutputKind::from_extension(extension).ok_or_else(|| {
        let known: Vec<&str> = OutputKind::all().map(|(name, _)| name).collect();
        let known = known.join(", ");
        PlotError::options(format!("unknown format '{extension}': expected one of {known}"))
    })
}

/// What a job has said that its user should know.
#[derive(Default)]
struct Heard {
    warnings: Vec<String>,
    results: Vec<String>,
}

/// Keeps it.
struct Hearing(Mutex<Heard>);

impl Listener for Hearing {
    fn warn(&self, message: &str) {
        if let Ok(mut heard) = self.0.lock()
            && !heard.warnings.iter().any(|known| known == message)
        {
            heard.warnings.push(message.to_string());
        }
    }

    fn note(&self, _message: &str) {}

    fn tell(&self, message: &str) {
        if let Ok(mut heard) = self.0.lock() {
            heard.results.push(message.to_string());
        }
    }

    fn progress(&self, _done: u64, _total: u64) {}
}
