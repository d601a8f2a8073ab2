//! The theme: one by name, or one of the user's own from a TOML file.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::UsageError;
use crate::cli::small_file;
use crate::colormap::Rgba;
use crate::draw::FontFile;
use crate::figure::{TextSizes, Theme};
use crate::spelling;

/// What a theme says of a figure.
pub(super) struct Looks {
    pub(super) theme: Theme,
    pub(super) sizes: TextSizes,
    pub(super) font: Option<FontFile>,
    /// The file of a font that the theme names.
    pub(super) font_file: Option<PathBuf>,
}

/// The keys of a theme file.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct ThemeFile {
    base: Option<String>,
    page: Option<String>,
    text: Option<String>,
    line: Option<String>,
    bad: Option<String>,
    line_width: Option<f64>,
    tick_width: Option<f64>,
    title_size: Option<f64>,
    label_size: Option<f64>,
    tick_size: Option<f64>,
    units_size: Option<f64>,
    font: Option<PathBuf>,
}

const KEYS: [&str; 12] = [
    "base",
    "page",
    "text",
    "line",
    "bad",
    "line-width",
    "tick-width",
    "title-size",
    "label-size",
    "tick-size",
    "units-size",
    "font",
];

/// The looks of a theme by its name or file.
pub(super) fn looks(name: &str) -> Result<Looks, UsageError> {
    if let Some(theme) = Theme::by_name(name) {
        let sizes = TextSizes::default();
        return Ok(Looks { theme, sizes, font: None, font_file: None });
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("toml")) {
        return Err(unknown_theme("--theme", name));
    }
    let text = small_file::text(path)
        .map_err(|error| UsageError::new(format!("--theme: cannot read {name}: {error}")))?;
    read(&text, path)
}

fn unknown_theme(place: &str, name: &str) -> UsageError {
    let near = spelling::or_rather(spelling::nearest(name, Theme::NAMES));
    let message = format!("{place}: unknown theme '{name}'{near}");
    UsageError::new(message).hint(format!("one of {}, or a TOML file", Theme::NAMES.join(", ")))
}

fn read(text: &str, path: &Path) -> Result<Looks, UsageError> {
    let place = format!("--theme {}", path.display());
    let wrong = |why: String| UsageError::new(format!("{place}: {why}"));
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        wrong(format!("is no TOML: {}", error.to_string().trim_end()))
    })?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let near = spelling::or_rather(spelling::nearest(key, KEYS));
        let error = wrong(format!("unknown key '{key}'{near}"));
        return Err(error.hint(format!("one of {}", KEYS.join(", "))));
    }
    if let Some(problem) = table.iter().find_map(|(key, value)| wrong_type(key, value)) {
        return Err(wrong(problem));
    }
    let file: ThemeFile =
        table.try_into().map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
    let base = file.base.as_deref().unwrap_or("light");
    let mut theme = Theme::by_name(base).ok_or_else(|| unknown_theme(&place, base))?;
    for (key, value, place) in [
        ("page", &file.page, &mut theme.page),
        ("text", &file.text, &mut theme.text),
        ("line", &file.line, &mut theme.line),
        ("bad", &file.bad, &mut theme.bad),
    ] {
        if let Some(value) = value {
            *place = Rgba::parse(value).map_err(|error| wrong(format!("{key}: {error}")))?;
        }
    }
    for (key, value, place) in [
        ("line-width", file.line_width, &mut theme.line_width),
        ("tick-width", file.tick_width, &mut theme.tick_width),
    ] {
        if let Some(value) = value {
            let fits = (0.0..=20.0).contains(&value);
            *place = fits
                .then_some(value)
                .ok_or_else(|| wrong(format!("{key}: expected 0 to 20 points, found {value}")))?;
        }
    }
    let mut sizes = TextSizes::default();
    for (key, value, place) in [
        ("title-size", file.title_size, &mut sizes.title),
        ("label-size", file.label_size, &mut sizes.label),
        ("tick-size", file.tick_size, &mut sizes.tick),
        ("units-size", file.units_size, &mut sizes.units),
    ] {
        if let Some(value) = value {
            *place = points(value).map_err(|why| wrong(format!("{key}: {why}")))?;
        }
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let font_file = file.font.map(|name| folder.join(name));
    let font = font_file.as_deref().map(font).transpose().map_err(wrong)?;
    Ok(Looks { theme, sizes, font, font_file })
}

/// What is wrong with a value that is of another type than its key takes.
fn wrong_type(key: &str, value: &toml::Value) -> Option<String> {
    let is_size = key.ends_with("-size") || key.ends_with("-width");
    let (fits, expected) = match is_size {
        true => (value.is_float() || value.is_integer(), "a number of points"),
        false => (value.is_str(), "a text in quotes"),
    };
    let found = || match value {
        toml::Value::String(text) => format!("the text '{}'", spelling::cut(text)),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(on) => on.to_string(),
        other => format!("a TOML {}", other.type_str()),
    };
    (!fits).then(|| format!("{key}: expected {expected}, found {}", found()))
}

/// A size of text in points.
pub(super) fn points(points: f64) -> Result<f64, String> {
    match (1.0..=72.0).contains(&points) {
        true => Ok(points),
        false => Err(format!("expected 1 to 72 points, found {points}")),
    }
}

/// The font of a file.
pub(super) fn font(path: &Path) -> Result<FontFile, String> {
    let name = path.display();
    let bytes = small_file::bytes(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    FontFile::new(bytes).map_err(|why| format!("{name} {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Looks, UsageError> {
        read(text, Path::new("my.toml"))
    }

    #[test]
    fn a_theme_file_changes_what_it_names() {
        let looks =
            read_text("base = 'dark'\ntext = '#ff0'\nline-width = 1\ntick-size = 7").unwrap();
        assert_eq!(looks.theme.text, Rgba::rgb(255, 255, 0));
        assert_eq!(looks.theme.page, Theme::dark().page);
        assert_eq!(looks.theme.line_width, 1.0);
        assert_eq!(looks.sizes, TextSizes { tick: 7.0, ..TextSizes::default() });
    }

    #[test]
    fn mistakes_in_a_theme_file_are_named() {
        for (text, words) in [
            ("colour = 'red'", "unknown key 'colour'"),
            ("lines = '#fff'", "did you mean line?"),
            ("page = 'nocolour'", "page: "),
            ("base = 'drak'", "did you mean dark?"),
            ("line-width = -1", "0 to 20"),
            ("title-size = 'big'", "title-size: expected a number of points, found the text 'big'"),
            ("page = 3", "page: expected a text in quotes, found 3"),
            ("page = ", "is no TOML"),
            ("font = 'no.ttf'", "no.ttf"),
        ] {
            let message = read_text(text).err().unwrap().message;
            assert!(message.contains(words) && message.contains("my.toml"), "{message}");
        }
    }
}
