//! Area sampling against brute force: samples of the full-resolution map all over a picture pixel, in every projection.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use map2fig::healpix::{FacePoint, Nside, Ordering};
use map2fig::map::{CellValues, HealpixMap, SkyRaster, UNSEEN, is_valid};
use map2fig::projection::{Field, Flip, Grid, Kind, View};
use map2fig::sky::{Frame, LonLat};
use map2fig::stages::resample::{Geometry, average};

/// White noise of zero mean: every error of a footprint shows.
fn noise(side: i64) -> HealpixMap {
    let nside = Nside::new(side).unwrap();
    let values = common::noise(11, nside.npix() as usize);
    HealpixMap::new(nside, values.into_iter().map(|v| (v - 0.5) as f32).collect::<Vec<_>>())
}

fn view(kind: Kind, rotated: bool) -> View {
    let (center, roll) = match rotated {
        true => (LonLat::from_degrees(50.0, -35.0), 0.4),
        false => (LonLat::from_degrees(0.0, 0.0), 0.0),
    };
    let projection = kind.build(false, false, Flip::Astro);
    View::new(projection, (Frame::Galactic, Frame::Galactic), center, roll, Flip::Astro)
}

/// Samples along each side of a picture pixel: where it meets several cells, 16 would be off by more than what is tested.
const SAMPLES: usize = 48;

/// The average of a map over a picture pixel by samples; NaN where the centre is off the sky.
fn brute_force(map: &HealpixMap, view: &View, grid: &Grid, column: usize, row: usize) -> f64 {
    if view.inverse(grid.center(column, row)).is_none() {
        return f64::NAN;
    }
    let (mut sum, mut count) = (0.0, 0.0);
    for k in 0..SAMPLES * SAMPLES {
        let offset = |n: usize| (n as f64 + 0.5) / SAMPLES as f64 - 0.5;
        let (x, y) = (column as f64 + offset(k % SAMPLES), row as f64 + offset(k / SAMPLES));
        if let Some(v) = view.inverse([grid.x(x), grid.y(y)]) {
            sum += f64::from(map.value(FacePoint::of(v).cell(map.nside())));
            count += 1.0;
        }
    }
    sum / count
}

/// The root mean square of the differences from brute force in every `step`th pixel, row after row, as a part of that of the map.
fn error(map: &HealpixMap, view: &View, grid: &Grid, step: usize) -> f64 {
    let picture = average(map, view, grid);
    let (mut sum, mut count) = (0.0, 0.0);
    for k in (0..picture.values.len()).step_by(step) {
        let (column, row) = (k % grid.width, k / grid.width);
        let got = f64::from(picture.values[k]);
        let expected = brute_force(map, view, grid, column, row);
        assert_eq!(got.is_nan(), expected.is_nan(), "{column} {row}");
        if got.is_finite() {
            sum += (got - expected).powi(2);
            count += 1.0;
        }
    }
    let power: f64 = map.values().iter().map(|v| f64::from(*v).powi(2)).sum();
    (sum / count / power * map.values().len() as f64).sqrt()
}

/// The error that is let pass. White noise is the worst of maps.
const MOST: f64 = 0.01;

#[test]
fn white_noise_is_averaged_as_it_is_in_every_projection() {
    // Cells of many picture pixels, of about one, and some five to a pixel.
    for (side, width, step) in [(4, 300, 53), (32, 240, 31), (128, 300, 53), (512, 1200, 863)] {
        let map = noise(side);
        for kind in Kind::ALL {
            for rotated in [false, true] {
                let view = view(kind, rotated);
                let grid = view.array_grid(width);
                let relative = error(&map, &view, &grid, step);
                println!("nside {side} {} {rotated}: {:.2} %", kind.name(), 100.0 * relative);
                assert!(relative <= MOST, "nside {side} {} {rotated}: {relative}", kind.name());
            }
        }
    }
}

#[test]
fn zoomed_fields_are_averaged_as_well() {
    let map = noise(256);
    for kind in Kind::ALL {
        // About a pole, where four quarters of the sky meet, and about the back of the sky, where longitudes are counted from.
        for center in [LonLat::from_degrees(77.0, 89.0), LonLat::from_degrees(179.9, -42.0)] {
            let frames = (Frame::Galactic, Frame::Galactic);
            let projection = kind.build(false, true, Flip::Astro);
            let view = View::new(projection, frames, center, 0.2, Flip::Geo)
                .showing(Field::Angle(8f64.to_radians()));
            let grid = view.array_grid(60);
            let relative = error(&map, &view, &grid, 17);
            println!("{}: {:.2} %", kind.name(), 100.0 * relative);
            assert!(relative <= MOST, "{}: {relative}", kind.name());
        }
    }
}

#[test]
fn constant_maps_stay_constant_and_holes_stay_holes() {
    let nside = Nside::new(16).unwrap();
    for kind in Kind::ALL {
        let view = view(kind, true);
        let grid = view.array_grid(200);
        // Zero in the north, a large number in the south, nothing in nine cells.
        let mut values = vec![0f32; nside.npix() as usize];
        for pixel in 0..nside.npix() {
            let cell = Ordering::Nested.cell(nside, pixel);
            let side = nside.get() as usize;
            let place =
                (usize::from(cell.face) * side + cell.iy as usize) * side + cell.ix as usize;
            values[place] = match cell.face {
                0..4 => 0.0,
                4..8 => 1e-3,
                _ => 1.234e20,
            };
        }
        for row in [24, 40, 56] {
            values[5 * 256 + row - 1..=5 * 256 + row + 1].fill(f32::NAN);
        }
        let map = HealpixMap::new(nside, values);
        let picture = average(&map, &view, &grid);
        let valid = |v: &&f32| is_valid(**v);
        for value in picture.values.iter().filter(valid) {
            // Slivers of a footprint that are smaller than this part of it are none.
            const SLIVER: f32 = 1e-7;
            let known = [0.0, 1e-3, 1.234e20].contains(value);
            let mixed = [1e-3, 1.234e20].iter().any(|v| (v * SLIVER..*v).contains(value));
            assert!(known || mixed, "{} shows {value}", kind.name());
        }
        let zeros = picture.values.iter().filter(|v| **v == 0.0).count();
        assert!(kind == Kind::Gnomonic || zeros > 1000, "{}: {zeros} zeros", kind.name());
        let holes = picture.values.iter().filter(|v| **v == UNSEEN).count();
        assert!(kind == Kind::Gnomonic || holes > 0, "{}: the hole is filled", kind.name());
    }
}

#[test]
fn pieces_hold_what_the_picture_holds_and_look_at_no_more_than_they_say() {
    struct Watched<'a>(&'a HealpixMap, map2fig::map::Region);

    impl CellValues for Watched<'_> {
        fn nside(&self) -> Nside {
            self.0.nside()
        }

        fn value(&self, cell: map2fig::healpix::Cell) -> f32 {
            let mut rects = self.1[usize::from(cell.face)].bands().iter();
            let held = rects.any(|rect| rect.x.contains(&cell.ix) && rect.y.contains(&cell.iy));
            assert!(held, "{cell:?}");
            self.0.value(cell)
        }
    }

    let map = noise(64);
    for kind in [Kind::Mollweide, Kind::Orthographic, Kind::Cartesian, Kind::Stereographic] {
        for rotated in [false, true] {
            let view = view(kind, rotated);
            let grid = view.array_grid(151);
            let whole = average(&map, &view, &grid);
            let mut picture = SkyRaster::blank(grid.width, grid.height);
            let found = Geometry::pieces(&view, &grid, map.nside(), 40, |piece| {
                let regions = piece.regions().into_iter();
                let maps: Vec<_> = regions.map(|region| Watched(&map, region)).collect();
                assert_eq!(maps.len() > 1, !rotated);
                piece.average_into(&maps, &mut picture);
                Ok::<_, std::convert::Infallible>(())
            });
            assert_eq!(found, Ok(()));
            for (k, (a, b)) in picture.values.iter().zip(&whole.values).enumerate() {
                assert_eq!(a.is_nan(), b.is_nan());
                // Interpolation may start from other points.
                assert!(a.is_nan() || (a - b).abs() < 0.02, "{} {k}: {a} {b}", kind.name());
            }
        }
    }
}
