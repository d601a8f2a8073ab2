//! The picture shows the sky where it is: closed-form maps, frames, and the area average against brute force.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::npy::{self, Array};
use common::sandbox::Sandbox;
use map2fig::healpix::{FacePoint, Nside, Ordering};
use map2fig::map::UNSEEN;
use map2fig::projection::{Grid, Mollweide, Projection};
use map2fig::sky::{Frame, Rotation, UnitVector};

const NSIDE: i64 = 128;

/// A map whose pixels hold a function of their own direction.
fn closed_form(sandbox: &Sandbox, name: &str, value: impl Fn(UnitVector) -> f64) {
    let nside = Nside::new(NSIDE).unwrap();
    let values: Vec<f32> = (0..nside.npix())
        .map(|p| value(Ordering::Ring.cell(nside, p).center(nside)) as f32)
        .collect();
    HealpixFile::new(NSIDE)
        .coordsys("G")
        .column(Column::f32("T", values))
        .write(sandbox.folder(), name);
}

fn project(sandbox: &Sandbox, line: &str) -> Array {
    sandbox.run_line(&format!("{line} -o sky.npy")).success();
    npy::read(&sandbox.path("sky.npy"))
}

#[test]
fn north_is_up_and_east_is_left() {
    let sandbox = Sandbox::new();
    closed_form(&sandbox, "lat.fits", |v| v.z.asin().to_degrees());
    closed_form(&sandbox, "lon.fits", |v| v.y.atan2(v.x).to_degrees());
    for sampling in ["area", "nearest", "bilinear"] {
        let options = format!("--width 401 --sampling {sampling}");
        let lat = project(&sandbox, &format!("lat.fits {options}"));
        let lon = project(&sandbox, &format!("lon.fits {options}"));
        let mirrored = project(&sandbox, &format!("lon.fits {options} --flip geo"));
        let y = |row: usize| (row as f64 - 99.5) / 99.5;
        for (row, column) in [(20, 200), (99, 100), (160, 290), (100, 350)] {
            // The Mollweide equations, written out.
            let gamma = y(row).asin();
            let expected = ((2.0 * gamma + (2.0 * gamma).sin()) / std::f64::consts::PI).asin();
            assert!((f64::from(lat.at(row, column)) - expected.to_degrees()).abs() < 0.6);
            let x = 2.0 * (column as f64 - 200.0) / 200.0;
            let expected = -90.0 * x / gamma.cos();
            assert!((f64::from(lon.at(row, column)) - expected).abs() < 1.0, "{row} {column}");
            assert!((f64::from(mirrored.at(row, column)) + expected).abs() < 1.0);
        }
    }
}

#[test]
fn bilinear_sampling_interpolates_between_good_pixels() {
    let sandbox = Sandbox::new();
    closed_form(&sandbox, "lat.fits", |v| v.z.asin().to_degrees());
    let view = "--width 401 --rotate-to 30,40 --sampling";
    let smooth = project(&sandbox, &format!("lat.fits {view} bilinear"));
    let exact = project(&sandbox, &format!("lat.fits {view} area"));
    let near = smooth.values.iter().zip(&exact.values).filter(|(a, _)| !a.is_nan());
    let mut differences: Vec<f32> = near.map(|(a, b)| (a - b).abs()).collect();
    differences.sort_by(f32::total_cmp);
    assert!(differences[differences.len() * 99 / 100] < 0.5);

    // Of two values, one is bad: what is between is the other.
    let values: Vec<f32> = (0..192).map(|k| if k % 2 == 0 { 3.0 } else { UNSEEN }).collect();
    HealpixFile::new(4).column(Column::f32("T", values)).write(sandbox.folder(), "holes.fits");
    let shown = |how: &str| project(&sandbox, &format!("holes.fits --width 201 --sampling {how}"));
    let filled = |array: &Array| array.values.iter().filter(|v| **v == 3.0).count();
    let (nearest, bilinear) = (shown("nearest"), shown("bilinear"));
    assert!(bilinear.values.iter().all(|v| v.is_nan() || *v == 3.0 || *v == UNSEEN));
    assert!(filled(&bilinear) > filled(&nearest) * 3 / 2);
}

#[test]
fn frames_and_rotations_put_directions_where_they_belong() {
    let sandbox = Sandbox::new();
    // In equatorial coordinates the value is sin(declination).
    let to_equatorial = Rotation::between(Frame::Galactic, Frame::Equatorial);
    closed_form(&sandbox, "dec.fits", |v| to_equatorial.apply(v).z);
    let plain = project(&sandbox, "dec.fits --width 301 --output-coord eq");
    let middle = f64::from(plain.at(75, 150));
    assert!(middle.abs() < 0.02, "the celestial equator is in the middle: {middle}");
    assert!(plain.at(148, 150) > 0.95 && plain.at(1, 150) < -0.95);
    let pole = project(&sandbox, "dec.fits --width 301 --output-coord eq --rotate-to 30,90");
    assert!(pole.at(75, 150) > 0.99);
    let center = project(&sandbox, "dec.fits --width 301 --rotate-to 122.932,27.128");
    assert!(center.at(75, 150) > 0.99, "the celestial pole is at l = 122.9, b = 27.1");
    let forced = project(&sandbox, "dec.fits --width 301 --input-coord eq --output-coord eq");
    let untouched = project(&sandbox, "dec.fits --width 301");
    assert!(forced.values.iter().zip(&untouched.values).all(|(a, b)| a.to_bits() == b.to_bits()));
}

/// The average of a map over a picture pixel: `side` x `side` samples of the full-resolution map.
fn brute_force(
    side: usize,
    nside: Nside,
    values: &[f32],
    grid: &Grid,
    (column, row): (usize, usize),
) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for k in 0..side * side {
        let offset = |n: usize| (n as f64 + 0.5) / side as f64 - 0.5;
        let (dx, dy) = (offset(k % side), offset(k / side));
        let point = [-grid.x(column as f64 + dx), grid.y(row as f64 + dy)];
        if let Some(v) = Mollweide.inverse(point) {
            let pixel = Ordering::Nested.pixel(nside, FacePoint::of(v).cell(nside));
            sum += f64::from(values[pixel as usize]);
            count += 1.0;
        }
    }
    sum / count
}

/// The root mean square of a picture's differences from brute force in every `step`th pixel along both sides, as a part of the map's.
fn relative_error(
    picture: &Array,
    samples: usize,
    nside: Nside,
    values: &[f32],
    step: usize,
) -> f64 {
    let grid = Grid::spanning(Mollweide.bounds(), picture.width, picture.height);
    let (mut error, mut count) = (0.0, 0.0);
    for row in (0..picture.height).step_by(step) {
        for column in (0..picture.width).step_by(step) {
            let got = f64::from(picture.at(row, column));
            if got.is_finite() {
                let expected = brute_force(samples, nside, values, &grid, (column, row));
                error += (got - expected).powi(2);
                count += 1.0;
            }
        }
    }
    let power = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / values.len() as f64;
    (error / count / power).sqrt()
}

#[test]
fn without_downgrading_even_white_noise_is_averaged_as_it_is() {
    let nside = Nside::new(256).unwrap();
    let noise = common::noise(5, nside.npix() as usize);
    let values: Vec<f32> = noise.into_iter().map(|v| (v - 0.5) as f32).collect();
    for ordering in ["NESTED", "RING"] {
        let sandbox = Sandbox::new();
        let number = |p: u64| Ordering::Ring.cell(nside, p);
        let stored = match ordering {
            "NESTED" => values.clone(),
            _ => (0..nside.npix())
                .map(|p| values[Ordering::Nested.pixel(nside, number(p)) as usize])
                .collect(),
        };
        HealpixFile::new(256)
            .ordering(ordering)
            .column(Column::f32("T", stored))
            .write(sandbox.folder(), "map.fits");
        // The proportions of a 1200-pixel picture of an nside-2048 map.
        let picture = project(&sandbox, "map.fits --width 150 --no-downgrade");
        let relative = relative_error(&picture, 64, nside, &values, 5);
        println!("{ordering}: {:.3} %", 100.0 * relative);
        assert!(relative <= 0.01, "{ordering}: {relative}");
    }
}

#[test]
fn the_area_average_is_within_one_per_cent_of_brute_force() {
    // The proportions of a 1200-pixel picture of an nside-2048 map, and of pictures of coarser maps.
    for (side, width) in [(512, 300), (256, 300), (64, 200), (16, 200), (4, 100)] {
        let nside = Nside::new(side).unwrap();
        let rough = common::noise(5, nside.npix() as usize);
        let values: Vec<f32> = (0..nside.npix())
            .map(|p| {
                let v = Ordering::Nested.cell(nside, p).center(nside);
                let waves = (9.0 * v.x).sin() + (23.0 * v.y).cos() * v.z;
                (waves + 0.3 * (rough[p as usize] - 0.5)) as f32
            })
            .collect();
        let sandbox = Sandbox::new();
        HealpixFile::new(side)
            .ordering("NESTED")
            .column(Column::f32("T", values.clone()))
            .write(sandbox.folder(), "map.fits");
        let picture = project(&sandbox, &format!("map.fits --width {width}"));
        let relative = relative_error(&picture, 16, nside, &values, 3);
        println!("nside {side} at {width} px: {:.3} %", 100.0 * relative);
        assert!(relative <= 0.01, "nside {side} at {width} px: {relative}");
    }
}

#[test]
fn the_fits_output_says_where_its_pixels_are() {
    let sandbox = Sandbox::new();
    closed_form(&sandbox, "z.fits", |v| v.z);
    sandbox.run_line("z.fits -o out.fits --width 101 --rotate-to 40,0").success();
    let header = String::from_utf8_lossy(&std::fs::read(sandbox.path("out.fits")).unwrap()[..2880])
        .into_owned();
    let value = |keyword: &str| {
        let cards: Vec<&str> = (0..36).map(|k| &header[80 * k..80 * k + 80]).collect();
        let card = cards.iter().find(|c| c.starts_with(&format!("{keyword:<8}="))).unwrap();
        card[10..].split('/').next().unwrap().trim().to_string()
    };
    assert_eq!(value("CTYPE1"), "'GLON-MOL'");
    assert_eq!(value("CRPIX1"), "51.0");
    let near = |keyword: &str, expected: f64| {
        let found: f64 = value(keyword).parse().unwrap();
        assert!((found - expected).abs() < 1e-9, "{keyword} is {found}");
    };
    near("CRVAL1", 40.0);
    near("CDELT1", -(4.0 / 100.0) * std::f64::consts::SQRT_2.to_degrees());
    near("CDELT2", (2.0 / 49.0) * std::f64::consts::SQRT_2.to_degrees());
    near("LATPOLE", 90.0);
}
