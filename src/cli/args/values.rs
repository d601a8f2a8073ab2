//! Options from data to the colour scale.

use clap::{Args, ValueEnum};

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
    #[arg(long, value_name = "LO,HI", allow_hyphen_values = true, conflicts_with_all = ["sigma", "range"])]
    pub percentile: Option<String>,
    /// Ends of the colour scale so many standard deviations below and above the mean
    #[arg(long, value_name = "N", conflicts_with_all = ["percentile", "range"])]
    pub sigma: Option<f64>,
    /// Range where no number is given: what suits the data (for most, the 1st to the 99th percentile), or all values
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto", conflicts_with_all = ["percentile", "sigma"])]
    pub range: RangeName,
    /// Where percentiles and ends come from: the picture, or all pixels of the map at full resolution (by area where cells differ in
    /// size; ends are exact, percentiles off by less than 0.1 % of the map)
    #[arg(long, value_enum, value_name = "WHAT", default_value = "view")]
    pub range_from: RangeFromName,
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
    #[arg(long, conflicts_with_all = ["symlog", "asinh", "sqrt", "hist", "planck_log"])]
    pub log: bool,
    /// Colour scale that is linear up to --linthresh on either side of zero and logarithmic beyond
    #[arg(long, conflicts_with_all = ["log", "asinh", "sqrt", "hist", "planck_log"])]
    pub symlog: bool,
    /// Colour scale that passes smoothly from linear about zero to logarithmic
    #[arg(long, conflicts_with_all = ["log", "symlog", "sqrt", "hist", "planck_log"])]
    pub asinh: bool,
    /// Colour scale that goes with the square root
    #[arg(long, conflicts_with_all = ["log", "symlog", "asinh", "hist", "planck_log"])]
    pub sqrt: bool,
    /// Colour scale that shows each colour on an equal part of the picture (histogram equalisation)
    #[arg(long, conflicts_with_all = ["log", "symlog", "asinh", "sqrt", "planck_log"])]
    pub hist: bool,
    /// The Planck papers' scale for frequency maps, log10(0.5 (x + sqrt(4 + x^2))) with x = value / linthresh,
    /// and their colours for it
    #[arg(long, conflicts_with_all = ["log", "symlog", "asinh", "sqrt", "hist"])]
    pub planck_log: bool,
    /// Raise the place between the ends of the colour scale to this power: below 1 spreads the low values
    #[arg(long, value_name = "G", default_value_t = 1.0, allow_hyphen_values = true)]
    pub gamma: f64,
    /// Where the linear part of --symlog, --asinh and --planck-log ends [default: the median absolute value]
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    pub linthresh: Option<f64>,
    /// What --log does with zero and negative values: the colour of the lowest values, or that of bad pixels
    #[arg(long, value_enum, value_name = "HOW", default_value = "unseen")]
    pub neg_mode: NegMode,
}

/// What a log scale does with values that it has no place for.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum NegMode {
    /// As the lowest values
    Zero,
    /// As pixels without data
    Unseen,
}

/// Where the range comes from.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RangeName {
    /// What suits the data
    Auto,
    /// Smallest to largest value
    Full,
}

/// Which values the range is found from.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RangeFromName {
    /// Those in the picture
    View,
    /// All of the map
    Map,
}
