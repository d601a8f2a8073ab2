//! Options on lines and the page.

use clap::Args;

/// Lines and the page.
#[derive(Args, Debug)]
#[command(next_help_heading = "Figure")]
pub struct FigureArgs {
    /// Leave the line around the sky out
    #[arg(long)]
    pub no_border: bool,
    /// The sky alone, whose picture is then as wide as --width says: no bar, no line, no text, no margin
    #[arg(long)]
    pub fast_render: bool,
    /// Make the page transparent
    #[arg(long)]
    pub transparent: bool,
    /// Colours of page, text and lines: light, dark, planck, minimal, or a TOML file of your own
    #[arg(long, value_name = "NAME|FILE", default_value = "light", long_help = THEME_HELP)]
    pub theme: String,
}

/// What a theme of one's own is made of.
const THEME_HELP: &str = "\
Colours of page, text and lines: light, dark, planck, minimal, or a TOML file of your own with any of the keys
  base = \"dark\"                                   the theme that the rest is taken from
  page, text, line, bad = \"#rrggbb\"               colours: page, text, lines and ticks, pixels without data
  line-width, tick-width = 0.6                     in points; 0 for none
  title-size, label-size, tick-size, units-size    in points
  font = \"MyFont.otf\"                             a font file, found from the folder of the theme";
