//! `map2fig info` tells what is in a file, and its numbers are right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{
    Column, Data, HealpixFile, Table, Value, healsparse_with, image_extension,
    integer_image_extension,
};
use common::sandbox::Sandbox;
use common::{UNSEEN, noise};

/// What `map2fig info --json` with these arguments says.
#[track_caller]
fn json(sandbox: &Sandbox, arguments: &str) -> serde_json::Value {
    let outcome = sandbox.run_line(&format!("info --json {arguments}")).success();
    serde_json::from_str(outcome.text()).unwrap()
}

/// The statistics of a column of the first table.
fn statistics(report: &serde_json::Value, column: usize) -> &serde_json::Value {
    &report[0]["hdus"][1]["columns"][column]["statistics"]
}

/// The percentile of this place in the list: 1, 5, 50, 95, 99 %.
fn percentile(statistics: &serde_json::Value, place: usize) -> f64 {
    statistics["percentiles"][place]["value"].as_f64().unwrap()
}

#[test]
fn a_map_is_described_for_people() {
    let sandbox = Sandbox::new();
    let mut values: Vec<f32> = (0..768).map(|i| i as f32 / 1e6).collect();
    values[5] = UNSEEN;
    values[6] = f32::NAN;
    HealpixFile::new(8)
        .ordering("NEST")
        .set("EXTNAME", "FREQ-MAP")
        .column(Column::f32("TEMPERATURE", values).per_row(4).unit("K_CMB"))
        .write(sandbox.folder(), "map.fits");
    let outcome = sandbox.run_line("info map.fits").success();
    assert_eq!(outcome.stderr, "");
    for words in [
        "map.fits  11.5 kB",
        "HDU 1  table 'FREQ-MAP', 192 rows of 16 bytes",
        "HEALPix nside 8 (768 pixels of 7.33 deg), NESTED, galactic, full sky",
        "TEMPERATURE  float32 [4E]  K_CMB",
        "0.3 %, 1 NaN, 1 UNSEEN",
        "median",
        "7.67e-4",
    ] {
        assert!(outcome.text().contains(words), "no {words:?} in\n{}", outcome.text());
    }
    assert!(outcome.text().lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn every_kind_of_column_has_right_statistics() {
    let sandbox = Sandbox::new();
    let ramp: Vec<i64> = (0..192).collect();
    let mut nulls: Vec<i32> = (0..192).collect();
    nulls[100..].fill(-7);
    let mut doubles: Vec<f64> = ramp.iter().map(|&i| i as f64 - 50.0).collect();
    (doubles[0], doubles[1], doubles[191]) = (f64::NEG_INFINITY, -99.0, f64::INFINITY);
    let truth: Vec<u8> = (0..192).map(|i| b"TTF\0"[i % 4]).collect();
    HealpixFile::new(4)
        .bad_data(-99.0)
        .column(Column::new("bytes", Data::U8((0..192).collect())))
        .column(
            Column::new("unsigned", Data::I16((0..192).map(|i| i16::MIN + i).collect()))
                .card("TZERO", 32_768i64),
        )
        .column(Column::new("nulls", Data::I32(nulls)).card("TNULL", -7i64))
        .column(Column::i64("falling", ramp.as_slice()).card("TSCAL", -0.5).card("TZERO", 10.0))
        .column(Column::i64("huge", ramp.iter().map(|i| i64::MAX - i).collect::<Vec<_>>()))
        .verbatim("TZERO5  =  9223372036854775808")
        .column(Column::f64("doubles", doubles))
        .column(Column::new("truth", Data::Raw { letter: 'L', element: 1, bytes: truth }))
        .column(Column::new("text", Data::Text(vec!["abc".into(); 192])))
        .write(sandbox.folder(), "map.fits");
    let report = json(&sandbox, "map.fits");

    let bytes = statistics(&report, 0);
    assert_eq!(
        (&bytes["min"], &bytes["max"], &bytes["mean"]),
        (&0.into(), &191.into(), &95.5.into())
    );
    // The percentiles of numpy: 1 % of 0..=191 is at 1.91.
    for (place, expected) in [1.91, 9.55, 95.5, 181.45, 189.09].into_iter().enumerate() {
        assert!((percentile(bytes, place) - expected).abs() < 1e-12);
    }
    assert_eq!(report[0]["hdus"][1]["columns"][1]["type"], "uint16");
    assert_eq!(statistics(&report, 1)["max"], 191);
    let nulls = statistics(&report, 2);
    assert_eq!((&nulls["good"], &nulls["bad_by_reason"]["null"]), (&100.into(), &92.into()));
    assert_eq!(nulls["max"], 99);
    let falling = statistics(&report, 3);
    assert_eq!((&falling["min"], &falling["max"]), (&(-85.5).into(), &10.0.into()));
    assert!((percentile(falling, 0) - -84.545).abs() < 1e-12);
    assert_eq!(statistics(&report, 4)["max"], u64::MAX, "exact beyond 2^53");
    let doubles = statistics(&report, 5);
    let reasons = &doubles["bad_by_reason"];
    assert_eq!((&reasons["inf"], &reasons["bad_data"]), (&2.into(), &1.into()));
    assert_eq!((&doubles["min"], &doubles["max"]), (&(-48.0).into(), &140.0.into()));
    let truth = statistics(&report, 6);
    assert_eq!((&truth["good"], &truth["bad"]), (&144.into(), &48.into()));
    assert!((truth["mean"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert!(statistics(&report, 7).is_null());
    assert_eq!(report[0]["hdus"][1]["columns"][7]["type"], "text");
}

/// Long columns go through bins instead of being sorted: their percentiles are right within 0.05 % of the values all the same.
#[test]
fn long_columns_have_right_percentiles_whatever_the_threads() {
    let sandbox = Sandbox::new();
    let (a, b) = (noise(1, 786_432), noise(2, 786_432));
    let normal: Vec<f32> = a
        .iter()
        .zip(&b)
        .map(|(a, b)| ((-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()) as f32)
        .map(|v| if v > 3.5 { UNSEEN } else { v })
        .collect();
    let monopole: Vec<f64> =
        a.iter().map(|a| if *a < 0.3 { 0.0 } else { 2.7 + 1e-7 * a }).collect();
    HealpixFile::new(256)
        .column(Column::f32("I", normal.as_slice()))
        .column(Column::f64("T", monopole.as_slice()))
        .write(sandbox.folder(), "map.fits");
    let one = sandbox.run_line("info --json --threads 1 map.fits").success();
    for threads in [2, 3, 8] {
        let more = sandbox.run_line(&format!("info --json --threads {threads} map.fits")).success();
        assert_eq!(one.text(), more.text(), "{threads} threads");
    }
    let report: serde_json::Value = serde_json::from_str(one.text()).unwrap();
    let good: Vec<f64> = normal.iter().filter(|v| **v > -9.0).map(|v| f64::from(*v)).collect();
    for (column, values) in [good, monopole].into_iter().enumerate() {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let found = statistics(&report, column);
        assert_eq!(found["good"], sorted.len());
        assert_eq!(found["min"].as_f64(), sorted.first().copied());
        assert_eq!(found["max"].as_f64(), sorted.last().copied());
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!((found["mean"].as_f64().unwrap() - mean).abs() < 1e-9);
        for (place, percent) in [1.0, 5.0, 50.0, 95.0, 99.0].into_iter().enumerate() {
            let value = percentile(found, place);
            let rank = percent / 100.0 * (sorted.len() - 1) as f64;
            let below = sorted.partition_point(|v| *v < value) as f64 - 1.0;
            let upto = sorted.partition_point(|v| *v <= value) as f64;
            let error = (below - rank).max(rank - upto).max(0.0) / sorted.len() as f64;
            assert!(error < 5e-4, "column {column}, {percent} %: {value} is off by {error}");
        }
    }
}

#[test]
fn the_layout_of_pixels_is_told() {
    let sandbox = Sandbox::new();
    HealpixFile::partial(1024, [7, 900, 30])
        .coordsys("C")
        .column(Column::f64("depth", [1.0, 2.0, 4.0]))
        .write(sandbox.folder(), "partial.fits");
    HealpixFile::multi_order([4, 17, 1_000])
        .column(Column::f64("PROBDENSITY", [0.5, 1.0, 0.0]))
        .write(sandbox.folder(), "multi.fits");
    HealpixFile::new(2)
        .remove("ORDERING")
        .remove("COORDSYS")
        .column(Column::f32("spectra", vec![1.0; 480]).per_row(10))
        .write(sandbox.folder(), "cube.fits");
    let report = json(&sandbox, "partial.fits multi.fits cube.fits");
    let healpix = |file: usize| &report[file]["hdus"][1]["healpix"];
    assert_eq!(healpix(0)["scheme"], "explicit");
    assert_eq!((&healpix(0)["nside"], &healpix(0)["frame"]), (&1024.into(), &"equatorial".into()));
    // The pixel column is not counted by --col, and has its extremes only.
    let columns = &report[0]["hdus"][1]["columns"];
    assert!(columns[0]["index"].is_null() && columns[0]["statistics"]["mean"].is_null());
    assert_eq!((&columns[0]["statistics"]["max"], &columns[1]["index"]), (&900.into(), &0.into()));
    assert_eq!(columns[1]["statistics"]["mean"], 7.0 / 3.0);
    assert_eq!(healpix(1)["scheme"], "multi_order");
    assert!(healpix(1)["nside"].is_null());
    assert_eq!(healpix(2)["scheme"], "full_sky");
    assert!(healpix(2)["ordering"].is_null() && healpix(2)["frame"].is_null());
    let notes = report[2]["hdus"][1]["notes"].to_string();
    for word in ["ORDERING", "COORDSYS", "10 values"] {
        assert!(notes.contains(word), "{notes}");
    }
    let text = sandbox.run_line("info partial.fits").success();
    assert!(
        text.text().contains("pixel numbers in PIXEL (int64 [1K]): 7 to 900"),
        "{}",
        text.text()
    );
}

#[test]
fn what_is_no_map_is_listed_without_being_read() {
    let sandbox = Sandbox::new();
    let other = Table::new()
        .set("EXTNAME", "EBOUNDS")
        .column(Column::f32("E_MIN", [1.0, 2.0, 3.0]).unit("keV"));
    HealpixFile::new(4)
        .before(image_extension(&[3, 2], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &[]))
        .column(Column::f32("I", vec![1.0; 192]))
        .after(other.bytes())
        .write(sandbox.folder(), "map.fits");
    let report = json(&sandbox, "map.fits");
    let hdus = &report[0]["hdus"];
    assert_eq!((&hdus[1]["kind"], &hdus[1]["axes"][0]), (&"image".into(), &3.into()));
    assert!(hdus[3]["healpix"].is_null() && hdus[3]["columns"][0]["statistics"].is_null());
    let text = sandbox.run_line("info map.fits").success();
    assert!(text.text().contains("E_MIN (float32 [1E], keV)"), "{}", text.text());
    // An HDU that is asked for is read whatever it is.
    let chosen = json(&sandbox, "map.fits --hdu ebounds");
    assert_eq!(chosen[0]["hdus"].as_array().unwrap().len(), 1);
    assert_eq!(chosen[0]["hdus"][0]["columns"][0]["statistics"]["mean"], 2.0);
    sandbox.run_line("info map.fits --hdu 9").failure(1).says(&["map.fits has no HDU 9"]);
}

#[test]
fn the_header_is_printed_as_it_stands() {
    let sandbox = Sandbox::new();
    HealpixFile::new(4)
        .verbatim("COMMENT   blanks  and 'quotes' stay")
        .column(Column::f32("I", vec![1.0; 192]))
        .write(sandbox.folder(), "map.fits");
    let text = sandbox.run_line("info --header --hdu 1 map.fits").success();
    let card = format!("{:<80}", "COMMENT   blanks  and 'quotes' stay");
    assert!(text.text().lines().any(|line| line == card), "{}", text.text());
    let report = json(&sandbox, "--header map.fits");
    assert!(statistics(&report, 0).is_null());
    let cards = report[0]["hdus"][1]["header"].as_array().unwrap();
    assert!(cards.iter().all(|card| card.as_str().unwrap().len() == 80));
}

#[test]
fn damage_is_told_and_the_other_files_are_described() {
    let sandbox = Sandbox::new();
    let good = HealpixFile::new(4).column(Column::f32("I", vec![1.0; 192]));
    good.write(sandbox.folder(), "good.fits");
    good.clone().truncated(6_000).write(sandbox.folder(), "cut.fits");
    good.set("TFORM1", "Z").write(sandbox.folder(), "strange.fits");
    sandbox.write("page.fits", "<!doctype html>");
    let outcome = sandbox.run_line("info cut.fits page.fits none.fits strange.fits good.fits");
    let outcome = outcome.failure(1).says(&[
        "HDU 1 of cut.fits is truncated: 528 bytes missing of 768",
        "page.fits is not a FITS file",
        "cannot read none.fits",
        "strange.fits: TFORM1 is 'Z'",
    ]);
    assert_eq!(outcome.stderr.lines().count(), 4, "one line for each:\n{}", outcome.stderr);
    let text = outcome.text();
    assert!(text.contains("damaged: HDU 1 of cut.fits"), "{text}");
    assert!(text.contains("I (float32 [1E])") && text.contains("good.fits"), "{text}");
    let report = sandbox.run_line("info --json page.fits good.fits").failure(1);
    let report: serde_json::Value = serde_json::from_str(report.text()).unwrap();
    assert!(report[0]["error"].is_string() && report[1]["error"].is_null());
    assert_eq!(report[1]["hdus"][1]["columns"][0]["statistics"]["good"], 192);
    sandbox.run_line("info").failure(2);
}

#[test]
fn multi_order_maps_are_told_by_their_ordering_alone() {
    let sandbox = Sandbox::new();
    HealpixFile::multi_order((4..16).collect::<Vec<i64>>())
        .remove("PIXTYPE")
        .remove("INDXSCHM")
        .column(Column::f32("DENSITY", vec![1.0; 12]))
        .write(sandbox.folder(), "map.fits");
    let report = json(&sandbox, "map.fits");
    assert_eq!(report[0]["hdus"][1]["healpix"]["scheme"], "multi_order");
    sandbox.run_line("map.fits -w 100 -o map.png").success();
}

#[test]
fn channels_have_the_resolution_of_their_table() {
    let sandbox = Sandbox::new();
    for nsides in [[4, 4], [2, 8]] {
        HealpixFile::cube(nsides).write(sandbox.folder(), "cube.fits");
        let report = json(&sandbox, "cube.fits");
        let map = &report[0]["hdus"][1];
        if nsides[0] == nsides[1] {
            assert_eq!(map["healpix"]["nside"], 4);
        } else {
            assert!(map["healpix"]["nside"].is_null());
            assert!(map["notes"].to_string().contains("NSIDE 2 to 8"), "{}", map["notes"]);
        }
    }
}

#[test]
fn cells_may_be_named_in_any_column() {
    let sandbox = Sandbox::new();
    HealpixFile::new(1)
        .remove("NSIDE")
        .ordering("NUNIQ")
        .column(Column::f32("X", vec![2.0; 12]))
        .column(Column::i64("UNIQ", (4..16).collect::<Vec<i64>>()))
        .column(Column::f64("PROBDENSITY", vec![1.0; 12]))
        .write(sandbox.folder(), "map.fits");
    let report = json(&sandbox, "map.fits");
    assert_eq!(report[0]["hdus"][1]["healpix"]["scheme"], "multi_order");
    let indices = [0, 1, 2].map(|n| report[0]["hdus"][1]["columns"][n]["index"].as_i64());
    assert_eq!(indices, [Some(0), None, Some(1)]);
}

#[test]
fn the_sentinel_of_a_healsparse_map_is_no_value() {
    let sandbox = Sandbox::new();
    let coverage: Vec<i32> = (0..12).map(|n| if n == 2 { 16 - 32 } else { -16 * n }).collect();
    let cards = |sentinel: Value| {
        let pixtype = ("PIXTYPE", "HEALSPARSE".into());
        [("EXTNAME", "SPARSE".into()), pixtype, ("NSIDE", 4i64.into()), ("SENTINEL", sentinel)]
    };
    let described = |image: Vec<u8>| {
        sandbox.write("map.hsp", healsparse_with(&coverage, image));
        json(&sandbox, "map.hsp")
    };
    let known = [5, 6, 7, 12];
    let values = |sentinel: i32| [&[sentinel; 28][..], &known].concat();
    for sentinel in [i32::MIN, -1, 0] {
        let cards = cards(i64::from(sentinel).into());
        let report = described(integer_image_extension(&[32], &values(sentinel), &cards));
        let found = statistics(&report, 0);
        assert_eq!((&found["good"], &found["bad"]), (&4.into(), &28.into()), "{sentinel}");
        assert_eq!(
            (&found["min"], &found["max"], &found["mean"]),
            (&5.into(), &12.into(), &7.5.into())
        );
        assert_eq!(percentile(found, 2), 6.5);
    }
    let reals: Vec<f32> = values(-99).into_iter().map(|v| v as f32).collect();
    let report = described(image_extension(&[32], &reals, &cards((-99.0).into())));
    assert_eq!(statistics(&report, 0)["min"], 5.0);
    // Sentinels stay so where something is taken off.
    sandbox.run_line("map.hsp --remove-monopole -o x.npy -w 60 --sampling nearest").success();
    let drawn = common::npy::read(&sandbox.path("x.npy")).values;
    assert!(drawn.iter().all(|v| v.is_nan() || *v == UNSEEN || v.abs() < 6.0));
}

#[test]
fn what_has_no_keywords_is_a_map_by_its_size_as_where_it_is_drawn() {
    let sandbox = Sandbox::new();
    let primary = HealpixFile::new(1).bytes()[..2880].to_vec();
    let table = |rows: usize| Table::new().column(Column::f32("T", vec![1.0; rows])).bytes();
    let photograph = image_extension(&[16, 12], &[1.0; 192], &[]);
    let row = image_extension(&[192], &[1.0; 192], &[]);
    let cases = [
        (table(48), Some(2)),
        (table(108), Some(3)),
        (table(192), Some(4)),
        (table(120_000), Some(100)),
        (table(191), None),
        (row, Some(4)),
        (photograph, None),
    ];
    for (hdu, nside) in cases {
        sandbox.write("map.fits", [&primary[..], &hdu].concat());
        let report = json(&sandbox, "map.fits");
        assert_eq!(report[0]["hdus"][1]["healpix"]["nside"].as_i64(), nside);
        let drawn = sandbox.run_line("map.fits -w 60 -o x.png");
        assert_eq!(drawn.status, Some(i32::from(nside.is_none())), "{nside:?}: {}", drawn.stderr);
    }
}
