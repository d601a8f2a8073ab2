//! What the program says: warnings, errors and profiles in words that people and programs can use.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

/// A sandbox with `map.fits`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let values: Vec<f32> = (0..768).map(|i| i as f32 - 300.0).collect();
    HealpixFile::new(8)
        .coordsys("G")
        .column(Column::f32("T", values))
        .write(sandbox.folder(), "map.fits");
    sandbox
}

#[test]
fn warnings_are_part_of_a_profile_for_programs() {
    let sandbox = sandbox();
    HealpixFile::new(8)
        .remove("ORDERING")
        .column(Column::f32("T", vec![1.0; 768]))
        .write(sandbox.folder(), "assumed.fits");
    let line = "assumed.fits -o x.pdf -w 100 --profile=json --linthresh 3";
    let json = sandbox.run_line(line).success();
    let value: serde_json::Value = serde_json::from_str(&json.stderr).unwrap();
    let warnings = value["warnings"].to_string();
    assert!(warnings.contains("ORDERING") && warnings.contains("--linthresh"), "{warnings}");
    let json = sandbox.run_line("map.fits map.fits -o {index}.pdf -w 100 --profile=json").success();
    let reports = json.stderr.lines().map(|line| serde_json::from_str(line).unwrap());
    let reports: Vec<serde_json::Value> = reports.collect();
    assert!(reports.len() == 2 && reports.iter().all(|report| report["warnings"].is_array()));
    for (line, word) in [("--profile json", "--profile=json"), ("--show blocks", "--show=blocks")] {
        sandbox.run_line(&format!("map.fits {line}")).failure(2).says(&[word]);
    }
}

#[test]
fn options_without_effect_are_told() {
    let sandbox = sandbox();
    for (line, words) in [
        ("--neg-mode zero", "--neg-mode has no effect without --log"),
        ("--units K --no-cbar", "--units has no effect with --no-cbar"),
        ("--extend both --cbar-position none", "--extend has no effect with --cbar-position none"),
        ("--title T --no-title", "--title has no effect with --no-title"),
        ("--llabel L --no-text", "--llabel has no effect with --no-text"),
        ("--ticks 1 --fast-render", "--ticks has no effect with --fast-render"),
        ("--fov 300 --res 2", "--res has no effect beside --fov"),
    ] {
        let told = sandbox.run_line(&format!("map.fits -w 100 -o x.png {line}")).success().stderr;
        assert_eq!(told.matches("warning: ").count(), 1, "{told}");
        assert!(told.contains(words), "{told}");
    }
    let units = "map.fits -w 100 -o x.fits --units K --no-cbar";
    assert_eq!(sandbox.run_line(units).success().stderr, "", "the file holds the unit");
    // A file has them for other figures too.
    sandbox.write("run.toml", "title = 'T'\nno-title = true\n");
    let told = sandbox.run_line("map.fits -w 100 --options run.toml").success().stderr;
    assert_eq!(told, "");
    // The sky alone is as wide as the field has pixels.
    let line = "map.fits -o x.png --fast-render --projection gnomonic --fov 300 --res 3";
    sandbox.run_line(line).success();
    assert_eq!(common::picture::Picture::read(&sandbox.path("x.png")).width, 100);
}

#[test]
fn messages_name_what_was_found_on_one_line() {
    let sandbox = sandbox();
    std::fs::create_dir(sandbox.path("folder")).unwrap();
    sandbox.write("theme.toml", "page = 3");
    let long = "x".repeat(300);
    let formula = format!("${long}\\frac$");
    let (long, formula) = (long.as_str(), formula.as_str());
    for (args, words) in [
        (&["-o", "folder"][..], &["folder is a folder", "folder/{stem}.{ext}"][..]),
        (&["-o", "folder", "--format", "png"], &["folder is a folder"]),
        (&["-o", ""], &["extension of ''"]),
        (&["-i", "0", "-i", "0"], &["--col: 0 is given twice"]),
        (&["--ticks", long], &["--ticks", "\u{2026}"]),
        (&["--title", formula], &["--title", "\u{2026}", "\\frac"]),
        (&["--grid", "1x1", "--panel-title", "$\\frac$", "-o", "x.png"], &["--panel-title"]),
        (&["--lat", "nan"], &["--lat", "angle"]),
        (&["--cbar-format", "%.1f %.1f"], &["--cbar-format", "one number"]),
        (&["--theme", "theme.toml"], &["page: expected a text in quotes, found 3"]),
        (&["-o", "sky.webp", "-w", "20000"], &["16383", "20000", "--width"]),
        (&["-o", "sky.fits", "--projection", "robinson"], &["robinson", ".npy"]),
    ] {
        let outcome = sandbox.run(["map.fits"].iter().chain(args)).failure(2).says(words);
        assert!(outcome.stderr.len() < 500, "{}", outcome.stderr);
    }
    let outcome = sandbox.run(["new\nline.fits", "-o", "x.png"]).failure(1);
    assert!(outcome.says(&["new\\nline.fits"]).stderr.starts_with("error: cannot read new\\n"));
    #[cfg(unix)]
    sandbox.run_line("/dev/null -o x.png").failure(1).says(&["/dev/null", "a device"]);
    sandbox.run(["", "-o", "x.png"]).failure(1).says(&["cannot read ''"]);
    sandbox.run_line("man extra").failure(2).says(&["'extra'", "hint: "]);
    sandbox.run_line("help nope").failure(2).says(&["'nope'", "hint: "]);
    let mut command = sandbox.command();
    command.args(["map.fits"]).env("SOURCE_DATE_EPOCH", "soon");
    common::sandbox::run(command).failure(2).says(&["SOURCE_DATE_EPOCH", "'soon'", "hint: "]);
}

#[cfg(unix)]
#[test]
fn a_figure_that_nobody_reads_is_not_drawn() {
    let sandbox = sandbox();
    let mut command = sandbox.command();
    command.args(["map.fits", "-o", "-", "--format", "png"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let outcome = child.wait_with_output().unwrap();
    assert_eq!(outcome.status.code(), Some(1));
    assert!(outcome.stderr.is_empty(), "{}", String::from_utf8_lossy(&outcome.stderr));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_said_so() {
    let sandbox = sandbox();
    let outcome = sandbox.run_line("map.fits -w 100 -o /proc/sky.png").failure(1);
    outcome.says(&["/proc/sky.png", "takes no files"]);
}
