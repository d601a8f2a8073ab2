//! The errors of other parts in the words and the form of this program: what the parser of the command line refuses, and ways out.

use std::error::Error as _;
use std::num::{ParseFloatError, ParseIntError};
use std::sync::Arc;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::resolve::UsageError;
use crate::fits::FitsError;
use crate::spelling;
use crate::stages::assemble::AssembleError;
use crate::stages::load::LoadError;

/// The mistake that the parser found; nothing where it was asked for help or the version.
pub fn mistake(error: &Error) -> Option<UsageError> {
    let option = word(error, ContextKind::InvalidArg);
    let found = word(error, ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument if !option.starts_with('-') => {
            UsageError::new(format!("'{}' is one word too many", spelling::cut(&option)))
                .hint("map2fig --help shows what each command takes")
        }
        ErrorKind::UnknownArgument => unknown_option(error, &option),
        ErrorKind::InvalidSubcommand => unknown_command(error),
        ErrorKind::InvalidValue if found.is_empty() => {
            UsageError::new(format!("{} needs a value: {option}", bare(&option)))
        }
        ErrorKind::InvalidValue => {
            let known = words(error, ContextKind::ValidValue);
            let near = spelling::nearest(&found, known.iter().map(String::as_str));
            let near = spelling::or_rather(near);
            UsageError::new(format!(
                "{}: unknown value '{}'{near}",
                bare(&option),
                spelling::cut(&found)
            ))
            .hint(format!("one of {}", known.join(", ")))
        }
        ErrorKind::ValueValidation => {
            let expected = expected(error);
            UsageError::new(format!(
                "{}: {expected}, found '{}'",
                bare(&option),
                spelling::cut(&found)
            ))
        }
        ErrorKind::ArgumentConflict => conflict(error, bare(&option)),
        ErrorKind::MissingRequiredArgument => {
            let missing = words(error, ContextKind::InvalidArg);
            let missing: Vec<&str> = missing.iter().map(|name| bare(name)).collect();
            let missing = missing.join(", ");
            UsageError::new(match missing.starts_with('-') {
                true => format!("{missing} is missing: another option needs it"),
                false => format!("{missing} is missing"),
            })
            .hint("map2fig --help shows how it is used")
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        // What is left is seldom met: the parser's own first line says it.
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            UsageError::new(line.trim_start_matches("error: "))
        }
    })
}

/// The way out of an error that kept a map from being drawn, where its message does not tell it.
pub fn way_out(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(|cause| {
        // The columns of a file share the error that kept it from being opened.
        let shared = cause.downcast_ref::<Arc<FitsError>>().map(Arc::as_ref);
        let fits = shared.or_else(|| cause.downcast_ref()).and_then(FitsError::hint);
        let load = || cause.downcast_ref::<LoadError>().and_then(LoadError::hint);
        let assemble = || cause.downcast_ref::<AssembleError>().and_then(AssembleError::hint);
        fits.or_else(load).or_else(assemble)
    })
}

fn unknown_option(error: &Error, option: &str) -> UsageError {
    if option.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
        return UsageError::new(format!("unknown option {option}"))
            .hint("a value that begins with a minus sign follows an equals sign: --title='-5 K'");
    }
    // The parser alone knows which options there are at this place of the command line.
    let near = words(error, ContextKind::SuggestedArg);
    let near = spelling::or_rather(near.first().map(|near| bare(near)));
    let hint = match option.starts_with("--") {
        true => "map2fig --help lists all options",
        false => {
            "map2fig --help lists all options; a value that begins with a minus sign follows an equals sign: --title='-log p'"
        }
    };
    UsageError::new(format!("unknown option {option}{near}")).hint(hint)
}

/// What is wrong with an option that another one excludes, or with one that is there already.
fn conflict(error: &Error, option: &str) -> UsageError {
    let others = words(error, ContextKind::PriorArg);
    match others.first().map(|other| bare(other)) {
        Some(other) if other != option => {
            UsageError::new(format!("{option} and {other} exclude each other"))
        }
        _ => UsageError::new(format!("{option} is given more than once")),
    }
}

fn unknown_command(error: &Error) -> UsageError {
    let found = word(error, ContextKind::InvalidSubcommand);
    let near = spelling::or_rather(words(error, ContextKind::SuggestedSubcommand));
    UsageError::new(format!("unknown command '{}'{near}", spelling::cut(&found)))
        .hint("map2fig --help lists all commands and options")
}

/// What a value should have been.
fn expected(error: &Error) -> String {
    let Some(source) = error.source() else { return "expected another value".to_string() };
    if source.is::<ParseIntError>() {
        return "expected a whole number".to_string();
    }
    if source.is::<ParseFloatError>() {
        return "expected a number".to_string();
    }
    // The parser of whole numbers within a range has an error of its own: '0 is not in 16..=32000'.
    let text = source.to_string();
    match text.rsplit_once(" is not in ").and_then(|(_, range)| range.split_once("..")) {
        Some((least, most)) => {
            format!("expected a whole number from {least} to {}", most.trim_start_matches('='))
        }
        None if text.contains("invalid digit") => "expected a whole number".to_string(),
        None => text,
    }
}

/// An argument without the names of its values: `--width` of `--width <PX>`, `MAP` of `<MAP>...`.
fn bare(argument: &str) -> &str {
    let name = argument.split([' ', '=', '[']).next().unwrap_or(argument);
    name.trim_start_matches('<').trim_end_matches('.').trim_end_matches('>')
}

fn word(error: &Error, kind: ContextKind) -> String {
    words(error, kind).into_iter().next().unwrap_or_default()
}

fn words(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_without_their_values() {
        for (argument, name) in [
            ("--width <PX>", "--width"),
            ("--profile[=<FORM>]", "--profile"),
            ("<MAP>...", "MAP"),
            ("--log", "--log"),
        ] {
            assert_eq!(bare(argument), name);
        }
    }
}
