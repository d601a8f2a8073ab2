//! Options on masks and on what is taken off the map.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Masks, and what is taken off the map before it is drawn.
#[derive(Args, Debug)]
#[command(next_help_heading = "Mask and dipole")]
pub struct PrepareArgs {
    /// Map of what is shown: pixels of 0.5 and below, and bad ones, are masked; of any resolution, ordering and frame
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub mask_file: Option<PathBuf>,
    /// Frame of the mask, whatever its header says: gal, eq or ecl
    #[arg(long, value_name = "FRAME")]
    pub mask_coord: Option<String>,
    /// Column of the mask's file, by number from 0 or by name; of masks with flags, the flag
    #[arg(long, value_name = "NAME")]
    pub mask_col: Option<String>,
    /// Mask the pixels below this value
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    pub mask_below: Option<f64>,
    /// Mask the pixels above this value
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    pub mask_above: Option<f64>,
    /// Masked pixels: a colour, or under or over for that of values beyond the range [default: that of pixels without data]
    #[arg(long, value_name = "COLOR")]
    pub maskfill_color: Option<String>,
    /// Lay the colour of masked pixels over the map as a veil: 0 leaves the map as it is, 1 hides it
    #[arg(long, value_name = "A")]
    pub mask_alpha: Option<f64>,
    /// Take the mean of the good, unmasked pixels off the map
    #[arg(long, conflicts_with = "remove_dipole")]
    pub remove_monopole: bool,
    /// Take mean and dipole of the good, unmasked pixels off the map, fitted together
    #[arg(long)]
    pub remove_dipole: bool,
    /// Fit them to pixels at least so many degrees from the galactic plane
    #[arg(long, value_name = "DEG")]
    pub gal_cut: Option<f64>,
}
