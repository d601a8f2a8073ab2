//! Labels: mathematics without TeX, text that stays text, and mistakes that are pointed at.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::process::Command;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let values: Vec<f32> = (0..768).map(|i| i as f32 / 768.0).collect();
    HealpixFile::new(8)
        .column(Column::f32("T", values).unit("uK_CMB"))
        .write(sandbox.folder(), "map.fits");
    sandbox
}

#[test]
fn formulas_stay_text_in_pdf_and_svg() {
    let sandbox = sandbox();
    let labels = [
        "--title",
        r"Sky at $\nu = 353\,\mathrm{GHz}$",
        "--llabel",
        r"$T_\mathrm{CMB} \pm \sigma$",
        "--units",
        r"$\mu\mathrm{K}\,\mathrm{sr}^{-1}$",
    ];
    sandbox.run(["map.fits", "-o", "sky.pdf"].iter().chain(&labels)).success();
    let output =
        Command::new("pdftotext").current_dir(sandbox.folder()).args(["sky.pdf", "-"]).output();
    let output = output.unwrap_or_else(|e| panic!("pdftotext (Debian: poppler-utils): {e}"));
    let text = String::from_utf8(output.stdout).unwrap();
    for word in ["Sky at ν = 353 GHz", "CMB", "±", "µK sr"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    sandbox.run(["map.fits", "-o", "sky.svg"].iter().chain(&labels)).success();
    let svg = std::fs::read_to_string(sandbox.path("sky.svg")).unwrap();
    for word in [">Sky at </tspan>", ">ν</tspan>", ">µ</tspan>", ">±</tspan>"] {
        assert!(svg.contains(word), "{word}");
    }
}

#[test]
fn a_mistake_in_a_formula_is_pointed_at() {
    let sandbox = sandbox();
    for option in ["--title", "--llabel", "--rlabel", "--units"] {
        let outcome = sandbox.run(["map.fits", "-o", "sky.png", option, r"T [$\foo$]"]).failure(2);
        assert!(outcome.stderr.contains("T [$\\foo$]\n      ^\n"), "{}", outcome.stderr);
        outcome.says(&[option, "hint: "]);
    }
    assert_eq!(sandbox.names(), ["map.fits"]);
}

#[test]
fn dollars_can_be_dollars() {
    let sandbox = sandbox();
    sandbox.run(["map.fits", "-o", "a.svg", "--title", r"5\$ and 6\$"]).success();
    sandbox.run(["map.fits", "-o", "b.svg", "--title", "5$"]).success();
    let svg = |name: &str| std::fs::read_to_string(sandbox.path(name)).unwrap();
    assert!(svg("a.svg").contains(">5$ and 6$</tspan>"));
    assert!(svg("b.svg").contains(">5$</tspan>"));
}

#[test]
fn a_character_that_no_font_has_is_named() {
    let sandbox = sandbox();
    let outcome = sandbox.run(["map.fits", "-o", "a.png", "--title", "\u{4e2d} \u{e9}"]).success();
    outcome.says(&["warning: ", "U+4E2D"]);
    let outcome =
        sandbox.run(["map.fits", "-o", "a.png", "--title", "Ωμέγα Россия é e\u{301}"]).success();
    assert_eq!(outcome.stderr, "");
}
