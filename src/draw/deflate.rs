//! Rows of pixels packed as PNG and PDF have them: as differences from what is foretold, compressed while the next ones are found.

use std::io::{self, Write};
use std::mem::swap;
use std::ops::Range;

use fdeflate::Compressor;

/// Bytes, and rows at least, that are compressed at a time.
const BLOCK_BYTES: usize = 1 << 15;
const BLOCK_ROWS: usize = 16;

/// How a byte is foretold from those to the left and above (PNG, third edition, 9.2; PDF 1.4, 3.3.3 calls it a predictor).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Filter {
    /// The mean of both: for numbers that change little from pixel to pixel.
    Average = 3,
    /// One of both or the one above the left, whichever is nearest to left + above - that.
    Paeth = 4,
}

/// The rows of a picture, from the top.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    /// Rows.
    pub(super) count: usize,
    /// Bytes of each.
    pub(super) bytes: usize,
    /// Bytes of a pixel.
    pub(super) pixel: usize,
    pub(super) filter: Filter,
}

/// Compresses rows of pixels, each of which `fill` writes, given its number. Gives the output back, which must not fail for the
/// first and the last few bytes: the compressor does not expect it.
///
/// # Errors
/// Those of the output.
pub(super) fn compress<W: Write>(
    lines: Lines,
    fill: impl Fn(usize, &mut [u8]) + Sync,
    output: W,
) -> io::Result<W> {
    let mut compressor = Compressor::new(output)?;
    // Above the first row are zeros.
    let mut found = Block { bytes: vec![0; lines.bytes], differences: Vec::new() };
    let mut next = Block::default();
    let rows = (BLOCK_BYTES / lines.bytes.max(1)).max(BLOCK_ROWS);
    for start in (0..lines.count).step_by(rows) {
        rayon::in_place_scope(|scope| {
            let above = found.last(lines.bytes);
            let rows = start..(start + rows).min(lines.count);
            scope.spawn(|_| next.find(lines, rows, above, &fill));
            compressor.write_data(&found.differences)
        })?;
        swap(&mut found, &mut next);
    }
    compressor.write_data(&found.differences)?;
    compressor.finish()
}

/// Some rows that follow each other.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    /// What is compressed: for each row its filter, and how its bytes differ from what is foretold.
    differences: Vec<u8>,
}

impl Block {
    /// The last of the rows, of so many bytes.
    fn last(&self, bytes: usize) -> &[u8] {
        &self.bytes[self.bytes.len() - bytes..]
    }

    fn find<'a>(
        &'a mut self,
        lines: Lines,
        rows: Range<usize>,
        mut above: &'a [u8],
        fill: impl Fn(usize, &mut [u8]),
    ) {
        let Lines { bytes, pixel, filter, .. } = lines;
        self.bytes.resize(rows.len() * bytes, 0);
        self.differences.resize(rows.len() * (bytes + 1), 0);
        let outputs = self.differences.chunks_exact_mut(bytes + 1);
        for ((row, line), out) in rows.zip(self.bytes.chunks_exact_mut(bytes.max(1))).zip(outputs) {
            fill(row, line);
            if let Some((kind, out)) = out.split_first_mut() {
                *kind = filter as u8;
                filter.differences(line, above, pixel, out);
            }
            above = line;
        }
    }
}

impl Filter {
    /// How the bytes of a row differ from what is foretold from them and the row above.
    fn differences(self, line: &[u8], above: &[u8], pixel: usize, out: &mut [u8]) {
        match self {
            Filter::Average => differences(line, above, pixel, out, average),
            Filter::Paeth => differences(line, above, pixel, out, paeth),
        }
    }
}

#[inline(always)]
fn differences(
    line: &[u8],
    above: &[u8],
    pixel: usize,
    out: &mut [u8],
    foretold: impl Fn(u8, u8, u8) -> u8,
) {
    let pixel = pixel.min(line.len());
    let (first, rest) = out.split_at_mut(pixel);
    // Left of the first pixel are zeros.
    for ((out, byte), up) in first.iter_mut().zip(line).zip(above) {
        *out = byte.wrapping_sub(foretold(0, *up, 0));
    }
    let before = line.iter().zip(above);
    let here = line[pixel..].iter().zip(&above[pixel..]);
    for ((out, (byte, up)), (left, corner)) in rest.iter_mut().zip(here).zip(before) {
        *out = byte.wrapping_sub(foretold(*left, *up, *corner));
    }
}

#[inline(always)]
fn average(left: u8, up: u8, _: u8) -> u8 {
    ((u16::from(left) + u16::from(up)) / 2) as u8
}

#[inline(always)]
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let [to_left, to_up, to_corner] = [b - c, a - c, a + b - 2 * c].map(i16::abs);
    let second = if to_up <= to_corner { up } else { corner };
    if to_left <= to_up.min(to_corner) { left } else { second }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As PNG describes it, from the front.
    fn restored(lines: Lines, packed: &[u8]) -> Vec<u8> {
        let mut bytes: Vec<u8> = Vec::new();
        for (row, line) in packed.chunks_exact(lines.bytes + 1).enumerate() {
            assert_eq!(line[0], lines.filter as u8);
            for (k, difference) in line[1..].iter().enumerate() {
                let at = |row: usize, k: usize| i32::from(bytes[row * lines.bytes + k]);
                let left = if k < lines.pixel { 0 } else { at(row, k - lines.pixel) };
                let up = if row == 0 { 0 } else { at(row - 1, k) };
                let corner =
                    if row == 0 || k < lines.pixel { 0 } else { at(row - 1, k - lines.pixel) };
                let foretold = match lines.filter {
                    Filter::Average => (left + up) / 2,
                    Filter::Paeth => {
                        let p = left + up - corner;
                        let nearest = [left, up, corner].into_iter().min_by_key(|v| (p - v).abs());
                        nearest.unwrap()
                    }
                };
                bytes.push(difference.wrapping_add(foretold as u8));
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn rows_come_back(
            width in 1usize..90,
            count in 1usize..90,
            pixel in 1usize..5,
            smooth: bool,
            filter in prop_oneof![Just(Filter::Average), Just(Filter::Paeth)],
            seed: u64,
        ) {
            let lines = Lines { count, bytes: width * pixel, pixel, filter };
            let step = |k: usize| if smooth { k / 7 } else { k.wrapping_mul(seed as usize | 1) >> 5 };
            let bytes: Vec<u8> = (0..count * lines.bytes).map(|k| step(k) as u8).collect();
            let fill = |row: usize, line: &mut [u8]| {
                line.copy_from_slice(&bytes[row * lines.bytes..][..lines.bytes]);
            };
            let packed = compress(lines, fill, Vec::new()).unwrap();
            let packed = fdeflate::decompress_to_vec(&packed).unwrap();
            prop_assert_eq!(restored(lines, &packed), bytes);
        }
    }
}
