//! One colour scale for several figures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use super::batch::{Audience, BatchSettings, each};
use super::sample::{Sampled, project, take_up};
use super::{Job, Listener, Prepared, Profile, lay_out};
use crate::map::SkyRaster;
use crate::scale::{Inventory, Normalization};
use crate::stages::normalise::{self, Normalised, OfMap};

/// Which figures have their scale in common: those with the same key.
pub type ScaleKey = String;

/// Values of all figures that have a scale in common with others that are looked at, at most.
const MOST_VALUES: usize = 1 << 25;

/// Finds the scale that figures with the same key have in common, from the values of all of them, and gives it to them. Where there are
/// very many values, every n-th of each figure counts besides its smallest and largest. Jobs that fail are told of; there is
/// nothing in their places then.
pub fn share_scales(
    jobs: Vec<Job>,
    settings: BatchSettings,
    audience: &dyn Audience,
) -> Vec<Option<Job>> {
    let figures = jobs.iter().filter(|job| job.scale_key.is_some()).count();
    if figures == 0 {
        return jobs.into_iter().map(Some).collect();
    }
    let most = (MOST_VALUES / figures).max(1);
    let found: Vec<Mutex<Option<Values>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let failed = each(&jobs, settings, audience, false, &|place, prepared, profile, listener| {
        if prepared.job.scale_key.is_none() {
            return Ok(());
        }
        let (values, inventory) = prepared.values(profile, listener)?;
        let name = prepared.map.name.clone();
        let units = prepared.map.unit.iter().cloned().collect();
        let values = Values { name, units, values: thinned(values, most), inventory };
        if let Some(slot) = found.get(place) {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(values);
        }
        Ok(())
    });
    let found = found.into_iter().map(|v| v.into_inner().unwrap_or_else(PoisonError::into_inner));
    let mut scales: BTreeMap<ScaleKey, Result<Normalization, String>> = BTreeMap::new();
    for (key, pool) in pools(&jobs, found) {
        let job = jobs.iter().find(|job| job.scale_key.as_ref() == Some(&key));
        // With nothing to show, each makes do with any limits.
        if let Some(job) = job.filter(|_| !pool.values.is_empty()) {
            let scaled = common(job, pool, &*audience.listener(job));
            scales.insert(key, scaled.map_err(|error| format!("{error:#}")));
        }
    }
    let scaled = |(job, failed): (Job, bool)| {
        if failed {
            return None;
        }
        match job.scale_key.as_ref().and_then(|key| scales.get(key)) {
            Some(Err(error)) => {
                audience.finished(&job, &Err(anyhow::anyhow!("{error}")));
                None
            }
            Some(Ok(scale)) => Some(job.with_scale(scale.clone())),
            None => Some(job),
        }
    };
    jobs.into_iter().zip(failed).map(scaled).collect()
}

/// The values of all figures with the same key.
fn pools(jobs: &[Job], found: impl Iterator<Item = Option<Values>>) -> BTreeMap<ScaleKey, Values> {
    let mut pools: BTreeMap<ScaleKey, Values> = BTreeMap::new();
    for (job, values) in jobs.iter().zip(found) {
        if let (Some(key), Some(values)) = (&job.scale_key, values) {
            let pool = pools.entry(key.clone()).or_default();
            pool.values.extend(values.values);
            pool.inventory.merge(&values.inventory);
            pool.units.extend(values.units);
            pool.name = values.name;
        }
    }
    pools
}

/// Values of a figure, or of several, and the name of their column; and what values the maps have.
#[derive(Default)]
struct Values {
    name: String,
    units: BTreeSet<String>,
    values: Vec<f32>,
    inventory: Inventory,
}

/// At most about so many of the values, evenly spread, with the smallest and the largest.
fn thinned(values: Vec<f32>, most: usize) -> Vec<f32> {
    if values.len() <= most {
        return values;
    }
    let smallest = values.iter().copied().fold(f32::INFINITY, f32::min);
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let step = values.len().div_ceil(most);
    let mut kept: Vec<f32> = values.into_iter().step_by(step).collect();
    kept.extend([smallest, largest]);
    kept
}

/// The scale that suits all values of several figures.
fn common(job: &Job, pool: Values, listener: &dyn Listener) -> anyhow::Result<Normalization> {
    let Values { name, units, values, inventory } = pool;
    if units.len() > 1 {
        let units = units.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
        let message = format!("one colour scale for values in {units}: taken as the same unit");
        listener.warn(&message);
    }
    let raster = SkyRaster { width: values.len(), height: 1, values };
    let of_map = OfMap { values: None, inventory };
    let scaled = normalise::normalise(&raster, &of_map, &name, job.scale, &job.limits);
    let Normalised { normalization, warnings } = scaled.context("the scale of all figures")?;
    warnings.iter().for_each(|warning| listener.warn(&format!("all figures: {warning}")));
    Ok(normalization)
}

impl Prepared<'_> {
    /// The values that the limits of the scale are found from, and what values the map has.
    fn values(
        &self,
        profile: &mut Profile,
        listener: &dyn Listener,
    ) -> anyhow::Result<(Vec<f32>, Inventory)> {
        let Prepared { job, map, view } = self;
        let laid = lay_out(job, map, view, profile)?;
        let Sampled { raster, of_map } = project(job, map, view, &laid.grid, profile, listener)?;
        let OfMap { values, mut inventory } = of_map;
        let is_known = values.is_none() && inventory != Inventory::default();
        let values = values.unwrap_or_else(|| raster.valid().collect());
        if !is_known {
            take_up(job, &values, &mut inventory);
        }
        Ok((values, inventory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinned_values_keep_their_ends() {
        let values: Vec<f32> = (0..1000).map(|i| ((i * 37) % 1000) as f32).collect();
        let kept = thinned(values.clone(), 100);
        assert_eq!(kept.len(), 102);
        assert!(kept.contains(&0.0) && kept.contains(&999.0));
        assert_eq!(thinned(values.clone(), 1000), values);
    }
}
