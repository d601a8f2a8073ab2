//! Options on the colour bar.

use clap::{Args, ValueEnum};

/// The colour bar.
#[derive(Args, Debug)]
#[command(next_help_heading = "Colour bar")]
pub struct BarArgs {
    /// Where the colour bar is
    #[arg(long, value_enum, value_name = "PLACE", default_value = "bottom")]
    pub cbar_position: BarPlace,
    /// Leave the colour bar out
    #[arg(long)]
    pub no_cbar: bool,
    /// What the colour bar shows: written before the unit
    #[arg(long, value_name = "TEXT")]
    pub cbar_label: Option<String>,
    /// Values with ticks [default: round values of the scale]
    #[arg(long, value_name = "V,V,...", allow_hyphen_values = true)]
    pub ticks: Option<String>,
    /// How numbers are written, such as %.2f, %.1e, %g, %d or {:.2f} [default: the fewest digits that tell the ticks apart]
    #[arg(long, value_name = "FORMAT", allow_hyphen_values = true)]
    pub cbar_format: Option<String>,
    /// Arrows at the ends of the colour bar [default: where data go beyond]
    #[arg(long, value_enum, value_name = "ENDS")]
    pub extend: Option<ExtendName>,
    /// Ticks outside of the colour bar, or in its colours
    #[arg(long, value_enum, value_name = "WAY", default_value = "out")]
    pub tick_direction: TickName,
    /// Show the colour of pixels without data beside the colour bar, with this text, and that of masked pixels if it is another
    #[arg(
        long,
        value_name = "TEXT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "no data"
    )]
    pub bad_swatch: Option<String>,
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

/// Ends with arrows.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtendName {
    /// At neither end
    None,
    /// At the lower end
    Min,
    /// At the upper end
    Max,
    /// At both ends
    Both,
}

/// Sides of the colour bar's edge.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TickName {
    /// Within the colours
    #[value(alias = "inward")]
    In,
    /// Outside of the bar
    #[value(alias = "outward")]
    Out,
}
