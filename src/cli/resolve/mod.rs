//! From arguments as typed to jobs with every setting resolved; every mistake in the arguments ends here.

mod bar;
mod colors;
mod contradiction;
mod error;
mod graticule;
mod output;
mod prepare;
mod shard;
mod sheet;
mod style;
mod template;
mod theme;
mod together;
mod values;
mod view;
mod writable;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{DrawArgs, SharedName};
use super::command::{Given, recorded, subtracting};
use super::options::Request;
use crate::pipeline::{Common, Job, Output, OutputKind, OverlaySettings, ScaleKey, SheetJob};
use crate::spelling;
use crate::stages::load::{Choice, Formula, Pick, Role};

pub use colors::colormap;
use contradiction::refuse_opaque;
pub use contradiction::{contradicting, idle, makes_arrays};
pub use error::UsageError;
pub use output::is_second_output;
pub(crate) use output::refuse_collisions;
use output::{Naming, Subject};
pub use shard::Shard;
use template::Fields;
use theme::Looks;

/// What is to be drawn: figures, or the panels of a sheet.
pub struct Figures {
    /// The figures.
    pub jobs: Vec<Job>,
    /// The sheet that they are panels of.
    pub sheet: Option<SheetJob>,
    /// What has no effect on it, in words for the user.
    pub idle: Option<&'static str>,
}

/// The figures that all requests ask for together.
///
/// # Errors
/// The first mistake found.
pub fn figures(requests: &[Request]) -> Result<Figures, UsageError> {
    let (mut jobs, mut fields, mut titles) = (Vec::new(), Vec::new(), Vec::new());
    for request in requests {
        add_jobs(&request.args, &request.given, &mut jobs, &mut fields)
            .map_err(|error| error.placed(&request.places))?;
        titles.resize(jobs.len(), request.args.text.panel_title.as_deref());
    }
    together::refuse_unlike_panels(requests, &jobs)?;
    let sheet = match requests.first() {
        Some(request) => sheet::sheet(request, &mut jobs, &fields, &titles)?,
        None => None,
    };
    together::refuse_unlike_scales(&jobs, sheet.as_ref())?;
    together::refuse_reading_again(&jobs)?;
    let at_right = requests.iter().any(|request| bar::is_at_right(&request.args.bar));
    let has_one_bar = sheet.as_ref().is_some_and(|sheet| sheet.one_bar);
    let idle = (at_right && has_one_bar)
        .then_some("--cbar-position right: the bar that panels share goes below them");
    Ok(Figures { jobs, sheet, idle })
}

impl Figures {
    /// Makes sure that no output replaces another, or a file that is read.
    ///
    /// # Errors
    /// The first output that would.
    pub fn refuse_collisions(&self, requests: &[Request]) -> Result<(), UsageError> {
        let outputs = self.sheet.as_ref().map_or(&[][..], |sheet| &sheet.outputs);
        let options = requests.iter().flat_map(|request| &request.given);
        let options = options.filter(|option| option.name == "options");
        let options: Vec<PathBuf> =
            options.flat_map(|option| option.values.iter().map(PathBuf::from)).collect();
        refuse_collisions(&self.jobs, outputs, &options)
    }
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
    let looks = style::looks(args)?;
    let date = source_date()?;
    let common = jobs.first().map(|job| Arc::clone(&job.common)).unwrap_or_default();
    // Figures share their picture; arrays have another.
    let (figures, arrays): (Vec<OutputKind>, Vec<OutputKind>) =
        naming.kinds.iter().partition(|kind| kind.is_figure());
    refuse_opaque(args, looks.theme.page, &figures)?;
    let first = fields.last().map_or(0, |last| last.index + 1);
    for subject in subjects(args, &naming.maps, &choices, first) {
        let found = naming.fields(&subject);
        // A figure that is only shown in the terminal has no outputs yet.
        let shown = args.output.show.is_some();
        let groups = [(&figures, true), (&arrays, false)].into_iter();
        for (kinds, is_figure) in
            groups.filter(|(kinds, is_figure)| !kinds.is_empty() || *is_figure && shown)
        {
            let output = |kind: &OutputKind| naming.output(&found, *kind);
            let outputs = kinds.iter().map(output).collect();
            fields.push(found.of(kinds.first().copied()));
            let common = Arc::clone(&common);
            let made = Made { is_figure, outputs, looks: &looks, date, common };
            jobs.push(job(args, given, &subject, made)?);
        }
    }
    Ok(())
}

/// What becomes of a picture.
struct Made<'a> {
    is_figure: bool,
    outputs: Vec<Output>,
    looks: &'a Looks,
    date: Option<i64>,
    common: Arc<Common>,
}

/// One figure, or one array.
fn job(
    args: &DrawArgs,
    given: &[Given],
    Subject { map, choice, minus, .. }: &Subject<'_>,
    Made { is_figure, outputs, looks, date, common }: Made,
) -> Result<Job, UsageError> {
    let minus = *minus;
    let mut limits = values::limits(&args.values)?;
    let mut data_scale = values::data_scale(&args.values)?;
    let mut command = recorded(given, &[map], choice.column.as_ref().as_slice());
    if let Some(minus) = minus {
        // Differences lie about zero, and what is added to both maps is not in them.
        data_scale.1 = 0.0;
        limits.symmetric |= limits.min.is_none() && limits.max.is_none();
        command = subtracting(command, minus);
    }
    Ok(Job {
        input: PathBuf::from(map),
        choice: (*choice).clone(),
        against: against(args, minus),
        view: view::view(&args.view)?,
        data_scale,
        limits,
        scale: values::scale(&args.values)?,
        palette: colors::palette(args, choice.column.as_ref(), looks)?,
        prepare: prepare::settings(&args.prepare)?,
        overlays: match args.figure.fast_render {
            true => OverlaySettings::default(),
            false => graticule::overlays(&args.graticule)?,
        },
        style: style::style(is_figure, args, looks)?,
        bar: bar::bar(args)?,
        outputs,
        scale_key: scale_key(args, choice).filter(|_| is_figure && minus.is_none()),
        shared_scale: None,
        common,
        depends: given
            .iter()
            .flat_map(Given::files)
            .chain(minus.map(PathBuf::from))
            .chain(looks.font_file.clone())
            .collect(),
        marks_places: args.batch.skip_existing,
        command,
        date,
    })
}

/// Everything that is drawn: each column of each map, and with `--difference` of each further map what it differs from the first by.
fn subjects<'a>(
    args: &DrawArgs,
    maps: &'a [OsString],
    choices: &'a [Choice],
    first: usize,
) -> Vec<Subject<'a>> {
    let (reference, others) = match maps {
        [reference, others @ ..] if args.input.difference => (Some(reference), others),
        _ => (None, &[][..]),
    };
    let plain = maps.iter().map(|map| (map, None));
    let differences = others.iter().map(|map| (map, reference.map(OsString::as_os_str)));
    let all = plain.chain(differences);
    all.flat_map(|(map, minus)| choices.iter().map(move |choice| (map, minus, choice)))
        .enumerate()
        .map(|(place, (map, minus, choice))| Subject { map, choice, minus, index: first + place })
        .collect()
}

/// The other map that a map is held against.
fn against(args: &DrawArgs, minus: Option<&OsStr>) -> Option<(PathBuf, Formula)> {
    let subtracted = minus.map(PathBuf::from).or_else(|| args.input.minus.clone());
    let subtracted = subtracted.map(|path| (path, Formula::Difference));
    subtracted.or_else(|| Some((args.input.ratio.clone()?, Formula::Ratio)))
}

/// What is taken from each file: one map for each column.
fn choices(args: &DrawArgs) -> Result<Vec<Choice>, UsageError> {
    let ordering = args.input.ordering.as_deref().map(str::parse).transpose();
    let ordering = ordering.map_err(|e| UsageError::option("ordering", e))?;
    let hdu = args.input.hdu.as_deref().map(Pick::parse);
    let choice = |column| Choice { hdu: hdu.clone(), column, ordering, role: Role::Map };
    let columns: Vec<Pick> = args.input.col.iter().map(|text| Pick::parse(text)).collect();
    let twice = |place: usize| columns[..place].contains(&columns[place]);
    if let Some(place) = (0..columns.len()).find(|place| twice(*place)) {
        return Err(UsageError::new(format!("--col: {} is given twice", columns[place])));
    }
    Ok(match columns.is_empty() {
        true => vec![choice(None)],
        false => columns.into_iter().map(|column| choice(Some(column))).collect(),
    })
}

/// SOURCE_DATE_EPOCH, which reproducible builds set.
fn source_date() -> Result<Option<i64>, UsageError> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|t| t.trim().parse().ok());
    // Years 1970 to 9999, as dates in files have four digits.
    match seconds.filter(|s| (0..253_402_300_800).contains(s)) {
        Some(seconds) => Ok(Some(seconds)),
        None => {
            let found = spelling::name(Path::new(&text));
            let message = format!(
                "SOURCE_DATE_EPOCH: expected seconds since 1970, up to the year 9999, found '{}'",
                spelling::cut(found.trim_matches('\''))
            );
            Err(UsageError::new(message).hint("env -u SOURCE_DATE_EPOCH map2fig writes no date"))
        }
    }
}
