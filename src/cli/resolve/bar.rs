//! The colour bar.

use super::UsageError;
use crate::cli::args::{BarArgs, BarPlace, DrawArgs, ExtendName, TickName};
use crate::cli::parse;
use crate::figure::{ColorbarPosition, Extend, NumberFormat, TickDirection, TickSet};
use crate::pipeline::BarStyle;
use crate::spelling;

pub(super) fn bar(args: &DrawArgs) -> Result<BarStyle, UsageError> {
    let bar = &args.bar;
    let format = bar.cbar_format.as_deref().map(number_format).transpose();
    Ok(BarStyle {
        position: if args.figure.fast_render { ColorbarPosition::Nowhere } else { position(bar) },
        label: bar.cbar_label.clone(),
        ticks: ticks(bar)?,
        format: format.map_err(|e| UsageError::option("cbar-format", e))?,
        direction: match bar.tick_direction {
            TickName::In => TickDirection::In,
            TickName::Out => TickDirection::Out,
        },
        extend: bar.extend.map(|extend| match extend {
            ExtendName::None => Extend::None,
            ExtendName::Min => Extend::Min,
            ExtendName::Max => Extend::Max,
            ExtendName::Both => Extend::Both,
        }),
        bad_swatch: bar.bad_swatch.clone(),
    })
}

/// How numbers are written: each stands at one place.
fn number_format(text: &str) -> Result<NumberFormat, String> {
    let places = text.replace("%%", "").matches(['%', '{']).count();
    match places > 1 {
        true => Err(format!(
            "expected one number such as %.2f with text around it, found {places} in '{}'; %% is a percent sign",
            spelling::cut(text)
        )),
        false => NumberFormat::parse(text),
    }
}

/// Whether the bar is to be at the right.
pub(super) fn is_at_right(bar: &BarArgs) -> bool {
    position(bar) == ColorbarPosition::Right
}

fn position(bar: &BarArgs) -> ColorbarPosition {
    match bar.cbar_position {
        _ if bar.no_cbar => ColorbarPosition::Nowhere,
        BarPlace::Bottom => ColorbarPosition::Bottom,
        BarPlace::Right => ColorbarPosition::Right,
        BarPlace::None => ColorbarPosition::Nowhere,
    }
}

fn ticks(bar: &BarArgs) -> Result<TickSet, UsageError> {
    let Some(text) = &bar.ticks else { return Ok(TickSet::Automatic) };
    let values = parse::list(text).map_err(|e| UsageError::option("ticks", e))?;
    Ok(TickSet::At(values))
}
