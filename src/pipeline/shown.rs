//! Figures that are shown in the terminal, and what is told of them in words.

use std::io;

use anyhow::Context;

use super::{Job, Profile, Stage, Target, write_to};
use crate::draw::DrawError;
use crate::draw::preview::{self, Protocol, Screen};
use crate::map::MapSource;
use crate::scale::Normalization;
use crate::sky::Frame;
use crate::stages::load::LoadedMap;

/// Shows what `draw` makes a PNG file of. Below a picture of blocks, which cannot be read, stands the caption.
pub(super) fn show(
    draw: impl FnOnce(&mut Vec<u8>) -> Result<(), DrawError>,
    screen: &Screen,
    caption: &str,
    profile: &mut Profile,
) -> anyhow::Result<()> {
    let bytes = profile.time(Stage::Draw, || {
        let mut png = Vec::new();
        draw(&mut png)?;
        preview::encode(&png, screen)
    })?;
    let written = profile.time(Stage::Write, || {
        write_to::<io::Error>(&Target::Terminal(*screen), |out| {
            out.write_all(&bytes)?;
            match screen.protocol {
                Protocol::Blocks { .. } if !caption.is_empty() => writeln!(out, "{caption}"),
                _ => Ok(()),
            }
        })
    });
    written.context("cannot write to the terminal")
}

/// What the picture is of, and the range of its colours.
pub(super) fn caption(map: &LoadedMap, job: &Job, scale: &Normalization) -> String {
    [map.name.as_str(), &ends(map, job, scale)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("  ")
}

/// The range of the colours, for the user to know.
pub(super) fn range(map: &LoadedMap, job: &Job, scale: &Normalization) -> String {
    format!("colours from {}", ends(map, job, scale))
}

/// The ends of the colour scale with their unit.
fn ends(map: &LoadedMap, job: &Job, scale: &Normalization) -> String {
    let unit = job.style.units.as_deref().or(map.unit.as_deref()).unwrap_or_default();
    let text = format!("{} to {}  {unit}", short(scale.min(), 4), short(scale.max(), 4));
    text.trim_end().to_string()
}

/// Which map was found, and from which frame to which it is drawn.
pub(super) fn description(map: &LoadedMap, (from, to): (Frame, Frame)) -> String {
    let mut parts = Vec::new();
    if !map.name.is_empty() {
        parts.push(format!("column {}", map.name));
    }
    parts.push(match &map.source {
        MapSource::FullSky(_) => "full sky".to_string(),
        MapSource::Sparse(_) => "partial".to_string(),
    });
    parts.push(match map.source.nside() {
        Some(nside) => format!("nside {nside}"),
        None => "multi-order".to_string(),
    });
    parts.extend(map.source.ordering().map(|ordering| ordering.to_string()));
    parts.push(if from == to { from.to_string() } else { format!("{from} drawn in {to}") });
    parts.join(", ")
}

/// A number with so many significant digits.
pub(super) fn short(value: f64, digits: usize) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-3..1e5).contains(&size) {
        let places = digits as i32 - 1 - size.max(f64::MIN_POSITIVE).log10().floor() as i32;
        let digits = places.clamp(0, digits as i32 + 2) as usize;
        let text = format!("{value:.digits$}");
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
            false => text,
        }
    } else {
        format!("{value:.*e}", digits.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (-2.427_61, "-2.428"),
            (151_557.0, "1.516e5"),
            (9_582.4, "9582"),
            (1.5e-5, "1.500e-5"),
        ] {
            assert_eq!(short(value, 4), text);
        }
    }
}
