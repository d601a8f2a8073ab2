//! `--grid ROWSxCOLUMNS`: figures as panels of one page.

use std::ffi::OsString;

use super::UsageError;
use super::style::formula;
use super::template::{self, Fields, Template};
use crate::cli::args::{DrawArgs, SharedName};
use crate::cli::command::{Given, recorded_sheet};
use crate::cli::options::Request;
use crate::figure::{ColorbarPosition, SheetGrid};
use crate::fits::FitsFile;
use crate::pipeline::{Job, SheetJob};
use crate::stages::load::{self, Formula, Pick};

/// Panels along a side at most.
const MOST: usize = 100;
/// The narrowest panel in pixels.
const LEAST_PIXELS: usize = 16;

/// The shape of the sheet, if one is asked for.
fn grid(args: &DrawArgs) -> Result<Option<SheetGrid>, UsageError> {
    let Some(text) = &args.batch.grid else { return Ok(None) };
    let sides = text.split_once(['x', 'X', '\u{d7}']);
    let side = |text: &str| text.trim().parse().ok().filter(|n| (1..=MOST).contains(n));
    match sides.and_then(|(rows, columns)| Some((side(rows)?, side(columns)?))) {
        Some((rows, columns)) => Ok(Some(SheetGrid { rows, columns })),
        None => Err(UsageError::option("grid", format!("expected rows x columns, found '{text}'"))
            .hint("--grid 2x3 makes two rows of three panels")),
    }
}

/// Makes figures the panels of a sheet, if one is asked for: narrower, each with a title of its own. `fields` are what each has to put
/// into its title, and `titles` those that were asked for.
pub(super) fn sheet(
    Request { args, given, .. }: &Request,
    jobs: &mut [Job],
    fields: &[Fields],
    titles: &[Option<&str>],
) -> Result<Option<SheetJob>, UsageError> {
    let Some(grid) = grid(args)? else { return Ok(None) };
    if jobs.len() > grid.len() {
        let message = format!("--grid: {} figures do not fit in {} places", jobs.len(), grid.len());
        let rows = jobs.len().div_ceil(grid.columns);
        return Err(UsageError::new(message).hint(format!("--grid {rows}x{}", grid.columns)));
    }
    let outputs = jobs.first_mut().map(|job| std::mem::take(&mut job.outputs)).unwrap_or_default();
    if outputs.iter().any(|output| !output.kind.is_figure()) {
        return Err(UsageError::new(
            "--grid makes figures: npy and fits files hold one array each",
        ));
    }
    let command = command(given, jobs);
    let is_bare = args.figure.fast_render;
    let has_title = !(is_bare || args.text.no_title || args.text.no_text);
    let default = if has_title { telling(fields) } else { "" };
    let one_bar = args.batch.shared_range == Some(SharedName::All);
    let pixels = jobs.first().map_or(0, |job| job.style.width);
    let page_title = jobs.first().and_then(|job| job.style.title.clone());
    let panel = grid.panel_pixels(pixels);
    if panel < LEAST_PIXELS {
        let message =
            format!("--grid: {} panels side by side leave each {panel} pixels", grid.columns);
        return Err(UsageError::new(message).hint("use a larger --width"));
    }
    for ((job, fields), title) in jobs.iter_mut().zip(fields).zip(titles) {
        let mut fields = fields.clone();
        if !matches!(job.choice.column, Some(Pick::Name(_))) {
            fields.col = column_name(job).unwrap_or(fields.col);
        }
        job.outputs.clear();
        let is_name = title.is_none();
        if let Some(title) = title {
            formula("panel-title", title)?;
        }
        let title = title.filter(|_| !is_bare).unwrap_or(default);
        let title = Template::parse("panel-title", title.as_ref())?;
        if is_name && args.input.difference {
            fields.stem = names(job);
        }
        let style = &mut job.style;
        style.title_is_name = is_name;
        style.page_width *= panel as f64 / style.width as f64;
        style.width = panel;
        let title = title.fill(&fields).to_string_lossy().into_owned();
        style.title = Some(title).filter(|title| !title.is_empty());
        if one_bar && job.scale_key.is_some() {
            job.bar.position = ColorbarPosition::Nowhere;
        }
    }
    let has_bar = one_bar && !args.bar.no_cbar && !is_bare;
    Ok(Some(SheetJob { grid, title: page_title, pixels, one_bar: has_bar, outputs, command }))
}

/// A title that tells panels apart.
fn telling(fields: &[Fields]) -> &'static str {
    let differ = |of: fn(&Fields) -> String| {
        let mut values = fields.iter().map(of);
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    match (differ(|f| f.stem.to_string_lossy().into_owned()), differ(|f| f.col.clone())) {
        (true, true) => "{stem} {col}",
        (false, true) => "{col}",
        (true, false) => "{stem}",
        (false, false) => "",
    }
}

/// The name of a job's map, and with a minus sign that of the map subtracted from it.
fn names(job: &Job) -> OsString {
    let mut names = template::stem(&job.input);
    if let Some((other, Formula::Difference)) = &job.against {
        names.push(" \u{2212} ");
        names.push(template::stem(other));
    }
    names
}

/// The name of a job's column, where it has one; a pipe, which can be read only once, is left alone.
fn column_name(job: &Job) -> Option<String> {
    if !job.input.is_file() {
        return None;
    }
    let map = load::load(&FitsFile::open(&job.input).ok()?, &job.choice).ok()?;
    Some(map.name).filter(|name| !name.is_empty())
}

/// The command that draws the sheet: all maps and columns, each once.
fn command(given: &[Given], jobs: &[Job]) -> String {
    let (mut maps, mut columns) = (Vec::new(), Vec::new());
    for job in jobs {
        if !maps.contains(&job.input.as_os_str()) {
            maps.push(job.input.as_os_str());
        }
        if let Some(column) = job.choice.column.as_ref().filter(|column| !columns.contains(column))
        {
            columns.push(column);
        }
    }
    recorded_sheet(given, &maps, &columns)
}
