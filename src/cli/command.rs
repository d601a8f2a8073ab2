//! The command line that a figure's metadata keeps.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Options that say where the result goes and how the program runs, but not what the figure looks like, with whether a value follows.
const NOT_RECORDED: [(&str, bool); 7] = [
    ("-o", true),
    ("--output", true),
    ("--threads", true),
    ("--profile", false),
    ("-v", false),
    ("--verbose", false),
    ("--quiet", false),
];

/// The command that draws this map: its file name without the folder, and the options that bear on the picture. So the same figure carries
/// the same metadata wherever and however it was made.
pub fn recorded(typed: &[OsString], maps: &[OsString], map: &OsStr) -> String {
    let name = Path::new(map).file_name().unwrap_or(map);
    let mut words = vec!["map2fig".to_string(), quoted(&name.to_string_lossy())];
    let mut rest = typed.iter();
    while let Some(word) = rest.next() {
        if maps.contains(word) {
            continue;
        }
        let text = word.to_string_lossy();
        let option = text.split('=').next().unwrap_or(&text);
        if let Some((_, takes_value)) = NOT_RECORDED.iter().find(|(name, _)| *name == option) {
            if *takes_value && !text.contains('=') {
                rest.next();
            }
            continue;
        }
        if text.len() > 2 && text.starts_with("-o") {
            continue;
        }
        words.push(quoted(&text));
    }
    words.join(" ")
}

/// The word as a shell would need it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=.,:/+%@^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_bear_on_the_picture_is_left_out() {
        let typed =
            ["dir/a.fits", "-o", "x.pdf", "--title", "Two words", "--threads=2", "--profile", "-v"];
        let typed = typed.map(OsString::from);
        let maps = ["dir/a.fits".into()];
        assert_eq!(recorded(&typed, &maps, &maps[0]), "map2fig a.fits --title 'Two words'");
    }
}
