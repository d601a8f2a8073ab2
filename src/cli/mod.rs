//! The command line: arguments as typed, jobs as resolved, and what the user sees while they run.

pub mod args;
mod command;
mod draw;
mod info;
mod manual;
mod mistake;
mod parse;
mod resolve;
mod show;
mod terminal;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use crate::pipeline::Job;
use args::{Cli, Command};
use command::Given;
use resolve::UsageError;
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
    let (cli, given) = match parsed(&command, &arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            if let Some(mistake) = mistake::mistake(&error) {
                return ExitCode::from(usage(&Terminal::new(false, false), &mistake));
            }
            // Help and version are "errors" to the parser, with exit code 0. A closed pipe leaves nobody to tell.
            let _ = error.print();
            return ExitCode::from(error.exit_code().clamp(0, 2) as u8);
        }
    };
    ExitCode::from(match cli.command {
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Completions { shell }) => manual::print(manual::completions(shell)),
        Some(Command::Man) => manual::print(manual::page()),
        None => draw::run(&cli.draw, &given),
    })
}

/// The arguments as typed, and the options that were set.
fn parsed(
    command: &clap::Command,
    arguments: &[OsString],
) -> Result<(Cli, Vec<Given>), clap::Error> {
    let matches = command.clone().try_get_matches_from(arguments)?;
    Ok((Cli::from_arg_matches(&matches)?, command::given(command, &matches)))
}

/// The jobs that a command line asks for; an error is the text that its user would see.
pub(crate) fn jobs(arguments: Vec<OsString>) -> Result<Vec<Job>, String> {
    let (cli, given) = parsed(&args::command(), &arguments).map_err(|error| {
        mistake::mistake(&error).map_or_else(|| error.to_string(), |mistake| mistake.message)
    })?;
    resolve::jobs(&cli.draw, &given).map_err(|mistake| mistake.message)
}

fn usage(terminal: &Terminal, error: &UsageError) -> u8 {
    terminal.error(&error.message, error.hint.as_deref());
    USAGE
}

fn set_threads(threads: Option<u16>) -> Result<(), UsageError> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .map_err(|error| UsageError::option("threads", error))
}
