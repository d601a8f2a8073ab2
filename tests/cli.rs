//! The command line as a user meets it: outputs, exit codes, messages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

/// A sandbox with `map.fits`: nside 8, two columns, K_CMB.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let temperature: Vec<f32> = (0..768).map(|i| 3e-4 * (i as f32 / 384.0 - 1.0)).collect();
    HealpixFile::new(8)
        .coordsys("G")
        .column(Column::f32("TEMPERATURE", temperature).unit("K_CMB"))
        .column(Column::f32("HITS", vec![2.0; 768]))
        .write(sandbox.folder(), "map.fits");
    sandbox
}

#[test]
fn without_an_output_the_stem_gets_pdf() {
    let sandbox = sandbox();
    let outcome = sandbox.run_line("map.fits -w 200").success();
    assert!(outcome.stdout.is_empty() && outcome.stderr.is_empty(), "{}", outcome.stderr);
    assert_eq!(sandbox.names(), ["map.fits", "map.pdf"]);
    let map = std::fs::read(sandbox.path("map.fits")).unwrap();
    sandbox.run_with_input(["-", "-w", "200"], &map).success();
    assert_eq!(sandbox.names(), ["map.fits", "map.pdf", "stdin.pdf"]);
}

#[test]
fn two_names_are_input_and_output() {
    let sandbox = sandbox();
    sandbox.run_line("map.fits sky.png -w 200").success();
    sandbox.run_line("map.fits values.fits -w 200").success();
    assert_eq!(sandbox.names(), ["map.fits", "sky.png", "values.fits"]);
    // A second name that is a map is a map.
    std::fs::copy(sandbox.path("map.fits"), sandbox.path("other.fits")).unwrap();
    sandbox.run_line("map.fits other.fits -w 200").success();
    assert!(sandbox.path("map.pdf").is_file() && sandbox.path("other.pdf").is_file());
}

#[test]
fn the_format_wins_over_the_extension_and_dash_is_stdout() {
    let sandbox = sandbox();
    let png = sandbox.run_line("map.fits -o - --format png -w 200").success();
    assert!(png.stdout.starts_with(b"\x89PNG"));
    sandbox.run_line("map.fits -o picture.xyz --format SVG -w 200").success();
    assert!(std::fs::read(sandbox.path("picture.xyz")).unwrap().starts_with(b"<?xml"));
    sandbox.run_line("map.fits -o - -w 200").failure(2).says(&["--format", "hint: "]);
}

#[test]
fn sizes_are_those_asked_for() {
    let sandbox = sandbox();
    let width = |line: &str| {
        sandbox.run_line(&format!("map.fits -o x.png {line}")).success();
        common::picture::Picture::read(&sandbox.path("x.png")).width
    };
    assert_eq!(width(""), 1200);
    assert_eq!(width("-w 300"), 300);
    assert_eq!(width("--figsize 4in --dpi 150"), 600);
    sandbox.run_line("map.fits -o x.npy -w 301").success();
    let array = common::npy::read(&sandbox.path("x.npy"));
    assert_eq!((array.width, array.height), (301, 150));
}

#[test]
fn negative_numbers_need_no_equals_sign() {
    let sandbox = sandbox();
    let line = "map.fits -o x.png -w 200 --min -1e-4 --max 2e-4 --rotate-to -90,-30 --roll -5 --scale -2 --offset -1";
    sandbox.run_line(line).success();
}

#[test]
fn columns_are_found_by_number_and_name() {
    let sandbox = sandbox();
    let first = |col: &str| {
        sandbox.run_line(&format!("map.fits -i {col} -o x.npy -w 64 --sampling nearest")).success();
        common::npy::read(&sandbox.path("x.npy")).at(16, 32)
    };
    assert_eq!(first("1"), 2.0);
    assert_eq!(first("hits"), 2.0);
    assert_ne!(first("0"), 2.0);
    sandbox.run_line("map.fits --col Q_STOKES").failure(1).says(&[
        "Q_STOKES",
        "TEMPERATURE",
        "HITS",
    ]);
    sandbox.run_line("map.fits --col 2").failure(1).says(&["HITS"]);
}

#[test]
fn usage_errors_exit_with_2_and_write_nothing() {
    let sandbox = sandbox();
    for (line, words) in [
        ("map.fits -o x.docx", &["x.docx", "pdf", "npy"][..]),
        ("map.fits --format doc", &["doc", "pdf"]),
        ("map.fits -c virdis", &["virdis", "viridis"]),
        ("map.fits --min 2 --max 1", &["--min", "--max"]),
        ("map.fits --log --min -1", &["--log", "hint"]),
        ("map.fits --rotate-to 10", &["--rotate-to", "two numbers"]),
        ("map.fits --rotate-to 10,91", &["91"]),
        ("map.fits --bad-color reddish", &["--bad-color", "reddish"]),
        ("map.fits --output-coord martian", &["--output-coord", "martian", "gal"]),
        ("map.fits --percentile 90,10", &["--percentile"]),
        ("map.fits --range full --min 1 --max 2", &["--range full", "--min"]),
        ("map.fits --figsize 12", &["--figsize", "cm"]),
        ("map.fits --ordering spiral", &["--ordering", "spiral"]),
        ("map.fits --threads 0", &["--threads"]),
        ("map.fits --projection cartesian --extent=-1e-13,1e-13,0,1", &["--extent", "40 times"]),
        ("map.fits --projection cartesian --extent=1e-13,2e-13,0,1", &["--extent", "40 times"]),
        ("map.fits --frobnicate", &["--frobnicate"]),
        ("map.fits --title -5mK", &["-5", "equals sign"]),
        ("", &["MAP"]),
    ] {
        sandbox.run_line(line).failure(2).says(words);
    }
    assert_eq!(sandbox.names(), ["map.fits"]);
}

#[test]
fn files_that_cannot_be_drawn_exit_with_1_and_say_why() {
    let sandbox = sandbox();
    sandbox.write("empty.fits", b"");
    sandbox.write("text.fits", b"hello, this is not a FITS file at all, sorry");
    std::fs::create_dir(sandbox.path("folder.fits")).unwrap();
    let values = || Column::f32("T", vec![1.0; 768]);
    HealpixFile::new(8).column(values()).truncated(7000).write(sandbox.folder(), "cut.fits");
    HealpixFile::new(8)
        .set("NSIDE", 16i64)
        .column(values())
        .write(sandbox.folder(), "mismatch.fits");
    HealpixFile::new(8)
        .set("BAD_DATA", "none")
        .column(values())
        .write(sandbox.folder(), "bad.fits");
    HealpixFile::new(8).ordering("SPIRAL").column(values()).write(sandbox.folder(), "order.fits");
    HealpixFile::new(8)
        .column(Column::f32("T", vec![-1.0; 768]))
        .write(sandbox.folder(), "negative.fits");
    for (line, words) in [
        ("missing.fits", &["missing.fits"][..]),
        ("empty.fits", &["empty.fits", "empty"]),
        ("text.fits", &["text.fits", "not a FITS file"]),
        ("folder.fits", &["folder.fits", "directory"]),
        ("cut.fits", &["cut.fits", "HDU 1", "bytes missing"]),
        ("mismatch.fits", &["mismatch.fits", "NSIDE", "16", "3072", "768"]),
        ("bad.fits", &["bad.fits", "BAD_DATA", "none"]),
        ("order.fits", &["ORDERING", "SPIRAL", "--ordering"]),
        ("negative.fits --log", &["log", "positive"]),
        ("map.fits --hdu 7", &["HDU", "7"]),
        ("map.fits --hdu beams", &["beams"]),
        ("map.fits -o nowhere/sky.pdf", &["nowhere/sky.pdf"]),
    ] {
        sandbox.run_line(line).failure(1).says(words);
    }
    assert!(sandbox.names().iter().all(|n| n.ends_with(".fits")), "{:?}", sandbox.names());
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let sandbox = sandbox();
    sandbox.run_line("missing.fits map.fits -w 200").failure(1).says(&["missing.fits"]);
    assert!(sandbox.path("map.pdf").is_file());
    sandbox.run_line("map.fits map.fits -o one.pdf").failure(2).says(&["-o"]);
}

#[test]
fn a_map_without_data_is_drawn_with_a_warning() {
    let sandbox = sandbox();
    HealpixFile::new(8)
        .column(Column::f32("T", vec![f32::NAN; 768]))
        .write(sandbox.folder(), "nothing.fits");
    for scale in ["", "--log", "--asinh"] {
        let outcome = sandbox.run_line(&format!("nothing.fits -o x.png -w 200 {scale}")).success();
        assert!(outcome.stderr.contains("warning: "), "{}", outcome.stderr);
        let quiet = sandbox.run_line(&format!("nothing.fits -o x.png -w 200 --quiet {scale}"));
        assert_eq!(quiet.success().stderr, "");
    }
}

#[test]
fn assumptions_are_warned_of() {
    let sandbox = sandbox();
    let column = || Column::f32("T", vec![1.0; 768]);
    HealpixFile::new(8).remove("ORDERING").column(column()).write(sandbox.folder(), "o.fits");
    HealpixFile::new(8).coordsys("XYZ").column(column()).write(sandbox.folder(), "f.fits");
    let warning = |line: &str| sandbox.run_line(line).success().stderr;
    assert!(warning("o.fits -w 100").contains("ORDERING"));
    assert!(!warning("o.fits -w 100 --ordering nested").contains("ORDERING"));
    assert!(warning("f.fits -w 100").contains("XYZ"));
    HealpixFile::new(8).remove("COORDSYS").column(column()).write(sandbox.folder(), "n.fits");
    assert!(warning("n.fits -w 100 --output-coord eq").contains("names no frame"));
    assert!(!warning("n.fits -w 100 --input-coord gal --output-coord eq").contains("frame"));
    assert!(warning("n.fits -w 100 --verbose").contains("names no frame"));
    assert!(!warning("n.fits -w 100").contains("frame"));
    for line in ["-o sky.fits", "--frame-label", "--ecliptic", "--grat-coord eq --graticule"] {
        assert!(warning(&format!("n.fits -w 100 {line}")).contains("names no frame"), "{line}");
    }
}

#[test]
fn limits_of_masks_and_counts_are_those_of_the_map() {
    let sandbox = Sandbox::new();
    let map = |name: &str, value: fn(usize) -> f32| {
        let values: Vec<f32> = (0..49_152).map(value).collect();
        HealpixFile::new(64).column(Column::f32("T", values)).write(sandbox.folder(), name);
    };
    // Holes of single pixels, of which a coarse picture shows averages only.
    map("mask.fits", |k| if k % 500 == 7 { 0.0 } else { 1.0 });
    map("counts.fits", |k| if k % 3 == 0 { (k % 70) as f32 } else { 0.0 });
    for (line, limits) in [
        ("mask.fits -w 120", "from 0 to 1"),
        ("mask.fits -w 900", "from 0 to 1"),
        ("mask.fits -w 120 --projection gnomonic --fov 1200", "from 0 to 1"),
        ("counts.fits --log -w 900", "from 1 to"),
        ("counts.fits --log -w 200 --projection gnomonic --fov 1200", "from 1 to"),
    ] {
        let said = sandbox.run_line(&format!("{line} -o x.png -v")).success().stderr;
        assert!(said.contains(&format!("colours {limits}")), "{line}: {said}");
    }
    let line = "mask.fits mask.fits --grid 1x2 --shared-range -o x.png -w 300 -v";
    assert!(sandbox.run_line(line).success().stderr.contains("colours from 0 to 1"));
}

#[test]
fn units_that_do_not_hold_are_not_written() {
    let sandbox = Sandbox::new();
    let map = |name: &str, unit: &str| {
        let column = Column::f32("T", (0..768).map(|k| k as f32).collect::<Vec<_>>()).unit(unit);
        HealpixFile::new(8).coordsys("G").column(column).write(sandbox.folder(), name);
    };
    map("a.fits", "mK");
    map("b.fits", "K");
    for (line, unit) in
        [("", Some("mK")), ("--scale 1e3", None), ("--scale 1e3 --units K", Some("K"))]
    {
        sandbox.run_line(&format!("a.fits -o sky.fits -w 40 {line}")).success();
        let bytes = std::fs::read(sandbox.path("sky.fits")).unwrap();
        let header = String::from_utf8_lossy(&bytes[..2880]).into_owned();
        assert_eq!(header.contains("BUNIT"), unit.is_some(), "{line}");
        assert!(unit.is_none_or(|unit| header.contains(&format!("'{unit:<8}'"))), "{line}");
    }
    for micro in ['\u{b5}', '\u{3bc}'] {
        sandbox.run_line(&format!("a.fits -o sky.fits -w 40 --units {micro}K")).success();
        let bytes = std::fs::read(sandbox.path("sky.fits")).unwrap();
        let header = String::from_utf8_lossy(&bytes[..2880]).into_owned();
        assert!(header.contains("BUNIT   = 'uK      '"), "{header}");
        assert!(header.contains("HISTORY map2fig a.fits") && header.contains("--units uK"));
    }
    let shared = sandbox.run_line("a.fits b.fits --shared-range -w 100").success().stderr;
    assert!(shared.contains("values in K and mK"), "{shared}");
    let offset = "a.fits b.fits --difference --offset 5 --format npy -w 40";
    sandbox.run_line(offset).success();
    let values = common::npy::read(&sandbox.path("b-a.npy")).values;
    assert!(values.iter().all(|v| v.is_nan() || *v == 0.0));
}

#[cfg(unix)]
#[test]
fn endless_files_are_given_up() {
    let sandbox = sandbox();
    for (option, status) in [("--options", 2), ("--font", 2)] {
        let line = format!("map.fits {option} /dev/zero -w 100");
        sandbox.run_line(&line).failure(status).says(&["/dev/zero", "64 MB"]);
    }
}

#[test]
fn the_profile_is_a_table_or_json() {
    let sandbox = sandbox();
    let table = sandbox.run_line("map.fits -o x.pdf -w 200 --profile").success();
    for word in ["reduce", "resample", "draw", "total", "threads"] {
        assert!(table.stderr.contains(word), "{}", table.stderr);
    }
    let json = sandbox.run_line("map.fits -o x.pdf -w 200 --profile=json").success();
    let value: serde_json::Value = serde_json::from_str(&json.stderr).unwrap();
    assert!(value["total_seconds"].as_f64().unwrap() > 0.0);
    assert!(value["stages"].as_array().unwrap().len() >= 6);
    assert!(value.get("figure").is_none());
}

#[test]
fn profiles_of_several_figures_name_them() {
    let sandbox = sandbox();
    let line = "map.fits map.fits --format pdf -o {stem}{index}.pdf -w 200 --jobs 1";
    let table = sandbox.run_line(&format!("{line} --profile")).success();
    assert_eq!(table.stderr.matches("map.fits:\nstage ").count(), 2, "{}", table.stderr);
    let json = sandbox.run_line(&format!("{line} --profile=json")).success();
    let lines = json.stderr.lines().filter(|line| line.starts_with('{'));
    let reports: Vec<serde_json::Value> =
        lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(reports.len() == 2 && reports.iter().all(|report| report["figure"] == "map.fits"));
}

#[test]
fn help_and_version_go_to_stdout() {
    let sandbox = sandbox();
    let short = sandbox.run_line("-h").success();
    let long = sandbox.run_line("--help").success();
    assert!(short.text().contains("--cmap") && long.text().contains("Examples:"));
    let version = sandbox.run_line("--version").success();
    assert_eq!(version.text(), concat!("map2fig ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let sandbox = sandbox();
    sandbox.run_line("map.fits -o /dev/full --format png -w 200").failure(1).says(&["/dev/full"]);
}
