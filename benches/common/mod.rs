//! What the benches share: FITS files in memory, skies, and a pool of one thread.
//!
//! Stages are timed on one thread, so that numbers tell of the code rather than of how many cores happen to be idle.
#![allow(dead_code, reason = "each bench is a crate of its own and uses a part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot be set up fails")]

use std::fmt::Display;
use std::sync::Arc;

use map2fig::fits::{BLOCK_BYTES, BinTable, FitsFile, MemorySource};
use map2fig::healpix::{Nside, Ordering};
use map2fig::map::{BadValues, FullSky, SkyRaster, UNSEEN};

/// Big-endian values for a FITS file.
pub trait Sample: Copy {
    /// The TFORM letter.
    const LETTER: char;
    /// BITPIX of an image.
    const BITPIX: i32;

    /// Some value for element `index`.
    fn at(index: u64) -> Self;

    /// Adds the value to the bytes of a file.
    fn push(self, bytes: &mut Vec<u8>);
}

macro_rules! sample {
    ($($T:ident $letter:literal $bitpix:literal),*) => {$(
        impl Sample for $T {
            const LETTER: char = $letter;
            const BITPIX: i32 = $bitpix;

            fn at(index: u64) -> $T {
                // The low bits of a multiplicative hash: no two neighbours alike, nothing to predict.
                (index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as $T
            }

            fn push(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_be_bytes());
            }
        }
    )*};
}

sample!(u8 'B' 8, i16 'I' 16, i32 'J' 32, f32 'E' -32, f64 'D' -64);

/// A pool in which everything runs on one thread.
pub fn one_thread() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()
}

/// A card in the fixed format.
pub fn card(keyword: &str, value: impl Display) -> String {
    format!("{keyword:<8}= {value:>20}")
}

/// Header blocks of these cards.
pub fn header(cards: &[String]) -> Vec<u8> {
    let mut text: String = cards.iter().map(|card| format!("{card:<80}")).collect();
    text.push_str("END");
    padded(text.into_bytes(), b' ')
}

fn padded(mut bytes: Vec<u8>, filler: u8) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES as usize), filler);
    bytes
}

fn data<T: Sample>(count: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count as usize * size_of::<T>() + BLOCK_BYTES as usize);
    (0..count).for_each(|index| T::at(index).push(&mut bytes));
    padded(bytes, 0)
}

/// A file with a table of one column.
pub fn table<T: Sample>(rows: u64, more: &[String]) -> FitsFile {
    let primary = [card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)];
    let mut cards = vec![
        card("XTENSION", "'BINTABLE'"),
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", size_of::<T>()),
        card("NAXIS2", rows),
        card("PCOUNT", 0),
        card("GCOUNT", 1),
        card("TFIELDS", 1),
        card("TFORM1", format!("'{}'", T::LETTER)),
    ];
    cards.extend_from_slice(more);
    open([header(&primary), header(&cards), data::<T>(rows)].concat())
}

/// A file with a square image.
pub fn image<T: Sample>(side: u64) -> FitsFile {
    let cards = [
        card("SIMPLE", "T"),
        card("BITPIX", T::BITPIX),
        card("NAXIS", 2),
        card("NAXIS1", side),
        card("NAXIS2", side),
    ];
    open([header(&cards), data::<T>(side * side)].concat())
}

fn open(bytes: Vec<u8>) -> FitsFile {
    FitsFile::from_source("bench.fits", Arc::new(MemorySource(bytes))).unwrap()
}

/// A full-sky map in a file in memory.
pub fn full_sky<T: Sample>(nside: u32, ordering: Ordering) -> FullSky {
    let nside = Nside::new(nside.into()).unwrap();
    let file = table::<T>(nside.npix(), &[]);
    let column = BinTable::new(&file, file.hdu(1).unwrap()).unwrap().column(0).unwrap();
    FullSky { column, nside, ordering, bad: BadValues::default() }
}

/// A picture of positive values with an ellipse of sky and a few bad pixels.
pub fn raster(width: usize) -> SkyRaster {
    let height = width / 2;
    let at = |index: usize| {
        let (x, y) = ((index % width) as f64, (index / width) as f64);
        let from_center = (x * 2.0 / width as f64 - 1.0).hypot(y * 2.0 / height as f64 - 1.0);
        match f32::at(index as u64) {
            _ if from_center > 1.0 => f32::NAN,
            _ if index.is_multiple_of(1009) => UNSEEN,
            noise => (2.0 - from_center as f32) * (1.0 + noise / f32::MAX.sqrt()),
        }
    };
    SkyRaster { width, height, values: (0..width * height).map(at).collect() }
}
