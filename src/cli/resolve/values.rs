//! From data to the colour scale.

use super::UsageError;
use crate::cli::args::{RangeFromName, RangeName, ValueArgs};
use crate::cli::parse;
use crate::stages::normalise::{Asked, Range, RangeFrom, ScaleChoice, ScaleKind};

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
        let message = format!("--min {min} is not below --max {max}");
        return Err(UsageError::new(message).between(&["min", "max"]));
    }
    if args.log
        && let Some((name, limit)) = [("min", args.min), ("max", args.max)]
            .into_iter()
            .find_map(|(name, v)| Some((name, v.filter(|v| *v <= 0.0)?)))
    {
        let automatic = match name {
            "min" => "leave --min out to start at the smallest positive value",
            _ => "leave --max out to end at the largest value",
        };
        return Err(UsageError::new(format!("--log needs a positive --{name}: found {limit}"))
            .hint(format!("{automatic}, or use --symlog or --asinh"))
            .between(if name == "min" { &["min", "log"] } else { &["max", "log"] }));
    }
    if args.symmetric && args.log {
        return Err(UsageError::new(
            "--symmetric and --log exclude each other: a log scale has no zero",
        )
        .hint("--symlog and --asinh have both signs")
        .between(&["symmetric", "log"]));
    }
    contradictions(args)?;
    let range = match (&args.percentile, args.sigma, args.range) {
        (Some(text), ..) => {
            let [low, high] = parse::pair(text).map_err(|e| UsageError::option("percentile", e))?;
            if !(0.0 <= low && low < high && high <= 100.0) {
                let message = format!("--percentile: expected 0 <= LO < HI <= 100, found {text}");
                return Err(UsageError::new(message));
            }
            Range::Percentile(low, high)
        }
        (None, Some(sigmas), _) if sigmas > 0.0 && sigmas.is_finite() => Range::Sigma(sigmas),
        (None, Some(sigmas), _) => {
            let message = format!("--sigma: expected a positive number, found {sigmas}");
            return Err(UsageError::new(message));
        }
        (None, None, RangeName::Full) => Range::Full,
        (None, None, RangeName::Auto) => Range::Auto,
    };
    let from = match args.range_from {
        RangeFromName::View => RangeFrom::View,
        RangeFromName::Map => RangeFrom::Map,
    };
    Ok(Asked { min: args.min, max: args.max, range, from, symmetric: args.symmetric })
}

/// Options that cannot both have their way.
fn contradictions(args: &ValueArgs) -> Result<(), UsageError> {
    let given = [
        ("percentile", args.percentile.is_some()),
        ("sigma", args.sigma.is_some()),
        ("range full", args.range == RangeName::Full),
    ];
    let (Some(min), Some(max)) = (args.min, args.max) else {
        let reach = args.min.map(|min| -min).or(args.max);
        return match reach {
            Some(reach) if args.symmetric && reach <= 0.0 => Err(UsageError::new(
                "--symmetric needs zero between the limits: give a positive --max or a negative --min",
            )
            .between(&["symmetric", "min", "max"])),
            _ => Ok(()),
        };
    };
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        return Err(UsageError::new(format!("--{name} has no effect beside --min and --max"))
            .hint(format!("leave --{name} out, or one of the limits"))
            .between(&["percentile", "sigma", "range", "min", "max"]));
    }
    if args.symmetric && min != -max {
        return Err(UsageError::new(format!(
            "--symmetric contradicts --min {min} and --max {max}"
        ))
        .hint("leave --symmetric or one of the limits out")
        .between(&["symmetric", "min", "max"]));
    }
    Ok(())
}

pub(super) fn scale(args: &ValueArgs) -> Result<ScaleChoice, UsageError> {
    for (name, value) in [("linthresh", args.linthresh), ("gamma", Some(args.gamma))] {
        if let Some(value) = value.filter(|v| !(*v > 0.0 && v.is_finite())) {
            let message = format!("--{name}: expected a positive number, found {value}");
            return Err(UsageError::new(message));
        }
    }
    let kinds = [
        (args.log, ScaleKind::Log),
        (args.symlog, ScaleKind::Symlog),
        (args.asinh, ScaleKind::Asinh),
        (args.sqrt, ScaleKind::Sqrt),
        (args.hist, ScaleKind::Hist),
        (args.planck_log, ScaleKind::PlanckLog),
    ];
    let kind = kinds.iter().find(|(given, _)| *given).map_or(ScaleKind::Linear, |(_, kind)| *kind);
    Ok(ScaleChoice { kind, linthresh: args.linthresh, gamma: args.gamma })
}
