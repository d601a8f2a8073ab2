//! How messages offer words: the known one that a misspelt one is likely to mean, and lists of what there is.

use std::borrow::Cow;
use std::path::Path;

/// How alike two words are for one to be offered for the other.
const NEAR: f64 = 0.6;

/// How alike at least a word is to one that it is a piece of: to type less is as common as to type something wrong.
const PIECE: f64 = 0.8;

/// Characters of the shortest piece that tells one word from others.
const SHORTEST_PIECE: usize = 3;

/// Longest list in a message.
const MOST_LISTED: usize = 30;

/// What there is, as messages list it: the first ones only, and then how many there are; `none` of nothing.
pub fn listed(items: impl Iterator<Item = String>) -> String {
    let mut items = items.peekable();
    let mut list: Vec<String> = items.by_ref().take(MOST_LISTED).collect();
    if items.peek().is_some() {
        list.push(format!("... ({} in all)", list.len() + items.count()));
    }
    if list.is_empty() { "none".to_string() } else { list.join(", ") }
}

/// Characters of the longest value that a message repeats in full.
const LONGEST: usize = 60;

/// A value as messages repeat it: of a long one the beginning only.
pub fn cut(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", &value[..end]).into(),
        None => value.into(),
    }
}

/// A file's name as messages have it: on one line, without what a terminal would obey, and seen even if it is empty.
pub fn name(path: &Path) -> String {
    match path.to_string_lossy() {
        name if name.is_empty() => "''".to_string(),
        name => escaped(&name, char::is_control).into_owned(),
    }
}

/// A message without what a terminal would obey; lines stay lines.
pub fn visible(message: &str) -> Cow<'_, str> {
    escaped(message, |c| c.is_control() && c != '\n')
}

/// A text with some of its characters written as Rust escapes them.
fn escaped(text: &str, is_odd: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_odd) {
        return text.into();
    }
    let shown = |c: char| if is_odd(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect::<String>().into()
}

/// The spelling by which names are compared: case does not matter, and `-`, `.` and `_` are alike.
pub fn folded(name: &str) -> String {
    name.chars().map(fold).collect()
}

/// Whether two names are the same but for their spelling; see [`folded`].
pub fn same(a: &str, b: &str) -> bool {
    a.chars().map(fold).eq(b.chars().map(fold))
}

fn fold(character: char) -> char {
    match character {
        '-' | '.' => '_',
        _ => character.to_ascii_lowercase(),
    }
}

/// How alike a word is to a known one, from 0 to 1 for the same.
pub fn likeness(word: &str, known: &str) -> f64 {
    let (word, known) = (folded(word), folded(known));
    let alike = strsim::normalized_damerau_levenshtein(&word, &known);
    let is_piece = word.chars().count() >= SHORTEST_PIECE && known.contains(&word);
    if is_piece { PIECE + (1.0 - PIECE) * alike } else { alike }
}

/// Those of some things that are near enough, the nearest first, by how alike each is to what was given.
pub fn near<T>(scored: impl IntoIterator<Item = (f64, T)>) -> Vec<T> {
    let mut near: Vec<_> = scored.into_iter().filter(|(likeness, _)| *likeness >= NEAR).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().map(|(_, known)| known).collect()
}

/// The known word that a misspelt one is likely to mean.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|known| (likeness(word, known), known));
    near(scored).into_iter().next()
}

/// Asks whether one of these words was meant; nothing where there are none.
pub fn did_you_mean<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Option<String> {
    let words: Vec<S> = words.into_iter().collect();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    Some(match words.as_slice() {
        [] => return None,
        [only] => format!("did you mean {only}?"),
        [first @ .., last] => format!("did you mean {} or {last}?", first.join(", ")),
    })
}

/// The question of [`did_you_mean`] behind a semicolon, as it follows a statement; empty where there are no words.
pub fn or_rather<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    did_you_mean(words).map_or_else(String::new, |question| format!("; {question}"))
}

/// The question of [`did_you_mean`] in brackets, as it stands within a sentence; empty where there are no words.
pub fn in_brackets<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    did_you_mean(words).map_or_else(String::new, |question| format!(" ({question})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_end_somewhere() {
        let list = |count: usize| listed((0..count).map(|n| n.to_string()));
        assert_eq!([list(0), list(3)], ["none", "0, 1, 2"]);
        assert!(list(30).ends_with("28, 29"));
        assert!(list(31).ends_with("28, 29, ... (31 in all)"));
        assert!(list(9000).ends_with("28, 29, ... (9000 in all)"));
    }

    #[test]
    fn names_stay_on_their_line() {
        let shown = |text: &str| name(Path::new(text));
        assert_eq!(
            [shown(""), shown("a b.fits"), shown("a\nb\u{1b}[0m")],
            ["''", "a b.fits", "a\\nb\\u{1b}[0m"]
        );
        assert_eq!(visible("two\nlines\u{1b}[2J"), "two\nlines\\u{1b}[2J");
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"\u{e9}".repeat(300)), format!("{}\u{2026}", "\u{e9}".repeat(60)));
    }

    #[test]
    fn slips_and_pieces_are_near() {
        let known = ["projection", "width", "cmap", "left-label", "bar-label"];
        for (word, meant) in [
            ("projction", Some("projection")),
            ("PROJ", Some("projection")),
            ("cmpa", Some("cmap")),
            ("left_label", Some("left-label")),
            ("label", Some("bar-label")),
            ("qqqq", None),
            ("w", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(near([(0.7, 'a'), (0.5, 'b'), (0.9, 'c'), (0.7, 'd')]), ['c', 'a', 'd']);
    }

    #[test]
    fn questions_name_all_words() {
        let none: [&str; 0] = [];
        assert_eq!(did_you_mean(none), None);
        assert_eq!(did_you_mean(["a"]).unwrap(), "did you mean a?");
        assert_eq!(did_you_mean(["a", "b", "c"]).unwrap(), "did you mean a, b or c?");
        assert_eq!(or_rather(Some("a")), "; did you mean a?");
        assert_eq!(in_brackets(Some("a")), " (did you mean a?)");
        assert_eq!(in_brackets(none) + &or_rather(none), "");
    }

    proptest! {
        #[test]
        fn a_word_is_most_like_itself(word in "\\PC{1,12}", other in "\\PC{0,12}") {
            prop_assert_eq!(likeness(&word, &word), 1.0);
            prop_assert!((0.0..=1.0).contains(&likeness(&word, &other)));
            prop_assert!(same(&word, &folded(&word)));
        }
    }
}
