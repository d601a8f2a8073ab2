//! Memory does not grow with the file: a map of 805 MB is drawn in a small part of that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::fs::{File, OpenOptions};
use std::io::Write;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

const NSIDE: u64 = 4096;
/// What a run may take at its peak: the averaged map, the picture, buffers and the program itself.
const MOST: u64 = 128 << 20;

fn header(cards: &[&str]) -> Vec<u8> {
    let mut text: String = cards.iter().map(|card| format!("{card:<80}")).collect();
    text.push_str("END");
    let len = text.len().next_multiple_of(2880);
    format!("{text:<len$}").into_bytes()
}

/// Writes a map of zeros that takes no room on the disk.
fn write_hollow(file: &mut File, ordering: &str) {
    let rows = 12 * NSIDE * NSIDE;
    let primary = [
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "EXTEND  =                    T",
    ];
    let table = [
        "XTENSION= 'BINTABLE'",
        "BITPIX  =                    8",
        "NAXIS   =                    2",
        "NAXIS1  =                    4",
        &format!("NAXIS2  = {rows:>20}"),
        "PCOUNT  =                    0",
        "GCOUNT  =                    1",
        "TFIELDS =                    1",
        "TTYPE1  = 'T'",
        "TFORM1  = 'E'",
        "PIXTYPE = 'HEALPIX'",
        &format!("ORDERING= '{ordering}'"),
        &format!("NSIDE   = {NSIDE:>20}"),
        "COORDSYS= 'G'",
    ];
    let headers = [header(&primary), header(&table)].concat();
    file.write_all(&headers).unwrap();
    file.set_len(headers.len() as u64 + (4 * rows).next_multiple_of(2880)).unwrap();
}

/// The peaks that a profile as JSON states, in bytes, figure by figure.
fn peaks(profiles: &str) -> Vec<u64> {
    let reports = profiles.lines().filter(|line| line.starts_with('{'));
    let reports = reports.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    reports.map(|report| report["peak_memory_bytes"].as_u64().unwrap()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_whatever_the_size_of_the_file() {
    let sandbox = Sandbox::new();
    for ordering in ["NESTED", "RING"] {
        let path = sandbox.path("hollow.fits");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap();
        write_hollow(&mut file, ordering);
        for options in ["", "--range-from map", "--fov 300"] {
            let line = format!("hollow.fits -o sky.png {options} --profile=json");
            let run = sandbox.run_line(&line).success();
            let peak = *peaks(&run.stderr).last().unwrap();
            assert!(peak < MOST, "{ordering} {options}: {peak} bytes");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_flat_in_the_number_of_maps() {
    // As little as a file's font that each figure would leave behind shows.
    const GROWTH: u64 = 4 << 20;
    let sandbox = Sandbox::new();
    let values: Vec<f32> = (0..3072u16).map(f32::from).collect();
    let map = HealpixFile::new(16).column(Column::f32("T", values)).bytes();
    for number in 0..64 {
        sandbox.write(&format!("map{number:02}.fits"), &map);
    }
    let names: Vec<String> = (0..64).map(|number| format!("map{number:02}.fits")).collect();
    let line = format!("{} --format pdf --jobs 1 -w 200 --profile=json", names.join(" "));
    let run = sandbox.run_line(&line).success();
    let peaks = peaks(&run.stderr);
    // Linux adds its counters up by approximation: a later peak may read a little below.
    let growth = peaks[63].saturating_sub(peaks[15]);
    assert!(growth < GROWTH, "{growth} bytes from the 16th to the 64th map");
}
