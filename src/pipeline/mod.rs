//! From resolved settings to a written figure.

mod profile;

pub use profile::{Profile, Report, Stage, Work};
