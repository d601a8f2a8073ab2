//! Times the way from values to colours: limits, scales, palette indices. Items are picture pixels.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up fails")]

mod common;

use std::sync::Arc;

use common::{one_thread, raster};
use divan::Bencher;
use divan::counter::ItemsCount;
use map2fig::colormap::{Colormap, Rgba};
use map2fig::scale::{Distribution, Normalization, Scale};
use map2fig::stages::colorize::{Palette, colorize};
use map2fig::stages::normalise::{Asked, OfMap, Range, ScaleKind, normalise};

fn main() {
    divan::main();
}

const WIDTH: usize = 1200;

fn bench(bencher: Bencher, scale: Scale) {
    let raster = raster(WIDTH);
    let colormap = Colormap::by_name("viridis").unwrap();
    let palette = Palette::new(colormap, Rgba::rgb(128, 128, 128));
    let normalization = Normalization::new(scale, 1.1, 1.9).unwrap();
    let pool = one_thread();
    bencher
        .counter(ItemsCount::new(raster.values.len()))
        .bench_local(|| pool.install(|| colorize(&raster, None, &normalization, &palette)));
}

#[divan::bench]
fn linear(bencher: Bencher) {
    bench(bencher, Scale::Linear);
}

#[divan::bench]
fn log(bencher: Bencher) {
    bench(bencher, Scale::Log);
}

#[divan::bench]
fn hist(bencher: Bencher) {
    let values = raster(WIDTH).valid().collect();
    bench(bencher, Scale::Hist(Arc::new(Distribution::new(values, 1.1, 1.9))));
}

#[divan::bench]
fn asinh(bencher: Bencher) {
    bench(bencher, Scale::Asinh { linthresh: 0.1 });
}

fn limits(bencher: Bencher, kind: ScaleKind, range: Range) {
    let raster = raster(WIDTH);
    let asked = Asked { range, ..Asked::default() };
    let pool = one_thread();
    bencher.counter(ItemsCount::new(raster.values.len())).bench_local(|| {
        pool.install(|| normalise(&raster, &OfMap::default(), "T", kind.into(), &asked).unwrap())
    });
}

#[divan::bench]
fn automatic_limits(bencher: Bencher) {
    limits(bencher, ScaleKind::Linear, Range::Auto);
}

#[divan::bench]
fn percentiles(bencher: Bencher) {
    limits(bencher, ScaleKind::Linear, Range::Percentile(2.0, 98.0));
}

#[divan::bench]
fn asinh_threshold(bencher: Bencher) {
    limits(bencher, ScaleKind::Asinh, Range::Auto);
}
