//! Counts the instructions that averaging a map takes for each of its pixels, and those of a whole run on a small map, and fails where
//! they are more than their budgets.
//!
//! Instructions, unlike seconds, do not depend on what else a machine does. `valgrind` counts them: for a program that makes a map in
//! memory and averages it once, and for the same with more repetitions, so that the difference is that of the averaging alone. Budgets
//! leave room for what another compiler makes of the same code; losing the vector instructions or a second pass over the data go beyond.
//!
//! usage: `make budget`

#![allow(clippy::unwrap_used, reason = "a check that cannot be set up has failed")]

mod common;

use std::ffi::OsStr;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use common::{Sample, full_sky, one_thread};
use map2fig::healpix::{Nside, Ordering};
use map2fig::stages::reduce;

/// A kind of map, and the instructions for each of its pixels that averaging may take.
struct Budget {
    name: &'static str,
    most: f64,
    average: fn(usize),
}

/// On x86-64 with AVX2, the most that valgrind knows of: half as many again as were measured.
const BUDGETS: [Budget; 4] = [
    Budget { name: "nested float32", most: 9.0, average: average::<f32, true> },
    Budget { name: "ring float32", most: 35.0, average: average::<f32, false> },
    Budget { name: "nested int16", most: 6.0, average: average::<i16, true> },
    Budget { name: "ring float64", most: 42.0, average: average::<f64, false> },
];

/// Millions of instructions that a picture of `SMALL_MAP` may take.
const WHOLE_RUN: f64 = 640.0;
const SMALL_MAP: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/skymap.2mass.depth6.fits");

const NSIDE: u32 = 512;
const TARGET: i64 = 32;
/// Repetitions in the longer of two runs; the shorter has one.
const REPETITIONS: usize = 3;

fn average<T: Sample, const NESTED: bool>(repetitions: usize) {
    let ordering = if NESTED { Ordering::Nested } else { Ordering::Ring };
    let source = full_sky::<T>(NSIDE, ordering);
    let target = Nside::new(TARGET).unwrap();
    one_thread().install(|| {
        for _ in 0..repetitions {
            black_box(reduce::reduce(&source, target, (1.0, 0.0), &|_| ()).unwrap());
        }
    });
}

/// Instructions that a command takes; nothing without valgrind.
fn instructions(command: &[&OsStr]) -> Option<u64> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let output = Command::new("valgrind").args(options).args(command).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text.lines().find_map(|line| line.split_once("Collected : "));
    assert!(output.status.success() && count.is_some(), "valgrind failed:\n{text}");
    count.and_then(|(_, count)| count.trim().parse().ok())
}

/// Instructions for each pixel of the map of a budget.
fn per_pixel(this: &Path, budget: usize) -> Option<f64> {
    let count = |repetitions: usize| {
        let [budget, repetitions] = [budget, repetitions].map(|n| n.to_string());
        instructions(&[this.as_os_str(), budget.as_ref(), repetitions.as_ref()])
    };
    let pixels = Nside::new(NSIDE.into()).unwrap().npix() * (REPETITIONS - 1) as u64;
    Some((count(REPETITIONS)? - count(1)?) as f64 / pixels as f64)
}

/// Millions of instructions of a whole run, by the program that was built along with this one.
fn whole_run(this: &Path) -> Option<f64> {
    let program = this.ancestors().nth(2).unwrap().join("map2fig");
    let picture = std::env::temp_dir().join(format!("budget-{}.png", std::process::id()));
    let words = ["-o".as_ref(), picture.as_os_str(), "--threads".as_ref(), "1".as_ref()];
    let command = [&[program.as_os_str(), SMALL_MAP.as_ref()], &words[..]].concat();
    let count = instructions(&command);
    let _ = std::fs::remove_file(&picture);
    Some(count? as f64 / 1e6)
}

fn verdict(name: &str, taken: f64, most: f64) -> bool {
    let word = if taken <= most { "ok" } else { "TOO MANY" };
    println!("{name:<26}{taken:>9.2} of {most:>7.1} {word}");
    taken <= most
}

fn main() -> ExitCode {
    let arguments: Vec<usize> =
        std::env::args().skip(1).map(|word| word.parse().unwrap()).collect();
    if let [budget, repetitions] = arguments[..] {
        (BUDGETS[budget].average)(repetitions);
        return ExitCode::SUCCESS;
    }
    if !has_avx2() {
        println!("skipped: the budgets are for x86-64 with AVX2");
        return ExitCode::SUCCESS;
    }
    let this = std::env::current_exe().unwrap();
    let kernels = BUDGETS.iter().enumerate().map(|(index, budget)| {
        Some((format!("{}, each pixel", budget.name), per_pixel(&this, index)?, budget.most))
    });
    let whole = || Some(("a small map, millions".to_string(), whole_run(&this)?, WHOLE_RUN));
    let counts: Option<Vec<_>> = kernels.chain(std::iter::once_with(whole)).collect();
    let Some(counts) = counts else {
        println!("skipped: valgrind is not installed; on Debian: apt-get install valgrind");
        return ExitCode::SUCCESS;
    };
    let good: Vec<bool> =
        counts.iter().map(|(name, taken, most)| verdict(name, *taken, *most)).collect();
    if good.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}
