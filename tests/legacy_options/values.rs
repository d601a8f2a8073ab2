//! Values to places on the colour scale: columns, limits, scales.

use crate::looks::{BLACK, Looks, RED, WHITE, centers, count};

/// Demands that the grey of each pixel is the place of its value, which may depend on all values in view, in order.
#[track_caller]
fn follows(line: &str, place: impl Fn(f64, &[f64]) -> f64) {
    let greys = Looks::new().greys(line);
    let mut all: Vec<f64> = greys.iter().map(|(value, _)| *value).collect();
    all.sort_by(f64::total_cmp);
    for (value, grey) in greys {
        let expected = place(value, &all).clamp(0.0, 1.0);
        // Both the row of the table and its colour are rounded down.
        assert!((grey - expected).abs() < 2.0 / 255.0, "{line}: {value} is {grey}, not {expected}");
    }
}

/// The place of a value between two ends in a scale.
fn within(scale: impl Fn(f64) -> f64, value: f64, ends: [f64; 2]) -> f64 {
    (scale(value) - scale(ends[0])) / (scale(ends[1]) - scale(ends[0]))
}

#[test]
fn limits_are_those_given() {
    let line = |v: f64| v;
    follows("--range full --min -0.5", |v, all| within(line, v, [-0.5, all[all.len() - 1]]));
    follows("--range full --max 0.25", |v, all| within(line, v, [all[0], 0.25]));
    follows("--min -0.5 --max 0.25", |v, _| within(line, v, [-0.5, 0.25]));
}

#[test]
fn scales_are_the_functions_of_their_names() {
    let ends = [-0.9, 0.9];
    let line = "--min -0.9 --max 0.9";
    follows(&format!("{line} --gamma 0.5"), |v, _| within(|v| v, v, ends).max(0.0).sqrt());
    follows("--log --min 0.01 --max 0.9", |v, _| within(f64::log10, v.max(0.01), [0.01, 0.9]));
    follows(&format!("{line} --asinh --linthresh 0.1"), |v, _| {
        within(|v| (v / 0.1).asinh(), v, ends)
    });
    // As matplotlib: a decade beyond the linear part is as wide as nine tenths of its half.
    let symlog = |v: f64| {
        let x = v.abs() / 0.1;
        v.signum() * if x <= 1.0 { x / 0.9 } else { 1.0 / 0.9 + x.log10() }
    };
    follows(&format!("{line} --symlog --linthresh 0.1"), |v, _| within(symlog, v, ends));
    let planck_log = |v: f64| {
        let x = v / 0.1;
        (0.5 * (x + (4.0 + x * x).sqrt())).log10()
    };
    follows(&format!("{line} --planck-log --linthresh 0.1"), |v, _| within(planck_log, v, ends));
}

#[test]
fn equal_areas_get_equal_parts_of_the_colours() {
    let looks = Looks::new();
    let array = looks.values("coarse.fits -w 240 --sampling nearest");
    let mut all: Vec<f64> = array.values.iter().map(|v| f64::from(*v)).collect();
    all.retain(|v| !v.is_nan());
    all.sort_by(f64::total_cmp);
    // The 192 values come in plateaus: a place is at the top of its own or at the bottom.
    let part = |v: f64, below: fn(f64, f64) -> bool| {
        all.partition_point(|x| below(*x, v)) as f64 / all.len() as f64
    };
    for (value, grey) in looks.greys("--hist") {
        let ends = [part(value, |x, v| x < v) - 0.01, part(value, |x, v| x <= v) + 0.01];
        assert!((ends[0]..=ends[1]).contains(&grey), "{value} is {grey}, not within {ends:?}");
    }
}

#[test]
fn negative_values_of_logarithms() {
    let looks = Looks::new();
    let draw = |mode: &str| {
        looks.draw(&format!(
            "noise.fits --log --min 0.01 --max 1 --neg-mode {mode} --cmap #000000,#ffffff --bad-color red --fast-render -w 100"
        ))
    };
    let (zero, unseen) = (draw("zero"), draw("unseen"));
    let negative = (0..unseen.pixels.len())
        .filter(|i| zero.pixels[*i][..3] == BLACK && unseen.pixels[*i][..3] == RED);
    assert!(negative.count() > 1000);
    assert!(count(&zero, RED) < 300, "only pixels without data");
}

#[test]
fn the_scale_is_a_factor_on_the_data() {
    let looks = Looks::new();
    let plain = looks.values("noise.fits -w 100").values;
    let scaled = looks.values("noise.fits -w 100 --scale -4").values;
    // Off the sky there is NaN, without data UNSEEN.
    let data = |v: &f32| v.abs() <= 4.0;
    assert_eq!(plain.iter().filter(|v| data(v)).count(), scaled.iter().filter(|v| data(v)).count());
    let mut pairs = plain.iter().zip(&scaled).filter(|(v, _)| data(v));
    assert!(pairs.all(|(a, b)| (-4.0 * a - b).abs() < 1e-6));
}

#[test]
fn columns_by_number_and_name() {
    let looks = Looks::new();
    let middle = |line: &str| {
        let array =
            looks.values(&format!("xyz.fits -w 101 --sampling nearest --rotate-to 60,30 {line}"));
        array.at(25, 50)
    };
    let [x, y, z] = ["0", "1", "2"].map(|n| middle(&format!("--col {n}")));
    assert!((x - 0.433).abs() < 0.03 && (y - 0.75).abs() < 0.03 && (z - 0.5).abs() < 0.03);
    for (line, value) in [("", x), ("--col y", y), ("-i Z", z), ("-i 1", y), ("-i 2", z)] {
        assert_eq!(middle(line), value, "{line}");
    }
}

#[test]
fn masks_hide_what_they_say() {
    use crate::common::fits::{Column, HealpixFile};
    let looks = Looks::new();
    let north: Vec<f32> = centers(8).iter().map(|v| f32::from(v.z > 0.0)).collect();
    let mask = HealpixFile::new(8).column(Column::f32("MASK", north));
    mask.write(looks.0.folder(), "mask.fits");
    let fill = "-w 100 --fast-render --cmap white,white --bad-color lime";
    let draw = |line: &str| looks.draw(&format!("flat.fits {fill} {line}"));
    assert_eq!(count(&draw("--mask-file mask.fits"), RED), 0);
    let fill = format!("{fill} --maskfill-color red");
    let draw = |line: &str| looks.draw(&format!("flat.fits {fill} {line}"));
    let half = draw("--mask-file mask.fits");
    assert!(count(&half, RED) * 2 > 45 * 100 * 50 / 64 && half.at(50, 40)[..3] == RED);
    assert_eq!(half.at(50, 10)[..3], WHITE);
    // The celestial north pole is at l = 123, b = 27: the middle of the picture is south of that equator, its upper left north.
    let turned = draw("--mask-file mask.fits --mask-coord eq");
    assert_eq!(turned.at(50, 25)[..3], RED);
    assert_eq!(turned.at(20, 20)[..3], WHITE);

    for (line, hides) in [
        ("--mask-below -0.25", (|v| v < -0.25) as fn(f64) -> bool),
        ("--mask-above 0.25", |v| v > 0.25),
    ] {
        let all = looks.greys("--min -2 --max 2");
        let seen = looks.greys(&format!("--min -2 --max 2 {line} --maskfill-color red"));
        assert!(seen.iter().all(|(v, _)| !hides(*v)), "{line}");
        assert_eq!(seen.len(), all.iter().filter(|(v, _)| !hides(*v)).count(), "{line}");
    }
}
