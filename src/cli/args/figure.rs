//! Options on text, lines and the page.

use clap::{Args, ValueEnum};

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
