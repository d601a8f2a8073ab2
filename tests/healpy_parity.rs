//! `--sampling nearest` puts on each pixel of a picture what healpy puts there.
//!
//! The comparison allows for nothing but rounding at a border between two HEALPix pixels: the same pixels are off the sky,
//! the same are bad, at least 99.9 % of the values are equal, and where one differs it is that of the pixel next door.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::collections::HashMap;
use std::path::Path;

use common::fits::first_column;
use common::npy::{self, Array};
use common::sandbox::Sandbox;
use map2fig::healpix::{Cell, FacePoint, Nside, Ordering};
use map2fig::sky::UnitVector;
use serde::Deserialize;

/// The least part of the values on the sky that must be equal bit for bit.
const EQUAL: f64 = 0.999;

#[derive(Deserialize)]
struct Case {
    map: String,
    reference: String,
    projection: String,
    options: String,
}

#[test]
fn stored_references() {
    compare_folder(&common::repository().join("tests/data"));
}

#[test]
fn corpus_references() {
    if let Some(corpus) = common::corpus() {
        compare_folder(&corpus.join("reference"));
    }
}

#[test]
fn neighbours_are_told_from_strangers() {
    let nside = Nside::new(4).unwrap();
    for (ordering, pixel, touching, apart) in [
        // Pixels 0 to 3 meet at the north pole; 6 and 11 belong to the base faces to the left and right.
        (Ordering::Ring, 0, vec![1, 2, 3, 4, 5, 6, 11, 13], vec![7, 12, 14, 24, 100, 191]),
        // The second cell along the diagonal of base face 0.
        (Ordering::Nested, 3, vec![0, 1, 2, 4, 6, 8, 9, 12], vec![5, 7, 15, 16, 100]),
    ] {
        for other in touching {
            assert!(touches(nside, ordering, pixel, other), "{ordering:?} {pixel} {other}");
        }
        for other in apart {
            assert!(!touches(nside, ordering, pixel, other), "{ordering:?} {pixel} {other}");
        }
    }
}

/// Projections that healpy shows.
const PROJECTIONS: [&str; 5] = ["mollweide", "gnomonic", "cartesian", "orthographic", "azeq"];

/// Compares every case of a folder's `cases.json`; reports all that fail.
fn compare_folder(folder: &Path) {
    let cases = std::fs::read_to_string(folder.join("cases.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&cases).unwrap();
    let mut failures = Vec::new();
    for case in &cases {
        match compare(folder, case) {
            Ok(differing) => println!("{}: {differing} values of a touching pixel", case.reference),
            Err(why) => failures.push(format!("{} ({}): {why}", case.reference, case.options)),
        }
    }
    for name in PROJECTIONS {
        let with = |case: &&Case| case.projection == name;
        assert!(cases.iter().any(|case| with(&case)), "no {name} case in {}", folder.display());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Renders one case; the number of values that differ allowably, or what is wrong.
fn compare(folder: &Path, case: &Case) -> Result<usize, String> {
    let sandbox = Sandbox::new();
    let map = folder.join(&case.map);
    let mut arguments = vec![map.to_str().unwrap(), "--sampling", "nearest", "-o", "x.npy"];
    arguments.extend(case.options.split_whitespace());
    let outcome = sandbox.run(arguments);
    if outcome.status != Some(0) {
        return Err(format!("exit code {:?}: {}", outcome.status, outcome.stderr));
    }
    let ours = npy::read(&sandbox.path("x.npy"));
    let healpy = npy::read(&folder.join(&case.reference));
    let pixels = Pixels::of(&map);
    let differing = differences(&ours, &healpy)?;
    for &place in &differing {
        let (row, column) = (place / ours.width, place % ours.width);
        let (a, b) = (ours.values[place], healpy.values[place]);
        if !pixels.touching(a, b) {
            return Err(format!(
                "row {row} column {column}: {a}, healpy {b}: no pixels that touch"
            ));
        }
    }
    Ok(differing.len())
}

fn is_bad(value: f32) -> bool {
    (value - common::UNSEEN).abs() <= 1e-5 * common::UNSEEN.abs()
}

/// The places of unequal values, which are few; an error where the pictures differ in more than values.
fn differences(ours: &Array, healpy: &Array) -> Result<Vec<usize>, String> {
    let shape = |array: &Array| (array.height, array.width);
    if shape(ours) != shape(healpy) {
        return Err(format!("shape {:?}, healpy {:?}", shape(ours), shape(healpy)));
    }
    let mut differing = Vec::new();
    let mut on_sky = 0;
    for (place, (&a, &b)) in ours.values.iter().zip(&healpy.values).enumerate() {
        let at =
            || format!("row {} column {}: {a}, healpy {b}", place / ours.width, place % ours.width);
        if a.is_nan() != b.is_nan() {
            return Err(format!("off the sky in one only: {}", at()));
        }
        if is_bad(a) != is_bad(b) {
            return Err(format!("bad in one only: {}", at()));
        }
        on_sky += usize::from(!a.is_nan());
        if !a.is_nan() && !is_bad(a) && a != b {
            differing.push(place);
        }
    }
    let equal = 1.0 - differing.len() as f64 / on_sky as f64;
    if equal < EQUAL {
        return Err(format!("only {:.3} % of the values are equal", 100.0 * equal));
    }
    Ok(differing)
}

/// The pixels of a map by their values.
struct Pixels {
    nside: Nside,
    ordering: Ordering,
    by_value: HashMap<u32, Vec<u64>>,
}

impl Pixels {
    fn of(map: &Path) -> Self {
        let values = first_column(map);
        let nested = String::from_utf8_lossy(&std::fs::read(map).unwrap()).contains("'NESTED");
        let mut by_value: HashMap<u32, Vec<u64>> = HashMap::new();
        for (pixel, value) in (0..).zip(&values) {
            by_value.entry(value.to_bits()).or_default().push(pixel);
        }
        Self {
            nside: Nside::from_npix(values.len() as u64).unwrap(),
            ordering: if nested { Ordering::Nested } else { Ordering::Ring },
            by_value,
        }
    }

    /// Whether some pixel of the one value touches some pixel of the other.
    fn touching(&self, a: f32, b: f32) -> bool {
        let with = |value: f32| self.by_value.get(&value.to_bits()).map_or(&[][..], Vec::as_slice);
        with(a).iter().any(|&first| {
            with(b).iter().any(|&second| touches(self.nside, self.ordering, first, second))
        })
    }
}

/// Whether two pixels have a border or a corner in common: looks a little way in eight directions
/// from the corners and the middles of the sides of the first.
fn touches(nside: Nside, ordering: Ordering, first: u64, second: u64) -> bool {
    let Cell { face, ix, iy } = ordering.cell(nside, first);
    let on_border = |dx: f64, dy: f64| {
        let along = |index: u32, part: f64| (f64::from(index) + part) / f64::from(nside.get());
        FacePoint { face, x: along(ix, dx), y: along(iy, dy) }.direction()
    };
    let parts = [0.0, 0.5, 1.0];
    let border = parts.into_iter().flat_map(|dx| parts.map(|dy| on_border(dx, dy)));
    border.flat_map(around).any(|v| {
        let cell = FacePoint::of(v).cell(nside);
        ordering.pixel(nside, cell) == second
    })
}

/// Eight directions a millionth of a radian away.
fn around(v: UnitVector) -> impl Iterator<Item = UnitVector> {
    // Any vector that is not parallel to `v` spans the tangent plane with it.
    let axis = if v.z.abs() < 0.9 { [0.0, 0.0, 1.0] } else { [1.0, 0.0, 0.0] };
    let east = cross(axis, [v.x, v.y, v.z]);
    let north = cross([v.x, v.y, v.z], east);
    (0..8).map(move |eighth| {
        let (sin, cos) = (f64::from(eighth) * std::f64::consts::FRAC_PI_4 + 0.1).sin_cos();
        let step = |i: usize| 1e-6 * (cos * east[i] + sin * north[i]);
        let [x, y, z] = [v.x + step(0), v.y + step(1), v.z + step(2)];
        let length = (x * x + y * y + z * z).sqrt();
        UnitVector { x: x / length, y: y / length, z: z / length }
    })
}

/// The cross product, scaled to length 1.
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    let product = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let length = product.iter().map(|c| c * c).sum::<f64>().sqrt();
    product.map(|c| c / length)
}
