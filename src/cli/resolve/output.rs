//! Which files are read and written.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::UsageError;
use super::template::{self, Fields, Template};
use super::together::{is_stream, read_again};
use crate::cli::args::DrawArgs;
use crate::draw::Format;
use crate::fits::FitsFile;
use crate::pipeline::{Job, Output, OutputKind, Target, followed};
use crate::spelling;
use crate::stages::load::{self, Choice};

/// The input files, and the output file where one is named: by `-o`, or as the second of two names.
fn maps_and_output(args: &DrawArgs) -> (Vec<OsString>, Option<OsString>) {
    match (&args.output.output, args.maps.as_slice()) {
        (None, [map, second]) if is_second_output(second) => {
            (vec![map.clone()], Some(second.clone()))
        }
        (output, maps) => (maps.to_vec(), output.clone()),
    }
}

/// Whether the second of two names is the output, and not another map.
pub fn is_second_output(second: &OsStr) -> bool {
    match extension(second).and_then(OutputKind::from_extension) {
        Some(OutputKind::Fits) => !Path::new(second).exists() || is_own_image(second),
        other => other.is_some(),
    }
}

/// Whether a file is an image that this program has written, which may be replaced by another.
fn is_own_image(path: &OsStr) -> bool {
    // What can be read only once is a map.
    if is_stream(Path::new(path)) {
        return false;
    }
    let creator =
        FitsFile::open(path).ok().and_then(|file| file.primary().header.get_str("CREATOR"));
    creator.is_some_and(|creator| creator.starts_with("map2fig "))
}

fn extension(path: &OsStr) -> Option<&str> {
    Path::new(path).extension().and_then(OsStr::to_str)
}

fn known_formats() -> String {
    OutputKind::all().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

/// What is read, in which formats it is written, and how the files are called.
pub(super) struct Naming {
    /// The maps.
    pub maps: Vec<OsString>,
    /// The output formats, each once.
    pub kinds: Vec<OutputKind>,
    /// Nothing where the figure goes to standard output.
    template: Option<Template>,
    /// Whether names or titles tell the resolution of the map.
    needs_nside: bool,
}

impl Naming {
    /// What the arguments say; `columns` is the number of columns drawn of each map.
    pub fn new(args: &DrawArgs, columns: usize) -> Result<Naming, UsageError> {
        let (maps, output) = maps_and_output(args);
        let mut kinds = Vec::new();
        for name in &args.output.format {
            let kind = OutputKind::from_extension(name.trim()).ok_or_else(|| {
                UsageError::new(format!("--format: unknown format '{}'", spelling::cut(name)))
                    .hint(format!("known formats: {}", known_formats()))
            })?;
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        // Figures that are shown need no file.
        let only_shown = args.output.show.is_some() && output.is_none() && kinds.is_empty();
        let name = match &output {
            Some(path) if path == "-" => None,
            Some(path) => Some(path.as_os_str()),
            None if only_shown => None,
            None if columns > 1 => Some(OsStr::new("{stem}_{col}.{ext}")),
            None => Some(OsStr::new("{stem}.{ext}")),
        };
        let template = name.map(|name| Template::parse("output", name)).transpose()?;
        if kinds.is_empty() && !only_shown {
            kinds.push(match &output {
                Some(path) if path == "-" => {
                    return Err(
                        UsageError::new("-o - needs a --format").hint("such as --format png")
                    );
                }
                Some(path) => kind_of(path)?,
                None => OutputKind::Figure(Format::Pdf),
            });
        }
        let panel_title = args.text.panel_title.as_deref().map(OsStr::new);
        let panel_title =
            panel_title.map(|name| Template::parse("panel-title", name)).transpose()?;
        let needs_nside =
            [&template, &panel_title].into_iter().flatten().any(Template::needs_nside);
        let stream = maps.iter().map(Path::new).find(|map| needs_nside && is_stream(map));
        if let Some(map) = stream {
            return Err(read_again("{nside} is read from the map before it is drawn", map));
        }
        Ok(Naming { maps, kinds, template, needs_nside })
    }

    /// What a figure has to put into templates, the format left open. Its file is opened for it where a template has `{nside}`.
    pub fn fields(&self, subject: &Subject) -> Fields {
        let Subject { map, choice, minus, index } = *subject;
        let path = Path::new(map);
        let nside = self.needs_nside.then(|| nside(path, choice)).flatten();
        let mut stem = template::stem(path);
        if let Some(minus) = minus {
            stem.push("-");
            stem.push(template::stem(Path::new(minus)));
        }
        Fields {
            stem,
            col: choice.column.as_ref().map_or("0".to_string(), ToString::to_string),
            nside: nside.unwrap_or_else(|| "unknown".to_string()),
            index,
            ext: "pdf",
            dir: template::folder(path),
        }
    }

    /// Where a figure of these fields goes in one format.
    pub fn output(&self, fields: &Fields, kind: OutputKind) -> Output {
        let target = match &self.template {
            None => Target::Stdout,
            Some(template) => Target::File(PathBuf::from(template.fill(&fields.of(Some(kind))))),
        };
        Output { target, kind }
    }
}

/// What a figure shows.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The map.
    pub map: &'a OsStr,
    /// What of it.
    pub choice: &'a Choice,
    /// The map that it is compared with by `--difference`.
    pub minus: Option<&'a OsStr>,
    /// Position in the list of all figures, from 0.
    pub index: usize,
}

/// The format that a name's extension tells.
fn kind_of(path: &OsStr) -> Result<OutputKind, UsageError> {
    // A template may leave the extension to the format.
    let from_name = match extension(path) {
        Some("{ext}") => Some(OutputKind::Figure(Format::Pdf)),
        other => other.and_then(OutputKind::from_extension),
    };
    from_name.ok_or_else(|| {
        if Path::new(path).is_dir() {
            return is_folder(Path::new(path));
        }
        let name = spelling::name(Path::new(path));
        UsageError::new(format!("the extension of {name} names no known format"))
            .hint(format!("known formats: {}; --format chooses one", known_formats()))
    })
}

/// What is wrong with an output that is a folder.
fn is_folder(path: &Path) -> UsageError {
    let inside = path.join("{stem}.{ext}");
    UsageError::new(format!("-o: {} is a folder", spelling::name(path)))
        .hint(format!("name a file in it: -o '{}'", spelling::name(&inside)))
}

/// The resolution of a map as its header tells; a file that cannot be read fails when it is to be drawn.
fn nside(map: &Path, choice: &Choice) -> Option<String> {
    let file = FitsFile::open(map).ok()?;
    let found = load::load(&file, choice).ok()?;
    Some(found.source.nside().map_or("mixed".to_string(), |nside| nside.to_string()))
}

/// Refuses outputs that would replace each other or a file that is read. `sheet` are those of a sheet, which belong to no job,
/// `options` the files of options.
pub(crate) fn refuse_collisions(
    jobs: &[Job],
    sheet: &[Output],
    options: &[PathBuf],
) -> Result<(), UsageError> {
    let of_jobs = || jobs.iter().flat_map(|job| job.outputs.iter().map(move |o| (job, o)));
    let of_sheet = || jobs.iter().take(1).flat_map(|job| sheet.iter().map(move |o| (job, o)));
    let outputs = || of_jobs().chain(of_sheet());
    if outputs().count() > 1 && outputs().any(|(_, output)| output.target == Target::Stdout) {
        let message = format!("-o - takes one figure, and there are {}", outputs().count());
        return Err(UsageError::new(message).hint("name files with a template: -o '{stem}.{ext}'"));
    }
    let others = jobs.iter().flat_map(|job| &job.depends).chain(options);
    let others = others.map(|file| (absolute(file), file));
    let maps = jobs.iter().map(|job| (absolute(&job.input), &job.input));
    let kept = others.map(|(place, file)| (place, ("file ", file)));
    let kept: HashMap<_, _> = kept.chain(maps.map(|(place, map)| (place, ("map ", map)))).collect();
    let mut taken: HashMap<PathBuf, &Job> = HashMap::new();
    for (job, output) in outputs() {
        let Target::File(path) = &output.target else { continue };
        if path.is_dir() {
            return Err(is_folder(path));
        }
        // Whatever is no file, such as /dev/null, takes any number of figures.
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            continue;
        }
        let place = absolute(path);
        let name = spelling::name(path);
        if let Some((what, file)) = kept.get(&place) {
            let file = spelling::name(file);
            let message = format!("the output {name} would replace the {what}{file}");
            return Err(UsageError::new(message).hint("name another file with -o"));
        }
        if let Some(other) = taken.insert(place, job) {
            let message = format!("-o: {} would both be written to {name}", both(other, job));
            return Err(UsageError::new(message).hint(
                "a template tells them apart: {stem} {dir} {col} {index} {nside} {ext}, as in -o '{stem}_{col}.{ext}'",
            ));
        }
    }
    Ok(())
}

/// Two figures as a message tells them apart.
fn both(a: &Job, b: &Job) -> String {
    let column = |job: &Job| job.choice.column.as_ref().map(ToString::to_string);
    let (map, other) = (spelling::name(&a.input), spelling::name(&b.input));
    match (column(a), column(b)) {
        _ if a.input != b.input => format!("{map} and {other}"),
        (Some(x), Some(y)) if x != y => format!("columns {x} and {y} of {map}"),
        _ if std::ptr::eq(a, b) => format!("two formats of {map}"),
        _ => format!("{map} and {other}"),
    }
}

/// The file's place, the same whatever links lead there and however its folder is spelt.
fn absolute(path: &Path) -> PathBuf {
    let path = &followed(path);
    if let Ok(place) = path.canonicalize() {
        return place;
    }
    let folder = template::folder(path);
    let folder = Path::new(&folder).canonicalize().unwrap_or_else(|_| PathBuf::from(folder));
    folder.join(path.file_name().unwrap_or_default())
}
