//! The same command gives the same bytes wherever it runs: other locale, time zone, folder, home and fonts of the system.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::{self, Sandbox};

/// Texts in three scripts and a formula, a colour bar with a decimal point, a grid.
const OPTIONS: [&str; 9] = [
    "--title",
    "Sky of Łódź, Ω, Ночь",
    "--units",
    r"$\mu\mathrm{K}_\mathrm{CMB}$",
    "--graticule",
    "--max",
    "1.5",
    "-w",
    "300",
];

/// A fontconfig that knows no fonts at all.
const NO_FONTS: &str = "<?xml version=\"1.0\"?><fontconfig></fontconfig>";

fn sky() -> Vec<u8> {
    let values: Vec<f32> = (0..768u16).map(|pixel| f32::from(pixel % 61) / 40.0).collect();
    HealpixFile::new(8).column(Column::f32("T", values)).bytes()
}

fn draw(sandbox: &Sandbox, folder: &str, name: &str, surroundings: &[(&str, &str)]) -> Vec<u8> {
    let mut command = sandbox.command();
    command.current_dir(sandbox.path(folder)).args(["map.fits", "-o", name]).args(OPTIONS);
    command.envs(surroundings.iter().copied());
    sandbox::run(command).success();
    std::fs::read(sandbox.path(folder).join(name)).unwrap()
}

#[test]
fn surroundings_leave_no_trace() {
    let sandbox = Sandbox::new();
    for folder in ["here", "far/away"] {
        sandbox.write(&format!("{folder}/map.fits"), sky());
    }
    let config = sandbox.write("fonts.conf", NO_FONTS);
    let (config, home) = (config.to_str().unwrap(), sandbox.path("far"));
    let plain = [("LC_ALL", "C"), ("TZ", "UTC")];
    let other = [
        ("LC_ALL", "de_DE.UTF-8"),
        ("LANG", "tr_TR.UTF-8"),
        ("TZ", "Asia/Kathmandu"),
        ("HOME", home.to_str().unwrap()),
        ("FONTCONFIG_FILE", config),
        ("FREETYPE_PROPERTIES", "truetype:interpreter-version=35"),
    ];
    for name in
        ["sky.pdf", "sky.png", "sky.svg", "sky.eps", "sky.ps", "sky.jpg", "sky.tif", "sky.webp"]
    {
        let (here, there) =
            (draw(&sandbox, "here", name, &plain), draw(&sandbox, "far/away", name, &other));
        assert!(here == there, "{name} differs");
    }
}
