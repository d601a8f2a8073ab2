//! Parses the command line, runs it, prints the error chain and sets the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    map2fig::cli::run(std::env::args_os().collect())
}
