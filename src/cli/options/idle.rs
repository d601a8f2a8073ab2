//! Options that were set and have no effect.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::super::args::{COMPANIONS, DrawArgs, SILENCERS};
use super::super::resolve;
use super::find;

/// What has no effect, in words for the user; `typed` are the ids of what stands on the command line itself.
pub(super) fn idle(
    command: &Command,
    args: &DrawArgs,
    matches: &ArgMatches,
    typed: &[&str],
) -> Vec<String> {
    let lonely = lonely(command, matches);
    lonely.chain(silenced(command, args, matches, typed)).chain(resolve::idle(args)).collect()
}

fn name(command: &Command, id: &str) -> Option<String> {
    Some(format!("--{}", find(command, id)?.get_long()?))
}

/// The options that were set without any of those that they have an effect with.
fn lonely(command: &Command, matches: &ArgMatches) -> impl Iterator<Item = String> {
    let set = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    COMPANIONS.iter().filter_map(move |(id, companions)| {
        let is_idle = set(id) && !companions.iter().any(|id| set(id));
        let companions: Vec<String> =
            companions.iter().filter_map(|id| name(command, id)).collect();
        let told =
            format!("{} has no effect without {}", name(command, id)?, companions.join(" or "));
        is_idle.then_some(told)
    })
}

/// The options that were typed together with one that leaves them nothing to do: a file has them for other figures too.
fn silenced(
    command: &Command,
    args: &DrawArgs,
    matches: &ArgMatches,
    typed: &[&str],
) -> Vec<String> {
    let has_value = |id: &str, value: &str| {
        matches.get_raw(id).is_some_and(|mut values| values.any(|found| found == value))
    };
    let silencers = SILENCERS.iter().filter(|(id, value, _)| {
        typed.contains(id) && value.is_none_or(|value| has_value(id, value))
    });
    let pairs = silencers.flat_map(|(by, value, idle)| {
        idle.iter().filter(|id| typed.contains(id)).map(move |id| (*by, *value, *id))
    });
    let mut told: Vec<(&str, String)> = Vec::new();
    for (by, value, id) in pairs {
        // A unit is written into arrays as well.
        let has_effect = id == "units" && resolve::makes_arrays(args);
        if has_effect || told.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let names = name(command, id).zip(name(command, by));
        let value = value.map_or_else(String::new, |value| format!(" {value}"));
        told.extend(names.map(|(name, by)| (id, format!("{name} has no effect with {by}{value}"))));
    }
    told.into_iter().map(|(_, message)| message).collect()
}
