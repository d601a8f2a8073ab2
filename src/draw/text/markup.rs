//! Labels as people type them: plain text with formulas between dollar signs.

use super::{RichText, Run, Script, Style};
use crate::draw::math;

/// A mistake in a formula, and where it is in the label.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}\n  {text}\n  {:>width$}", "^", width = column + 1)]
pub struct MarkupError {
    /// What is wrong.
    pub message: String,
    /// The label.
    pub text: String,
    /// The character of the label at which it is wrong, from 0.
    pub column: usize,
}

impl RichText {
    /// Reads a label: `$...$` is a formula in TeX, `\$` a dollar sign, `\n` the start of a new line, `\\` a backslash. A dollar sign without a
    /// partner stands for itself, unless what follows it can only be TeX.
    ///
    /// # Errors
    /// A mistake in a formula.
    pub fn parse(label: &str) -> Result<Self, MarkupError> {
        let mut rich = Self::default();
        let mut rest = label;
        loop {
            let (plain, formula) = split_at_dollar(rest);
            rich.push(unescaped(plain), Script::Normal);
            let Some(formula) = formula else { return Ok(rich) };
            let start = label.len() - formula.len();
            let Some((source, after)) = closed(formula) else {
                if formula.contains(['\\', '^', '_', '{']) {
                    let message = "the formula that starts here has no closing '$'".to_owned();
                    return Err(MarkupError::new(message, label, start - 1));
                }
                rich.push(format!("${}", unescaped(formula)), Script::Normal);
                return Ok(rich);
            };
            math::check(source).map_err(|error| {
                // A mistake at the end is shown at the last character of the formula.
                let at = error.at.min(source.len().saturating_sub(1));
                MarkupError::new(error.message, label, start + at)
            })?;
            rich.runs.push(Run {
                text: source.to_owned(),
                style: Style::Math,
                script: Script::Normal,
            });
            rest = after;
        }
    }
}

impl MarkupError {
    fn new(message: String, label: &str, byte: usize) -> Self {
        let column = label.char_indices().take_while(|(at, _)| *at < byte).count();
        // One line, in which the caret stands below its character.
        let text = label.replace(|c: char| c.is_control(), " ");
        Self { message, text, column }
    }
}

/// Commands of TeX that begin like the start of a new line, which is not meant by them.
const COMMANDS: [&str; 3] = ["nu", "nabla", "neq"];

/// The characters that are meant outside of formulas.
fn unescaped(text: &str) -> String {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        meant.push_str(before);
        let word = after.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let (shown, taken) = match after.chars().next() {
            Some('n') if !COMMANDS.contains(&word) => ('\n', 1),
            Some(escaped @ ('$' | '\\')) => (escaped, 1),
            _ => ('\\', 0),
        };
        meant.push(shown);
        rest = after.get(taken..).unwrap_or_default();
    }
    meant + rest
}

/// The text before the first dollar sign that is not escaped, and what follows that.
fn split_at_dollar(text: &str) -> (&str, Option<&str>) {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '$' if !escaped => {
                let (plain, rest) = text.split_at(at);
                return (plain, rest.get(1..));
            }
            _ => escaped = character == '\\' && !escaped,
        }
    }
    (text, None)
}

/// A formula up to its closing dollar sign, or two where it began with two, and what follows.
fn closed(text: &str) -> Option<(&str, &str)> {
    if let Some(display) = text.strip_prefix('$') {
        let (formula, rest) = split_at_dollar(display);
        return Some((formula, rest?.strip_prefix('$')?));
    }
    let (formula, rest) = split_at_dollar(text);
    Some((formula, rest?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(label: &str) -> Vec<(String, bool)> {
        let rich = RichText::parse(label).unwrap_or_else(|e| panic!("{e}"));
        rich.runs.into_iter().map(|run| (run.text, run.style == Style::Math)).collect()
    }

    fn plain(text: &str) -> (String, bool) {
        (text.to_owned(), false)
    }

    fn formula(text: &str) -> (String, bool) {
        (text.to_owned(), true)
    }

    #[test]
    fn formulas_stand_between_dollars() {
        assert_eq!(parts("no formula"), [plain("no formula")]);
        assert_eq!(parts(r"T [$\mu$K]"), [plain("T ["), formula(r"\mu"), plain("K]")]);
        assert_eq!(parts("$a$$$b$$"), [formula("a"), formula("b")]);
        assert_eq!(parts(r"$\$ 5$"), [formula(r"\$ 5")]);
        assert_eq!(parts(r"a\nb $\nu$"), [plain("a\nb "), formula(r"\nu")]);
    }

    #[test]
    fn backslashes_are_escaped_by_themselves() {
        assert_eq!(parts(r"a\\nb"), [plain(r"a\nb")]);
        assert_eq!(parts(r"a\\\nb"), [plain("a\\\nb")]);
        assert_eq!(parts(r"a\\$x$"), [plain(r"a\"), formula("x")]);
        assert_eq!(parts(r"\nu = 5 \mu, \nuclei"), [plain("\\nu = 5 \\mu, \nuclei")]);
    }

    #[test]
    fn dollars_may_be_dollars() {
        assert_eq!(parts(r"5\$ and 6\$"), [plain("5$ and 6$")]);
        assert_eq!(parts("cost 5$"), [plain("cost 5$")]);
        assert_eq!(parts("$"), [plain("$")]);
        assert_eq!(parts(r"$x$ for 5$"), [formula("x"), plain(" for 5$")]);
    }

    #[test]
    fn mistakes_are_pointed_at() {
        for (label, column) in [
            (r"T $\foo_2$", 3),
            (r"µ in $\mathrm{K$", 14),
            (r"$x^2^3$", 4),
            (r"$a + \frac{1}$", 12),
            (r"$\mu K", 0),
            (r"$x$ and $\left( y$", 16),
        ] {
            let error = RichText::parse(label).expect_err(label);
            assert_eq!(error.column, column, "{error}");
            assert!(error.to_string().contains(label), "{error}");
        }
    }
}
