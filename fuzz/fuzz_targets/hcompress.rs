//! Any bytes as an HCOMPRESS_1 tile, whose shape the first three choose.
#![no_main]

use libfuzzer_sys::fuzz_target;
use map2fig::fits::tile::hcompress;

fuzz_target!(|bytes: &[u8]| {
    let [rows, columns, smooth, rest @ ..] = bytes else { return };
    let (rows, columns) = (usize::from(*rows), usize::from(*columns));
    let shape = [rows as i32, columns as i32].map(i32::to_be_bytes).concat();
    let packed = [&[0xdd, 0x99], shape.as_slice(), rest].concat();
    let mut out = vec![0; rows * columns];
    let _ = hcompress::decode(&packed, (rows, columns), smooth % 2 == 1, &mut out);
});
