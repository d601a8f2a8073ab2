//! From data to the colour scale.

use super::UsageError;
use crate::cli::args::{RangeFromName, RangeName, ValueArgs};
use crate::cli::parse;
use crate::stages::normalise::{Asked, Range, RangeFrom, ScaleKind};

pub(super) fn data_scale(args: &ValueArgs) -> Result<(f64, f64), UsageError> {
    if !args.scale.is_finite() || args.scale == 0.0 {
        return Err(UsageError::new(format!("--scale: expected a factor, found {}", args.scale)));
    }
    if !args.offset.is_finite() {
        return Err(UsageError::new(format!("--offset: expected a number, found {}", args.offset)));
    }
    Ok((args.scale, args.offset))
}

pub(super) fn limits(args: &ValueArgs) -> Result<Asked, UsageError> {
    for (name, value) in [("min", args.min), ("max", args.max)] {
        if value.is_some_and(|v| !v.is_finite()) {
            return Err(UsageError::new(format!("--{name}: expected a finite number")));
        }
    }
    if let (Some(min), Some(max)) = (args.min, args.max)
        && min >= max
    {
        return Err(UsageError::new(format!("--min {min} is not below --max {max}")));
    }
    if args.log
        && let Some(min) = args.min.filter(|min| *min <= 0.0)
    {
        return Err(UsageError::new(format!("--log needs a positive --min: found {min}"))
            .hint("leave --min out to start at the smallest positive value, or use --asinh"));
    }
    if args.symmetric && args.log {
        return Err(UsageError::new(
            "--symmetric and --log exclude each other: a log scale has no zero",
        ));
    }
    let range = match (&args.percentile, args.range) {
        (Some(text), _) => {
            let [low, high] = parse::pair(text).map_err(|e| UsageError::option("percentile", e))?;
            if !(0.0 <= low && low < high && high <= 100.0) {
                let message = format!("--percentile: expected 0 <= LO < HI <= 100, found {text}");
                return Err(UsageError::new(message));
            }
            Range::Percentile(low, high)
        }
        (None, RangeName::Full) => Range::Full,
        (None, RangeName::Auto) => Range::Auto,
    };
    let from = match args.range_from {
        RangeFromName::View => RangeFrom::View,
        RangeFromName::Map => RangeFrom::Map,
    };
    Ok(Asked { min: args.min, max: args.max, range, from, symmetric: args.symmetric })
}

pub(super) fn scale(args: &ValueArgs) -> Result<ScaleKind, UsageError> {
    if let Some(linthresh) = args.linthresh.filter(|v| !(*v > 0.0 && v.is_finite())) {
        let message = format!("--linthresh: expected a positive number, found {linthresh}");
        return Err(UsageError::new(message));
    }
    Ok(match (args.log, args.asinh) {
        (true, _) => ScaleKind::Log,
        (_, true) => ScaleKind::Asinh { linthresh: args.linthresh },
        _ => ScaleKind::Linear,
    })
}
