//! Masks and fits of a job: what happens to the values of its map before anything is averaged.

use anyhow::Context;

use super::sample::stream;
use super::{Job, Listener, MaskFile, Profile, Sampling, Stage, in_file};
use crate::healpix::MAX_NSIDE;
use crate::map::MapSource;
use crate::number::real;
use crate::sky::Frame;
use crate::stages::assemble;
use crate::stages::load::LoadedMap;
use crate::stages::prepare::{self, Cut, Extent, Fitted, Multipoles, Preparation, PrepareError};

/// What is masked, and what is taken off.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PrepareSettings {
    /// A file that says what is shown.
    pub mask: Option<MaskFile>,
    /// Smaller values are masked.
    pub below: Option<f64>,
    /// Larger values are masked.
    pub above: Option<f64>,
    /// What is fitted and taken off.
    pub removed: Option<Multipoles>,
    /// The galactic latitude in radians from which on pixels are fitted.
    pub galactic_cut: f64,
}

/// The map with everything done to it that the job asks for; `frame` is its own.
pub(super) fn prepared(
    job: &Job,
    map: LoadedMap,
    frame: Frame,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<LoadedMap> {
    let settings = &job.prepare;
    if *settings == PrepareSettings::default() {
        return Ok(map);
    }
    let by_value = settings.below.is_some() || settings.above.is_some();
    if map.angle_with.is_some() && (by_value || settings.removed.is_some()) {
        anyhow::bail!(
            "{}: angles have no order and no mean: --mask-below, --mask-above, --remove-monopole and --remove-dipole do not go with \
             the column psi",
            job.input.display()
        );
    }
    let mask = match &settings.mask {
        Some(file) => Some(job.common.masks.get(job, file, frame, profile, listener)?),
        None => None,
    };
    let mask_file = settings.mask.as_ref().map(|file| file.path.display());
    let mut preparation = Preparation {
        mask,
        limits: [
            settings.below.unwrap_or(f64::NEG_INFINITY),
            settings.above.unwrap_or(f64::INFINITY),
        ],
        scale: job.data_scale,
        removed: None,
        keeps_whole: job.view.sampling == Sampling::Bilinear,
    };
    if let Some(path) = mask_file
        && preparation.hides_by_centers(&map.source)
    {
        listener.warn(&format!(
            "{path} is finer than the map: pixels are masked whole, as it is at their centres"
        ));
    }
    if let Some(what) = settings.removed {
        let visible = of(job, &preparation, &map)?;
        let cut = Cut::new(settings.galactic_cut, frame);
        let fitted = fit(&visible.source, what, &cut, profile, listener);
        let fitted = fitted.with_context(|| job.input.display().to_string())?;
        listener.tell(&in_file(job, &report(what, &fitted, frame, map.unit.as_deref())));
        preparation.removed = Some(fitted.multipoles);
    }
    let mut result = of(job, &preparation, &map)?;
    if preparation.hides() {
        let open = Preparation { removed: preparation.removed, ..Preparation::default() };
        let unmasked = if open.removed.is_some() { of(job, &open, &map)? } else { map };
        result.unmasked = Some(Box::new(unmasked));
    }
    Ok(result)
}

/// A map that has been prepared, both its parts where there are two.
fn of(job: &Job, preparation: &Preparation, map: &LoadedMap) -> anyhow::Result<LoadedMap> {
    let prepared = |source: &MapSource| {
        preparation.clone().of(source).map_err(|error| match error {
            // These name the file.
            PrepareError::Fits(error) => error.into(),
            other => anyhow::Error::new(other).context(job.input.display().to_string()),
        })
    };
    let source = prepared(&map.source)?;
    let second = map.angle_with.as_ref();
    let angle_with = second.map(|(u, sign)| anyhow::Ok((prepared(u)?, *sign))).transpose()?;
    Ok(LoadedMap { source, angle_with, ..map.clone() })
}

/// Fits all good pixels of a map.
fn fit(
    source: &MapSource,
    what: Multipoles,
    cut: &Cut,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Fitted> {
    match source {
        MapSource::FullSky(source) => {
            Ok(stream(source, Stage::Fit, profile, listener, |progress| {
                prepare::fit(source, what, cut, progress)
            })??)
        }
        MapSource::Sparse(source) => profile.time(Stage::Fit, || {
            // Cells are held as float32: about their first, in parts of the largest, they keep their digits.
            let extent = match &source.values {
                Some(values) => prepare::extent(values, &source.bad)?,
                None => None,
            };
            let Extent { first, most } = extent.unwrap_or(Extent { first: 0.0, most: 0.0 });
            let most = if most >= f64::MIN_POSITIVE { most } else { 1.0 };
            let scale = (most.recip(), -first / most);
            let map = assemble::assemble(source, MAX_NSIDE, scale, &|_| ())?;
            Ok(prepare::fit_sparse(&map.map, what, cut)?.scaled(most, first))
        }),
    }
}

/// What was found, for the user.
fn report(what: Multipoles, fitted: &Fitted, frame: Frame, unit: Option<&str>) -> String {
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    let multipoles = &fitted.multipoles;
    let mut text = format!("removed a monopole of {}{unit}", real(multipoles.monopole, 7));
    if what == Multipoles::Dipole {
        let (size, direction) = multipoles.amplitude();
        text += &format!(
            " and a dipole of {}{unit} towards {:.3}, {:.3} ({frame})",
            real(size, 7),
            direction.lon.to_degrees().rem_euclid(360.0),
            direction.lat.to_degrees()
        );
    }
    text + &format!(", fitted to {:.2} % of the sky", 100.0 * fitted.sky)
}
