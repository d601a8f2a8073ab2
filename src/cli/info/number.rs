//! Numbers as people like to read them.

use crate::number::real;
use crate::stages::inspect::{Number, Statistics};

/// A count with a space between groups of three digits.
pub fn count(value: impl Into<i128>) -> String {
    let value = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in decimal units.
pub fn size(bytes: u64) -> String {
    let number = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", real(number / 1e3, 3)),
        1_000_000..1_000_000_000 => format!("{} MB", real(number / 1e6, 3)),
        _ => format!("{} GB", real(number / 1e9, 3)),
    }
}

/// A share in per cent; never 0 or 100 where it is not exactly that.
pub fn percent(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    match percent {
        _ if part == 0 || part == whole => format!("{percent} %"),
        ..0.01 => "< 0.01 %".to_string(),
        99.99.. => "> 99.99 %".to_string(),
        0.1..99.9 => format!("{percent:.1} %"),
        _ => format!("{percent:.2} %"),
    }
}

/// An exact number, or a real one with so many digits.
pub fn number(value: Number, digits: usize) -> String {
    match value {
        Number::Integer(value) if value.abs() < 10_000_000 => value.to_string(),
        Number::Integer(value) => real(value as f64, digits),
        Number::Real(value) => real(value, digits),
    }
}

/// Significant digits that tell the values of one column apart, 4 to 10.
pub fn digits(statistics: &Statistics) -> usize {
    let values = || statistics.percentiles.iter().map(|percentile| percentile.value);
    let largest = values().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let low = values().fold(f64::INFINITY, f64::min);
    let spread = values().fold(f64::NEG_INFINITY, f64::max) - low;
    let needed = (largest / spread).log10().floor() + 3.0;
    if needed.is_finite() { needed.clamp(4.0, 10.0) as usize } else { 4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1 000"), (50_331_648, "50 331 648")] {
            assert_eq!(count(value), text);
        }
        assert_eq!(count(-123_456), "-123 456");
    }

    #[test]
    fn whole_numbers_are_exact() {
        assert_eq!(number(Number::Integer(151_622), 4), "151622");
    }

    #[test]
    fn sizes_and_shares() {
        assert_eq!(size(201_335_040), "201 MB");
        assert_eq!(size(8640), "8.64 kB");
        assert_eq!(size(12), "12 bytes");
        assert_eq!(percent(1, 1_000_000), "< 0.01 %");
        assert_eq!(percent(999_999, 1_000_000), "> 99.99 %");
        assert_eq!(percent(0, 7), "0 %");
        assert_eq!(percent(1, 2), "50.0 %");
    }
}
