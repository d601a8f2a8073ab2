//! From arguments as typed to jobs with every setting resolved; every mistake in the arguments ends here.

mod colors;
mod error;
mod output;
mod shard;
mod style;
mod template;
mod theme;
mod values;
mod view;

use std::path::PathBuf;

use super::args::DrawArgs;
use super::command::{Given, recorded};
use crate::pipeline::{Job, OutputKind};
use crate::stages::load::{Choice, Pick};

pub use error::UsageError;
use output::Naming;

/// The jobs that the arguments ask for; `given` are the options as they were set, for the figures' metadata.
///
/// # Errors
/// The first mistake found.
pub fn jobs(args: &DrawArgs, given: &[Given]) -> Result<Vec<Job>, UsageError> {
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
    let mut jobs = Vec::new();
    let drawn = naming.maps.iter().flat_map(|map| choices.iter().map(move |choice| (map, choice)));
    for (index, (map, choice)) in drawn.enumerate() {
        // A figure that is only shown in the terminal has no outputs yet.
        let shown = args.output.show.is_some();
        let groups = [(&figures, true), (&arrays, false)].into_iter();
        for (kinds, is_figure) in
            groups.filter(|(kinds, figure)| !kinds.is_empty() || *figure && shown)
        {
            let output = |kind: &OutputKind| naming.output(map, choice, index, *kind);
            jobs.push(Job {
                input: PathBuf::from(map),
                choice: choice.clone(),
                view: view::view(&args.view)?,
                data_scale: values::data_scale(&args.values)?,
                limits: values::limits(&args.values)?,
                scale: values::scale(&args.values)?,
                palette: colors::palette(args)?,
                style: style::style(is_figure, args)?,
                outputs: kinds.iter().map(output).collect(),
                command: recorded(given, map, choice.column.as_ref()),
                date,
            });
        }
    }
    output::refuse_collisions(&jobs)?;
    match &args.run.shard {
        Some(text) => Ok(shard::take(jobs, text)?),
        None => Ok(jobs),
    }
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
