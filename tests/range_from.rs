//! `--range-from map`: limits are those of all pixels of the map at full resolution, whatever the picture shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::noise;
use common::picture::Picture;
use common::sandbox::Sandbox;
use map2fig::healpix::{Nside, Ordering};

const NSIDE: i64 = 128;

/// Noise whose extremes no picture of 200 pixels shows.
fn values() -> Vec<f32> {
    let npix = Nside::new(NSIDE).unwrap().npix() as usize;
    let mut values: Vec<f32> = noise(5, npix).into_iter().map(|v| v as f32 + 0.5).collect();
    (values[1000], values[150_000], values[90_000]) = (-300.0, 4000.0, common::UNSEEN);
    values
}

fn draw(sandbox: &Sandbox, line: &str) -> Picture {
    sandbox.run_line(&format!("{line} -o sky.png -w 200")).success();
    Picture::read(&sandbox.path("sky.png"))
}

/// The `percent`-th percentile as numpy has it.
fn percentile(values: &[f32], percent: f64) -> f64 {
    let mut good: Vec<f64> = values.iter().filter(|v| **v > -1e30).map(|v| f64::from(*v)).collect();
    good.sort_by(f64::total_cmp);
    let rank = percent / 100.0 * (good.len() - 1) as f64;
    let (low, high) = (good[rank as usize], good[(rank as usize + 1).min(good.len() - 1)]);
    low + (high - low) * rank.fract()
}

#[test]
fn limits_are_those_of_all_pixels() {
    let sandbox = Sandbox::new();
    let values = values();
    let (p2, p90) = (percentile(&values, 2.0), percentile(&values, 90.0));
    let nside = Nside::new(NSIDE).unwrap();
    let ring: Vec<f32> = (0..nside.npix())
        .map(|p| values[Ordering::Nested.pixel(nside, Ordering::Ring.cell(nside, p)) as usize])
        .collect();
    for (name, ordering, values) in [("n.fits", "NESTED", values), ("r.fits", "RING", ring)] {
        let file = HealpixFile::new(NSIDE).ordering(ordering).column(Column::f32("T", values));
        file.write(&sandbox.path(""), name);
    }
    for view in ["", "--sampling nearest", "--projection gnomonic --fov 300", "--grid 1x1"] {
        for name in ["n.fits", "r.fits"] {
            let line = |range: &str| format!("{name} {view} {range}");
            let full = draw(&sandbox, &line("--range full --range-from map"));
            assert!(full == draw(&sandbox, &line("--min -300 --max 4000")), "{view}");
            assert!(full != draw(&sandbox, &line("--range full")), "{view}");
            let found = draw(&sandbox, &line("--percentile 2,90 --range-from map"));
            let given = draw(&sandbox, &line(&format!("--min {p2} --max {p90}")));
            assert!(found == given, "{view}");
            let threads = line("--percentile 2,90 --range-from map --threads 1");
            assert!(found == draw(&sandbox, &threads), "{view}");
        }
    }
}

#[test]
fn angles_of_polarisation_count_in_the_map_s_own_pixels() {
    let sandbox = Sandbox::new();
    let npix = Nside::new(NSIDE).unwrap().npix() as usize;
    let part = |seed| noise(seed, npix).into_iter().map(|v| v as f32 - 0.5).collect::<Vec<_>>();
    let (q, u) = (part(3), part(4));
    let angle = |(q, u): (&f32, &f32)| (0.5 * u.atan2(*q)).to_degrees();
    let angles: Vec<f32> = q.iter().zip(&u).map(angle).collect();
    let (low, high) = (percentile(&angles, 5.0), percentile(&angles, 95.0));
    HealpixFile::new(NSIDE)
        .set("POLCCONV", "IAU")
        .column(Column::f32("Q", q))
        .column(Column::f32("U", u))
        .write(sandbox.folder(), "m.fits");
    for view in ["", "--projection gnomonic --fov 300"] {
        let line = |range: &str| format!("m.fits --col psi {view} {range}");
        let found = draw(&sandbox, &line("--percentile 5,95 --range-from map"));
        let given = draw(&sandbox, &line(&format!("--min {low} --max {high}")));
        assert!(found == given, "{view}");
    }
}

#[test]
fn cells_of_a_multi_order_map_count_by_their_area() {
    let sandbox = Sandbox::new();
    // Four base pixels of value 1 and one of value 2, which is divided into 256 cells; a tiny one of value 9.
    let mut uniq: Vec<i64> = (4..8).chain((0..256).map(|k| 4 * 256 + 4 * 256 + k)).collect();
    let mut values: Vec<f32> = (0..260).map(|i| if i < 4 { 1.0 } else { 2.0 }).collect();
    uniq.push(4 * (1 << 20) + 5 * (1 << 20) + 7);
    values.push(9.0);
    let file = HealpixFile::multi_order(uniq).column(Column::f32("T", values));
    file.write(&sandbox.path(""), "map.fits");
    let full = draw(&sandbox, "map.fits --range full --range-from map");
    assert!(full == draw(&sandbox, "map.fits --min 1 --max 9"));
    let most = draw(&sandbox, "map.fits --percentile 10,90 --range-from map");
    assert!(most == draw(&sandbox, "map.fits --min 1 --max 2"));
}
