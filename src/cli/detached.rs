//! Values that stand apart from their option: `--profile json` names a map.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::resolve::UsageError;

/// Refuses a map that is not there and has the name of a value of an option that was given without one.
///
/// # Errors
/// The option, and how its value is given.
pub fn refuse_detached(command: &Command, matches: &ArgMatches) -> Result<(), UsageError> {
    let maps = matches.get_raw("maps").into_iter().flatten();
    let maps = maps.filter(|map| !Path::new(map).exists()).filter_map(|map| map.to_str());
    let maps: Vec<&str> = maps.collect();
    for arg in command.get_arguments().filter(|arg| arg.is_require_equals_set()) {
        let is_set = matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        let values = arg.get_possible_values();
        let is_value = |map: &&&str| values.iter().any(|value| value.get_name() == **map);
        if let Some(map) = maps.iter().find(is_value).filter(|_| is_set) {
            let name = arg.get_long().unwrap_or_default();
            let message = format!("there is no map '{map}': --{name} takes a value behind =");
            return Err(UsageError::new(message).hint(format!("--{name}={map}")));
        }
    }
    Ok(())
}
