//! The command line as typed.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::projection::Kind;

/// Turns a HEALPix sky map into a publication-quality figure.
///
/// Reads the map's FITS file once, averages it to the resolution of the picture, and draws it with its
/// outline, labels and colour bar as PDF, PNG or SVG; or writes the projected values as a NumPy array
/// or a FITS image.
#[derive(Parser, Debug)]
#[command(
    name = "map2fig",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_long_help = EXAMPLES,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do instead of drawing.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// How to draw.
    #[command(flatten)]
    pub draw: DrawArgs,
}

const EXAMPLES: &str = "\
Examples:
  map2fig map.fits                                  map.pdf, Mollweide, automatic range
  map2fig map.fits -o sky.png --width 2400          twice the default resolution
  map2fig map.fits -o sky.pdf --min -3e-4 --max 3e-4 --title 'CMB temperature'
  map2fig map.fits -o q.svg --col Q_STOKES --cmap RdBu_r --symmetric
  map2fig map.fits -o sky.png --input-coord gal --output-coord eq --rotate-to 180,0
  map2fig hits.fits -o hits.pdf --log --theme dark
  map2fig map.fits -o sky.npy --sampling nearest    projected values for a script
  map2fig info map.fits                             what is in the file

Exit status: 0 all maps drawn, 1 at least one failed, 2 wrong usage.";

/// Commands besides drawing.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Show what is in files: HDUs, HEALPix facts, columns with their statistics
    Info(InfoArgs),
}

/// Arguments of `map2fig info`.
#[derive(Args, Debug)]
pub struct InfoArgs {
    /// FITS files
    #[arg(required = true, value_name = "MAP")]
    pub maps: Vec<OsString>,
    /// One HDU only: its number or EXTNAME; with statistics even if it is no HEALPix map
    #[arg(long, value_name = "N|NAME")]
    pub hdu: Option<String>,
    /// Print the header cards in place of the statistics; no data are read
    #[arg(long)]
    pub header: bool,
    /// Print JSON for programs
    #[arg(long)]
    pub json: bool,
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// Arguments of a drawing run.
#[derive(Args, Debug)]
pub struct DrawArgs {
    /// FITS files with HEALPix maps; `map2fig in.fits out.png` names the output too
    #[arg(required = true, value_name = "MAP")]
    pub maps: Vec<OsString>,
    /// Which map of the file.
    #[command(flatten)]
    pub input: InputArgs,
    /// Where the figure goes.
    #[command(flatten)]
    pub output: OutputArgs,
    /// How the sky is laid out.
    #[command(flatten)]
    pub view: ViewArgs,
    /// From data to the colour scale.
    #[command(flatten)]
    pub values: ValueArgs,
    /// Colours.
    #[command(flatten)]
    pub colors: ColorArgs,
    /// Text and lines.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// How the program runs.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Which map of the file.
#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Column: its number, from 0, or its name [default: 0]
    #[arg(short = 'i', long, value_name = "N|NAME")]
    pub col: Option<String>,
    /// Table: its HDU number or EXTNAME [default: the first with a HEALPix map]
    #[arg(long, value_name = "N|NAME")]
    pub hdu: Option<String>,
    /// Pixel ordering, ring or nested, whatever the header says
    #[arg(long, value_name = "ORDER")]
    pub ordering: Option<String>,
}

/// Where the figure goes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// File to write, its extension tells the format; `-` is standard output [default: MAP's stem with .pdf]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<OsString>,
    /// Format, whatever the extension says: pdf, png, svg, npy or fits
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Width of the figure in pixels; of the sky itself for npy and fits [default: 1200]
    #[arg(short, long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=32_000))]
    pub width: Option<u32>,
    /// Width of the figure on paper, such as 8.8cm, 180mm, 7in or 500pt [default: 12cm]
    #[arg(long, value_name = "SIZE")]
    pub figsize: Option<String>,
    /// Pixels per inch, in place of --width
    #[arg(long, value_name = "DPI", conflicts_with = "width")]
    pub dpi: Option<f64>,
}

/// How the sky is laid out.
#[derive(Args, Debug)]
#[command(next_help_heading = "View")]
pub struct ViewArgs {
    /// Projection
    #[arg(long, value_parser = projections(), ignore_case = true, value_name = "NAME", default_value = "mollweide")]
    pub projection: Kind,
    /// Show one hemisphere: for orthographic and stereographic, otherwise both side by side, azimuthal-equidistant and lambert
    #[arg(long)]
    pub half_sky: bool,
    /// Frame of the map, whatever its header says: gal, eq or ecl
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
    /// Longitudes and latitudes to show, in degrees from the point in the middle: for cartesian and mercator
    #[arg(long, value_name = "LON0,LON1,LAT0,LAT1", allow_hyphen_values = true, conflicts_with_all = ["fov", "res"])]
    pub extent: Option<String>,
    /// Value of a picture pixel: the average over its area, or the nearest HEALPix pixel as healpy takes it
    #[arg(long, value_enum, value_name = "HOW", default_value = "area")]
    pub sampling: SamplingName,
}

/// From data to the colour scale.
#[derive(Args, Debug)]
#[command(next_help_heading = "Values")]
pub struct ValueArgs {
    /// Lower end of the colour scale
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    pub min: Option<f64>,
    /// Upper end of the colour scale
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    pub max: Option<f64>,
    /// Ends of the colour scale as percentiles of the values in view
    #[arg(long, value_name = "LO,HI", conflicts_with = "range")]
    pub percentile: Option<String>,
    /// Range where no number is given: what suits the data (for most, the 1st to the 99th percentile), or all values
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
    pub range: RangeName,
    /// Widen the range to the same distance on either side of zero
    #[arg(long)]
    pub symmetric: bool,
    /// Factor on the data
    #[arg(long, value_name = "F", default_value_t = 1.0, allow_hyphen_values = true)]
    pub scale: f64,
    /// Number added to the data after the factor
    #[arg(long, value_name = "F", default_value_t = 0.0, allow_hyphen_values = true)]
    pub offset: f64,
    /// Logarithmic colour scale
    #[arg(long, conflicts_with = "asinh")]
    pub log: bool,
    /// Colour scale that is linear about zero and logarithmic beyond --linthresh
    #[arg(long)]
    pub asinh: bool,
    /// Where the linear part of --asinh ends [default: the median absolute value]
    #[arg(long, value_name = "V", requires = "asinh")]
    pub linthresh: Option<f64>,
}

/// Colours.
#[derive(Args, Debug)]
#[command(
    next_help_heading = "Colours (#rgb, #rrggbb, #rrggbbaa, r,g,b[,a], a CSS name or transparent)"
)]
pub struct ColorArgs {
    /// Colour table: planck, planck-log, wmap, or one of matplotlib, cmocean, crameri, colorcet or cmasher;
    /// _r reverses it; own stops as '#0b3d91,white,#c00'
    #[arg(short, long, value_name = "NAME", default_value = "planck")]
    pub cmap: String,
    /// Pixels without data [default: grey]
    #[arg(long, value_name = "COLOR")]
    pub bad_color: Option<String>,
    /// The page
    #[arg(long, value_name = "COLOR")]
    pub bg_color: Option<String>,
    /// Values below the range [default: the table's first colour]
    #[arg(long, value_name = "COLOR")]
    pub under_color: Option<String>,
    /// Values above the range [default: the table's last colour]
    #[arg(long, value_name = "COLOR")]
    pub over_color: Option<String>,
}

/// Text and lines.
#[derive(Args, Debug)]
#[command(next_help_heading = "Figure")]
pub struct FigureArgs {
    /// Title above the sky
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Unit at the colour bar [default: the file's TUNIT]
    #[arg(long, value_name = "TEXT")]
    pub units: Option<String>,
    /// Label at the upper left of the sky
    #[arg(long, value_name = "TEXT")]
    pub llabel: Option<String>,
    /// Label at the upper right of the sky
    #[arg(long, value_name = "TEXT")]
    pub rlabel: Option<String>,
    /// Where the colour bar is
    #[arg(long, value_enum, value_name = "PLACE", default_value = "bottom")]
    pub cbar_position: BarPlace,
    /// Leave the colour bar out
    #[arg(long)]
    pub no_cbar: bool,
    /// Leave the line around the sky out
    #[arg(long)]
    pub no_border: bool,
    /// Make the page transparent
    #[arg(long)]
    pub transparent: bool,
    /// Colours of page, text and lines
    #[arg(long, value_enum, value_name = "NAME", default_value = "light")]
    pub theme: ThemeName,
}

/// How the program runs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Print where the time went on standard error, as a table or as json
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "table"
    )]
    pub profile: Option<ProfileForm>,
    /// Say what is found and done
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

/// Takes the name of a projection.
fn projections() -> impl TypedValueParser<Value = Kind> {
    let known = Kind::ALL
        .map(|kind| PossibleValue::new(kind.name()).aliases(kind.aliases()).help(kind.summary()));
    PossibleValuesParser::new(known)
        .try_map(|name| Kind::from_name(&name).ok_or("no such projection"))
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
}

/// Where the range comes from.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RangeName {
    /// What suits the data
    Auto,
    /// Smallest to largest value
    Full,
}

/// Places of the colour bar.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum BarPlace {
    /// Below the sky
    Bottom,
    /// At the right of the sky
    Right,
    /// Nowhere
    None,
}

/// Page styles.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThemeName {
    /// Dark on white
    Light,
    /// Light on black
    Dark,
    /// As in the Planck papers
    Planck,
}

/// Forms of the profile.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProfileForm {
    /// A table for people
    Table,
    /// JSON for programs
    Json,
}
