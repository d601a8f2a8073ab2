//! The command line: arguments as typed, jobs as resolved, and what the user sees while they run.

pub mod args;
mod colormaps;
mod command;
mod detached;
mod draw;
mod info;
mod manual;
mod mistake;
mod options;
mod parse;
mod resolve;
mod show;
mod small_file;
mod stdout;
mod terminal;
mod watch;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::pipeline::Job;
use args::Command;
pub(crate) use mistake::way_out;
use options::{ParseError, Parsed};
pub(crate) use resolve::{UsageError, refuse_collisions};
use terminal::Terminal;

/// All maps were drawn.
const DONE: u8 = 0;
/// At least one map failed.
const FAILED: u8 = 1;
/// The arguments make no sense.
const USAGE: u8 = 2;

/// Runs the program with these arguments, the first being its own name.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let command = args::command();
    let parsed = match options::parse(&command, &arguments) {
        Ok(parsed) => parsed,
        Err(ParseError::Usage(error)) => return usage(&Terminal::new(false, false), &error).into(),
        Err(ParseError::Clap(error)) => {
            if let Some(mistake) = mistake::mistake(&error) {
                return ExitCode::from(usage(&Terminal::new(false, false), &mistake));
            }
            // Help and version are "errors" to the parser, with exit code 0.
            let printed = error.print().and_then(|()| io::stdout().flush());
            return ExitCode::from(match error.exit_code() {
                0 => stdout::outcome(printed),
                code => code.clamp(0, 2) as u8,
            });
        }
    };
    ExitCode::from(match parsed {
        Parsed::Other(Command::Info(args)) => info::run(&args),
        Parsed::Other(Command::Colormaps(args)) => colormaps::run(&args),
        Parsed::Other(Command::Completions { shell }) => print(manual::completions(shell)),
        Parsed::Other(Command::Man) => print(manual::page()),
        Parsed::Draw(requests) => draw::run(&command, &requests),
    })
}

/// The jobs that a command line asks for, which may not say how the program runs or what it does with several figures; and what its user
/// should know of it.
///
/// # Errors
/// What the command line's user would see.
pub(crate) fn jobs(arguments: &[OsString]) -> Result<(Vec<Job>, Vec<String>), UsageError> {
    let parsed = options::parse(&args::command(), arguments).map_err(|error| match error {
        ParseError::Usage(mistake) => mistake,
        ParseError::Clap(error) => {
            mistake::mistake(&error).unwrap_or_else(|| UsageError::new(error.to_string()))
        }
    })?;
    let Parsed::Draw(requests) = parsed else { return Ok(Default::default()) };
    let mut given = requests.iter().flat_map(|request| &request.given);
    if let Some(useless) = given.find(|option| !option.suits_one_figure()) {
        let message = format!(
            "--{}: a plot is one figure, made by the program that asks for it",
            useless.name
        );
        return Err(UsageError::new(message));
    }
    let jobs = resolve::figures(&requests)?.jobs;
    Ok((jobs, requests.into_iter().flat_map(|request| request.idle).collect()))
}

fn print(document: io::Result<Vec<u8>>) -> u8 {
    stdout::outcome(document.and_then(|bytes| stdout::write(&bytes)))
}

fn usage(terminal: &Terminal, error: &UsageError) -> u8 {
    terminal.error(&error.message, error.hint.as_deref());
    USAGE
}

/// Starts as many threads as asked for, or as suit the machine; where the system lets none start, this one works alone.
fn set_threads(threads: Option<u16>) {
    /// As many as `--threads` takes.
    const MOST: usize = 1024;
    let wanted = || std::env::var("RAYON_NUM_THREADS").ok()?.parse::<usize>().ok();
    let count = threads.map(usize::from).or_else(wanted).unwrap_or(0).min(MOST);
    let can_start = std::thread::Builder::new().spawn(|| ()).is_ok();
    let pool = rayon::ThreadPoolBuilder::new();
    let pool = match can_start {
        true => pool.num_threads(count),
        false => pool.num_threads(1).use_current_thread(),
    };
    // Where there are threads already, these do the work.
    let _ = pool.build_global();
}
