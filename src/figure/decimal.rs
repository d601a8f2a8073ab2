//! Exact decimal numbers for tick values, and their writing as labels.

use std::cmp::Ordering;

use super::units::MINUS;
use crate::draw::{RichText, Script};

/// The number `digits * 10^exponent`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal {
    pub(super) digits: i64,
    pub(super) exponent: i32,
}

impl Decimal {
    pub(super) const ZERO: Decimal = Decimal { digits: 0, exponent: 0 };

    /// The number without zeros at the end of its digits.
    pub(super) fn new(digits: i64, exponent: i32) -> Self {
        if digits == 0 {
            return Self::ZERO;
        }
        let mut shortest = Self { digits, exponent };
        while shortest.digits % 10 == 0 {
            shortest.digits /= 10;
            shortest.exponent += 1;
        }
        shortest
    }

    /// The shortest decimal that reads back as `value`, which is finite.
    pub(super) fn shortest(value: f64) -> Self {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
        let digits = mantissa.replace('.', "").parse().unwrap_or(0);
        Self::new(digits, exponent.parse::<i32>().unwrap_or(0) - decimals)
    }

    /// The nearest double, correctly rounded.
    pub(super) fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// The power of ten of the first digit; that of zero has no meaning.
    pub(super) fn magnitude(self) -> i32 {
        self.exponent + self.digits.unsigned_abs().checked_ilog10().unwrap_or(0) as i32
    }

    /// The number times `10^power`.
    pub(super) fn shifted(self, power: i32) -> Self {
        match self.digits {
            0 => self,
            _ => Self { exponent: self.exponent + power, ..self },
        }
    }

    /// Digits needed behind the point.
    pub(super) fn decimals(self) -> usize {
        usize::try_from(-self.exponent).unwrap_or(0)
    }

    /// The number written out, with at least `decimals` digits behind the point.
    pub(super) fn written_out(self, decimals: usize) -> String {
        let mut digits = self.digits.unsigned_abs().to_string();
        if self.digits != 0 {
            digits.push_str(&"0".repeat(usize::try_from(self.exponent).unwrap_or(0)));
        }
        let own = self.decimals();
        if digits.len() <= own {
            digits.insert_str(0, &"0".repeat(own + 1 - digits.len()));
        }
        let point = digits.len() - own;
        digits.push_str(&"0".repeat(decimals.saturating_sub(own)));
        if point < digits.len() {
            digits.insert(point, '.');
        }
        if self.digits < 0 {
            digits.insert(0, MINUS);
        }
        digits
    }

    /// The number as a label by itself: written out where that is short, else with a power of ten.
    pub(super) fn text(self) -> RichText {
        let magnitude = self.magnitude();
        if self.digits == 0 || ((-4..=6).contains(&magnitude) && self.exponent >= -12) {
            return RichText::plain(self.written_out(0));
        }
        let mantissa = self.shifted(-magnitude);
        let sign = if self.digits < 0 { MINUS.to_string() } else { String::new() };
        let mut text = match mantissa.digits.abs() {
            1 => RichText::plain(sign),
            _ => RichText::plain(format!("{}\u{d7}", mantissa.written_out(0))),
        };
        text.append(power_of_ten(magnitude));
        text
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) =
            (Self::new(self.digits, self.exponent), Self::new(other.digits, other.exponent));
        (a.digits, a.exponent) == (b.digits, b.exponent)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value().partial_cmp(&other.value())
    }
}

/// `10^power` with a raised exponent.
pub(super) fn power_of_ten(power: i32) -> RichText {
    let mut text = RichText::plain("10");
    text.push(power.to_string().replace('-', &MINUS.to_string()), Script::Super);
    text
}

/// `value * 10^power` without overflow or loss on the way.
pub(super) fn scaled(value: f64, power: i32) -> f64 {
    // Powers of ten up to 22 are exact doubles, so dividing by them rounds once.
    let step = |value: f64, power: i32| match power {
        0.. => value * 10f64.powi(power),
        _ => value / 10f64.powi(-power),
    };
    match power.abs() {
        0..=22 => step(value, power),
        _ => step(step(value, power / 2), power - power / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_exactly() {
        assert_eq!(Decimal::new(-25, -1).written_out(2), "\u{2212}2.50");
        assert_eq!(Decimal::new(3, 2).written_out(0), "300");
        assert_eq!(Decimal::new(5, -3).written_out(0), "0.005");
        assert_eq!(Decimal::ZERO.written_out(1), "0.0");
        assert_eq!(Decimal::new(120, 0), Decimal::new(12, 1));
    }

    #[test]
    fn shortest_reads_back() {
        for value in [0.1, -2.7255, 1e300, 5e-324, 123456.789, 0.0, 1.7976931348623157e308] {
            assert_eq!(Decimal::shortest(value).value(), value);
        }
    }

    #[test]
    fn scaling_survives_the_ends_of_the_range() {
        assert!((scaled(1e-310, 310) - 1.0).abs() < 1e-6);
        assert!((scaled(1e300, -300) - 1.0).abs() < 1e-12);
        assert_eq!(scaled(0.3, 1), 3.0);
    }
}
