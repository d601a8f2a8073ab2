//! Colour-bar ticks at round values of the scale in use, with labels that tell them apart.

mod classes;
mod decades;
mod few;
mod format;
mod labels;
mod ladder;
mod linear;
mod round;

pub use classes::place_classes;
pub use format::NumberFormat;

use super::decimal::{Decimal, power_of_ten};
use crate::draw::RichText;
use crate::scale::{Normalization, Scale};

/// A labelled place on a colour bar.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// Where it is, from 0 at the lower end to 1 at the upper.
    pub position: f64,
    /// The data value there.
    pub value: f64,
    /// What is written beside it: the value is `label * 10^exponent + offset`.
    pub label: RichText,
}

/// The ticks of a colour bar.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ticks {
    /// Labelled ticks from low to high.
    pub major: Vec<Tick>,
    /// Places of ticks without labels, from 0 to 1.
    pub minor: Vec<f64>,
    /// The power of ten that is common to all labels, 0 for none.
    pub exponent: i32,
    /// What is to be added to all labels.
    pub(super) offset: Option<Decimal>,
}

/// The room that there is for ticks.
pub struct Ruler<'a> {
    /// Length of the bar in points.
    pub length: f64,
    /// Room for one label with the space around it, on a bar that is neither crowded nor bare, in points.
    pub pitch: f64,
    /// Least space between two labels in points.
    pub gap: f64,
    /// How far labels may reach beyond the ends of the bar, in points.
    pub overhang: f64,
    /// A label's extent along the bar in points.
    pub extent: &'a dyn Fn(&RichText) -> f64,
}

/// Labels of more digits than this are written as differences from an offset.
const MAX_DIGITS: usize = 5;
/// Characters of the longest label.
const MAX_LENGTH: usize = 8;
/// Labels that the shortest bars would have, were there room.
const LEAST: f64 = 2.5;
/// Labels that short bars have if they are short, too.
const ENOUGH: f64 = 4.0;
/// Space between labels that are not crowded, in terms of the least.
const ROOMY: f64 = 1.75;
/// Least space between ticks without labels, in points.
const MINOR_SPACE: f64 = 1.4;

impl Ruler<'_> {
    /// The number of labels that suits the bar's length.
    fn target(&self) -> f64 {
        (self.length / self.pitch).clamp(LEAST, 8.0)
    }

    /// The same for labels whose extents are known: a short bar has room for more of them if they are short.
    fn target_of(&self, ticks: &[Tick]) -> f64 {
        let extents = ticks.iter().map(|tick| (self.extent)(&tick.label));
        let widest = extents.fold(0.0, f64::max);
        self.target().max((self.length / (widest + ROOMY * self.gap)).min(ENOUGH))
    }

    /// Whether the bar is too short for usual labels.
    fn is_short(&self) -> bool {
        self.length <= LEAST * self.pitch
    }

    /// Whether two neighbours keep their distance.
    fn apart(&self, low: &Tick, high: &Tick) -> bool {
        let half = 0.5 * ((self.extent)(&low.label) + (self.extent)(&high.label));
        (high.position - low.position) * self.length >= half + self.gap
    }

    /// Whether a label stays within the room beside the bar.
    fn inside(&self, tick: &Tick) -> bool {
        let end = tick.position.min(1.0 - tick.position) * self.length;
        0.5 * (self.extent)(&tick.label) <= end + self.overhang
    }

    fn fits(&self, ticks: &[Tick]) -> bool {
        ticks.iter().all(|tick| self.inside(tick))
            && ticks.windows(2).all(|pair| match pair {
                [low, high] => self.apart(low, high),
                _ => true,
            })
    }

    /// Leaves out labels until those left fit.
    fn thinned(&self, ticks: Vec<Tick>) -> Vec<Tick> {
        let mut kept: Vec<Tick> = Vec::with_capacity(ticks.len());
        for tick in ticks {
            let free = kept.last().is_none_or(|last| self.apart(last, &tick));
            if free && self.inside(&tick) {
                kept.push(tick);
            }
        }
        kept
    }
}

/// Chooses ticks for a scale between its limits.
pub fn place(normalization: &Normalization, ruler: &Ruler<'_>) -> Ticks {
    let (min, max) = (normalization.min(), normalization.max());
    let widest = min.abs().max(max.abs());
    // Over a narrow range all of these are straight lines; those of the last kind start at the lower limit instead.
    let narrow = (0.5 * max - 0.5 * min) < 0.1 * widest;
    let chosen = match normalization.scale() {
        _ if normalization.is_straight() => None,
        Scale::Log | Scale::Symlog { .. } | Scale::Asinh { .. } | Scale::PlanckLog { .. }
            if narrow =>
        {
            None
        }
        Scale::Log => decades::logarithmic(normalization, ruler),
        Scale::Symlog { .. } | Scale::Asinh { .. } | Scale::PlanckLog { .. } => {
            decades::symmetric(normalization, ruler)
        }
        Scale::Hist(_) => {
            ladder::place(normalization, ruler).or_else(|| round::spread(normalization, ruler))
        }
        Scale::Linear | Scale::Sqrt | Scale::Power { .. } => {
            linear::stretched(normalization, ruler, 0.5)
                .or_else(|| ladder::place(normalization, ruler))
                .or_else(|| round::spread(normalization, ruler))
        }
    };
    chosen.unwrap_or_else(|| linear::place(normalization, ruler))
}

/// The labels of given values, in a given format or as short as they can be.
pub(super) fn labels(values: &[f64], format: Option<&NumberFormat>) -> Vec<RichText> {
    let decimals = values.iter().map(|&value| Decimal::shortest(value)).collect::<Vec<_>>();
    match format {
        Some(format) => values.iter().map(|&value| format.write(value)).collect(),
        None => labels::individual(&decimals).texts,
    }
}

/// Ticks at given values; those outside the limits are left out. Where labels would touch, the tick has none.
pub fn at(normalization: &Normalization, values: &[f64], ruler: &Ruler<'_>) -> Ticks {
    let mut values: Vec<f64> = values
        .iter()
        .copied()
        .filter(|v| (normalization.min()..=normalization.max()).contains(v))
        .collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let decimals: Vec<Decimal> = values.iter().map(|&value| Decimal::shortest(value)).collect();
    let labels = labels::individual(&decimals);
    let all = labels.ticks(normalization, values);
    let minor = all.iter().map(|tick| tick.position).collect();
    Ticks { major: ruler.thinned(all), minor, exponent: labels.exponent, offset: None }
}

impl Ticks {
    /// What follows the labels, for a quantity whose unit is shown as `unit` (blank for none) and whose
    /// multiple by a power of ten may have a symbol of its own: `×10⁻³ K`, `µK + 2.725 K`.
    pub fn caption(&self, unit: &RichText, scaled: impl Fn(i32) -> Option<RichText>) -> RichText {
        let mut caption = RichText::default();
        match (self.exponent, scaled(self.exponent)) {
            (0, _) => caption.append(unit.clone()),
            (_, Some(prefixed)) => caption.append(prefixed),
            (power, None) => {
                caption = RichText::plain("\u{d7}");
                caption.append(power_of_ten(power));
                if !unit.is_blank() {
                    caption.append(RichText::plain(" "));
                    caption.append(unit.clone());
                }
            }
        }
        if let Some(offset) = self.offset {
            let sign = if offset.digits < 0 { super::units::MINUS } else { '+' };
            let space = if caption.is_blank() { "" } else { " " };
            caption.append(RichText::plain(format!("{space}{sign} ")));
            let size = Decimal { digits: offset.digits.abs(), ..offset };
            caption.append(size.text());
            if !unit.is_blank() {
                caption.append(RichText::plain(" "));
                caption.append(unit.clone());
            }
        }
        caption
    }
}

#[cfg(test)]
mod tests;
