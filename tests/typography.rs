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

#[test]
fn every_format_says_what_made_it_and_repeats_its_bytes() {
    let sandbox = sandbox();
    for (name, signature) in [
        ("a.pdf", &b"%PDF-"[..]),
        ("a.png", b"\x89PNG"),
        ("a.svg", b"<?xml"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF"),
        ("a.ps", b"%!PS-Adobe-3.0"),
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.jpeg", b"\xff\xd8\xff"),
        ("a.tif", b"II*\0"),
        ("a.tiff", b"II*\0"),
        ("a.webp", b"RIFF"),
    ] {
        let draw = || {
            let arguments = ["map.fits", "-o", name, "-w", "300", "--title", r"Sky $\nu$"];
            sandbox.run(arguments).success();
            std::fs::read(sandbox.path(name)).unwrap()
        };
        let bytes = draw();
        assert!(bytes.starts_with(signature), "{name}");
        // Compressed streams may hold it too.
        if !name.ends_with("pdf") {
            for word in [&b"map2fig 0."[..], b"map.fits"] {
                assert!(bytes.windows(word.len()).any(|w| w == word), "{name}");
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(if name == "a.eps" {
            1100
        } else {
            0
        }));
        assert_eq!(bytes, draw(), "{name}");
    }
    sandbox.run_line("map.fits -o b.jpg --transparent").failure(2).says(&["--transparent", "png"]);
}

#[test]
fn sizes_fonts_and_themes_are_the_users() {
    let sandbox = sandbox();
    let font = common::repository_file("assets/fonts/DejaVuSans.ttf");
    let font = font.to_str().unwrap();
    let draw = |arguments: &[&str]| {
        let fixed = ["map.fits", "-o", "a.svg", "--title", "Sky", "--llabel", "left"];
        sandbox.run(fixed.iter().chain(arguments)).success();
        std::fs::read_to_string(sandbox.path("a.svg")).unwrap()
    };
    assert!(draw(&["--title-font-size", "7"]).contains("font-size=\"7.000\">Sky"));
    assert!(draw(&["--tick-font-size", "6.5"]).contains("font-size=\"6.500\""));
    assert!(draw(&["--font", font]).contains("'DejaVu Sans'"));
    let bare = draw(&["--no-text"]);
    assert!(!bare.contains(">Sky<") && !bare.contains(">left<"));
    assert!(draw(&["--no-title"]).contains(">left<"));
    sandbox.write("my.toml", "base = 'dark'\ntext = '#ff8800'\ntitle-size = 12");
    let themed = draw(&["--theme", "my.toml"]);
    assert!(themed.contains("#ff8800") && themed.contains("font-size=\"12.000\">Sky"));
    draw(&["--latex", "--no-scale-text", "-q", "best", "--pdf-backend", "cairo"]);

    sandbox.write("bad.toml", "txet = 'red'");
    for (arguments, words) in [
        ("--theme drak", "dark"),
        ("--theme bad.toml", "did you mean text?"),
        ("--theme none.toml", "cannot read"),
        ("--font map.fits", "is no TrueType"),
        ("--font none.ttf", "cannot read"),
        ("--title-font-size 0", "--title-font-size"),
        ("-q worst", "best"),
    ] {
        let line = format!("map.fits -o b.png {arguments}");
        sandbox.run_line(&line).failure(2).says(&[words]);
    }
}

#[test]
fn the_machine_has_no_part_in_the_picture() {
    let sandbox = sandbox();
    let labels = ["--title", r"AV $\frac{\mu}{2}$ é", "--units", "K"];
    let draw = |name: &str, prepare: &dyn Fn(&mut Command)| {
        let mut command = sandbox.command();
        command.args(["map.fits", "-o", name, "-w", "300"]).args(labels);
        prepare(&mut command);
        common::sandbox::run(command).success();
        std::fs::read(sandbox.path(name)).unwrap()
    };
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["a.pdf", "a.png", "a.svg", "a.eps", "a.jpg", "a.tif", "a.webp"] {
        let usual = draw(name, &|_| {});
        let other = draw(name, &|command| {
            command
                .env("FONTCONFIG_FILE", "/nonexistent")
                .env("FONTCONFIG_PATH", "/nonexistent")
                .env("XDG_DATA_HOME", "/nonexistent")
                .env("HOME", "/nonexistent")
                .env("LC_ALL", "de_DE.UTF-8")
                .env("LANG", "ru_RU.UTF-8")
                .env("TZ", "Asia/Tokyo");
        });
        assert!(usual == other, "{name}: other settings");
        let output = elsewhere.path().join(name);
        let mut command = sandbox.command();
        command
            .current_dir(elsewhere.path())
            .arg(sandbox.path("map.fits"))
            .arg("-o")
            .arg(&output)
            .args(["-w", "300"])
            .args(labels);
        common::sandbox::run(command).success();
        assert!(usual == std::fs::read(&output).unwrap(), "{name}: another folder");
    }
}

#[test]
fn few_colours_have_many_pixels_at_the_bar() {
    let sandbox = sandbox();
    sandbox.run_line("map.fits -o a.svg --cmap-steps 9").success();
    let svg = std::fs::read_to_string(sandbox.path("a.svg")).unwrap();
    // Programs that smooth pictures blur less than a pixel at each border.
    let widths = svg.split("<image ").skip(1).filter_map(|part| part.split_once("width=\""));
    let widths: Vec<f64> =
        widths.filter_map(|(_, rest)| rest.split_once('"')?.0.parse().ok()).collect();
    assert!(widths.len() == 2 && widths.iter().all(|width| *width > 500.0), "{widths:?}");
}

#[test]
fn panels_have_fonts_of_their_own() {
    let sandbox = sandbox();
    let font = common::repository_file("assets/fonts/DejaVuSans.ttf");
    let font = format!("font = '{}'\n", font.display());
    // The pixels of the second panel, which has the font or not, as the first one does.
    let second = |fonts: [bool; 2]| {
        let panel = |has_font: bool| format!("[[figure]]\n{}", if has_font { &font } else { "" });
        let shared = "map='map.fits'\ngrid='1x2'\nwidth=600\noutput='s.png'\nllabel='Qg 45'\n\
                      no-title=true\nno-cbar=true\n";
        sandbox.write("p.toml", format!("{shared}{}{}", panel(fonts[0]), panel(fonts[1])));
        sandbox.run_line("--options p.toml").success();
        let sheet = common::picture::Picture::read(&sandbox.path("s.png"));
        let places = (0..sheet.height).flat_map(|y| (300..600).map(move |x| (x, y)));
        places.map(|(x, y)| sheet.at(x, y)).collect::<Vec<_>>()
    };
    let (own, built_in) = (second([true, true]), second([false, false]));
    assert!(own != built_in);
    assert!(second([false, true]) == own);
    assert!(second([true, false]) == built_in);
}
