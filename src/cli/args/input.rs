//! Options on which map of a file is drawn.

use clap::Args;

/// Which map of the file.
#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Column: its number, from 0, or its name; given several times, each is drawn [default: 0]
    #[arg(short = 'i', long, value_name = "N|NAME")]
    pub col: Vec<String>,
    /// Table: its HDU number or EXTNAME [default: the first with a HEALPix map]
    #[arg(long, value_name = "N|NAME")]
    pub hdu: Option<String>,
    /// Pixel ordering, ring or nested, whatever the header says
    #[arg(long, value_name = "ORDER")]
    pub ordering: Option<String>,
}
