//! Projections and world coordinates agree with PROJ and with astropy; maps of longitude and of latitude show both where they are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::collections::HashMap;

use common::fits::{Column, HealpixFile};
use common::npy;
use common::sandbox::Sandbox;
use map2fig::healpix::{Nside, Ordering};
use map2fig::projection::{Field, Flip, Grid, Kind, View, Wcs};
use map2fig::sky::{Frame, LonLat, UnitVector};
use serde::Deserialize;

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = common::repository().join("tests/data").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct Proj {
    places: Vec<[f64; 2]>,
    projections: HashMap<String, Vec<Option<[f64; 2]>>>,
}

#[test]
fn forward_is_that_of_proj() {
    let table: Proj = read("proj.json");
    assert_eq!(table.projections.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let name = kind.name();
        let projection = kind.build(false, true, Flip::Geo);
        let mut compared = 0;
        for (&[lon, lat], want) in table.places.iter().zip(&table.projections[name]) {
            let v = UnitVector::from(LonLat::from_degrees(lon, lat));
            // PROJ draws what is within rounding of the horizon, and the antipode in some way of its own.
            if v.x.abs() < 1e-9 || v.x < -0.999_999 {
                continue;
            }
            let got = projection.forward(v);
            let Some(want) = want else {
                // PROJ's stereographic and gnomonic planes end earlier than ours.
                let ends = ["stereographic", "gnomonic"].contains(&name);
                assert!(got.is_none() || ends, "{name} at {lon}, {lat}: {got:?}, PROJ nothing");
                continue;
            };
            let Some(got) = got else {
                panic!("{name} at {lon}, {lat}: nothing, PROJ {want:?}");
            };
            compared += 1;
            let distance = (got[0] - want[0]).hypot(got[1] - want[1]);
            // PROJ's coefficients for Robinson are rounded to six digits.
            let tolerance = if name == "robinson" { 1e-6 } else { 1e-10 };
            let size = 1.0 + want[0].hypot(want[1]);
            assert!(distance < tolerance * size, "{name} at {lon}, {lat}: {got:?}, PROJ {want:?}");
        }
        assert!(compared >= 14, "{name}: {compared} places");
    }
}

#[derive(Deserialize)]
struct WcsCase {
    options: String,
    cards: HashMap<String, serde_json::Value>,
    points: Vec<[f64; 4]>,
}

/// The view that options ask for of a galactic map, and its frame.
fn view(options: &str) -> (View, Grid) {
    let words: Vec<&str> = options.split_whitespace().collect();
    let value =
        |name: &str| words.iter().position(|word| *word == name).map(|place| words[place + 1]);
    let flip = if value("--flip") == Some("geo") { Flip::Geo } else { Flip::Astro };
    let kind = Kind::from_name(value("--projection").unwrap()).unwrap();
    let half = words.contains(&"--half-sky");
    let [lon, lat] = value("--rotate-to").map_or([0.0; 2], |pair| {
        let (lon, lat) = pair.split_once(',').unwrap();
        [lon.parse().unwrap(), lat.parse().unwrap()]
    });
    let roll: f64 = value("--roll").map_or(0.0, |roll| roll.parse().unwrap());
    let frame = value("--output-coord").map_or(Frame::Galactic, |name| name.parse().unwrap());
    let view = View::new(
        kind.build(half, false, flip),
        (Frame::Galactic, frame),
        LonLat::from_degrees(lon, lat),
        roll.to_radians(),
        flip,
    )
    .showing(Field::Whole);
    let grid = view.array_grid(value("--width").unwrap().parse().unwrap());
    (view, grid)
}

#[test]
fn world_coordinates_are_those_that_astropy_finds() {
    let cases: Vec<WcsCase> = read("wcs.json");
    let mut codes = Vec::new();
    for case in &cases {
        let (view, grid) = view(&case.options);
        let wcs = Wcs::new(&view, &grid).unwrap();
        let number = |keyword: &str| case.cards.get(keyword).map(|v| v.as_f64().unwrap());
        for (keyword, ours) in [
            ("CRPIX1", wcs.crpix[0]),
            ("CRPIX2", wcs.crpix[1]),
            ("CDELT1", wcs.cdelt[0]),
            ("CDELT2", wcs.cdelt[1]),
            ("CRVAL1", wcs.crval[0]),
            ("CRVAL2", wcs.crval[1]),
            ("LONPOLE", wcs.lonpole),
            ("LATPOLE", wcs.latpole),
        ] {
            let stored = number(keyword).unwrap();
            let off = match keyword {
                // Longitudes of 0 and 360 degrees are the same.
                "CRVAL1" | "LONPOLE" => (ours - stored + 180.0).rem_euclid(360.0) - 180.0,
                _ => ours - stored,
            };
            assert!(off.abs() < 1e-9, "{}: {keyword} {ours} {stored}", case.options);
        }
        assert_eq!(wcs.at_native_pole, case.cards.contains_key("PV1_1"));
        assert_eq!(case.cards["CTYPE1"].as_str().unwrap(), wcs.ctype[0]);
        codes.push(wcs.ctype[0][5..].to_owned());
        assert!(case.points.len() >= 8, "{}", case.options);
        for &[x, y, lon, lat] in &case.points {
            let astropy = UnitVector::from(LonLat::from_degrees(lon, lat));
            let point = grid.center(x as usize, y as usize);
            // The direction in the picture's frame, and where astropy's would be, in pixels.
            let native = view.native(point).unwrap();
            let theirs = view.place(view.centering().apply(astropy)).unwrap();
            let off = ((theirs[0] - point[0]) / grid.step[0])
                .hypot((theirs[1] - point[1]) / grid.step[1]);
            let angle = view.centering().inverse().apply(native).angle_to(astropy);
            let pixel = grid.step[0] / view.projection().radius();
            assert!(
                off < 1e-6 || angle < 1e-6 * pixel,
                "{}: pixel {x}, {y} off by {off} pixels",
                case.options
            );
        }
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes, ["AIT", "ARC", "CAR", "MER", "MOL", "SFL", "SIN", "STG", "TAN", "ZEA"]);
}

/// Pictures of maps whose values are components of the direction, at every projection, against its inverse worked out here.
#[test]
fn maps_of_coordinates_show_them_where_they_are() {
    let sandbox = Sandbox::new();
    let nside = Nside::new(128).unwrap();
    let centers = || (0..nside.npix()).map(|p| Ordering::Ring.cell(nside, p).center(nside));
    // Latitude as it is; longitude by its cosine and sine, which have no jump.
    let map = |name: &str, value: &dyn Fn(UnitVector) -> f64| {
        HealpixFile::new(128)
            .coordsys("G")
            .column(Column::f32("T", centers().map(|v| value(v) as f32).collect::<Vec<_>>()))
            .write(sandbox.folder(), name);
    };
    map("lat.fits", &|v| v.z.asin());
    map("cos.fits", &|v| v.y.atan2(v.x).cos());
    map("sin.fits", &|v| v.y.atan2(v.x).sin());
    for kind in Kind::ALL {
        let options = format!(
            "--projection {} --width 121 --rotate-to 50,-25 --roll 12 --output-coord gal",
            kind.name()
        );
        let (view, grid) = view(&options);
        let [lat, cos, sin] = ["lat", "cos", "sin"].map(|name| {
            sandbox.run_line(&format!("{name}.fits {options} -o {name}.npy")).success();
            npy::read(&sandbox.path(&format!("{name}.npy")))
        });
        let (mut worst, mut compared) = ([0.0f64; 2], 0);
        for row in 0..grid.height {
            for column in 0..grid.width {
                let Some(v) = view.inverse(grid.center(column, row)) else { continue };
                let at = LonLat::from(v);
                let shown = [&lat, &cos, &sin].map(|array| f64::from(array.at(row, column)));
                // Picture pixels at the rim reach over its edge, and average over what they show.
                let inner =
                    [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)].iter().all(|(dx, dy)| {
                        let p = [grid.x(column as f64 + dx), grid.y(row as f64 + dy)];
                        view.inverse(p).is_some_and(|w| w.angle_to(v) < 0.12)
                    });
                if !inner || at.lat.abs() > 1.35 {
                    continue;
                }
                compared += 1;
                worst[0] = worst[0].max((shown[0] - at.lat).abs());
                let lon = (shown[1] - at.lon.cos()).hypot(shown[2] - at.lon.sin());
                worst[1] = worst[1].max(lon * at.lat.cos());
            }
        }
        assert!(compared > 1500, "{}: {compared} pixels", kind.name());
        assert!(worst[0] < 0.012 && worst[1] < 0.02, "{}: {worst:?} rad", kind.name());
    }
}
