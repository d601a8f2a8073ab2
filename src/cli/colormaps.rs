//! `map2fig colormaps`: the names of the colour tables, with a preview on a terminal, or a sheet of swatches as a file.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::args::ColormapsArgs;
use super::resolve::UsageError;
use super::terminal::Terminal;
use super::{DONE, FAILED, stdout, usage};
use crate::colormap::{Colormap, Family};
use crate::draw::{Format, Metadata};
use crate::figure::{SwatchGroup, SwatchSheet, Theme};
use crate::pipeline::{CREATOR, OutputKind, Target, write_to};

/// Lists colour tables or draws them; returns the exit code.
pub fn run(args: &ColormapsArgs) -> u8 {
    let terminal = Terminal::new(false, false);
    let asked = groups(&args.names).and_then(|groups| Ok((groups, target(args)?)));
    let (groups, target) = match asked {
        Ok(asked) => asked,
        Err(error) => return usage(&terminal, &error),
    };
    let Some((target, format)) = target else {
        return stdout::outcome(list(&groups, args.names.is_empty()));
    };
    match write(&groups, args, &target, format) {
        Ok(()) => DONE,
        Err(error) => {
            terminal.error(&format!("{error:#}"), None);
            FAILED
        }
    }
}

/// The tables that are asked for: all of them, those of a family, or single ones.
fn groups(names: &[String]) -> Result<Vec<SwatchGroup>, UsageError> {
    let family = |family: Family| SwatchGroup {
        heading: family.title().to_owned(),
        maps: family.names().filter_map(|name| Colormap::by_name(name).ok()).collect(),
    };
    if names.is_empty() {
        return Ok(Family::ALL.into_iter().map(family).collect());
    }
    let mut groups: Vec<SwatchGroup> = Vec::new();
    for name in names {
        if let Some(found) = Family::from_name(name) {
            groups.push(family(found));
            continue;
        }
        let map = super::resolve::colormap(name)?;
        match groups.last_mut().filter(|group| group.heading.is_empty()) {
            Some(group) => group.maps.push(map),
            None => groups.push(SwatchGroup { heading: String::new(), maps: vec![map] }),
        }
    }
    Ok(groups)
}

/// The file to draw, where one is named.
fn target(args: &ColormapsArgs) -> Result<Option<(Target, Format)>, UsageError> {
    let Some(output) = &args.output else {
        return match args.format {
            Some(_) => Err(UsageError::new("--format needs a file: give -o")),
            None => Ok(None),
        };
    };
    let extension = Path::new(output).extension().and_then(|e| e.to_str());
    let kind = args.format.as_deref().or(extension).and_then(OutputKind::from_extension);
    let Some(OutputKind::Figure(format)) = kind else {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.extension()).collect();
        let message = format!("-o {}: no known picture format", Path::new(output).display());
        return Err(UsageError::new(message)
            .hint(format!("known formats: {}; --format chooses one", known.join(", "))));
    };
    let target = match output.to_str() {
        Some("-") => Target::Stdout,
        _ => Target::File(PathBuf::from(output)),
    };
    Ok(Some((target, format)))
}

fn write(
    groups: &[SwatchGroup],
    args: &ColormapsArgs,
    target: &Target,
    format: Format,
) -> anyhow::Result<()> {
    let sheet = SwatchSheet::new(groups, Theme::light(), args.width.map(|w| w as usize))?;
    let metadata = Metadata {
        title: Some("Colour tables of map2fig".to_owned()),
        creator: CREATOR.to_owned(),
        ..Metadata::default()
    };
    let mut bytes = Vec::new();
    sheet.write(format, &metadata, &mut bytes)?;
    write_to::<io::Error>(target, |out| out.write_all(&bytes))?;
    Ok(())
}

/// Columns of colour on a terminal.
const BLOCKS: usize = 40;

/// Prints the names one a line, on a terminal with their colours and, where `headings` are wanted, family by family.
fn list(groups: &[SwatchGroup], headings: bool) -> io::Result<()> {
    let out = io::stdout();
    let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
    let colored = out.is_terminal() && !is_dumb && std::env::var_os("NO_COLOR").is_none();
    let mut out = io::BufWriter::new(out.lock());
    for group in groups {
        if colored && headings {
            writeln!(out, "\n{}", group.heading)?;
        }
        for map in &group.maps {
            if colored {
                write!(out, "{} ", preview(map))?;
            }
            writeln!(out, "{}", map.name())?;
        }
    }
    out.flush()
}

/// A table as a line of coloured spaces, in the terminal's 24-bit colours.
fn preview(map: &Colormap) -> String {
    let block = |k: usize| {
        let index = map.index((k as f64 + 0.5) / BLOCKS as f64);
        let color = map.table().get(index).copied();
        color.map_or(String::new(), |c| format!("\x1b[48;2;{};{};{}m ", c.r, c.g, c.b))
    };
    (0..BLOCKS).map(block).collect::<String>() + "\x1b[0m"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_families_and_files_are_told_apart() {
        let asked =
            |names: &[&str]| groups(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let all = asked(&[]).unwrap();
        assert_eq!(all.iter().map(|g| g.maps.len()).sum::<usize>(), Colormap::names().count());
        let some = asked(&["planck", "viridis_r", "cmocean", "#000,#fff"]).unwrap();
        let counts: Vec<usize> = some.iter().map(|group| group.maps.len()).collect();
        assert!(counts.len() == 3 && counts[0] == 2 && counts[1] > 20 && counts[2] == 1);
        let error = asked(&["virdis"]).unwrap_err();
        assert!(error.message.contains("viridis"), "{error:?}");
    }

    #[test]
    fn previews_have_the_ends_of_the_table() {
        let text = preview(&Colormap::by_name("gray").unwrap());
        assert!(text.starts_with("\x1b[48;2;3;3;3m ") && text.ends_with("252m \x1b[0m"), "{text}");
    }
}
