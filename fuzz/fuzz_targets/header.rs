//! Any bytes as a FITS file whose headers are walked along.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use map2fig::fits::{FitsFile, MemorySource};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = FitsFile::from_source("fuzz.fits", Arc::new(MemorySource(bytes.to_vec()))) else {
        return;
    };
    for hdu in file.hdus() {
        let _ = (hdu.describe(), hdu.header.text(), hdu.header.cards().count());
    }
    let _ = file.damage().map(ToString::to_string);
});
