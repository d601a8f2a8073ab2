//! The stages of a figure: plain values in, plain values out; no clocks, no printing, no command line.

pub mod load;
pub mod reduce;
pub mod resample;
