//! Help, manual page, completions and README name the same options: those that the program takes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::collections::BTreeSet;

use common::sandbox::Sandbox;
use map2fig::cli::args;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// The long names of a command's options, with and without those that help does not show.
fn options(command: &clap::Command, aliases: bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for option in command.get_arguments().filter(|arg| !arg.is_positional()) {
        names.extend(option.get_long().map(|name| format!("--{name}")));
        if aliases {
            let others = option.get_all_aliases().unwrap_or_default();
            names.extend(others.iter().map(|name| format!("--{name}")));
        }
    }
    names
}

fn built() -> clap::Command {
    let mut command = args::command();
    command.build();
    command
}

/// Every `--name` in a text.
fn mentioned(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = text.split(|c: char| !is_name(c));
    let named = words.filter(|word| {
        word.strip_prefix("--")
            .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
    });
    named.map(|word| word.trim_end_matches('-').to_string()).collect()
}

#[test]
fn help_and_manual_show_every_option() {
    let sandbox = Sandbox::new();
    let command = built();
    let page = sandbox.run_line("man").success();
    // As roff has it: \\fB\\-\\-name\\fR.
    let page = page.text().replace("\\-", "-").replace("\\fB", " ").replace("\\fR", " ");
    let mut known = options(&command, false);
    let help = mentioned(sandbox.run_line("--help").success().text());
    let missing: Vec<_> = known.difference(&help).collect();
    assert!(missing.is_empty(), "not in --help: {missing:?}");
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let own = options(sub, false);
        let help = sandbox.run([sub.get_name(), "--help"]).success();
        let missing: Vec<_> = own.difference(&mentioned(help.text())).cloned().collect();
        assert!(missing.is_empty(), "not in {} --help: {missing:?}", sub.get_name());
        known.extend(own);
    }
    let found = mentioned(&page);
    let missing: Vec<_> = known.difference(&found).collect();
    assert!(missing.is_empty(), "not in the manual page: {missing:?}");
    // An entry is its tag and a line of text.
    for entry in page.split("\n.TP\n").skip(1) {
        let mut lines = entry.lines();
        let (tag, text) = (lines.next().unwrap(), lines.next().unwrap_or_default());
        assert!(!text.is_empty() && !text.starts_with('.'), "{tag} has no description");
    }
}

#[test]
fn every_option_says_what_it_does() {
    for command in std::iter::once(&built()).chain(built().get_subcommands()) {
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty(), "{} {} has no help", command.get_name(), arg.get_id());
        }
    }
}

#[test]
fn the_short_help_is_short() {
    let sandbox = Sandbox::new();
    let short = sandbox.run_line("-h").success();
    assert!(short.text().lines().count() < 90, "{}", short.text());
    assert!(short.text().contains("--help shows all options"));
}

#[test]
fn documents_name_no_option_that_is_not_there() {
    let command = built();
    let mut known = options(&command, true);
    command.get_subcommands().for_each(|sub| known.extend(options(sub, true)));
    // Options of cargo, Python scripts and the like that the documents name too.
    known.extend(["--locked", "--path"].map(String::from));
    for file in [
        "README.md",
        "ARCHITECTURE.md",
        "examples/figures.sh",
        "examples/gallery.sh",
        "examples/sheets.sh",
    ] {
        let text = std::fs::read_to_string(common::repository_file(file)).unwrap();
        let unknown: Vec<_> = mentioned(&text).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

#[test]
fn five_shells_complete_every_option() {
    let sandbox = Sandbox::new();
    let known = options(&built(), false);
    for shell in SHELLS {
        let script = sandbox.run(["completions", shell]).success();
        for option in &known {
            let name = option.trim_start_matches('-');
            // fish names them without dashes.
            assert!(script.text().contains(name), "{shell} does not complete {option}");
        }
    }
    sandbox.run_line("completions tcsh").failure(2).says(&["tcsh", "elvish"]);
}

#[test]
fn bash_takes_its_script() {
    let sandbox = Sandbox::new();
    let script = sandbox.run_line("completions bash").success();
    sandbox.write("map2fig.bash", &script.stdout);
    let typed = "source map2fig.bash; COMP_WORDS=(map2fig --proj); COMP_CWORD=1; \
                 _map2fig map2fig --proj map2fig; echo ${COMPREPLY[@]}";
    let found = std::process::Command::new("bash")
        .args(["-c", typed])
        .current_dir(sandbox.folder())
        .output();
    let Ok(found) = found else { return println!("skipped: no bash") };
    assert_eq!(String::from_utf8_lossy(&found.stdout).trim(), "--projection");
}

#[test]
fn misspelt_words_get_suggestions() {
    let sandbox = Sandbox::new();
    for (line, meant) in [
        ("x.fits --projction hammer", "--projection"),
        ("x.fits --projection hamer", "hammer"),
        ("x.fits --theme drak", "dark"),
        ("x.fits --cmap virdis", "viridis"),
        ("x.fits --sampling nearst", "nearest"),
        ("x.fits --cbar-position botom", "bottom"),
        ("x.fits --format pgn", "png"),
        ("x.fits --output-coord equatorail", "equatorial"),
        ("completions bsh", "bash"),
    ] {
        sandbox.run_line(line).failure(2).says(&[meant]);
    }
}

#[test]
fn shells_know_the_words_that_options_take() {
    let sandbox = Sandbox::new();
    let script = sandbox.run_line("completions bash").success();
    let offers = |option: &str| {
        let (_, after) =
            script.text().split_once(&format!("\n                --{option})")).unwrap();
        after.split_once(";;").unwrap().0.to_string()
    };
    for (option, words) in [
        ("input-coord", &["gal", "eq", "ecl"][..]),
        ("output-coord", &["gal"]),
        ("grat-coord", &["ecl"]),
        ("grat-coord-overlay", &["eq"]),
        ("mask-coord", &["gal"]),
        ("theme", &["dark", "minimal"]),
        ("format", &["pdf", "npy"]),
        ("cmap", &["planck", "viridis"]),
        ("ordering", &["ring", "nested"]),
    ] {
        let offered = offers(option);
        words.iter().for_each(|word| assert!(offered.contains(word), "{option}: {offered}"));
    }
}

#[test]
fn documents_count_the_colour_tables() {
    let sandbox = Sandbox::new();
    let count = sandbox.run_line("colormaps").success().text().lines().count();
    for file in ["README.md", "CHANGELOG.md"] {
        let text = std::fs::read_to_string(common::repository_file(file)).unwrap();
        assert!(text.contains(&format!("{count} colour tables")), "{file}: {count}");
    }
}
