//! Holds the source to the house rules that a script can see: one-way imports, short files that say what they are, no `unwrap()`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms of the program in the one-way order; a file may import only from a line below its own.
const ORDER: &[&[&str]] = &[
    &["main"],
    &["plot"],
    &["cli"],
    &["pipeline"],
    &["figure"],
    &["stages"],
    &["map", "projection", "draw"],
    &["healpix", "fits", "scale", "colormap"],
    &["sky", "memory", "tasks", "number", "spelling"],
];

const LONGEST_FILE: usize = 500;

fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.contains(&room))
}

/// Every Rust file under `src`, by its path from there.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_path_buf(), text)
    };
    paths.into_iter().map(read).collect()
}

/// The names of the folders and the file on the way from `src`, `mod.rs` left out: `stages/load/gather.rs` is `stages load gather`.
fn module(path: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    names.pop_if(|last| last == "mod");
    names
}

/// The text with comments and the contents of string literals blanked, so that every line keeps its number.
fn code_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let blank = |s: &str| -> String { s.chars().filter(|&c| c == '\n').collect() };
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if first == '"' {
            plain_string(rest)
        } else if let Some(length) = character(rest) {
            length
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.push_str(&blank(&rest[..length]));
        rest = &rest[length..];
    }
    out
}

fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.strip_prefix('r')?;
    let count = hashes.len() - hashes.trim_start_matches('#').len();
    let body = hashes[count..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(count));
    Some(text.len() - body.len() + body.find(&end)? + end.len())
}

fn plain_string(text: &str) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    if let Some(escape) = body.strip_prefix('\\') {
        return Some(3 + escape.char_indices().skip(1).find(|&(_, c)| c == '\'')?.0);
    }
    let first = body.chars().next()?;
    body[first.len_utf8()..].starts_with('\'').then_some(2 + first.len_utf8())
}

/// One path that starts at a root such as `crate`: the line where it stands, and its first two names.
struct Mention {
    line: usize,
    path: Vec<String>,
}

/// Every path after `root::`, with the groups of `use` taken apart.
fn mentions(code: &str, root: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let pattern = format!("{root}::");
    for (place, _) in code.match_indices(&pattern) {
        let part_of_a_word = code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let inside_a_path = code[..place].ends_with("::");
        if part_of_a_word || inside_a_path {
            continue;
        }
        let line = code[..place].matches('\n').count() + 1;
        for path in paths(&code[place + pattern.len()..]) {
            found.push(Mention { line, path });
        }
    }
    found
}

/// The paths that a tree such as `a::{b, c::d}` stands for, each cut after its second name.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        return members(group).into_iter().flat_map(paths).collect();
    }
    let end = tree.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(tree.len());
    let (name, after) = tree.split_at(end);
    match after.strip_prefix("::") {
        Some(deeper) if !name.is_empty() => {
            let under = paths(deeper);
            let join = |mut path: Vec<String>| {
                path.insert(0, name.to_owned());
                path.truncate(2);
                path
            };
            if under.is_empty() {
                vec![vec![name.into()]]
            } else {
                under.into_iter().map(join).collect()
            }
        }
        _ if name.is_empty() => Vec::new(),
        _ => vec![vec![name.into()]],
    }
}

/// The comma-separated members of a group, up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut found = Vec::new();
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(&group[start..place]);
                start = place + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// What is wrong with one file's imports.
fn offences(path: &Path, text: &str, rooms: &BTreeSet<String>) -> Vec<String> {
    let place = |line: usize| format!("src/{}:{line}", path.display());
    let module = module(path);
    let home = module[0].as_str();
    if home == "lib" {
        return Vec::new();
    }
    let Some(own) = rank(home) else {
        return vec![format!("{}: `{home}` has no place in the one-way order", place(1))];
    };
    let code = code_only(text);
    let mut found = Vec::new();
    let roots: &[&str] = if home == "main" { &["crate", "map2fig"] } else { &["crate"] };
    for mention in roots.iter().flat_map(|root| mentions(&code, root)) {
        let target = mention.path[0].as_str();
        let sideways = home == "stages"
            && target == "stages"
            && mention.path.get(1).is_some_and(|stage| {
                rooms.contains(&format!("stages/{stage}")) && module.get(1) != Some(stage)
            });
        if sideways {
            found.push(format!(
                "{}: a stage imports stages::{}",
                place(mention.line),
                mention.path[1]
            ));
        } else if target != home && rank(target).is_some_and(|theirs| theirs <= own) {
            found.push(format!("{}: `{home}` imports `{target}`", place(mention.line)));
        }
    }
    // What leaves the folder of a stage is to be written from the root of the crate, where the rules above see it.
    if home == "stages" && module.len() > 2 {
        let mut climbs = "super::".repeat(module.len() - 1);
        for (number, line) in (1..).zip(code.lines()) {
            if line.contains("#[cfg(test)]") {
                // The module of tests at the end of the file is one deeper.
                climbs = "super::".repeat(module.len());
            }
            if line.contains(&climbs) {
                found.push(format!("{}: a path climbs out of its stage", place(number)));
            }
        }
    }
    // `super::` in a stage's own file is the stages' mod.rs; in a file of a stage's folder it is that stage.
    if home == "stages" && module.len() == 2 {
        for mention in mentions(&code, "super") {
            let target = &mention.path[0];
            if rooms.contains(&format!("stages/{target}")) && &module[1] != target {
                found.push(format!("{}: a stage imports super::{target}", place(mention.line)));
            }
        }
    }
    found
}

#[test]
fn imports_go_one_way() {
    let sources = sources();
    let rooms: BTreeSet<String> = sources.iter().map(|(path, _)| module(path).join("/")).collect();
    let found: Vec<String> =
        sources.iter().flat_map(|(path, text)| offences(path, text, &rooms)).collect();
    assert!(found.is_empty(), "imports against the one-way order:\n{}", found.join("\n"));
}

#[test]
fn files_say_what_lives_there() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| format!("src/{}:1", path.display()))
        .collect();
    assert!(silent.is_empty(), "files that do not open with `//! `:\n{}", silent.join("\n"));
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| text.lines().count() > LONGEST_FILE)
        .map(|(path, text)| format!("src/{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

/// Whether the file's own module is declared `#[cfg(test)] mod name;`.
fn only_for_tests(path: &Path, sources: &[(PathBuf, String)]) -> bool {
    let names = module(path);
    let Some((name, parent)) = names.split_last() else { return false };
    let parent = if parent.is_empty() { vec!["lib".to_owned()] } else { parent.to_vec() };
    let declares = |text: &str| {
        text.split("#[cfg(test)]").skip(1).any(|after| {
            let item = after.trim_start();
            let item = item.strip_prefix("pub(crate) ").unwrap_or(item);
            item.starts_with(&format!("mod {name};"))
        })
    };
    sources.iter().any(|(path, text)| module(path) == parent && declares(text))
}

#[test]
fn the_program_never_unwraps() {
    let sources = sources();
    let mut found = Vec::new();
    for (path, text) in &sources {
        if only_for_tests(path, &sources) {
            continue;
        }
        let code = code_only(text);
        // Unit tests sit in a module at the end of a file.
        let tests = code.match_indices("#[cfg(test)]").find(|(place, attribute)| {
            let item = &code[place + attribute.len()..];
            item.find(['{', ';']).is_some_and(|end| item[end..].starts_with('{'))
        });
        let program = &code[..tests.map_or(code.len(), |(place, _)| place)];
        for (number, line) in (1..).zip(program.lines()) {
            if line.contains(".unwrap()") {
                found.push(format!("src/{}:{number}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "`.unwrap()` in the program:\n{}", found.join("\n"));
}

#[test]
fn the_rules_see_what_they_should() {
    let rooms: BTreeSet<String> =
        ["stages/load", "stages/reduce", "stages/load/gather"].map(String::from).into();
    let count = |path: &str, text: &str| offences(Path::new(path), text, &rooms).len();

    assert_eq!(count("fits/mod.rs", "use crate::scale::Scale;"), 1, "a neighbour in the same line");
    assert_eq!(count("fits/mod.rs", "use crate::fits::card;\n// use crate::cli::x"), 0);
    assert_eq!(count("fits/mod.rs", "let a = \"crate::cli\"; let b = r#\"crate::cli\"#;"), 0);
    assert_eq!(count("fits/mod.rs", "fn f<'a>(x: &'a crate::stages::T, c: char = '\"') {}"), 1);
    assert_eq!(count("figure/mod.rs", "use crate::{\n  sky,\n  pipeline::{Job, profile}};"), 2);
    assert_eq!(count("figure/mod.rs", "use crate::{draw::Canvas, stages::load};"), 0);
    assert_eq!(count("stages/load.rs", "use crate::stages::reduce::f;"), 1);
    assert_eq!(count("stages/load.rs", "use super::{Shared, reduce};"), 1);
    assert_eq!(count("stages/load/gather.rs", "use super::decode; use crate::stages::load::x;"), 0);
    assert_eq!(count("stages/load/gather.rs", "use crate::stages::{load::x, reduce};"), 1);
    assert_eq!(count("stages/load/gather.rs", "use super::super::reduce::x;"), 1);
    assert_eq!(count("stages/load/gather.rs", "#[cfg(test)] mod t {\n use super::super::x;}"), 0);
    assert_eq!(count("main.rs", "use map2fig::cli;"), 0);
    assert_eq!(count("oddity.rs", ""), 1);
}
