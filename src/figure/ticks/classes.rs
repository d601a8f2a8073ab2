//! Ticks of a bar of few colours: at the borders between them where these are round values or so few that they are read one by one.

use super::{MAX_LENGTH, Ruler, Tick, Ticks, labels};
use crate::figure::decimal::{Decimal, scaled};
use crate::scale::Normalization;

/// Tables of more colours look continuous.
const MOST_CLASSES: usize = 40;

/// Borders between as many colours have labels even if these are rounded.
const FEW: usize = 12;

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

/// The borders, of which all have labels, or every second, third, ..., zero among them; none where too many of them are no round values.
fn at_borders(normalization: &Normalization, classes: usize, ruler: &Ruler<'_>) -> Option<Ticks> {
    let borders = (0..=classes).map(|border| border as f64 / classes as f64);
    let values: Vec<f64> = borders.map(|place| normalization.inverse(place)).collect();
    let is_straight = normalization.is_straight();
    let straddles = (normalization.min()..=normalization.max()).contains(&0.0);
    let zero = straddles.then(|| normalization.forward(0.0) * classes as f64);
    let is_zero = |k: usize| zero.is_some_and(|zero| (k as f64 - zero).abs() < 1e-6);
    let exact = |(k, &value)| if is_zero(k) { Some(Decimal::ZERO) } else { round(value) };
    let exact: Option<Vec<Decimal>> = values.iter().enumerate().map(exact).collect();
    let near = || (classes <= FEW).then(|| rounded(&values, is_straight));
    let borders = exact.or_else(near)?;
    let zero = borders.iter().position(|border| border.digits == 0).unwrap_or(0);
    let ticks = |stride: usize| {
        let every = |k: usize| k % stride == zero % stride;
        let (borders, values): (Vec<Decimal>, Vec<f64>) = borders
            .iter()
            .zip(&values)
            .enumerate()
            .filter(|(k, _)| every(*k))
            .map(|(_, b)| b)
            .unzip();
        let labels = match is_straight {
            true => labels::uniform(&borders),
            false => labels::individual(&borders),
        };
        let major = labels.ticks(normalization, values);
        Ticks { major, exponent: labels.exponent, ..Ticks::default() }
    };
    let minor = ticks(1).major.into_iter().map(|tick| tick.position).collect();
    let is_short = |tick: &Tick| tick.label.to_plain().chars().count() <= MAX_LENGTH;
    // What a stretched scale shows between two of its values cannot be told from them, nor beyond them.
    let ends =
        |stride: usize| zero.is_multiple_of(stride) || (classes - zero).is_multiple_of(stride);
    let mut choices = (1..=classes).filter(|stride| is_straight || ends(*stride)).map(ticks);
    let fitting =
        choices.find(|ticks| ruler.fits(&ticks.major) && ticks.major.iter().all(is_short))?;
    let enough = if is_straight { 2 } else { 3 };
    (fitting.major.len() >= enough).then_some(Ticks { minor, ..fitting })
}

/// Borders to a hundredth of their distance, or where that differs to three digits each.
fn rounded(borders: &[f64], is_straight: bool) -> Vec<Decimal> {
    let last = borders.len().saturating_sub(1).max(1);
    let step = borders.windows(2).map(|pair| pair[1] / last as f64 - pair[0] / last as f64);
    let exponent = Decimal::shortest(step.sum()).magnitude() - 2;
    let three_digits =
        |value: f64| Decimal::shortest(format!("{value:.2e}").parse().unwrap_or(value));
    let near = |&value: &f64| match is_straight {
        true => Decimal::new(scaled(value, -exponent).round() as i64, exponent),
        false => three_digits(value),
    };
    borders.iter().map(near).collect()
}

/// The number of three digits at most that a value is, but for rounding errors.
fn round(value: f64) -> Option<Decimal> {
    const SLACK: f64 = 1e-9;
    let rounded: f64 = format!("{value:.2e}").parse().ok()?;
    ((value - rounded).abs() <= SLACK * value.abs()).then(|| Decimal::shortest(rounded))
}
