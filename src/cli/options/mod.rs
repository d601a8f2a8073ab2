//! Options from files: read into the words of a command line by what the command itself says of its options, and printed back.
//!
//! Nothing here knows any single option; what options have to do with each other, `args` says. Settings come in layers, each over the one
//! before: the user's `config.toml`, the file of `--options`, each of its `[[figure]]` tables, and the command line.

mod file;
mod print;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};

use super::args::{COMPANIONS, Cli, Command as SubCommand, DrawArgs, EXHAUSTIVE};
use super::command::{Given, given};
use super::mistake::mistake;
use super::resolve::UsageError;
use crate::pipeline::OutputKind;
use file::{OptionsFile, Setting};

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
    // Required options, and those that others need, may come from a file: their absence is no error yet.
    let typed = command.clone().ignore_errors(true).try_get_matches_from(arguments)?;
    if typed.subcommand_name().is_some() {
        let matches = command.clone().try_get_matches_from(arguments)?;
        return Ok(match Cli::from_arg_matches(&matches)? {
            Cli { command: Some(other), .. } => Parsed::Other(other),
            cli => Parsed::Draw(vec![request(command, cli, matches, &[])]),
        });
    }
    let set = |id: &str| typed.value_source(id) == Some(ValueSource::CommandLine);
    let config = config_file().filter(|path| !set("no_config") && path.is_file());
    let config = config.map(|path| OptionsFile::read(command, &path)).transpose()?;
    let config = config.map(OptionsFile::into_defaults).transpose()?.unwrap_or_default();
    let file = typed.get_one::<PathBuf>("options");
    let file = file.map(|path| OptionsFile::read(command, path)).transpose()?.unwrap_or_default();
    let shared = overlay(command, config, file.settings);
    let mut figures: Vec<Vec<Setting>> =
        file.figures.into_iter().map(|figure| overlay(command, shared.clone(), figure)).collect();
    if figures.is_empty() {
        figures.push(shared);
    }
    let mut typed_ids: Vec<&str> =
        command.get_arguments().map(|arg| arg.get_id().as_str()).filter(|id| set(id)).collect();
    let maps: Vec<&OsString> = typed.get_many(MAPS).into_iter().flatten().collect();
    let names_format = match (typed.get_one::<OsString>("output"), maps.as_slice()) {
        (Some(output), _) => named_format(output).is_some(),
        // The second of two names may be the output, or another map.
        (None, [_, second]) => named_format(second).is_some_and(|kind| kind != OutputKind::Fits),
        _ => false,
    };
    if names_format {
        typed_ids.push("format");
    }
    let requests = figures.into_iter().map(|settings| {
        let settings = effective(without(command, settings, &typed_ids), &typed_ids);
        let words = words(command, &settings, arguments);
        let parsed = command.clone().try_get_matches_from(words);
        let matches = parsed.map_err(|error| located(error, command, &settings))?;
        let cli = Cli::from_arg_matches(&matches)?;
        Ok(request(command, cli, matches, &settings))
    });
    Ok(Parsed::Draw(requests.collect::<Result<_, ParseError>>()?))
}

fn request(command: &Command, cli: Cli, matches: ArgMatches, settings: &[Setting]) -> Request {
    let given = given(command, &matches);
    let place = |setting: &Setting| {
        Some((find(command, &setting.id)?.get_long()?.to_string(), setting.place()))
    };
    let places = settings.iter().filter_map(place).collect();
    Request { args: cli.draw, given, idle: idle(command, &matches), matches, places }
}

/// The options that were set without any of those that they have an effect with.
fn idle(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let set = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let name = |id: &str| Some(format!("--{}", find(command, id)?.get_long()?));
    let told = |(id, companions): &(&str, &[&str])| {
        let companions: Vec<String> = companions.iter().filter_map(|id| name(id)).collect();
        Some(format!("{} has no effect without {}", name(id)?, companions.join(" or ")))
    };
    let is_idle =
        |(id, companions): &&(&str, &[&str])| set(id) && !companions.iter().any(|id| set(id));
    COMPANIONS.iter().filter(is_idle).filter_map(told).collect()
}

/// Where the user's defaults are.
fn config_file() -> Option<PathBuf> {
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

/// Settings that have an effect beside the options that are typed: defaults may be there for options that are not set this time.
fn effective(mut settings: Vec<Setting>, typed: &[&str]) -> Vec<Setting> {
    let is_set = |settings: &[Setting], id: &str| {
        typed.contains(&id) || settings.iter().any(|setting| setting.id == id && setting.is_on())
    };
    let (all, others) = EXHAUSTIVE;
    let is_typed = |ids: &[&str]| ids.iter().any(|id| typed.contains(id));
    if all.iter().all(|id| is_set(&settings, id)) {
        let idle = if is_typed(others) { all } else { others };
        if is_typed(all) || is_typed(others) {
            settings.retain(|setting| !idle.contains(&setting.id.as_str()));
        }
    }
    let lonely: Vec<&str> = COMPANIONS
        .iter()
        .filter(|(_, companions)| !companions.iter().any(|id| is_set(&settings, id)))
        .map(|(id, _)| *id)
        .collect();
    settings.retain(|setting| !lonely.contains(&setting.id.as_str()));
    settings
}

/// One layer of settings over another.
fn overlay(command: &Command, below: Vec<Setting>, above: Vec<Setting>) -> Vec<Setting> {
    let same = |id: &str| above.iter().any(|setting| setting.id == id);
    let below: Vec<Setting> = below.into_iter().filter(|s| !same(&s.id)).collect();
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
