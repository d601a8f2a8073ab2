//! Turns a HEALPix sky map into a publication-quality figure.

/// Colours and colour tables by name.
pub mod colormap;
/// Values to the 0..1 of a colour table and back, and the limits between which they are shown.
pub mod scale;
