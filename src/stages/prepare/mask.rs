//! Reads a mask of the whole sky into memory: one bit for each of its pixels.

use crate::fits::FitsError;
use crate::map::{FullSky, KEEPS_ABOVE, Mask};
use crate::stages::Progress;

/// Pixels that are read at a time: whole words of bits.
const CHUNK: u64 = 1 << 16;

/// A mask of the whole sky, and the part of its pixels that it keeps.
///
/// # Errors
/// What reading the file meets.
pub fn read(source: &FullSky, progress: Progress) -> Result<(Mask, f64), FitsError> {
    let pixels = source.nside.npix();
    let width = source.column.raw_type().width() as u64;
    let mut reader = source.column.reader();
    let mut values = Vec::new();
    // Grows with what has been read: a header alone makes no room.
    let mut words: Vec<u64> = Vec::new();
    let mut start = 0;
    while start < pixels {
        let end = pixels.min(start + CHUNK);
        values.resize((end - start) as usize, 0f64);
        reader.read(start..end, &mut values)?;
        let keeps = |value: &f64| u64::from(*value > KEEPS_ABOVE && !source.bad.is_bad(*value));
        words.extend(values.chunks(64).map(|chunk| {
            chunk.iter().enumerate().fold(0, |word, (bit, value)| word | keeps(value) << bit)
        }));
        progress((end - start) * width);
        start = end;
    }
    let kept: u64 = words.iter().map(|word| u64::from(word.count_ones())).sum();
    let mask = Mask::from_bits(source.nside, source.ordering, words);
    Ok((mask, kept as f64 / pixels as f64))
}
