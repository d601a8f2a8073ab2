//! What a job's colour bar shows, and what there is to say about it.

use super::{Job, Listener, PrepareSettings, Sampling, in_file};
use crate::draw::{MarkupError, RichText};
use crate::figure::{Colorbar, ColorbarSpec, Extend, Swatch, TickSet};
use crate::map::SkyRaster;
use crate::number::real;
use crate::scale::Normalization;
use crate::stages::colorize::{Colored, Masked, Undefined, veiled};
use crate::stages::load::LoadedMap;
use crate::stages::normalise::{Asked, OfMap, ScaleChoice, ScaleKind};

/// The colours and ends of the bar.
pub(super) fn spec(job: &Job, normalization: Normalization, colored: &Colored) -> ColorbarSpec {
    ColorbarSpec {
        normalization,
        colormap: job.palette.colormap.clone(),
        under: job.palette.under(),
        over: job.palette.over(),
        extend: job.bar.extend.unwrap_or(Extend::new(colored.below, colored.above)),
    }
}

/// The ends and the quarters of a colour bar of angles of polarisation, in degrees.
const ANGLES: [f64; 5] = [-90.0, -45.0, 0.0, 45.0, 90.0];

/// Whether a map is of angles of which nothing is asked but that they are drawn: all directions are shown then.
fn shows_all_angles(job: &Job, map: &LoadedMap) -> bool {
    let is_plain = job.scale == ScaleChoice::default() && job.data_scale == (1.0, 0.0);
    map.angle_with.is_some() && is_plain && job.limits == Asked::default()
}

/// The smallest positive value of a map whose averages with nothing would be drawn as if there were smaller ones.
pub(super) fn parted_from_nothing(job: &Job, of_map: &OfMap) -> Option<f32> {
    let is_log = job.scale.kind == ScaleKind::Log && job.palette.undefined == Undefined::Bad;
    let least = of_map.inventory.least_positive();
    least.filter(|_| is_log && job.view.sampling == Sampling::Area)
}

/// The limits of the colours as asked, or those of angles.
pub(super) fn limits(job: &Job, map: &LoadedMap) -> Asked {
    match shows_all_angles(job, map) {
        true => Asked { min: Some(ANGLES[0]), max: Some(ANGLES[4]), ..job.limits },
        false => job.limits,
    }
}

/// The ticks as asked, or those of angles.
pub(super) fn ticks(job: &Job, map: &LoadedMap) -> TickSet {
    let is_shared = job.shared_scale.is_some();
    match job.bar.ticks {
        TickSet::Automatic if shows_all_angles(job, map) && !is_shared => {
            TickSet::At(ANGLES.to_vec())
        }
        _ => job.bar.ticks.clone(),
    }
}

/// What is shown beside the colour bar: the colours that stand for no value.
pub(super) fn swatches(job: &Job) -> Result<Vec<Swatch>, MarkupError> {
    let Some(label) = &job.bar.bad_swatch else { return Ok(Vec::new()) };
    let bad = Swatch { color: job.palette.bad, label: RichText::parse(label)? };
    let PrepareSettings { mask, below, above, .. } = &job.prepare;
    let is_masked = mask.is_some() || below.or(*above).is_some();
    let color = match job.palette.masked {
        Masked::Fill(color) => Some(color),
        // As it looks where nothing else is.
        Masked::Veil(veil) => (veil.a > 0).then(|| veiled(job.style.theme.page, veil)),
    };
    let color = color.filter(|color| is_masked && *color != bad.color);
    let masked = color.map(|color| Swatch { color, label: RichText::plain("masked") });
    Ok([bad].into_iter().chain(masked).collect())
}

/// Says which of the ticks asked for are not on the bar.
pub(super) fn warn_of_lost_ticks(
    job: &Job,
    normalization: &Normalization,
    listener: &dyn Listener,
) {
    let TickSet::At(values) = &job.bar.ticks else { return };
    let (min, max) = (normalization.min(), normalization.max());
    let lost: Vec<String> =
        values.iter().filter(|v| **v < min || **v > max).map(|v| real(*v, 6)).collect();
    if !lost.is_empty() {
        listener.warn(&in_file(
            job,
            &format!(
                "no tick at {}: outside of the range {} to {}",
                lost.join(", "),
                real(min, 6),
                real(max, 6)
            ),
        ));
    }
}

/// Says what was asked for beside the bar and found no room.
pub(super) fn warn_of_lost_labels(job: &Job, bar: Option<&Colorbar>, warn: impl Fn(&str)) {
    let Some(lost) = bar.map(Colorbar::lost) else { return };
    let values: Vec<String> = lost.ticks.iter().map(|v| real(*v, 6)).collect();
    if matches!(job.bar.ticks, TickSet::At(_)) && !values.is_empty() {
        warn(&format!("no label at {}: no room beside the others", values.join(", ")));
    }
    for label in &lost.swatches {
        warn(&format!("no room for the swatch '{label}': it is cut or left out"));
    }
    if let Some(caption) = &lost.caption {
        warn(&format!("no room for all of '{caption}' at the colour bar: it is cut or left out"));
    }
    if let Some(label) = &lost.repeated {
        warn(&format!(
            "--cbar-format writes different ticks alike, as '{label}': \
             give it more digits, or leave it out, and values have a common power of ten"
        ));
    }
}

/// Says which titles and labels lost their ends.
pub(super) fn warn_of_cut(texts: impl Iterator<Item = String>, warn: impl Fn(&str)) {
    for text in texts {
        warn(&format!(
            "no room for all of a text: '{text}'; smaller text, a wider figure or \
             lines of its own (\\n) show its end"
        ));
    }
}

/// Says that a page is too small for its text.
pub(super) fn warn_of_small(smallest: f64, warn: impl Fn(&str)) {
    /// Points; journals ask for five to seven.
    const LEAST: f64 = 5.0;
    if smallest < LEAST {
        warn(&format!(
            "the smallest text has {smallest:.1} points, too few to be read on paper: --figsize makes the page larger"
        ));
    }
}

/// Says how much of the picture a log scale has no place for.
pub(super) fn warn_of_undefined(
    job: &Job,
    raster: &SkyRaster,
    colored: &Colored,
    listener: &dyn Listener,
) {
    if colored.undefined == 0 || job.palette.undefined == Undefined::Under {
        return;
    }
    let part = 100.0 * colored.undefined as f64 / raster.valid().count().max(1) as f64;
    listener.warn(&in_file(
        job,
        &format!(
            "{part:.2} % of the values in view are zero or negative, where a log scale has no place: \
             drawn as bad pixels; --neg-mode zero draws them as the lowest values"
        ),
    ));
}
