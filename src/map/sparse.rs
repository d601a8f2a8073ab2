//! A map of part of the sky, or of cells of several orders, in memory: its good cells only, sorted, at no more than their own size.

use super::{CellValues, HealpixMap};
use crate::healpix::{Cell, FACES, Nside, nested};

/// A dense copy of a map may have this many pixels (50 MB) whatever the map holds.
const SMALL: u64 = 12 << 20;
/// A dense copy of a larger map may have this many pixels for each value that the map holds.
const DENSITY: u64 = 4;

/// A map that keeps only the cells that it has good values for: pixels of one resolution, or cells of several orders, each as large as
/// 4^k pixels of the finest.
///
/// Pixels are numbered so that a cell is one interval: NESTED where nside is a power of two; otherwise, where all cells have the same
/// size, face by face and row by row. Neighbouring cells of one size share a run, so that a filled patch of sky takes 4 bytes a pixel.
#[derive(Clone, PartialEq, Debug)]
pub struct SparseMap {
    nside: Nside,
    /// First pixel of each run, ascending.
    starts: Vec<u64>,
    /// Base-2 logarithm of the pixels of each run's cells.
    shifts: Vec<u8>,
    /// Position of each run's first value, and the number of values.
    firsts: Vec<usize>,
    values: Vec<f32>,
    buckets: Buckets,
}

/// The number of a cell as `SparseMap` counts.
pub fn sparse_pixel(nside: Nside, cell: Cell) -> u64 {
    if nside.is_power_of_two() {
        return nested::pixel(nside, cell);
    }
    let side = u64::from(nside.get());
    (u64::from(cell.face) * side + u64::from(cell.iy)) * side + u64::from(cell.ix)
}

/// The cell of a number as `SparseMap` counts.
pub fn sparse_cell(nside: Nside, pixel: u64) -> Cell {
    if nside.is_power_of_two() {
        return nested::cell(nside, pixel);
    }
    let side = u64::from(nside.get());
    let row = pixel / side;
    Cell { face: (row / side) as u8, ix: (pixel % side) as u32, iy: (row % side) as u32 }
}

/// Cells of a map, added in ascending order, each to be of `nside` or coarser.
pub struct SparseMapBuilder {
    map: SparseMap,
    /// The pixel after the last cell.
    end: u64,
}

impl SparseMapBuilder {
    /// A map without cells.
    pub fn new(nside: Nside) -> Self {
        let map = SparseMap {
            nside,
            starts: Vec::new(),
            shifts: Vec::new(),
            firsts: Vec::new(),
            values: Vec::new(),
            buckets: Buckets::default(),
        };
        SparseMapBuilder { map, end: 0 }
    }

    /// Adds a cell of 2^`shift` pixels from number `start` on, which lies beyond all cells before it. NaN is no good value and is left out.
    pub fn push(&mut self, start: u64, shift: u8, value: f32) {
        if value.is_nan() {
            return;
        }
        debug_assert!(start >= self.end && (shift == 0 || self.map.nside.is_power_of_two()));
        let map = &mut self.map;
        if start != self.end || map.shifts.last() != Some(&shift) {
            map.starts.push(start);
            map.shifts.push(shift);
            map.firsts.push(map.values.len());
        }
        map.values.push(value);
        self.end = start + (1 << shift);
    }

    /// The map, ready to be looked at.
    pub fn finish(self) -> SparseMap {
        let mut map = self.map;
        map.firsts.push(map.values.len());
        map.values.shrink_to_fit();
        map.buckets = Buckets::new(&map.starts, self.end);
        map
    }
}

/// Averages cells, added in ascending order, down to a coarser resolution.
pub struct Coarsener {
    builder: SparseMapBuilder,
    /// Base-2 logarithm of the number of fine pixels in a coarse one.
    drop: u8,
    pixel: u64,
    sum: f64,
    weight: f64,
}

impl Coarsener {
    /// From `nside` to `target`, both powers of two and the target no finer.
    pub fn new(nside: Nside, target: Nside) -> Self {
        let drop = 2 * (nside.get() / target.get()).ilog2() as u8;
        let builder = SparseMapBuilder::new(target);
        Coarsener { builder, drop, pixel: 0, sum: 0.0, weight: 0.0 }
    }

    /// Adds a cell of the fine map, as `SparseMapBuilder::push`.
    pub fn push(&mut self, start: u64, shift: u8, value: f32) {
        if value.is_nan() {
            return;
        }
        if self.drop == 0 {
            return self.builder.push(start, shift, value);
        }
        let pixel = start >> self.drop;
        if pixel != self.pixel {
            self.flush();
            self.pixel = pixel;
        }
        if shift >= self.drop {
            self.builder.push(pixel, shift - self.drop, value);
        } else {
            let area = (1u64 << shift) as f64;
            self.sum += f64::from(value) * area;
            self.weight += area;
        }
    }

    /// The map of the means over the good area.
    pub fn finish(mut self) -> SparseMap {
        self.flush();
        self.builder.finish()
    }

    fn flush(&mut self) {
        if self.weight > 0.0 {
            self.builder.push(self.pixel, 0, (self.sum / self.weight) as f32);
        }
        (self.sum, self.weight) = (0.0, 0.0);
    }
}

impl SparseMap {
    /// The cells in ascending order: first pixel, base-2 logarithm of the number of pixels, value.
    pub fn cells(&self) -> impl Iterator<Item = (u64, u8, f32)> + '_ {
        let bounds = self.firsts.iter().zip(self.firsts.iter().skip(1));
        self.starts.iter().zip(&self.shifts).zip(bounds).flat_map(
            move |((&start, &shift), (&first, &end))| {
                let values = self.values.get(first..end).unwrap_or(&[]);
                (0u64..).zip(values).map(move |(k, &value)| (start + (k << shift), shift, value))
            },
        )
    }

    /// Each cell, of the resolution that it has itself, and its value.
    pub fn named_cells(&self) -> impl Iterator<Item = (Nside, Cell, f32)> + '_ {
        self.cells().filter_map(|(start, shift, value)| {
            let halvings = u32::from(shift) / 2;
            let nside = Nside::new(i64::from(self.nside.get() >> halvings)).ok()?;
            let first = sparse_cell(self.nside, start);
            let cell =
                Cell { face: first.face, ix: first.ix >> halvings, iy: first.iy >> halvings };
            Some((nside, cell, value))
        })
    }

    /// The values of the cells in ascending order.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The map averaged to the resolution `target`: a coarse pixel is the mean over its good area. Cells that are coarser already stay as
    /// they are. Where the target does not divide the map's resolution, which is no power of two then, cells belong to the coarse pixel
    /// that their centre lies in.
    pub fn coarsened(&self, target: Nside) -> SparseMap {
        if !self.nside.is_power_of_two() {
            return self.coarsened_rows(target);
        }
        let mut coarse = Coarsener::new(self.nside, target);
        self.cells().for_each(|(start, shift, value)| coarse.push(start, shift, value));
        coarse.finish()
    }

    /// `coarsened` for resolutions that are no powers of two, whose numbering does not keep children together.
    fn coarsened_rows(&self, target: Nside) -> SparseMap {
        let (fine, coarse) =
            (u64::from(self.nside.get()), u64::from(target.get().min(self.nside.get())));
        let part = |i: u32| ((2 * u64::from(i) + 1) * coarse / (2 * fine)) as u32;
        let mut cells: Vec<(u64, f32)> = self
            .cells()
            .map(|(pixel, _, value)| {
                let Cell { face, ix, iy } = sparse_cell(self.nside, pixel);
                let cell = Cell { face, ix: part(ix), iy: part(iy) };
                (sparse_pixel(target, cell), value)
            })
            .collect();
        cells.sort_by_key(|(pixel, _)| *pixel);
        let mut coarse = SparseMapBuilder::new(target);
        for children in cells.chunk_by(|a, b| a.0 == b.0) {
            let sum: f64 = children.iter().map(|(_, value)| f64::from(*value)).sum();
            if let Some((pixel, _)) = children.first() {
                coarse.push(*pixel, 0, (sum / children.len() as f64) as f32);
            }
        }
        coarse.finish()
    }

    /// The map with a place for every pixel of the sky, for fast lookups; nothing where that would be large and mostly empty.
    pub fn dense(&self) -> Option<HealpixMap> {
        let pixels = self.nside.npix();
        if pixels > SMALL.max(DENSITY.saturating_mul(self.values.len() as u64)) {
            return None;
        }
        let side = self.nside.get() as usize;
        let mut values = vec![f32::NAN; FACES * side * side];
        for (start, shift, value) in self.cells() {
            let cell = sparse_cell(self.nside, start);
            let width = 1 << (shift / 2);
            let corner = (usize::from(cell.face) * side + cell.iy as usize) * side;
            for row in 0..width {
                let first = corner + row * side + cell.ix as usize;
                values[first..first + width].fill(value);
            }
        }
        Some(HealpixMap::new(self.nside, values))
    }

    /// The value at a pixel; NaN where there is none.
    #[inline]
    fn find(&self, pixel: u64) -> f32 {
        let (low, high) = self.buckets.runs(pixel);
        let starts = self.starts.get(low..high).unwrap_or(&[]);
        let after = low + starts.partition_point(|start| *start <= pixel);
        self.value_in_run(after.wrapping_sub(1), pixel).unwrap_or(f32::NAN)
    }

    #[inline]
    fn value_in_run(&self, run: usize, pixel: u64) -> Option<f32> {
        let start = self.starts.get(run)?;
        let cell = pixel.checked_sub(*start)? >> self.shifts.get(run)?;
        let values = self.values.get(*self.firsts.get(run)?..*self.firsts.get(run + 1)?)?;
        values.get(usize::try_from(cell).ok()?).copied()
    }
}

impl CellValues for SparseMap {
    fn nside(&self) -> Nside {
        self.nside
    }

    #[inline]
    fn value(&self, cell: Cell) -> f32 {
        self.find(sparse_pixel(self.nside, cell))
    }
}

/// Runs that begin in each of many equal parts of the map's extent: leaves little for a binary search to do.
#[derive(Clone, PartialEq, Debug, Default)]
struct Buckets {
    origin: u64,
    shift: u32,
    /// For each bucket the number of runs that begin before it; one more for the end of the last.
    before: Vec<usize>,
}

/// Runs in a bucket, on the average.
const RUNS_PER_BUCKET: usize = 4;

impl Buckets {
    /// Buckets for runs that begin at `starts` and all lie before `end`.
    fn new(starts: &[u64], end: u64) -> Buckets {
        let Some(&origin) = starts.first() else { return Buckets::default() };
        let extent = end - origin;
        let wanted = (starts.len() / RUNS_PER_BUCKET).max(1) as u64;
        let shift = extent.div_ceil(wanted).next_power_of_two().ilog2();
        let count = (extent >> shift) as usize + 1;
        let mut before = Vec::with_capacity(count + 1);
        let mut run = 0;
        for bucket in 0..=count as u64 {
            let first = origin.saturating_add(bucket << shift);
            while starts.get(run).is_some_and(|start| *start < first) {
                run += 1;
            }
            before.push(run);
        }
        Buckets { origin, shift, before }
    }

    /// The runs that may hold a pixel.
    #[inline]
    fn runs(&self, pixel: u64) -> (usize, usize) {
        let bucket = (pixel.wrapping_sub(self.origin) >> self.shift) as usize;
        match (self.before.get(bucket), bucket.checked_add(1).and_then(|b| self.before.get(b))) {
            (Some(low), Some(high)) => (low.saturating_sub(1), *high),
            _ => (0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::healpix::Ordering;
    use proptest::prelude::*;

    fn nside(n: i64) -> Nside {
        Nside::new(n).unwrap()
    }

    fn map(n: i64, cells: &[(u64, u8, f32)]) -> SparseMap {
        let mut builder = SparseMapBuilder::new(nside(n));
        cells.iter().for_each(|&(start, shift, value)| builder.push(start, shift, value));
        builder.finish()
    }

    #[test]
    fn neighbours_of_one_size_share_a_run() {
        let map =
            map(4, &[(0, 4, 1.0), (16, 4, 2.0), (32, 2, 3.0), (40, 0, 4.0), (41, 0, f32::NAN)]);
        assert_eq!((map.starts.len(), map.values().len()), (3, 4));
        let found: Vec<f32> = [0, 15, 16, 31, 32, 35, 40].iter().map(|&p| map.find(p)).collect();
        assert_eq!(found, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0]);
        assert!([36, 39, 41, 191, u64::MAX].iter().all(|&p| map.find(p).is_nan()));
        assert_eq!(map.cells().nth(1), Some((16, 4, 2.0)));
    }

    #[test]
    fn an_empty_map_has_nothing_anywhere() {
        let map = map(1 << 29, &[]);
        assert!(map.find(0).is_nan() && map.dense().is_none());
        assert!(map.coarsened(nside(1)).values().is_empty());
    }

    #[test]
    fn coarse_pixels_are_means_over_the_good_area() {
        // One pixel of value 1, and a cell four times as large of value 6, in one coarse pixel; a cell larger than that after it.
        let fine = map(8, &[(0, 0, 1.0), (4, 2, 6.0), (16, 4, 9.0)]);
        let coarse = fine.coarsened(nside(2));
        assert_eq!(coarse.cells().collect::<Vec<_>>(), [(0, 0, 5.0), (1, 0, 9.0)]);
        assert_eq!(fine.coarsened(nside(8)), fine);
        let coarsest = fine.coarsened(nside(1));
        assert_eq!(coarsest.values(), [((5.0 * 5.0 + 16.0 * 9.0) / 21.0) as f32]);
    }

    #[test]
    fn resolutions_that_are_no_powers_of_two() {
        let n = nside(6);
        let mut pixels: Vec<u64> =
            (0..40).map(|p| sparse_pixel(n, Ordering::Ring.cell(n, p))).collect();
        pixels.sort_unstable();
        let cells: Vec<_> = pixels.iter().map(|&p| (p, 0, p as f32)).collect();
        let fine = map(6, &cells);
        let coarse = fine.coarsened(nside(2));
        for pixel in 0..nside(2).npix() {
            let parent = sparse_cell(nside(2), pixel);
            let children: Vec<f32> = (0..9)
                .map(|k| Cell {
                    face: parent.face,
                    ix: 3 * parent.ix + k % 3,
                    iy: 3 * parent.iy + k / 3,
                })
                .map(|cell| fine.value(cell))
                .filter(|v| !v.is_nan())
                .collect();
            let mean = children.iter().sum::<f32>() / children.len() as f32;
            let found = coarse.value(parent);
            assert!((found - mean).abs() < 1e-3 || (found.is_nan() && children.is_empty()));
        }
    }

    #[test]
    fn large_and_mostly_empty_maps_are_not_expanded() {
        assert!(map(1 << 29, &[(12 << 57, 0, 1.0)]).dense().is_none());
        assert!(map(1 << 29, &[(0, 58, 1.0)]).dense().is_none());
    }

    /// Cells of a map of nside 8: sizes and gaps at random.
    fn cells() -> impl Strategy<Value = Vec<(u64, u8, f32)>> {
        prop::collection::vec((0u8..4, 0u64..3, -1.0f32..1.0), 0..200).prop_map(|steps| {
            let mut at = 0u64;
            let mut cells = Vec::new();
            for (k, gap, value) in steps {
                let size = 1u64 << (2 * k);
                let start = (at + gap * size).next_multiple_of(size);
                if start + size > 12 * 64 {
                    break;
                }
                cells.push((start, 2 * k, value));
                at = start + size;
            }
            cells
        })
    }

    proptest! {
        #[test]
        fn lookups_and_the_dense_copy_agree(cells in cells()) {
            let map = map(8, &cells);
            let dense = map.dense().unwrap();
            for pixel in 0..map.nside.npix() {
                let holds = |c: &&(u64, u8, f32)| c.0 <= pixel && pixel < c.0 + (1 << c.1);
                let expected = cells.iter().find(holds).map_or(f32::NAN, |c| c.2);
                let cell = nested::cell(map.nside, pixel);
                prop_assert_eq!(map.value(cell).to_bits(), expected.to_bits());
                prop_assert_eq!(dense.value(cell).to_bits(), expected.to_bits());
            }
        }
    }
}
