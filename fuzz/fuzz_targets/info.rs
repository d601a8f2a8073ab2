//! Any bytes as a FITS file that is described, statistics and all.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use map2fig::fits::{FitsFile, MemorySource};
use map2fig::stages::inspect::{Scope, inspect};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = FitsFile::from_source("fuzz.fits", Arc::new(MemorySource(bytes.to_vec()))) else {
        return;
    };
    inspect(&file, Scope::default());
    inspect(&file, Scope { hdu: Some(1), headers_only: false });
});
