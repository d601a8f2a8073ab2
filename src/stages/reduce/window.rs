//! Reads and averages only a region of the sky: for small fields, and for pictures so large that the whole map would not fit memory.

use std::ops::Range;

use super::elements::{Elements, elements};
use super::sum::Sum;
use crate::fits::{ColumnReader, FitsError};
use crate::healpix::{Cell, Nside, Ordering, nested as z_order, ring};
use crate::map::{Affine, CellRect, FaceRegion, FullSky, Region, WindowedMap};
use crate::memory::Pages;
use crate::tasks::in_order;

/// Side of the blocks of fine cells that are read at once in NESTED order: contiguous there.
const BLOCK: u32 = 64;
/// Bands of fine cells that a task reads: in RING order, the more rows, the longer the segments of rings.
const BANDS: u32 = 4;

/// Averages the good pixels of a region down to the resolution `target`, as [`super::reduce`] does. `region` is in cells of `target`.
///
/// # Errors
/// What reading the file meets.
pub fn reduce_region(
    source: &FullSky,
    target: Nside,
    region: Region,
    (scale, offset): (f64, f64),
) -> Result<WindowedMap, FitsError> {
    let factor = source.nside.get() / target.get();
    let elements = &*elements(source);
    let part = Part { source, elements, factor, affine: source.affine(scale, offset) };
    let count = |rects: &[CellRect]| rects.iter().map(CellRect::count).sum::<u64>() as usize;
    let mut values = Pages::unset(region.iter().map(FaceRegion::bands).map(count).sum());
    let bands = (BANDS / factor).max(1) as usize;
    let mut rest = &mut *values;
    let faces = (0u8..).zip(&region);
    let rects = faces
        .flat_map(|(face, region)| region.bands().chunks(bands).map(move |rects| (face, rects)));
    let tasks = rects.map(|(face, rects)| {
        let values = rest.split_off_mut(..count(rects)).unwrap_or_default();
        Task { face, rects, values }
    });
    in_order(
        tasks,
        || Buffers::new(source),
        |buffers, task| match source.ordering {
            Ordering::Nested => part.nested(task, buffers),
            Ordering::Ring => part.ring(task, buffers),
        },
    )?;
    Ok(WindowedMap::new(target, region, values))
}

/// Rectangles in some bands of a face, and the values in them, one after the other, that are to be filled in.
struct Task<'a> {
    face: u8,
    rects: &'a [CellRect],
    values: &'a mut [f32],
}

impl<'a> Task<'a> {
    /// The rectangles, each with its values.
    fn windows(self) -> impl Iterator<Item = (&'a CellRect, &'a mut [f32])> {
        let mut rest = self.values;
        self.rects.iter().map(move |rect| {
            let values = rest.split_off_mut(..rect.count() as usize).unwrap_or_default();
            (rect, values)
        })
    }
}

/// Memory that a thread uses again and again.
struct Buffers {
    reader: ColumnReader,
    bytes: Vec<u8>,
    means: Vec<f32>,
    values: Vec<f64>,
}

impl Buffers {
    fn new(source: &FullSky) -> Buffers {
        Buffers {
            reader: source.column.reader(),
            bytes: Vec::new(),
            means: Vec::new(),
            values: Vec::new(),
        }
    }
}

/// What all windows share.
struct Part<'a> {
    source: &'a FullSky,
    elements: &'a dyn Elements,
    /// Fine cells along the side of a coarse one, a power of two.
    factor: u32,
    affine: Affine,
}

impl Part<'_> {
    /// Whole blocks of the z-order curve that touch the rectangles.
    fn nested(&self, task: Task, buffers: &mut Buffers) -> Result<(), FitsError> {
        let Buffers { reader, bytes, means, .. } = buffers;
        // Bands are whole numbers of blocks high.
        let side = BLOCK.max(self.factor).min(self.source.nside.get()) / self.factor;
        let children = u64::from(self.factor) * u64::from(self.factor);
        let cells = side as usize * side as usize;
        let spread: Vec<usize> = (0..side).map(|i| z_order::spread(i) as usize).collect();
        let blocks =
            |range: &Range<u32>| (range.start / side * side..range.end).step_by(side as usize);
        means.resize(cells, 0.0);
        let face = task.face;
        for (rect, values) in task.windows() {
            for (x, y) in blocks(&rect.y).flat_map(|y| blocks(&rect.x).map(move |x| (x, y))) {
                let cell = Cell { face, ix: x * self.factor, iy: y * self.factor };
                let first = z_order::pixel(self.source.nside, cell);
                reader.read_raw(first..first + children * cells as u64, bytes)?;
                self.elements.block_means(bytes, children as usize, self.affine, means);
                // Where the block and the rectangle begin within each other.
                let within = |block: u32, rect: u32| {
                    (rect.saturating_sub(block) as usize, block.saturating_sub(rect) as usize)
                };
                let ((left, column), (low, row)) =
                    (within(x, rect.x.start), within(y, rect.y.start));
                let rows = values.chunks_exact_mut(rect.x.len()).skip(row);
                for (places, high) in rows.zip(&spread[low..]) {
                    let places = places.iter_mut().skip(column).zip(&spread[left..]);
                    places.for_each(|(place, along)| *place = means[(high << 1) + along]);
                }
            }
        }
        Ok(())
    }

    /// The segments of rings that cross the rectangles.
    fn ring(&self, task: Task, buffers: &mut Buffers) -> Result<(), FitsError> {
        let Task { face, rects, .. } = task;
        let Buffers { reader, bytes, values, .. } = buffers;
        let shift = self.factor.trailing_zeros();
        let mut sums: Vec<_> =
            rects.iter().map(|rect| vec![Sum::default(); rect.count() as usize]).collect();
        let held = || rects.iter().filter(|rect| !rect.is_empty());
        let first = held().map(|rect| rect.x.start + rect.y.start).min().unwrap_or(0);
        let end = held().map(|rect| rect.x.end + rect.y.end).max().unwrap_or(0);
        for diagonal in first * self.factor..end * self.factor {
            let crossed =
                held().map(|rect| self.crossed(rect, diagonal)).filter(|ix| !ix.is_empty());
            let joined = crossed.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
            let Range { start: mut ix, end } = joined.unwrap_or_default();
            while ix < end {
                let cell = Cell { face, ix, iy: diagonal - ix };
                let pixel = ring::pixel(self.source.nside, cell);
                let count = (ring_end(self.source.nside, pixel) - pixel).min(u64::from(end - ix));
                reader.read_raw(pixel..pixel + count, bytes)?;
                values.resize(count as usize, 0.0);
                self.elements.values(bytes, values);
                let read = ix..ix + count as u32;
                for (rect, sums) in rects.iter().zip(&mut sums) {
                    let crossed = self.crossed(rect, diagonal);
                    let crossed = crossed.start.max(read.start)..crossed.end.min(read.end);
                    let known = values.iter().skip((crossed.start - read.start) as usize);
                    for (ix, &value) in crossed.zip(known) {
                        let (column, row) = (ix >> shift, (diagonal - ix) >> shift);
                        let row = (row - rect.y.start) as usize * rect.x.len();
                        if !value.is_nan() {
                            sums[row + (column - rect.x.start) as usize] +=
                                Sum { total: value, good: 1 };
                        }
                    }
                }
                ix = read.end;
            }
        }
        for (value, sum) in task.values.iter_mut().zip(sums.iter().flatten()) {
            *value = self.affine.apply(sum.mean());
        }
        Ok(())
    }

    /// The `ix` of a rectangle's fine cells whose ix + iy is `diagonal`: it is constant along a ring, where ix grows with the pixel number.
    fn crossed(&self, rect: &CellRect, diagonal: u32) -> Range<u32> {
        let fine = |range: &Range<u32>| range.start * self.factor..range.end * self.factor;
        let (x, y) = (fine(&rect.x), fine(&rect.y));
        x.start.max((diagonal + 1).saturating_sub(y.end))
            ..x.end.min((diagonal + 1).saturating_sub(y.start))
    }
}

/// The pixel after the last of the ring that holds `pixel`: where a ring closes around the sphere, its pixels begin anew.
fn ring_end(nside: Nside, pixel: u64) -> u64 {
    let ring = ring::ring(nside, ring::ring_of(nside, pixel));
    ring.start + ring.len
}
