//! Finds the limits of the colour scale from what the user asked and the values in view.

use crate::map::SkyRaster;
use crate::scale::{
    Limits, Normalization, Scale, ScaleError, auto_limits, min_max, min_positive, percentiles,
};

/// Where the limits come from when they are not given as numbers.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Range {
    /// What suits the data: see [`auto_limits`].
    #[default]
    Auto,
    /// From the smallest to the largest value.
    Full,
    /// Between two percentiles, 0 to 100.
    Percentile(f64, f64),
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

/// The kind of scale as asked; what it needs besides is taken from the data where not given.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum ScaleKind {
    /// Linear.
    #[default]
    Linear,
    /// Logarithmic.
    Log,
    /// Linear about zero and logarithmic beyond `linthresh`.
    Asinh {
        /// Where the linear part ends; by default the median of the absolute values.
        linthresh: Option<f64>,
    },
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

/// Chooses the limits and puts the scale between them. `map_values` stand for the whole map where the limits are to be found from them
/// and not from the picture; `column` is the column's name, which tells probabilities.
///
/// # Errors
/// Limits that the scale cannot have.
pub fn normalise(
    raster: &SkyRaster,
    map_values: Option<Vec<f32>>,
    column: &str,
    kind: ScaleKind,
    asked: &Asked,
) -> Result<Normalised, NormaliseError> {
    let mut warnings = Vec::new();
    if raster.valid().next().is_none() {
        warnings.push("no pixel in view holds data: all are bad or missing".to_string());
    }
    let mut values = map_values.unwrap_or_else(|| raster.valid().collect());
    let full = min_max(values.iter().copied());
    let found = match asked.range {
        _ if asked.min.is_some() && asked.max.is_some() => full,
        Range::Full => full,
        Range::Auto => auto_limits(&mut values, column),
        Range::Percentile(low, high) => percentiles(&mut values, &[low, high])
            .and_then(|p| Some(Limits { min: *p.first()?, max: *p.get(1)? })),
    };
    // With nothing to show, any limits do.
    let mut limits = found.unwrap_or(Limits { min: 0.1, max: 1.0 });
    if kind == ScaleKind::Log && !matches!(asked.range, Range::Percentile(..)) {
        limits.min = min_positive(values.iter().copied()).unwrap_or(limits.min);
    }
    if asked.symmetric {
        limits = limits.symmetric();
    }
    let mut limits = with_given(limits.widened(), asked, &mut warnings);
    if kind == ScaleKind::Log && limits.min <= 0.0 && asked.min.is_none() {
        if limits.max <= 0.0 {
            return Err(NormaliseError::NothingPositive { max: limits.max });
        }
        limits.min = min_positive(values.iter().copied()).unwrap_or(limits.max / 10.0);
    }
    let scale = match kind {
        ScaleKind::Linear => Scale::Linear,
        ScaleKind::Log => Scale::Log,
        ScaleKind::Asinh { linthresh: Some(linthresh) } => Scale::Asinh { linthresh },
        ScaleKind::Asinh { linthresh: None } => {
            Scale::Asinh { linthresh: typical(&values, limits) }
        }
    };
    Ok(Normalised { normalization: Normalization::new(scale, limits.min, limits.max)?, warnings })
}

/// Puts the limits given as numbers over those found. Where a given one leaves the found one on its wrong side, the other moves.
fn with_given(found: Limits, asked: &Asked, warnings: &mut Vec<String>) -> Limits {
    let room = |v: f64| if v == 0.0 { 1.0 } else { v.abs() / 2.0 };
    match (asked.min, asked.max) {
        (Some(min), Some(max)) => Limits { min, max },
        (Some(min), None) if min >= found.max => {
            warnings.push(format!("all values in view lie below the minimum of {min}"));
            Limits { min, max: min + room(min) }
        }
        (None, Some(max)) if max <= found.min => {
            warnings.push(format!("all values in view lie above the maximum of {max}"));
            Limits { min: max - room(max), max }
        }
        (min, max) => Limits { min: min.unwrap_or(found.min), max: max.unwrap_or(found.max) },
    }
}

/// The median of the absolute values, or a thousandth of the range where most are zero.
fn typical(values: &[f32], limits: Limits) -> f64 {
    let mut sizes: Vec<f32> = values.iter().map(|v| v.abs()).collect();
    let median = percentiles(&mut sizes, &[50.0]).and_then(|p| p.first().copied()).unwrap_or(0.0);
    let reach = limits.min.abs().max(limits.max.abs());
    if median > 0.0 { median } else { reach / 1e3 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::UNSEEN;

    fn raster(values: &[f32]) -> SkyRaster {
        SkyRaster { width: values.len(), height: 1, values: values.to_vec() }
    }

    fn limits(values: &[f32], kind: ScaleKind, asked: Asked) -> (f64, f64) {
        let n = normalise(&raster(values), None, "T", kind, &asked).unwrap().normalization;
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
            normalise(&raster(&[-1.0, 0.0]), None, "T", ScaleKind::Log, &asked).unwrap_err();
        assert_eq!(error, NormaliseError::NothingPositive { max: 0.0 });
    }

    #[test]
    fn empty_and_constant_pictures_have_limits() {
        for kind in [ScaleKind::Linear, ScaleKind::Log, ScaleKind::Asinh { linthresh: None }] {
            let empty = normalise(&raster(&[f32::NAN, UNSEEN]), None, "T", kind, &Asked::default())
                .unwrap();
            assert_eq!(empty.warnings.len(), 1);
            let (min, max) = limits(&[2.0, 2.0], kind, Asked::default());
            assert!(min < 2.0 && 2.0 < max, "{kind:?}");
        }
    }
}
