//! Options survive being printed and read again, and mistakes in files are told well.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::cli::args::{COMPANIONS, EXHAUSTIVE, IMPLYING, SILENCERS};

/// Words that some option takes: each option gets those of them that it accepts.
const CANDIDATES: [&str; 15] = [
    "3",
    "17",
    "0.25",
    "-1e-4",
    "12,34",
    "-1.5,2",
    "1,2,3,4",
    "gal",
    "red",
    "#0b3d91",
    "12cm",
    "name",
    "Two \"words\"",
    "007",
    "1/3",
];

fn command() -> Command {
    let mut command = crate::cli::args::command();
    command.build();
    command
}

/// The values of every option.
fn raw(command: &Command, matches: &ArgMatches) -> BTreeMap<String, Vec<OsString>> {
    let values = |arg: &Arg| {
        let raw = matches.get_raw(arg.get_id().as_str());
        raw.map_or_else(Vec::new, |raw| raw.map(OsString::from).collect())
    };
    settable(command).map(|(key, arg)| (key.to_string(), values(arg))).collect()
}

fn parsed(command: &Command, words: &[String]) -> Option<ArgMatches> {
    command.clone().try_get_matches_from(words).ok()
}

/// Words that set one option: by reflection, whatever options there are.
fn choices(command: &Command, key: &str, arg: &Arg) -> Vec<Vec<String>> {
    let base = ["map2fig".to_string(), "a.fits".to_string()];
    let accepted = |words: &Vec<String>| {
        let line: Vec<String> = base.iter().chain(words).cloned().collect();
        let error = command.clone().try_get_matches_from(line).err();
        // An option that needs another one is fine together with that.
        error.is_none_or(|error| error.kind() == clap::error::ErrorKind::MissingRequiredArgument)
    };
    if is_switch(arg) {
        return vec![vec![format!("--{key}")]];
    }
    let possible = arg.get_possible_values();
    let named = possible.iter().map(|value| value.get_name());
    let words = named.chain(CANDIDATES).map(|value| vec![format!("--{key}={value}")]);
    words.filter(accepted).take(12).collect()
}

/// Every way to set every option.
fn all_choices(command: &Command) -> Vec<Vec<Vec<String>>> {
    let options = settable(command).filter(|(_, arg)| !arg.is_positional());
    options.map(|(key, arg)| choices(command, key, arg)).collect()
}

fn round_trip(command: &Command, words: &[String]) -> Result<(), TestCaseError> {
    let Some(matches) = parsed(command, words) else { return Ok(()) };
    let text = print(command, &[&matches]);
    let file = OptionsFile::parse(command, "options.toml".as_ref(), &text);
    let file = file.map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
    let again = super::words(command, &file.settings, &["map2fig".into()]);
    let again = command.clone().try_get_matches_from(again);
    let again = again.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    prop_assert_eq!(raw(command, &matches), raw(command, &again), "{}", text);
    Ok(())
}

#[test]
fn every_option_survives_being_printed_and_read() {
    let command = command();
    for ways in all_choices(&command) {
        assert!(!ways.is_empty());
        for way in ways {
            let mut words = vec!["map2fig".to_string(), "a.fits".to_string()];
            words.extend(way);
            round_trip(&command, &words).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_options_together_survive_being_printed_and_read(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..12),
    ) {
        let command = command();
        let all = all_choices(&command);
        let mut words = vec!["map2fig".to_string(), "a.fits".to_string()];
        for (option, way) in picks {
            // What excludes an earlier option, or is there already, is left out.
            let mut longer = words.clone();
            longer.extend(way.get(option.get(all.as_slice()).as_slice()).clone());
            if parsed(&command, &longer).is_some() {
                words = longer;
            }
        }
        round_trip(&command, &words)?;
    }
}

fn read(text: &str) -> Result<OptionsFile, UsageError> {
    OptionsFile::parse(&command(), "run.toml".as_ref(), text)
}

#[test]
fn mistakes_name_the_line_and_the_way_out() {
    for (text, words) in [
        ("width = 300\ncmpa = \"jet\"", &["run.toml:2", "cmpa", "cmap"][..]),
        ("log = 1", &["run.toml:1", "log", "true or false", "1"]),
        ("\n\nmin = true", &["run.toml:3", "min", "true"]),
        ("options = \"x\"", &["unknown option 'options'"]),
        ("[figure]\nlog = true", &["[[figure]]"]),
        ("[[figure]]\nthreads = 2", &["run.toml:2", "threads", "all figures"]),
        ("width = ", &["run.toml:1"]),
        ("[min]\nx = 1", &["min", "table"]),
    ] {
        let error = read(text).err().unwrap();
        let told = format!("{} {}", error.message, error.hint.unwrap_or_default());
        words.iter().for_each(|word| assert!(told.contains(word), "{told} lacks {word}"));
    }
}

#[test]
fn upper_layers_win_over_what_they_exclude() {
    let command = command();
    let below = read("log = true\nwidth = 300\nmin = 1").unwrap().settings;
    let above = read("asinh = true\nmin = 2").unwrap().settings;
    let merged = overlay(&command, below, above);
    let words = super::words(&command, &merged, &["map2fig".into(), "a.fits".into()]);
    assert_eq!(words, ["map2fig", "--width=300", "--asinh", "--min=2", "a.fits"]);
}

#[test]
fn settings_without_effect_give_way() {
    let ids = |text: &str, typed: &[&str]| -> Vec<String> {
        effective(read(text).unwrap().settings, typed).into_iter().map(|s| s.id).collect()
    };
    let limits = "percentile = '2,98'\nmin = 1\nmax = 2";
    assert_eq!(ids("percentile = '2,98'", &["min", "max"]), [""; 0]);
    assert_eq!(ids("percentile = '2,98'", &["min"]), ["percentile"]);
    assert_eq!(ids("min = 1\nmax = 2", &["sigma"]), [""; 0]);
    assert_eq!(ids("max = 2\nsigma = 2.0", &["min"]), ["max"]);
    // What contradicts itself is left to be told.
    assert_eq!(ids(limits, &["log"]), ["max", "min", "percentile"]);
    assert_eq!(ids("linthresh = 3\nmask-alpha = 0.5", &["log"]), [""; 0]);
    assert_eq!(ids("linthresh = 3\nasinh = false", &[]), ["asinh"]);
    assert_eq!(ids("linthresh = 3\nasinh = true", &[]), ["asinh", "linthresh"]);
    assert_eq!(ids("linthresh = 3", &["symlog"]), ["linthresh"]);
}

#[test]
fn every_option_that_others_go_with_exists() {
    let command = command();
    let pairs = COMPANIONS.iter().flat_map(|(id, others)| [*id].into_iter().chain(others.to_vec()));
    let (all, others) = EXHAUSTIVE;
    let with = |id: &'static str, others: &'static [&'static str]| {
        std::iter::once(id).chain(others.iter().copied())
    };
    let silenced = SILENCERS.iter().flat_map(|(id, _, others)| with(id, others));
    let implying = IMPLYING.iter().flat_map(|(id, others)| with(id, others));
    let ids = pairs.chain(all.to_vec()).chain(others.to_vec()).chain(silenced).chain(implying);
    for id in ids {
        assert!(find(&command, id).is_some(), "{id}");
    }
}

#[test]
fn options_that_need_no_value_are_switched_on() {
    for (key, word) in [("shared-range", "all"), ("bad-swatch", "no data"), ("profile", "table")] {
        let settings =
            OptionsFile::parse(&command(), Path::new("o.toml"), &format!("{key} = true"));
        let words =
            words(&command(), &settings.unwrap().settings, &["map2fig".into(), "a.fits".into()]);
        let matches = command().try_get_matches_from(words).unwrap();
        assert_eq!(raw(&command(), &matches)[key], [OsString::from(word)]);
    }
}
