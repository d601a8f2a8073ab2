//! What the integration tests share: synthesised FITS files, running the program, reading what it wrote.
//!
//! Helpers fail by panicking: a test that cannot be set up has failed.
#![allow(dead_code, reason = "each integration test is a crate of its own and uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are the tests' own helpers")]

pub mod allocations;
pub mod fits;
pub mod npy;
pub mod picture;
pub mod sandbox;

use std::io::Write;
use std::path::{Path, PathBuf};

/// HEALPix's mark for "no data here".
pub const UNSEEN: f32 = -1.6375e30;

/// The repository's own folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
pub fn repository_file(relative: &str) -> PathBuf {
    let path = repository().join(relative);
    assert!(path.is_file(), "{relative} is missing from the repository");
    path
}

/// A folder of real files beside the repository, which most machines do not have; says so where it is absent.
pub fn corpus() -> Option<PathBuf> {
    let folder = repository().parent()?.join("shared");
    if folder.join("reference/cases.json").is_file() && folder.join("data").is_dir() {
        return Some(folder);
    }
    // Past the harness, which keeps what tests print to itself.
    let _ = writeln!(std::io::stderr(), "skipped: there is no ../shared with real maps");
    None
}

/// Numbers in [0, 1) from a seed, the same on every machine (SplitMix64, Steele et al. 2014).
pub fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    std::iter::repeat_with(next).take(count).collect()
}
