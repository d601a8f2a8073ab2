//! Labels for a set of tick values, with a common power of ten where that shortens them.

use super::Tick;
use crate::draw::RichText;
use crate::figure::decimal::{Decimal, power_of_ten};
use crate::figure::units::MINUS;
use crate::scale::Normalization;

/// Labels in the order of their values.
pub(super) struct Labels {
    pub(super) texts: Vec<RichText>,
    /// The power of ten common to all.
    pub(super) exponent: i32,
}

impl Labels {
    /// The ticks at these values.
    pub(super) fn ticks(
        &self,
        normalization: &Normalization,
        values: impl IntoIterator<Item = f64>,
    ) -> Vec<Tick> {
        let tick = |(value, label): (f64, &RichText)| {
            // A round value may miss a limit by a rounding error.
            let position = normalization.forward(value).clamp(0.0, 1.0);
            Tick { position, value, label: label.clone() }
        };
        values.into_iter().zip(&self.texts).map(tick).collect()
    }
}

/// Labels with the same number of decimals, for values in equal steps.
pub(super) fn uniform(values: &[Decimal]) -> Labels {
    let nonzero = || values.iter().filter(|value| value.digits != 0);
    let top = nonzero().map(|value| value.magnitude()).max().unwrap_or(0);
    let decimals = nonzero().map(|value| value.decimals()).max().unwrap_or(0);
    let plain = (0..=4).contains(&top) || ((-2..0).contains(&top) && decimals <= 3);
    let exponent = if plain { 0 } else { 3 * top.div_euclid(3) };
    let shifted: Vec<Decimal> = values.iter().map(|value| value.shifted(-exponent)).collect();
    let decimals = shifted.iter().map(|value| value.decimals()).max().unwrap_or(0);
    let texts = shifted.iter().map(|v| RichText::plain(v.written_out(decimals))).collect();
    Labels { texts, exponent }
}

/// Labels that are each as short as they can be, for values of different sizes.
pub(super) fn individual(values: &[Decimal]) -> Labels {
    const SHORT: usize = 7;
    let sizes = || values.iter().filter(|v| v.digits != 0).map(|value| value.magnitude());
    let (low, top) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    let written = |exponent: i32| {
        let write = |value: &Decimal| value.shifted(-exponent).written_out(0);
        let texts: Vec<String> = values.iter().map(write).collect();
        let short = texts.iter().all(|text| text.chars().count() <= SHORT);
        short.then(|| Labels { texts: texts.into_iter().map(RichText::plain).collect(), exponent })
    };
    let plain = (-4..=4).contains(&low) && top <= 4;
    plain
        .then(|| written(0))
        .flatten()
        .or_else(|| (top - low <= 3).then(|| written(3 * top.div_euclid(3))).flatten())
        .unwrap_or_else(|| powers(values))
}

/// Labels that are powers of ten, or one figure and one of these.
pub(super) fn powers(values: &[Decimal]) -> Labels {
    let pure = values.iter().all(|value| value.digits.abs() <= 1);
    Labels { texts: values.iter().map(|value| as_power(value, pure)).collect(), exponent: 0 }
}

/// A value as one figure and a power of ten: `0`, `5`, `10²`, `−2×10⁻⁷`. Among `pure` powers 1 and 10 are such, too.
fn as_power(value: &Decimal, pure: bool) -> RichText {
    let magnitude = value.magnitude();
    let is_plain = !pure && (0..=1).contains(&magnitude) && value.decimals() == 0;
    if value.digits == 0 || is_plain {
        return RichText::plain(value.written_out(0));
    }
    let mantissa = value.shifted(-magnitude);
    let mut text = RichText::plain(match (value.digits, mantissa.exponent) {
        (1, _) => String::new(),
        (-1, _) => MINUS.to_string(),
        _ => format!("{}\u{d7}", mantissa.written_out(0)),
    });
    text.append(power_of_ten(magnitude));
    text
}
