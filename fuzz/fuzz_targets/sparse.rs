//! Any bytes as a FITS file with a map that names its own cells: partial, multi-order, HealSparse, channels.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use map2fig::fits::{FitsFile, MemorySource};
use map2fig::map::MapSource;
use map2fig::stages::assemble::assemble;
use map2fig::stages::load::{Choice, load};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = FitsFile::from_source("fuzz.fits", Arc::new(MemorySource(bytes.to_vec()))) else {
        return;
    };
    let Ok(map) = load(&file, &Choice::default()) else { return };
    let MapSource::Sparse(cells) = &map.source else { return };
    for wanted in [4, 1 << 29] {
        if let Ok(found) = assemble(cells, wanted, (1.0, 0.0), &|_| ()) {
            found.map.dense();
        }
    }
});
