//! Masks hide pixels before they are averaged; monopoles and dipoles are those that healpy fits.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::UNSEEN;
use common::fits::{Column, HealpixFile};
use common::noise;
use common::npy;
use common::picture::Picture;
use common::sandbox::Sandbox;
use map2fig::healpix::{FacePoint, Nside, Ordering};
use map2fig::sky::{Frame, Rotation, UnitVector};

fn centers(nside: i64, ordering: Ordering) -> Vec<UnitVector> {
    let nside = Nside::new(nside).unwrap();
    (0..nside.npix()).map(|p| ordering.cell(nside, p).center(nside)).collect()
}

fn values() -> Vec<f32> {
    noise(5, 12 * 32 * 32).into_iter().map(|v| v as f32).collect()
}

fn write(sandbox: &Sandbox, name: &str, values: Vec<f32>) {
    HealpixFile::new(32)
        .coordsys("G")
        .column(Column::f32("T", values))
        .write(sandbox.folder(), name);
}

/// Whether the mask of the tests shows a direction of its own frame.
fn shows(v: UnitVector) -> bool {
    (v.x * 3.0).sin() + v.z > 0.1
}

/// Writes the map of which the pixels that a mask of this nside, ordering and frame hides are made bad one by one: those of the map, or
/// parts of them as small as the mask's.
fn write_hidden(sandbox: &Sandbox, nside: i64, frame: Frame) {
    let side = Nside::new(nside).unwrap();
    let turn = Rotation::between(Frame::Galactic, frame);
    let keeps = |v: UnitVector| {
        let cell = FacePoint::of(turn.apply(v)).cell(side);
        shows(cell.center(side))
    };
    let whole = values();
    if nside <= 32 {
        let places = centers(32, Ordering::Ring);
        let hidden = whole.into_iter().zip(places).map(|(t, v)| if keeps(v) { t } else { UNSEEN });
        return write(sandbox, "hidden.fits", hidden.collect());
    }
    let coarse = Nside::new(32).unwrap();
    let value = |v: UnitVector| {
        let cell = FacePoint::of(v).cell(coarse);
        whole[Ordering::Ring.pixel(coarse, cell) as usize]
    };
    let parts = centers(nside, Ordering::Nested);
    let parts = parts.into_iter().zip(4 * side.npix() as i64 / 12..).filter(|(v, _)| keeps(*v));
    let (values, uniq): (Vec<f32>, Vec<i64>) = parts.map(|(v, uniq)| (value(v), uniq)).unzip();
    HealpixFile::multi_order(uniq)
        .coordsys("G")
        .column(Column::f32("T", values))
        .write(sandbox.folder(), "hidden.fits");
}

/// All kinds of output of `map.fits` with some options are those of the other map without.
#[track_caller]
fn same(sandbox: &Sandbox, options: &str, other: &str) {
    for (name, look) in [
        ("a.npy", "--sampling nearest"),
        ("a.npy", ""),
        ("a.npy", "--projection gnomonic --fov 1500 --lon 40 --lat 10"),
        ("a.png", "--no-title"),
        ("a.png", "--range full --range-from map --no-title"),
    ] {
        let draw = |map: &str, options: &str| {
            sandbox.run_line(&format!("{map} -o {name} -w 150 {look} {options}")).success();
            match name {
                "a.npy" => std::fs::read(sandbox.path(name)).unwrap(),
                _ => Picture::read(&sandbox.path(name)).pixels.into_flattened(),
            }
        };
        assert!(draw("map.fits", options) == draw(other, ""), "{options} {look}");
    }
}

#[test]
fn masks_of_any_resolution_ordering_and_frame() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", values());
    for (nside, ordering, frame, name) in [
        (32, Ordering::Ring, Frame::Galactic, "G"),
        (8, Ordering::Nested, Frame::Galactic, "G"),
        (64, Ordering::Nested, Frame::Equatorial, "C"),
        (17, Ordering::Ring, Frame::Ecliptic, "E"),
    ] {
        let ones: Vec<f32> =
            centers(nside, ordering).into_iter().map(|v| f32::from(shows(v))).collect();
        let spelled = if ordering == Ordering::Ring { "RING" } else { "NESTED" };
        write_hidden(&sandbox, nside, frame);
        let file = || HealpixFile::new(nside).ordering(spelled);
        file()
            .coordsys(name)
            .column(Column::f32("MASK", ones.clone()))
            .write(sandbox.folder(), "mask.fits");
        same(&sandbox, "--mask-file mask.fits", "hidden.fits");
        file().column(Column::f32("MASK", ones.clone())).write(sandbox.folder(), "mask.fits");
        let frame = match frame {
            Frame::Galactic => "gal",
            Frame::Equatorial => "eq",
            Frame::Ecliptic => "ecl",
        };
        same(&sandbox, &format!("--mask-file mask.fits --mask-coord {frame}"), "hidden.fits");
        // A partial map of what is shown is the same mask.
        let listed: Vec<i64> =
            (0..).zip(&ones).filter(|(_, m)| **m == 1.0).map(|(p, _)| p).collect();
        let count = listed.len();
        let partial = HealpixFile::partial(nside, listed).ordering(spelled);
        partial
            .coordsys(name)
            .column(Column::f32("MASK", vec![1.0; count]))
            .write(sandbox.folder(), "part.fits");
        same(&sandbox, "--mask-file part.fits", "hidden.fits");
    }
}

#[test]
fn values_beyond_limits_are_masked() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", values());
    let within = |low: f32, high: f32| {
        values().into_iter().map(move |v| if (low..=high).contains(&v) { v } else { UNSEEN })
    };
    write(&sandbox, "hidden.fits", within(0.25, 2.0).collect());
    same(&sandbox, "--mask-below 0.25", "hidden.fits");
    write(&sandbox, "hidden.fits", within(-1.0, 0.5).collect());
    same(&sandbox, "--mask-above 0.5", "hidden.fits");
    write(
        &sandbox,
        "hidden.fits",
        within(0.125, 0.5).map(|v| if v == UNSEEN { v } else { v * 8.0 }).collect(),
    );
    same(&sandbox, "--scale 8 --mask-below 1 --mask-above 4", "hidden.fits");
}

#[test]
fn sparse_maps_are_masked_too() {
    let sandbox = Sandbox::new();
    let order = |pixels: &[i64]| -> Vec<i64> { pixels.iter().map(|p| 4 * 16 + p).collect() };
    let pixels: Vec<i64> = (0..100).collect();
    let values: Vec<f32> = pixels.iter().map(|p| *p as f32).collect();
    let fine = Nside::new(64).unwrap();
    let mask =
        centers(64, Ordering::Ring).into_iter().map(|v| f32::from(v.z > 0.3)).collect::<Vec<_>>();
    HealpixFile::new(64).column(Column::f32("MASK", mask)).write(sandbox.folder(), "mask.fits");
    let column = |values: &[f32]| Column::f32("T", values.to_vec());
    let north = |p: &i64| Ordering::Nested.cell(fine, *p as u64).center(fine).z > 0.3;
    let parts: Vec<i64> = (0..100 * 256).filter(north).collect();
    let uniq: Vec<i64> = parts.iter().map(|p| 4 * 4096 + p).collect();
    let cut = HealpixFile::multi_order(uniq)
        .column(column(&parts.iter().map(|p| (p / 256) as f32).collect::<Vec<_>>()));
    // Cells are cut along the mask, whose pixels are smaller.
    cut.write(sandbox.folder(), "hidden.fits");
    for multi_order in [false, true] {
        let file = match multi_order {
            true => HealpixFile::multi_order(order(&pixels)),
            false => HealpixFile::partial(4, pixels.clone()).ordering("NESTED"),
        };
        file.column(column(&values)).write(sandbox.folder(), "map.fits");
        same(&sandbox, "--mask-file mask.fits", "hidden.fits");
        same(&sandbox, "--mask-file mask.fits --mask-above 1000", "hidden.fits");
    }
}

#[test]
fn masked_pixels_have_a_swatch_in_their_colour() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", values());
    for look in
        ["--maskfill-color black", "--mask-alpha 0.5", "--mask-alpha 0.5 --maskfill-color #fa0"]
    {
        let options = format!("map.fits -o a.svg -w 400 --mask-above 0.5 --bad-swatch {look}");
        sandbox.run_line(&options).success();
        let svg = std::fs::read_to_string(sandbox.path("a.svg")).unwrap();
        assert!(svg.contains("no data") && svg.contains("masked"), "{look}");
    }
}

#[test]
fn masked_pixels_are_filled_veiled_and_counted() {
    let sandbox = Sandbox::new();
    let south = centers(32, Ordering::Ring).into_iter().map(|v| v.z < 0.0);
    let map: Vec<f32> = south.map(|south| if south { 9.0 } else { 1.0 }).collect();
    write(&sandbox, "map.fits", map);
    let draw = |options: &str| {
        let look = "-w 200 --fast-render --verbose --cmap #000000,#0000ff --min 0 --max 1";
        let outcome = sandbox.run_line(&format!("map.fits -o x.png {look} {options}")).success();
        let picture = Picture::read(&sandbox.path("x.png"));
        let [r, g, b, _] = picture.at(100, 75);
        ([r, g, b], outcome.stderr)
    };
    let (color, said) = draw("--mask-above 5 --maskfill-color #ff0000");
    assert_eq!(color, [255, 0, 0]);
    assert!(said.contains(": 48.72 % of the sky in view is masked"), "{said}");
    assert_eq!(draw("--mask-above 5 --maskfill-color #ff0000 --mask-alpha 0.2").0, [51, 0, 204]);
    assert_eq!(draw("--mask-above 5 --maskfill-color under").0, [0, 0, 0]);
    assert_eq!(draw("--mask-above 5 --bad-color over").0, [0, 0, 255]);
    assert_eq!(draw("--mask-above 5 --mask-alpha 0").0, [0, 0, 255]);
    let clear = "--mask-above 5 --maskfill-color transparent --mask-alpha 0.5";
    assert_eq!(draw(clear).0, [0, 0, 255]);
}

/// A map with the monopole and the dipole of which healpy 1.18 finds what the test says.
fn tilted() -> Vec<f32> {
    let value = |(p, v): (usize, UnitVector)| {
        let rough = (p * 7919 % 1000) as f64 / 1000.0;
        match p % 97 {
            0 => UNSEEN,
            _ => (rough + 2.0 * v.x - v.y + 0.5 * v.z) as f32,
        }
    };
    centers(32, Ordering::Ring).into_iter().enumerate().map(value).collect()
}

#[test]
fn multipoles_are_those_that_healpy_fits() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", tilted());
    for (options, monopole, dipole, words) in [
        (
            "--remove-dipole",
            0.500_229_412_8,
            [1.999_659_49, -1.000_000_90, 0.500_153_78],
            "a monopole of 0.5002294 and a dipole of 2.291025 towards 333.431, 12.610 (galactic), fitted to 98.97 %",
        ),
        (
            "--remove-dipole --gal-cut 30",
            0.500_122_589_2,
            [1.998_122_14, -1.000_342_75, 0.499_944_92],
            "dipole of 2.289787 towards 333.406, 12.611",
        ),
        ("--remove-monopole", 0.500_405_666_7, [0.0; 3], "removed a monopole of 0.5004057, fitted"),
        ("--remove-monopole --gal-cut 30", 0.500_444_612_6, [0.0; 3], "monopole of 0.5004446"),
    ] {
        let array = |options: &str| {
            let line = format!("map.fits -o x.npy -w 120 --sampling nearest {options}");
            let outcome = sandbox.run_line(&line).success();
            (npy::read(&sandbox.path("x.npy")).values, outcome.stderr)
        };
        let (plain, _) = array("");
        let (removed, said) = array(options);
        assert!(said.contains(words), "{options}: {said}");
        // What was taken off is the fit towards the pixels' centres: there are no others among the differences.
        let fit = |v: &UnitVector| monopole + dipole[0] * v.x + dipole[1] * v.y + dipole[2] * v.z;
        let mut fits: Vec<f64> = centers(32, Ordering::Ring).iter().map(fit).collect();
        fits.sort_by(f64::total_cmp);
        for (a, b) in plain.iter().zip(&removed).filter(|(a, _)| a.is_finite() && **a > -1e30) {
            let difference = f64::from(a - b);
            let at = fits.partition_point(|f| *f < difference);
            let near = fits[at.saturating_sub(1)..(at + 1).min(fits.len())].iter();
            assert!(
                near.into_iter().any(|f| (f - difference).abs() < 2e-6),
                "{options} {difference}"
            );
        }
    }
}

#[test]
fn mistakes_are_named() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", values());
    for (options, words) in [
        ("--mask-alpha 0.5", "nothing is masked"),
        ("--mask-below 1 --mask-alpha 2", "expected 0 to 1, found 2"),
        ("--mask-below 2 --mask-above 1", "mask everything"),
        ("--gal-cut 10", "nothing is fitted"),
        ("--remove-dipole --gal-cut 90", "--gal-cut"),
        ("--remove-dipole --remove-monopole", "exclude each other"),
    ] {
        sandbox.run_line(&format!("map.fits {options}")).failure(2).says(&[words]);
    }
    let gone = sandbox.run_line("map.fits --mask-file none.fits").failure(1);
    gone.says(&["none.fits"]);
    write(&sandbox, "bad.fits", vec![UNSEEN; 12 * 32 * 32]);
    sandbox.run_line("bad.fits --remove-dipole").failure(1).says(&["no pixel is left to fit"]);
    let mut one = vec![UNSEEN; 12 * 32 * 32];
    one[9] = 1.0;
    write(&sandbox, "one.fits", one);
    sandbox.run_line("one.fits --remove-dipole").failure(1).says(&["too little of the sky"]);
    assert!(!sandbox.names().iter().any(|name| name.ends_with(".pdf")));
}

#[test]
fn what_is_assumed_of_a_mask_is_said_with_the_option_that_masks_have() {
    let sandbox = Sandbox::new();
    let ones = || Column::f32("MASK", vec![1.0; 768]);
    let file = |coordsys: &str| HealpixFile::new(8).coordsys(coordsys);
    file("C").column(Column::f32("T", vec![1.0; 768])).write(sandbox.folder(), "map.fits");
    let bare = HealpixFile::new(8).edit(|table| table.remove("ORDERING").remove("COORDSYS"));
    bare.column(ones()).write(sandbox.folder(), "bare.fits");
    file("unknown").column(ones()).write(sandbox.folder(), "unknown.fits");
    let said = |mask: &str| {
        let line = format!("map.fits -w 60 -o x.npy --mask-file {mask}");
        sandbox.run_line(&line).success().stderr
    };
    let bare = said("bare.fits");
    assert!(bare.contains("assuming RING") && !bare.contains("--ordering"), "{bare}");
    // The map's frame is none that goes without saying.
    assert!(bare.contains("taken as equatorial") && bare.contains("--mask-coord"), "{bare}");
    let unknown = said("unknown.fits");
    assert!(unknown.contains("--mask-coord") && !unknown.contains("--input-coord"), "{unknown}");
}

#[test]
fn many_maps_have_one_mask() {
    let sandbox = Sandbox::new();
    let names = ["a", "b", "c"];
    for (k, name) in names.iter().enumerate() {
        let values: Vec<f32> = values().into_iter().map(|v| v + k as f32).collect();
        // The mask's way into each map's own frame differs.
        let file = HealpixFile::new(32).coordsys(["G", "C", "G"][k]);
        file.column(Column::f32("T", values)).write(sandbox.folder(), &format!("{name}.fits"));
    }
    let mask = HealpixFile::new(8).coordsys("E").edit(|table| table.remove("ORDERING"));
    let kept = centers(8, Ordering::Ring).into_iter().map(|v| f32::from(u8::from(shows(v))));
    let kept: Vec<f32> = kept.collect();
    mask.column(Column::f32("MASK", kept)).write(sandbox.folder(), "mask.fits");
    let mask = "-w 80 --mask-file mask.fits --mask-below -0.5";
    for jobs in [1, 2] {
        let line = format!("a.fits b.fits c.fits {mask} --jobs {jobs} -o many_{{stem}}.npy");
        let said = sandbox.run_line(&line).success().stderr;
        assert!(said.contains("mask.fits has no ORDERING"), "{said}");
        for name in names {
            let one = format!("{name}.fits {mask} -o one_{name}.npy");
            sandbox.run_line(&one).success();
            let bytes =
                |kind: &str| std::fs::read(sandbox.path(&format!("{kind}_{name}.npy"))).unwrap();
            assert!(bytes("many") == bytes("one"), "{name}, {jobs} jobs");
        }
    }
    // With maps that have the frame in common it is read, and spoken of, once.
    let said = sandbox.run_line(&format!("a.fits c.fits {mask} -o many_{{stem}}.npy")).success();
    assert_eq!(said.stderr.matches("no ORDERING").count(), 1, "{}", said.stderr);
}

#[test]
fn large_small_and_shifted_values_are_fitted_alike() {
    let sandbox = Sandbox::new();
    let places = centers(8, Ordering::Ring);
    for (size, shift) in [(1.0, 0.0), (5.0, 1e9), (1e-44, 0.0), (1e42, -1e42)] {
        let values: Vec<f64> = places.iter().map(|v| shift + size * (0.5 + v.z)).collect();
        let full = HealpixFile::new(8).coordsys("G");
        full.column(Column::f64("T", values.clone())).write(sandbox.folder(), "full.fits");
        let pixels: Vec<i64> = (0..768).collect();
        HealpixFile::partial(8, pixels)
            .coordsys("G")
            .column(Column::f64("T", values))
            .write(sandbox.folder(), "part.fits");
        for name in ["full.fits", "part.fits"] {
            let line = format!("{name} -w 60 --remove-dipole -o x.npy --scale {}", 1.0 / size);
            let said = sandbox.run_line(&line).success().stderr;
            let left = npy::read(&sandbox.path("x.npy")).values;
            let most = left.into_iter().filter(|v| v.is_finite()).fold(0f32, |m, v| m.max(v.abs()));
            assert!(most < 1e-4, "{name} {size} {shift}: {most}, {said}");
        }
    }
}

#[test]
fn limits_mask_what_is_beyond_them() {
    let sandbox = Sandbox::new();
    let values = |k: usize| [0.3, 0.5, 0.7][k % 3];
    for single in [false, true] {
        let column = match single {
            true => Column::f32("T", (0..768).map(|k| values(k) as f32).collect::<Vec<_>>()),
            false => Column::f64("T", (0..768).map(values).collect::<Vec<f64>>()),
        };
        HealpixFile::new(8).column(column).write(sandbox.folder(), "t.fits");
        for (options, hidden) in
            [("--mask-below 0.3 --mask-above 0.7", 0), ("--mask-below 0.301 --mask-above 0.699", 2)]
        {
            let line = format!("t.fits -w 60 --sampling nearest -o x.npy {options}");
            sandbox.run_line(&line).success();
            let mut drawn = npy::read(&sandbox.path("x.npy")).values;
            drawn.retain(|v| v.is_finite() && *v != UNSEEN);
            drawn.sort_by(f32::total_cmp);
            drawn.dedup();
            assert_eq!(drawn.len(), 3 - hidden, "{single} {options}");
        }
    }
}

#[test]
fn finer_masks_leave_interpolated_values_alone() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", values());
    let mut kept = vec![1f32; 12 * 256 * 256];
    kept[0] = 0.0;
    let mask = HealpixFile::new(256).coordsys("G").column(Column::f32("MASK", kept));
    mask.write(sandbox.folder(), "mask.fits");
    let drawn = |options: &str| {
        sandbox
            .run_line(&format!("map.fits -w 90 --sampling bilinear -o x.npy {options}"))
            .success();
        npy::read(&sandbox.path("x.npy")).values
    };
    let pairs = drawn("").into_iter().zip(drawn("--mask-file mask.fits"));
    assert!(pairs.into_iter().all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn a_mask_is_one_of_the_columns_of_its_file() {
    let sandbox = Sandbox::new();
    write(&sandbox, "map.fits", values());
    let places = centers(8, Ordering::Ring);
    let part = |keeps: fn(&UnitVector) -> bool| -> Vec<f32> {
        places.iter().map(|v| f32::from(u8::from(keeps(v)))).collect()
    };
    let masks = HealpixFile::new(8).coordsys("G");
    masks
        .column(Column::f32("GAL020", part(|v| v.z > 0.2)))
        .column(Column::f32("GAL040", part(|v| v.z < -0.4)))
        .write(sandbox.folder(), "masks.fits");
    let drawn = |options: &str| {
        let line = format!("map.fits -w 60 -o x.npy --mask-file masks.fits {options}");
        let said = sandbox.run_line(&line).success().stderr;
        let raster = npy::read(&sandbox.path("x.npy"));
        let shown = |row: usize| raster.at(row, 30) > UNSEEN;
        // From the bottom of the picture.
        ((shown(3), shown(26)), said)
    };
    let (shown, said) = drawn("");
    assert_eq!(shown, (false, true));
    for words in ["column 'GAL020' is the mask", "the first of 2", "--mask-col"] {
        assert!(said.contains(words), "{said}");
    }
    for name in ["1", "gal040"] {
        let (shown, said) = drawn(&format!("--mask-col {name}"));
        assert_eq!(shown, (true, false));
        assert!(!said.contains("--mask-col"), "{said}");
    }
    sandbox
        .run_line("map.fits -o x.npy --mask-file masks.fits --mask-col GAL060")
        .failure(1)
        .says(&["masks.fits", "GAL060", "GAL040"]);
}
