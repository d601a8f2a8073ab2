//! Finds the limits of the colour scale from what the user asked and the values in view.

use std::sync::Arc;

use crate::map::{SkyRaster, is_valid};
use crate::scale::{
    Distribution, Inventory, Limits, Normalization, Sample, Scale, ScaleError, Sight, auto_limits,
    percentiles, sigma_limits,
};

/// Where the limits come from when they are not given as numbers.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Range {
    /// What suits the data: see [`auto_limits`]; all of them for histogram equalisation.
    #[default]
    Auto,
    /// From the smallest to the largest value.
    Full,
    /// Between two percentiles, 0 to 100.
    Percentile(f64, f64),
    /// The mean, less and plus so many standard deviations.
    Sigma(f64),
}

/// Which values the limits are found from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RangeFrom {
    /// Those in the picture, at its resolution.
    #[default]
    View,
    /// Those of the whole map, at its own resolution.
    Map,
}

/// The limits as asked.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Asked {
    /// The lower limit, if given.
    pub min: Option<f64>,
    /// The upper limit, if given.
    pub max: Option<f64>,
    /// The source of what is not given.
    pub range: Range,
    /// Which values that looks at.
    pub from: RangeFrom,
    /// Whether to widen the limits to the same distance on either side of zero.
    pub symmetric: bool,
}

/// The scale as asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ScaleChoice {
    /// Its kind.
    pub kind: ScaleKind,
    /// Where the linear part of symlog, asinh and planck-log ends; by default the median of the
    /// absolute values other than zero.
    pub linthresh: Option<f64>,
    /// The power that the place between the limits is raised to.
    pub gamma: f64,
}

impl Default for ScaleChoice {
    fn default() -> Self {
        ScaleKind::default().into()
    }
}

impl From<ScaleKind> for ScaleChoice {
    fn from(kind: ScaleKind) -> Self {
        ScaleChoice { kind, linthresh: None, gamma: 1.0 }
    }
}

/// The kind of scale as asked; what it needs besides is taken from the data where not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ScaleKind {
    /// Linear.
    #[default]
    Linear,
    /// Logarithmic.
    Log,
    /// Linear about zero and logarithmic beyond a threshold.
    Symlog,
    /// Passing smoothly from linear about zero to logarithmic.
    Asinh,
    /// Square root of the linear scale.
    Sqrt,
    /// Equal parts of the picture for all colours.
    Hist,
    /// The Planck Collaboration's scale of frequency maps.
    PlanckLog,
}

/// A scale with its limits, and what the user should know about them.
#[derive(Clone, PartialEq, Debug)]
pub struct Normalised {
    /// From values to 0..1.
    pub normalization: Normalization,
    /// Assumptions made, for the user to know.
    pub warnings: Vec<String>,
}

/// Why there is no scale for the data.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum NormaliseError {
    /// Nothing positive for a log scale.
    #[error(
        "a log scale needs positive values, and the largest in view is {max}; use another scale such as --asinh"
    )]
    NothingPositive {
        /// The largest value.
        max: f64,
    },
    /// The limits do not suit the scale.
    #[error(transparent)]
    Scale(#[from] ScaleError),
}

/// What is known of the map besides the picture.
#[derive(Default, Debug)]
pub struct OfMap {
    /// Values that stand for the whole map, where the limits are to be found from them and not from the picture.
    pub values: Option<Vec<f32>>,
    /// What values it has, where the picture's may be mixed of them; of no use where there are `values`.
    pub inventory: Inventory,
}

/// Replaces averages between zero and the map's smallest positive value by the nearer of the two: no pixel of the map has a value in
/// between, and a log scale has no place for zero.
pub fn part(raster: &mut SkyRaster, least: f32) {
    for v in raster.values.iter_mut().filter(|v| 0.0 < **v && **v < least) {
        *v = if *v < 0.5 * least { 0.0 } else { least };
    }
}

/// What is said of a picture without data.
pub const NOTHING_IN_VIEW: &str = "no pixel in view holds data: all are bad, missing or masked";

/// Chooses the limits and puts the scale between them. `column` is the column's name, which tells probabilities.
///
/// # Errors
/// Limits that the scale cannot have.
pub fn normalise(
    raster: &SkyRaster,
    of_map: &OfMap,
    column: &str,
    choice: ScaleChoice,
    asked: &Asked,
) -> Result<Normalised, NormaliseError> {
    let mut warnings = Vec::new();
    if raster.valid().next().is_none() {
        warnings.push(NOTHING_IN_VIEW.to_string());
    }
    let is_log = choice.kind == ScaleKind::Log;
    let (values, inventory) = match &of_map.values {
        Some(values) => (values.as_slice(), &Inventory::default()),
        None => (raster.values.as_slice(), &of_map.inventory),
    };
    let good = |v: f32| if is_valid(v) { v } else { f32::NAN };
    // What a log scale cannot show has no say in its limits, nor has what is mixed with it.
    let least = inventory.least_positive().unwrap_or(0.0);
    let shown =
        Sample::new(values, |v| if is_log && (v <= 0.0 || v < least) { f32::NAN } else { good(v) });
    let full = shown.min_max();
    if full.is_none()
        && asked.max.is_none()
        && let Some(all) = Sample::new(values, good).min_max()
    {
        return Err(NormaliseError::NothingPositive { max: all.max });
    }
    // With nothing to show, any limits do.
    let found = found(shown, full, (inventory, column), choice.kind, asked);
    let found = found.unwrap_or(Limits { min: 0.1, max: 1.0 });
    let mut limits = with_given(found, full, asked, &mut warnings);
    if is_log && limits.min <= 0.0 {
        let least = full.map(|full| full.min).filter(|least| *least < limits.max);
        limits.min = least.unwrap_or(limits.max / 10.0);
    }
    let scale = scale(choice, shown, limits);
    let normalization = Normalization::new(scale, limits.min, limits.max)?.raised(choice.gamma)?;
    Ok(Normalised { normalization, warnings })
}

/// The limits that the data have, where there are data; `full` reach from the smallest to the largest value. `map` is what is known of the
/// map, and the column's name.
fn found<F: Sight>(
    sample: Sample<'_, F>,
    full: Option<Limits>,
    map: (&Inventory, &str),
    kind: ScaleKind,
    asked: &Asked,
) -> Option<Limits> {
    let auto = |full| auto_limits(sample, full, map.0, map.1);
    match asked.range {
        _ if asked.min.is_some() && asked.max.is_some() => full,
        Range::Full => full,
        Range::Auto => match kind {
            ScaleKind::Hist => full,
            ScaleKind::Log => Some(Limits { min: full?.min, ..auto(full?) }),
            _ => Some(auto(full?)),
        },
        Range::Percentile(low, high) => {
            let found = percentiles(sample, full?, &[low, high]);
            Some(Limits { min: *found.first()?, max: *found.get(1)? })
        }
        Range::Sigma(sigmas) => sigma_limits(sample, sigmas),
    }
}

/// The scale with what it takes from the data.
fn scale<F: Sight>(choice: ScaleChoice, sample: Sample<'_, F>, limits: Limits) -> Scale {
    let linthresh = || choice.linthresh.unwrap_or_else(|| typical(sample, limits));
    match choice.kind {
        ScaleKind::Linear => Scale::Linear,
        ScaleKind::Log => Scale::Log,
        ScaleKind::Symlog => Scale::Symlog { linthresh: linthresh() },
        ScaleKind::Asinh => Scale::Asinh { linthresh: linthresh() },
        ScaleKind::Sqrt => Scale::Sqrt,
        ScaleKind::Hist => Scale::Hist(Arc::new(Distribution::new(
            sample.iter().collect(),
            limits.min,
            limits.max,
        ))),
        ScaleKind::PlanckLog => Scale::PlanckLog { linthresh: linthresh() },
    }
}

/// Puts the limits given as numbers over those found. Where a given one leaves the found one on its wrong side, the other moves: to the
/// end of the data if there are any beyond the one given.
fn with_given(
    found: Limits,
    full: Option<Limits>,
    asked: &Asked,
    warnings: &mut Vec<String>,
) -> Limits {
    let found = match (asked.symmetric, asked.min, asked.max) {
        (true, Some(reach), None) | (true, None, Some(reach)) => {
            Limits { min: -reach.abs(), max: reach.abs() }
        }
        (true, ..) => found.symmetric().widened(),
        (false, ..) => found.widened(),
    };
    let room = |v: f64| if v == 0.0 { 1.0 } else { v.abs() / 2.0 };
    match (asked.min, asked.max) {
        (Some(min), Some(max)) => Limits { min, max },
        (Some(min), None) if min >= found.max => {
            let above = full.map(|full| full.max).filter(|largest| *largest > min);
            if full.is_some() && above.is_none() {
                warnings.push(format!("all values in view lie below the minimum of {min}"));
            }
            let max = above.unwrap_or(min + room(min));
            Limits { min, max }
        }
        (None, Some(max)) if max <= found.min => {
            let below = full.map(|full| full.min).filter(|smallest| *smallest < max);
            if full.is_some() && below.is_none() {
                warnings.push(format!("all values in view lie above the maximum of {max}"));
            }
            let min = below.unwrap_or(max - room(max));
            Limits { min, max }
        }
        (min, max) => Limits { min: min.unwrap_or(found.min), max: max.unwrap_or(found.max) },
    }
}

/// The median of the absolute values but for zeros, or a thousandth of the range where there is nothing else.
fn typical<F: Sight>(sample: Sample<'_, F>, limits: Limits) -> f64 {
    let sizes = sample.map(|v| if v == 0.0 { f32::NAN } else { v.abs() });
    let median = sizes
        .min_max()
        .and_then(|range| percentiles(sizes, range, &[50.0]).first().copied())
        .unwrap_or(0.0);
    let reach = limits.min.abs().max(limits.max.abs());
    if median > 0.0 { median } else { reach / 1e3 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::UNSEEN;

    const KINDS: [ScaleKind; 7] = [
        ScaleKind::Linear,
        ScaleKind::Log,
        ScaleKind::Symlog,
        ScaleKind::Asinh,
        ScaleKind::Sqrt,
        ScaleKind::Hist,
        ScaleKind::PlanckLog,
    ];

    fn raster(values: &[f32]) -> SkyRaster {
        SkyRaster { width: values.len(), height: 1, values: values.to_vec() }
    }

    fn limits(values: &[f32], kind: ScaleKind, asked: Asked) -> (f64, f64) {
        let n = normalise(&raster(values), &OfMap::default(), "T", kind.into(), &asked)
            .unwrap()
            .normalization;
        (n.min(), n.max())
    }

    #[test]
    fn given_limits_rule_each_alone_and_both() {
        let data = [f32::NAN, UNSEEN, -3.0, 0.0, 5.0];
        let asked = |min, max| Asked { min, max, ..Asked::default() };
        assert_eq!(limits(&data, ScaleKind::Linear, asked(None, None)), (-3.0, 5.0));
        assert_eq!(limits(&data, ScaleKind::Linear, asked(Some(-1.0), None)), (-1.0, 5.0));
        assert_eq!(limits(&data, ScaleKind::Linear, asked(None, Some(2.0))), (-3.0, 2.0));
        assert_eq!(limits(&data, ScaleKind::Linear, asked(Some(-9.0), Some(9.0))), (-9.0, 9.0));
        assert_eq!(limits(&data, ScaleKind::Linear, asked(Some(8.0), None)), (8.0, 12.0));
        // Beyond what the range would be, but not beyond all data.
        let data: Vec<f32> = (0..1000).map(|i| i as f32).collect();
        let asked =
            |min, max| Asked { min, max, range: Range::Percentile(1.0, 99.0), ..Asked::default() };
        assert_eq!(limits(&data, ScaleKind::Linear, asked(Some(995.0), None)), (995.0, 999.0));
        assert_eq!(limits(&data, ScaleKind::Linear, asked(None, Some(5.0))), (0.0, 5.0));
    }

    #[test]
    fn symmetric_and_percentile() {
        let data: Vec<f32> = (0..=100).map(|i| i as f32 - 20.0).collect();
        let asked = Asked { symmetric: true, range: Range::Full, ..Asked::default() };
        assert_eq!(limits(&data, ScaleKind::Linear, asked), (-80.0, 80.0));
        let asked = Asked { range: Range::Percentile(10.0, 90.0), ..Asked::default() };
        assert_eq!(limits(&data, ScaleKind::Linear, asked), (-10.0, 70.0));
    }

    #[test]
    fn log_starts_at_the_smallest_positive_value() {
        let asked = Asked::default();
        assert_eq!(limits(&[-1.0, 0.0, 0.5, 8.0], ScaleKind::Log, asked), (0.5, 8.0));
        let error =
            normalise(&raster(&[-1.0, 0.0]), &OfMap::default(), "T", ScaleKind::Log.into(), &asked)
                .unwrap_err();
        assert_eq!(error, NormaliseError::NothingPositive { max: 0.0 });
    }

    #[test]
    fn what_averages_mix_has_no_say() {
        let mut of_map = OfMap::default();
        of_map.inventory.see([0.0, 1.0, 7.0]);
        of_map.inventory.see_positive(&[0.0, 1.0, 7.0]);
        let mixed: Vec<f32> = (0..100).map(|k| k as f32 * 0.06).collect();
        let limits = |kind: ScaleKind| {
            let found = normalise(&raster(&mixed), &of_map, "T", kind.into(), &Asked::default());
            let n = found.unwrap().normalization;
            (n.min(), n.max())
        };
        assert_eq!(limits(ScaleKind::Linear), (0.0, 7.0));
        let (min, max) = limits(ScaleKind::Log);
        assert!((min - 1.02).abs() < 1e-6 && max == 7.0, "{min} {max}");
    }

    #[test]
    fn mixtures_with_nothing_are_parted() {
        let mut mixed = raster(&[f32::NAN, UNSEEN, -1.0, 0.0, 0.9, 1.0, 1.9, 2.0, 2.1]);
        part(&mut mixed, 2.0);
        assert!(mixed.values[0].is_nan());
        assert_eq!(mixed.values[1..], [UNSEEN, -1.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.1]);
    }

    #[test]
    fn empty_and_constant_pictures_have_limits() {
        for kind in KINDS {
            for range in [Range::Auto, Range::Full, Range::Percentile(2.0, 98.0), Range::Sigma(3.0)]
            {
                let asked = Asked { range, ..Asked::default() };
                let empty = normalise(
                    &raster(&[f32::NAN, UNSEEN]),
                    &OfMap::default(),
                    "T",
                    kind.into(),
                    &asked,
                );
                assert_eq!(empty.unwrap().warnings.len(), 1);
                let (min, max) = limits(&[2.0, 2.0], kind, asked);
                assert!(min < 2.0 && 2.0 < max, "{kind:?}");
            }
        }
    }

    #[test]
    fn degenerate_data_have_a_scale() {
        let denormal = f32::from_bits(1);
        for data in [
            vec![denormal, 3.0 * denormal],
            vec![-denormal, 0.0],
            vec![1e-38, 1e2],
            vec![0.0; 5],
            vec![-3.0; 5],
            vec![f32::MAX, -f32::MAX],
            vec![f32::INFINITY, 1.0, f32::NEG_INFINITY, 2.0],
            vec![7.0, f32::NAN],
        ] {
            for kind in KINDS {
                for symmetric in [false, true] {
                    let asked = Asked { symmetric, ..Asked::default() };
                    let nothing_positive = kind == ScaleKind::Log && data.iter().all(|v| *v <= 0.0);
                    let found =
                        normalise(&raster(&data), &OfMap::default(), "T", kind.into(), &asked);
                    assert_eq!(found.is_err(), nothing_positive, "{kind:?} {data:?} {found:?}");
                }
            }
        }
    }

    #[test]
    fn given_limits_and_symmetry_go_together() {
        let asked = Asked { max: Some(5.0), symmetric: true, ..Asked::default() };
        assert_eq!(limits(&[-1.0, 20.0], ScaleKind::Linear, asked), (-5.0, 5.0));
        let asked = Asked { min: Some(-2.0), symmetric: true, ..Asked::default() };
        assert_eq!(limits(&[-1.0, 20.0], ScaleKind::Linear, asked), (-2.0, 2.0));
    }

    #[test]
    fn thresholds_come_from_the_data() {
        let data = [-4.0, 0.5, 1.0, 3.0, 9.0];
        let kinds = [ScaleKind::Symlog, ScaleKind::Asinh, ScaleKind::PlanckLog];
        for kind in kinds {
            let found =
                normalise(&raster(&data), &OfMap::default(), "T", kind.into(), &Asked::default())
                    .unwrap();
            let scale = found.normalization.scale().clone();
            assert!(
                matches!(scale, Scale::Symlog { linthresh } | Scale::Asinh { linthresh } | Scale::PlanckLog { linthresh } if linthresh == 3.0),
                "{scale:?}"
            );
        }
    }

    #[test]
    fn values_that_a_log_scale_cannot_show_have_no_say() {
        let data: Vec<f32> = (-100..=100).map(|i| i as f32).collect();
        let asked = Asked { range: Range::Percentile(0.0, 50.0), ..Asked::default() };
        assert_eq!(limits(&data, ScaleKind::Log, asked), (1.0, 50.5));
    }
}
