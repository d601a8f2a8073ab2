//! `map2fig info`: what is in files, for people or as JSON.
//!
//! The JSON is an array with an object for each file, in the order of the arguments:
//!
//! | key | value |
//! |---|---|
//! | `file` | the name as given |
//! | `bytes` | size of the file; null where it cannot be read |
//! | `error` | what is wrong with the file as a whole; null where nothing is |
//! | `hdus` | the HDUs: the fields of [`HduReport`], `columns` with those of [`ColumnReport`](crate::stages::inspect::ColumnReport) |
//!
//! Every key is always there; where there is nothing to say, its value is null. Only with `--header` HDUs have one more key,
//! `header`, the list of the cards.

mod number;
mod text;

use std::path::Path;

use serde::Serialize;

use super::args::InfoArgs;
use super::terminal::Terminal;
use super::{DONE, FAILED, set_threads, stdout};
use crate::fits::{FitsError, FitsFile};
use crate::stages::inspect::{self, HduReport, Scope};
use crate::stages::load::Pick;

/// What is to be said of one file.
#[derive(Serialize)]
struct FileReport {
    file: String,
    bytes: Option<u64>,
    error: Option<String>,
    hdus: Vec<Described>,
}

/// An HDU, with its header where that is asked for.
#[derive(Serialize)]
struct Described {
    #[serde(flatten)]
    report: HduReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<Vec<String>>,
}

/// Describes all files; returns the exit code.
pub fn run(args: &InfoArgs) -> u8 {
    let terminal = Terminal::new(false, false);
    set_threads(args.threads);
    let mut failed = false;
    let mut reports = Vec::new();
    for (number, map) in args.maps.iter().enumerate() {
        let report = describe(Path::new(map), args);
        let problems = report.hdus.iter().filter_map(|hdu| hdu.report.problem.as_ref());
        let errors: Vec<&String> = report.error.iter().chain(problems).collect();
        failed |= !errors.is_empty();
        if args.json {
            errors.iter().for_each(|error| terminal.error(error, None));
            reports.push(report);
            continue;
        }
        // The text first: an error belongs below what it is about.
        let gap = if number > 0 { "\n" } else { "" };
        if !report.hdus.is_empty() {
            let written = stdout::write((gap.to_string() + &text::file(&report)).as_bytes());
            if written.is_err() {
                return stdout::outcome(written);
            }
        }
        errors.iter().for_each(|error| terminal.error(error, None));
    }
    if args.json {
        match serde_json::to_string_pretty(&reports) {
            Ok(json) => failed |= stdout::outcome(stdout::write((json + "\n").as_bytes())) != DONE,
            Err(error) => {
                terminal.error(&error.to_string(), None);
                failed = true;
            }
        }
    }
    if failed { FAILED } else { DONE }
}

fn describe(path: &Path, args: &InfoArgs) -> FileReport {
    let bytes = path.metadata().ok().filter(|data| data.is_file()).map(|data| data.len());
    let file = path.to_string_lossy().into_owned();
    match hdus(path, args) {
        Ok((hdus, damage)) => FileReport { file, bytes, error: damage, hdus },
        Err(error) => FileReport { file, bytes, error: Some(error.to_string()), hdus: Vec::new() },
    }
}

/// The HDUs of a file, and what ended their list early.
fn hdus(path: &Path, args: &InfoArgs) -> Result<(Vec<Described>, Option<String>), FitsError> {
    let file = FitsFile::open(path)?;
    let hdu = match args.hdu.as_deref().map(Pick::parse) {
        Some(Pick::Number(number)) => Some(file.hdu(number)?.index),
        Some(Pick::Name(name)) => Some(file.hdu_by_name(&name)?.index),
        None => None,
    };
    let scope = Scope { hdu, headers_only: args.header };
    let reports = inspect::inspect(&file, scope);
    let described = reports.into_iter().zip(scope.chosen(&file)).map(|(report, hdu)| {
        let cards = || hdu.header.text().lines().map(str::to_string).collect();
        Described { report, header: args.header.then(cards) }
    });
    Ok((described.collect(), file.damage().map(ToString::to_string)))
}
