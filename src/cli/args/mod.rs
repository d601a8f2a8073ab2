//! The command line as typed.

use std::ffi::OsString;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

mod bar;
mod batch;
mod colors;
mod figure;
mod graticule;
mod input;
mod output;
mod prepare;
mod run;
mod text;
mod values;
mod view;

pub use bar::{BarArgs, BarPlace, ExtendName, TickName};
pub use batch::{BatchArgs, SharedName};
pub use colors::ColorArgs;
pub use figure::FigureArgs;
pub use graticule::{GratFormat, GraticuleArgs};
pub use input::InputArgs;
pub use output::{OutputArgs, ShowForm};
pub use prepare::PrepareArgs;
pub use run::{ProfileForm, RunArgs};
pub use text::TextArgs;
pub use values::{NegMode, RangeFromName, RangeName, ValueArgs};
pub use view::{FlipName, SamplingName, ViewArgs, ZoomName};

/// Options, by their ids, that have an effect only together with one of others.
pub const COMPANIONS: [(&str, &[&str]); 9] = [
    ("neg_mode", &["log"]),
    ("linthresh", &["symlog", "asinh", "planck_log"]),
    ("mask_coord", &["mask_file"]),
    ("mask_col", &["mask_file"]),
    ("mask_alpha", &["mask_file", "mask_below", "mask_above"]),
    ("maskfill_color", &["mask_file", "mask_below", "mask_above"]),
    ("gal_cut", &["remove_monopole", "remove_dipole"]),
    ("grat_overlay_color", &["grat_coord_overlay"]),
    ("panel_title", &["grid"]),
];

/// Options that leave nothing to do for others where all of them are set.
pub const EXHAUSTIVE: (&[&str], &[&str]) = (&["min", "max"], &["percentile", "sigma", "range"]);

/// Options, by their ids and perhaps a value, that leave others without effect.
pub const SILENCERS: [(&str, Option<&str>, &[&str]); 8] = [
    ("no_cbar", None, &["cbar_position"]),
    ("no_cbar", None, &OF_THE_BAR),
    ("cbar_position", Some("none"), &OF_THE_BAR),
    ("no_text", None, &["title", "llabel", "rlabel", "title_font_size", "label_font_size"]),
    ("no_title", None, &["title", "title_font_size"]),
    ("no_grat_labels", None, &["grat_format"]),
    ("fast_render", None, &OF_THE_PAGE),
    ("transparent", None, &["bg_color"]),
];

/// Options, by their ids, that are turned off, and those that would turn them on all the same.
pub const IMPLYING: [(&str, &[&str]); 2] = [
    (
        "graticule",
        &[
            "grat_par",
            "grat_mer",
            "grat_coord",
            "grat_labels",
            "grat_format",
            "grat_color",
            "grat_line_width",
        ],
    ),
    ("local_graticule", &["local_grat_dlat", "local_grat_dlon"]),
];

const OF_THE_BAR: [&str; 9] = [
    "cbar_label",
    "units",
    "units_font_size",
    "ticks",
    "cbar_format",
    "extend",
    "tick_direction",
    "bad_swatch",
    "tick_font_size",
];

const OF_THE_PAGE: [&str; 19] = [
    "title",
    "llabel",
    "rlabel",
    "units",
    "cbar_position",
    "cbar_label",
    "ticks",
    "cbar_format",
    "extend",
    "tick_direction",
    "bad_swatch",
    "graticule",
    "grat_coord_overlay",
    "local_graticule",
    "galactic_plane",
    "ecliptic",
    "frame_label",
    "pixel_borders",
    "no_border",
];

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
    after_help = "map2fig --help shows all options, with examples.",
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}"),
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

/// Command lines to start from.
pub const EXAMPLES: &str = "\
Examples:
  map2fig map.fits                                  map.pdf, Mollweide, automatic range
  map2fig map.fits -o sky.png --width 2400          twice the default resolution
  map2fig map.fits -o sky.pdf --min -3e-4 --max 3e-4 --title 'CMB temperature'
  map2fig map.fits -o q.svg --col Q_STOKES --cmap RdBu_r --symmetric
  map2fig map.fits -o sky.png --input-coord gal --output-coord eq --rotate-to 180,0
  map2fig hits.fits -o hits.pdf --log --theme dark
  map2fig map.fits -o sky.npy --sampling nearest    projected values for a script
  map2fig map.fits --show                           a look at it in the terminal
  map2fig info map.fits                             what is in the file";

/// What the exit codes mean.
pub const EXIT_STATUS: &str =
    "Exit status: 0 all maps drawn, 1 at least one failed, 2 wrong usage.";

/// Options that most figures need: -h shows no others.
const COMMON: [&str; 24] = [
    "maps",
    "col",
    "hdu",
    "output",
    "format",
    "width",
    "figsize",
    "projection",
    "output_coord",
    "rotate_to",
    "fov",
    "min",
    "max",
    "percentile",
    "symmetric",
    "scale",
    "log",
    "asinh",
    "cmap",
    "title",
    "units",
    "graticule",
    "theme",
    "show",
];

/// The command line's description, from which help, completions and the manual page are made.
pub fn command() -> clap::Command {
    Cli::command().mut_args(|arg| {
        let common = COMMON.contains(&arg.get_id().as_str());
        let takes_value = !arg.is_positional() && arg.get_action().takes_values();
        // No option begins with a digit, so a number may be negative wherever a value is due.
        arg.hide_short_help(!common).allow_negative_numbers(takes_value)
    })
}

/// Commands besides drawing.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Show what is in files: HDUs, HEALPix facts, columns with their statistics
    Info(InfoArgs),
    /// List the colour tables, with their colours on a terminal; or draw them with -o
    Colormaps(ColormapsArgs),
    /// Print a script that lets a shell complete the options
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, for man -l - or /usr/share/man/man1
    Man,
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

/// Arguments of `map2fig colormaps`.
#[derive(Args, Debug)]
pub struct ColormapsArgs {
    /// Names as for --cmap, or families: matplotlib, cmocean, crameri, cmasher, colorcet [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Draw a sheet of swatches to this file; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<OsString>,
    /// Format, whatever the extension says
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Width of the sheet in pixels
    #[arg(short, long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=32_000))]
    pub width: Option<u32>,
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
    /// Grids and lines on the sky.
    #[command(flatten)]
    pub graticule: GraticuleArgs,
    /// From data to the colour scale.
    #[command(flatten)]
    pub values: ValueArgs,
    /// Masks, and what is taken off.
    #[command(flatten)]
    pub prepare: PrepareArgs,
    /// Colours.
    #[command(flatten)]
    pub colors: ColorArgs,
    /// Lines and the page.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// Text.
    #[command(flatten)]
    pub text: TextArgs,
    /// The colour bar.
    #[command(flatten)]
    pub bar: BarArgs,
    /// Many figures.
    #[command(flatten)]
    pub batch: BatchArgs,
    /// How the program runs.
    #[command(flatten)]
    pub run: RunArgs,
}
