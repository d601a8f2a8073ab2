//! What figures of one run may not do together: read twice what can be read once, or have unlike scales in common.

use std::collections::HashMap;
use std::path::Path;

use super::UsageError;
use crate::cli::options::Request;
use crate::pipeline::{Job, SheetJob};
use crate::spelling;

/// Whether a file can be read only once: standard input, a pipe or the like.
pub(super) fn is_stream(path: &Path) -> bool {
    path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file())
}

/// What is wrong where `what` has to read a file that can be read only once.
pub(super) fn read_again(what: &str, path: &Path) -> UsageError {
    let name = match path == Path::new("-") {
        true => "standard input".to_string(),
        false => spelling::name(path),
    };
    let message = format!("{what}: {name} can be read only once");
    UsageError::new(message).hint("write it to a file first, and name that")
}

/// Refuses to read a stream more than once. Figures of one map that follow each other read it together.
pub(super) fn refuse_reading_again(jobs: &[Job]) -> Result<(), UsageError> {
    let shares = |job: &&Job| job.scale_key.is_some() && is_stream(&job.input);
    if let Some(job) = jobs.iter().find(shares) {
        return Err(read_again("--shared-range looks at each map twice", &job.input));
    }
    let mut readers: HashMap<&Path, &str> = HashMap::new();
    for maps in jobs.chunk_by(|a, b| a.input == b.input) {
        let inputs = maps.first().map(|job| (job.input.as_path(), "the map"));
        let masks = maps.iter().filter_map(|job| job.prepare.mask.as_ref());
        let others = maps.iter().filter_map(|job| job.against.as_ref());
        let files = inputs
            .into_iter()
            .chain(masks.map(|mask| (mask.path.as_path(), "--mask-file")))
            .chain(others.map(|(path, _)| (path.as_path(), "the other map")));
        for (path, what) in files.filter(|(path, _)| is_stream(path)) {
            if let Some(before) = readers.insert(path, what) {
                let what = match before == what {
                    true => format!("{what} is read for each figure"),
                    false => format!("{before} and {what} are the same"),
                };
                return Err(read_again(&what, path));
            }
        }
    }
    Ok(())
}

/// Refuses one colour scale for figures of which each is asked to have another, and one colour bar for different colours.
pub(super) fn refuse_unlike_scales(
    jobs: &[Job],
    sheet: Option<&SheetJob>,
) -> Result<(), UsageError> {
    let mut firsts: HashMap<&str, &Job> = HashMap::new();
    for job in jobs {
        let Some(key) = &job.scale_key else { continue };
        let first = *firsts.entry(key).or_insert(job);
        if job.scale != first.scale || job.limits != first.limits {
            let message =
                "--shared-range: figures that have one scale differ in its kind or limits";
            return Err(UsageError::new(message)
                .hint("give --log, --min, --max and the like to all of them, or to none"));
        }
        if job.palette != first.palette && sheet.is_some_and(|sheet| sheet.one_bar) {
            let message = "--grid: panels of different colours have no colour bar in common";
            return Err(UsageError::new(message)
                .hint("give --cmap and the like to all of them, or leave --shared-range out"));
        }
    }
    Ok(())
}

/// Refuses panels of a page that are of different sizes or looks, or have outputs of their own.
pub(super) fn refuse_unlike_panels(requests: &[Request], jobs: &[Job]) -> Result<(), UsageError> {
    let (Some(request), Some(first)) = (requests.first(), jobs.first()) else { return Ok(()) };
    if request.args.batch.grid.is_none() {
        return Ok(());
    }
    let page = |job: &Job| (job.style.width, job.style.page_width, job.style.theme);
    if jobs.iter().any(|job| page(job) != page(first)) {
        let message = "--grid: all panels are on one page: its size and theme are the same for all";
        return Err(UsageError::new(message)
            .hint("width, figsize, dpi, theme and bg-color belong above the first [[figure]]"));
    }
    if requests.iter().any(|other| other.args.text.title != request.args.text.title) {
        let message = "--grid: the page has one title, above all panels";
        return Err(UsageError::new(message).hint(
            "title belongs above the first [[figure]]; panel-title = \"(a)\" in each names the panels",
        ));
    }
    let output = |request: &Request| {
        (request.args.output.output.clone(), request.args.output.format.clone())
    };
    if requests.iter().any(|other| output(other) != output(request)) {
        let message = "--grid: all panels are on one page, which has one name";
        return Err(UsageError::new(message).hint("output belongs above the first [[figure]]"));
    }
    Ok(())
}
