//! Ticks at powers of ten, for scales that are logarithmic on one side of zero or on both.

use super::{MINOR_SPACE, Ruler, Tick, Ticks, labels, ladder, linear, round};
use crate::figure::decimal::Decimal;
use crate::scale::Normalization;

/// Distances between labelled decades.
const STRIDES: [i32; 11] = [1, 2, 3, 4, 5, 10, 20, 30, 50, 100, 200];

/// Limits of a log scale with a smaller ratio have ticks in equal steps.
const FEW_DECADES: f64 = 12.0;
/// Most decades that are divided by ticks without labels.
const MOST_DIVIDED: i32 = 9;

/// Which decades have labels, and which multiples of each, from the finest choice on.
fn ladders() -> impl Iterator<Item = (i32, &'static [i64])> {
    let divided: [(i32, &[i64]); 2] = [(1, &[1, 2, 5]), (1, &[1, 3])];
    divided.into_iter().chain(STRIDES.map(|stride| (stride, &[1][..])))
}

/// Ticks of a log scale: powers of ten, with 2 and 5 times them, or 3 times, where there are few.
pub(super) fn logarithmic(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    if normalization.max() < FEW_DECADES * normalization.min()
        && let Some(ticks) = linear::stretched(normalization, ruler, 0.5)
    {
        return Some(ticks);
    }
    let first = Decimal::shortest(normalization.min()).magnitude();
    let last = Decimal::shortest(normalization.max()).magnitude();
    let ladder = |(stride, mantissas), phase| {
        let ticks = ladder_of(normalization, (stride, mantissas), first + phase..=last);
        // Two decades tell what lies between them; two multiples of one do not.
        let enough = if mantissas.len() > 1 { 3 } else { 2 };
        let count = ticks.major.len();
        let fits = count as f64 <= 1.7 * ruler.target() && ruler.fits(&ticks.major);
        (count >= enough && fits).then_some(ticks)
    };
    // The decades that are multiples of a stride, or else others so far apart.
    let phases = |stride: i32| (0..stride).map(move |k| (k - first).rem_euclid(stride));
    let regular = ladders().find_map(|steps| phases(steps.0).find_map(|k| ladder(steps, k)));
    if let Some(ticks) = regular {
        let minor = minor_decades(normalization, ruler, first..=last);
        return Some(Ticks { minor, ..ticks });
    }
    let mut ticks = ladder::place(normalization, ruler)
        .or_else(|| ladder::from_low(normalization, ruler))
        .or_else(|| ladder::pair(normalization, ruler))
        .or_else(|| round::spread(normalization, ruler))
        .unwrap_or_else(|| linear::place(normalization, ruler));
    let minor = minor_decades(normalization, ruler, first..=last);
    if minor.len() > ticks.minor.len() {
        ticks.minor = minor;
    }
    Some(ticks)
}

/// The multiples of every `stride`-th power of ten from the first on, as far as they are within the limits.
fn ladder_of(
    normalization: &Normalization,
    (stride, mantissas): (i32, &[i64]),
    decades: std::ops::RangeInclusive<i32>,
) -> Ticks {
    let within =
        |value: &Decimal| (normalization.min()..=normalization.max()).contains(&value.value());
    let values: Vec<Decimal> = decades
        .step_by(stride as usize)
        .flat_map(|decade| mantissas.iter().map(move |&m| Decimal::new(m, decade)))
        .filter(within)
        .collect();
    let labels = labels::individual(&values);
    let major = labels.ticks(normalization, values.iter().map(|value| value.value()));
    Ticks { major, exponent: labels.exponent, ..Ticks::default() }
}

/// Ticks of a scale that is linear about zero and logarithmic on both sides: zero and powers of ten, with 2 and 5 times them, or 3 times,
/// where there are few; or what fits, where these leave long parts of the bar bare.
pub(super) fn symmetric(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    if let Some(ticks) = linear::stretched(normalization, ruler, 0.3) {
        return Some(ticks);
    }
    let full = |ticks: &Ticks| ladder::is_full(normalization, ruler, ticks);
    let largest = normalization.min().abs().max(normalization.max().abs());
    let last = Decimal::shortest(largest).magnitude();
    regular(normalization, ruler, last, ladders())
        .filter(full)
        .or_else(|| {
            // Powers of ten are labelled without the largest where only they leave no long part bare.
            let powers = ladders().filter(|(_, mantissas)| mantissas.len() == 1);
            let ticks = regular(normalization, ruler, last - 1, powers).filter(full)?;
            let minor = minor_about_zero(normalization, ruler, &ticks.major, last);
            Some(Ticks { minor, ..ticks })
        })
        .or_else(|| ladder::place(normalization, ruler).filter(full))
        .or_else(|| ladder::sparse(normalization, ruler))
        .or_else(|| round::spread(normalization, ruler))
}

/// Zero and powers of ten up to the `last`, with the same multiples of each, but for those that crowd about the smallest.
fn regular(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    last: i32,
    ladders: impl Iterator<Item = (i32, &'static [i64])>,
) -> Option<Ticks> {
    let uncrowded = |values: &[Decimal]| {
        let labels = labels::individual(values);
        let ticks = labels.ticks(normalization, values.iter().map(|value| value.value()));
        (apart_from_smallest(ticks, ruler), labels.exponent)
    };
    for steps in ladders {
        let mut values = signed_decades(normalization, steps, last);
        let (mut major, mut exponent) = uncrowded(&values);
        // Without those far below labels may be shorter, which leaves room for one decade more.
        let sizes = major.iter().filter(|tick| tick.value != 0.0);
        if let Some(lowest) = sizes.map(|tick| Decimal::shortest(tick.value).magnitude()).min() {
            values.retain(|value| value.digits == 0 || value.magnitude() >= lowest - steps.0);
            let more = uncrowded(&values);
            if more.0.len() > major.len() {
                (major, exponent) = more;
            }
        }
        if major.len() < 3 {
            break;
        }
        let (major, exponent) = shorter(normalization, ruler, major, exponent);
        if major.len() as f64 <= 2.0 * ruler.target() && ruler.fits(&major) {
            let minor = minor_about_zero(normalization, ruler, &major, last);
            return Some(Ticks { major, minor, exponent, offset: None });
        }
    }
    None
}

/// Places of ticks without labels from the smallest labelled decade on; where the scale crowds all below the next, from where there is room.
fn minor_about_zero(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    major: &[Tick],
    last: i32,
) -> Vec<f64> {
    let sizes = major.iter().map(|tick| tick.value.abs()).filter(|&size| size > 0.0);
    let mut sizes: Vec<f64> = sizes.collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let decade =
        |size: Option<&f64>| size.map_or(last, |&size| Decimal::shortest(size).magnitude());
    let lowest = decade(sizes.first());
    let is_within = major.iter().all(|tick| tick.value != 0.0);
    let next = if is_within { decade(sizes.get(1)) } else { lowest };
    let divided = (lowest..=next).map(|first| minor_decades(normalization, ruler, first..=last));
    divided.max_by_key(Vec::len).unwrap_or_default()
}

/// The ticks with labels for these values alone, which need not tell apart those left out, where they fit.
fn shorter(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    ticks: Vec<Tick>,
    exponent: i32,
) -> (Vec<Tick>, i32) {
    let values: Vec<Decimal> = ticks.iter().map(|tick| Decimal::shortest(tick.value)).collect();
    let labels = labels::individual(&values);
    let relabelled = labels.ticks(normalization, ticks.iter().map(|tick| tick.value));
    match ruler.fits(&relabelled) {
        true => (relabelled, labels.exponent),
        false => (ticks, exponent),
    }
}

/// Zero, and both signs of multiples of every `stride`-th power of ten from the largest down, in order.
pub(super) fn signed_decades(
    normalization: &Normalization,
    (stride, mantissas): (i32, &[i64]),
    last: i32,
) -> Vec<Decimal> {
    /// Decades below the largest value; smaller ones are far inside the linear part of any useful scale.
    const DEPTH: i32 = 40;
    let decades = (last - DEPTH..=last).filter(|decade| (last - decade) % stride == 0);
    let positive: Vec<Decimal> = decades
        .flat_map(|decade| mantissas.iter().map(move |&m| Decimal::new(m, decade)))
        .collect();
    let negative = positive.iter().rev().map(|value| Decimal { digits: -value.digits, ..*value });
    negative
        .chain([Decimal::ZERO])
        .chain(positive.iter().copied())
        .filter(|v| (normalization.min()..=normalization.max()).contains(&v.value()))
        .collect()
}

/// Leaves out what crowds about zero or, where all have one sign, about the smallest value: the scale is linear there.
fn apart_from_smallest(mut ticks: Vec<Tick>, ruler: &Ruler<'_>) -> Vec<Tick> {
    let by_size = |a: &&Tick, b: &&Tick| a.value.abs().total_cmp(&b.value.abs());
    let Some(smallest) = ticks.iter().min_by(by_size).cloned() else { return ticks };
    let crowding = |tick: &Tick| match tick.position < smallest.position {
        true => !ruler.apart(tick, &smallest),
        false => tick.value != smallest.value && !ruler.apart(&smallest, tick),
    };
    // What goes on one side goes on the other.
    let gone: Vec<f64> = ticks.iter().filter(|t| crowding(t)).map(|t| t.value.abs()).collect();
    ticks.retain(|tick| !gone.contains(&tick.value.abs()));
    ticks
}

/// Places of 2 to 9 times the powers of ten, of both signs, where there is room for them.
fn minor_decades(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    decades: std::ops::RangeInclusive<i32>,
) -> Vec<f64> {
    let (min, max) = (normalization.min(), normalization.max());
    let positions = |mantissas: &[i64]| {
        let mut places: Vec<f64> = decades
            .clone()
            .flat_map(|decade| mantissas.iter().map(move |&m| Decimal::new(m, decade).value()))
            .flat_map(|value| [-value, value])
            .filter(|value| (min..=max).contains(value))
            .map(|value| normalization.forward(value))
            .collect();
        places.sort_by(f64::total_cmp);
        places
    };
    let roomy = |places: &[f64]| {
        places.windows(2).all(|pair| match pair {
            [low, high] => (high - low) * ruler.length >= MINOR_SPACE,
            _ => true,
        })
    };
    let all: Vec<i64> = (1..=9).collect();
    let choices = [&all[..], &[1, 2, 5], &[1]];
    let whole = if decades.end() - decades.start() > MOST_DIVIDED { 2 } else { 0 };
    choices[whole..]
        .iter()
        .map(|mantissas| positions(mantissas))
        .find(|places| roomy(places))
        .unwrap_or_default()
}
