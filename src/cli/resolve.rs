//! From arguments as typed to jobs with every setting resolved; every mistake in the arguments ends here.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::args::{
    BarPlace, DrawArgs, FlipName, RangeName, SamplingName, ThemeName, ValueArgs, ViewArgs,
};
use super::command::recorded;
use super::parse;
use crate::colormap::{Colormap, Rgba};
use crate::figure::{ColorbarPosition, Theme};
use crate::pipeline::{Job, OutputKind, Sampling, Style, Target, ViewSettings};
use crate::projection::{Field, Flip, Kind};
use crate::sky::LonLat;
use crate::stages::colorize::Palette;
use crate::stages::load::{Choice, Pick};
use crate::stages::normalise::{Asked, Range, ScaleKind};

/// A mistake in the arguments: what is wrong, and perhaps the way out.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong, naming the option.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

impl UsageError {
    /// A mistake whose text says it all.
    pub fn new(message: impl Into<String>) -> Self {
        UsageError { message: message.into(), hint: None }
    }

    /// Adds the way out.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        UsageError { hint: Some(hint.into()), ..self }
    }

    /// Puts the option's name before an error in its value.
    pub fn option(name: &str, error: impl std::fmt::Display) -> Self {
        UsageError::new(format!("--{name}: {error}"))
    }
}

/// The jobs that the arguments ask for. `typed` are all arguments after the program's name, for the figures' metadata.
///
/// # Errors
/// The first mistake found.
pub fn jobs(args: &DrawArgs, typed: &[OsString]) -> Result<Vec<Job>, UsageError> {
    let (maps, output) = maps_and_output(args)?;
    let date = source_date()?;
    maps.iter()
        .map(|map| {
            let (target, kind) = target(map, output.as_deref(), args.output.format.as_deref())?;
            Ok(Job {
                input: PathBuf::from(map),
                choice: choice(args)?,
                view: view(&args.view)?,
                data_scale: data_scale(&args.values)?,
                limits: limits(&args.values)?,
                scale: scale(&args.values)?,
                palette: palette(args)?,
                style: style(kind, args)?,
                target,
                kind,
                command: recorded(typed, &args.maps, map),
                date,
            })
        })
        .collect()
}

/// The input files, and the output file where one is named: by `-o`, or as the second of two names.
fn maps_and_output(args: &DrawArgs) -> Result<(Vec<OsString>, Option<OsString>), UsageError> {
    if let Some(output) = &args.output.output {
        if args.maps.len() > 1 {
            return Err(UsageError::new(format!(
                "-o names one output for {} maps",
                args.maps.len()
            ))
            .hint("leave -o out: each map is drawn to its own file in this folder"));
        }
        return Ok((args.maps.clone(), Some(output.clone())));
    }
    if let [map, second] = args.maps.as_slice() {
        let kind = extension(second).and_then(OutputKind::from_extension);
        let is_output = match kind {
            Some(OutputKind::Fits) => !Path::new(second).exists(),
            other => other.is_some(),
        };
        if is_output {
            return Ok((vec![map.clone()], Some(second.clone())));
        }
    }
    Ok((args.maps.clone(), None))
}

fn extension(path: &OsStr) -> Option<&str> {
    Path::new(path).extension().and_then(OsStr::to_str)
}

fn known_formats() -> String {
    OutputKind::all().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

fn target(
    map: &OsStr,
    output: Option<&OsStr>,
    format: Option<&str>,
) -> Result<(Target, OutputKind), UsageError> {
    let named = format
        .map(|name| {
            OutputKind::from_extension(name).ok_or_else(|| {
                UsageError::new(format!("unknown format '{name}'"))
                    .hint(format!("known formats: {}", known_formats()))
            })
        })
        .transpose()?;
    match output {
        Some(path) if path == "-" => {
            let hint = "such as --format png";
            let missing = || UsageError::new("-o - needs a --format").hint(hint);
            Ok((Target::Stdout, named.ok_or_else(missing)?))
        }
        Some(path) => {
            let from_name = extension(path).and_then(OutputKind::from_extension);
            let kind = named.or(from_name).ok_or_else(|| {
                let name = Path::new(path).display();
                UsageError::new(format!("the extension of {name} names no known format"))
                    .hint(format!("known formats: {}; --format chooses one", known_formats()))
            })?;
            Ok((Target::File(PathBuf::from(path)), kind))
        }
        None => {
            let kind = named.unwrap_or(OutputKind::Figure(crate::draw::Format::Pdf));
            let extension = OutputKind::all().find(|(_, k)| *k == kind).map_or("pdf", |(e, _)| e);
            let mut name = stem(Path::new(map));
            name.push(".");
            name.push(extension);
            if Path::new(map) == Path::new(&name) {
                return Err(UsageError::new("the output would replace the map")
                    .hint("name another file with -o"));
            }
            Ok((Target::File(PathBuf::from(name)), kind))
        }
    }
}

/// The file's name without folder, compression suffix and extension.
fn stem(path: &Path) -> OsString {
    let name = Path::new(path.file_name().unwrap_or(path.as_os_str()));
    let packed = ["gz", "bz2", "zst", "fz"].iter().any(|e| name.extension() == Some(OsStr::new(e)));
    let name = if packed { Path::new(name.file_stem().unwrap_or(name.as_os_str())) } else { name };
    name.file_stem().unwrap_or(name.as_os_str()).to_os_string()
}

fn choice(args: &DrawArgs) -> Result<Choice, UsageError> {
    let ordering = args.input.ordering.as_deref().map(str::parse).transpose();
    Ok(Choice {
        hdu: args.input.hdu.as_deref().map(Pick::parse),
        column: args.input.col.as_deref().map(Pick::parse),
        ordering: ordering.map_err(|e| UsageError::option("ordering", e))?,
    })
}

fn view(args: &ViewArgs) -> Result<ViewSettings, UsageError> {
    let frame = |name: &str, text: &Option<String>| {
        let frame = text.as_deref().map(str::parse).transpose();
        frame.map_err(|e| UsageError::option(name, e))
    };
    if !args.roll.is_finite() {
        return Err(UsageError::new("--roll: expected an angle in degrees"));
    }
    Ok(ViewSettings {
        projection: args.projection,
        half_sky: half_sky(args)?,
        field: field(args)?,
        input_frame: frame("input-coord", &args.input_coord)?,
        output_frame: frame("output-coord", &args.output_coord)?,
        center: center(args)?,
        roll: args.roll.to_radians(),
        flip: match args.flip {
            FlipName::Astro => Flip::Astro,
            FlipName::Geo => Flip::Geo,
        },
        sampling: match args.sampling {
            SamplingName::Area => Sampling::Area,
            SamplingName::Nearest => Sampling::Nearest,
        },
    })
}

/// The point in the middle: `--rotate-to`, or `--lon` and `--lat`.
fn center(args: &ViewArgs) -> Result<LonLat, UsageError> {
    let (lon, lat, option) = match &args.rotate_to {
        Some(text) => {
            let [lon, lat] = parse::pair(text).map_err(|e| UsageError::option("rotate-to", e))?;
            (lon, lat, "rotate-to")
        }
        None => (args.lon.unwrap_or(0.0), args.lat.unwrap_or(0.0), "lat"),
    };
    if !lon.is_finite() {
        return Err(UsageError::new("--lon: expected an angle in degrees"));
    }
    if !(-90.0..=90.0).contains(&lat) {
        return Err(UsageError::new(format!("--{option}: the latitude {lat} is beyond a pole")));
    }
    Ok(LonLat::from_degrees(lon, lat))
}

fn half_sky(args: &ViewArgs) -> Result<bool, UsageError> {
    if args.half_sky && !args.projection.has_half_sky() {
        let name = args.projection.name();
        return Err(UsageError::new(format!("--half-sky: {name} shows the whole sky"))
            .hint("hemispheres: orthographic, stereographic, lambert or azimuthal-equidistant"));
    }
    Ok(args.half_sky)
}

/// The largest field of view: beyond it no projection has anything to show but blank plane.
const WIDEST: f64 = 3600.0 * 60.0;

/// How much of the projection to show. `--fov` goes before `--res`, which then only tells how many pixels an array has.
fn field(args: &ViewArgs) -> Result<Field, UsageError> {
    for (option, value) in [("fov", args.fov), ("res", args.res)] {
        if let Some(value) = value.filter(|v| !(*v > 0.0 && *v <= WIDEST)) {
            return Err(UsageError::new(format!(
                "--{option}: expected a positive number of arc minutes, found {value}"
            )));
        }
    }
    let arcmin = |value: f64| (value / 60.0).to_radians();
    if let Some(text) = &args.extent {
        return extent(args, text).map_err(|e| UsageError::option("extent", e));
    }
    Ok(match (args.fov, args.res) {
        (Some(fov), _) => Field::Angle(arcmin(fov)),
        (None, Some(res)) => Field::Resolution(arcmin(res)),
        (None, None) => Field::Whole,
    })
}

fn extent(args: &ViewArgs, text: &str) -> Result<Field, String> {
    let name = args.projection.name();
    if !args.projection.has_extent() {
        return Err(format!("{name} does not show it as a rectangle: use cartesian, or --fov"));
    }
    let [west, east, south, north] = parse::numbers(text)?;
    if !(-90.0 <= south && south < north && north <= 90.0) {
        return Err(format!("expected -90 <= LAT0 < LAT1 <= 90, found {south} and {north}"));
    }
    if args.projection == Kind::Mercator && (south == -90.0 || north == 90.0) {
        return Err(format!("the poles are infinitely far away in {name}"));
    }
    // As on the sphere: from 350 to 10 are 20 degrees, and from a longitude to itself is the full turn.
    let span = match (east - west).rem_euclid(360.0) {
        0.0 => 360.0,
        span => span,
    };
    Ok(Field::Extent {
        lon: [west, west + span].map(f64::to_radians),
        lat: [south, north].map(f64::to_radians),
    })
}

fn data_scale(args: &ValueArgs) -> Result<(f64, f64), UsageError> {
    if !args.scale.is_finite() || args.scale == 0.0 {
        return Err(UsageError::new(format!("--scale: expected a factor, found {}", args.scale)));
    }
    if !args.offset.is_finite() {
        return Err(UsageError::new(format!("--offset: expected a number, found {}", args.offset)));
    }
    Ok((args.scale, args.offset))
}

fn limits(args: &ValueArgs) -> Result<Asked, UsageError> {
    for (name, value) in [("min", args.min), ("max", args.max)] {
        if value.is_some_and(|v| !v.is_finite()) {
            return Err(UsageError::new(format!("--{name}: expected a finite number")));
        }
    }
    if let (Some(min), Some(max)) = (args.min, args.max)
        && min >= max
    {
        return Err(UsageError::new(format!("--min {min} is not below --max {max}")));
    }
    if args.log
        && let Some(min) = args.min.filter(|min| *min <= 0.0)
    {
        return Err(UsageError::new(format!("--log needs a positive --min: found {min}"))
            .hint("leave --min out to start at the smallest positive value, or use --asinh"));
    }
    if args.symmetric && args.log {
        return Err(UsageError::new(
            "--symmetric and --log exclude each other: a log scale has no zero",
        ));
    }
    let range = match (&args.percentile, args.range) {
        (Some(text), _) => {
            let [low, high] = parse::pair(text).map_err(|e| UsageError::option("percentile", e))?;
            if !(0.0 <= low && low < high && high <= 100.0) {
                let message = format!("--percentile: expected 0 <= LO < HI <= 100, found {text}");
                return Err(UsageError::new(message));
            }
            Range::Percentile(low, high)
        }
        (None, RangeName::Full) => Range::Full,
        (None, RangeName::Auto) => Range::Auto,
    };
    Ok(Asked { min: args.min, max: args.max, range, symmetric: args.symmetric })
}

fn scale(args: &ValueArgs) -> Result<ScaleKind, UsageError> {
    if let Some(linthresh) = args.linthresh.filter(|v| !(*v > 0.0 && v.is_finite())) {
        let message = format!("--linthresh: expected a positive number, found {linthresh}");
        return Err(UsageError::new(message));
    }
    Ok(match (args.log, args.asinh) {
        (true, _) => ScaleKind::Log,
        (_, true) => ScaleKind::Asinh { linthresh: args.linthresh },
        _ => ScaleKind::Linear,
    })
}

fn theme(args: &DrawArgs) -> Result<Theme, UsageError> {
    let theme = match args.figure.theme {
        ThemeName::Light => Theme::light(),
        ThemeName::Dark => Theme::dark(),
        ThemeName::Planck => Theme::planck(),
    };
    let theme = match color("bg-color", &args.colors.bg_color)? {
        Some(page) => theme.on_page(page),
        None => theme,
    };
    Ok(if args.figure.transparent { theme.transparent() } else { theme })
}

fn palette(args: &DrawArgs) -> Result<Palette, UsageError> {
    let colors = &args.colors;
    Ok(Palette {
        colormap: Colormap::parse(&colors.cmap).map_err(|e| UsageError::option("cmap", e))?,
        under: color("under-color", &colors.under_color)?,
        over: color("over-color", &colors.over_color)?,
        bad: color("bad-color", &colors.bad_color)?.unwrap_or(theme(args)?.bad),
    })
}

fn color(option: &str, text: &Option<String>) -> Result<Option<Rgba>, UsageError> {
    let color = text.as_deref().map(Rgba::parse).transpose();
    color.map_err(|e| UsageError::option(option, e))
}

/// The width of an array: `--width`, or what `--fov` and `--res` make together.
fn array_width(width: Option<u32>, view: &ViewArgs) -> Result<u32, UsageError> {
    let (Some(fov), Some(res)) = (view.fov, view.res) else { return Ok(width.unwrap_or(WIDTH)) };
    let pixels = (fov / res).round();
    if !(16.0..=32_000.0).contains(&pixels) {
        let message = format!("--fov {fov} at --res {res} makes an array {pixels} pixels wide");
        return Err(UsageError::new(message).hint("it has to be 16 to 32000 pixels wide"));
    }
    match width {
        Some(width) if f64::from(width) != pixels => {
            let message = format!("--fov {fov} at --res {res} has {pixels} pixels, not {width}");
            Err(UsageError::new(message).hint("leave one of --fov, --res and --width out"))
        }
        _ => Ok(pixels as u32),
    }
}

/// Width of the page where none is given: between one and two columns of a journal.
const PAGE_WIDTH: &str = "12cm";
/// Width in pixels where none is given.
const WIDTH: u32 = 1200;

fn style(kind: OutputKind, args: &DrawArgs) -> Result<Style, UsageError> {
    let (output, figure) = (&args.output, &args.figure);
    let size = output.figsize.as_deref().unwrap_or(PAGE_WIDTH);
    let page_width = parse::length(size).map_err(|e| UsageError::option("figsize", e))?;
    let width = match output.dpi {
        Some(dpi) if (1.0..=10_000.0).contains(&dpi) => (page_width / 72.0 * dpi).round() as u32,
        Some(dpi) => {
            return Err(UsageError::new(format!("--dpi: expected 1 to 10000, found {dpi}")));
        }
        None if matches!(kind, OutputKind::Figure(_)) => output.width.unwrap_or(WIDTH),
        None => array_width(output.width, &args.view)?,
    };
    if !(16..=32_000).contains(&width) {
        let message = format!("--figsize and --dpi make a figure {width} pixels wide");
        return Err(UsageError::new(message).hint("it has to be 16 to 32000 pixels wide"));
    }
    Ok(Style {
        width: width as usize,
        page_width,
        title: figure.title.clone(),
        units: figure.units.clone(),
        left_label: figure.llabel.clone(),
        right_label: figure.rlabel.clone(),
        colorbar: match figure.cbar_position {
            _ if figure.no_cbar => ColorbarPosition::Nowhere,
            BarPlace::Bottom => ColorbarPosition::Bottom,
            BarPlace::Right => ColorbarPosition::Right,
            BarPlace::None => ColorbarPosition::Nowhere,
        },
        border: !figure.no_border,
        theme: theme(args)?,
    })
}

/// SOURCE_DATE_EPOCH, which reproducible builds set.
fn source_date() -> Result<Option<i64>, UsageError> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.to_str().and_then(|t| t.trim().parse().ok());
    // Years 1970 to 9999, as dates in files have four digits.
    match seconds.filter(|s| (0..253_402_300_800).contains(s)) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(UsageError::new(
            "the environment variable SOURCE_DATE_EPOCH is no number of seconds",
        )),
    }
}
