//! Any bytes as a FITS file whose columns and images are read.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use map2fig::fits::{BinTable, FitsFile, Image, MemorySource};

/// Elements that are read of each column.
const MOST: u64 = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = FitsFile::from_source("fuzz.fits", Arc::new(MemorySource(bytes.to_vec()))) else {
        return;
    };
    for hdu in file.hdus() {
        let columns: Vec<_> = match BinTable::new(&file, hdu) {
            Ok(table) => (0..table.columns().len()).map(|n| table.column(n)).collect(),
            Err(_) => Image::new(&file, hdu).map(|image| image.column()).into_iter().collect(),
        };
        for column in columns.into_iter().flatten() {
            let mut values = vec![0f32; column.len().min(MOST) as usize];
            let _ = column.read(0..values.len() as u64, &mut values);
        }
    }
});
