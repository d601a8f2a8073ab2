//! Many figures in one run: names, failures, order, shares of a list.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

/// A sandbox with maps `a.fits`, `b.fits`, ... of nside 8, each with columns I, Q and U.
fn sandbox(maps: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("sub")).unwrap();
    for (number, name) in maps.iter().enumerate() {
        map(&sandbox, name, number as f32);
    }
    sandbox
}

fn map(sandbox: &Sandbox, name: &str, shift: f32) {
    let values = |slope: f32| (0..768).map(|i| shift + slope * i as f32).collect::<Vec<f32>>();
    HealpixFile::new(8)
        .coordsys("G")
        .column(Column::f32("I", values(1.0)).unit("K"))
        .column(Column::f32("Q", values(-0.5)).unit("K"))
        .column(Column::f32("U", values(0.25)).unit("K"))
        .write(sandbox.folder(), name);
}

/// Everything in the folder that is neither a map nor the folder `sub`.
fn drawn(sandbox: &Sandbox) -> Vec<String> {
    let is_output = |name: &String| !name.ends_with(".fits") && name != "sub";
    sandbox.names().into_iter().filter(is_output).collect()
}

#[test]
fn every_map_and_column_is_drawn() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let line =
        "a.fits b.fits -i I -i Q -w 100 --format png,svg -o {index:02}-{stem}-{col}-{nside}.{ext}";
    sandbox.run_line(line).success();
    assert_eq!(
        drawn(&sandbox),
        [
            "00-a-I-8.png",
            "00-a-I-8.svg",
            "01-a-Q-8.png",
            "01-a-Q-8.svg",
            "02-b-I-8.png",
            "02-b-I-8.svg",
            "03-b-Q-8.png",
            "03-b-Q-8.svg",
        ]
    );
}

#[test]
fn a_batch_draws_what_single_runs_draw() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let options = "-w 120 --format png,pdf,npy --title T";
    sandbox.run_line(&format!("a.fits b.fits -i Q -i U {options} --jobs 2")).success();
    let together = |name: &str| std::fs::read(sandbox.path(name)).unwrap();
    for (map, col) in [("a", "Q"), ("a", "U"), ("b", "Q"), ("b", "U")] {
        for format in ["png", "pdf", "npy"] {
            let line = format!("{map}.fits -i {col} -w 120 --title T -o alone.{format}");
            sandbox.run_line(&line).success();
            let name = format!("{map}_{col}.{format}");
            assert!(together(&name) == together(&format!("alone.{format}")), "{name}");
        }
    }
}

#[test]
fn default_names_tell_columns_and_formats_apart() {
    let sandbox = sandbox(&["a.fits"]);
    sandbox.run_line("a.fits -w 100").success();
    sandbox.run_line("a.fits -w 100 --format png,npy").success();
    sandbox.run_line("a.fits -w 100 -i 0 -i U").success();
    assert_eq!(drawn(&sandbox), ["a.npy", "a.pdf", "a.png", "a_0.pdf", "a_U.pdf"]);
}

#[test]
fn collisions_are_refused_before_anything_is_drawn() {
    let sandbox = sandbox(&["a.fits", "b.fits", "sub/a.fits"]);
    for (line, words) in [
        ("a.fits b.fits -o one.pdf", &["a.fits and b.fits", "one.pdf", "{stem}"][..]),
        ("a.fits sub/a.fits", &["sub/a.fits", "a.pdf", "{dir}"]),
        ("a.fits -i I -i Q -o ./{stem}.png", &["columns I and Q", "{col}"]),
        ("a.fits --format png,pdf -o sky", &["two formats", "{ext}"]),
        ("b.fits a.fits -o {stem}.fits", &["replace the map"]),
        ("a.fits b.fits -o - --format png", &["-o -", "2"]),
        ("a.fits -o {map}.pdf", &["{map}", "{stem}", "{nside}"]),
        ("a.fits -o {stem.pdf", &["}"]),
        ("a.fits --shard 3/2", &["--shard", "3/2"]),
        ("a.fits --jobs 0", &["--jobs"]),
    ] {
        sandbox.run_line(line).failure(2).says(words);
    }
    assert!(drawn(&sandbox).is_empty());
}

/// A folder as people have them: good maps among files that are cut, absent, unreadable, or something else.
fn folder() -> Sandbox {
    let sandbox = sandbox(&["good1.fits", "good2.fits", "good3.fits"]);
    let values = || Column::f32("I", vec![1.0; 768]);
    HealpixFile::new(8).column(values()).truncated(7000).write(sandbox.folder(), "cut.fits");
    sandbox.write("empty.fits", b"");
    sandbox.write("text.fits", b"SIMPLE thoughts, no FITS file");
    std::fs::create_dir(sandbox.path("folder.fits")).unwrap();
    sandbox
}

const FOLDER: &str = "good1.fits cut.fits missing.fits good2.fits empty.fits text.fits folder.fits good3.fits -w 100";

#[test]
fn bad_files_are_named_and_the_others_drawn() {
    let sandbox = folder();
    let outcome = sandbox.run_line(FOLDER).failure(1);
    let outcome = outcome.says(&["5 of 8 figures failed"]);
    for bad in ["cut", "missing", "empty", "text", "folder"] {
        let told =
            |line: &str| line.starts_with("error: ") && line.contains(&format!("{bad}.fits"));
        assert!(outcome.stderr.lines().any(told), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(&format!("\n  {bad}.fits")), "{}", outcome.stderr);
    }
    assert_eq!(drawn(&sandbox), ["good1.pdf", "good2.pdf", "good3.pdf"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let path = sandbox.path("a.fits");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    sandbox.run_line("a.fits b.fits -w 100").failure(1).says(&["a.fits", "1 of 2"]);
    assert_eq!(drawn(&sandbox), ["b.pdf"]);
}

#[test]
fn the_first_failure_ends_a_run_that_is_to_fail_fast() {
    let sandbox = sandbox(&["a.fits", "b.fits", "c.fits"]);
    let line = "missing.fits a.fits b.fits c.fits -w 100 --fail-fast --jobs 1";
    sandbox.run_line(line).failure(1).says(&["1 of 4", "missing.fits", "3 were not tried"]);
    assert!(drawn(&sandbox).is_empty());
}

#[test]
fn an_error_of_a_file_is_told_once_for_all_its_columns() {
    let sandbox = sandbox(&["a.fits"]);
    let outcome = sandbox.run_line("missing.fits a.fits -i I -i Q -w 100").failure(1);
    assert_eq!(outcome.stderr.matches("cannot read missing.fits").count(), 1, "{}", outcome.stderr);
    outcome.says(&["2 of 4", "missing.fits, column I", "missing.fits, column Q"]);
}

#[test]
fn many_figures_end_with_a_table() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let table = sandbox.run_line("a.fits b.fits -w 100").success();
    table.says(&["figures", "failed", "read", "figures/s"]);
    let quiet = sandbox.run_line("a.fits b.fits -w 100 --quiet").success();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn shards_share_the_list_out() {
    let maps = ["a.fits", "b.fits", "c.fits", "d.fits", "e.fits"];
    let sandbox = sandbox(&maps);
    let mut seen = Vec::new();
    for shard in 1..=3 {
        let shard_line = format!("a.fits b.fits c.fits d.fits e.fits -w 100 --shard {shard}/3");
        sandbox.run_line(&shard_line).success();
        let now = drawn(&sandbox);
        assert_eq!(now.len() - seen.len(), if shard == 3 { 1 } else { 2 });
        seen = now;
    }
    assert_eq!(seen, ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"]);
    // More tasks than figures leave some with nothing to do.
    sandbox.run_line("a.fits -w 100 --shard 4/9").success();
}

#[test]
fn standard_input_serves_several_columns() {
    let sandbox = sandbox(&["a.fits"]);
    let bytes = std::fs::read(sandbox.path("a.fits")).unwrap();
    let line = "- -i I -i Q -w 100 -o {col}.png";
    let outcome = sandbox.run_with_input(line.split(' '), &bytes);
    outcome.success();
    assert_eq!(drawn(&sandbox), ["I.png", "Q.png"]);
}
