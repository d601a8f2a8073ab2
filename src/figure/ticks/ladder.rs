//! Ticks at zero and at 1, 2 and 5 times powers of ten, those that fit, for scales that spread some values and crowd others.

use super::{MAX_LENGTH, MINOR_SPACE, Ruler, Tick, Ticks, decades, labels};
use crate::figure::decimal::Decimal;
use crate::scale::{Normalization, Scale};

/// The longest part of the bar without a label.
const WIDEST: f64 = 0.5;
/// The longest part of it at an end.
pub(super) const BARE: f64 = 0.3;
/// A part of the bar without a label that is as long as this gets one more where one fits.
const LONG: f64 = 0.45;
/// The fewest labels that tell what lies between them.
const ENOUGH: usize = 3;

/// Labels first what is round and has most of the bar to itself; none where fewer than three labels fit or they leave much bare.
pub(super) fn place(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    let all = candidates(normalization);
    let major = chosen(&all, ruler);
    labelled(normalization, ruler, &all, major, ENOUGH)
}

/// The same for a bar too short for more than two labels.
pub(super) fn pair(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    if ruler.target() >= ENOUGH as f64 {
        return None;
    }
    let all = candidates(normalization);
    let major = chosen(&all, ruler);
    labelled(normalization, ruler, &all, major, 2)
}

/// As many labels as fit from the lower limit on; none where they are fewer than three.
pub(super) fn from_low(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    let all = candidates(normalization);
    let major = ruler.thinned(all.clone());
    labelled(normalization, ruler, &all, major, ENOUGH)
}

/// All values between the limits that the scale puts somewhere, with the labels that each has by itself.
fn candidates(normalization: &Normalization) -> Vec<Tick> {
    let largest = normalization.min().abs().max(normalization.max().abs());
    let last = Decimal::shortest(largest).magnitude();
    let values = decades::signed_decades(normalization, (1, &[1, 2, 5]), last);
    let tick = |value: &Decimal| {
        let (value, label) = (value.value(), value.text());
        let position = normalization.forward(value).clamp(0.0, 1.0);
        Tick { position, value, label }
    };
    let seen = |tick: &Tick| tick.value == 0.0 || is_seen(normalization, tick.value);
    values.iter().map(tick).filter(seen).collect()
}

/// Whether the place of a value has a meaning: amid the share of many equal values it has none.
fn is_seen(normalization: &Normalization, value: f64) -> bool {
    match normalization.scale() {
        Scale::Hist(distribution) => distribution.resolves(value),
        _ => true,
    }
}

/// Ticks that fit, in order. What is labelled on one side of zero is labelled on the other, if it is there.
fn chosen(all: &[Tick], ruler: &Ruler<'_>) -> Vec<Tick> {
    let mut kept: Vec<Tick> = Vec::new();
    for size in by_rank(all) {
        let pair: Vec<&Tick> = all.iter().filter(|tick| tick.value.abs() == size).collect();
        // Most are too near for any label: those are told without writing any.
        let crowds = |tick: &Tick| {
            let near = |k: &Tick| (k.position - tick.position).abs() * ruler.length < ruler.gap;
            kept.iter().any(near)
        };
        if pair.iter().any(|tick| crowds(tick)) {
            continue;
        }
        let more = joined(&kept, pair);
        if ruler.fits(&more) {
            kept = more;
        }
    }
    filled(ended(kept, all, ruler), all, ruler)
}

/// Whether no long part of the bar without a label has room for one.
pub(super) fn is_full(normalization: &Normalization, ruler: &Ruler<'_>, ticks: &Ticks) -> bool {
    let more = filled(ticks.major.clone(), &candidates(normalization), ruler);
    more.len() == ticks.major.len()
}

/// Two labels or more, each by itself, however far apart.
pub(super) fn sparse(normalization: &Normalization, ruler: &Ruler<'_>) -> Option<Ticks> {
    let all = candidates(normalization);
    let major = chosen(&all, ruler);
    let minor = between(&all, &major, ruler);
    let major = alike(normalization, ruler, major);
    let is_sound = major.len() > 1 && short(&major);
    is_sound.then_some(Ticks { major, minor, ..Ticks::default() })
}

/// The ends of the parts of the bar between labels, and between them and its own ends.
fn ends_of_bare(ticks: &[Tick]) -> impl Iterator<Item = (f64, f64)> {
    let places = || ticks.iter().map(|tick| tick.position);
    [0.0].into_iter().chain(places()).zip(places().chain([1.0]))
}

/// The ticks, and in each long part of the bar without a label that which is nearest to its middle of those that fit, whatever is on the other side of zero.
fn filled(mut ticks: Vec<Tick>, all: &[Tick], ruler: &Ruler<'_>) -> Vec<Tick> {
    let long: Vec<_> = ends_of_bare(&ticks).filter(|(low, high)| high - low > LONG).collect();
    for (low, high) in long {
        let off = |tick: &Tick| (tick.position - 0.5 * (low + high)).abs();
        let mut within: Vec<&Tick> =
            all.iter().filter(|tick| low < tick.position && tick.position < high).collect();
        // Powers of ten go with what else is labelled.
        let is_odd = |tick: &Tick| Decimal::shortest(tick.value).digits.abs() != 1;
        within.sort_by(|a, b| is_odd(a).cmp(&is_odd(b)).then(off(a).total_cmp(&off(b))));
        let mut more = within.into_iter().map(|tick| joined(&ticks, [tick]));
        let fitting = more.find(|more| ruler.fits(more));
        if let Some(more) = fitting {
            ticks = more;
        }
    }
    ticks
}

/// The ticks, and where an end of the bar is bare for long, the outermost one that fits, whatever is on the other side of zero.
fn ended(ticks: Vec<Tick>, all: &[Tick], ruler: &Ruler<'_>) -> Vec<Tick> {
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return ticks };
    let [low, high] = [first.position, last.position];
    let is_missed = |tick: &&Tick| match tick.position {
        place if place < low => low > BARE,
        place => place > high && 1.0 - high > BARE,
    };
    let mut missed: Vec<&Tick> = all.iter().filter(is_missed).collect();
    let outwards = |tick: &Tick| (tick.position - 0.5).abs();
    missed.sort_by(|a, b| outwards(b).total_cmp(&outwards(a)));
    let fitting = |tick| Some(joined(&ticks, [tick])).filter(|more| ruler.fits(more));
    missed.into_iter().find_map(fitting).unwrap_or(ticks)
}

/// Ticks and some more, in order.
fn joined<'a>(ticks: &[Tick], more: impl IntoIterator<Item = &'a Tick>) -> Vec<Tick> {
    let mut all = ticks.to_vec();
    all.extend(more.into_iter().cloned());
    all.sort_by(|a, b| a.position.total_cmp(&b.position));
    all
}

/// The sizes of the values: zero, the powers of ten, the others, of each first those that are farthest from their neighbours.
fn by_rank(all: &[Tick]) -> Vec<f64> {
    let mut ranks: Vec<(usize, f64, f64)> = Vec::new();
    for (i, tick) in all.iter().enumerate() {
        let away = |other: Option<usize>| {
            let other = other.and_then(|other| all.get(other));
            other.map_or(f64::INFINITY, |other| (other.position - tick.position).abs())
        };
        let room = away(i.checked_sub(1)).min(away(Some(i + 1)));
        let size = tick.value.abs();
        let kind = match Decimal::shortest(size).digits {
            digits @ 0..=1 => digits as usize,
            _ => 2,
        };
        match ranks.iter_mut().find(|(.., known)| *known == size) {
            Some((_, least, _)) => *least = least.min(room),
            None => ranks.push((kind, room, size)),
        }
    }
    ranks.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    ranks.into_iter().map(|(.., size)| size).collect()
}

/// The ticks with labels that suit each other, and the others between them, if they are `least` or more.
fn labelled(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    all: &[Tick],
    major: Vec<Tick>,
    least: usize,
) -> Option<Ticks> {
    // Numbers written out are easier to compare than powers of ten.
    let suited = |powers| suited(normalization, ruler, major.clone(), powers);
    let suited = suited(false).or_else(|| suited(true));
    let (major, exponent) = suited.unwrap_or_else(|| (alike(normalization, ruler, major), 0));
    let minor = between(all, &major, ruler);
    let is_sound = major.len() >= least && short(&major) && covers(normalization, &major);
    is_sound.then_some(Ticks { major, minor, exponent, offset: None })
}

/// The ticks with labels that suit each other, which may have `powers` of ten each, and the power common to all, without the smallest
/// values where these are in the way.
fn suited(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    mut ticks: Vec<Tick>,
    powers: bool,
) -> Option<(Vec<Tick>, i32)> {
    let enough = (ticks.len() / 2 + 1).max(ENOUGH);
    while ticks.len() >= enough {
        let values: Vec<Decimal> = ticks.iter().map(|tick| Decimal::shortest(tick.value)).collect();
        let labels = labels::individual(&values);
        let suited = labels.ticks(normalization, ticks.iter().map(|tick| tick.value));
        let is_plain = suited.iter().all(|tick| tick.label.runs.len() == 1);
        if (powers || is_plain) && short(&suited) && ruler.fits(&suited) {
            return Some((suited, labels.exponent));
        }
        let smallest = smallest(&ticks);
        ticks.retain(|tick| tick.value == 0.0 || tick.value.abs() > smallest);
    }
    None
}

/// The ticks with powers of ten for labels where some have them, if these fit.
fn alike(normalization: &Normalization, ruler: &Ruler<'_>, ticks: Vec<Tick>) -> Vec<Tick> {
    if ticks.iter().all(|tick| tick.label.runs.len() == 1) {
        return ticks;
    }
    let values: Vec<Decimal> = ticks.iter().map(|tick| Decimal::shortest(tick.value)).collect();
    let labels = labels::powers(&values);
    let powers = labels.ticks(normalization, ticks.iter().map(|tick| tick.value));
    if ruler.fits(&powers) { powers } else { ticks }
}

/// The smallest size of values other than zero.
fn smallest(ticks: &[Tick]) -> f64 {
    let sizes = ticks.iter().map(|tick| tick.value.abs()).filter(|&size| size > 0.0);
    sizes.fold(f64::INFINITY, f64::min)
}

fn short(ticks: &[Tick]) -> bool {
    ticks.iter().all(|tick| tick.label.to_plain().chars().count() <= MAX_LENGTH)
}

/// Whether no long part of the bar is without a label, but where many values are equal.
fn covers(normalization: &Normalization, major: &[Tick]) -> bool {
    let places = major.iter().map(|tick| tick.position);
    let places: Vec<f64> = [0.0].into_iter().chain(places).chain([1.0]).collect();
    places.windows(2).all(|pair| {
        let middle = normalization.inverse(0.5 * (pair[0] + pair[1]));
        pair[1] - pair[0] <= WIDEST || !is_seen(normalization, middle)
    })
}

/// Places of ticks without labels, less than a decade below the labelled ones, where they keep clear of those and of each other.
fn between(all: &[Tick], major: &[Tick], ruler: &Ruler<'_>) -> Vec<f64> {
    let clear = |a: f64, b: f64| (a - b).abs() * ruler.length >= MINOR_SPACE;
    let lowest = 0.11 * smallest(major);
    let mut places: Vec<f64> = Vec::new();
    for tick in all.iter().filter(|tick| tick.value.abs() >= lowest) {
        let is_clear = major.iter().all(|other| clear(other.position, tick.position))
            && places.last().is_none_or(|last| clear(*last, tick.position));
        if is_clear {
            places.push(tick.position);
        }
    }
    places
}
