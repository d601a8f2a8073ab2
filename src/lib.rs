//! Turns a HEALPix sky map into a publication-quality figure, at the speed of reading the file.
//!
//! ```
//! let drawn = map2fig::Plot::of("examples/data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits")
//!     .with("percentile", "2,98")
//!     .width(400)
//!     .bytes("pdf")?;
//! assert!(drawn.bytes.starts_with(b"%PDF"));
//! # Ok::<(), map2fig::PlotError>(())
//! ```
//!
//! It needs Cairo and FreeType, for building (with their headers) and for running. [`Plot`] and [`fits`] are made for other programs, and
//! change as semantic versioning has it; the other modules are the program's own stages, which may change with any release.
//!
//! A figure comes to be in stages, each a plain function of plain values: [`fits`] opens the file, [`stages::load`] finds the map in
//! it, [`stages::reduce`] averages it down to the resolution that the picture needs while reading it once, [`stages::resample`]
//! projects it onto the picture's pixels, [`stages::normalise`] and [`stages::colorize`] turn values into colours, [`figure`] lays out
//! the page and [`draw`] puts it on paper. [`pipeline::render`] runs them in order for a [`pipeline::Job`].
//!
//! | module | what lives there |
//! |---|---|
//! | [`sky`] | directions, reference frames, rotations |
//! | [`healpix`] | the pixelisation: resolution, orderings, cells |
//! | [`fits`] | headers, tables, columns, images, compression |
//! | [`scale`], [`colormap`] | values to the 0..1 of a colour table, and the tables |
//! | [`memory`] | many values in memory that is asked for at once |
//! | [`map`] | maps in files and in memory; which values are bad |
//! | [`projection`] | the sphere on the plane, views, picture grids, world coordinates |
//! | [`draw`] | canvas, text, output formats |
//! | [`stages`] | the steps from file to picture |
//! | [`figure`] | layout, colour bar, themes |
//! | [`pipeline`] | jobs, profiles, writing results |
//! | [`cli`] | the command line |
//! | [`Plot`] | all of it for other programs |
//!
//! Internally directions are unit vectors and angles are radians; degrees exist on the command line and in labels.

pub mod cli;
pub mod colormap;
pub mod draw;
pub mod figure;
pub mod fits;
pub mod healpix;
pub mod map;
pub mod memory;
mod number;
pub mod pipeline;
mod plot;
pub mod projection;
pub mod scale;
pub mod sky;
mod spelling;
pub mod stages;
mod tasks;

pub use draw::preview::Pixels;
pub use plot::{Drawn, Plot, PlotError};
