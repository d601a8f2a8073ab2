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
    #[arg(long, value_name = "LO,HI", conflicts_with = "range")]
    pub percentile: Option<String>,
    /// Range where no number is given: what suits the data (for most, the 1st to the 99th percentile), or all values
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
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
    #[arg(long, conflicts_with = "asinh")]
    pub log: bool,
    /// Colour scale that is linear about zero and logarithmic beyond --linthresh
    #[arg(long)]
    pub asinh: bool,
    /// Where the linear part of --asinh ends [default: the median absolute value]
    #[arg(long, value_name = "V", requires = "asinh")]
    pub linthresh: Option<f64>,
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
