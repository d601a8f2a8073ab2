//! Ticks in equal steps of 1, 2 or 5 times a power of ten.

use super::ladder::BARE;
use super::{MAX_DIGITS, MINOR_SPACE, Ruler, Tick, Ticks, few, labels};
use crate::figure::decimal::{Decimal, scaled};
use crate::scale::Normalization;

/// Beyond this many steps from zero, neighbouring multiples of a step are no longer different doubles.
const MAX_STEPS: f64 = 1e15;
/// The most steps: five between labels, of which a bar too short for round steps of its own has three or four.
const MOST_STEPS: i64 = 20;

/// What labels that are no multiples of a round step score at least.
const ODD: f64 = 15.0;

/// Equal steps: the multiples from `first` to `last` of `mantissa * 10^exponent`.
#[derive(Clone, Copy)]
struct Steps {
    mantissa: i64,
    exponent: i32,
    first: i64,
    last: i64,
}

impl Steps {
    /// The multiples between two limits.
    fn between(mantissa: i64, exponent: i32, min: f64, max: f64) -> Option<Self> {
        let low = scaled(min, -exponent) / mantissa as f64;
        let high = scaled(max, -exponent) / mantissa as f64;
        // A limit that is a multiple but for rounding errors counts as one.
        let slack = 1e-9 * (high - low) + 4.0 * f64::EPSILON * low.abs().max(high.abs());
        let (first, last) = ((low - slack).ceil(), (high + slack).floor());
        let sound = first.abs().max(last.abs()) < MAX_STEPS && slack < 0.1;
        sound.then_some(Self { mantissa, exponent, first: first as i64, last: last as i64 })
    }

    fn count(&self) -> i64 {
        self.last - self.first + 1
    }

    /// The values as differences from `offset`, in units of `10^exponent`.
    fn values(&self, offset: i64) -> Vec<Decimal> {
        let value = |k: i64| Decimal::new(k * self.mantissa - offset, self.exponent);
        (self.first..=self.last).map(value).collect()
    }

    /// What is taken off all values so that few digits are left, in units of `10^exponent`; 0 for nothing.
    fn offset(&self) -> i64 {
        let (low, high) = (self.first * self.mantissa, self.last * self.mantissa);
        let digits = |n: i64| n.unsigned_abs().checked_ilog10().map_or(0, |d| d as usize + 1);
        if digits(low).max(digits(high)) <= MAX_DIGITS || (low < 0) != (high < 0) {
            return 0;
        }
        // The roundest number among the values, so that it can be grasped; a lower one that is not much less round leaves no minus signs.
        let is_low = |n: &i64| 5 * (n - low) <= 3 * (high - low);
        let multiple = |power: u32| {
            let unit = 10i64.pow(power);
            let lowest = low.div_euclid(unit) * unit;
            [lowest, lowest + unit].into_iter().find(|n| (low..=high).contains(n))
        };
        let (power, roundest) =
            (0..18).rev().find_map(|power| Some((power, multiple(power)?))).unwrap_or_default();
        let lower = power.checked_sub(1).and_then(multiple).filter(is_low);
        Some(roundest).filter(is_low).or(lower).unwrap_or(roundest)
    }
}

/// Chooses the steps whose labels suit the bar best.
pub(super) fn place(normalization: &Normalization, ruler: &Ruler<'_>) -> Ticks {
    let (min, max) = (normalization.min(), normalization.max());
    let half = 0.5 * max - 0.5 * min;
    let magnitude = Decimal::shortest(half).magnitude();
    let mut best: Option<(f64, Steps, Ticks)> = None;
    for exponent in (magnitude - 2)..=(magnitude + 1) {
        for (mantissa, roughness) in [(1, 0.0), (2, 0.05), (5, 0.1)] {
            let Some(steps) = Steps::between(mantissa, exponent, min, max) else { continue };
            if !(2..=MOST_STEPS).contains(&steps.count()) {
                continue;
            }
            let mut ticks = label(&steps, normalization);
            let ends = ends(&ticks.major);
            let misfit;
            (misfit, ticks.major) = every_other(&steps, &ticks, ruler);
            if ticks.major.len() < 2 {
                continue;
            }
            let crowding = (ticks.major.len() as f64 / ruler.target_of(&ticks.major)).ln().abs();
            let score = crowding + roughness + misfit - if ends { 0.35 } else { 0.0 };
            if best.as_ref().is_none_or(|(least, ..)| score < *least) {
                best = Some((score, steps, ticks));
            }
        }
    }
    // Multiples of a round step tell a scale best, then few round values.
    let few = match &best {
        Some((score, ..)) if *score < ODD => None,
        _ => few::place(normalization, ruler),
    };
    match (few, best) {
        (Some(ticks), _) => ticks,
        (None, Some((_, steps, mut ticks))) => {
            ticks.minor = minor(&steps, normalization, ruler);
            ticks
        }
        (None, None) => limits(normalization, ruler),
    }
}

/// Those ticks that are labelled, without any at the ends that would stick out, and how little they suit: all of them, or the multiples of
/// a larger step, which is a round one if it can be.
fn every_other(steps: &Steps, ticks: &Ticks, ruler: &Ruler<'_>) -> (f64, Vec<Tick>) {
    // Labels show differences from the offset, so that these are what is to be multiples.
    let from = if ticks.offset.is_some() { steps.offset() } else { 0 };
    let digits = (steps.first..=steps.last).map(|k| k * steps.mantissa - from);
    let all = || digits.clone().zip(&ticks.major).filter(|(_, tick)| ruler.inside(tick));
    let kept = |stride: i64| -> Vec<Tick> {
        let multiples = all().filter(|(digits, _)| digits % (stride * steps.mantissa) == 0);
        multiples.map(|(_, tick)| tick.clone()).collect()
    };
    let is_round = |stride: &i64| {
        let step = Decimal::new(stride * steps.mantissa, 0);
        matches!(step.digits, 1 | 2 | 5 | 25)
    };
    let fits = |ticks: &Vec<Tick>| ticks.len() > 1 && ruler.fits(ticks);
    let round = || (1..=steps.count()).filter(is_round).map(kept).find(fits);
    let any = || (1..=steps.count()).map(kept).find(fits);
    let every: Vec<Tick> = all().map(|(_, tick)| tick.clone()).collect();
    match every.len() as i64 {
        0 | 1 => (100.0, every),
        count if count == steps.count() && fits(&every) => {
            (if count == 2 { 1.0 } else { 0.0 }, every)
        }
        _ => round()
            .map(|ticks| (10.0, ticks))
            .or_else(|| any().map(|ticks| (20.0, ticks)))
            .unwrap_or_else(|| (30.0, ruler.thinned(every))),
    }
}

/// The finest equal steps of the value whose labels, but for some at one end, fit a bar that stretches them, if no part of it longer than
/// `widest` is without.
pub(super) fn stretched(
    normalization: &Normalization,
    ruler: &Ruler<'_>,
    widest: f64,
) -> Option<Ticks> {
    let (min, max) = (normalization.min(), normalization.max());
    let magnitude = Decimal::shortest(0.5 * max - 0.5 * min).magnitude();
    let sizes = (magnitude - 2..=magnitude + 1).flat_map(|size| [1, 2, 5].map(|m| (m, size)));
    let mut steps = sizes.filter_map(|(m, size)| Steps::between(m, size, min, max));
    steps.find_map(|steps| {
        if !(3..=12).contains(&steps.count()) || steps.offset() != 0 {
            return None;
        }
        let all = label(&steps, normalization);
        let (major, is_regular) = from_an_end(&all.major, ruler);
        let low = major.first().map_or(1.0, |tick| tick.position);
        let high = major.last().map_or(1.0, |tick| 1.0 - tick.position);
        let between = major.windows(2).map(|pair| pair[1].position - pair[0].position);
        let is_even = low.max(high) <= BARE.min(widest) && between.fold(0.0, f64::max) <= widest;
        let is_regular = is_regular && major.len() >= 3;
        let mut minor = minor(&steps, normalization, ruler);
        minor.extend(all.major.iter().map(|tick| tick.position));
        (is_even && is_regular).then_some(Ticks { major, minor, ..all })
    })
}

/// The first ticks, or the last where these are more: as many as fit without a gap, and whether those are enough for a ladder.
fn from_an_end(all: &[Tick], ruler: &Ruler<'_>) -> (Vec<Tick>, bool) {
    let count = all.len();
    let first = (1..=count).take_while(|&n| ruler.fits(&all[..n])).last().unwrap_or(0);
    let last = (1..=count).take_while(|&n| ruler.fits(&all[count - n..])).last().unwrap_or(0);
    match last > first {
        // The others crowd at the lower end.
        true => (all[count - last..].to_vec(), 2 * last >= count),
        false => (all[..first].to_vec(), 5 * first >= 4 * count),
    }
}

/// Whether both ends of the bar have a tick.
fn ends(ticks: &[Tick]) -> bool {
    const NEAR: f64 = 1e-6;
    let low = ticks.first().is_some_and(|tick| tick.position < NEAR);
    low && ticks.last().is_some_and(|tick| tick.position > 1.0 - NEAR)
}

fn label(steps: &Steps, normalization: &Normalization) -> Ticks {
    let offset = steps.offset();
    let labels = labels::uniform(&steps.values(offset));
    let major = labels.ticks(normalization, steps.values(0).iter().map(|value| value.value()));
    let offset = (offset != 0).then(|| Decimal::new(offset, steps.exponent));
    Ticks { major, minor: Vec::new(), exponent: labels.exponent, offset }
}

/// Ticks without labels that divide a range into round parts.
pub(super) fn divided(normalization: &Normalization, ruler: &Ruler<'_>) -> Vec<f64> {
    let (min, max) = (normalization.min(), normalization.max());
    let magnitude = Decimal::shortest(0.5 * max - 0.5 * min).magnitude();
    let steps = Steps::between(1, magnitude, min, max);
    steps.map(|steps| minor(&steps, normalization, ruler)).unwrap_or_default()
}

/// Ticks without labels that divide the steps into round parts.
fn minor(steps: &Steps, normalization: &Normalization, ruler: &Ruler<'_>) -> Vec<f64> {
    let (min, max) = (normalization.min(), normalization.max());
    let (parts, mantissa): (&[i64], i64) = match steps.mantissa {
        2 => (&[4, 2, 1], 20),
        mantissa => (&[5, 2, 1], 10 * mantissa),
    };
    for &part in parts {
        let (mantissa, exponent) = match mantissa % part {
            0 => (mantissa / part, steps.exponent - 1),
            _ => continue,
        };
        let Some(fine) = Steps::between(mantissa, exponent, min, max) else { continue };
        let positions: Vec<f64> = fine
            .values(0)
            .iter()
            .map(|value| normalization.forward(value.value()).clamp(0.0, 1.0))
            .collect();
        let space = positions.windows(2).map(|pair| match pair {
            [low, high] => (high - low) * ruler.length,
            _ => f64::INFINITY,
        });
        if space.fold(f64::INFINITY, f64::min) >= 2.0 * MINOR_SPACE {
            return positions;
        }
    }
    Vec::new()
}

/// A value with as many digits as matter beside a difference.
fn near(value: f64, difference: f64) -> Decimal {
    let exponent = Decimal::shortest(difference).magnitude() - 3;
    let digits = scaled(value, -exponent).round();
    match digits.abs() < MAX_STEPS {
        true => Decimal::new(digits as i64, exponent),
        false => Decimal::shortest(value),
    }
}

/// The two limits, for bars that no other values suit: rounded, or where they are too close for that, as their difference from the lower.
fn limits(normalization: &Normalization, ruler: &Ruler<'_>) -> Ticks {
    /// Limits whose difference is a smaller part of them are not told well by three digits.
    const CLOSE: f64 = 0.5;
    let (min, max) = (normalization.min(), normalization.max());
    let rounded = |value: f64| Decimal::shortest(format!("{value:.2e}").parse().unwrap_or(value));
    let is_close = max - min < CLOSE * min.abs().max(max.abs());
    let (values, offset) = match is_close {
        true => ([Decimal::ZERO, rounded(max - min)], Some(near(min, max - min))),
        false => ([rounded(min), rounded(max)], None),
    };
    let labels = labels::uniform(&values);
    let major = ruler.thinned(labels.ticks(normalization, [min, max]));
    let offset = offset.filter(|offset| offset.digits != 0);
    Ticks { major, minor: Vec::new(), exponent: labels.exponent, offset }
}
