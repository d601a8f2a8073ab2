//! Damaged and hostile files end in an error: no panic, no endless work, no memory that the file does not account for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::fits::{
    Column, Data, HealpixFile, Table, Value, image_extension, integer_image_extension,
};
use common::{UNSEEN, allocations, noise};
use map2fig::fits::{FitsFile, MemorySource};
use map2fig::map::MapSource;
use map2fig::stages::inspect::{Number, Scope, inspect};
use map2fig::stages::load::{Choice, Pick, load};
use map2fig::stages::{assemble, reduce};

/// Most bytes that may be in use at a time, of all tests that run together: what a file of some kilobytes can reasonably ask for.
const MOST_BYTES: usize = 256 << 20;

/// Longest time that a file of some kilobytes may take on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(20);

const BLOCK: usize = 2880;
const CARD: usize = 80;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// Random choices from a seed, the same on every machine.
struct Dice {
    numbers: std::vec::IntoIter<f64>,
    seed: u64,
}

impl Dice {
    fn new(seed: u64) -> Self {
        Dice { numbers: Vec::new().into_iter(), seed }
    }

    /// A number below `count`.
    fn below(&mut self, count: usize) -> usize {
        let number = self.numbers.next().unwrap_or_else(|| {
            self.seed += 1;
            self.numbers = noise(self.seed, 64).into_iter();
            self.numbers.next().unwrap()
        });
        (number * count as f64) as usize
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Does with a file all that a figure or a description does. Errors are welcome.
fn exercise(bytes: &[u8], choice: &Choice) {
    let source = Arc::new(MemorySource(bytes.to_vec()));
    let Ok(file) = FitsFile::from_source("hostile.fits", source) else { return };
    for report in inspect(&file, Scope::default()) {
        let _ = serde_json::to_string(&report).unwrap();
    }
    let Ok(map) = load(&file, choice) else { return };
    match &map.source {
        MapSource::FullSky(sky) => {
            let target = sky.nside.coarsened_to(4);
            let _ = reduce::reduce(sky, target, (1.0, 0.0), &|_| ());
        }
        MapSource::Sparse(cells) => {
            if let Ok(found) = assemble::assemble(cells, 16, (1.0, 0.0), &|_| ()) {
                found.map.dense();
            }
        }
    }
}

/// Demands that the file does no harm; `what` says how it came to be.
fn survives(bytes: &[u8], choice: &Choice, what: &dyn Fn() -> String) {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| exercise(bytes, choice)));
    assert!(outcome.is_ok(), "{} made it panic", what());
    assert!(start.elapsed() < MOST_TIME, "{} took {:?}", what(), start.elapsed());
    let most = allocations::peak();
    assert!(most < MOST_BYTES, "{}: {most} bytes were in use", what());
}

fn ramp(count: usize) -> Vec<f32> {
    (0..count).map(|n| if n % 7 == 0 { UNSEEN } else { n as f32 * 0.25 - 20.0 }).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn healsparse() -> Vec<u8> {
    let pixtype = ("PIXTYPE", Value::from("HEALSPARSE"));
    let mut coverage: Vec<i32> = (0..12).map(|c| -16 * c).collect();
    (coverage[2], coverage[7]) = (16 - 16 * 2, 32 - 16 * 7);
    let cov = [("EXTNAME", "COV".into()), pixtype.clone(), ("NSIDE", 1i64.into())];
    let map = [
        ("EXTNAME", "SPARSE".into()),
        pixtype,
        ("NSIDE", 4i64.into()),
        ("SENTINEL", (-1.6375e30f64).into()),
    ];
    let primary = &HealpixFile::new(1).bytes()[..BLOCK];
    [
        primary,
        &integer_image_extension(&[12], &coverage, &cov),
        &image_extension(&[48], &ramp(48), &map),
    ]
    .concat()
}

/// A table of compressed tiles: descriptors, then the heap.
fn tiles(cards: &[(&str, Value)], column: &str, pieces: &[Vec<u8>]) -> Vec<u8> {
    let mut at = 0;
    let descriptors: Vec<i32> = pieces
        .iter()
        .flat_map(|piece| {
            let place = [piece.len() as i32, at];
            at += piece.len() as i32;
            place
        })
        .collect();
    let mut table = Table::new()
        .column(Column::new(column, Data::I32(descriptors)).per_row(2).tform("1PB(9999)"))
        .set("PCOUNT", i64::from(at));
    for (key, value) in cards {
        table = table.set(key, value.clone());
    }
    let extension = table.bytes();
    // The rows are fewer than a block, which the heap begins in.
    let (header, rows) = extension.split_at(extension.len() - BLOCK);
    let mut data = [&rows[..8 * pieces.len()], &pieces.concat()].concat();
    data.resize(data.len().next_multiple_of(BLOCK), 0);
    [&HealpixFile::new(1).bytes()[..BLOCK], header, &data].concat()
}

fn healpix_cards(nside: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("PIXTYPE", "HEALPIX".into()),
        ("ORDERING", "RING".into()),
        ("NSIDE", nside.into()),
        ("EXTNAME", "MAP".into()),
    ]
}

fn tiled_image(algorithm: &str, pieces: &[Vec<u8>], per_tile: i64, bitpix: i64) -> Vec<u8> {
    let mut cards = healpix_cards(4);
    cards.extend([
        ("ZIMAGE", true.into()),
        ("ZCMPTYPE", algorithm.into()),
        ("ZBITPIX", bitpix.into()),
        ("ZNAXIS", 1i64.into()),
        ("ZNAXIS1", 192i64.into()),
        ("ZTILE1", per_tile.into()),
        ("ZQUANTIZ", "SUBTRACTIVE_DITHER_1".into()),
        ("ZDITHER0", 1i64.into()),
        ("ZSCALE", 0.5f64.into()),
        ("ZZERO", 1.0f64.into()),
        ("ZBLANK", (-7i64).into()),
        ("ZNAME1", "BLOCKSIZE".into()),
        ("ZVAL1", 32i64.into()),
        ("ZNAME2", "BYTEPIX".into()),
        ("ZVAL2", 4i64.into()),
        ("THEAP", (8 * pieces.len() as i64).into()),
    ]);
    tiles(&cards, "COMPRESSED_DATA", pieces)
}

/// A row of pixels as HCOMPRESS_1 has it: the bit planes' numbers, then the planes.
fn hcompressed(pixels: i32, planes: [u8; 3], coded: &[u8]) -> Vec<u8> {
    let shape = [1i32.to_be_bytes(), pixels.to_be_bytes()].concat();
    [&[0xdd, 0x99], &shape[..], &[0; 12], &planes, coded].concat()
}

fn gzip_tiles(parts: usize) -> Vec<Vec<u8>> {
    let bytes: Vec<u8> = ramp(192).iter().flat_map(|v| (*v as i32).to_be_bytes()).collect();
    bytes.chunks(bytes.len() / parts).map(gzip).collect()
}

fn tiled_table() -> Vec<u8> {
    let mut cards = healpix_cards(4);
    cards.extend([
        ("ZTABLE", true.into()),
        ("ZNAXIS1", 4i64.into()),
        ("ZNAXIS2", 192i64.into()),
        ("ZPCOUNT", 0i64.into()),
        ("ZFORM1", "1J".into()),
        ("ZCTYP1", "GZIP_1".into()),
        ("ZTILELEN", 48i64.into()),
    ]);
    tiles(&cards, "SIGNAL", &gzip_tiles(4))
}

/// Small files of every kind, all of them sound.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let full = |nside: i64, order: &str| {
        let count = 12 * (nside * nside) as usize;
        let column = Column::f32("SIGNAL", ramp(count)).unit("K");
        HealpixFile::new(nside).ordering(order).column(column)
    };
    let polarised = HealpixFile::new(8)
        .column(Column::f32("I", ramp(768)).per_row(64))
        .column(Column::f64("Q", noise(3, 768)).per_row(64))
        .column(Column::new("N", Data::I16(vec![3; 768])).per_row(64).card("TNULL", 3i64));
    let partial = HealpixFile::partial(16, [5i64, 9, 100, 3071])
        .column(Column::f32("SIGNAL", [1.0, 2.0, UNSEEN, 4.0]));
    let multi = HealpixFile::multi_order([4i64, 20, 24, 25, 9 << 18])
        .column(Column::f64("PROBDENSITY", [1.0, 2.0, 3.0, 4.0, 5.0]));
    let ring = full(4, "RING").bytes();
    // 192 zeros as a line list, as a Rice code of nothing but zeros, and as a transform without bit planes.
    let line_list = [0u16, 0, 4, 192].iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<_>>();
    vec![
        ("ring", ring.clone()),
        ("nested", full(8, "NESTED").bytes()),
        ("polarised", polarised.bytes()),
        ("partial", partial.bytes()),
        ("multi-order", multi.bytes()),
        ("healsparse", healsparse()),
        ("gzip", gzip(&ring)),
        ("gzip tiles", tiled_image("GZIP_1", &gzip_tiles(4), 48, 32)),
        ("shuffled tiles", tiled_image("GZIP_2", &gzip_tiles(1), 192, -32)),
        ("plain tiles", tiled_image("NOCOMPRESS", &[vec![1; 768]], 192, 32)),
        ("rice tiles", tiled_image("RICE_1", &[vec![0; 16], vec![0; 16]], 96, 32)),
        ("plio tiles", tiled_image("PLIO_1", &[line_list], 192, 16)),
        ("hcompress tiles", tiled_image("HCOMPRESS_1", &[hcompressed(192, [0; 3], &[0])], 192, 8)),
        ("compressed table", tiled_table()),
    ]
}

/// Positions of the cards that have a value.
fn cards(bytes: &[u8]) -> Vec<usize> {
    let whole = bytes.len() / CARD;
    (0..whole).map(|n| n * CARD).filter(|at| bytes[at + 8..at + 10] == *b"= ").collect()
}

fn set_value(bytes: &mut [u8], at: usize, value: &str) {
    bytes[at + 10..at + CARD].copy_from_slice(format!("{value:<70}").as_bytes());
}

/// Sizes that a header can lie about.
const SIZES: [&str; 14] = [
    "NAXIS", "PCOUNT", "GCOUNT", "THEAP", "TFIELDS", "NSIDE", "ZTILE", "ZNAXIS", "ZVAL", "ZDITHER",
    "ZBLANK", "BITPIX", "FIRSTPIX", "TNULL",
];

const NUMBERS: [&str; 17] = [
    "-9223372036854775808",
    "-2147483649",
    "-1",
    "0",
    "1",
    "2",
    "3",
    "8",
    "4096",
    "65536",
    "16777216",
    "268435456",
    "536870912",
    "2147483648",
    "1099511627776",
    "9223372036854775807",
    "99999999999999999999",
];

const FORMATS: [&str; 14] = [
    "0E",
    "1024E",
    "9223372036854775807D",
    "9223372036854775807X",
    "268435456J",
    "1X",
    "7L",
    "1PB(2147483647)",
    "QE",
    "2PJ",
    "A",
    "4M",
    "-1E",
    "",
];

#[test]
fn the_seeds_are_sound() {
    // Fuzzing starts from the same files.
    let corpus = std::env::var_os("MAP2FIG_SEEDS").map(std::path::PathBuf::from);
    for (name, bytes) in seeds() {
        if let Some(folder) = &corpus {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(format!("{name}.fits")), &bytes).unwrap();
        }
        let source = Arc::new(MemorySource(bytes.clone()));
        let file = FitsFile::from_source(name, source).unwrap();
        for report in inspect(&file, Scope::default()) {
            assert_eq!(report.problem, None, "{name}");
        }
        let map = load(&file, &Choice::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        if let MapSource::Sparse(cells) = &map.source {
            assemble::assemble(cells, 16, (1.0, 0.0), &|_| ())
                .unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }
}

#[test]
fn statistics_of_a_compressed_table_are_those_of_its_values() {
    let source = Arc::new(MemorySource(tiled_table()));
    let file = FitsFile::from_source("tiles.fits", source).unwrap();
    let reports = inspect(&file, Scope::default());
    let statistics = reports[1].columns[0].statistics.as_ref().unwrap();
    assert_eq!(statistics.max, Some(Number::Integer(27)));
}

#[test]
fn promised_cells_take_no_memory() {
    let mut cards = healpix_cards(4);
    let rows = 1i64 << 27;
    cards[1].1 = "NUNIQ".into();
    cards.extend([
        ("ZTABLE", true.into()),
        ("ZNAXIS1", 4i64.into()),
        ("ZNAXIS2", rows.into()),
        ("ZFORM1", "1J".into()),
        ("ZCTYP1", "GZIP_1".into()),
        ("ZTILELEN", rows.into()),
    ]);
    let bytes = tiles(&cards, "UNIQ", &[gzip(&[0; 64])]);
    survives(&bytes, &Choice::default(), &|| "a promise of 2^27 cells".into());
}

#[test]
fn tiles_that_nothing_fills_take_no_memory() {
    for (algorithm, piece) in [("PLIO_1", vec![0; 8]), ("RICE_1", vec![0; 8])] {
        let mut bytes = tiled_image(algorithm, &[piece], 1 << 28, 32);
        for (key, value) in [("ZNAXIS1 ", 12 << 24), ("NSIDE   ", 1 << 12), ("ZVAL1   ", 1 << 40)] {
            let at = cards(&bytes).into_iter().find(|at| bytes[*at..].starts_with(key.as_bytes()));
            set_value(&mut bytes, at.unwrap(), &i64::to_string(&value));
        }
        survives(&bytes, &Choice::default(), &|| format!("an empty tile of {algorithm}"));
    }
}

#[test]
fn tiles_of_few_bits_are_not_worked_on_for_long() {
    for nside in [1i64 << 9, 1 << 12] {
        let pixels = 12 * nside * nside;
        // Four bit planes of nothing: trees whose first node has no children.
        let planes = [0xff, 0xbf, 0xef, 0xfb, 0xfe].repeat(60);
        let coded = [planes, vec![0; pixels as usize / 1024]].concat();
        let piece = hcompressed(pixels as i32, [60; 3], &coded);
        let mut bytes = tiled_image("HCOMPRESS_1", &[piece], pixels, 8);
        for (key, value) in [("ZNAXIS1 ", pixels), ("NSIDE   ", nside)] {
            let at = cards(&bytes).into_iter().find(|at| bytes[*at..].starts_with(key.as_bytes()));
            set_value(&mut bytes, at.unwrap(), &value.to_string());
        }
        survives(&bytes, &Choice::default(), &|| format!("{pixels} pixels of HCOMPRESS_1"));
    }
}

#[test]
fn headers_without_end_are_each_looked_at_once() {
    let other = Table::new().column(Column::f32("E", [1.0, 2.0, 3.0])).bytes();
    let bytes = [&HealpixFile::new(1).bytes()[..BLOCK], &other.repeat(5000)].concat();
    survives(&bytes, &Choice::default(), &|| "a file of 5000 tables".into());
}

#[test]
fn truncated_files() {
    for (name, bytes) in seeds() {
        let mut dice = Dice::new(1);
        let blocks = (0..bytes.len()).step_by(BLOCK);
        let ends: Vec<usize> = blocks.chain((0..24).map(|_| dice.below(bytes.len()))).collect();
        for end in ends {
            survives(&bytes[..end], &Choice::default(), &|| format!("{name} cut at {end}"));
        }
    }
}

#[test]
fn flipped_bits() {
    for (name, bytes) in seeds() {
        for round in 0..150 {
            let (mut dice, mut changed) = (Dice::new(1000 * round), bytes.clone());
            for _ in 0..=dice.below(8) {
                changed[dice.below(bytes.len())] ^= 1 << dice.below(8);
            }
            survives(&changed, &Choice::default(), &|| format!("{name} with flips {round}"));
        }
    }
}

#[test]
fn sizes_that_lie() {
    for (name, bytes) in seeds() {
        let lying = cards(&bytes)
            .into_iter()
            .filter(|at| SIZES.iter().any(|key| bytes[*at..].starts_with(key.as_bytes())));
        for at in lying {
            for number in NUMBERS {
                let mut changed = bytes.clone();
                set_value(&mut changed, at, number);
                let key = String::from_utf8_lossy(&bytes[at..at + 8]).into_owned();
                let what = || format!("{name} with {key}= {number} at {at}");
                survives(&changed, &Choice::default(), &what);
            }
        }
    }
}

#[test]
fn column_formats_that_lie() {
    for (name, bytes) in seeds() {
        for at in cards(&bytes) {
            let is_format = |key: &[u8]| bytes[at..].starts_with(key);
            if !is_format(b"TFORM") && !is_format(b"ZFORM") && !is_format(b"ZCMPTYPE") {
                continue;
            }
            let names = ["HCOMPRESS_1", "RICE_1", "PLIO_1", "GZIP_2"];
            for text in FORMATS.iter().chain(&names) {
                let mut changed = bytes.clone();
                set_value(&mut changed, at, &format!("'{text}'"));
                survives(&changed, &Choice::default(), &|| format!("{name} with {text} at {at}"));
            }
        }
    }
}

#[test]
fn cards_duplicated_removed_and_shuffled() {
    for (name, bytes) in seeds() {
        let places = cards(&bytes);
        if places.is_empty() {
            continue;
        }
        for round in 0..60 {
            let (mut dice, mut changed) = (Dice::new(77 * round), bytes.clone());
            for _ in 0..=dice.below(3) {
                let (to, from) = (*dice.pick(&places), *dice.pick(&places));
                match dice.below(4) {
                    0 => changed.copy_within(from..from + CARD, to),
                    1 => changed[to..to + CARD].fill(b' '),
                    2 => (0..CARD).for_each(|n| changed.swap(from + n, to + n)),
                    _ => set_value(&mut changed, to, dice.pick::<&str>(&NUMBERS[..])),
                }
            }
            let choice = match dice.below(4) {
                0 => Choice { column: Some(Pick::Number(dice.below(4))), ..Choice::default() },
                1 => Choice { hdu: Some(Pick::Number(dice.below(3))), ..Choice::default() },
                _ => Choice::default(),
            };
            survives(&changed, &choice, &|| format!("{name} with shuffled cards {round}"));
        }
    }
}

/// Files with damage of all kinds: `make test` waits for them.
const FUZZED: u64 = 20_000;

#[test]
fn a_short_fuzz_run() {
    let seeds = seeds();
    for round in 0..FUZZED {
        let mut dice = Dice::new(1_000_000 + 1000 * round);
        let (name, mut bytes) = dice.pick(&seeds).clone();
        for _ in 0..=dice.below(6) {
            damage(&mut bytes, &mut dice);
        }
        survives(&bytes, &Choice::default(), &|| format!("{name}, damaged in round {round}"));
    }
}

/// Changes a file in one of the ways that fuzzers do.
fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let (Some(last), places) = (bytes.len().checked_sub(1), cards(bytes)) else { return };
    let (at, from) = (dice.below(last + 1), dice.below(last + 1));
    let length = (1 + dice.below(BLOCK)).min(last + 1 - at.max(from));
    match dice.below(7) {
        0 => bytes[at] ^= 1 << dice.below(8),
        1 => bytes[at] = *dice.pick(&[0, 1, 0x7f, 0x80, 0xff]),
        2 => bytes.copy_within(from..from + length, at),
        3 => drop(bytes.drain(at..at + length)),
        4 => {
            let copy = bytes[from..from + length].to_vec();
            bytes.splice(at..at, copy);
        }
        5 => bytes.truncate(at.max(last * 3 / 4)),
        _ if places.is_empty() => {}
        _ => set_value(bytes, *dice.pick(&places), dice.pick::<&str>(&NUMBERS[..])),
    }
}

#[test]
fn nothing_but_not_a_number() {
    for (name, bytes) in seeds() {
        for fill in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::from_bits(1)] {
            let mut changed = bytes.clone();
            let start = changed.len().saturating_sub(BLOCK);
            for value in changed[start..].chunks_exact_mut(4) {
                value.copy_from_slice(&fill.to_be_bytes());
            }
            survives(&changed, &Choice::default(), &|| format!("{name} full of {fill}"));
        }
    }
}
