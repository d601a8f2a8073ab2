//! Names of output files made from a template such as `out/{stem}_{col}.{ext}`.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::UsageError;
use crate::pipeline::OutputKind;

/// What a template can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    Stem,
    Col,
    Nside,
    Index,
    Ext,
    Dir,
}

const FIELDS: [(&str, Field); 6] = [
    ("stem", Field::Stem),
    ("col", Field::Col),
    ("nside", Field::Nside),
    ("index", Field::Index),
    ("ext", Field::Ext),
    ("dir", Field::Dir),
];

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(OsString),
    /// A field, for `{index:03}` with the number of digits.
    Field(Field, usize),
}

/// A name with fields in braces; `{{` and `}}` are braces themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template(Vec<Part>);

/// What one figure puts into the fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fields {
    /// The map's file name without folder, compression suffix and extension.
    pub stem: OsString,
    /// The column as it was asked for.
    pub col: String,
    /// The map's resolution; `unknown` where the file does not tell.
    pub nside: String,
    /// Position in the list of all figures, from 0.
    pub index: usize,
    /// Extension of the output format.
    pub ext: &'static str,
    /// The map's folder.
    pub dir: OsString,
}

impl Fields {
    /// The same of one format, if there is one.
    pub fn of(&self, kind: Option<OutputKind>) -> Fields {
        Fields { ext: kind.map_or(self.ext, OutputKind::extension), ..self.clone() }
    }
}

impl Template {
    /// Takes a template apart; a name that is no text has no fields. `option` is what messages call it.
    ///
    /// # Errors
    /// An unknown field, or a brace that is never closed.
    pub fn parse(option: &str, text: &OsStr) -> Result<Template, UsageError> {
        let Some(text) = text.to_str() else {
            return Ok(Template(vec![Part::Text(text.to_os_string())]));
        };
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
                plain.push(first);
                rest = after;
            } else if first == '{' {
                let Some((name, after)) = rest[1..].split_once('}') else {
                    return Err(UsageError::option(option, format!("no }} ends '{rest}'"))
                        .hint("{{ stands for a brace itself"));
                };
                parts.push(Part::Text(std::mem::take(&mut plain).into()));
                parts.push(field(option, name)?);
                rest = after;
            } else {
                plain.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        parts.push(Part::Text(plain.into()));
        Ok(Template(parts))
    }

    /// Whether the resolution of the map is part of the name.
    pub fn needs_nside(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Field(Field::Nside, _)))
    }

    /// The name of one figure.
    pub fn fill(&self, fields: &Fields) -> OsString {
        let mut name = OsString::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push(text),
                Part::Field(Field::Stem, _) => name.push(&fields.stem),
                // Names of columns must not make folders.
                Part::Field(Field::Col, _) => name.push(fields.col.replace(['/', '\\'], "_")),
                Part::Field(Field::Nside, _) => name.push(&fields.nside),
                Part::Field(Field::Index, digits) => {
                    name.push(format!("{:0digits$}", fields.index, digits = *digits));
                }
                Part::Field(Field::Ext, _) => name.push(fields.ext),
                Part::Field(Field::Dir, _) => name.push(&fields.dir),
            }
        }
        name
    }
}

fn field(option: &str, text: &str) -> Result<Part, UsageError> {
    let (name, digits) = text.split_once(':').unwrap_or((text, "0"));
    let found = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
    match (found, digits.parse::<usize>()) {
        (Some(Field::Index), Ok(digits @ 0..=20)) => Ok(Part::Field(Field::Index, digits)),
        (Some(field), _) if !text.contains(':') => Ok(Part::Field(field, 0)),
        (Some(_), _) => {
            Err(UsageError::option(option, format!("'{{{text}}}' cannot be made that long"))
                .hint("only {index} takes a number of digits, as in {index:03}"))
        }
        (None, _) => {
            let known: Vec<String> =
                FIELDS.iter().map(|(known, _)| format!("{{{known}}}")).collect();
            Err(UsageError::option(option, format!("unknown name {{{text}}}"))
                .hint(format!("known names: {}; {{{{ stands for a brace itself", known.join(" "))))
        }
    }
}

/// The file's name without folder, compression suffix and extension; `stdin` for `-`.
pub fn stem(path: &Path) -> OsString {
    if path == Path::new("-") {
        return "stdin".into();
    }
    let name = Path::new(path.file_name().unwrap_or(path.as_os_str()));
    let packed =
        ["gz", "bz2", "zst", "xz", "fz", "Z"].iter().any(|e| name.extension() == Some(e.as_ref()));
    let name = if packed { Path::new(name.file_stem().unwrap_or(name.as_os_str())) } else { name };
    name.file_stem().unwrap_or(name.as_os_str()).to_os_string()
}

/// The file's folder, as it was given; `.` where none was.
pub fn folder(path: &Path) -> OsString {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(".".into(), |folder| folder.as_os_str().to_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, UsageError> {
        let fields = Fields {
            stem: "map".into(),
            col: "A/B".into(),
            nside: "512".into(),
            index: 7,
            ext: "png",
            dir: "data".into(),
        };
        Ok(Template::parse("output", text.as_ref())?
            .fill(&fields)
            .into_string()
            .unwrap_or_default())
    }

    #[test]
    fn fields_are_filled_in() {
        let all = "{dir}/{stem}_{col}_{nside}_{index}.{ext}";
        assert_eq!(filled(all).as_deref(), Ok("data/map_A_B_512_7.png"));
        assert_eq!(filled("{index:03}{{x}}.pdf").as_deref(), Ok("007{x}.pdf"));
        assert_eq!(filled("plain.pdf").as_deref(), Ok("plain.pdf"));
    }

    #[test]
    fn mistakes_name_what_is_known() {
        let unknown = filled("{name}.pdf").unwrap_err();
        assert!(unknown.message.contains("{name}") && unknown.message.contains("--output"));
        assert!(unknown.hint.unwrap_or_default().contains("{stem}"));
        assert!(filled("{stem.pdf").is_err());
        assert!(filled("{stem:3}.pdf").is_err() && filled("{index:x}").is_err());
        assert!(filled("{}.pdf").is_err());
    }

    #[test]
    fn stems_lose_their_compression() {
        assert_eq!(stem(Path::new("a/b.c.fits.gz")), "b.c");
        assert_eq!(stem(Path::new("map.fits")), "map");
        assert_eq!(folder(Path::new("map.fits")), ".");
        assert_eq!(folder(Path::new("/x/map.fits")), "/x");
    }
}
