//! What of the sky is where: frames, turns, projections, fields of view.

use crate::looks::{Looks, between, direction};

impl Looks {
    /// The direction in the map's frame that a pixel of a view shows, rows counted from below.
    #[track_caller]
    fn shown(&self, line: &str, column: usize, row: usize) -> [f64; 3] {
        ["X", "Y", "Z"].map(|axis| {
            let line = format!("xyz.fits --col {axis} --sampling nearest -w 101 {line}");
            f64::from(self.values(&line).at(row, column))
        })
    }

    /// Demands that the middle of a view shows a direction of the map's frame, as well as its pixels tell.
    #[track_caller]
    fn centred(&self, line: &str, row: usize, lon: f64, lat: f64) {
        let found = self.shown(line, 50, row);
        let off = between(found, direction(lon, lat));
        // The middle of an even number of rows is half a pixel away.
        assert!(off < 2.2, "{line}: {found:?} is {off} degrees away");
    }
}

#[test]
fn the_middle_is_the_point_asked_for() {
    let looks = Looks::new();
    looks.centred("", 25, 0.0, 0.0);
    looks.centred("--rotate-to 30,40", 25, 30.0, 40.0);
    looks.centred("--rotate-to -30,-40", 25, 330.0, -40.0);
    looks.centred("--lon 100 --lat -60", 25, 100.0, -60.0);
    for projection in ["gnomonic", "hammer"] {
        let row = if projection == "gnomonic" { 50 } else { 25 };
        looks.centred(&format!("--projection {projection} --lon 200 --lat 70"), row, 200.0, 70.0);
        looks.centred(
            &format!("--projection {projection} --gnom-lon 200 --gnom-lat -7"),
            row,
            200.0,
            -7.0,
        );
    }
}

#[test]
fn frames_turn_the_sky() {
    let looks = Looks::new();
    // The galactic centre and the galactic north pole in J2000 (Blaauw et al. 1960; ESA 1997).
    looks.centred("--input-coord eq --output-coord gal", 25, 266.405, -28.936);
    looks.centred("--input-coord eq --output-coord gal --rotate-to 0,90", 25, 192.859, 27.128);
    // The vernal equinox and the ecliptic north pole in galactic coordinates.
    looks.centred("--output-coord eq", 25, 96.337, -60.189);
    looks.centred("--output-coord ecl --rotate-to 0,90", 25, 96.384, 29.811);
}

#[test]
fn roll_turns_about_the_middle() {
    let looks = Looks::new();
    let view = "--projection gnomonic --fov 1200 --rotate-to 80,0";
    let up = |roll: &str| looks.shown(&format!("{view} --roll {roll}"), 50, 90);
    assert!(between(up("0"), direction(80.0, 8.0)) < 0.5, "{:?}", up("0"));
    // As healpy's third angle: a quarter turns north, which is up, to the left, so that west comes up.
    assert!(between(up("90"), direction(72.0, 0.0)) < 0.5, "{:?}", up("90"));
    assert!(between(up("-90"), direction(88.0, 0.0)) < 0.5, "{:?}", up("-90"));
    assert!(between(up("180"), direction(80.0, -8.0)) < 0.5, "{:?}", up("180"));
}

#[test]
fn projections_are_those_of_their_names() {
    let looks = Looks::new();
    // Mollweide (1805): y = sqrt(2) sin(t), 2t + sin(2t) = pi sin(lat); at half the height, t is 30 degrees.
    let lat = ((60f64.to_radians() + 60f64.to_radians().sin()) / std::f64::consts::PI)
        .asin()
        .to_degrees();
    for column in [20, 50, 80] {
        let z = looks.shown("--projection mollweide", column, 37)[2];
        assert!((z.asin().to_degrees() - lat).abs() < 2.5, "{z}");
    }
    // Hammer (1892): x = 2 sqrt 2 cos(lat) sin(lon/2) / w, y = sqrt 2 sin(lat) / w, w = sqrt(1 + cos(lat) cos(lon/2)).
    let (x, y) = ((60.0 - 50.0) / 50.0 * 8f64.sqrt(), (37.0 - 24.5) / 24.5 * 2f64.sqrt());
    let z = (1.0 - (x / 4.0).powi(2) - (y / 2.0).powi(2)).sqrt();
    let (lon, lat) = (2.0 * (z * x).atan2(2.0 * (2.0 * z * z - 1.0)), (z * y).asin());
    let found = looks.shown("--projection hammer", 60, 37);
    let expected = direction(-lon.to_degrees(), lat.to_degrees());
    assert!(between(found, expected) < 2.5, "{found:?} {expected:?}");
    // Gnomonic: the tangent of the distance.
    let found = looks.shown("--projection gnomonic --fov 3600", 0, 50);
    let distance = (30f64.to_radians() * 100.0 / 101.0).atan().to_degrees();
    assert!(between(found, direction(distance, 0.0)) < 0.5, "{found:?}");
}

#[test]
fn fields_and_resolutions_are_angles() {
    let looks = Looks::new();
    let corner = |line: &str| {
        let view = format!("--projection gnomonic --rotate-to 0,0 {line}");
        between(looks.shown(&view, 0, 50), looks.shown(&view, 100, 50))
    };
    // On the tangent plane, from the middle of the first pixel to that of the last.
    let plane = |arcmin: f64| 2.0 * (0.5 * (arcmin / 60.0).to_radians()).atan().to_degrees();
    let width = |arcmin: f64| plane(arcmin * 100.0 / 101.0);
    for (line, expected) in [
        ("--fov 1800", width(1800.0)),
        ("--gnom-width 1800", width(1800.0)),
        ("", width(300.0)),
        ("--res 15", plane(1500.0)),
        ("--gnom-res 15", plane(1500.0)),
    ] {
        let found = corner(line);
        assert!((found - expected).abs() < 0.6, "{line}: {found}, expected {expected}");
    }
}

#[test]
fn what_is_accepted_changes_nothing() {
    let looks = Looks::new();
    let plain = looks.draw("noise.fits -w 300");
    for line in ["--no-scale-text", "--latex", "--pdf-backend cairo", "-q fast", "--quality best"] {
        assert!(looks.draw(&format!("noise.fits -w 300 {line}")) == plain, "{line}");
    }
}

#[test]
fn no_downgrade_takes_the_maps_own_pixels() {
    // That they are averaged rightly, `sky.rs` tests.
    let looks = Looks::new();
    let values = |line: &str| looks.values(&format!("noise.fits -w 16 {line}")).values;
    let (own, coarser) = (values("--no-downgrade"), values(""));
    let differences = own.iter().zip(&coarser).map(|(a, b)| (a - b).abs());
    let largest = differences.fold(0.0, f32::max);
    assert!((0.01..0.5).contains(&largest), "{largest}");
    let fine = |line: &str| looks.draw(&format!("noise.fits -w 300 {line}"));
    assert!(fine("--no-downgrade") == fine(""), "a map that is coarser than the picture");
}

#[test]
fn verbose_tells_more() {
    let looks = Looks::new();
    assert_eq!(looks.run("noise.fits -w 100 -o x.png").stderr, "");
    let told = looks.run("noise.fits -w 100 -o x.png --verbose").stderr;
    assert!(told.contains("noise.fits") && told.contains("16"), "{told}");
}
