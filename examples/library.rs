//! Draws a map from another program: into a file, into bytes, and into pixels that the program goes on with.
//!
//!     cargo run --example library

use map2fig::{Plot, PlotError};

fn main() -> Result<(), PlotError> {
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/skymap.2mass.depth6.fits");
    let plot = Plot::of(map).switch("log").with("cmap", "inferno").with("output-coord", "gal");

    let file = std::env::temp_dir().join("map2fig-example.pdf");
    for warning in plot.save(&file)? {
        eprintln!("warning: {warning}");
    }
    println!("wrote {}", file.display());

    let png = plot.clone().with("title", "2MASS").width(600).bytes("png")?;
    println!("a PNG picture of {} bytes", png.bytes.len());

    // The sky alone, pixel by pixel.
    let sky = plot.switch("fast-render").width(360).pixels()?;
    let brightest =
        sky.rgba().max_by_key(|[r, g, b, _]| u16::from(*r) + u16::from(*g) + u16::from(*b));
    println!("{} x {} pixels, the brightest is {brightest:?}", sky.width(), sky.height());
    Ok(())
}
