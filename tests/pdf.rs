//! A PDF checked by its meaning: one page of the right size, embedded fonts, text that is text, one image as large as asked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::process::Command;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

/// What one of poppler's programs says of a file.
fn poppler(sandbox: &Sandbox, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).current_dir(sandbox.folder()).args(arguments).output();
    let output = output.unwrap_or_else(|e| panic!("{program} (Debian: poppler-utils): {e}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn drawn(options: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    let values: Vec<f32> = (0..3072).map(|i| 3e-4 * (i as f32 / 1536.0 - 1.0)).collect();
    HealpixFile::new(16)
        .column(Column::f32("T", values).unit("K_CMB"))
        .write(sandbox.folder(), "map.fits");
    sandbox.run(["map.fits", "-o", "sky.pdf"].iter().chain(options)).success();
    sandbox
}

#[test]
fn page_fonts_text_and_image_are_what_they_should_be() {
    let sandbox = drawn(&["--title", "Sky of tests", "--llabel", "left", "--figsize", "10in"]);
    let info = poppler(&sandbox, "pdfinfo", &["sky.pdf"]);
    let field = |name: &str| {
        let line = info.lines().find(|l| l.starts_with(&format!("{name}:")));
        line.map(|l| l[name.len() + 1..].trim().to_string()).unwrap_or_default()
    };
    assert_eq!(field("Pages"), "1");
    assert_eq!(field("Title"), "Sky of tests");
    assert!(field("Creator").starts_with("map2fig "));
    let width: f64 = field("Page size").split_whitespace().next().unwrap().parse().unwrap();
    assert!((width - 720.0).abs() < 0.01, "{width} pt");

    let fonts = poppler(&sandbox, "pdffonts", &["sky.pdf"]);
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(!rows.is_empty());
    for row in rows {
        // Columns: name, type, encoding, emb, sub, uni, object.
        let flags: Vec<&str> = row.split_whitespace().rev().skip(2).take(3).collect();
        assert_eq!(flags, ["yes", "yes", "yes"], "embedded, subset, with Unicode: {row}");
    }

    let text = poppler(&sandbox, "pdftotext", &["sky.pdf", "-"]);
    for word in ["Sky of tests", "left", "µK"] {
        assert!(text.contains(word), "{word} in {text}");
    }

    let images = poppler(&sandbox, "pdfimages", &["-list", "sky.pdf"]);
    let large: Vec<u32> = images
        .lines()
        .skip(2)
        .filter_map(|row| row.split_whitespace().nth(3)?.parse().ok())
        .filter(|width| *width > 600)
        .collect();
    assert_eq!(large.len(), 1, "one picture of the sky:\n{images}");
    assert!((1100..=1200).contains(&large[0]), "{} pixels", large[0]);
}

#[test]
fn a_finer_picture_has_the_same_page() {
    let size = |width: &str| {
        let sandbox = drawn(&["-w", width]);
        let info = poppler(&sandbox, "pdfinfo", &["sky.pdf"]);
        let line = info.lines().find(|l| l.starts_with("Page size:")).unwrap();
        let numbers: Vec<f64> = line.split_whitespace().filter_map(|w| w.parse().ok()).collect();
        (numbers[0], numbers[1])
    };
    let (coarse, fine) = (size("600"), size("2400"));
    assert!((coarse.0 - fine.0).abs() < 0.01 && (coarse.1 - fine.1).abs() < 1.0);
}
