//! The user's own format for tick labels, as in C and Python: `%.2f`, `{:.1e}`, `%g`, `%d`.

use super::{Ruler, Tick, Ticks};
use crate::draw::RichText;
use crate::figure::decimal::{Decimal, power_of_ten};
use crate::figure::units::MINUS;

/// How numbers are written, and what is before and after each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberFormat {
    before: String,
    after: String,
    /// Whether positive numbers have a sign, too.
    plus: bool,
    precision: Option<usize>,
    style: NumberStyle,
}

/// Ways of writing a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum NumberStyle {
    /// Whole, rounded.
    Integer,
    /// With so many decimals.
    Fixed,
    /// With so many decimals and a power of ten.
    Exponent,
    /// As short as it can be with so many digits.
    General,
}

/// Decimals or digits where none are given, as in C and Python.
const PRECISION: usize = 6;
/// More decimals than any double has.
const MOST: usize = 17;

impl NumberFormat {
    /// Reads `%.2f`, `{:.2f}` or `.2f`, the first two with any text before and after.
    ///
    /// # Errors
    /// A text that says what was expected.
    pub fn parse(text: &str) -> Result<NumberFormat, String> {
        let error = || {
            format!(
                "expected a number format such as %.2f, %.1e, %g, %d or {{:.2f}}, found '{text}'"
            )
        };
        if let Some((before, rest)) = text.split_once('{') {
            let (spec, after) = rest.split_once('}').ok_or_else(error)?;
            return Self::read(spec.strip_prefix(':').unwrap_or(spec), before, Some(after))
                .ok_or_else(error);
        }
        match text.split_once('%') {
            Some((before, rest)) => Self::read(rest, before, None).ok_or_else(error),
            None => Self::read(text, "", Some("")).ok_or_else(error),
        }
    }

    /// Reads `+.2f`; what follows is `after` where that is not given.
    fn read(spec: &str, before: &str, after: Option<&str>) -> Option<NumberFormat> {
        let (plus, spec) = match spec.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, spec),
        };
        let kind = spec.find(|c: char| c.is_ascii_alphabetic())?;
        let (digits, rest) = spec.split_at_checked(kind)?;
        let precision = match digits.strip_prefix('.') {
            Some(digits) => Some(digits.parse().ok().filter(|&p| p <= MOST)?),
            None if digits.is_empty() => None,
            None => return None,
        };
        let mut rest = rest.chars();
        let style = match rest.next()? {
            'd' | 'i' if precision.is_none() => NumberStyle::Integer,
            'f' | 'F' => NumberStyle::Fixed,
            'e' | 'E' => NumberStyle::Exponent,
            'g' | 'G' => NumberStyle::General,
            _ => return None,
        };
        let after = match after {
            Some(after) if rest.as_str().is_empty() => after.to_owned(),
            Some(_) => return None,
            None => rest.as_str().replace("%%", "%"),
        };
        Some(NumberFormat { before: before.to_owned(), after, plus, precision, style })
    }

    /// A number as it is written.
    pub fn write(&self, value: f64) -> RichText {
        let precision = self.precision.unwrap_or(PRECISION);
        let mut text = RichText::plain(self.before.clone());
        if self.plus && value > 0.0 {
            text.append(RichText::plain("+"));
        }
        text.append(match self.style {
            NumberStyle::Integer => RichText::plain(fixed(value, 0)),
            NumberStyle::Fixed => RichText::plain(fixed(value, precision)),
            NumberStyle::Exponent => exponential(value, precision),
            NumberStyle::General => {
                let rounded = format!("{value:.*e}", precision.max(1) - 1);
                Decimal::shortest(rounded.parse().unwrap_or(value)).text()
            }
        });
        text.append(RichText::plain(self.after.clone()));
        text
    }

    /// Ticks at the same places with labels in this format, without a common factor or offset.
    pub(in crate::figure) fn relabelled(&self, ticks: Ticks, ruler: &Ruler<'_>) -> Ticks {
        let relabel = |tick: Tick| Tick { label: self.write(tick.value), ..tick };
        let mut minor = ticks.minor;
        minor.extend(ticks.major.iter().map(|tick| tick.position));
        let major = ruler.thinned(ticks.major.into_iter().map(relabel).collect());
        Ticks { major, minor, exponent: 0, offset: None }
    }
}

/// With so many decimals and a proper minus sign; what rounds to zero has none.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(size) if size.chars().all(|c| c == '0' || c == '.') => size.to_owned(),
        Some(size) => format!("{MINUS}{size}"),
        None => text,
    }
}

/// `1.50×10⁻³`.
fn exponential(value: f64, decimals: usize) -> RichText {
    let text = format!("{value:.decimals$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut text = RichText::plain(mantissa.replace('-', &MINUS.to_string()));
    if let Some(exponent) = exponent.parse().ok().filter(|_| value != 0.0) {
        text.append(RichText::plain("\u{d7}"));
        text.append(power_of_ten(exponent));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: &str, value: f64) -> String {
        NumberFormat::parse(format).expect(format).write(value).to_plain()
    }

    #[test]
    fn numbers_are_written_as_asked() {
        for (format, value, text) in [
            ("%.2f", -1.234, "−1.23"),
            ("{:.2f}", 1.0, "1.00"),
            (".1f", 2.25, "2.2"),
            ("%.2f", -0.001, "0.00"),
            ("%d", 1e3, "1000"),
            ("%+d", 3.0, "+3"),
            ("%.1e", -2.5e-7, "−2.5×10−7"),
            ("%e", 0.0, "0.000000"),
            ("%g", 0.25, "0.25"),
            ("%.3g", 123_456_789.0, "1.23×108"),
            ("%.0f K", 12.0, "12 K"),
            ("~{:.0f} %", 12.0, "~12 %"),
            ("%.0f%%", 50.0, "50%"),
        ] {
            assert_eq!(written(format, value), text, "{format}");
        }
    }

    #[test]
    fn other_texts_are_no_formats() {
        for text in ["", "%", "%s", "{", "{:x}", "%.99f", "%5.2f", "%.2d", "hello", "{:.2fz}"] {
            let error = NumberFormat::parse(text).expect_err(text);
            assert!(error.contains("expected a number format"), "{error}");
        }
    }
}
