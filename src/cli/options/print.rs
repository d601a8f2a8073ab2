//! `--print-options`: the settings of a run as a file that `--options` reads.

use std::ffi::OsStr;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{MAPS, conflict, is_of_the_run, is_switch, settable};

/// The settings of each request; several make `[[figure]]` tables.
pub fn print(command: &Command, requests: &[&ArgMatches]) -> String {
    let mut text = concat!("# map2fig ", env!("CARGO_PKG_VERSION"), "\n").to_string();
    let [first, ..] = requests else { return text };
    if requests.len() == 1 {
        text.push_str(&settings(command, first, |_| true));
        return text;
    }
    text.push_str(&settings(command, first, is_of_the_run));
    for matches in requests {
        text.push_str("\n[[figure]]\n");
        text.push_str(&settings(command, matches, |arg| !is_of_the_run(arg)));
    }
    text
}

/// Everything that is set, and the defaults of what is not, as far as they do not exclude what is.
fn settings(command: &Command, matches: &ArgMatches, wanted: impl Fn(&Arg) -> bool) -> String {
    let set =
        |arg: &Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let mut text = String::new();
    for (key, arg) in settable(command).filter(|(_, arg)| wanted(arg)) {
        let id = arg.get_id().as_str();
        let excluded = || {
            settable(command)
                .any(|(_, other)| set(other) && conflict(command, id, other.get_id().as_str()))
        };
        if !set(arg) && excluded() {
            continue;
        }
        if let Some(value) = value(arg, matches) {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    text
}

fn value(arg: &Arg, matches: &ArgMatches) -> Option<String> {
    let id = arg.get_id().as_str();
    if is_switch(arg) {
        return Some(matches.get_flag(id).to_string());
    }
    let values: Vec<&OsStr> = matches.get_raw(id)?.collect();
    let several = matches!(arg.get_action(), ArgAction::Append) || id == MAPS;
    match values.as_slice() {
        [value] if !several => Some(literal(value)),
        values => {
            let items: Vec<String> = values.iter().map(|value| literal(value)).collect();
            Some(format!("[{}]", items.join(", ")))
        }
    }
}

/// A value as TOML: a number if it looks like one, else a text.
fn literal(value: &OsStr) -> String {
    let text = value.to_string_lossy();
    if is_number(&text) { text.into_owned() } else { quoted(&text) }
}

/// Whether TOML reads this as the same number; what it would write otherwise stays a text.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['-', '+']).unwrap_or(e)))
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
