//! Ticks at the roundest values near equal distances along the bar, for any increasing scale.

use super::{MAX_DIGITS, MAX_LENGTH, Ruler, Tick, Ticks, labels};
use crate::figure::decimal::{Decimal, scaled};
use crate::scale::Normalization;

/// How far a tick may be from its ideal place, as a part of the distance between ticks.
const FREEDOM: f64 = 0.35;

/// Spreads ticks along the bar; none where fewer than three would fit.
pub(super) fn spread(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    let offset = offset(normalization.min(), normalization.max());
    let most = ruler.target().round() as usize + 1;
    (2..=most).rev().find_map(|intervals| {
        let values = values(normalization, intervals, offset.value());
        let labels = labels::individual(&values);
        let places = values.iter().map(|value| offset.value() + value.value());
        let major: Vec<Tick> = labels.ticks(normalization, places);
        let ticks = Ticks {
            major,
            exponent: labels.exponent,
            offset: Some(offset).filter(|offset| offset.digits != 0),
            ..Ticks::default()
        };
        (ticks.major.len() >= 3 && short(&ticks) && ruler.fits(&ticks.major)).then_some(ticks)
    })
}

fn short(ticks: &Ticks) -> bool {
    let length = |tick: &Tick| tick.label.to_plain().chars().count();
    ticks.major.iter().all(|tick| length(tick) <= MAX_LENGTH)
}

/// What is taken off all values so that few digits are left; zero for nothing.
fn offset(min: f64, max: f64) -> Decimal {
    let half = 0.5 * max - 0.5 * min;
    let digits = (min.abs().max(max.abs()) / half).log10();
    if (min < 0.0) != (max < 0.0) || digits < MAX_DIGITS as f64 - 1.0 {
        return Decimal::ZERO;
    }
    roundest(min, max).unwrap_or(Decimal::ZERO)
}

fn values(normalization: &Normalization, intervals: usize, offset: f64) -> Vec<Decimal> {
    let reach = FREEDOM / intervals as f64;
    let mut values: Vec<Decimal> = (0..=intervals)
        .filter_map(|i| {
            let ideal = i as f64 / intervals as f64;
            let low = normalization.inverse((ideal - reach).max(0.0));
            let high = normalization.inverse((ideal + reach).min(1.0));
            roundest(low - offset, high - offset)
        })
        .collect();
    values.dedup();
    values
}

/// The number of the fewest digits between two limits: of those the multiple of five, else the even one, nearest to their middle.
pub(super) fn roundest(low: f64, high: f64) -> Option<Decimal> {
    if low <= 0.0 && high >= 0.0 {
        return Some(Decimal::ZERO);
    }
    if high < 0.0 {
        return roundest(-high, -low).map(|d| Decimal { digits: -d.digits, ..d });
    }
    let top = Decimal::shortest(high).magnitude();
    for exponent in (top - 15..=top).rev() {
        let (first, last) = (scaled(low, -exponent), scaled(high, -exponent));
        let (first, last) = (first.ceil() as i64, last.floor() as i64);
        if first > last {
            continue;
        }
        let middle = (first + last) / 2;
        let rank = |digits: &i64| {
            let roughness = if digits % 5 == 0 { 0 } else { 1 + digits % 2 };
            (roughness, (digits - middle).abs())
        };
        return (first..=last).min_by_key(rank).map(|digits| Decimal::new(digits, exponent));
    }
    None
}
