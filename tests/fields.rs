//! What a picture shows of the sky, and the lines on it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::npy;
use common::picture::Picture;
use common::sandbox::Sandbox;
use map2fig::healpix::{Nside, Ordering};
use map2fig::sky::{Frame, LonLat, Rotation, UnitVector};

/// The direction of a RING pixel's centre.
fn center(nside: Nside, pixel: u64) -> UnitVector {
    Ordering::Ring.cell(nside, pixel).center(nside)
}

/// A partial map of ones within some degrees of a place.
fn patch(sandbox: &Sandbox, nside: i64, place: LonLat, radius: f64) {
    let pixels = Nside::new(nside).unwrap();
    let middle: UnitVector = place.into();
    let inside = |&p: &u64| center(pixels, p).angle_to(middle) < radius;
    let list: Vec<i64> = (0..pixels.npix()).filter(inside).map(|p| p as i64).collect();
    let ones = vec![1.0; list.len()];
    HealpixFile::partial(nside, list)
        .column(Column::f32("T", ones))
        .coordsys("C")
        .write(sandbox.folder(), "patch.fits");
}

#[test]
fn fit_shows_all_good_pixels_and_little_else() {
    let sandbox = Sandbox::new();
    let places = [(10.0, 5.0), (200.0, -60.0), (0.0, 90.0), (359.0, 0.0)];
    for (lon, lat) in places {
        for radius in [0.5f64, 6.0, 40.0] {
            let place = LonLat { lon: f64::to_radians(lon), lat: f64::to_radians(lat) };
            patch(&sandbox, 128, place, radius.to_radians());
            for projection in ["", "--projection mollweide", "--projection lambert"] {
                let line = format!(
                    "patch.fits --zoom fit --sampling nearest -w 200 -o x.npy {projection}"
                );
                sandbox.run_line(&line).success();
                let array = npy::read(&sandbox.path("x.npy"));
                let good = |row: usize, column: usize| array.at(row, column) == 1.0;
                let (rows, columns) = (array.height, array.width);
                let count =
                    (0..rows).map(|r| (0..columns).filter(|&c| good(r, c)).count()).sum::<usize>();
                let part = count as f64 / (rows * columns) as f64;
                let what = format!("{lon} {lat} {radius} {projection}");
                assert!(part > 0.4, "{what}: {part}");
                let rim = (0..columns).any(|c| good(0, c) || good(rows - 1, c))
                    || (0..rows).any(|r| good(r, 0) || good(r, columns - 1));
                assert!(!rim, "{what}: cut at the rim");
            }
        }
    }
}

#[test]
fn fit_leaves_full_skies_whole() {
    let sandbox = Sandbox::new();
    HealpixFile::new(4)
        .column(Column::f32("T", vec![1.0; 192]))
        .write(sandbox.folder(), "full.fits");
    let array = |options: &str| {
        sandbox.run_line(&format!("full.fits -w 100 -o x.npy {options}")).success();
        std::fs::read(sandbox.path("x.npy")).unwrap()
    };
    assert!(array("--zoom fit") == array(""));
}

/// The line of a frame's equator runs where the latitudes of that frame change sign, in any view.
#[test]
fn reference_lines_are_where_their_latitude_is_zero() {
    let sandbox = Sandbox::new();
    let nside = Nside::new(128).unwrap();
    let views = [
        "",
        "--output-coord eq",
        "--output-coord eq --projection hammer --rotate-to 100,40 --roll 30",
        "--output-coord ecl --projection orthographic --rotate-to 20,-50",
        "--projection cartesian --rotate-to 0,60",
        "--projection lambert --rotate-to 0,90",
    ];
    for (frame, option) in [(Frame::Galactic, "--galactic-plane"), (Frame::Ecliptic, "--ecliptic")]
    {
        let turn = Rotation::between(Frame::Galactic, frame);
        let latitude = |p| LonLat::from(turn.apply(center(nside, p))).lat as f32;
        let map: Vec<f32> = (0..nside.npix()).map(latitude).collect();
        HealpixFile::new(128)
            .column(Column::f32("LAT", map))
            .coordsys("G")
            .write(sandbox.folder(), "lat.fits");
        for view in views {
            let look = "-w 1000 --cmap #ffff00,#00ffff --cmap-steps 2 --min -1 --max 1 --no-cbar --no-border --no-title";
            sandbox.run_line(&format!("lat.fits -o x.png {look} {option} {view}")).success();
            let picture = Picture::read(&sandbox.path("x.png"));
            check_equator(&picture, &format!("{option} {view}"));
        }
    }
}

/// Dark pixels follow the border between yellow and cyan, bright colours on which lines are dark: none is far from it (at the rim only one of the
/// colours is left), and, dashes aside, most of it is dark.
fn check_equator(picture: &Picture, what: &str) {
    const REACH: usize = 5;
    let kind = |column: usize, row: usize| {
        let [r, g, b, _] = picture.at(column, row);
        match (r, g, b) {
            (200.., 200.., ..30) => 'n',
            (..30, 200.., 200..) => 'p',
            (..120, ..120, ..120) => 'd',
            (200.., 200.., 200..) => 'w',
            _ => ' ',
        }
    };
    let near = |column: usize, row: usize, wanted: char| {
        let columns = column.saturating_sub(REACH)..(column + REACH + 1).min(picture.width);
        let rows = row.saturating_sub(REACH)..(row + REACH + 1).min(picture.height);
        columns.into_iter().any(|c| rows.clone().any(|r| kind(c, r) == wanted))
    };
    let (mut dark, mut stray, mut border, mut bare) = (0, 0, 0, 0);
    for row in 0..picture.height {
        for column in 0..picture.width {
            if kind(column, row) == 'd' {
                dark += 1;
                let between = near(column, row, 'n') && near(column, row, 'p');
                stray += usize::from(!between && !near(column, row, 'w'));
            }
            let next = (column + 1).min(picture.width - 1);
            if [kind(column, row), kind(next, row)] == ['n', 'p'] {
                border += 1;
                bare += usize::from(!near(column, row, 'd'));
            }
        }
    }
    assert!(dark > 150, "{what}: {dark} dark pixels");
    assert!(stray == 0, "{what}: {stray} of {dark} dark pixels are far from the equator");
    assert!(bare <= border / 4 + 2, "{what}: {bare} of {border} places of the equator are bare");
}
