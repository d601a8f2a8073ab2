//! Turns a HEALPix sky map into a publication-quality figure.

pub mod colormap;
pub mod draw;
pub mod figure;
pub mod healpix;
pub mod projection;
pub mod scale;
pub mod sky;
