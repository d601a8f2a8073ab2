//! Counts the instructions that averaging a map takes for each of its pixels, and fails where they are more than its budget.
//!
//! Instructions, unlike seconds, do not depend on what else a machine does. `valgrind` counts them for a program that makes the map in
//! memory and averages it once, and for the same with more repetitions; the difference is that of the averaging alone. Budgets leave
//! room for what another compiler makes of the same code; losing the vector instructions or a second pass over the data go beyond.
//!
//! usage: `make budget`

#![allow(clippy::unwrap_used, reason = "a check that cannot be set up has failed")]

mod common;

use std::hint::black_box;
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

/// On x86-64 with AVX2, the most that valgrind knows of. The ceilings of 100 are not measured: until they are replaced by measured counts
/// plus a quarter, the check guards against nothing but gross mistakes.
const BUDGETS: [Budget; 4] = [
    Budget { name: "nested float32", most: 100.0, average: average::<f32, true> },
    Budget { name: "ring float32", most: 100.0, average: average::<f32, false> },
    Budget { name: "nested int16", most: 100.0, average: average::<i16, true> },
    Budget { name: "ring float64", most: 100.0, average: average::<f64, false> },
];

const NSIDE: u32 = 256;
const TARGET: i64 = 64;
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

/// Instructions of this program when it averages that often; nothing without valgrind.
fn instructions(budget: usize, repetitions: usize) -> Option<u64> {
    let this = std::env::current_exe().unwrap();
    let valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let mut command = Command::new("valgrind");
    command.args(valgrind).arg(this).args([budget.to_string(), repetitions.to_string()]);
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text.lines().find_map(|line| line.split_once("Collected : "));
    assert!(output.status.success() && count.is_some(), "valgrind failed:\n{text}");
    count.and_then(|(_, count)| count.trim().parse().ok())
}

fn main() -> ExitCode {
    let arguments: Vec<usize> =
        std::env::args().skip(1).map(|word| word.parse().unwrap()).collect();
    if let [budget, repetitions] = arguments[..] {
        (BUDGETS[budget].average)(repetitions);
        return ExitCode::SUCCESS;
    }
    if !cfg!(target_arch = "x86_64") {
        println!("skipped: the budgets are for x86-64");
        return ExitCode::SUCCESS;
    }
    let pixels = Nside::new(NSIDE.into()).unwrap().npix() * (REPETITIONS - 1) as u64;
    let mut passed = true;
    for (index, budget) in BUDGETS.iter().enumerate() {
        let counts = [REPETITIONS, 1].map(|repetitions| instructions(index, repetitions));
        let [Some(long), Some(short)] = counts else {
            println!("skipped: valgrind is not installed; on Debian: apt-get install valgrind");
            return ExitCode::SUCCESS;
        };
        let taken = (long - short) as f64 / pixels as f64;
        let verdict = if taken <= budget.most { "ok" } else { "TOO MANY" };
        passed &= taken <= budget.most;
        println!("{:<16}{taken:>7.2} of {:>5.1} {verdict}", budget.name, budget.most);
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
