//! Times the projection of a map onto a picture's pixels. Items are picture pixels.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up fails")]

mod common;

use common::{Sample, one_thread};
use divan::Bencher;
use divan::counter::ItemsCount;
use map2fig::healpix::Nside;
use map2fig::map::HealpixMap;
use map2fig::projection::{Flip, Kind, View};
use map2fig::sky::{Frame, LonLat};
use map2fig::stages::resample;

fn main() {
    divan::main();
}

const WIDTH: usize = 1200;
const NSIDE: i64 = 512;

fn bench(bencher: Bencher, kind: Kind, to: Frame, center: LonLat, roll: f64) {
    let nside = Nside::new(NSIDE).unwrap();
    let map = HealpixMap::new(nside, (0..nside.npix()).map(f32::at).collect::<Vec<_>>());
    let projection = kind.build(false, false, Flip::Astro);
    let view = View::new(projection, (Frame::Galactic, to), center, roll, Flip::Astro);
    let grid = view.array_grid(WIDTH);
    let pool = one_thread();
    bencher
        .counter(ItemsCount::new(grid.width * grid.height))
        .bench_local(|| pool.install(|| resample::average(&map, &view, &grid)));
}

#[divan::bench(sample_count = 10)]
fn mollweide_rotated(bencher: Bencher) {
    let center = LonLat { lon: 1.0, lat: 0.5 };
    bench(bencher, Kind::Mollweide, Frame::Equatorial, center, 0.3);
}

/// Every kind of inverse: closed, iterated, tabulated; whole skies, hemispheres and fields.
const KINDS: [&str; 8] = [
    "mollweide",
    "hammer",
    "aitoff",
    "cartesian",
    "orthographic",
    "gnomonic",
    "equal-earth",
    "robinson",
];

#[divan::bench(args = KINDS, sample_count = 10)]
fn projection(bencher: Bencher, name: &str) {
    let kind = Kind::from_name(name).unwrap();
    bench(bencher, kind, Frame::Galactic, LonLat { lon: 0.0, lat: 0.0 }, 0.0);
}
