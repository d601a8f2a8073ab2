//! Turns a HEALPix sky map into a publication-quality figure.

pub mod healpix;
pub mod projection;
pub mod sky;
