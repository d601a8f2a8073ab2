//! Units of measurement, typeset as people write them.

use crate::draw::{MarkupError, RichText, Script};

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

/// SI prefixes as written in files, as shown, and their powers of ten (BIPM SI brochure, 9th edition, table 7).
const PREFIXES: [(&str, &str, i32); 19] = [
    ("", "", 0),
    ("a", "a", -18),
    ("f", "f", -15),
    ("p", "p", -12),
    ("n", "n", -9),
    ("u", "\u{b5}", -6),
    ("\u{b5}", "\u{b5}", -6),
    ("\u{3bc}", "\u{b5}", -6),
    ("mu", "\u{b5}", -6),
    ("micro", "\u{b5}", -6),
    ("m", "m", -3),
    ("c", "c", -2),
    ("d", "d", -1),
    ("h", "h", 2),
    ("k", "k", 3),
    ("M", "M", 6),
    ("G", "G", 9),
    ("T", "T", 12),
    ("P", "P", 15),
];

/// Base units that take prefixes, and the least and greatest power of ten with which they are in use.
const PREFIXED: [(&str, i32, i32); 16] = [
    ("K", -9, 0),
    ("Jy", -9, 6),
    ("W", -18, 12),
    ("J", -15, 12),
    ("eV", -9, 15),
    ("V", -9, 6),
    ("T", -12, 0),
    ("G", -9, 0),
    ("Hz", 0, 12),
    ("pc", -3, 9),
    ("m", -9, 3),
    ("s", -12, 0),
    ("g", -6, 3),
    ("A", -9, 3),
    ("N", -6, 6),
    ("Pa", -6, 9),
];

/// Units and words that stand as they are.
const PLAIN: [(&str, &str); 43] = [
    ("sr", "sr"),
    ("rad", "rad"),
    ("deg", "deg"),
    ("arcmin", "arcmin"),
    ("arcsec", "arcsec"),
    ("mas", "mas"),
    ("erg", "erg"),
    ("ergs", "erg"),
    ("ph", "ph"),
    ("phot", "ph"),
    ("photon", "photon"),
    ("photons", "photons"),
    ("count", "count"),
    ("counts", "counts"),
    ("ct", "ct"),
    ("cts", "cts"),
    ("hit", "hit"),
    ("hits", "hits"),
    ("adu", "adu"),
    ("ADU", "ADU"),
    ("beam", "beam"),
    ("pix", "pix"),
    ("pixel", "pixel"),
    ("sample", "sample"),
    ("samples", "samples"),
    ("mag", "mag"),
    ("dex", "dex"),
    ("R", "R"),
    ("yr", "yr"),
    ("day", "day"),
    ("d", "d"),
    ("h", "h"),
    ("hr", "h"),
    ("min", "min"),
    ("sec", "s"),
    ("AU", "au"),
    ("au", "au"),
    ("Angstrom", "\u{c5}"),
    ("angstrom", "\u{c5}"),
    ("Ohm", "\u{3a9}"),
    ("Kelvin", "K"),
    ("kelvin", "K"),
    ("1", "1"),
];

/// What temperatures are told apart by, as written (in lower case) and as shown.
const TEMPERATURES: [(&str, &str); 6] = [
    ("cmb", "CMB"),
    ("rj", "RJ"),
    ("thermo", "CMB"),
    ("thermodynamic", "CMB"),
    ("antenna", "A"),
    ("b", "b"),
];

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
            if !self.separator() {
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
            self.text.push("10", Script::Normal);
            let power = self.power()?;
            self.text.push(power, Script::Super);
            return Some(());
        }
        let word = self.take(|c| c.is_alphabetic() || c == '1')?;
        let first = self.text.runs.is_empty();
        let (shown, head, label) = recognise(word)?;
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
                if after.starts_with(['(', '{']) {
                    self.braced(number)
                } else {
                    self.take(|c| number(c) && c != '/' && c != '.')
                }
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

/// A unit's symbol as shown, its exchangeable prefix, and its subscript where it is written without a sign (`Kcmb`).
fn recognise(word: &str) -> Option<(String, Option<Head>, Option<String>)> {
    if let Some((_, shown)) = PLAIN.iter().find(|(written, _)| *written == word) {
        return Some(((*shown).to_owned(), None, None));
    }
    if let Some(found) = prefixed(word) {
        return Some((found.0, Some(found.1), None));
    }
    let (unit, label) = word.split_at_checked(word.find('K')? + 1)?;
    let (shown, head) = prefixed(unit)?;
    Some((shown, Some(head), Some(temperature(label)?.to_owned())))
}

fn prefixed(word: &str) -> Option<(String, Head)> {
    PREFIXED.iter().find_map(|&(symbol, ..)| {
        let written = word.strip_suffix(symbol)?;
        let (_, prefix, power) = PREFIXES.iter().find(|(known, ..)| *known == written)?;
        let shown = format!("{prefix}{symbol}");
        let head = Head { length: shown.len(), symbol, power: *power };
        Some((shown, head))
    })
}

fn temperature(label: &str) -> Option<&'static str> {
    let label = label.to_lowercase();
    TEMPERATURES.iter().find(|(written, _)| *written == label).map(|(_, shown)| *shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with subscripts as `_{..}` and superscripts as `^{..}`.
    fn marked(text: &RichText) -> String {
        let run = |run: &crate::draw::Run| match run.script {
            Script::Normal => run.text.clone(),
            Script::Sub => format!("_{{{}}}", run.text),
            Script::Super => format!("^{{{}}}", run.text),
        };
        text.runs.iter().map(run).collect()
    }

    #[test]
    fn units_are_typeset_as_people_write_them() {
        for (spelling, shown) in [
            ("uK_CMB", "µK_{CMB}"),
            ("K_CMB", "K_{CMB}"),
            ("Kcmb", "K_{CMB}"),
            ("uKCMB", "µK_{CMB}"),
            ("K_{RJ}", "K_{RJ}"),
            ("uK RJ", "µK_{RJ}"),
            ("K_CMB^2", "K_{CMB}^{2}"),
            ("MJy/sr", "MJy/sr"),
            ("MJy sr-1", "MJy sr^{−1}"),
            ("cm^-2", "cm^{−2}"),
            ("cm-2", "cm^{−2}"),
            ("cm**(-2)", "cm^{−2}"),
            ("cm^{-2}", "cm^{−2}"),
            ("sr-1", "sr^{−1}"),
            ("1/sr", "1/sr"),
            ("mK", "mK"),
            ("deg^2", "deg^{2}"),
            ("deg2", "deg^{2}"),
            ("counts", "counts"),
            ("erg s-1 cm-2", "erg s^{−1} cm^{−2}"),
            ("erg.s-1.cm-2", "erg·s^{−1}·cm^{−2}"),
            ("W/(m^2 sr)", "W/(m^{2} sr)"),
            ("10^-26 W m^-2", "10^{−26} W m^{−2}"),
            ("uJy/beam", "µJy/beam"),
            ("K^(1/2)", "K^{1/2}"),
            ("µK", "µK"),
            ("\u{3bc}K", "µK"),
            ("muK_RJ", "µK_{RJ}"),
            ("Kelvin", "K"),
        ] {
            assert_eq!(marked(Unit::parse(spelling).text()), shown, "{spelling}");
        }
    }

    #[test]
    fn unknown_spellings_stay_as_they_are() {
        for spelling in [
            "unknown",
            "log10(K)",
            "K^^2",
            "uK_",
            "furlong^-2",
            "K-",
            "e-/s",
            "100*x",
            "°",
            "uX",
            "%",
        ] {
            assert_eq!(marked(Unit::parse(spelling).text()), spelling);
        }
        assert!(Unit::parse("  ").is_blank());
    }

    #[test]
    fn prefixes_step_by_thousands() {
        let scaled =
            |spelling: &str, power| Unit::parse(spelling).scaled(power).map(|t| marked(&t));
        assert_eq!(scaled("K_CMB", -6).as_deref(), Some("µK_{CMB}"));
        assert_eq!(scaled("uK_CMB", 3).as_deref(), Some("mK_{CMB}"));
        assert_eq!(scaled("Jy/sr", 6).as_deref(), Some("MJy/sr"));
        assert_eq!(scaled("K", 3), None, "kilokelvins are not in use");
        assert_eq!(scaled("K^2", -6), None);
        assert_eq!(scaled("cm", 3), None);
        assert_eq!(scaled("counts", 3), None);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm() {
        for spelling in ["_", "^", "^{", "K_{", "K^(", "10", "10^", "1", "/", "中^2", "K\u{301}"] {
            let _ = Unit::parse(spelling);
        }
    }
}
