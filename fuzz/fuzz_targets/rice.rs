//! Any bytes as a RICE_1 tile; the first three choose its width, block and length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use map2fig::fits::tile::rice;

fuzz_target!(|bytes: &[u8]| {
    let [width, block, count, rest @ ..] = bytes else { return };
    let mut out = vec![0; usize::from(*count) * 16];
    let _ = rice::decode(rest, 1 << (width % 3), usize::from(*block), &mut out);
});
