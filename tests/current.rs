//! What `--skip-existing` takes for up to date.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

/// A sandbox with `a.fits` and `sub/a.fits`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, factor) in [("a.fits", 1.0), ("sub/a.fits", 2.0)] {
        let values: Vec<f32> = (0..768).map(|i| factor * i as f32).collect();
        sandbox.write(
            name,
            HealpixFile::new(8).coordsys("G").column(Column::f32("T", values)).bytes(),
        );
    }
    sandbox
}

/// The time of the last change of `a.png`, which all of these runs make.
fn drawn_at(sandbox: &Sandbox, line: &str, epoch: Option<&str>) -> std::time::SystemTime {
    let mut command = sandbox.command();
    command.args(line.split(' ')).args(["-w", "100", "-o", "a.png", "--skip-existing"]);
    command.envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)));
    common::sandbox::run(command).success();
    std::fs::metadata(sandbox.path("a.png")).unwrap().modified().unwrap()
}

#[test]
fn a_map_of_the_same_name_elsewhere_is_another_map() {
    let sandbox = sandbox();
    let first = drawn_at(&sandbox, "a.fits", None);
    assert_eq!(drawn_at(&sandbox, "./a.fits", None), first, "the same file");
    let second = drawn_at(&sandbox, "sub/a.fits", None);
    assert!(second > first);
    assert_eq!(drawn_at(&sandbox, "sub/a.fits", None), second);
    let dated = drawn_at(&sandbox, "sub/a.fits", Some("86400"));
    assert!(dated > second);
    assert_eq!(drawn_at(&sandbox, "sub/a.fits", Some("86400")), dated);
}

#[test]
fn the_font_of_a_theme_is_looked_at() {
    let sandbox = sandbox();
    let font = sandbox.copy("assets/fonts/katex/KaTeX_Main-Regular.ttf");
    let name = font.file_name().unwrap().to_str().unwrap();
    sandbox.write("own.toml", format!("font = '{name}'\n"));
    let first = drawn_at(&sandbox, "a.fits --theme own.toml", None);
    assert_eq!(drawn_at(&sandbox, "a.fits --theme own.toml", None), first);
    std::fs::write(&font, std::fs::read(&font).unwrap()).unwrap();
    assert!(drawn_at(&sandbox, "a.fits --theme own.toml", None) > first);
}
