//! Reads a sparse map and projects it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::sample::{Sampled, take_up, wanted_nside};
use super::{Job, Listener, Profile, Stage, Work};
use crate::healpix::MAX_NSIDE;
use crate::map::SparseSource;
use crate::projection::{Grid, View};
use crate::scale::Inventory;
use crate::stages::normalise::OfMap;
use crate::stages::{assemble, gather, resample};

/// How much finer along a face's side than wanted the cells of a map at full resolution may be: some hundred of them to a picture pixel at
/// least. A few small cells in a map of 2^29 along a side would take for ever, and smaller ones make no difference.
const FINER: u32 = 8;

/// The values of a sparse map's cells, as the limits are found from them.
pub(super) fn values(
    source: &SparseSource,
    profile: &mut Profile,
) -> anyhow::Result<Option<Vec<f32>>> {
    let cells = profile.time(Stage::Survey, || {
        assemble::assemble_and_survey(source, 1, (1.0, 0.0), true, &|_| ())
    })?;
    profile.work(Work::Bytes(assemble::bytes(source)));
    Ok(cells.values)
}

/// Reads a sparse map, at its own resolution where single pixels are asked for, and projects it onto the grid.
pub(super) fn sample(
    job: &Job,
    source: &SparseSource,
    view: &View,
    grid: &Grid,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Sampled> {
    let interpolation = job.view.sampling.interpolation();
    let wanted = match (interpolation, job.view.full_resolution) {
        (Some(_), _) => MAX_NSIDE,
        (None, true) => wanted_nside(view, grid).saturating_mul(FINER).min(MAX_NSIDE),
        (None, false) => wanted_nside(view, grid),
    };
    let total = assemble::bytes(source);
    let counter = AtomicU64::new(0);
    let progress = |bytes: u64| {
        let before = counter.fetch_add(bytes, Ordering::Relaxed);
        listener.progress(before + bytes, total);
    };
    let cells = profile.time(Stage::Reduce, || {
        let keep_values = job.wants_map_values();
        assemble::assemble_and_survey(source, wanted, job.data_scale, keep_values, &progress)
    })?;
    profile.work(Work::Bytes(total));
    cells.warnings.iter().for_each(|warning| listener.warn(warning));
    let map = &cells.map;
    let raster = profile.time(Stage::Resample, || match (interpolation, map.dense()) {
        (Some(interpolation), _) => gather::gather_in_memory(map, interpolation, view, grid),
        (None, Some(dense)) => job.common.geometries.average(&dense, view, grid),
        (None, None) => resample::average(map, view, grid),
    });
    profile.work(Work::Pixels((grid.width * grid.height) as u64));
    let mut inventory = Inventory::default();
    if interpolation.is_none() && job.draws_figure() {
        profile.time(Stage::Normalise, || take_up(job, map.values(), &mut inventory));
    }
    Ok(Sampled { raster, of_map: OfMap { values: cells.values, inventory } })
}
