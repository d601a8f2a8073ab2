//! The command line: arguments as typed, jobs as resolved, and what the user sees while they run.

pub mod args;
mod command;
mod info;
mod manual;
mod parse;
mod resolve;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use crate::pipeline::{self, Job, Profile};
use args::{Cli, Command, DrawArgs, ProfileForm};
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
    let parsed = args::command()
        .try_get_matches_from(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" to the parser, with exit code 0. A closed pipe leaves nobody to tell.
            let _ = error.print();
            return ExitCode::from(error.exit_code().clamp(0, 2) as u8);
        }
    };
    let typed = arguments.get(1..).unwrap_or_default();
    ExitCode::from(match cli.command {
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Completions { shell }) => manual::print(manual::completions(shell)),
        Some(Command::Man) => manual::print(manual::page()),
        None => draw(&cli.draw, typed),
    })
}

fn draw(args: &DrawArgs, typed: &[OsString]) -> u8 {
    let terminal = Terminal::new(args.run.verbose, args.run.quiet);
    let jobs = match set_threads(args.run.threads).and_then(|()| resolve::jobs(args, typed)) {
        Ok(jobs) => jobs,
        Err(error) => return usage(&terminal, &error),
    };
    let failed = jobs.iter().filter(|job| !draw_one(job, args, &terminal)).count();
    if failed == 0 { DONE } else { FAILED }
}

/// Draws one map; says whether that succeeded.
fn draw_one(job: &Job, args: &DrawArgs, terminal: &Terminal) -> bool {
    let mut profile = Profile::default();
    let result = pipeline::render(job, &mut profile, terminal);
    terminal.clear();
    if let Err(error) = result {
        terminal.error(&format!("{error:#}"), None);
        return false;
    }
    match args.run.profile {
        Some(ProfileForm::Table) => terminal.print(&profile.report().to_string()),
        Some(ProfileForm::Json) => match serde_json::to_string(&profile.report()) {
            Ok(json) => terminal.print(&format!("{json}\n")),
            Err(error) => terminal.error(&error.to_string(), None),
        },
        None => {}
    }
    true
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
