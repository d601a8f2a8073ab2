//! From resolved settings to a written figure: one screen that runs the stages in order.

mod array;
mod bar;
mod batch;
mod current;
mod fit;
mod frames;
mod geometries;
mod job;
mod masks;
mod memory;
mod overlays;
mod precision;
mod prepare;
mod profile;
mod sample;
mod shared;
mod sheet;
mod shown;
mod sparse;
mod target;

use std::io;

use anyhow::Context;

use crate::draw::{DrawError, Format, Metadata, RichText};
use crate::figure::{
    ColorbarPosition, ColorbarSpec, Figure, FigureSpec, Overlay, Plan, Sky, TickSet, Unit,
};
use crate::fits::FitsFile;
use crate::map::SkyRaster;
use crate::projection::{Grid, Outline, View};
use crate::spelling;
use crate::stages::load::{self, LoadedMap};
use crate::stages::normalise::Normalised;
use crate::stages::{colorize, normalise};

use array::array;
pub use array::check_outputs;
pub use batch::{Audience, BatchSettings, run};
pub use current::is_current;
use frames::frames;
use geometries::Geometries;
pub use job::{
    BarStyle, Buffer, Common, Fit, Job, Output, OutputKind, Sampling, Style, Target, ViewSettings,
};
pub use masks::MaskFile;
use masks::Masks;
pub use overlays::{GridFrame, GridSettings, OverlaySettings};
pub use prepare::PrepareSettings;
pub use profile::{Profile, Report, Stage, Work, size};
use sample::{Sampled, project};
pub use shared::{ScaleKey, share_scales};
pub use sheet::{SheetJob, check_sheet, draw_sheet};
pub use target::{followed, write_to};

/// Hears what a job has to say while it runs.
pub trait Listener: Sync {
    /// An assumption that may be wrong.
    fn warn(&self, message: &str);

    /// Something that was found or done.
    fn note(&self, message: &str);

    /// A result that was asked for besides the figure.
    fn tell(&self, message: &str) {
        self.note(message);
    }

    /// Reading goes on: `done` of `total` bytes.
    fn progress(&self, done: u64, total: u64);

    /// The picture is made piece by piece: `done` of `total` pixels are.
    fn projected(&self, _done: u64, _total: u64) {}
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
        let map = profile.time(Stage::Open, || load_map(job, file))?;
        map.warnings.iter().for_each(|warning| listener.warn(warning));
        frames::tell_if_assumed(job, &map, listener);
        let frames = frames(job, &map);
        listener.note(&in_file(job, &shown::description(&map, frames)));
        if map.is_oriented() && frames.0 != frames.1 {
            let message = format!(
                "Q, U and angles of polarisation count from the north in {} coordinates: they are drawn in {}, but stay as they are",
                frames.0, frames.1
            );
            listener.warn(&in_file(job, &message));
        }
        let map = prepare::prepared(job, map, frames.0, profile, listener)?;
        let view = match &job.view.fit {
            Some(fit) => fit::view(job, fit, &map, frames, profile, listener)?,
            None => frames::given_view(job, frames),
        };
        Ok(Prepared { job, map, view })
    }

    fn render(&self, profile: &mut Profile, listener: &dyn Listener) -> anyhow::Result<()> {
        let Prepared { job, map, view } = self;
        if !job.draws_figure() {
            return array(job, map, view, profile, listener);
        }
        let Drawn { figure, bar, .. } = figure(job, map, view, profile, listener)?;
        bar::warn_of_small(figure.smallest_text(), |message| {
            listener.warn(&in_file(job, message));
        });
        let metadata = metadata(job);
        let draw = |format, bytes: &mut Vec<u8>| figure.write(format, &metadata, bytes);
        let caption = shown::caption(map, job, &bar.normalization);
        write_page(&job.outputs, draw, &caption, profile, listener)
    }
}

/// Finds the map, and combines it with the one that it is compared with, if any.
fn load_map(job: &Job, file: &FitsFile) -> anyhow::Result<LoadedMap> {
    let mut map = combined(job, load::load(file, &job.choice)?)?;
    if job.data_scale.0 != 1.0 {
        // A factor on the data makes the file's unit wrong.
        map.unit = None;
    }
    Ok(map)
}

/// The map, or what is made of it and the other one.
fn combined(job: &Job, map: LoadedMap) -> anyhow::Result<LoadedMap> {
    let Some((path, formula)) = &job.against else { return Ok(map) };
    let other = load::load(&FitsFile::open(path)?, &job.choice)?;
    // The user's word is on both.
    let said = job.view.input_frame;
    let in_frame = |map: LoadedMap| LoadedMap { frame: said.or(map.frame), ..map };
    let (map, other) = (in_frame(map), in_frame(other));
    if map.angle_with.is_some() || other.angle_with.is_some() {
        anyhow::bail!(
            "{}: angles have no difference or ratio that could be drawn",
            job.input.display()
        );
    }
    let combined = load::combine(map, &other, *formula);
    combined.with_context(|| format!("{} and {}", job.input.display(), path.display()))
}

/// A figure's page before its picture exists, and the grid of the picture.
struct LaidOut {
    spec: FigureSpec,
    page: Plan,
    outline: Outline,
    grid: Grid,
    overlay: Overlay,
}

fn lay_out(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    profile: &mut Profile,
) -> anyhow::Result<LaidOut> {
    let mut spec = figure_spec(job, map)?;
    let bounds = view.bounds(job.style.width);
    let on_top = overlays::overlay_spec(job, view);
    let page = profile.time(Stage::Layout, || {
        anyhow::Ok(Overlay::new(&on_top, view, &bounds)?.plan(&mut spec)?)
    })?;
    // A given resolution is that of the sky's own pixels, which the layout decides on.
    let bounds = view.bounds(page.raster.0);
    let outline = view.outline(&bounds);
    let grid = view.picture_grid(&bounds, page.raster.0, page.raster.1);
    let overlay = Overlay::new(&on_top, view, &bounds)?;
    Ok(LaidOut { spec, page, outline, grid, overlay })
}

/// A figure, what it was planned from, and what its colour bar shows.
struct Drawn {
    figure: Figure,
    bar: ColorbarSpec,
    spec: FigureSpec,
}

/// Makes the picture of the map and puts it on its page.
fn figure(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Drawn> {
    let LaidOut { mut spec, page, outline, grid, overlay } = lay_out(job, map, view, profile)?;
    for output in &job.outputs {
        if let OutputKind::Figure(format) = output.kind {
            page.page.check(format)?;
        }
    }
    warn_of_missing(&spec, listener)?;
    let below = page.colorbar.as_ref().is_some_and(|bar| !bar.upright);
    if below && spec.colorbar == ColorbarPosition::Right {
        listener
            .warn(&in_file(job, "no room for the colour bar at the right: it goes below the sky"));
    }
    let (Sampled { raster, of_map }, beneath) = sampled(job, map, view, &grid, profile, listener)?;
    let scaled = profile.time(Stage::Normalise, || match &job.shared_scale {
        Some(scale) => Ok(Normalised { normalization: scale.clone(), warnings: Vec::new() }),
        None => {
            normalise::normalise(&raster, &of_map, &map.name, job.scale, &bar::limits(job, map))
        }
    });
    let scaled = scaled.with_context(|| spelling::name(&job.input))?;
    scaled.warnings.iter().for_each(|warning| listener.warn(&in_file(job, warning)));
    let normalization = scaled.normalization;
    listener.note(&in_file(job, &shown::range(map, job, &normalization)));
    bar::warn_of_lost_ticks(job, &normalization, listener);
    let is_known = job.shared_scale.is_some() || job.limits.min.or(job.limits.max).is_some();
    if !is_known && raster.valid().next().is_none() {
        // Numbers beside the colours would be made up.
        spec.ticks = TickSet::At(Vec::new());
    }
    let colored = profile.time(Stage::Colourise, || {
        colorize::colorize(&raster, beneath.as_ref(), &normalization, &job.palette)
    });
    if colored.masked > 0 {
        let sky = raster.values.iter().filter(|v| !v.is_nan()).count();
        let part = 100.0 * colored.masked as f64 / sky as f64;
        listener.note(&in_file(job, &format!("{part:.2} % of the sky in view is masked")));
    }
    bar::warn_of_undefined(job, &raster, &colored, listener);
    profile.time(Stage::Draw, || {
        let bar = bar::spec(job, normalization, &colored);
        let blank = colored.blank();
        let sky = Sky { pixmap: colored.pixmap, blank, extent: grid.extent(), outline };
        let figure = Figure::new(page, &spec, sky, Some(&bar))?.with_overlay(&spec, &overlay)?;
        let warn = |message: &str| listener.warn(&in_file(job, message));
        bar::warn_of_lost_labels(job, figure.colorbar(), warn);
        bar::warn_of_cut(figure.cut_texts(), warn);
        Ok(Drawn { figure, bar, spec })
    })
}

/// The map projected onto the picture's pixels, and what lies beneath its masks.
fn sampled(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    grid: &Grid,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<(Sampled, Option<SkyRaster>)> {
    let mut sampled = project(job, map, view, grid, profile, listener)?;
    let mut beneath = match &map.unmasked {
        Some(map) => Some(project(job, map, view, grid, profile, listener)?.raster),
        None => None,
    };
    if let Some(least) = bar::parted_from_nothing(job, &sampled.of_map) {
        normalise::part(&mut sampled.raster, least);
        beneath.iter_mut().for_each(|raster| normalise::part(raster, least));
    }
    Ok((sampled, beneath))
}

/// Writes a finished page, which `draw` makes the bytes of in a format, to files, or shows it with its caption.
fn write_page(
    outputs: &[Output],
    draw: impl Fn(Format, &mut Vec<u8>) -> Result<(), DrawError>,
    caption: &str,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<()> {
    for Output { target, kind } in outputs {
        let OutputKind::Figure(format) = *kind else { continue };
        if let Target::Terminal(screen) = target {
            shown::show(|bytes| draw(format, bytes), screen, caption, profile)?;
        } else {
            write_bytes(target, |bytes| draw(format, bytes), profile)?;
            listener.note(&format!("wrote {target}"));
        }
    }
    Ok(())
}

/// Lets `draw` make a file's bytes and writes them.
fn write_bytes(
    target: &Target,
    draw: impl FnOnce(&mut Vec<u8>) -> Result<(), DrawError>,
    profile: &mut Profile,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    profile.time(Stage::Draw, || draw(&mut bytes))?;
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
        (None, Some(unit)) => Unit::labelled(unit).unwrap_or_else(|_| Unit::parse(unit)),
        (None, None) => Unit::default(),
    };
    // A name may hold what would be a formula.
    let title = match &style.title {
        Some(name) if style.title_is_name => RichText::plain(name),
        title => text(title)?,
    };
    Ok(FigureSpec {
        width: style.page_width,
        pixels: style.width,
        title,
        title_is_name: style.title_is_name,
        left_label: text(&style.left_label)?,
        right_label: text(&style.right_label)?,
        units,
        colorbar: job.bar.position,
        bar_label: text(&job.bar.label)?,
        ticks: bar::ticks(job, map),
        tick_format: job.bar.format.clone(),
        tick_direction: job.bar.direction,
        swatches: bar::swatches(job)?,
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
        creator: creator(job),
        command: Some(job.command.clone()),
        date: job.date,
    }
}

/// The program, its version, and the mark that `--skip-existing` looks for.
fn creator(job: &Job) -> String {
    format!("{CREATOR} [{}]", current::mark(job))
}

fn in_file(job: &Job, message: &str) -> String {
    format!("{}: {message}", spelling::name(&job.input))
}
