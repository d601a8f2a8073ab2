//! Options on how the sky is laid out.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::projection::Kind;

/// How the sky is laid out.
#[derive(Args, Debug)]
#[command(next_help_heading = "View")]
pub struct ViewArgs {
    /// Projection [default: mollweide; lambert with --zoom fit]
    #[arg(long, value_parser = projections(), ignore_case = true, value_name = "NAME")]
    pub projection: Option<Kind>,
    /// Show only the hemisphere about the point in the middle. Without it, orthographic and stereographic show both side by side,
    /// azimuthal-equidistant and lambert the whole sky in one disc; other projections have no hemispheres
    #[arg(long)]
    pub half_sky: bool,
    /// Frame of the map, and of that of --minus, --ratio or --difference, in place of what the headers say: gal, eq or ecl
    /// [default: the header's, or gal where it names none]
    #[arg(long, value_name = "FRAME")]
    pub input_coord: Option<String>,
    /// Frame of the picture: gal, eq or ecl [default: that of the map]
    #[arg(long, value_name = "FRAME")]
    pub output_coord: Option<String>,
    /// Point in the middle, in degrees of the picture's frame
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    pub rotate_to: Option<String>,
    /// Longitude of the point in the middle, in degrees
    #[arg(
        long,
        alias = "gnom-lon",
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "rotate_to"
    )]
    pub lon: Option<f64>,
    /// Latitude of the point in the middle, in degrees
    #[arg(
        long,
        alias = "gnom-lat",
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "rotate_to"
    )]
    pub lat: Option<f64>,
    /// Turn of the sky about the middle, in degrees
    #[arg(long, value_name = "DEG", default_value_t = 0.0, allow_hyphen_values = true)]
    pub roll: f64,
    /// Where east is: left as on the sky (astro), or right as on maps of the Earth (geo)
    #[arg(long, value_enum, value_name = "WAY", default_value = "astro")]
    pub flip: FlipName,
    /// Side of a square field about the middle, in arc minutes [default: all that the projection shows, 300 for gnomonic]
    #[arg(long, alias = "gnom-width", value_name = "ARCMIN", allow_negative_numbers = true)]
    pub fov: Option<f64>,
    /// Side of a picture pixel in the middle, in arc minutes
    #[arg(long, alias = "gnom-res", value_name = "ARCMIN", allow_negative_numbers = true)]
    pub res: Option<f64>,
    /// Frame the map's good pixels, with the point in the middle chosen too where none is given
    #[arg(long, value_enum, value_name = "HOW", conflicts_with_all = ["fov", "res", "extent"])]
    pub zoom: Option<ZoomName>,
    /// Longitudes and latitudes to show, in degrees from the point in the middle: for cartesian and mercator
    #[arg(long, value_name = "LON0,LON1,LAT0,LAT1", allow_hyphen_values = true, conflicts_with_all = ["fov", "res"])]
    pub extent: Option<String>,
    /// Average the map's own pixels over each picture pixel, however many these are; without it, maps that are much finer than the picture are first averaged to HEALPix pixels of a quarter of a picture pixel at most, which blurs by a fraction of that
    #[arg(long)]
    pub no_downgrade: bool,
    /// Value of a picture pixel: the average over its area, the nearest HEALPix pixel as healpy's views take it, or between the four nearest as healpy's get_interp_val
    #[arg(long, value_enum, value_name = "HOW", default_value = "area")]
    pub sampling: SamplingName,
}

/// Takes the name of a projection.
fn projections() -> impl TypedValueParser<Value = Kind> {
    let known = Kind::ALL
        .map(|kind| PossibleValue::new(kind.name()).aliases(kind.aliases()).help(kind.summary()));
    PossibleValuesParser::new(known)
        .try_map(|name| Kind::from_name(&name).ok_or("no such projection"))
}

/// What a zoomed picture shows.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ZoomName {
    /// The good pixels
    Fit,
}

/// Which way east is.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlipName {
    /// East left
    Astro,
    /// East right
    Geo,
}

/// How picture pixels take their values.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SamplingName {
    /// Average over the pixel's area
    Area,
    /// HEALPix pixel at the pixel's centre
    Nearest,
    /// Between the four HEALPix pixels about the pixel's centre, of which bad ones do not count
    Bilinear,
}
