//! From arguments as typed to jobs with every setting resolved; every mistake in the arguments ends here.

mod colors;
mod error;
mod output;
mod shard;
mod style;
mod template;
mod values;
mod view;

use std::path::PathBuf;

use super::args::{DrawArgs, SharedName};
use super::command::{Given, recorded};
use super::options::Request;
use crate::pipeline::{Job, OutputKind, ScaleKey};
use crate::stages::load::{Choice, Pick};

pub use error::UsageError;
use output::Naming;
pub use shard::Shard;

/// The jobs that all requests ask for together.
///
/// # Errors
/// The first mistake found.
pub fn jobs(requests: &[Request]) -> Result<Vec<Job>, UsageError> {
    let mut jobs = Vec::new();
    let mut index = 0;
    for request in requests {
        add_jobs(&request.args, &request.given, &mut index, &mut jobs)?;
    }
    output::refuse_collisions(&jobs)?;
    Ok(jobs)
}

/// Which figures have their scale in common with this one.
fn scale_key(args: &DrawArgs, choice: &Choice) -> Option<ScaleKey> {
    Some(match args.run.shared_range? {
        SharedName::All => String::new(),
        SharedName::Col => choice.column.as_ref().map_or("0".to_string(), ToString::to_string),
    })
}

/// Adds the jobs of one request; `given` are the options as they were set, for the figures' metadata, and `index` counts the figures.
fn add_jobs(
    args: &DrawArgs,
    given: &[Given],
    index: &mut usize,
    jobs: &mut Vec<Job>,
) -> Result<(), UsageError> {
    let choices = choices(args)?;
    let naming = Naming::new(args, choices.len())?;
    let date = source_date()?;
    // Figures share their picture; arrays have another.
    let (figures, arrays): (Vec<OutputKind>, Vec<OutputKind>) =
        naming.kinds.iter().partition(|kind| kind.is_figure());
    let drawn = naming.maps.iter().flat_map(|map| choices.iter().map(move |choice| (map, choice)));
    for (map, choice) in drawn {
        for kinds in [&figures, &arrays].into_iter().filter(|kinds| !kinds.is_empty()) {
            let output = |kind: &OutputKind| naming.output(map, choice, *index, *kind);
            jobs.push(Job {
                input: PathBuf::from(map),
                choice: choice.clone(),
                view: view::view(&args.view)?,
                data_scale: values::data_scale(&args.values)?,
                limits: values::limits(&args.values)?,
                scale: values::scale(&args.values)?,
                palette: colors::palette(args)?,
                style: style::style(!figures.is_empty() && kinds == &figures, args)?,
                outputs: kinds.iter().map(output).collect(),
                scale_key: scale_key(args, choice)
                    .filter(|_| !figures.is_empty() && kinds == &figures),
                shared_scale: None,
                depends: given.iter().flat_map(Given::files).collect(),
                command: recorded(given, map, choice.column.as_ref()),
                date,
            });
        }
        *index += 1;
    }
    Ok(())
}

/// What is taken from each file: one map for each column.
fn choices(args: &DrawArgs) -> Result<Vec<Choice>, UsageError> {
    let ordering = args.input.ordering.as_deref().map(str::parse).transpose();
    let ordering = ordering.map_err(|e| UsageError::option("ordering", e))?;
    let hdu = args.input.hdu.as_deref().map(Pick::parse);
    let choice = |column| Choice { hdu: hdu.clone(), column, ordering };
    Ok(match args.input.col.as_slice() {
        [] => vec![choice(None)],
        columns => columns.iter().map(|text| choice(Some(Pick::parse(text)))).collect(),
    })
}

/// SOURCE_DATE_EPOCH, which reproducible builds set.
fn source_date() -> Result<Option<i64>, UsageError> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|t| t.trim().parse().ok());
    // Years 1970 to 9999, as dates in files have four digits.
    match seconds.filter(|s| (0..253_402_300_800).contains(s)) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(UsageError::new(
            "the environment variable SOURCE_DATE_EPOCH is no number of seconds",
        )),
    }
}
