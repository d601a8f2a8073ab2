//! Any bytes as a GZIP_1 or GZIP_2 tile; the first one chooses the width of its numbers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use map2fig::fits::tile::gzip;

fuzz_target!(|bytes: &[u8]| {
    let Some((width, rest)) = bytes.split_first() else { return };
    let width = usize::from(width % 10);
    let _ = gzip::unshuffle(rest, width);
    if let Ok(found) = gzip::decode(rest, 1 << 16) {
        assert_eq!(gzip::unshuffle(&found, width).len(), found.len());
    }
});
