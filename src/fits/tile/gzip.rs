//! GZIP_1 and GZIP_2: a tile as a gzip stream, in the latter with the bytes of its numbers sorted
//! by significance (FITS 4.0, section 10.4.2).

use libdeflater::{DecompressionError, Decompressor};

use super::BadTile;

/// Decompresses a gzip stream of at most `most` bytes.
///
/// # Errors
/// [`BadTile`] where it is damaged or longer.
pub fn decode(bytes: &[u8], most: usize) -> Result<Vec<u8>, BadTile> {
    let mut out = vec![0; most];
    match Decompressor::new().gzip_decompress(bytes, &mut out) {
        Ok(count) => {
            out.truncate(count);
            Ok(out)
        }
        Err(DecompressionError::InsufficientSpace) => {
            Err(BadTile("its gzip data are longer than the tile"))
        }
        Err(DecompressionError::BadData) => Err(BadTile("its gzip data are damaged")),
    }
}

/// Puts the bytes of numbers of `width` bytes together again, of which the first bytes of all
/// come first, then the second bytes of all, and so on.
pub fn unshuffle(bytes: &[u8], width: usize) -> Vec<u8> {
    let count = bytes.len() / width.max(1);
    let mut out = vec![0; bytes.len()];
    for (n, plane) in bytes.chunks_exact(count.max(1)).enumerate() {
        for (number, byte) in out.chunks_exact_mut(width.max(1)).zip(plane) {
            if let Some(slot) = number.get_mut(n) {
                *slot = *byte;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn no_more_than_is_expected_comes_out() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&[7; 100]).unwrap();
        let mut packed = encoder.finish().unwrap();
        assert_eq!(decode(&packed, 100), Ok(vec![7; 100]));
        assert_eq!(decode(&packed, 200).unwrap().len(), 100);
        assert!(decode(&packed, 99).unwrap_err().to_string().contains("longer than the tile"));
        packed[12] ^= 0x55;
        assert_eq!(decode(&packed, 100), Err(BadTile("its gzip data are damaged")));
        assert!(decode(&[], 100).is_err());
    }

    #[test]
    fn shuffled_bytes_come_together() {
        assert_eq!(unshuffle(&[1, 3, 5, 2, 4, 6], 2), [1, 2, 3, 4, 5, 6]);
        assert_eq!(unshuffle(&[1, 4, 2, 5, 3, 6], 3), [1, 2, 3, 4, 5, 6]);
        assert_eq!(unshuffle(&[1, 2], 1), [1, 2]);
        assert!(unshuffle(&[], 4).is_empty());
    }
}
