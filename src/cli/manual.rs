//! What is made of the options' own descriptions: completion scripts for shells, and the manual page.

use std::io::{self, Write};

use clap::builder::PossibleValuesParser;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::args::{EXAMPLES, EXIT_STATUS, command};
use crate::colormap::Colormap;
use crate::figure::Theme;
use crate::pipeline::OutputKind;

/// The script that lets this shell complete the program's options.
pub fn completions(shell: Shell) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    let offered = |command: clap::Command| command.mut_args(with_words);
    let mut command = offered(command()).mut_subcommands(offered);
    clap_complete::generate(shell, &mut command, "map2fig", &mut script);
    Ok(script)
}

/// The option with the words that it takes, where the parser leaves them to others.
fn with_words(arg: clap::Arg) -> clap::Arg {
    let words: Vec<&str> = match arg.get_id().as_str() {
        "input_coord" | "output_coord" | "mask_coord" | "grat_coord" | "grat_coord_overlay" => {
            vec!["gal", "eq", "ecl"]
        }
        "ordering" => vec!["ring", "nested"],
        "theme" => Theme::NAMES.to_vec(),
        "format" => OutputKind::all().map(|(name, _)| name).collect(),
        "cmap" => Colormap::names().collect(),
        _ => return arg,
    };
    arg.value_parser(PossibleValuesParser::new(words))
}

/// The manual page as roff: first drawing, then a section for each other command.
pub fn page() -> io::Result<Vec<u8>> {
    // What the short help leaves out would have no description here.
    let described = |command: clap::Command| command.mut_args(|arg| arg.hide_short_help(false));
    let mut command = described(command()).mut_subcommands(described);
    command.build();
    let main = Man::new(command.clone()).manual("User Commands");
    let mut page = Vec::new();
    main.render_title(&mut page)?;
    main.render_name_section(&mut page)?;
    synopsis(&command).to_writer(&mut page)?;
    main.render_description_section(&mut page)?;
    let mut options = Vec::new();
    main.render_options_section(&mut options)?;
    // A backslash in a heading is no escape.
    for line in String::from_utf8_lossy(&options).lines() {
        let escaped =
            if line.starts_with(".SH") { line.replace('\\', "\\e") } else { line.to_owned() };
        writeln!(page, "{escaped}")?;
    }
    for sub in commands(&command) {
        section_of_command(sub, &mut page)?;
    }
    closing().to_writer(&mut page)?;
    Ok(page)
}

/// The commands besides drawing, without the one that prints help.
fn commands(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|sub| sub.get_name() != "help")
}

/// The forms of the command line, one a line.
fn synopsis(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold("map2fig"), roman(" [OPTIONS] "), italic("MAP"), roman("...")]);
    for sub in commands(command) {
        let named = |arg: &clap::Arg| match arg.get_num_args() {
            Some(count) if count.max_values() > 1 && !arg.is_required_set() => {
                format!("[{}]... ", value_name(arg))
            }
            Some(count) if count.max_values() > 1 => format!("{}... ", value_name(arg)),
            _ => format!("{} ", value_name(arg)),
        };
        let has_options = sub.get_opts().next().is_some();
        let operands: String = sub.get_positionals().map(named).collect();
        let options = if has_options { " [OPTIONS] " } else { " " };
        roff.control("br", []);
        roff.text([
            bold(format!("map2fig {}", sub.get_name())),
            roman(options),
            italic(operands.trim_end()),
        ]);
    }
    roff
}

fn value_name(arg: &clap::Arg) -> String {
    let name = arg.get_value_names().and_then(<[_]>::first).map(ToString::to_string);
    name.unwrap_or_else(|| arg.get_id().as_str().to_uppercase())
}

/// What a command does, and its own options.
fn section_of_command(sub: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", [format!("MAP2FIG {}", sub.get_name().to_uppercase()).as_str()]);
    if let Some(about) = sub.get_about() {
        roff.text([roman(about.to_string())]);
    }
    roff.to_writer(page)?;
    let mut options = Vec::new();
    Man::new(sub.clone()).render_options_section(&mut options)?;
    // The section has begun already: its options follow the sentence, without a heading of their own.
    let options = String::from_utf8_lossy(&options);
    let (_, own) = options.split_once(".SH OPTIONS\n").unwrap_or(("", &options));
    page.write_all(own.as_bytes())
}

/// Examples as they stand, and the exit codes.
fn closing() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for line in EXAMPLES.lines().skip(1) {
        let (typed, meaning) = line.trim().split_once("   ").unwrap_or((line.trim(), ""));
        if !meaning.is_empty() {
            roff.text([roman(format!("# {}", meaning.trim()))]);
        }
        roff.text([bold(typed)]);
        roff.text([roman("")]);
    }
    roff.control("fi", []);
    roff.control("SH", ["EXIT STATUS"]);
    let (_, codes) = EXIT_STATUS.split_once(": ").unwrap_or(("", EXIT_STATUS));
    roff.text([roman(codes)]);
    roff
}
