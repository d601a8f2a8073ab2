//! The options as they were set, and the command line that a figure's metadata keeps.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, ValueHint};

use crate::stages::load::Pick;

/// An option that was set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// Its long name.
    pub name: String,
    /// Its values, in the order they were given; none for a switch.
    pub values: Vec<OsString>,
    /// Whether a value is set behind `=` only.
    equals: bool,
    /// Whether the values name files that are read.
    is_file: bool,
}

impl Given {
    /// Whether the option has a meaning where another program asks for one figure.
    pub fn suits_one_figure(&self) -> bool {
        const OF_ANY_FIGURE: [&str; 4] = ["format", "col", "options", "no-config"];
        const OF_SHEETS: [&str; 2] = ["grid", "panel-title"];
        let is_of = |names: &[&str]| names.contains(&self.name.as_str());
        let others = [&NOT_RECORDED[..], &OF_SHEETS, &OF_SEVERAL].concat();
        is_of(&OF_ANY_FIGURE) || !is_of(&others)
    }

    /// The files that the option names.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let may_be = NAMES_OR_FILES.contains(&self.name.as_str());
        let paths = self.values.iter().map(PathBuf::from);
        paths.filter(move |path| self.is_file || may_be && path.is_file())
    }
}

/// Options that take the name of something built in, or a file.
const NAMES_OR_FILES: [&str; 2] = ["cmap", "theme"];

/// Options that say where the result goes and how the program runs, but not what the figure looks like.
const NOT_RECORDED: [&str; 17] = [
    "output",
    "format",
    "col",
    "threads",
    "jobs",
    "fail-fast",
    "skip-existing",
    "shard",
    "show",
    "watch",
    "profile",
    "verbose",
    "quiet",
    "help",
    "options",
    "no-config",
    "print-options",
];

/// Options that say what figures have to do with each other.
const OF_SEVERAL: [&str; 2] = ["difference", "shared-range"];

/// The options of a command that were set, in the order in which the help lists them.
pub fn given(command: &Command, matches: &ArgMatches) -> Vec<Given> {
    let set = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    command
        .get_arguments()
        .filter(|arg| !arg.is_positional() && set(arg.get_id().as_str()))
        .filter_map(|arg| {
            let values = match arg.get_action() {
                ArgAction::SetTrue => Vec::new(),
                _ => matches.get_raw(arg.get_id().as_str())?.map(OsStr::to_os_string).collect(),
            };
            let name = arg.get_long()?.to_string();
            let is_file = arg.get_value_hint() == ValueHint::FilePath && name != "options";
            Some(Given { name, values, equals: arg.is_require_equals_set(), is_file })
        })
        .collect()
}

/// The command that draws these columns of these maps: the maps' file names without folders, and the options that bear on the picture. So
/// the same figure carries the same metadata wherever and however it was made.
pub fn recorded(given: &[Given], maps: &[&OsStr], columns: &[&Pick]) -> String {
    let of_one = given.iter().filter(|option| !OF_SEVERAL.contains(&option.name.as_str()));
    command_of(of_one, maps, columns)
}

/// The command that draws these columns of these maps as the panels of a sheet.
pub fn recorded_sheet(given: &[Given], maps: &[&OsStr], columns: &[&Pick]) -> String {
    command_of(given.iter(), maps, columns)
}

fn command_of<'g>(
    given: impl Iterator<Item = &'g Given>,
    maps: &[&OsStr],
    columns: &[&Pick],
) -> String {
    let name = |map: &&OsStr| quoted(&Path::new(map).file_name().unwrap_or(map).to_string_lossy());
    let mut words = vec!["map2fig".to_string()];
    words.extend(maps.iter().map(name));
    for column in columns {
        words.extend(["--col".to_string(), quoted(&column.to_string())]);
    }
    for option in given.filter(|option| !NOT_RECORDED.contains(&option.name.as_str())) {
        let name = format!("--{}", option.name);
        if option.values.is_empty() {
            words.push(name);
            continue;
        }
        for value in &option.values {
            let value = value.to_string_lossy();
            match option.equals || value.starts_with('-') {
                true => words.push(format!("{name}={}", quoted(&value))),
                false => words.extend([name.clone(), quoted(&value)]),
            }
        }
    }
    words.join(" ")
}

/// The command with this map subtracted.
pub fn subtracting(command: String, map: &OsStr) -> String {
    let name = Path::new(map).file_name().unwrap_or(map);
    format!("{command} --minus {}", quoted(&name.to_string_lossy()))
}

/// The word as a shell would need it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=.,:/+%@^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    #[test]
    fn what_does_not_bear_on_the_picture_is_left_out() {
        let typed = "map2fig dir/a.fits -o x.pdf -w 300 --threads=2 --profile -v -i Q -i U --log";
        let typed =
            typed.split(' ').chain(["--difference", "--title", "Two words", "--units=-5 dB"]);
        let command = args::command();
        let matches = command.clone().try_get_matches_from(typed).unwrap();
        let given = given(&command, &matches);
        let column = Pick::Name("Q".into());
        assert_eq!(
            recorded(&given, &[OsStr::new("dir/a.fits")], &[&column]),
            "map2fig a.fits --col Q --width 300 --log --title 'Two words' --units='-5 dB'"
        );
        let sheet = recorded_sheet(&given, &[OsStr::new("dir/a.fits")], &[&column]);
        assert!(sheet.contains("--difference"), "{sheet}");
    }
}
