//! Ticks of a bar of few colours: at the borders between them where these are round values.

use super::{Ruler, Tick, Ticks, labels};
use crate::figure::decimal::Decimal;
use crate::scale::Normalization;

/// Tables of more colours look continuous.
const MOST_CLASSES: usize = 40;

/// Chooses ticks for a scale between its limits that is shown in so many colours. None without a label is inside a colour.
pub fn place_classes(normalization: &Normalization, classes: usize, ruler: &Ruler<'_>) -> Ticks {
    if classes > MOST_CLASSES {
        return super::place(normalization, ruler);
    }
    if let Some(ticks) = at_borders(normalization, classes, ruler) {
        return ticks;
    }
    let mut ticks = super::place(normalization, ruler);
    let is_border = |position: &f64| {
        let border = position * classes as f64;
        (border - border.round()).abs() < 1e-6
    };
    ticks.minor.retain(is_border);
    ticks
}

/// The borders, of which all have labels, or every second, third, ..., zero among them; none where they are no round values.
fn at_borders(normalization: &Normalization, classes: usize, ruler: &Ruler<'_>) -> Option<Ticks> {
    let borders = (0..=classes).map(|border| border as f64 / classes as f64);
    let half = 0.5 * normalization.max() - 0.5 * normalization.min();
    let round = |place: f64| round(normalization.inverse(place), half);
    let borders: Vec<Decimal> = borders.map(round).collect::<Option<_>>()?;
    let zero = borders.iter().position(|border| border.digits == 0).unwrap_or(0);
    let ticks = |stride: usize| {
        let borders: Vec<Decimal> =
            borders.iter().skip(zero % stride).step_by(stride).copied().collect();
        let labels = match normalization.is_straight() {
            true => labels::uniform(&borders),
            false => labels::individual(&borders),
        };
        let major = labels.ticks(normalization, borders.iter().map(|border| border.value()));
        Ticks { major, exponent: labels.exponent, ..Ticks::default() }
    };
    let position = |tick: Tick| tick.position;
    let minor = ticks(1).major.into_iter().map(position).collect();
    let mut choices = (1..=classes).map(ticks);
    let fitting = choices.find(|ticks| ruler.fits(&ticks.major))?;
    (fitting.major.len() > 1).then_some(Ticks { minor, ..fitting })
}

/// The number of three digits at most that a value is, but for rounding errors in a range of twice `half`.
fn round(value: f64, half: f64) -> Option<Decimal> {
    const SLACK: f64 = 1e-9;
    if value.abs() <= SLACK * half {
        return Some(Decimal::ZERO);
    }
    let rounded: f64 = format!("{value:.2e}").parse().ok()?;
    ((value - rounded).abs() <= SLACK * value.abs()).then(|| Decimal::shortest(rounded))
}
