//! The stages of a figure: plain values in, plain values out; no clocks, no printing, no command line.

pub mod assemble;
pub mod colorize;
pub mod export;
pub mod gather;
pub mod inspect;
pub mod load;
pub mod normalise;
pub mod prepare;
pub mod reduce;
pub mod resample;

/// Told the number of bytes each time that some have been read.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);
