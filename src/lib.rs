//! Turns a HEALPix sky map into a publication-quality figure.

pub mod colormap;
pub mod scale;
