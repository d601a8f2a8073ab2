//! Options on coordinate grids and reference lines.

use clap::{Args, ValueEnum};

/// Grids and lines on the sky.
#[derive(Args, Debug)]
#[command(next_help_heading = "Grid")]
pub struct GraticuleArgs {
    /// Draw a grid of longitudes and latitudes, with labels; other options of the grid imply it
    #[arg(long)]
    pub graticule: bool,
    /// Frame of the grid: gal, eq or ecl [default: that of the picture]
    #[arg(long, value_name = "FRAME")]
    pub grat_coord: Option<String>,
    /// Distance of the parallels in degrees [default: what suits the field]
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    pub grat_par: Option<f64>,
    /// Distance of the meridians in degrees [default: what suits the field]
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    pub grat_mer: Option<f64>,
    /// Write labels at the grid; it has them unless told otherwise
    #[arg(long, conflicts_with = "no_grat_labels")]
    pub grat_labels: bool,
    /// Leave the grid's labels out
    #[arg(long)]
    pub no_grat_labels: bool,
    /// How longitudes are written: 0 to 360 degrees, -180 to 180, or hours
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub grat_format: Option<GratFormat>,
    /// Width of the grid's lines in points
    #[arg(long, value_name = "PT", allow_negative_numbers = true)]
    pub grat_line_width: Option<f64>,
    /// Colour of the grid's lines [default: a translucent grey]
    #[arg(long, value_name = "COLOR")]
    pub grat_color: Option<String>,
    /// Draw a second grid, in this frame: gal, eq or ecl
    #[arg(long, value_name = "FRAME")]
    pub grat_coord_overlay: Option<String>,
    /// Colour of the second grid and its labels
    #[arg(long, value_name = "COLOR")]
    pub grat_overlay_color: Option<String>,
    /// Draw a grid of degrees from the point in the middle
    #[arg(long, alias = "gnom-graticule")]
    pub local_graticule: bool,
    /// Distance of the local grid's parallels in degrees [default: 1, or what suits fields below 4 and above 20]
    #[arg(long, alias = "gnom-grat-dlat", value_name = "DEG", allow_negative_numbers = true)]
    pub local_grat_dlat: Option<f64>,
    /// Distance of the local grid's meridians in degrees
    #[arg(long, alias = "gnom-grat-dlon", value_name = "DEG", allow_negative_numbers = true)]
    pub local_grat_dlon: Option<f64>,
    /// Draw the galactic equator
    #[arg(long)]
    pub galactic_plane: bool,
    /// Draw the ecliptic, dashed
    #[arg(long)]
    pub ecliptic: bool,
    /// Write the frame's name in the corner
    #[arg(long)]
    pub frame_label: bool,
    /// Draw the borders of the HEALPix pixels of this nside
    #[arg(long, value_name = "NSIDE", allow_negative_numbers = true)]
    pub pixel_borders: Option<i64>,
}

/// How longitudes are written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum GratFormat {
    /// Degrees from 0 to 360
    #[value(alias = "0-360", alias = "degrees")]
    Deg,
    /// Degrees from -180 to 180, with signs
    #[value(alias = "180")]
    Signed,
    /// Hours from 0 to 24 for right ascensions; all else in degrees
    Hours,
}
