//! From resolved settings to a written figure: one screen that runs the stages in order.

mod batch;
mod job;
mod memory;
mod profile;
mod shown;
mod sparse;
mod target;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;

use crate::draw::{Metadata, RichText};
use crate::figure::{ColorbarSpec, Extend, Figure, FigureSpec, Sky, Unit, plan};
use crate::fits::FitsFile;
use crate::healpix::Nside;
use crate::map::{FullSky, MapSource, SkyRaster};
use crate::projection::{Grid, View, Wcs};
use crate::sky::Frame;
use crate::stages::export::{self, ImageInfo};
use crate::stages::load::{self, LoadedMap};
use crate::stages::resample::Tile;
use crate::stages::{colorize, gather, normalise, reduce, resample};

pub use batch::{Audience, BatchSettings, run};
pub use job::{Buffer, Job, Output, OutputKind, Sampling, Style, Target, ViewSettings};
pub use profile::{Profile, Report, Stage, Work, size};
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
    let file = profile.time(Stage::Open, || FitsFile::open(&job.input))?;
    Prepared::new(job, &file, profile, listener)?.render(profile, listener)
}

/// A job whose map has been found in its file; no pixel has been read.
struct Prepared<'a> {
    job: &'a Job,
    map: LoadedMap,
    view: View,
}

impl<'a> Prepared<'a> {
    fn new(
        job: &'a Job,
        file: &FitsFile,
        profile: &mut Profile,
        listener: &dyn Listener,
    ) -> anyhow::Result<Self> {
        let map = profile.time(Stage::Open, || load::load(file, &job.choice))?;
        map.warnings.iter().for_each(|warning| listener.warn(warning));
        let view = view(job, &map, listener);
        Ok(Prepared { job, map, view })
    }

    /// Whether figures are drawn, not arrays written.
    fn is_figure(&self) -> bool {
        self.job.outputs.iter().all(|output| output.kind.is_figure())
    }

    fn render(&self, profile: &mut Profile, listener: &dyn Listener) -> anyhow::Result<()> {
        let Prepared { job, map, view } = self;
        match self.is_figure() {
            true => figure(job, map, view, profile, listener),
            false => array(job, map, view, profile, listener),
        }
    }
}

/// Draws the map.
fn figure(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<()> {
    let spec = figure_spec(job, map)?;
    warn_of_missing(&spec, listener)?;
    let bounds = view.bounds(job.style.width);
    let page = profile.time(Stage::Layout, || plan(&spec, &view.outline(&bounds), &bounds))?;
    // A given resolution is that of the sky's own pixels, which the layout decides on.
    let bounds = view.bounds(page.raster.0);
    let outline = view.outline(&bounds);
    let grid = view.picture_grid(&bounds, page.raster.0, page.raster.1);
    let raster = sample(job, map, view, &grid, profile, listener)?;
    let scaled = profile.time(Stage::Normalise, || {
        normalise::normalise(&raster, &map.name, job.scale, &job.limits)
    });
    let scaled = scaled.with_context(|| job.input.display().to_string())?;
    scaled.warnings.iter().for_each(|warning| listener.warn(&in_file(job, warning)));
    let normalization = scaled.normalization;
    let colored = profile
        .time(Stage::Colourise, || colorize::colorize(&raster, &normalization, &job.palette));
    let figure = profile.time(Stage::Draw, || {
        let bar = ColorbarSpec {
            normalization,
            colormap: job.palette.colormap.clone(),
            under: job.palette.under(),
            over: job.palette.over(),
            extend: Extend::new(colored.below, colored.above),
        };
        let blank = colored.blank();
        let sky = Sky { pixmap: colored.pixmap, blank, extent: grid.extent(), outline };
        Figure::new(page, &spec, sky, Some(&bar))
    })?;
    let metadata = metadata(job);
    let range = (normalization.min(), normalization.max());
    job.outputs.iter().try_for_each(|output| match &output.target {
        Target::Terminal(screen) => {
            let caption = shown::caption(map, job, range);
            shown::show(&figure, screen, &caption, &metadata, profile)
        }
        _ => write_figure(&figure, output, &metadata, profile),
    })
}

/// Draws a figure in one format and writes the file.
fn write_figure(
    figure: &Figure,
    Output { target, kind }: &Output,
    metadata: &Metadata,
    profile: &mut Profile,
) -> anyhow::Result<()> {
    let OutputKind::Figure(format) = *kind else { return Ok(()) };
    let mut bytes = Vec::new();
    profile.time(Stage::Draw, || figure.write(format, metadata, &mut bytes))?;
    profile.time(Stage::Write, || {
        write_to::<io::Error>(target, |out| out.write_all(&bytes))
            .with_context(|| format!("cannot write {target}"))
    })?;
    profile.work(Work::Bytes(bytes.len() as u64));
    Ok(())
}

/// Names the characters that the fonts lack.
fn warn_of_missing(spec: &FigureSpec, listener: &dyn Listener) -> anyhow::Result<()> {
    for missing in spec.missing_characters()? {
        let code = u32::from(missing);
        listener.warn(&format!(
            "no font here has the character '{missing}' (U+{code:04X}): the figure shows \u{fffd} for it; \
             --font FILE gives a font that has it"
        ));
    }
    Ok(())
}

/// The figure's text, sizes and colours.
fn figure_spec(job: &Job, map: &LoadedMap) -> anyhow::Result<FigureSpec> {
    let style = &job.style;
    let text = |text: &Option<String>| {
        text.as_deref().map_or_else(|| Ok(RichText::default()), RichText::parse)
    };
    let units = match (&style.units, &map.unit) {
        (Some(given), _) => Unit::labelled(given)?,
        // A factor or an offset on the data makes the file's unit wrong.
        (None, Some(unit)) if job.data_scale == (1.0, 0.0) => {
            Unit::labelled(unit).unwrap_or_else(|_| Unit::parse(unit))
        }
        _ => Unit::default(),
    };
    Ok(FigureSpec {
        width: style.page_width,
        pixels: style.width,
        title: text(&style.title)?,
        left_label: text(&style.left_label)?,
        right_label: text(&style.right_label)?,
        units,
        colorbar: style.colorbar,
        border: style.border,
        bare: style.bare,
        theme: style.theme,
        sizes: style.sizes,
        font: style.font.clone(),
        ..FigureSpec::default()
    })
}

fn metadata(job: &Job) -> Metadata {
    Metadata {
        title: job.style.title.clone(),
        creator: CREATOR.to_string(),
        command: Some(job.command.clone()),
        date: job.date,
    }
}

fn in_file(job: &Job, message: &str) -> String {
    format!("{}: {message}", job.input.display())
}

/// Writes the projected values.
fn array(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<()> {
    let grid = view.array_grid(job.style.width);
    let wcs = Wcs::new(view, &grid);
    if let Some(output) = job.outputs.iter().find(|output| output.kind == OutputKind::Fits)
        && wcs.is_none()
    {
        return Err(no_world_coordinates(job, &output.target));
    }
    let raster = sample(job, map, view, &grid, profile, listener)?;
    let info = ImageInfo {
        wcs,
        unit: job.style.units.clone().or_else(|| map.unit.clone()),
        creator: CREATOR.to_string(),
    };
    job.outputs.iter().try_for_each(|Output { target, kind }| {
        profile.time(Stage::Write, || {
            write_to::<io::Error>(target, |out| match kind {
                OutputKind::Fits => export::write_fits(&raster, &info, out),
                _ => export::write_npy(&raster, out),
            })
            .with_context(|| format!("cannot write {target}"))
        })
    })
}

/// What is wrong with a FITS image of a projection that FITS cannot describe.
fn no_world_coordinates(job: &Job, target: &Target) -> anyhow::Error {
    let projection = job.view.projection;
    let name = projection.name();
    let (what, way_out) = if projection.has_half_sky() {
        (
            format!("both hemispheres of the {name} projection side by side"),
            "--half-sky or --fov, or ",
        )
    } else {
        (format!("the {name} projection"), "")
    };
    anyhow::anyhow!(
        "cannot write {}: FITS has no world coordinates for {what}; use {way_out}an output ending in .npy",
        target
    )
}

/// The view of this map: its frame is the user's word, else the header's, else galactic.
fn view(job: &Job, map: &LoadedMap, listener: &dyn Listener) -> View {
    let settings = &job.view;
    let input = settings.input_frame.or(map.frame).unwrap_or_else(|| {
        let name = job.input.display();
        let message =
            format!("{name} names no frame: taken as galactic; --input-coord overrides it");
        // Only a change of frame makes the assumption bear on the picture.
        match settings.output_frame {
            Some(_) => listener.warn(&message),
            None => listener.note(&message),
        }
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
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<SkyRaster> {
    let source = match &map.source {
        MapSource::FullSky(source) => source,
        MapSource::Sparse(source) => {
            return sparse::sample(job, source, view, grid, profile, listener);
        }
    };
    let pixels = Work::Pixels((grid.width * grid.height) as u64);
    if job.view.sampling == Sampling::Nearest {
        let raster = profile
            .time(Stage::Resample, || gather::nearest(source, view, grid, job.data_scale))?;
        profile.work(pixels);
        return Ok(raster);
    }
    let target = reduce::target_nside(source.nside, wanted_nside(view, grid));
    if target.npix() > MOST_PIXELS || job.view.field.is_zoomed() {
        let raster = profile.time(Stage::Resample, || by_tiles(job, source, target, view, grid))?;
        profile.work(pixels);
        return Ok(raster);
    }
    let total = source.column.len() * source.column.raw_type().width() as u64;
    let counter = AtomicU64::new(0);
    let progress = |bytes: u64| {
        let before = counter.fetch_add(bytes, Ordering::Relaxed);
        listener.progress(before + bytes, total);
    };
    let reduced = profile
        .time(Stage::Reduce, || reduce::reduce(source, target, job.data_scale, &progress))?;
    profile.work(Work::Bytes(total));
    let raster = profile.time(Stage::Resample, || resample::average(&reduced, view, grid));
    profile.work(pixels);
    Ok(raster)
}

/// Pixels of a whole averaged map that are held in memory at most: 100 MB.
const MOST_PIXELS: u64 = 25_000_000;
/// Side in picture pixels of the pieces in which other pictures are made.
const TILE: usize = 1024;

/// Makes the picture piece by piece, each from the part of the map that it shows.
fn by_tiles(
    job: &Job,
    source: &FullSky,
    target: Nside,
    view: &View,
    grid: &Grid,
) -> anyhow::Result<SkyRaster> {
    let values = vec![f32::NAN; grid.width * grid.height];
    let mut raster = SkyRaster { width: grid.width, height: grid.height, values };
    for tile in Tile::cut(grid, TILE) {
        let region = resample::touched(view, grid, &tile, target);
        let map = reduce::reduce_region(source, target, &region, job.data_scale)?;
        tile.copy_into(&resample::average_tile(&map, view, grid, &tile), &mut raster);
    }
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
