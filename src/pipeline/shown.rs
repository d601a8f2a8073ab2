//! Figures that are shown in the terminal, and what is told of them in words.

use std::io;

use anyhow::Context;

use super::{Job, Profile, Stage, Target, write_to};
use crate::draw::DrawError;
use crate::draw::preview::{self, Protocol, Screen};
use crate::map::MapSource;
use crate::number::real;
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
    let text = format!("{} to {}  {unit}", real(scale.min(), 4), real(scale.max(), 4));
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
