//! The same sky gives the same bytes: in RING and NESTED, with one thread and many, today and tomorrow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::noise;
use common::sandbox::Sandbox;
use map2fig::healpix::{Nside, Ordering};

/// A rough sky with holes, one value a NESTED pixel.
fn sky(nside: i64) -> Vec<f32> {
    let npix = Nside::new(nside).unwrap().npix() as usize;
    let value = |(i, v): (usize, f64)| {
        if i % 97 == 3 { common::UNSEEN } else { (v - 0.5 + (i as f64 / 3e3).sin()) as f32 }
    };
    noise(11, npix).into_iter().enumerate().map(value).collect()
}

fn in_ring(nside: i64, nested: &[f32]) -> Vec<f32> {
    let nside = Nside::new(nside).unwrap();
    let nested_pixel = |p| Ordering::Nested.pixel(nside, Ordering::Ring.cell(nside, p)) as usize;
    (0..nside.npix()).map(|p| nested[nested_pixel(p)]).collect()
}

fn write(sandbox: &Sandbox, folder: &str, ordering: &str, nside: i64, values: Vec<f32>) {
    std::fs::create_dir(sandbox.path(folder)).unwrap();
    let file = HealpixFile::new(nside).ordering(ordering).column(Column::f32("T", values));
    file.write(&sandbox.path(folder), "map.fits");
}

#[test]
fn ring_and_nested_give_identical_bytes() {
    for nside in [8, 64, 256] {
        let sandbox = Sandbox::new();
        let nested = sky(nside);
        write(&sandbox, "ring", "RING", nside, in_ring(nside, &nested));
        write(&sandbox, "nested", "NESTED", nside, nested);
        for name in ["sky.pdf", "sky.png", "sky.svg", "sky.npy", "sky.fits"] {
            for sampling in ["area", "nearest", "bilinear"] {
                let draw = |folder: &str| {
                    let line = format!("{folder}/map.fits -o {name} -w 200 --sampling {sampling}");
                    sandbox.run_line(&line).success();
                    std::fs::read(sandbox.path(name)).unwrap()
                };
                assert!(draw("ring") == draw("nested"), "nside {nside}, {name}, {sampling}");
            }
        }
    }
}

#[test]
fn threads_and_time_change_nothing() {
    let sandbox = Sandbox::new();
    let nested = sky(128);
    write(&sandbox, "ring", "RING", 128, in_ring(128, &nested));
    write(&sandbox, "nested", "NESTED", 128, nested);
    for folder in ["ring", "nested"] {
        for name in ["sky.pdf", "sky.png", "sky.svg", "sky.npy"] {
            let draw = |threads: u32| {
                let line = format!("{folder}/map.fits -o {name} -w 150 --threads {threads}");
                sandbox.run_line(&line).success();
                std::fs::read(sandbox.path(name)).unwrap()
            };
            let first = draw(1);
            for threads in [1, 2, 3, 7] {
                assert!(draw(threads) == first, "{folder}, {name}, {threads} threads");
            }
        }
    }
}

#[test]
fn the_date_in_the_metadata_is_the_one_asked_for() {
    let sandbox = Sandbox::new();
    write(&sandbox, "a", "RING", 4, vec![1.0; 192]);
    let draw = |epoch: Option<&str>| {
        let mut command = sandbox.command();
        command.args(["a/map.fits", "-o", "sky.pdf"]);
        if let Some(epoch) = epoch {
            command.env("SOURCE_DATE_EPOCH", epoch);
        }
        common::sandbox::run(command).success();
        std::fs::read(sandbox.path("sky.pdf")).unwrap()
    };
    let holds =
        |pdf: &[u8], text: &str| pdf.windows(text.len()).any(|part| part == text.as_bytes());
    for (epoch, date) in [("86400", "19700102000000Z"), ("1700000000", "20231114221320Z")] {
        let dated = draw(Some(epoch));
        assert!(holds(&dated, &format!("CreationDate ({date})")), "{date}");
        assert!(dated == draw(Some(epoch)), "the same at any time");
    }
    assert!(!holds(&draw(None), "CreationDate"));
}
