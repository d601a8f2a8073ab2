//! From a map in its file to the picture's pixels, by the way that suits the view.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Job, Listener, Profile, Stage, Work, in_file, precision, sparse};
use crate::fits::FitsError;
use crate::healpix::Nside;
use crate::map::{FullSky, MapSource, SkyRaster, is_valid};
use crate::projection::{Grid, View};
use crate::scale::Inventory;
use crate::stages::load::{self, LoadedMap};
use crate::stages::normalise::{OfMap, ScaleKind};
use crate::stages::reduce::Survey;
use crate::stages::resample::Geometry;
use crate::stages::{Progress, gather, reduce};

/// Reads the map and projects it onto the grid; of polarisation, takes the angle of what was projected.
pub(super) fn project(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    grid: &Grid,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Sampled> {
    let mut sampled = sample(job, map, view, grid, profile, listener)?;
    precision::warn_of_lost_digits(job, map, &sampled.raster, listener)?;
    let Some((source, sign)) = &map.angle_with else { return Ok(sampled) };
    if job.data_scale != (1.0, 0.0) {
        listener.warn(&in_file(job, "--scale and --offset act on Q and U, not on their angle"));
    }
    let u = LoadedMap { source: source.clone(), angle_with: None, ..map.clone() };
    let u = sample(job, &u, view, grid, profile, listener)?.raster;
    for (q, u) in sampled.raster.values.iter_mut().zip(u.values) {
        if is_valid(*q) {
            *q = if is_valid(u) { load::angle(*q, sign * u) } else { u };
        }
    }
    let values = angles_of_pixels(job, map, profile, listener)?;
    sampled.of_map = OfMap { values, ..OfMap::default() };
    Ok(sampled)
}

/// The angles in the map's own pixels, where the limits are found from those. The picture's are of averages.
fn angles_of_pixels(
    job: &Job,
    map: &LoadedMap,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Option<Vec<f32>>> {
    if !job.wants_map_values() {
        return Ok(None);
    }
    match load::angles(map, job.data_scale) {
        Some(MapSource::FullSky(source)) => {
            let survey = Survey::new(&source, (1.0, 0.0));
            stream(&source, Stage::Survey, profile, listener, |progress| survey.read(progress))?;
            Ok(Some(survey.into_values()))
        }
        Some(MapSource::Sparse(source)) => sparse::values(&source, profile),
        None => Ok(None),
    }
}

/// A map projected onto the picture's pixels.
pub(super) struct Sampled {
    pub(super) raster: SkyRaster,
    /// What is known of the map besides.
    pub(super) of_map: OfMap,
}

/// Reads the map and projects it onto the grid.
fn sample(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    grid: &Grid,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Sampled> {
    let source = match &map.source {
        MapSource::FullSky(source) => source,
        MapSource::Sparse(source) => {
            return sparse::sample(job, source, view, grid, profile, listener);
        }
    };
    let pixels = Work::Pixels((grid.width * grid.height) as u64);
    let survey = job.wants_map_values().then(|| Survey::new(source, job.data_scale));
    let interpolation = job.view.sampling.interpolation();
    let target = match interpolation.is_some() || job.view.full_resolution {
        true => source.nside,
        false => source.nside.coarsened_to(wanted_nside(view, grid)),
    };
    if target.npix() > most_held((grid.width * grid.height) as u64) || view.field().is_zoomed() {
        // No pass over the map that the survey could go along with.
        if let Some(survey) = &survey {
            stream(source, Stage::Survey, profile, listener, |progress| survey.read(progress))?;
        }
        let mut inventory = Inventory::default();
        let read = AtomicU64::new(0);
        let progress = |bytes| {
            read.fetch_add(bytes, Ordering::Relaxed);
        };
        let raster = profile.time(Stage::Resample, || match interpolation {
            Some(how) => Ok(gather::gather(source, how, view, grid, job.data_scale, &progress)?),
            None => {
                let pieces = Pieces { job, source, target, view, grid, listener };
                pieces.average(&mut inventory, &progress)
            }
        })?;
        profile.work(pixels);
        profile.read_part(read.into_inner());
        let values = survey.map(Survey::into_values);
        return Ok(Sampled { raster, of_map: OfMap { values, inventory } });
    }
    let reduced = stream(source, Stage::Reduce, profile, listener, |progress| {
        reduce::reduce_and_survey(source, target, job.data_scale, survey.as_ref(), progress)
    })?;
    let raster = profile.time(Stage::Resample, || match interpolation {
        Some(how) => gather::gather_in_memory(&reduced, how, view, grid),
        None => job.common.geometries.average(&reduced, view, grid),
    });
    profile.work(pixels);
    let mut inventory = Inventory::default();
    if interpolation.is_none() && job.draws_figure() {
        profile.time(Stage::Normalise, || take_up(job, reduced.values(), &mut inventory));
    }
    Ok(Sampled { raster, of_map: OfMap { values: survey.map(Survey::into_values), inventory } })
}

/// Takes up the values of a map or of a part of it, as far as the limits of the job's scale depend on them.
pub(super) fn take_up(job: &Job, values: &[f32], inventory: &mut Inventory) {
    inventory.see(values.iter().copied());
    if job.scale.kind == ScaleKind::Log {
        inventory.see_positive(values);
    }
}

/// Runs a stage that reads all of a map.
pub(super) fn stream<T>(
    source: &FullSky,
    stage: Stage,
    profile: &mut Profile,
    listener: &dyn Listener,
    read: impl FnOnce(Progress) -> Result<T, FitsError>,
) -> anyhow::Result<T> {
    let total = source.column.len() * source.column.raw_type().width() as u64;
    let counter = AtomicU64::new(0);
    let progress = |bytes: u64| {
        let before = counter.fetch_add(bytes, Ordering::Relaxed);
        listener.progress(before + bytes, total);
    };
    let result = profile.time(stage, || read(&progress))?;
    profile.work(Work::Bytes(total));
    Ok(result)
}

/// Pixels of a whole averaged map that are held in memory at most, for so many pixels of the picture: several for each, but 100 MB
/// are always good and more than 256 MB never.
pub(super) fn most_held(pixels: u64) -> u64 {
    (6 * pixels).clamp(25_000_000, 64_000_000)
}

/// Side in picture pixels of the pieces in which other pictures are made, at least and at most, and about how many cells of the map one
/// may show.
const PIECES: [f64; 2] = [32.0, 512.0];
const PIECE_CELLS: f64 = 2e6;

/// A picture that is made piece by piece, each from the parts of the map that it and its images show.
struct Pieces<'a> {
    job: &'a Job,
    source: &'a FullSky,
    target: Nside,
    view: &'a View,
    grid: &'a Grid,
    listener: &'a dyn Listener,
}

impl Pieces<'_> {
    /// Averages the map over the picture's pixels, and takes up the values of the parts.
    fn average(&self, inventory: &mut Inventory, progress: Progress) -> anyhow::Result<SkyRaster> {
        let &Pieces { job, source, target, view, grid, listener } = self;
        let mut picture = SkyRaster::blank(grid.width, grid.height);
        let cells = target.npix() as f64 * view.fine_pixel(grid) / (4.0 * std::f64::consts::PI);
        let side = (PIECE_CELLS / cells).sqrt().clamp(PIECES[0], PIECES[1]) as usize;
        let mut done = 0;
        Geometry::pieces(view, grid, target, side, |piece| {
            let scale = job.data_scale;
            let read = |region| reduce::reduce_region(source, target, region, scale, progress);
            let maps = piece.regions().into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
            maps.iter().for_each(|map| take_up(job, map.values(), inventory));
            piece.average_into(&maps, &mut picture);
            done += piece.pixels();
            let total = grid.width * grid.height;
            listener.projected(done.min(total) as u64, total as u64);
            Ok::<_, FitsError>(())
        })?;
        Ok(picture)
    }
}

/// HEALPix pixels for each picture pixel that a map is averaged down to, at least: enough that the picture is that of the full map.
const CELLS_PER_PIXEL: f64 = 4.0;

/// The resolution that has `CELLS_PER_PIXEL` HEALPix pixels for each picture pixel.
pub(super) fn wanted_nside(view: &View, grid: &Grid) -> u32 {
    let cells = CELLS_PER_PIXEL * 4.0 * std::f64::consts::PI / view.fine_pixel(grid);
    let side = (cells / 12.0).sqrt().ceil();
    (side as u32).clamp(1, crate::healpix::MAX_NSIDE)
}
