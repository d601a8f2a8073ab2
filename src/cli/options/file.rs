//! Reads a TOML file with options.

use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::small_file;
use super::{MAPS_KEY, UsageError, is_of_the_run, is_switch, settable};
use crate::spelling;

/// The key of the tables that each make a figure.
const FIGURES: &str = "figure";

/// An option set in a file.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// The option's id.
    pub id: String,
    /// Its values.
    pub values: Vec<OsString>,
    /// Whether it is set without a value.
    pub is_switched_on: bool,
    /// The layer that it is in: of two, the one in the higher layer has its way.
    pub layer: Layer,
    file: Arc<PathBuf>,
    line: usize,
}

/// The layers of settings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Layer {
    /// The user's own.
    Defaults,
    /// What a file has for all figures.
    File,
    /// A `[[figure]]`.
    Figure,
    /// The command line.
    Typed,
}

impl Setting {
    /// Whether it sets something: a switch that is `false` does not.
    pub fn is_on(&self) -> bool {
        self.is_switched_on || !self.values.is_empty()
    }

    /// Where it stands.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }
}

/// The settings of a file.
#[derive(Default)]
pub(super) struct OptionsFile {
    /// Those for all figures.
    pub settings: Vec<Setting>,
    /// Those of each `[[figure]]`.
    pub figures: Vec<Vec<Setting>>,
    name: PathBuf,
}

impl OptionsFile {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read or is no TOML, a key that is no option, a value of another type than the option takes.
    pub fn read(command: &Command, path: &Path) -> Result<OptionsFile, UsageError> {
        let name = path.display();
        let text = small_file::text(path).map_err(|error| {
            UsageError::new(format!("cannot read the options in {name}: {error}"))
        })?;
        OptionsFile::parse(command, path, &text)
    }

    /// Takes the text of a file.
    pub fn parse(command: &Command, path: &Path, text: &str) -> Result<OptionsFile, UsageError> {
        let reader = Reader { command, file: Arc::new(path.to_path_buf()), text };
        let table = DeTable::parse(text).map_err(|error| {
            reader.mistake(error.span().unwrap_or_default(), error.message().to_string())
        })?;
        let mut settings = Vec::new();
        let mut figures = Vec::new();
        for (key, value) in table.get_ref() {
            if key.get_ref() == FIGURES {
                figures = reader.figures(value)?;
            } else {
                settings.push(reader.setting(key, value, Layer::File)?);
            }
        }
        Ok(OptionsFile { settings, figures, name: path.to_path_buf() })
    }

    /// The settings of a file of defaults, which cannot name figures.
    pub fn into_defaults(mut self) -> Result<Vec<Setting>, UsageError> {
        self.settings.iter_mut().for_each(|setting| setting.layer = Layer::Defaults);
        let name = self.name.display();
        let map = self.settings.iter().find(|setting| setting.id == super::MAPS);
        match (map, self.figures.is_empty()) {
            (None, true) => Ok(self.settings),
            (Some(map), _) => Err(UsageError::new(format!(
                "{}: {MAPS_KEY} has no place among the defaults for all figures",
                map.place()
            ))),
            (None, false) => Err(UsageError::new(format!(
                "{name}: [[{FIGURES}]] has no place among the defaults for all figures"
            ))),
        }
    }
}

struct Reader<'a> {
    command: &'a Command,
    file: Arc<PathBuf>,
    text: &'a str,
}

impl Reader<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    fn mistake(&self, span: Range<usize>, message: String) -> UsageError {
        UsageError::new(format!("{}:{}: {message}", self.file.display(), self.line(&span)))
    }

    fn figures(&self, value: &Spanned<DeValue>) -> Result<Vec<Vec<Setting>>, UsageError> {
        let wrong = || {
            let message = format!("{FIGURES}: expected tables, each under [[{FIGURES}]]");
            self.mistake(value.span(), message)
        };
        let tables = value.get_ref().as_array().ok_or_else(wrong)?;
        let figure = |table: &Spanned<DeValue>| {
            let settings = table.get_ref().as_table().ok_or_else(wrong)?.iter();
            settings
                .map(|(key, value)| {
                    let name = key.get_ref().replace('_', "-");
                    if settable(self.command)
                        .any(|(known, arg)| known == name && is_of_the_run(arg))
                    {
                        let message = format!(
                            "{} concerns all figures: it belongs above the first [[{FIGURES}]]",
                            key.get_ref()
                        );
                        return Err(self.mistake(key.span(), message));
                    }
                    self.setting(key, value, Layer::Figure)
                })
                .collect()
        };
        tables.iter().map(figure).collect()
    }

    fn setting(
        &self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue>,
        layer: Layer,
    ) -> Result<Setting, UsageError> {
        // As on the command line, or as programming languages write names.
        let name = key.get_ref().replace('_', "-");
        let is_named = |known: &str, arg: &Arg| {
            known == name || arg.get_all_aliases().is_some_and(|all| all.contains(&name.as_str()))
        };
        let Some((_, arg)) = settable(self.command).find(|(known, arg)| is_named(known, arg))
        else {
            return Err(self.unknown(key.span(), key.get_ref()));
        };
        let (is_switched_on, values) = values(arg, value.get_ref()).map_err(|expected| {
            let found = shown(value.get_ref());
            self.mistake(value.span(), format!("{name}: expected {expected}, found {found}"))
        })?;
        let (id, line) = (arg.get_id().to_string(), self.line(&key.span()));
        Ok(Setting { id, values, is_switched_on, layer, file: self.file.clone(), line })
    }

    fn unknown(&self, span: Range<usize>, key: &str) -> UsageError {
        let error = self.mistake(span, format!("unknown option '{key}'"));
        let near = spelling::nearest(key, settable(self.command).map(|(known, _)| known));
        error.hint(spelling::did_you_mean(near).unwrap_or_else(|| {
            "keys are the long options of map2fig --help, without the dashes".to_string()
        }))
    }
}

/// What a value sets: whether it switches the option on, and its words. The error says what was expected.
fn values(arg: &Arg, value: &DeValue) -> Result<(bool, Vec<OsString>), String> {
    let least = arg.get_num_args().map_or(1, |range| range.min_values());
    match value {
        DeValue::Boolean(on) if is_switch(arg) => Ok((*on, Vec::new())),
        _ if is_switch(arg) => Err("true or false".to_string()),
        DeValue::Boolean(on) if least == 0 => Ok((*on, Vec::new())),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(|item| word(item.get_ref())).collect();
            let all = value.as_array().is_some_and(|array| array.len() == items.len());
            match all {
                true if matches!(arg.get_action(), clap::ArgAction::Append) => {
                    Ok((false, items.into_iter().map(OsString::from).collect()))
                }
                // Pairs of numbers and the like.
                true if !items.is_empty() => Ok((false, vec![items.join(",").into()])),
                _ => Err(wanted(arg)),
            }
        }
        other => match word(other) {
            Some(word) => Ok((false, vec![word.into()])),
            None => Err(wanted(arg)),
        },
    }
}

/// A text or a number as a word of the command line.
fn word(value: &DeValue) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_string()),
        DeValue::Float(number) => Some(number.as_str().to_string()),
        _ => None,
    }
}

fn wanted(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    format!("a text or a number ({})", names.join(" "))
}

fn shown(value: &DeValue) -> String {
    match value {
        DeValue::String(text) => format!("the text '{text}'"),
        DeValue::Boolean(on) => on.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        other => format!("a TOML {}", other.type_str()),
    }
}
