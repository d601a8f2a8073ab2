//! Options on how the program runs.

use clap::{Args, ValueEnum};

/// How the program runs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Figures drawn at the same time, as far as memory allows [default: one for each thread]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Stop at the first figure that fails; otherwise the others are drawn all the same
    #[arg(long)]
    pub fail_fast: bool,
    /// Draw only the I-th of N equal shares of the figures, for job arrays: --shard 3/10
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Draw again whenever a map changes, until interrupted
    #[arg(long)]
    pub watch: bool,
    /// Print where the time went on standard error, as a table or as json
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "table"
    )]
    pub profile: Option<ProfileForm>,
    /// Say what is found and done
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

/// Forms of the profile.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProfileForm {
    /// A table for people
    Table,
    /// JSON for programs
    Json,
}
