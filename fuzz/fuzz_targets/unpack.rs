//! Any bytes as each of the compressed formats; the first byte chooses it.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use map2fig::fits::{Compression, MemorySource, ReadAt, Unpacked};

/// Decompressed bytes that are looked at.
const MOST: u64 = 4 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, packed)) = bytes.split_first() else { return };
    let (compression, magic): (_, &[u8]) = match choice % 5 {
        0 => (Compression::Gzip, b"\x1f\x8b\x08"),
        1 => (Compression::Bzip2, b"BZh9"),
        2 => (Compression::Zstd, b"\x28\xb5\x2f\xfd"),
        3 => (Compression::Xz, b"\xfd7zXZ\0"),
        _ => (Compression::Compress, b"\x1f\x9d\x90"),
    };
    let packed = [magic, packed].concat();
    let unpacked = Unpacked::new(Arc::new(MemorySource(packed)), compression);
    let mut part = vec![0; 1 << 16];
    let mut at = 0;
    while at < MOST {
        match unpacked.read_at(&mut part, at) {
            Ok(0) | Err(_) => break,
            Ok(count) => at += count as u64,
        }
    }
    let _ = unpacked.read_at(&mut part, at / 2);
});
