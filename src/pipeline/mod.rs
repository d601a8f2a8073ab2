//! From resolved settings to a written figure: one screen that runs the stages in order.

mod job;
mod profile;
mod target;

use std::io;

use anyhow::Context;

use crate::fits::FitsFile;
use crate::map::SkyRaster;
use crate::projection::{Grid, Rim, View, Wcs};
use crate::sky::Frame;
use crate::stages::export::{self, ImageInfo};
use crate::stages::load::{self, LoadedMap};
use crate::stages::{gather, reduce, resample};

pub use job::{Job, OutputKind, Sampling, Style, Target, ViewSettings};
pub use profile::{Profile, Report, Stage, Work};
pub use target::write_to;

/// Hears what a job has to say while it runs.
pub trait Listener: Sync {
    /// An assumption that may be wrong.
    fn warn(&self, message: &str);

    /// Something that was found or done.
    fn note(&self, message: &str);

    /// Reading goes on: `done` of `total` bytes.
    fn progress(&self, done: u64, total: u64);
}

/// The name and version that files carry.
pub const CREATOR: &str = concat!("map2fig ", env!("CARGO_PKG_VERSION"));

/// Makes what the job asks for.
///
/// # Errors
/// Whatever keeps the result from being made; the old output file, if there is one, is then untouched.
pub fn render(job: &Job, profile: &mut Profile, listener: &dyn Listener) -> anyhow::Result<()> {
    let map = profile.time(Stage::Open, || {
        let file = FitsFile::open(&job.input)?;
        anyhow::Ok(load::load(&file, &job.choice)?)
    })?;
    map.warnings.iter().for_each(|warning| listener.warn(warning));
    let view = view(job, &map, listener);
    match job.kind {
        OutputKind::Figure(_) => Ok(()),
        OutputKind::Npy | OutputKind::Fits => array(job, &map, &view, profile, listener),
    }
}

/// Writes the projected values.
fn array(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<()> {
    let grid = view.grid(job.style.width);
    let wcs = Wcs::new(view, &grid);
    if job.kind == OutputKind::Fits && wcs.is_none() {
        let name = view.projection().name();
        anyhow::bail!(
            "{}: FITS has no world coordinates for {}; write the values as .npy instead",
            job.target,
            if job.view.projection.has_half_sky() {
                format!(
                    "both hemispheres of the {name} projection side by side: choose one with --half-sky, or"
                )
            } else {
                format!("the {name} projection")
            }
        );
    }
    let raster = sample(job, map, view, &grid, Rim::Centers, profile, listener)?;
    profile.time(Stage::Write, || {
        write_to::<io::Error>(&job.target, |out| {
            if job.kind == OutputKind::Npy {
                return export::write_npy(&raster, out);
            }
            let info = ImageInfo {
                wcs: wcs.clone(),
                unit: job.style.units.clone().or_else(|| map.unit.clone()),
                creator: CREATOR.to_string(),
            };
            export::write_fits(&raster, &info, out)
        })
        .with_context(|| format!("cannot write {}", job.target))
    })
}

/// The view of this map: its frame is the user's word, else the header's, else galactic.
fn view(job: &Job, map: &LoadedMap, listener: &dyn Listener) -> View {
    let settings = &job.view;
    let input = settings.input_frame.or(map.frame).unwrap_or_else(|| {
        let name = job.input.display();
        listener
            .note(&format!("{name} names no frame: taken as galactic; --input-coord overrides"));
        Frame::Galactic
    });
    let frames = (input, settings.output_frame.unwrap_or(input));
    let projection =
        settings.projection.build(settings.half_sky, settings.field.is_zoomed(), settings.flip);
    View::new(projection, frames, settings.center, settings.roll, settings.flip)
        .showing(settings.field)
}

/// Reads the map and projects it onto the grid.
fn sample(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    grid: &Grid,
    rim: Rim,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<SkyRaster> {
    let source = &map.source;
    let pixels = Work::Pixels((grid.width * grid.height) as u64);
    if job.view.sampling == Sampling::Nearest {
        let raster = profile
            .time(Stage::Resample, || gather::nearest(source, view, grid, rim, job.data_scale))?;
        profile.work(pixels);
        return Ok(raster);
    }
    let target = reduce::target_nside(source.nside, wanted_nside(view, grid));
    let total = source.column.len() * source.column.raw_type().width() as u64;
    let counter = std::sync::atomic::AtomicU64::new(0);
    let progress = |bytes: u64| {
        let before = counter.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
        listener.progress(before + bytes, total);
    };
    let reduced = profile
        .time(Stage::Reduce, || reduce::reduce(source, target, job.data_scale, &progress))?;
    profile.work(Work::Bytes(total));
    let raster = profile.time(Stage::Resample, || resample::average(&reduced, view, grid, rim));
    profile.work(pixels);
    Ok(raster)
}

/// HEALPix pixels for each picture pixel that a map is averaged down to, at least: enough that the picture is that of the full map.
const CELLS_PER_PIXEL: f64 = 4.0;

/// The resolution that has `CELLS_PER_PIXEL` HEALPix pixels for each picture pixel.
fn wanted_nside(view: &View, grid: &Grid) -> u32 {
    let cells = CELLS_PER_PIXEL * 4.0 * std::f64::consts::PI / view.fine_pixel(grid);
    let side = (cells / 12.0).sqrt().ceil();
    (side as u32).clamp(1, crate::healpix::MAX_NSIDE)
}
