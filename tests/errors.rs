//! Every error that a user can meet: it names the file or the option, says what was expected and found, and never how the program works
//! inside. `cargo test --test errors -- --nocapture` prints them all, to be read aloud.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{
    Column, Data, HealpixFile, Table, Value, image_extension, integer_image_extension,
};
use common::sandbox::{Outcome, Sandbox};

const FAILED: i32 = 1;
const USAGE: i32 = 2;

fn signal(nside: usize) -> Column {
    Column::f32("SIGNAL", (0..12 * nside * nside).map(|n| n as f32).collect::<Vec<_>>())
}

fn full(nside: usize) -> HealpixFile {
    HealpixFile::new(nside as i64).column(signal(nside))
}

/// A primary HDU that holds nothing, then these extensions.
fn file(extensions: &[Vec<u8>]) -> Vec<u8> {
    let primary = HealpixFile::new(1).bytes()[..2880].to_vec();
    std::iter::once(&primary).chain(extensions).flatten().copied().collect()
}

fn patched(bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

fn healsparse(coverage: &[i32], map_cards: &[(&str, Value)]) -> Vec<u8> {
    let pixtype = ("PIXTYPE", Value::from("HEALSPARSE"));
    let cov = [("EXTNAME", "COV".into()), pixtype.clone(), ("NSIDE", 1i64.into())];
    let cards = [&[("EXTNAME", Value::from("SPARSE")), pixtype], map_cards].concat();
    file(&[
        integer_image_extension(&[coverage.len()], coverage, &cov),
        image_extension(&[48], &[1.0; 48], &cards),
    ])
}

fn multi_order(uniq: &[i64]) -> HealpixFile {
    HealpixFile::multi_order(uniq).column(Column::f64("PROBDENSITY", vec![1.0; uniq.len()]))
}

fn partial(pixels: &[i64]) -> HealpixFile {
    HealpixFile::partial(4, pixels).column(Column::f32("SIGNAL", vec![1.0; pixels.len()]))
}

fn tiles(algorithm: &str) -> Vec<u8> {
    let cards: [(&str, Value); 11] = [
        ("PIXTYPE", "HEALPIX".into()),
        ("ORDERING", "RING".into()),
        ("NSIDE", 4i64.into()),
        ("ZIMAGE", true.into()),
        ("ZCMPTYPE", algorithm.into()),
        ("ZBITPIX", 32i64.into()),
        ("ZNAXIS", 1i64.into()),
        ("ZNAXIS1", 192i64.into()),
        ("ZTILE1", 192i64.into()),
        ("THEAP", 8i64.into()),
        ("PCOUNT", 16i64.into()),
    ];
    let column = Column::new("COMPRESSED_DATA", Data::I32(vec![1, 0])).per_row(2).tform("1PB(16)");
    let table = Table::new().column(column);
    let table = cards.into_iter().fold(table, |table, (key, value)| table.set(key, value));
    file(&[table.bytes()])
}

/// A bad file, what is asked of it, and the words that the message has besides the file's name.
type Case = (&'static str, Vec<u8>, &'static str, &'static [&'static str]);

fn not_fits() -> Vec<Case> {
    let png = b"\x89PNG\r\n\x1a\n0000000000000000".to_vec();
    let gzip_of_text = {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(b"no FITS file, only some words that were packed").unwrap();
        packer.finish().unwrap()
    };
    vec![
        ("empty.fits", vec![], "", &["empty"]),
        ("text.fits", b"hello, this is a text and no FITS file".to_vec(), "", &["not a FITS file"]),
        ("page.fits", b"<!DOCTYPE html><html><body>404</body></html>".to_vec(), "", &["web page"]),
        ("picture.fits", png, "", &["PNG"]),
        ("text.fits.gz", gzip_of_text, "", &["not a FITS file"]),
        ("damaged.fits.gz", [&[0x1f, 0x8b, 8, 0], [9u8; 300].as_slice()].concat(), "", &["gzip"]),
        ("damaged.fits.bz2", [b"BZh9".as_slice(), &[9u8; 300]].concat(), "", &["bzip2"]),
        ("damaged.fits.xz", [b"\xfd7zXZ\0".as_slice(), &[9u8; 300]].concat(), "", &["xz"]),
        ("damaged.zst", [b"\x28\xb5\x2f\xfd".as_slice(), &[9u8; 300]].concat(), "", &["zstd"]),
        ("damaged.Z", [b"\x1f\x9d\x90".as_slice(), &[0xff; 300]].concat(), "", &["compress"]),
    ]
}

fn damaged() -> Vec<Case> {
    let whole = full(4).bytes();
    let no_end = whole[..2880].to_vec();
    vec![
        ("cut.fits", full(8).truncated(7000).bytes(), "", &["HDU 1", "truncated", "bytes missing"]),
        ("header_cut.fits", whole[..3500].to_vec(), "", &["HDU 1", "END"]),
        ("no_end.fits", patched(no_end, "END     ", "ENDE    "), "", &["END"]),
        (
            "bitpix.fits",
            patched(
                whole.clone(),
                "BITPIX  =                    8",
                "BITPIX  =                    9",
            ),
            "",
            &["BITPIX", "9"],
        ),
        ("rows.fits", full(4).set("NAXIS2", -3i64).bytes(), "", &["HDU 1", "NAXIS2", "-3"]),
        ("row_width.fits", full(4).set("NAXIS1", 5i64).bytes(), "", &["NAXIS1", "5", "4 bytes"]),
        ("fields.fits", full(4).set("TFIELDS", 1000i64).bytes(), "", &["TFIELDS", "1000", "999"]),
        ("tform.fits", full(4).set("TFORM1", "1Z").bytes(), "", &["TFORM1", "1Z"]),
        ("no_tform.fits", full(4).remove("TFORM1").bytes(), "", &["TFORM1", "missing"]),
        ("nside_text.fits", full(4).set("NSIDE", "four").bytes(), "", &["NSIDE", "four"]),
    ]
}

fn no_map() -> Vec<Case> {
    let words = Column::new("NAME", Data::Text(vec!["abc".into(); 192]));
    let complex = Column::new("Z", Data::Raw { letter: 'C', element: 8, bytes: vec![0; 192 * 8] });
    let lists = Column::new("L", Data::I32(vec![0; 384])).per_row(2).tform("1PE(9)");
    vec![
        (
            "image.fits",
            file(&[image_extension(&[10, 10], &[0.0; 100], &[])]),
            "",
            &["no HEALPix map", "image"],
        ),
        ("mismatch.fits", full(8).set("NSIDE", 16i64).bytes(), "", &["NSIDE", "16", "3072", "768"]),
        ("nside.fits", full(2).set("NSIDE", -2i64).bytes(), "", &["NSIDE", "-2"]),
        (
            "odd_nest.fits",
            HealpixFile::new(3).ordering("NESTED").column(signal(3)).bytes(),
            "",
            &["3", "NESTED", "power of two"],
        ),
        (
            "rows_only.fits",
            full(4).remove("NSIDE").column(signal(4)).edit(|t| t.set("NAXIS2", 100i64)).bytes(),
            "",
            &["100"],
        ),
        (
            "order.fits",
            full(8).ordering("SPIRAL").bytes(),
            "",
            &["ORDERING", "SPIRAL", "--ordering"],
        ),
        ("range.fits", full(8).ordering("RANGE").bytes(), "", &["ORDERING", "RANGE", "NUNIQ"]),
        (
            "words.fits",
            HealpixFile::new(4).column(words).bytes(),
            "",
            &["NAME", "TFORM 3A", "not real numbers"],
        ),
        ("complex.fits", HealpixFile::new(4).column(complex).bytes(), "", &["Z", "complex"]),
        ("lists.fits", HealpixFile::new(4).column(lists).bytes(), "", &["L"]),
        ("hdu.fits", full(4).bytes(), "--hdu 7", &["no HDU 7", "HDU"]),
        ("hdu_name.fits", full(4).bytes(), "--hdu BEAMS", &["BEAMS"]),
        ("primary.fits", full(4).bytes(), "--hdu 0", &["HDU 0"]),
        ("column.fits", full(4).bytes(), "--col SINGAL", &["SINGAL", "'SIGNAL'"]),
        ("column_number.fits", full(4).bytes(), "--col 3", &["3", "SIGNAL"]),
        (
            "element.fits",
            HealpixFile::new(2).column(Column::f32("T", vec![1.0; 48 * 5]).per_row(5)).bytes(),
            "--col T[9]",
            &["T", "5", "9"],
        ),
        (
            "flag.fits",
            healsparse(
                &[-4; 12],
                &[("NSIDE", 2i64.into()), ("WIDEMASK", true.into()), ("WWIDTH", 1i64.into())],
            ),
            "--col 9",
            &["8 flags", "--col"],
        ),
    ]
}

fn sparse() -> Vec<Case> {
    vec![
        ("pixel.fits", partial(&[5, 192]).bytes(), "", &["row 1", "pixel 192", "0", "191"]),
        ("negative.fits", partial(&[-5, 1]).bytes(), "", &["row 0", "pixel -5"]),
        ("no_nside.fits", partial(&[5, 6]).remove("NSIDE").bytes(), "", &["NSIDE", "missing"]),
        (
            "no_pixel.fits",
            HealpixFile::new(4).column(signal(1)).set("INDXSCHM", "EXPLICIT").bytes(),
            "",
            &["partial", "PIXEL"],
        ),
        ("uniq.fits", multi_order(&[4, 3]).bytes(), "", &["row 1", "UNIQ 3", "order"]),
        ("overlap.fits", multi_order(&[4, 16]).bytes(), "", &["UNIQ 4", "UNIQ 16", "overlap"]),
        (
            "no_uniq.fits",
            HealpixFile::new(1).ordering("NUNIQ").column(signal(1)).bytes(),
            "",
            &["UNIQ", "SIGNAL"],
        ),
        (
            "cov.fits",
            healsparse(&[1_000_000; 12], &[("NSIDE", 2i64.into())]),
            "",
            &["coverage map", "48"],
        ),
        ("cov_size.fits", healsparse(&[0; 11], &[("NSIDE", 2i64.into())]), "", &["12", "11"]),
        ("hs_nside.fits", healsparse(&[0; 12], &[]), "", &["HealSparse", "NSIDE"]),
        (
            "hs_sentinel.fits",
            healsparse(&[0; 12], &[("NSIDE", 2i64.into()), ("SENTINEL", "none".into())]),
            "",
            &["SENTINEL", "none"],
        ),
        ("tile.fits", tiles("RICE_1"), "", &["tile"]),
        ("algorithm.fits", tiles("SZIP_9"), "", &["ZCMPTYPE", "SZIP_9", "RICE_1"]),
    ]
}

fn of_the_picture() -> Vec<Case> {
    let below = Column::f32("T", vec![-1.0; 192]);
    vec![
        ("below.fits", HealpixFile::new(4).column(below).bytes(), "--log", &["positive"]),
        ("folder.fits", full(4).bytes(), "-o nowhere/sky.png", &["nowhere/sky.png"]),
    ]
}

/// What a message lacks of what every message is held to.
fn complaints(outcome: &Outcome, status: i32, names: &[&str]) -> Vec<String> {
    let text = &outcome.stderr;
    let mut found = Vec::new();
    if outcome.status != Some(status) {
        found.push(format!("exit code {:?}", outcome.status));
    }
    if !text.starts_with("error: ") {
        found.push("no 'error:'".to_string());
    }
    found.extend(names.iter().filter(|name| !text.contains(**name)).map(|n| format!("no '{n}'")));
    let inside =
        ["src/", "panicked", "unwrap", "Error(", "Err(", "None)", "::", "()", "{", "BACKTRACE"];
    found.extend(inside.iter().filter(|word| text.contains(**word)).map(|w| format!("says '{w}'")));
    if !outcome.stdout.is_empty() {
        found.push("words on standard output".to_string());
    }
    found
}

/// Prints what a command line says, and keeps what is wrong with it.
fn judge(wrong: &mut Vec<String>, line: &str, outcome: &Outcome, status: i32, names: &[&str]) {
    println!("$ map2fig {line}\n{}", outcome.stderr);
    let complaints = complaints(outcome, status, names);
    if !complaints.is_empty() {
        wrong.push(format!("$ map2fig {line}\n{}-> {}", outcome.stderr, complaints.join(", ")));
    }
}

#[test]
fn files_that_cannot_be_drawn() {
    let sandbox = Sandbox::new();
    let mut wrong = Vec::new();
    let groups = [not_fits(), damaged(), no_map(), sparse(), of_the_picture()];
    for (name, bytes, line, words) in groups.into_iter().flatten() {
        sandbox.write(name, bytes);
        let output = if line.contains("-o ") { "" } else { "-o out.png" };
        let line = format!("{name} {line} {output} --width 64");
        let mut words = words.to_vec();
        if !output.is_empty() {
            words.push(name);
        }
        judge(&mut wrong, &line, &sandbox.run_line(&line), FAILED, &words);
        std::fs::remove_file(sandbox.path(name)).unwrap();
        let left = sandbox.names();
        left.iter().for_each(|name| std::fs::remove_file(sandbox.path(name)).unwrap());
        wrong.extend((!left.is_empty()).then(|| format!("{line} left {left:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_that_are_not_there() {
    let sandbox = Sandbox::new();
    let mut wrong = Vec::new();
    std::fs::create_dir(sandbox.path("maps")).unwrap();
    for (name, words) in [("missing.fits", "No such file"), ("maps", "directory")] {
        for line in [format!("{name} -o out.png"), format!("info {name} --json")] {
            let outcome = sandbox.run_line(&line);
            let outcome = Outcome { stdout: Vec::new(), ..outcome };
            judge(&mut wrong, &line, &outcome, FAILED, &[name, words]);
        }
    }
    let outcome = sandbox.run_with_input(["-", "-o", "out.png"], b"rubbish from a pipe");
    judge(&mut wrong, "- < rubbish", &outcome, FAILED, &["standard input", "not a FITS file"]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn wrong_usage() {
    let sandbox = Sandbox::new();
    full(4).write(sandbox.folder(), "map.fits");
    let lines: &[(&str, &[&str])] = &[
        ("", &["MAP"]),
        ("map.fits -o x.docx", &["x.docx", "pdf", "npy"]),
        ("map.fits -o x", &["x", "pdf", "--format"]),
        ("map.fits -o -", &["--format"]),
        ("map.fits --format doc", &["doc", "pdf"]),
        ("map.fits --width 0", &["--width", "16"]),
        ("map.fits --width wide", &["--width", "wide"]),
        ("map.fits --figsize 12", &["--figsize", "8.8cm"]),
        ("map.fits --figsize 9km", &["--figsize", "9km"]),
        ("map.fits --dpi 0", &["--dpi"]),
        ("map.fits --dpi 300 --width 300", &["--dpi", "--width"]),
        ("map.fits --projection mercury", &["mercury", "mercator"]),
        ("map.fits --rotate-to 10", &["--rotate-to", "two numbers"]),
        ("map.fits --rotate-to 10,91", &["--rotate-to", "91", "pole"]),
        ("map.fits --lat 91", &["--lat", "91"]),
        ("map.fits --lon east", &["--lon", "east"]),
        ("map.fits --roll nan", &["--roll"]),
        ("map.fits --fov 0", &["--fov", "positive"]),
        ("map.fits --half-sky", &["--half-sky", "mollweide", "orthographic"]),
        ("map.fits --half-sky --projection gnomonic", &["--half-sky", "gnomonic", "lambert"]),
        ("map.fits --extent 1,2,3", &["--extent"]),
        ("map.fits --input-coord martian", &["--input-coord", "martian", "gal"]),
        ("map.fits --output-coord martian", &["--output-coord", "martian", "gal"]),
        ("map.fits --ordering spiral", &["--ordering", "spiral", "ring"]),
        ("map.fits --min 2 --max 1", &["--min", "--max"]),
        ("map.fits --min nan", &["--min"]),
        ("map.fits --log --min -1", &["--log", "--min", "-1"]),
        ("map.fits --log --symmetric", &["--log", "--symmetric"]),
        ("map.fits --log --asinh", &["--log", "--asinh"]),
        ("map.fits --percentile 90,10", &["--percentile", "90,10"]),
        ("map.fits --percentile 5", &["--percentile", "two numbers"]),
        ("map.fits --asinh --linthresh -1", &["--linthresh", "-1"]),
        ("map.fits --scale 0", &["--scale"]),
        ("map.fits --cmap virdis", &["--cmap", "virdis", "viridis"]),
        ("map.fits --bad-color reddish", &["--bad-color", "reddish"]),
        ("map.fits --theme neon", &["neon", "dark"]),
        ("map.fits --projection robinson -o sky.fits", &["sky.fits", "robinson", ".npy"]),
        ("map.fits --threads 0", &["--threads"]),
        ("map.fits --frobnicate", &["--frobnicate"]),
        ("map.fits --quiet --verbose", &["--quiet", "--verbose"]),
        ("info", &["MAP"]),
        ("completions tcsh", &["tcsh", "bash"]),
    ];
    let mut wrong = Vec::new();
    for (line, words) in lines {
        judge(&mut wrong, line, &sandbox.run_line(line), USAGE, words);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(sandbox.names(), ["map.fits"]);
}

#[test]
fn arrays_that_no_memory_holds() {
    let sandbox = Sandbox::new();
    full(4).write(sandbox.folder(), "map.fits");
    for output in ["x.npy", "x.fits"] {
        let line = format!(
            "map.fits --projection cartesian --extent 0,1,-20,20 --width 32000 -o {output}"
        );
        let words = [output, "32000 x 1280000", "164 GB", "4 GB at most", "--width 5050 or less"];
        sandbox.run_line(&line).failure(FAILED).says(&words);
    }
    assert_eq!(sandbox.names(), ["map.fits"]);
}

#[test]
fn long_lists_are_cut() {
    let sandbox = Sandbox::new();
    let other = Table::new().column(Column::f32("E", [1.0, 2.0, 3.0])).bytes();
    sandbox.write("tables.fits", file(&vec![other; 100]));
    let many = (0..100).fold(HealpixFile::new(1), |map, n| {
        map.column(Column::f32(&format!("C{n}"), vec![1.0; 12]))
    });
    many.write(sandbox.folder(), "columns.fits");
    for (line, count) in [("tables.fits", 101), ("columns.fits --col X", 100)] {
        let outcome = sandbox.run_line(&format!("{line} -o x.png")).failure(FAILED);
        let outcome = outcome.says(&[&format!("({count} in all)")]);
        assert!(outcome.stderr.len() < 1000, "{}", outcome.stderr);
    }
}
