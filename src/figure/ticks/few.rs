//! Ticks of bars too short for the multiples of any round step: two values that are told apart at a glance, or one.

use super::round::roundest;
use super::{MAX_LENGTH, Ruler, Tick, Ticks, labels, linear};
use crate::figure::decimal::Decimal;
use crate::scale::Normalization;

/// Digits, and what part of the bar two labels must reach farther to be preferred to rounder ones.
const DIGITS: [(i64, f64); 12] = [
    (1, 0.0),
    (5, 0.0),
    (2, 0.0),
    (25, 0.15),
    (15, 0.3),
    (12, 0.4),
    (4, 0.15),
    (3, 0.35),
    (6, 0.35),
    (8, 0.35),
    (7, 0.5),
    (9, 0.5),
];

/// Parts of the bar at its ends in which any round values are looked for, from the largest on.
const PARTS: [f64; 4] = [0.3, 0.2, 0.1, 0.05];
/// How rough such values are.
const ROUGH: f64 = 0.35;

/// Zero and a round value, a round value and its double, one of both signs, or any that are far apart; on a short bar one value alone
/// rather than none.
pub(super) fn place(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    let (min, max) = (normalization.min(), normalization.max());
    let fitting = |values: &[Decimal]| {
        let is_within = |value: &Decimal| (min..=max).contains(&value.value());
        let ticks = values.iter().all(is_within).then(|| labelled(normalization, values))?;
        let is_short = |tick: &Tick| tick.label.to_plain().chars().count() <= MAX_LENGTH;
        (ruler.fits(&ticks.major) && ticks.major.iter().all(is_short)).then_some(ticks)
    };
    let mut best: Option<(f64, Ticks)> = None;
    let powers = if normalization.is_straight() { None } else { Some(powers(min, max)) };
    let far = |part| far(normalization, part);
    // Pairs of one size are near each other on a scale that stretches what is between.
    let ends = powers.is_some().then(|| far(PARTS[0])).flatten().map(|pair| (ROUGH, pair));
    let pairs = pairs(min.abs().max(max.abs())).chain(powers.into_iter().flatten()).chain(ends);
    for (roughness, pair) in pairs {
        let Some(ticks) = fitting(&pair) else { continue };
        let places = || ticks.major.iter().map(|tick| tick.position);
        let score = places().fold(0.0, f64::max) - places().fold(1.0, f64::min) - roughness;
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, ticks));
        }
    }
    let one = || roundest(min, max).and_then(|value| fitting(&[value]));
    let nearer_ends = || PARTS.iter().find_map(|part| fitting(&far(*part)?));
    let pair = best.map(|(_, ticks)| ticks).or_else(nearer_ends);
    let mut ticks =
        pair.or_else(|| (ruler.is_short() && normalization.is_straight()).then(one).flatten())?;
    ticks.minor = linear::divided(normalization, ruler);
    Some(ticks)
}

/// Pairs of values of the size of the largest value or the next smaller power of ten, and how rough they are.
fn pairs(largest: f64) -> impl Iterator<Item = (f64, [Decimal; 2])> {
    let top = Decimal::shortest(largest).magnitude();
    let sizes = [top, top - 1].into_iter().flat_map(|power| DIGITS.map(|digits| (power, digits)));
    sizes.flat_map(|(power, (digits, roughness))| {
        let [less, size] = [-digits, digits].map(|digits| Decimal::new(digits, power));
        let [least, twice] = [-2 * digits, 2 * digits].map(|digits| Decimal::new(digits, power));
        let zero = Decimal::ZERO;
        [[less, size], [zero, size], [less, zero], [size, twice], [least, less]]
            .map(|pair| (roughness, pair))
    })
}

/// The roundest values of a part of the bar at either end.
fn far(normalization: &Normalization, part: f64) -> Option<[Decimal; 2]> {
    let at = |place: f64| normalization.inverse(place);
    let low = roundest(normalization.min(), at(part))?;
    Some([low, roundest(at(1.0 - part), normalization.max())?])
}

/// Pairs of powers of ten between two limits above zero, on scales that stretch what is between them.
fn powers(min: f64, max: f64) -> impl Iterator<Item = (f64, [Decimal; 2])> {
    /// As far as they have few enough digits.
    const MOST: i32 = 6;
    let low = if min > 0.0 { min.log10().ceil() } else { f64::INFINITY };
    let exponents = low as i32..=max.log10().floor() as i32;
    let power = |exponent| Decimal::new(1, exponent);
    exponents.clone().flat_map(move |low| {
        let highs = exponents.clone().filter(move |high| (1..=MOST).contains(&(high - low)));
        highs.map(move |high| (0.0, [power(low), power(high)]))
    })
}

fn labelled(normalization: &Normalization, values: &[Decimal]) -> Ticks {
    let labels = labels::uniform(values);
    let major = labels.ticks(normalization, values.iter().map(|value| value.value()));
    Ticks { major, exponent: labels.exponent, ..Ticks::default() }
}
