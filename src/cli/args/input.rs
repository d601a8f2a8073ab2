//! Options on which map of a file is drawn.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Which map of the file.
#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Column: its number, from 0, or its name; given several times, each is drawn. P and psi are polarised intensity and angle (IAU)
    /// of files with columns Q and U [default: 0]
    #[arg(short = 'i', long, value_name = "N|NAME")]
    pub col: Vec<String>,
    /// Subtract the same column of this map, which has the same nside and frame
    #[arg(long, value_name = "MAP", value_hint = ValueHint::FilePath)]
    pub minus: Option<PathBuf>,
    /// Divide by the same column of this map, which has the same nside and frame
    #[arg(long, value_name = "MAP", value_hint = ValueHint::FilePath, conflicts_with = "minus")]
    pub ratio: Option<PathBuf>,
    /// Draw besides the maps each further one, which has the same nside and frame, minus the first, on a scale of its own that is
    /// symmetric about zero
    #[arg(long, conflicts_with_all = ["minus", "ratio"])]
    pub difference: bool,
    /// Table: its HDU number or EXTNAME [default: the first with a HEALPix map]
    #[arg(long, value_name = "N|NAME")]
    pub hdu: Option<String>,
    /// Pixel ordering, ring or nested, whatever the header says
    #[arg(long, value_name = "ORDER")]
    pub ordering: Option<String>,
}
