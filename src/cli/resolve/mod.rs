//! From arguments as typed to jobs with every setting resolved; every mistake in the arguments ends here.

mod colors;
mod error;
mod output;
mod shard;
mod sheet;
mod style;
mod template;
mod theme;
mod values;
mod view;

use std::path::PathBuf;

use super::args::{DrawArgs, SharedName};
use super::command::{Given, recorded};
use super::options::Request;
use crate::pipeline::{Job, OutputKind, ScaleKey, SheetJob};
use crate::stages::load::{Choice, Pick};

pub use error::UsageError;
use output::Naming;
pub use shard::Shard;
use template::Fields;

/// What is to be drawn: figures, or the panels of a sheet.
pub struct Figures {
    /// The figures.
    pub jobs: Vec<Job>,
    /// The sheet that they are panels of.
    pub sheet: Option<SheetJob>,
}

/// The figures that all requests ask for together.
///
/// # Errors
/// The first mistake found.
pub fn figures(requests: &[Request]) -> Result<Figures, UsageError> {
    let (mut jobs, mut fields) = (Vec::new(), Vec::new());
    for request in requests {
        add_jobs(&request.args, &request.given, &mut jobs, &mut fields)?;
    }
    let sheet = match requests.first() {
        Some(request) => sheet::sheet(request, &mut jobs, &fields)?,
        None => None,
    };
    let outputs = sheet.as_ref().map_or_else(Vec::new, |sheet| sheet.outputs.clone());
    output::refuse_collisions(&jobs, &outputs)?;
    Ok(Figures { jobs, sheet })
}

/// Which figures have their scale in common with this one.
fn scale_key(args: &DrawArgs, choice: &Choice) -> Option<ScaleKey> {
    Some(match args.batch.shared_range? {
        SharedName::All => String::new(),
        SharedName::Col => choice.column.as_ref().map_or("0".to_string(), ToString::to_string),
    })
}

/// Adds the jobs of one request, and for each what it has to put into templates; `given` are the options as they were set, for the
/// figures' metadata.
fn add_jobs(
    args: &DrawArgs,
    given: &[Given],
    jobs: &mut Vec<Job>,
    fields: &mut Vec<Fields>,
) -> Result<(), UsageError> {
    let choices = choices(args)?;
    let naming = Naming::new(args, choices.len())?;
    let date = source_date()?;
    // Figures share their picture; arrays have another.
    let (figures, arrays): (Vec<OutputKind>, Vec<OutputKind>) =
        naming.kinds.iter().partition(|kind| kind.is_figure());
    let opaque = |kind: &&OutputKind| match kind {
        OutputKind::Figure(format) => !format.has_transparency(),
        _ => false,
    };
    if let Some(kind) = figures.iter().find(opaque).filter(|_| args.figure.transparent) {
        let message = format!("--transparent: {} has no transparency", kind.extension());
        return Err(UsageError::new(message).hint("use png, webp, tif, pdf, svg or eps"));
    }
    let drawn = naming.maps.iter().flat_map(|map| choices.iter().map(move |choice| (map, choice)));
    let mut index = fields.last().map_or(0, |last| last.index + 1);
    for (map, choice) in drawn {
        for kinds in [&figures, &arrays].into_iter().filter(|kinds| !kinds.is_empty()) {
            let output = |kind: &OutputKind| naming.output(map, choice, index, *kind);
            fields.push(naming.fields(map, choice, index, kinds.first().copied()));
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
                command: recorded(given, &[map.as_os_str()], choice.column.as_ref().as_slice()),
                date,
            });
        }
        index += 1;
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

/// The known word that a misspelt one is likely to mean.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    const LIKENESS: f64 = 0.6;
    let word = word.to_ascii_lowercase();
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&word, known);
    let nearest = known.iter().map(|&known| (likeness(known), known));
    let (best, nearest) = nearest.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best >= LIKENESS).then_some(nearest)
}
