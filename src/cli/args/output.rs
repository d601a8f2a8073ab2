//! Options on where the figure goes, in which format and size.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// Where the figure goes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// File to write, its extension tells the format; `-` is standard output. For many figures a template with {stem}, {col},
    /// {nside}, {index}, {ext} and {dir} [default: {stem}.pdf, or {stem}_{col}.pdf for several columns]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<OsString>,
    /// Format, whatever the extension says: pdf, png, svg, eps, ps, jpg, tif, webp,
    /// npy or fits; several as pdf,png
    #[arg(long, value_name = "FORMAT,...", value_delimiter = ',')]
    pub format: Vec<String>,
    /// Show the figure in the terminal, in the best way that it understands or in a given one; without -o nothing is written
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto"
    )]
    pub show: Option<ShowForm>,
    /// Width of the figure in pixels; of the sky itself for npy and fits [default: 1200]
    #[arg(short, long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=32_000))]
    pub width: Option<u32>,
    /// Width of the figure on paper, such as 8.8cm, 180mm, 7in or 500pt [default: 12cm]
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true)]
    pub figsize: Option<String>,
    /// Pixels per inch, in place of --width
    #[arg(long, value_name = "DPI", conflicts_with = "width")]
    pub dpi: Option<f64>,
    /// Accepted for scripts of older versions: every pixel counts in any case; see --no-downgrade
    #[arg(short, long, value_name = "HOW", value_parser = ["best", "balanced", "fast"])]
    pub quality: Option<String>,
    /// Accepted for scripts of older versions: there is one way to write PDF
    #[arg(long, value_name = "NAME")]
    pub pdf_backend: Option<String>,
}

/// Ways of showing a picture in a terminal.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShowForm {
    /// What the terminal understands
    Auto,
    /// Graphics of kitty, Ghostty, WezTerm and Konsole
    Kitty,
    /// Inline images of iTerm2
    Iterm,
    /// Sixels, as of xterm, foot and Windows Terminal
    Sixel,
    /// Coloured half blocks, for any terminal
    Blocks,
}
