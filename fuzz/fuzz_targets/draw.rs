//! Any bytes as a FITS file with a map that is drawn 64 pixels wide.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use map2fig::fits::{FitsFile, MemorySource};
use map2fig::map::MapSource;
use map2fig::projection::{Flip, Kind, View};
use map2fig::sky::{Frame, LonLat};
use map2fig::stages::assemble::assemble;
use map2fig::stages::load::{Choice, load};
use map2fig::stages::{reduce, resample};

/// Pixels along a base face that the picture needs.
const WANTED: u32 = 32;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = FitsFile::from_source("fuzz.fits", Arc::new(MemorySource(bytes.to_vec()))) else {
        return;
    };
    let Ok(map) = load(&file, &Choice::default()) else { return };
    let projection = Kind::Mollweide.build(false, false, Flip::Astro);
    let frames = (map.frame.unwrap_or(Frame::Galactic), Frame::Galactic);
    let view = View::new(projection, frames, LonLat { lon: 0.0, lat: 0.0 }, 0.0, Flip::Astro);
    let grid = view.array_grid(64);
    match &map.source {
        MapSource::FullSky(sky) => {
            let target = sky.nside.coarsened_to(WANTED);
            if let Ok(reduced) = reduce::reduce(sky, target, (1.0, 0.0), &|_| ()) {
                resample::average(&reduced, &view, &grid);
            }
        }
        MapSource::Sparse(cells) => {
            if let Ok(found) = assemble(cells, WANTED, (1.0, 0.0), &|_| ()) {
                resample::average(&found.map, &view, &grid);
            }
        }
    }
});
