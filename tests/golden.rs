//! Pictures look as they did when somebody last looked at them.
//!
//! Each scene is rendered to PNG and compared with `tests/golden/<name>.png`. A failure leaves
//! `expected | actual | difference` in `target/golden-failures/`. After a change that is meant to be seen:
//! `MAP2FIG_BLESS=1 cargo test --test golden`, look at every picture that changed, commit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::path::{Path, PathBuf};

use common::fits::{Column, HealpixFile};
use common::picture::Picture;
use common::sandbox::Sandbox;
use map2fig::healpix::{Nside, Ordering};

/// How far a picture may be from the reference. Another Cairo draws the edges of lines a little differently.
struct Tolerance {
    /// Mean difference of a channel, of 255.
    mean: f64,
    /// Largest difference of any channel, of 255.
    max: u8,
    /// Part of the pixels with a channel that differs by more than 4.
    differing: f64,
}

const TOLERANCE: Tolerance = Tolerance { mean: 0.1, max: 96, differing: 0.005 };

/// The maps that scenes are drawn from.
#[derive(Clone, Copy)]
enum Map {
    /// WMAP synchrotron Stokes Q, `examples/data`.
    Wmap,
    /// 2MASS source counts, `examples/data`.
    TwoMass,
    /// Smooth waves over the whole sky with a hole, RING, nside 32, micro-kelvin.
    Waves,
    /// A bright band along the equator over five decades, NESTED float64, nside 32, equatorial.
    Band,
}

struct Scene {
    name: &'static str,
    map: Map,
    arguments: &'static [&'static str],
}

const fn scene(name: &'static str, map: Map, arguments: &'static [&'static str]) -> Scene {
    Scene { name, map, arguments }
}

/// A projection turned in three ways, with a grid.
macro_rules! turned {
    ($projection:literal) => {
        scene(
            concat!("grid-", $projection),
            Map::Waves,
            &[
                "-w",
                "600",
                "--grid",
                "1x3",
                "--options",
                concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/turned.toml"),
                "--projection",
                $projection,
            ],
        )
    };
}

const SCENES: &[Scene] = &[
    scene("plain", Map::Wmap, &["-w", "400", "--units", "mK"]),
    scene(
        "titled",
        Map::Waves,
        &["-w", "400", "--title", "Waves", "--llabel", "A", "--rlabel", "B"],
    ),
    scene("log", Map::TwoMass, &["-w", "400", "--log", "--units", "sources per pixel"]),
    scene("asinh", Map::Waves, &["-w", "400", "--asinh", "--linthresh", "10"]),
    scene("symlog", Map::Wmap, &["-w", "400", "--symlog", "--units", "mK", "--cbar-label", "Q"]),
    scene("hist", Map::Wmap, &["-w", "400", "--hist", "-c", "viridis", "--bad-swatch"]),
    scene(
        "planck-log",
        Map::Wmap,
        &[
            "-w",
            "400",
            "--planck-log",
            "--scale",
            "1000",
            "--min",
            "-100",
            "--max",
            "10000",
            "--linthresh",
            "1",
        ],
    ),
    scene(
        "gamma",
        Map::Band,
        &[
            "-w",
            "400",
            "--gamma",
            "0.3",
            "--cbar-position",
            "right",
            "--bad-swatch=none",
            "--extend",
            "both",
        ],
    ),
    scene(
        "bar",
        Map::Waves,
        &[
            "-w",
            "400",
            "--sqrt",
            "--ticks",
            "-100,0,25,50",
            "--cbar-format",
            "%+.1f",
            "--tick-direction",
            "in",
            "--extend",
            "min",
        ],
    ),
    scene("hole", Map::Waves, &["-w", "400", "--bad-color", "#ff00ff", "-c", "viridis"]),
    scene("limits", Map::Waves, &["-w", "400", "--min", "-50", "--max", "50", "-c", "RdBu_r"]),
    scene("beyond", Map::Waves, &["-w", "300", "--max", "20", "--over-color", "red"]),
    scene("rotated", Map::Waves, &["-w", "400", "--rotate-to", "60,30", "--roll", "20"]),
    scene("mirrored", Map::Waves, &["-w", "300", "--flip", "geo", "--symmetric"]),
    scene("frames", Map::Band, &["-w", "400", "--output-coord", "gal", "--log"]),
    scene("dark", Map::Band, &["-w", "400", "--theme", "dark", "--log", "-c", "inferno"]),
    scene("map-alone", Map::Waves, &["-w", "300", "--no-cbar", "--no-border"]),
    scene("transparent", Map::Waves, &["-w", "300", "--transparent"]),
    scene(
        "formulas",
        Map::Waves,
        &[
            "-w",
            "500",
            "--title",
            r"$\sqrt{Q^2+U^2}$ at $\left(\frac{\nu}{\nu_0}\right)^{\beta}$",
            "--llabel",
            r"$T_\mathrm{CMB} \approx 2.7\,\mu\rm K$",
            "--rlabel",
            r"$\sum_\ell C_\ell\ $ AVé",
            "--units",
            r"${\rm MJy\,sr^{-1}}$",
        ],
    ),
    scene(
        "minimal",
        Map::Wmap,
        &["-w", "400", "--theme", "minimal", "--cbar-position", "right", "--units", "mK"],
    ),
    scene(
        "own-page",
        Map::Waves,
        &["-w", "400", "--bg-color", "#20405a", "--title", "Waves", "--llabel", "A"],
    ),
    scene(
        "column",
        Map::TwoMass,
        &[
            "--figsize",
            "8.8cm",
            "--dpi",
            "150",
            "--log",
            "--title",
            "A title that is far too long for the column of a journal and goes on to a second line",
            "--units",
            "sources per pixel",
        ],
    ),
    scene(
        "tiny",
        Map::Waves,
        &[
            "-w",
            "200",
            "--figsize",
            "4cm",
            "--title",
            "Waves",
            "--llabel",
            "left",
            "--rlabel",
            "right",
        ],
    ),
    scene(
        "large-text",
        Map::Waves,
        &[
            "-w",
            "400",
            "--title-font-size",
            "24",
            "--tick-font-size",
            "18",
            "--units-font-size",
            "20",
            "--label-font-size",
            "16",
            "--title",
            "Large",
            "--llabel",
            "143 GHz",
            "--rlabel",
            r"$C_\ell$",
        ],
    ),
    scene(
        "portrait",
        Map::Waves,
        &[
            "-w",
            "260",
            "--projection",
            "cartesian",
            "--extent",
            "-20,20,-60,60",
            "--title",
            "Portrait",
            "--llabel",
            "left",
            "--rlabel",
            "right",
        ],
    ),
    scene(
        "masked",
        Map::Wmap,
        &[
            "-w",
            "400",
            "--mask-above",
            "0.05",
            "--maskfill-color",
            "white",
            "--mask-alpha",
            "0.7",
            "--remove-dipole",
            "--gal-cut",
            "20",
        ],
    ),
    scene("nearest", Map::Waves, &["-w", "300", "--sampling", "nearest"]),
    scene(
        "lines",
        Map::Wmap,
        &[
            "-w",
            "400",
            "--cmap",
            "RdBu_r",
            "--symmetric",
            "--graticule",
            "--grat-format",
            "signed",
            "--galactic-plane",
            "--ecliptic",
            "--output-coord",
            "eq",
            "--frame-label",
        ],
    ),
    scene(
        "field",
        Map::TwoMass,
        &[
            "-w",
            "300",
            "--projection",
            "gnomonic",
            "--lon",
            "80",
            "--lat=-69",
            "--fov",
            "900",
            "--pixel-borders",
            "64",
            "--graticule",
            "--grat-format",
            "hours",
            "--grat-coord-overlay",
            "gal",
        ],
    ),
    turned!("mollweide"),
    turned!("hammer"),
    turned!("aitoff"),
    turned!("cartesian"),
    turned!("gnomonic"),
    turned!("orthographic"),
    turned!("azimuthal-equidistant"),
    turned!("lambert"),
    turned!("stereographic"),
    turned!("sinusoidal"),
    turned!("mercator"),
    turned!("equal-earth"),
    turned!("mcbryde"),
    turned!("eckert4"),
    turned!("robinson"),
];

#[test]
fn pictures_are_as_they_were() {
    let bless = std::env::var_os("MAP2FIG_BLESS").is_some_and(|value| value == "1");
    let failures: Vec<String> = SCENES
        .iter()
        .filter_map(|scene| check(scene, bless).err().map(|why| format!("{}: {why}", scene.name)))
        .collect();
    assert!(
        failures.is_empty(),
        "{}\nMAP2FIG_BLESS=1 cargo test --test golden takes the pictures as they are now",
        failures.join("\n")
    );
}

#[test]
fn every_reference_belongs_to_a_scene() {
    for entry in std::fs::read_dir(reference_folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "png") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(SCENES.iter().any(|scene| scene.name == name), "{} is no scene's", path.display());
    }
}

#[test]
fn the_comparison_sees_what_an_eye_would() {
    let mut page = Picture { width: 300, height: 200, pixels: vec![[255; 4]; 60_000] };
    let stroke = |page: &mut Picture, row: usize, grey: u8| {
        let start = row * page.width + 20;
        page.pixels[start..start + 200].fill([grey, grey, grey, 255]);
    };
    stroke(&mut page, 100, 0);
    assert!(compare(&page, &page).is_ok());

    let mut rounded = page.clone();
    rounded.pixels.iter_mut().step_by(50).for_each(|p| p[0] ^= 1);
    assert!(compare(&page, &rounded).is_ok(), "the last bit of a few pixels");

    let mut moved = page.clone();
    stroke(&mut moved, 100, 255);
    stroke(&mut moved, 101, 0);
    assert!(compare(&page, &moved).is_err(), "a line one pixel lower");

    let mut tinted = page.clone();
    tinted.pixels.iter_mut().for_each(|p| p[2] = p[2].saturating_sub(1));
    assert!(compare(&page, &tinted).is_err(), "a page of another white");

    let mut clear = page.clone();
    clear.pixels.iter_mut().for_each(|p| p[3] = 0);
    assert!(compare(&page, &clear).is_err(), "a transparent page");

    let narrower = Picture { width: 200, height: 300, pixels: page.pixels.clone() };
    assert!(compare(&page, &narrower).is_err(), "another shape");
}

fn reference_folder() -> PathBuf {
    common::repository().join("tests/golden")
}

/// Renders a scene and holds it against its reference, or makes it the reference.
fn check(scene: &Scene, bless: bool) -> Result<(), String> {
    let sandbox = Sandbox::new();
    let map = scene.map.path(&sandbox);
    let mut arguments = vec![map.to_str().unwrap(), "-o", "picture.png"];
    arguments.extend(scene.arguments);
    let outcome = sandbox.run(arguments);
    if outcome.status != Some(0) {
        return Err(format!("exit code {:?}\n{}", outcome.status, outcome.stderr));
    }
    let actual = Picture::read(&sandbox.path("picture.png"));
    let reference = reference_folder().join(scene.name).with_extension("png");
    if bless {
        let same = reference.is_file() && compare(&Picture::read(&reference), &actual).is_ok();
        if !same {
            actual.write(&reference);
            println!("wrote {}", reference.display());
        }
        return Ok(());
    }
    if !reference.is_file() {
        return Err("no reference picture".into());
    }
    let expected = Picture::read(&reference);
    compare(&expected, &actual).map_err(|why| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("golden-failures");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(scene.name).with_extension("png");
        triptych(&expected, &actual).write(&path);
        format!("{why}\n  look at {}", path.display())
    })
}

fn channel_differences(a: [u8; 4], b: [u8; 4]) -> [u8; 4] {
    std::array::from_fn(|channel| a[channel].abs_diff(b[channel]))
}

/// What tells two pictures apart, if it is more than the tolerance.
fn compare(expected: &Picture, actual: &Picture) -> Result<(), String> {
    if (expected.width, expected.height) != (actual.width, actual.height) {
        return Err(format!(
            "{} x {} pixels, expected {} x {}",
            actual.width, actual.height, expected.width, expected.height
        ));
    }
    let mut sum = 0;
    let mut max = 0;
    let mut differing = 0;
    for (&a, &b) in expected.pixels.iter().zip(&actual.pixels) {
        let channels = channel_differences(a, b);
        sum += channels.iter().map(|&c| u64::from(c)).sum::<u64>();
        let largest = channels.into_iter().max().unwrap_or(0);
        max = max.max(largest);
        differing += usize::from(largest > 4);
    }
    let count = expected.pixels.len() as f64;
    let mean = sum as f64 / (4.0 * count);
    let differing = differing as f64 / count;
    if mean > TOLERANCE.mean || max > TOLERANCE.max || differing > TOLERANCE.differing {
        let part = 100.0 * differing;
        return Err(format!("mean difference {mean:.3}, largest {max}, {part:.2} % of the pixels"));
    }
    Ok(())
}

/// Expected, actual, and their difference eight times as strong on white.
fn triptych(expected: &Picture, actual: &Picture) -> Picture {
    const GAP: usize = 8;
    let width = expected.width.max(actual.width);
    let height = expected.height.max(actual.height);
    let inside = |p: &Picture, x: usize, y: usize| x < p.width && y < p.height;
    let difference = |x: usize, y: usize| {
        if !inside(expected, x, y) || !inside(actual, x, y) {
            return [255, 0, 255, 255];
        }
        let channels = channel_differences(expected.at(x, y), actual.at(x, y));
        let strongest = channels.into_iter().max().unwrap_or(0);
        let grey = 255 - strongest.saturating_mul(8);
        [grey, grey, grey, 255]
    };
    let panels = [expected.over_white(), actual.over_white()];
    let full = Picture { width: 3 * width + 2 * GAP, height, pixels: Vec::new() };
    let pixel = |place: usize| {
        let (x, y) = (place % full.width, place / full.width);
        let (panel, x) = (x / (width + GAP), x % (width + GAP));
        match panels.get(panel) {
            _ if x >= width => [128, 128, 128, 255],
            Some(picture) if inside(picture, x, y) => picture.at(x, y),
            Some(_) => [255, 0, 255, 255],
            None => difference(x, y),
        }
    };
    let pixels = (0..full.width * height).map(pixel).collect();
    Picture { pixels, ..full }
}

impl Map {
    /// The file, made in the sandbox where it does not exist yet.
    fn path(self, sandbox: &Sandbox) -> PathBuf {
        let folder = sandbox.folder();
        match self {
            Self::Wmap => sandbox.copy("examples/data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits"),
            Self::TwoMass => sandbox.copy("examples/data/skymap.2mass.depth6.fits"),
            Self::Waves => HealpixFile::new(32)
                .column(Column::f32("SIGNAL", waves()).unit("uK_CMB"))
                .write(folder, "waves.fits"),
            Self::Band => HealpixFile::new(32)
                .ordering("NESTED")
                .coordsys("C")
                .column(Column::f64("COUNTS", band()).unit("MJy/sr"))
                .write(folder, "band.fits"),
        }
    }
}

/// The direction of each pixel's centre.
fn centers(nside: i64, ordering: Ordering) -> impl Iterator<Item = [f64; 3]> {
    let nside = Nside::new(nside).unwrap();
    (0..nside.npix()).map(move |pixel| {
        let v = ordering.cell(nside, pixel).center(nside);
        [v.x, v.y, v.z]
    })
}

fn waves() -> Vec<f32> {
    let value = |[x, y, z]: [f64; 3]| {
        if (x - 0.3).powi(2) + (y + 0.8).powi(2) + (z - 0.5).powi(2) < 0.04 {
            return common::UNSEEN;
        }
        let angle = y.atan2(x);
        (80.0 * (3.0 * angle).cos() * (1.0 - z * z) + 60.0 * (5.0 * z).sin() + 20.0 * x) as f32
    };
    centers(32, Ordering::Ring).map(value).collect()
}

fn band() -> Vec<f64> {
    let value = |[x, _, z]: [f64; 3]| 1e-2 + 1e3 * (-z.abs() / 0.08).exp() * (1.2 + x);
    centers(32, Ordering::Nested).map(value).collect()
}
