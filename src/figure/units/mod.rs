//! Units of measurement, typeset as people write them.

mod names;

use crate::draw::{MarkupError, RichText, Script};
use names::{PREFIXED, PREFIXES, SOLAR, SUN, recognise, temperature};

/// The proper minus sign.
pub(super) const MINUS: char = '\u{2212}';

/// A unit of measurement as a label.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unit {
    text: RichText,
    /// The first factor where an SI prefix may be exchanged.
    head: Option<Head>,
}

/// The first factor of a unit: a base unit with its SI prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Head {
    /// Bytes of the text's first run that it takes.
    length: usize,
    symbol: &'static str,
    /// The power of ten of its prefix.
    power: i32,
}

impl Unit {
    /// Reads a unit as FITS files and people spell it: `uK_CMB`, `MJy/sr`, `cm^-2`, `cm-2`, `erg s**-1`.
    ///
    /// A spelling that is not understood throughout becomes a unit that shows it unchanged.
    pub fn parse(spelling: &str) -> Self {
        let spelling = spelling.trim();
        Parser::new(spelling).unit().unwrap_or_else(|| Self::verbatim(RichText::plain(spelling)))
    }

    /// Reads a unit that may have formulas in it, which are shown as they are.
    ///
    /// # Errors
    /// A mistake in a formula.
    pub fn labelled(label: &str) -> Result<Self, MarkupError> {
        if label.contains('$') {
            return RichText::parse(label).map(Self::verbatim);
        }
        Ok(Self::parse(label))
    }

    /// A unit that is shown as given.
    pub fn verbatim(text: RichText) -> Self {
        Self { text, head: None }
    }

    /// The unit as text.
    pub fn text(&self) -> &RichText {
        &self.text
    }

    /// Whether there is no unit to show.
    pub fn is_blank(&self) -> bool {
        self.text.is_blank()
    }

    /// The unit that is `10^power` of this one by another SI prefix (from K to mK for -3), where that is in use.
    pub fn scaled(&self, power: i32) -> Option<RichText> {
        let head = self.head.as_ref()?;
        let (_, least, greatest) = PREFIXED.iter().find(|(symbol, ..)| *symbol == head.symbol)?;
        let wanted = head.power + power;
        // Hundredths and tenths are left to those who wrote them.
        if !(*least..=*greatest).contains(&wanted) || wanted % 3 != 0 {
            return None;
        }
        let (_, prefix, _) = PREFIXES.iter().find(|(.., power)| *power == wanted)?;
        let mut text = self.text.clone();
        text.runs
            .first_mut()?
            .text
            .replace_range(..head.length, &format!("{prefix}{}", head.symbol));
        Some(text)
    }
}

/// Reads a product of powers of units from left to right.
struct Parser<'a> {
    rest: &'a str,
    text: RichText,
    head: Option<Head>,
}

impl<'a> Parser<'a> {
    fn new(spelling: &'a str) -> Self {
        Self { rest: spelling, text: RichText::default(), head: None }
    }

    /// The whole spelling, or nothing where any of it is not understood.
    fn unit(mut self) -> Option<Unit> {
        while !self.rest.is_empty() {
            if !self.separator() && self.number().is_none() && self.logarithm().is_none() {
                self.factor()?;
            }
        }
        Some(Unit { text: self.text, head: self.head })
    }

    fn separator(&mut self) -> bool {
        let shown = match self.rest.chars().next() {
            Some(' ' | '\u{a0}') => " ",
            Some('/') => "/",
            Some('(') => "(",
            Some(')') => ")",
            Some('[') => "[",
            Some(']') => "]",
            // A power's ** was read with its unit.
            Some('*' | '.' | '\u{b7}') => "\u{b7}",
            _ => return false,
        };
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        self.rest = &self.rest[first..];
        self.text.push(shown, Script::Normal);
        true
    }

    /// A unit with its prefix, subscript and power, or a power of ten.
    fn factor(&mut self) -> Option<()> {
        let ten =
            self.rest.strip_prefix("10").filter(|rest| rest.starts_with(['^', '*', '-', '+']));
        if let Some(after) = ten {
            self.rest = after;
            let power = self.power()?;
            self.ten_to(&power);
            return Some(());
        }
        let word = self.take(|c| c.is_alphabetic() || c == '1')?;
        let first = self.text.runs.is_empty();
        let (shown, head, label) = self.solar(word).or_else(|| recognise(word))?;
        self.text.push(shown, Script::Normal);
        let subscript = label.or_else(|| self.subscript());
        let power = self.power();
        if let Some(label) = &subscript {
            self.text.push(label, Script::Sub);
        }
        match power {
            Some(power) => self.text.push(power, Script::Super),
            None if first => self.head = head,
            None => {}
        }
        Some(())
    }

    /// `M_sun`, `Msun` or `solMass`, with the sign of the Sun.
    fn solar(&mut self, word: &str) -> Option<(String, Option<Head>, Option<String>)> {
        let is_apart = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
        let long = match word {
            "solMass" => Some("M"),
            "solLum" => Some("L"),
            "solRad" => Some("R"),
            _ => word.strip_suffix("sun").filter(|symbol| SOLAR.contains(symbol)),
        };
        let symbol = long.or_else(|| {
            let symbol = SOLAR.iter().find(|symbol| **symbol == word)?;
            let endings = ["_sun", "_{sun}", "_Sun", "_\u{2609}", "_{\u{2609}}", "_\u{2299}"];
            self.rest = endings
                .iter()
                .find_map(|ending| self.rest.strip_prefix(ending).filter(|rest| is_apart(rest)))?;
            Some(*symbol)
        })?;
        Some((symbol.to_owned(), None, Some(SUN.to_owned())))
    }

    /// A power of ten as programs write it before units: `1e-6`, `2.5E3`.
    fn number(&mut self) -> Option<()> {
        let is_digit = |c: char| c.is_ascii_digit();
        let end = self.rest.find(|c| !is_digit(c) && c != '.')?;
        let (size, after) = self.rest.split_at(end);
        let size: f64 = size.parse().ok()?;
        let power = after.strip_prefix(['e', 'E'])?;
        let length = power.trim_start_matches(['-', '+']).trim_start_matches(is_digit).len();
        let (power, rest) = power.split_at(power.len() - length);
        let power: i32 = power.parse().ok()?;
        self.rest = rest;
        if size != 1.0 {
            self.text.push(format!("{size}\u{d7}"), Script::Normal);
        }
        self.ten_to(&power.to_string().replace('-', &MINUS.to_string()));
        Some(())
    }

    fn ten_to(&mut self, power: &str) {
        self.text.push("10", Script::Normal);
        self.text.push(power, Script::Super);
    }

    /// The name of a logarithm, of what follows in brackets: `log10(`, `ln(`.
    fn logarithm(&mut self) -> Option<()> {
        let names =
            [("log10", "log", "10"), ("log2", "log", "2"), ("log", "log", ""), ("ln", "ln", "")];
        let found = names.iter().find_map(|(written, name, base)| {
            let rest = self.rest.strip_prefix(written)?;
            rest.trim_start().starts_with(['(', '[']).then_some((rest, name, base))
        });
        let (rest, name, base) = found?;
        self.rest = rest;
        self.text.push(*name, Script::Normal);
        self.text.push(*base, Script::Sub);
        Some(())
    }

    /// `_CMB`, `_{RJ}`, or a temperature's name set apart by a space.
    fn subscript(&mut self) -> Option<String> {
        let before = self.rest;
        let found = match self.rest.strip_prefix('_') {
            Some(after) => {
                self.rest = after;
                self.braced(|c| c.is_alphanumeric())
                    .map(|label| temperature(label).unwrap_or(label))
            }
            None => {
                self.rest = self.rest.strip_prefix(' ')?;
                self.take(char::is_alphabetic).and_then(temperature)
            }
        };
        if found.is_none() {
            self.rest = before;
        }
        found.map(str::to_owned)
    }

    /// `^-2`, `**-2`, `^{-2}`, `^(1/2)`, `-2` or `2`.
    fn power(&mut self) -> Option<String> {
        let before = self.rest;
        let number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | '/' | MINUS);
        let found = match ["**", "^"].iter().find_map(|sign| self.rest.strip_prefix(sign)) {
            Some(after) => {
                self.rest = after;
                if after.starts_with(['(', '{']) { self.braced(number) } else { self.decimal() }
            }
            None => self.take(|c| number(c) && c != '/' && c != '.'),
        };
        let sound = |power: &&str| {
            let digits = power.trim_start_matches(['-', '+', MINUS]);
            digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.contains(['-', '+', MINUS])
        };
        let found = found.filter(sound);
        if found.is_none() {
            self.rest = before;
        }
        found.map(|power| power.trim_start_matches('+').replace('-', &MINUS.to_string()))
    }

    /// A whole number, or one with decimals, after which a point is one between factors.
    fn decimal(&mut self) -> Option<&'a str> {
        let is_sign = |c: char| matches!(c, '-' | '+' | MINUS);
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let start = self.rest.len() - self.rest.trim_start_matches(is_sign).len();
        let whole = start + digits(self.rest.get(start..)?);
        let decimals = self.rest.get(whole..)?.strip_prefix('.').map_or(0, digits);
        let end = if decimals > 0 { whole + 1 + decimals } else { whole };
        let (taken, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!taken.is_empty()).then_some(taken)
    }

    /// What is within braces or parentheses, or else the characters that fit.
    fn braced(&mut self, fits: impl Fn(char) -> bool) -> Option<&'a str> {
        let close = match self.rest.chars().next()? {
            '{' => '}',
            '(' => ')',
            _ => return self.take(fits),
        };
        let (inside, after) = self.rest.get(1..)?.split_once(close)?;
        self.rest = after;
        (!inside.is_empty() && inside.chars().all(fits)).then_some(inside)
    }

    /// The characters from here on that fit, at least one.
    fn take(&mut self, fits: impl Fn(char) -> bool) -> Option<&'a str> {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        if taken.is_empty() {
            return None;
        }
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests;
