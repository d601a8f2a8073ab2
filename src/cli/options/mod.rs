//! Options from files: read into the words of a command line by what the command itself says of its options, and printed back.
//!
//! Nothing here knows any single option; what options have to do with each other, `args` says. Settings come in layers, each over the one
//! before: the user's `config.toml`, the file of `--options`, each of its `[[figure]]` tables, and the command line.

mod file;
mod idle;
mod print;
mod switches;
mod yielding;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};

use super::args::{Cli, Command as SubCommand, DrawArgs, IMPLYING};
use super::command::{Given, given};
use super::mistake::mistake;
use super::resolve::{UsageError, contradicting, is_second_output};
use crate::pipeline::OutputKind;
use crate::spelling;
use file::{OptionsFile, Setting};
use switches::Switched;
use yielding::{effective, silenced, yielding};

pub use print::print;

/// Options that concern the reading of options, and so have no place in a file.
const NOT_IN_FILES: [&str; 5] = ["options", "no-config", "print-options", "help", "version"];
/// The key of a file that stands for the maps.
const MAPS_KEY: &str = "map";
/// The id of the argument that it stands for.
const MAPS: &str = "maps";

/// What one command line, or one `[[figure]]` with what lies below it, asks for.
pub struct Request {
    /// The arguments.
    pub args: DrawArgs,
    /// Those that were set.
    pub given: Vec<Given>,
    /// All of them as they were parsed.
    pub matches: ArgMatches,
    /// Which of them have no effect, in words for the user.
    pub idle: Vec<String>,
    /// Where those stand that come from files, by their long names.
    pub places: Vec<(String, String)>,
}

/// What is asked for.
pub enum Parsed {
    /// Figures.
    Draw(Vec<Request>),
    /// Something else.
    Other(SubCommand),
}

/// Why arguments were not understood.
pub enum ParseError {
    /// The command line itself; help and version are errors, too.
    Clap(clap::Error),
    /// A file with options.
    Usage(UsageError),
}

impl From<clap::Error> for ParseError {
    fn from(error: clap::Error) -> Self {
        ParseError::Clap(error)
    }
}

impl From<UsageError> for ParseError {
    fn from(error: UsageError) -> Self {
        ParseError::Usage(error)
    }
}

/// Parses a command line, the first argument being the program's name, together with the files that it names.
///
/// # Errors
/// The first mistake found.
pub fn parse(command: &Command, arguments: &[OsString]) -> Result<Parsed, ParseError> {
    let Switched { arguments, off } = Switched::new(command, arguments)?;
    let arguments = arguments.as_slice();
    let typed = match command.clone().try_get_matches_from(arguments) {
        // Required options, and those that others need, may come from a file: their absence is no error yet.
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {
            command.clone().ignore_errors(true).try_get_matches_from(arguments)?
        }
        typed => typed?,
    };
    if typed.subcommand_name().is_some() {
        let matches = command.clone().try_get_matches_from(arguments)?;
        return Ok(match Cli::from_arg_matches(&matches)? {
            Cli { command: Some(other), .. } => Parsed::Other(other),
            cli => Parsed::Draw(vec![request(command, cli, matches, &[], &[])]),
        });
    }
    let set = |id: &str| typed.value_source(id) == Some(ValueSource::CommandLine);
    if let Some(id) = off.iter().find(|id| set(id)) {
        let name = find(command, id).and_then(Arg::get_long).unwrap_or(id);
        return Err(UsageError::new(format!("--{name} is given more than once")).into());
    }
    let mut typed_ids: Vec<&str> =
        command.get_arguments().map(|arg| arg.get_id().as_str()).filter(|id| set(id)).collect();
    let maps: Vec<&OsString> = typed.get_many(MAPS).into_iter().flatten().collect();
    match (typed.get_one::<OsString>("output"), maps.as_slice()) {
        (Some(output), _) if named_format(output).is_some() => typed_ids.push("format"),
        (None, [_, second]) if is_second_output(second) => typed_ids.extend(["output", "format"]),
        _ => {}
    }
    let off: Vec<&str> = off.iter().flat_map(|id| with_implying(id)).collect();
    let requests = figures(command, &typed)?.into_iter().map(|mut settings| {
        settings.retain(|setting| !off.contains(&setting.id.as_str()));
        let settings = effective(without(command, settings, &typed_ids), &typed_ids);
        agreed(command, settings, &typed_ids, arguments)
    });
    Ok(Parsed::Draw(requests.collect::<Result<_, ParseError>>()?))
}

/// What the files that a command line names have for each figure.
fn figures(command: &Command, typed: &ArgMatches) -> Result<Vec<Vec<Setting>>, UsageError> {
    let config = if typed.get_flag("no_config") { None } else { config_file()? };
    let config = config.map(|path| OptionsFile::read(command, &path)).transpose()?;
    let config = config.map(OptionsFile::into_defaults).transpose()?.unwrap_or_default();
    let file = typed.get_one::<PathBuf>("options");
    let file = file.map(|path| OptionsFile::read(command, path)).transpose()?.unwrap_or_default();
    let shared = overlay(command, config, file.settings);
    if file.figures.is_empty() {
        return Ok(vec![shared]);
    }
    let over = |figure| overlay(command, shared.clone(), figure);
    Ok(file.figures.into_iter().map(over).collect())
}

/// The request of a command line with settings from files, of which those give way that contradict what is in a higher layer.
fn agreed(
    command: &Command,
    mut settings: Vec<Setting>,
    typed: &[&str],
    arguments: &[OsString],
) -> Result<Request, ParseError> {
    loop {
        let words = words(command, &settings, arguments);
        let parsed = command.clone().try_get_matches_from(words);
        let matches = parsed.map_err(|error| located(error, command, &settings))?;
        let cli = Cli::from_arg_matches(&matches)?;
        let groups = contradicting(&cli.draw).into_iter().map(<[_]>::to_vec);
        let groups: Vec<Vec<&str>> = groups.chain(silenced(&settings, typed)).collect();
        let Some(id) = groups.iter().find_map(|between| yielding(&settings, typed, between)) else {
            return Ok(request(command, cli, matches, &settings, typed));
        };
        settings.retain(|setting| setting.id != id);
    }
}

/// An option, and those that would turn it on.
fn with_implying(id: &str) -> impl Iterator<Item = &str> {
    let implying = IMPLYING.iter().find(|(off, _)| *off == id).map_or(&[][..], |(_, ids)| *ids);
    std::iter::once(id).chain(implying.iter().copied())
}

fn request(
    command: &Command,
    cli: Cli,
    matches: ArgMatches,
    settings: &[Setting],
    typed: &[&str],
) -> Request {
    let given = given(command, &matches);
    let place = |setting: &Setting| {
        Some((find(command, &setting.id)?.get_long()?.to_string(), setting.place()))
    };
    let places = settings.iter().filter_map(place).collect();
    let idle = idle::idle(command, &cli.draw, &matches, typed);
    Request { args: cli.draw, given, idle, matches, places }
}

/// The file with the user's defaults, if there is one.
fn config_file() -> Result<Option<PathBuf>, UsageError> {
    let Some(path) = config_place() else { return Ok(None) };
    let Ok(found) = path.metadata() else { return Ok(None) };
    // An empty device is as good as an empty file; a pipe would be waited for.
    #[cfg(unix)]
    let is_readable = found.is_file() || {
        use std::os::unix::fs::FileTypeExt;
        found.file_type().is_char_device()
    };
    #[cfg(not(unix))]
    let is_readable = found.is_file();
    match is_readable {
        true => Ok(Some(path)),
        false => {
            let message = format!("the defaults in {}: expected a file", spelling::name(&path));
            Err(UsageError::new(message).hint("move it away, or leave it aside with --no-config"))
        }
    }
}

/// Where the user's defaults are looked for.
fn config_place() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = folder("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let base = base.or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(base.join("map2fig").join("config.toml"))
}

/// The options that a file can set, each with its key.
fn settable(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    command.get_arguments().filter_map(|arg| {
        let key = match arg.get_id().as_str() {
            MAPS => MAPS_KEY,
            _ => arg.get_long()?,
        };
        (!NOT_IN_FILES.contains(&key)).then_some((key, arg))
    })
}

/// The headings of options that concern the run as a whole, not one figure.
const OF_THE_RUN: [&str; 2] = ["Many figures", "Running"];

fn is_of_the_run(arg: &Arg) -> bool {
    arg.get_help_heading().is_some_and(|heading| OF_THE_RUN.contains(&heading))
}

fn find<'a>(command: &'a Command, id: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| arg.get_id() == id)
}

fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// Whether two options exclude each other.
fn conflict(command: &Command, a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (find(command, a), find(command, b)) else { return false };
    let excludes = |a: &Arg, b: &Arg| {
        command.get_arg_conflicts_with(a).iter().any(|other| other.get_id() == b.get_id())
    };
    excludes(a, b) || excludes(b, a)
}

/// The format that the name of an output says it is to have: it goes before one that a lower layer sets.
fn named_format(output: &OsStr) -> Option<OutputKind> {
    Path::new(output).extension().and_then(OsStr::to_str).and_then(OutputKind::from_extension)
}

/// Settings that remain where these options are set elsewhere: neither the same nor such as exclude them.
fn without(command: &Command, settings: Vec<Setting>, ids: &[&str]) -> Vec<Setting> {
    let clashes = |setting: &Setting, id: &str| {
        setting.id == id || (setting.is_on() && conflict(command, &setting.id, id))
    };
    settings.into_iter().filter(|s| !ids.iter().any(|id| clashes(s, id))).collect()
}

/// One layer of settings over another.
fn overlay(command: &Command, below: Vec<Setting>, above: Vec<Setting>) -> Vec<Setting> {
    let same = |id: &str| above.iter().any(|setting| setting.id == id);
    let off = above.iter().filter(|s| !s.is_on()).flat_map(|s| with_implying(&s.id));
    let off: Vec<&str> = off.collect();
    let is_kept = |s: &Setting| !same(&s.id) && !off.contains(&s.id.as_str());
    let below: Vec<Setting> = below.into_iter().filter(is_kept).collect();
    let mut on: Vec<&str> = above.iter().filter(|s| s.is_on()).map(|s| s.id.as_str()).collect();
    let mut outputs = above.iter().filter(|s| s.id == "output").flat_map(|s| &s.values);
    if outputs.any(|name| named_format(name).is_some()) {
        on.push("format");
    }
    let mut merged = without(command, below, &on);
    merged.extend(above);
    merged
}

/// The command line with settings put into it.
fn words(command: &Command, settings: &[Setting], arguments: &[OsString]) -> Vec<OsString> {
    let (name, typed) = arguments
        .split_first()
        .map_or((OsString::new(), &[][..]), |(name, rest)| (name.clone(), rest));
    let mut words = vec![name];
    let mut maps = Vec::new();
    for setting in settings {
        let Some(arg) = find(command, &setting.id) else { continue };
        if setting.id == MAPS {
            maps.extend(setting.values.iter().cloned());
            continue;
        }
        // A default is no choice, which could exclude others.
        let is_default = arg.get_default_values().iter().eq(setting.values.iter());
        if is_default && !setting.is_switched_on && !is_switch(arg) {
            continue;
        }
        let Some(long) = arg.get_long() else { continue };
        if setting.is_switched_on {
            words.push(format!("--{long}").into());
        }
        for value in &setting.values {
            let mut word = OsString::from(format!("--{long}="));
            word.push(value);
            words.push(word);
        }
    }
    words.extend(typed.iter().cloned());
    if !maps.is_empty() {
        words.push("--".into());
        words.extend(maps);
    }
    words
}

/// An error of the command line that comes from a file, with the place.
fn located(error: clap::Error, command: &Command, settings: &[Setting]) -> ParseError {
    use clap::error::{ContextKind, ContextValue};
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else {
        return error.into();
    };
    // Only then do options know how they are shown.
    let mut command = command.clone();
    command.build();
    let about = |setting: &&Setting| {
        find(&command, &setting.id).is_some_and(|arg| &arg.to_string() == shown)
    };
    let Some(setting) = settings.iter().find(about) else { return error.into() };
    match mistake(&error) {
        Some(found) => {
            let message = format!("{}: {}", setting.place(), found.message);
            UsageError { message, ..found }.into()
        }
        None => error.into(),
    }
}

#[cfg(test)]
mod tests;
