//! `--zoom fit`: finds where a map has good pixels, and the view that frames them.

use std::f64::consts::{PI, TAU};

use super::frames::build_view;
use super::{Fit, Job, Listener, Profile, Stage};
use crate::healpix::{Cell, FacePoint, Nside};
use crate::map::{
    CellRect, CellValues, FaceRegion, FullSky, MapSource, Region, SparseSource, sparse_cell,
};
use crate::projection::{Field, Kind, View, bounding_cap, framing, in_sight};
use crate::sky::{Frame, LonLat, Rotation, UnitVector};
use crate::stages::load::LoadedMap;
use crate::stages::{assemble, reduce};

/// Resolution at which good pixels are looked for first.
const COARSE: u32 = 64;
/// Fewer good pixels than this are looked at again, finer by this factor.
const ENOUGH: usize = 600;
const FINER: u32 = 8;
/// The part of the sky from which on a footprint is no patch.
const MOST_SKY: f64 = 0.4;
/// The radius of a cap, in radians, from which on the whole sky is shown: 75 degrees.
const WIDEST: f64 = 75.0 * PI / 180.0;

/// Good pixels of one resolution: their first cell and their width in cells.
struct Good {
    nside: Nside,
    cells: Vec<(Cell, u32)>,
}

/// The view that frames the good pixels of a map; of the whole sky where they are all over it.
///
/// # Errors
/// What reading the map meets.
pub(super) fn view(
    job: &Job,
    fit: &Fit,
    map: &LoadedMap,
    frames: (Frame, Frame),
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<View> {
    let good = profile.time(Stage::Reduce, || match &map.source {
        MapSource::FullSky(source) => full_sky(source),
        MapSource::Sparse(source) => sparse(source),
    })?;
    let points = good.outline();
    let turn = Rotation::between(frames.0, frames.1);
    let is_patch = good.part_of_sky() <= MOST_SKY;
    let cap = if is_patch { bounding_cap(&points) } else { None };
    let patch = cap.filter(|(_, radius)| *radius <= WIDEST);
    let input = job.input.display();
    let Some((middle, _)) = patch else {
        if points.is_empty() {
            listener.warn(&format!("{input}: no good pixels to frame; the sky is shown whole"));
        } else if fit.whole == Kind::Gnomonic {
            anyhow::bail!(
                "{input}: --zoom fit: the good pixels reach too far for the gnomonic projection, which shows less than half of the sky: \
                 use --projection lambert, or --fov with --rotate-to"
            );
        } else {
            listener.warn(&format!(
                "{input}: good pixels reach too far over the sky to be framed; it is shown whole"
            ));
        }
        let center = fit.center.unwrap_or_else(|| LonLat {
            lon: opposite_the_widest_gap(points.iter().map(|point| turn.apply(*point))),
            lat: 0.0,
        });
        return Ok(build_view(job, frames, fit.whole, center, Field::Whole));
    };
    let build =
        |center| build_view(job, frames, job.view.projection, center, ZOOMED).showing(Field::Whole);
    let start = fit.center.unwrap_or_else(|| turn.apply(middle).into());
    let (center, field) = framing(&points, &build, start, fit.center.is_some());
    if in_sight(&points, &build(center)) < points.len() {
        let name = job.view.projection.name();
        listener
            .note(&format!("{input}: {name} cannot show all of the good pixels about this centre"));
    }
    Ok(build_view(job, frames, job.view.projection, center, field))
}

/// Less of a gap in longitude, in radians, is none: 10 degrees.
const GAP: f64 = 10.0 * PI / 180.0;

/// The longitude to be in the middle so that the seam of the picture goes through the widest gap between points; 0 where there is none.
fn opposite_the_widest_gap(points: impl Iterator<Item = UnitVector>) -> f64 {
    let mut longitudes: Vec<f64> = points.map(|point| LonLat::from(point).lon).collect();
    longitudes.sort_by(f64::total_cmp);
    let next = longitudes.iter().skip(1).copied();
    let around = longitudes.first().map(|first| first + TAU);
    let gaps = longitudes.iter().zip(next.chain(around)).map(|(from, to)| (to - from, *from));
    match gaps.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((gap, from)) if gap >= GAP => (from + 0.5 * gap + PI).rem_euclid(TAU),
        _ => 0.0,
    }
}

/// Any field that is a part of the sky.
const ZOOMED: Field = Field::Angle(1.0);

impl Good {
    /// Points around each good pixel, or around every so many of very many small ones.
    fn outline(&self) -> Vec<UnitVector> {
        const MOST: usize = 1 << 16;
        let n = f64::from(self.nside.get());
        let around = [
            [0.0, 0.0],
            [0.5, 0.0],
            [1.0, 0.0],
            [0.0, 0.5],
            [1.0, 0.5],
            [0.0, 1.0],
            [0.5, 1.0],
            [1.0, 1.0],
        ];
        let points = |(cell, width): &(Cell, u32)| {
            let (cell, width) = (*cell, f64::from(*width));
            around.map(|[dx, dy]| {
                let x = (f64::from(cell.ix) + dx * width) / n;
                let y = (f64::from(cell.iy) + dy * width) / n;
                FacePoint { face: cell.face, x, y }.direction()
            })
        };
        let stride = self.cells.len().div_ceil(MOST).max(1);
        self.cells.iter().step_by(stride).flat_map(points).collect()
    }

    fn part_of_sky(&self) -> f64 {
        let area: f64 = self.cells.iter().map(|(_, width)| f64::from(*width).powi(2)).sum();
        area / self.nside.npix() as f64
    }

    /// The rectangles of cells that hold the good pixels, at a resolution finer by a factor.
    fn region(&self, factor: u32) -> Region {
        let mut region = Region::default();
        for (cell, width) in &self.cells {
            let rect = |at: u32| at * factor..(at + width) * factor;
            let wide = CellRect { x: rect(cell.ix), y: rect(cell.iy) };
            if let Some(face) = region.get_mut(usize::from(cell.face)) {
                face.include(&wide);
            }
        }
        region
    }
}

/// The good cells of a map that has a value for each cell of some rectangles.
fn good_cells(map: &impl CellValues, region: &Region) -> Good {
    let rects = (0u8..)
        .zip(region)
        .flat_map(|(face, region)| region.bands().iter().map(move |rect| (face, rect)));
    let cells = rects.flat_map(|(face, rect)| {
        let columns = rect.x.clone();
        rect.y.clone().flat_map(move |iy| columns.clone().map(move |ix| Cell { face, ix, iy }))
    });
    let good = cells.filter(|cell| map.value(*cell).is_finite()).map(|cell| (cell, 1));
    Good { nside: map.nside(), cells: good.collect() }
}

fn full_sky(source: &FullSky) -> anyhow::Result<Good> {
    let target = source.nside.coarsened_to(COARSE);
    let map = reduce::reduce(source, target, (1.0, 0.0), &|_| {})?;
    let side = target.get();
    let whole: Region = std::array::from_fn(|_| CellRect { x: 0..side, y: 0..side }.into());
    let mut good = good_cells(&map, &whole);
    while good.cells.len() < ENOUGH && good.nside < source.nside {
        let target = source.nside.coarsened_to(good.nside.get().saturating_mul(FINER));
        let region = good.region(target.get() / good.nside.get());
        // A few good pixels far apart have rectangles that are no small part of a fine map.
        if region.iter().flat_map(FaceRegion::bands).map(CellRect::count).sum::<u64>() > 4_000_000 {
            break;
        }
        let map = reduce::reduce_region(source, target, region.clone(), (1.0, 0.0), &|_| {})?;
        good = good_cells(&map, &region);
    }
    Ok(good)
}

fn sparse(source: &SparseSource) -> anyhow::Result<Good> {
    let mut wanted = COARSE;
    loop {
        let map = assemble::assemble(source, wanted, (1.0, 0.0), &|_| {})?.map;
        let nside = map.nside();
        let cell =
            |(start, shift, _): (u64, u8, f32)| (sparse_cell(nside, start), 1u32 << (shift / 2));
        let cells: Vec<_> = map.cells().map(cell).collect();
        // The map's own resolution is the finest that there is.
        if cells.len() >= ENOUGH || nside.get() < wanted || wanted >= crate::healpix::MAX_NSIDE {
            return Ok(Good { nside, cells });
        }
        wanted = wanted.saturating_mul(FINER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seam_goes_through_the_widest_gap() {
        let middle = |degrees: &[f64]| {
            let at = |lon: &f64| LonLat { lon: lon.to_radians(), lat: 0.3 }.into();
            opposite_the_widest_gap(degrees.iter().map(at)).to_degrees()
        };
        for (degrees, expected) in
            [(&[350.0, 10.0, 30.0][..], 10.0), (&[100.0, 180.0, 200.0], 150.0), (&[40.0], 40.0)]
        {
            assert!((middle(degrees) - expected).abs() < 1e-9, "{degrees:?}");
        }
        let everywhere: Vec<f64> = (0..72).map(|k| 5.0 * f64::from(k)).collect();
        assert_eq!((middle(&everywhere), middle(&[])), (0.0, 0.0));
    }
}
