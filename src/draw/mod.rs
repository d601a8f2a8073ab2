//! Draws paths, pictures and text on a page measured in points, whatever the output format.

mod canvas;
mod deflate;
mod image;
mod jpeg;
mod math;
mod path;
mod pdf;
mod pdf_image;
mod pixmap;
mod png;
pub mod preview;
mod ps;
mod raster;
mod surface;
mod svg;
mod text;
mod tiff;
mod webp;
mod xmp;

pub use canvas::{Canvas, Stroke};
pub use path::{Path, Point, Rect};
pub use pixmap::Pixmap;
pub use surface::{Format, Metadata, Page, render};
pub use text::{FontFile, Fonts, GlyphRun, MarkupError, RichText, Run, Script, Style, TypesetText};

/// Why a drawing failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The graphics library refused an operation.
    #[error("the graphics library failed: {0}")]
    Cairo(#[from] cairo::Error),
    /// The embedded fonts could not be opened.
    #[error("an embedded font could not be read: {0}")]
    Font(#[from] freetype::Error),
    /// A formula cannot be set.
    #[error("a formula cannot be set: {0}")]
    Formula(String),
    /// The page has more pixels than the graphics library can hold.
    #[error(
        "a picture of {width} x {height} pixels is too large: at most {max} pixels a side, \
         use a smaller --width"
    )]
    TooLarge {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// Most pixels of a side.
        max: usize,
    },
    /// A picture was not encoded.
    #[error("the picture could not be encoded: {0}")]
    Encode(String),
    /// The output could not be written.
    #[error("the figure could not be written: {0}")]
    Write(#[from] std::io::Error),
}
