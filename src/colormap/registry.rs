//! The embedded colour tables by name; `assets/make_colormaps.py` documents their layout and writes
//! them.

use crate::spelling::same;

/// Lines of `name, rows, first row` for a map and `alias, name` for an alias, separated by tabs.
static INDEX: &str = include_str!("../../assets/colormaps.tsv");
/// Rows of three bytes: red, green, blue.
static ROWS: &[u8] = include_bytes!("../../assets/colormaps.bin");

/// An embedded table.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The name as its family spells it, without `_r`.
    pub name: &'static str,
    /// RGB rows from the low end to the high one.
    pub rows: &'static [[u8; 3]],
    /// Whether the rows are to be read from the end, as an alias of a reversed map asks.
    pub reversed: bool,
}

/// Finds a map or alias, where `-`, `_` and `.` are alike and case does not matter.
///
/// The family's prefix may be left out (`thermal` for `cmo.thermal`); a full name always goes
/// first, so `gray` is matplotlib's and not `cmo.gray`.
pub(super) fn find(name: &str) -> Option<Entry> {
    lines()
        .find(|line| same(line.name, name))
        .or_else(|| lines().find(|line| bare(line.name).is_some_and(|bare| same(bare, name))))
        .and_then(resolve)
}

/// The names of all maps (not the aliases), family by family.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    lines().filter(|line| matches!(line.target, Target::Table { .. })).map(|line| line.name)
}

/// The part of a name that follows its family's prefix.
pub(super) fn bare(name: &'static str) -> Option<&'static str> {
    name.split_once('.').map(|(_, bare)| bare)
}

/// Splits a final `_r` (or `-r`) off.
pub(super) fn split_reversed(name: &str) -> (&str, bool) {
    match name.len().checked_sub(2).and_then(|at| name.split_at_checked(at)) {
        Some((stem, suffix)) if same(suffix, "_r") => (stem, true),
        _ => (name, false),
    }
}

struct Line {
    name: &'static str,
    target: Target,
}

enum Target {
    Table { rows: usize, first: usize },
    Alias(&'static str),
}

fn lines() -> impl Iterator<Item = Line> {
    INDEX.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        let (name, second) = (fields.next()?, fields.next()?);
        let target = match fields.next() {
            Some(first) => Target::Table { rows: second.parse().ok()?, first: first.parse().ok()? },
            None => Target::Alias(second),
        };
        Some(Line { name, target })
    })
}

fn resolve(line: Line) -> Option<Entry> {
    match line.target {
        Target::Table { rows, first } => {
            let rows = ROWS.as_chunks().0.get(first..first.checked_add(rows)?)?;
            Some(Entry { name: line.name, rows, reversed: false })
        }
        Target::Alias(target) => {
            let (stem, reversed) = split_reversed(target);
            let target = lines().find(|line| line.name == stem)?;
            match target.target {
                Target::Table { .. } => {
                    resolve(target).map(|entry| Entry { name: line.name, reversed, ..entry })
                }
                Target::Alias(_) => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::folded;
    use std::collections::HashSet;

    #[test]
    fn the_index_is_sound() {
        assert_eq!(lines().count(), INDEX.lines().count());
        assert_eq!(ROWS.len() % 3, 0);
        for line in lines() {
            let name = line.name;
            let entry = resolve(line).unwrap_or_else(|| panic!("{name} does not resolve"));
            assert_eq!(entry.name, name);
            assert!((2..=2560).contains(&entry.rows.len()), "{name}");
        }
    }

    #[test]
    fn names_are_unique_in_the_spelling_that_is_compared() {
        let keys: HashSet<String> = lines().map(|line| folded(line.name)).collect();
        assert_eq!(keys.len(), lines().count());
        assert!(keys.iter().all(|key| !split_reversed(key).1));
    }

    #[test]
    fn a_bare_name_means_one_map_unless_matplotlib_has_it() {
        let full: HashSet<String> = lines().map(|line| folded(line.name)).collect();
        let mut seen = HashSet::new();
        for bare in lines().filter_map(|line| bare(line.name)).map(folded) {
            assert!(full.contains(&bare) || seen.insert(bare.clone()), "{bare} is ambiguous");
        }
    }
}
