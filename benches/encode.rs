//! Times the drawing and writing of a figure in each format.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up fails")]

mod common;

use common::{one_thread, raster};
use divan::Bencher;
use map2fig::colormap::{Colormap, Rgba};
use map2fig::draw::{Format, Metadata, RichText};
use map2fig::figure::{ColorbarSpec, Extend, Figure, FigureSpec, Sky, Unit, plan};
use map2fig::map::SkyRaster;
use map2fig::projection::{Flip, Kind, View};
use map2fig::scale::{Normalization, Scale};
use map2fig::sky::{Frame, LonLat};
use map2fig::stages::colorize::{Palette, colorize};

fn main() {
    divan::main();
}

const WIDTH: usize = 1200;

/// A figure with a title, a unit and a colour bar.
fn figure() -> Figure {
    let projection = Kind::Mollweide.build(false, false, Flip::Astro);
    let frames = (Frame::Galactic, Frame::Galactic);
    let view = View::new(projection, frames, LonLat { lon: 0.0, lat: 0.0 }, 0.0, Flip::Astro);
    let spec = FigureSpec {
        pixels: WIDTH,
        title: RichText::plain("A sky"),
        units: Unit::parse("K_CMB"),
        ..FigureSpec::default()
    };
    let bounds = view.bounds(WIDTH);
    let page = plan(&spec, &view.outline(&bounds), &bounds).unwrap();
    let (width, height) = page.raster;
    let grid = view.picture_grid(&bounds, width, height);
    // The page decides on the picture's size, which need not be exactly twice as wide as high.
    let mut values = raster(width).values;
    values.resize(width * height, f32::NAN);
    let raster = SkyRaster { width, height, values };
    let colormap = Colormap::by_name("viridis").unwrap();
    let bad = Rgba::rgb(128, 128, 128);
    let palette = Palette::new(colormap.clone(), bad);
    let normalization = Normalization::new(Scale::Linear, 1.1, 1.9).unwrap();
    let colored = colorize(&raster, None, &normalization, &palette);
    let (under, over) = (palette.under(), palette.over());
    let extend = Extend::new(colored.below, colored.above);
    let bar = ColorbarSpec { normalization, colormap, under, over, extend };
    let (blank, extent) = (colored.blank(), grid.extent());
    let sky = Sky { pixmap: colored.pixmap, blank, extent, outline: view.outline(&bounds) };
    Figure::new(page, &spec, sky, Some(&bar)).unwrap()
}

fn bench(bencher: Bencher, format: Format) {
    let figure = figure();
    let metadata = Metadata { creator: "bench".to_owned(), ..Metadata::default() };
    let pool = one_thread();
    bencher.bench_local(|| {
        pool.install(|| {
            let mut bytes = Vec::new();
            figure.write(format, &metadata, &mut bytes).unwrap();
            bytes
        })
    });
}

#[divan::bench(sample_count = 20)]
fn png(bencher: Bencher) {
    bench(bencher, Format::Png);
}

#[divan::bench(sample_count = 20)]
fn pdf(bencher: Bencher) {
    bench(bencher, Format::Pdf);
}

#[divan::bench(sample_count = 20)]
fn svg(bencher: Bencher) {
    bench(bencher, Format::Svg);
}
