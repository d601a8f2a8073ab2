//! Options on many figures at once.

use clap::{Args, ValueEnum};

/// Many figures.
#[derive(Args, Debug)]
#[command(next_help_heading = "Many figures")]
pub struct BatchArgs {
    /// Figures drawn at the same time, as far as memory allows [default: one for each thread]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Give all figures the same colour scale, or all of a column
    #[arg(
        long,
        value_enum,
        value_name = "AMONG",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all"
    )]
    pub shared_range: Option<SharedName>,
    /// Draw all figures as panels of one page, in rows and columns; with --shared-range they have one colour bar
    #[arg(long, value_name = "ROWSxCOLUMNS")]
    pub grid: Option<String>,
    /// Leave out figures that are newer than their map and that a run with --skip-existing has made of the same file by the same options;
    /// npy files do not tell by which
    #[arg(long, conflicts_with = "grid")]
    pub skip_existing: bool,
    /// Stop at the first figure that fails; otherwise the others are drawn all the same
    #[arg(long)]
    pub fail_fast: bool,
    /// Draw only the I-th of N equal shares of the figures, for job arrays: --shard 3/10
    #[arg(long, value_name = "I/N", allow_hyphen_values = true, conflicts_with = "grid")]
    pub shard: Option<String>,
}

/// Which figures have their scale in common.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SharedName {
    /// All of them
    All,
    /// Those of the same column
    Col,
}
