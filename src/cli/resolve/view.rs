//! How the sky is laid out.

use super::UsageError;
use crate::cli::args::{FlipName, SamplingName, ViewArgs, ZoomName};
use crate::cli::parse;
use crate::pipeline::{Fit, Sampling, ViewSettings};
use crate::projection::{Field, Flip, Kind};
use crate::sky::LonLat;

pub(super) fn view(args: &ViewArgs) -> Result<ViewSettings, UsageError> {
    let frame = |name: &str, text: &Option<String>| {
        let frame = text.as_deref().map(str::parse).transpose();
        frame.map_err(|e| UsageError::option(name, e))
    };
    if !args.roll.is_finite() {
        return Err(UsageError::new("--roll: expected an angle in degrees"));
    }
    Ok(ViewSettings {
        projection: projection(args),
        fit: fit(args)?,
        half_sky: half_sky(args)?,
        field: field(args)?,
        input_frame: frame("input-coord", &args.input_coord)?,
        output_frame: frame("output-coord", &args.output_coord)?,
        center: center(args)?,
        roll: args.roll.to_radians(),
        full_resolution: args.no_downgrade,
        flip: match args.flip {
            FlipName::Astro => Flip::Astro,
            FlipName::Geo => Flip::Geo,
        },
        sampling: match args.sampling {
            SamplingName::Area => Sampling::Area,
            SamplingName::Nearest => Sampling::Nearest,
            SamplingName::Bilinear => Sampling::Bilinear,
        },
    })
}

/// The projection: a patch of sky is best shown with equal areas about its centre.
fn projection(args: &ViewArgs) -> Kind {
    let default = if args.zoom.is_some() { Kind::Lambert } else { Kind::Mollweide };
    args.projection.unwrap_or(default)
}

fn fit(args: &ViewArgs) -> Result<Option<Fit>, UsageError> {
    let Some(ZoomName::Fit) = args.zoom else { return Ok(None) };
    let given = args.rotate_to.is_some() || args.lon.is_some() || args.lat.is_some();
    let center = given.then(|| center(args)).transpose()?;
    Ok(Some(Fit { center, whole: args.projection.unwrap_or(Kind::Mollweide) }))
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
    for (name, angle) in [("lon", lon), ("lat", lat)] {
        if !angle.is_finite() {
            let message = format!("--{name}: expected an angle in degrees, found {angle}");
            return Err(UsageError::new(message));
        }
    }
    if !(-90.0..=90.0).contains(&lat) {
        return Err(UsageError::new(format!("--{option}: the latitude {lat} is beyond a pole")));
    }
    Ok(LonLat::from_degrees(lon, lat))
}

fn half_sky(args: &ViewArgs) -> Result<bool, UsageError> {
    if args.half_sky && !projection(args).has_half_sky() {
        let name = projection(args).name();
        return Err(UsageError::new(format!("--half-sky: {name} does not show hemispheres"))
            .hint("hemispheres: orthographic, stereographic, lambert or azimuthal-equidistant")
            .between(&["half_sky", "projection"]));
    }
    Ok(args.half_sky)
}

/// The largest field of view in arc minutes: beyond it no projection has anything to show but blank plane.
const WIDEST: f64 = 3600.0 * 60.0;
/// The smallest field of view and the smallest pixel in arc minutes: below, directions are no longer told apart.
const NARROWEST: [f64; 2] = [1e-6, 1e-9];

/// How much of the projection to show. `--fov` goes before `--res`, which then only tells how many pixels an array has.
fn field(args: &ViewArgs) -> Result<Field, UsageError> {
    for ((option, value), least) in
        [("fov", args.fov), ("res", args.res)].into_iter().zip(NARROWEST)
    {
        if let Some(value) = value.filter(|v| !(*v >= least && *v <= WIDEST)) {
            return Err(UsageError::new(format!(
                "--{option}: expected a positive number of arc minutes, from {least:e} to {WIDEST}, found {value}"
            )));
        }
    }
    let arcmin = |value: f64| (value / 60.0).to_radians();
    if let Some(text) = &args.extent {
        return extent(args, text);
    }
    Ok(match (args.fov, args.res) {
        (Some(fov), _) => Field::Angle(arcmin(fov)),
        (None, Some(res)) => Field::Resolution(arcmin(res)),
        (None, None) => Field::Whole,
    })
}

/// The most that a range of latitudes is of one of longitudes.
const TALLEST: f64 = 40.0;

fn extent(args: &ViewArgs, text: &str) -> Result<Field, UsageError> {
    let wrong = |why: String| UsageError::option("extent", why);
    let unfit = |why: String| Err(wrong(why).between(&["extent", "projection"]));
    let kind = projection(args);
    let name = kind.name();
    if !kind.has_extent() {
        return unfit(format!("{name} does not show it as a rectangle: use cartesian, or --fov"));
    }
    let sides = parse::numbers(text).map_err(wrong)?;
    let [_, _, south, north] = sides;
    if kind == Kind::Mercator && (south == -90.0 || north == 90.0) {
        return unfit(format!("the poles are infinitely far away in {name}"));
    }
    rectangle(sides).map_err(wrong)
}

/// The field between these longitudes and latitudes in degrees.
fn rectangle([west, east, south, north]: [f64; 4]) -> Result<Field, String> {
    if !(-90.0 <= south && south < north && north <= 90.0) {
        return Err(format!("expected -90 <= LAT0 < LAT1 <= 90, found {south} and {north}"));
    }
    if (east - west).abs() > 360.0 {
        return Err(format!(
            "expected at most a full turn between LON0 and LON1, found {west} and {east}"
        ));
    }
    // Of large numbers the sum with the span would be themselves.
    let (west, east) = (west % 360.0, east - (west - west % 360.0));
    // As on the sphere: from 350 to 10 are 20 degrees, and from a longitude to itself is the full turn.
    let span = match (east - west).rem_euclid(360.0) {
        0.0 => 360.0,
        span => span,
    };
    if north - south > TALLEST * span {
        return Err(format!(
            "{south} to {north} in latitude is more than {TALLEST} times {span} in longitude"
        ));
    }
    Ok(Field::Extent {
        lon: [west, west + span].map(f64::to_radians),
        lat: [south, north].map(f64::to_radians),
    })
}
