//! Options on how the program runs.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// How the program runs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Take options from this file too: keys are the long names of options, `map` the maps, and each `[[figure]]` table makes a figure.
    /// What is typed goes before what contradicts it in a file; --NAME=false turns off what a file turns on
    #[arg(long, value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    pub options: Option<PathBuf>,
    /// Leave the defaults in $XDG_CONFIG_HOME/map2fig/config.toml aside
    #[arg(long)]
    pub no_config: bool,
    /// Print all settings in the form of --options and draw nothing
    #[arg(long)]
    pub print_options: bool,
    /// Draw again whenever a map changes, until interrupted
    #[arg(long, conflicts_with = "print_options")]
    pub watch: bool,
    /// Print where the time went on standard error: as a table, or as json, one line for each figure, which then has its warnings and
    /// notes too; errors stay lines of their own
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
