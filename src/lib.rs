//! Turns a HEALPix sky map into a publication-quality figure.

pub mod cli;
pub mod colormap;
pub mod draw;
pub mod figure;
pub mod fits;
pub mod healpix;
pub mod map;
pub mod pipeline;
pub mod projection;
pub mod scale;
pub mod sky;
pub mod stages;
