//! Options on text.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Text.
#[derive(Args, Debug)]
#[command(next_help_heading = "Text (a formula in TeX between two $; \\$ is a dollar sign)")]
pub struct TextArgs {
    /// Title above the sky
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Title of each panel of a --grid, with the fields of -o [default: {stem} and {col}, where there are several]
    #[arg(long, value_name = "TEXT", requires = "grid")]
    pub panel_title: Option<String>,
    /// Unit at the colour bar [default: the file's TUNIT]
    #[arg(long, value_name = "TEXT")]
    pub units: Option<String>,
    /// Label at the upper left of the sky
    #[arg(long, value_name = "TEXT")]
    pub llabel: Option<String>,
    /// Label at the upper right of the sky
    #[arg(long, value_name = "TEXT")]
    pub rlabel: Option<String>,
    /// Leave the title and the labels at the upper corners out
    #[arg(long)]
    pub no_text: bool,
    /// Leave the title out
    #[arg(long)]
    pub no_title: bool,
    /// Font of all text: a TrueType or OpenType file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub font: Option<PathBuf>,
    /// Size of the title in points [default: 9]
    #[arg(long, value_name = "PT")]
    pub title_font_size: Option<f64>,
    /// Size of the labels at the upper corners in points [default: 8.5]
    #[arg(long, value_name = "PT")]
    pub label_font_size: Option<f64>,
    /// Size of the numbers at the colour bar in points [default: 8]
    #[arg(long, value_name = "PT")]
    pub tick_font_size: Option<f64>,
    /// Size of the unit at the colour bar in points [default: 8]
    #[arg(long, value_name = "PT")]
    pub units_font_size: Option<f64>,
    /// Accepted for scripts of older versions: formulas are always set
    #[arg(long)]
    pub latex: bool,
    /// Accepted for scripts of older versions: text never changes with the field of view
    #[arg(long)]
    pub no_scale_text: bool,
}
