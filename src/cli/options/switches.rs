//! `--NAME=true` and `--NAME=false` for options that may stand alone, as files have them.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

use super::{UsageError, is_switch};

/// A command line as the parser takes it.
pub(super) struct Switched {
    /// The words without those that turn something off.
    pub arguments: Vec<OsString>,
    /// The ids of the options that they turn off.
    pub off: Vec<String>,
}

impl Switched {
    /// Takes the words of a command line.
    ///
    /// # Errors
    /// A switch that is neither true nor false.
    pub fn new(command: &Command, arguments: &[OsString]) -> Result<Switched, UsageError> {
        let mut switched = Switched { arguments: Vec::new(), off: Vec::new() };
        // Other commands have options of their own, and behind two dashes are none.
        let names_command =
            arguments.get(1).is_some_and(|word| command.find_subcommand(word).is_some());
        let end = arguments.iter().position(|word| word == "--").unwrap_or(arguments.len());
        let (options, rest) = arguments.split_at(if names_command { 0 } else { end });
        for word in options {
            match setting(command, word)? {
                None => switched.arguments.push(word.clone()),
                Some((arg, true)) => {
                    let name = arg.get_long().unwrap_or_default();
                    switched.arguments.push(format!("--{name}").into());
                }
                Some((arg, false)) => switched.off.push(arg.get_id().to_string()),
            }
        }
        switched.arguments.extend_from_slice(rest);
        Ok(switched)
    }
}

/// The option that a word turns on or off behind an equals sign.
fn setting<'c>(command: &'c Command, word: &OsStr) -> Result<Option<(&'c Arg, bool)>, UsageError> {
    let parts = word.to_str().and_then(|word| word.strip_prefix("--")?.split_once('='));
    let Some((name, value)) = parts else { return Ok(None) };
    let is_named = |arg: &&Arg| {
        arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|all| all.contains(&name))
    };
    let Some(arg) = command.get_arguments().find(is_named) else { return Ok(None) };
    let may_stand_alone = arg.get_num_args().is_some_and(|count| count.min_values() == 0);
    match value {
        "true" if is_switch(arg) || may_stand_alone => Ok(Some((arg, true))),
        "false" if is_switch(arg) || may_stand_alone => Ok(Some((arg, false))),
        _ if is_switch(arg) => Err(UsageError::option(
            name,
            format!("expected nothing, =true or =false, found '{value}'"),
        )),
        _ => Ok(None),
    }
}
