//! Any bytes as a PLIO_1 tile, whose length the first one chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use map2fig::fits::tile::plio;

fuzz_target!(|bytes: &[u8]| {
    let Some((count, rest)) = bytes.split_first() else { return };
    let mut out = vec![0; usize::from(*count) * 64];
    let _ = plio::decode(rest, &mut out);
});
