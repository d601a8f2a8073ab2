//! From arguments as typed to jobs with every setting resolved; every mistake in the arguments ends here.

mod colors;
mod error;
mod graticule;
mod output;
mod style;
mod values;
mod view;

use std::ffi::OsString;
use std::path::PathBuf;

use super::args::DrawArgs;
use super::command::recorded;
use crate::pipeline::Job;
use crate::stages::load::{Choice, Pick};

pub use error::UsageError;

/// The jobs that the arguments ask for. `typed` are all arguments after the program's name, for the figures' metadata.
///
/// # Errors
/// The first mistake found.
pub fn jobs(args: &DrawArgs, typed: &[OsString]) -> Result<Vec<Job>, UsageError> {
    let (maps, named) = output::maps_and_output(args)?;
    let date = source_date()?;
    maps.iter()
        .map(|map| {
            let (target, kind) =
                output::target(map, named.as_deref(), args.output.format.as_deref())?;
            Ok(Job {
                input: PathBuf::from(map),
                choice: choice(args)?,
                view: view::view(&args.view)?,
                data_scale: values::data_scale(&args.values)?,
                limits: values::limits(&args.values)?,
                scale: values::scale(&args.values)?,
                palette: colors::palette(args)?,
                style: style::style(kind, args)?,
                overlays: graticule::overlays(&args.graticule)?,
                target,
                kind,
                command: recorded(typed, &args.maps, map),
                date,
            })
        })
        .collect()
}

fn choice(args: &DrawArgs) -> Result<Choice, UsageError> {
    let ordering = args.input.ordering.as_deref().map(str::parse).transpose();
    Ok(Choice {
        hdu: args.input.hdu.as_deref().map(Pick::parse),
        column: args.input.col.as_deref().map(Pick::parse),
        ordering: ordering.map_err(|e| UsageError::option("ordering", e))?,
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
