//! Which files are read and written.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::UsageError;
use crate::cli::args::DrawArgs;
use crate::pipeline::{OutputKind, Target};

/// The input files, and the output file where one is named: by `-o`, or as the second of two names.
pub(super) fn maps_and_output(
    args: &DrawArgs,
) -> Result<(Vec<OsString>, Option<OsString>), UsageError> {
    if let Some(output) = &args.output.output {
        if args.maps.len() > 1 {
            return Err(UsageError::new(format!(
                "-o names one output for {} maps",
                args.maps.len()
            ))
            .hint("leave -o out: each map is drawn to its own file in this folder"));
        }
        return Ok((args.maps.clone(), Some(output.clone())));
    }
    if let [map, second] = args.maps.as_slice() {
        let kind = extension(second).and_then(OutputKind::from_extension);
        let is_output = match kind {
            Some(OutputKind::Fits) => !Path::new(second).exists(),
            other => other.is_some(),
        };
        if is_output {
            return Ok((vec![map.clone()], Some(second.clone())));
        }
    }
    Ok((args.maps.clone(), None))
}

fn extension(path: &OsStr) -> Option<&str> {
    Path::new(path).extension().and_then(OsStr::to_str)
}

fn known_formats() -> String {
    OutputKind::all().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

pub(super) fn target(
    map: &OsStr,
    output: Option<&OsStr>,
    format: Option<&str>,
) -> Result<(Target, OutputKind), UsageError> {
    let named = format
        .map(|name| {
            OutputKind::from_extension(name).ok_or_else(|| {
                UsageError::new(format!("unknown format '{name}'"))
                    .hint(format!("known formats: {}", known_formats()))
            })
        })
        .transpose()?;
    match output {
        Some(path) if path == "-" => {
            let hint = "such as --format png";
            let missing = || UsageError::new("-o - needs a --format").hint(hint);
            Ok((Target::Stdout, named.ok_or_else(missing)?))
        }
        Some(path) => {
            let from_name = extension(path).and_then(OutputKind::from_extension);
            let kind = named.or(from_name).ok_or_else(|| {
                let name = Path::new(path).display();
                UsageError::new(format!("the extension of {name} names no known format"))
                    .hint(format!("known formats: {}; --format chooses one", known_formats()))
            })?;
            Ok((Target::File(PathBuf::from(path)), kind))
        }
        None => {
            let kind = named.unwrap_or(OutputKind::Figure(crate::draw::Format::Pdf));
            let extension = OutputKind::all().find(|(_, k)| *k == kind).map_or("pdf", |(e, _)| e);
            let mut name = stem(Path::new(map));
            name.push(".");
            name.push(extension);
            if Path::new(map) == Path::new(&name) {
                return Err(UsageError::new("the output would replace the map")
                    .hint("name another file with -o"));
            }
            Ok((Target::File(PathBuf::from(name)), kind))
        }
    }
}

/// The file's name without folder, compression suffix and extension.
fn stem(path: &Path) -> OsString {
    let name = Path::new(path.file_name().unwrap_or(path.as_os_str()));
    let packed = ["gz", "bz2", "zst", "fz"].iter().any(|e| name.extension() == Some(OsStr::new(e)));
    let name = if packed { Path::new(name.file_stem().unwrap_or(name.as_os_str())) } else { name };
    name.file_stem().unwrap_or(name.as_os_str()).to_os_string()
}
