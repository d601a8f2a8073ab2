//! Options on colours.

use clap::Args;

/// Colours.
#[derive(Args, Debug)]
#[command(
    next_help_heading = "Colours (#rgb, #rgba, #rrggbb, #rrggbbaa, r,g,b[,a], a CSS name or transparent)"
)]
pub struct ColorArgs {
    /// Colour table: planck, planck-log, wmap, or one of matplotlib, cmocean, crameri, colorcet or cmasher
    /// (`map2fig colormaps` lists them), with _r for the reverse; own stops as '#0b3d91,white,#c00'; or a file of
    /// colours, as in table.csv [default: planck; twilight for psi]
    #[arg(short, long, value_name = "NAME")]
    pub cmap: Option<String>,
    /// Show this many colours of the table, each for an equal part of the colour scale
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1024))]
    pub cmap_steps: Option<u16>,
    /// Pixels without data: a colour, or under or over for that of values beyond the range [default: grey]
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
