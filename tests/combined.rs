//! Maps made of two: polarised intensity and angle of Q and U, differences, ratios.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, Data, HealpixFile, Table, healsparse_with};
use common::npy;
use common::sandbox::Sandbox;
use map2fig::healpix::{Nside, Ordering};

const UNSEEN: f32 = -1.6375e30;

/// A value that differs from pixel to pixel.
fn wave(pixel: usize, step: f32) -> f32 {
    (pixel as f32 * step).sin() + 0.3
}

/// A file of nside 8 whose columns I, Q and U are waves; pixel 100 of U is bad.
fn polarised(sandbox: &Sandbox, name: &str, convention: Option<&str>, ordering: &str) {
    let values = |step: f32| (0..768).map(|i| wave(i, step)).collect::<Vec<f32>>();
    let mut u = values(0.7);
    u[100] = UNSEEN;
    let mut file = HealpixFile::new(8).coordsys("G").ordering(ordering);
    if let Some(convention) = convention {
        file = file.set("POLCCONV", convention);
    }
    file.column(Column::f32("I", values(0.1)).unit("K"))
        .column(Column::f32("Q_STOKES", values(0.3)).unit("K"))
        .column(
            Column::f64("U_STOKES", u.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>())
                .unit("K"),
        )
        .write(sandbox.folder(), name);
}

/// The drawn values, pixel by pixel as healpy takes them.
fn drawn(sandbox: &Sandbox, line: &str) -> Vec<f32> {
    sandbox.run_line(&format!("{line} -w 160 --sampling nearest -o x.npy")).success();
    npy::read(&sandbox.path("x.npy")).values
}

/// What a formula makes of the values of two pictures.
fn formula(a: &[f32], b: &[f32], value: impl Fn(f64, f64) -> f64) -> Vec<f32> {
    let of = |(a, b): (&f32, &f32)| match (a, b) {
        (a, _) if a.is_nan() => f32::NAN,
        (a, b) if *a == UNSEEN || *b == UNSEEN => UNSEEN,
        (a, b) => value(f64::from(*a), f64::from(*b)) as f32,
    };
    a.iter().zip(b).map(of).collect()
}

#[track_caller]
fn assert_alike(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let alike = (found.is_nan() && expected.is_nan())
            || (found - expected).abs() <= 1e-5 * expected.abs().max(1.0);
        assert!(alike, "{found}, expected {expected}");
    }
}

#[test]
fn polarised_intensity_and_angle_are_those_of_q_and_u() {
    let sandbox = Sandbox::new();
    for (convention, sign) in [(Some("COSMO"), -1.0), (Some("IAU"), 1.0), (None, -1.0)] {
        for ordering in ["RING", "NESTED"] {
            polarised(&sandbox, "m.fits", convention, ordering);
            let q = drawn(&sandbox, "m.fits -i Q_STOKES");
            let u = drawn(&sandbox, "m.fits -i U_STOKES");
            assert!(u.contains(&UNSEEN));
            assert_alike(&drawn(&sandbox, "m.fits --col P"), &formula(&q, &u, f64::hypot));
            let angle = |q: f64, u: f64| (0.5 * (sign * u).atan2(q)).to_degrees();
            assert_alike(&drawn(&sandbox, "m.fits --col psi"), &formula(&q, &u, angle));
        }
    }
    let warned = sandbox.run_line("m.fits --col psi -w 100 -o x.png").success();
    assert!(warned.stderr.contains("POLCCONV"), "{}", warned.stderr);
    polarised(&sandbox, "m.fits", Some("unknown"), "RING");
    let warned = sandbox.run_line("m.fits --col psi -w 100 -o x.png").success();
    assert!(warned.stderr.contains("POLCCONV is 'unknown'"), "{}", warned.stderr);
    // Units that differ are those of the columns.
    HealpixFile::new(8)
        .column(Column::f32("Q", vec![3.0; 768]).unit("K"))
        .column(Column::f32("U", vec![4.0; 768]).unit("mK"))
        .write(sandbox.folder(), "units.fits");
    let warned = sandbox.run_line("units.fits --col P -w 100 -o x.png").success().stderr;
    for words in ["column 'Q' of HDU 1", "is in K, but column 'U' of HDU 1", "is in mK"] {
        assert!(warned.contains(words), "{warned}");
    }
    // A column of that name is that column.
    HealpixFile::new(8)
        .column(Column::f32("P", vec![7.0; 768]))
        .column(Column::f32("Q", vec![3.0; 768]))
        .column(Column::f32("U", vec![4.0; 768]))
        .write(sandbox.folder(), "p.fits");
    assert!(drawn(&sandbox, "p.fits --col P").iter().all(|v| v.is_nan() || *v == 7.0));
    HealpixFile::new(8).column(Column::f32("I", vec![1.0; 768])).write(sandbox.folder(), "i.fits");
    sandbox.run_line("i.fits --col P").failure(1).says(&["'P'", "'I'"]);
}

#[test]
fn averages_of_p_are_of_pixels_and_angles_of_averages() {
    let sandbox = Sandbox::new();
    // Neighbours of opposite sign: P is 1 everywhere, and so it is drawn, though Q and U average to nothing.
    let q: Vec<f32> = (0..49152).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
    HealpixFile::new(64)
        .ordering("NESTED")
        .column(Column::f32("Q", q))
        .column(Column::f32("U", vec![0.0; 49152]))
        .write(sandbox.folder(), "m.fits");
    sandbox.run_line("m.fits --col P -w 60 -o x.npy").success();
    let values = npy::read(&sandbox.path("x.npy")).values;
    assert!(values.iter().all(|v| v.is_nan() || (v - 1.0).abs() < 1e-5));
    // Angles about +-90 degrees average to such, not to 0.
    let u: Vec<f32> = (0..49152).map(|i| if i % 2 == 0 { 0.01 } else { -0.01 }).collect();
    HealpixFile::new(64)
        .ordering("NESTED")
        .column(Column::f32("Q", vec![-1.0; 49152]))
        .column(Column::f32("U", u))
        .write(sandbox.folder(), "m.fits");
    sandbox.run_line("m.fits --col psi -w 60 -o x.npy --quiet").success();
    let values = npy::read(&sandbox.path("x.npy")).values;
    assert!(values.iter().all(|v| v.is_nan() || v.abs() > 89.0));
}

#[test]
fn differences_and_ratios_are_pixel_by_pixel() {
    let sandbox = Sandbox::new();
    polarised(&sandbox, "a.fits", Some("COSMO"), "RING");
    let other: Vec<f32> = (0..768).map(|i| wave(i, 0.9) + 2.0).collect();
    HealpixFile::new(8)
        .coordsys("G")
        .column(Column::f32("I", other).unit("K"))
        .write(sandbox.folder(), "b.fits");
    let (a, b) = (drawn(&sandbox, "a.fits -i I"), drawn(&sandbox, "b.fits -i I"));
    assert_alike(&drawn(&sandbox, "a.fits -i I --minus b.fits"), &formula(&a, &b, |a, b| a - b));
    assert_alike(&drawn(&sandbox, "a.fits -i I --ratio b.fits"), &formula(&a, &b, |a, b| a / b));
    // As a further figure of two maps.
    sandbox
        .run_line("b.fits a.fits -i I --difference -w 160 --format npy --sampling nearest")
        .success();
    let further = npy::read(&sandbox.path("a-b.npy")).values;
    assert_alike(&further, &formula(&a, &b, |a, b| a - b));
    assert!(sandbox.path("a.npy").is_file() && sandbox.path("b.npy").is_file());
}

#[test]
fn partial_maps_of_the_same_cells_are_combined_row_by_row() {
    let sandbox = Sandbox::new();
    let numbers: Vec<i64> = (0..200).map(|k| 3 * k + 100).collect();
    let values = |step: f32| (0..200).map(|k| wave(k, step)).collect::<Vec<f32>>();
    let write = |name: &str, numbers: &[i64], values: Vec<f32>| {
        let uniq = numbers.iter().map(|pixel| pixel + 256).collect::<Vec<_>>();
        let column = || Column::f32("T", values.clone());
        let partial = HealpixFile::partial(8, numbers.to_vec()).coordsys("G");
        partial.column(column()).write(sandbox.folder(), &format!("{name}.fits"));
        let cells = HealpixFile::multi_order(uniq).coordsys("G");
        cells.column(column()).write(sandbox.folder(), &format!("{name}-cells.fits"));
    };
    write("a", &numbers, values(0.3));
    write("b", &numbers, values(0.8));
    write("less", &numbers[..100], values(0.8)[..100].to_vec());
    let mut turned = numbers.clone();
    turned.reverse();
    write("turned", &turned, values(0.8));
    for cells in ["", "-cells"] {
        let [a, b] = ["a", "b"].map(|name| drawn(&sandbox, &format!("{name}{cells}.fits")));
        let difference = drawn(&sandbox, &format!("a{cells}.fits --minus b{cells}.fits"));
        assert_alike(&difference, &formula(&a, &b, |a, b| a - b));
        for other in ["less", "turned"] {
            let line = format!("a{cells}.fits --minus {other}{cells}.fits -o x.npy");
            sandbox.run_line(&line).failure(1).says(&["same pixels in the same order"]);
        }
    }
}

#[test]
fn a_frame_that_is_said_is_that_of_both_maps() {
    let sandbox = Sandbox::new();
    let values: Vec<f32> = (0..768).map(|k| wave(k, 0.2)).collect();
    for (name, frame) in [("gal", "G"), ("eq", "C")] {
        let file = HealpixFile::new(8).coordsys(frame).column(Column::f32("T", values.clone()));
        file.write(sandbox.folder(), &format!("{name}.fits"));
    }
    let line = "gal.fits --minus eq.fits -w 64 -o x.npy";
    sandbox.run_line(line).failure(1).says(&["galactic", "equatorial"]);
    sandbox.run_line(&format!("{line} --input-coord ecl")).success();
}

#[test]
fn full_sky_maps_may_have_different_orderings() {
    let sandbox = Sandbox::new();
    let nside = Nside::new(16).unwrap();
    // Numbers that float32 cannot tell apart, and a bad one.
    let value = |ring: u64| if ring == 5 { f64::NAN } else { 1e9 + ring as f64 / 4096.0 };
    let of = |ordering: Ordering, value: &dyn Fn(u64) -> f64, name: &str| {
        let pixels = 0..nside.npix();
        let ring = |pixel| Ordering::Ring.pixel(nside, ordering.cell(nside, pixel));
        let values: Vec<f64> = pixels.map(|pixel| value(ring(pixel))).collect();
        HealpixFile::new(16)
            .coordsys("G")
            .ordering(&ordering.to_string())
            .column(Column::f64("I", values))
            .write(sandbox.folder(), name);
    };
    let shifted = |ring: u64| value(ring) - ring as f64 / 2048.0;
    for (first, second) in [(Ordering::Ring, Ordering::Nested), (Ordering::Nested, Ordering::Ring)]
    {
        of(first, &value, "a.fits");
        of(second, &shifted, "b.fits");
        of(first, &shifted, "same.fits");
        let [one, other] =
            ["b.fits", "same.fits"].map(|name| drawn(&sandbox, &format!("a.fits --minus {name}")));
        assert!(one.iter().zip(&other).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert!(one.contains(&UNSEEN));
        let most = one.iter().copied().fold(0f32, f32::max);
        assert!(most > 1.4 && most < 1.5, "{most}");
    }
}

#[test]
fn maps_that_do_not_fit_together_are_refused() {
    let sandbox = Sandbox::new();
    polarised(&sandbox, "a.fits", Some("COSMO"), "RING");
    polarised(&sandbox, "iau.fits", Some("IAU"), "RING");
    let column = |count: usize| Column::f32("I", vec![1.0; count]);
    HealpixFile::new(16).coordsys("G").column(column(3072)).write(sandbox.folder(), "fine.fits");
    HealpixFile::new(8).coordsys("C").column(column(768)).write(sandbox.folder(), "eq.fits");
    HealpixFile::new(8)
        .coordsys("G")
        .column(column(768).unit("mK"))
        .write(sandbox.folder(), "mk.fits");
    for (other, words) in [
        ("fine.fits", &["a.fits", "nside 8", "fine.fits", "nside 16"][..]),
        ("eq.fits", &["galactic", "equatorial"]),
        ("missing.fits", &["missing.fits"]),
    ] {
        sandbox.run_line(&format!("a.fits -i I --minus {other}")).failure(1).says(words);
    }
    let help = sandbox.run_line("--help").success();
    let help = help.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(help.matches("same nside and frame").count(), 3, "{help}");
    for line in ["a.fits -i I --minus mk.fits", "a.fits -i I --minus mk.fits --scale 2"] {
        let warned = sandbox.run_line(&format!("{line} -w 100 -o x.png")).success();
        assert!(warned.stderr.contains("mK"), "{}", warned.stderr);
    }
    // Columns that only have their place in common.
    HealpixFile::new(8)
        .coordsys("G")
        .column(Column::f32("Q", vec![1.0; 768]))
        .write(sandbox.folder(), "q.fits");
    let warned = sandbox.run_line("mk.fits --minus q.fits -w 100 -o x.png").success().stderr;
    assert!(warned.contains("column 'I'") && warned.contains("column 'Q'"), "{warned}");
    // What is assumed of either map is said.
    HealpixFile::new(8)
        .remove("ORDERING")
        .remove("COORDSYS")
        .column(column(768))
        .write(sandbox.folder(), "bare.fits");
    for line in ["a.fits -i I --minus bare.fits", "bare.fits -i I --minus a.fits"] {
        let warned = sandbox.run_line(&format!("{line} -w 100 -o x.png")).success().stderr;
        for words in ["ORDERING", "bare.fits names no frame: taken as galactic"] {
            assert!(warned.contains(words), "{line}: {warned}");
        }
    }
    // Where one alone tells the convention, the other's is assumed.
    polarised(&sandbox, "silent.fits", None, "RING");
    for line in
        ["iau.fits -i U_STOKES --minus silent.fits", "silent.fits -i U_STOKES --minus iau.fits"]
    {
        let warned = sandbox.run_line(&format!("{line} -w 100 -o x.png")).success().stderr;
        for words in ["silent.fits has no POLCCONV", "sign of that of", "iau.fits"] {
            assert!(warned.contains(words), "{line}: {warned}");
        }
    }
    let warned =
        sandbox.run_line("iau.fits -i I --minus silent.fits -w 100 -o x.png").success().stderr;
    assert!(!warned.contains("POLCCONV"), "{warned}");
    // U of the other convention has the other sign.
    let zero = drawn(&sandbox, "a.fits -i U_STOKES --minus a.fits");
    assert!(zero.iter().all(|v| v.is_nan() || *v == 0.0 || *v == UNSEEN));
    let u = drawn(&sandbox, "a.fits -i U_STOKES");
    let sum = drawn(&sandbox, "a.fits -i U_STOKES --minus iau.fits");
    assert_alike(&sum, &formula(&u, &u, |a, b| a + b));
}

/// A HealSparse file of nside 4 with two columns for the coarse pixels 2 and 7; where N is -99 there are no data.
fn records(sandbox: &Sandbox, name: &str, step: f32, unknown: usize) {
    let mut known = vec![-99i16; 16];
    known.extend([1; 32]);
    known[unknown] = -99;
    let coverage: Vec<i32> =
        (0..12).map(|n| if n == 2 { 0 } else { 16 * i32::from(n == 7) - 16 * n }).collect();
    let table = Table::new()
        .set("EXTNAME", "SPARSE")
        .set("PIXTYPE", "HEALSPARSE")
        .set("NSIDE", 4i64)
        .set("PRIMARY", "N")
        .set("SENTINEL", -99i64)
        .column(Column::f32("MAG", (0..48).map(|i| i as f32 * step).collect::<Vec<_>>()))
        .column(Column::new("N", Data::I16(known)));
    std::fs::write(sandbox.path(name), healsparse_with(&coverage, table.bytes())).unwrap();
}

#[test]
fn partial_maps_go_together_however_they_name_their_pixels() {
    let sandbox = Sandbox::new();
    records(&sandbox, "a.fits", 3.0, 20);
    records(&sandbox, "b.fits", 2.0, 40);
    let of = |name: &str| drawn(&sandbox, &format!("{name} -i MAG"));
    let (a, b) = (of("a.fits"), of("b.fits"));
    assert!(a.iter().zip(&b).any(|(a, b)| *a != UNSEEN && *b == UNSEEN));
    assert!(a.iter().zip(&b).any(|(a, b)| *a == UNSEEN && *b != UNSEEN));
    let difference = drawn(&sandbox, "a.fits -i MAG --minus b.fits");
    assert_alike(&difference, &formula(&a, &b, |a, b| a - b));

    HealpixFile::cube([2, 4]).write(sandbox.folder(), "c.fits");
    HealpixFile::cube([2, 4]).write(sandbox.folder(), "d.fits");
    let ratio = drawn(&sandbox, "c.fits -i 5 --ratio d.fits");
    assert!(ratio.contains(&1.0) && ratio.iter().all(|v| v.is_nan() || [1.0, UNSEEN].contains(v)));
    // Another pixel in the last row.
    let mut bytes = std::fs::read(sandbox.path("d.fits")).unwrap();
    let number = bytes.windows(8).position(|bytes| bytes == 180i64.to_be_bytes()).unwrap();
    bytes[number + 7] -= 1;
    std::fs::write(sandbox.path("e.fits"), bytes).unwrap();
    sandbox.run_line("c.fits -i 5 --minus e.fits -w 100 -o x.png").failure(1).says(&[
        "c.fits",
        "e.fits",
        "same pixels in the same order",
    ]);
}

#[test]
fn errors_of_stokes_parameters_are_none() {
    let sandbox = Sandbox::new();
    let columns = |names: [&str; 4]| {
        let values = [0.03f32, 0.04, 3.0, 4.0];
        let file =
            names.into_iter().zip(values).fold(HealpixFile::new(8), |file, (name, value)| {
                file.column(Column::f32(name, vec![value; 768]))
            });
        file.write(sandbox.folder(), "m.fits");
    };
    for names in [
        ["Q_ERR", "U_ERR", "Q", "U"],
        ["Q_SIGMA", "U_SIGMA", "Q_STOKES", "U_STOKES"],
        ["Q_cov", "U_cov", "Q-POLARISATION", "U-POLARISATION"],
        ["Q_CLEAN", "U_CLEAN", "q", "u"],
    ] {
        columns(names);
        let drawn = drawn(&sandbox, "m.fits --col P");
        assert!(drawn.iter().all(|v| v.is_nan() || *v == 5.0), "{names:?}");
    }
    columns(["Q_NOISE", "U_NOISE", "A", "B"]);
    sandbox.run_line("m.fits --col P").failure(1).says(&["'P'", "Q_NOISE"]);
}
