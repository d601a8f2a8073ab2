//! Reads and averages only a region of the sky: for small fields, and for pictures so large that the whole map would not fit memory.

use std::ops::Range;

use super::Progress;
use super::elements::{Elements, elements};
use super::sum::Sum;
use crate::fits::{ColumnReader, FitsError};
use crate::healpix::{Cell, Nside, Ordering, nested as z_order, ring};
use crate::map::{Affine, CellRect, FaceRegion, FullSky, Region, WindowedMap};
use crate::memory::Pages;
use crate::tasks::in_order;

/// Side of the blocks of fine cells that are read at once in NESTED order: contiguous there.
const BLOCK: u32 = 64;
/// Bands of fine cells that a task reads in either order. In RING order, the more rows, the longer the segments of rings.
const NESTED_BANDS: u32 = 4;
const RING_BANDS: u32 = 8;
/// About how many rings have their segments read before these are sorted into rows.
const RINGS: u32 = 64;

/// Averages the good pixels of a region down to the resolution `target`, as [`super::reduce`] does. `region` is in cells of `target`;
/// `progress` is told what was read.
///
/// # Errors
/// What reading the file meets.
pub fn reduce_region(
    source: &FullSky,
    target: Nside,
    region: Region,
    (scale, offset): (f64, f64),
    progress: Progress,
) -> Result<WindowedMap, FitsError> {
    let factor = source.nside.get() / target.get();
    let elements = &*elements(source);
    let affine = source.affine(scale, offset);
    let part = Part { source, elements, factor, affine };
    let count = |rects: &[CellRect]| rects.iter().map(CellRect::count).sum::<u64>() as usize;
    let mut values = Pages::unset(region.iter().map(FaceRegion::bands).map(count).sum());
    let bands = match source.ordering {
        Ordering::Nested => NESTED_BANDS,
        Ordering::Ring => RING_BANDS,
    };
    let bands = (bands / factor).max(1) as usize;
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
        |buffers, task| {
            match source.ordering {
                Ordering::Nested => part.nested(task, buffers),
                Ordering::Ring => part.ring(task, buffers),
            }?;
            progress(std::mem::take(&mut buffers.read));
            Ok(())
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
    segments: Vec<Segment>,
    /// Bytes that were read and not yet told of.
    read: u64,
}

/// The part of a ring that was read: where it begins among the values, and where the cell of `ix` = 0 would be.
#[derive(Clone, Copy)]
struct Segment {
    start: usize,
    origin: usize,
}

impl Segment {
    /// The place of a cell among the values.
    #[inline(always)]
    fn place(&self, ix: usize) -> usize {
        self.origin.wrapping_add(ix)
    }
}

impl Buffers {
    fn new(source: &FullSky) -> Buffers {
        Buffers {
            reader: source.column.reader(),
            bytes: Vec::new(),
            means: Vec::new(),
            values: Vec::new(),
            segments: Vec::new(),
            read: 0,
        }
    }

    /// Forgets the first segments.
    fn forget(&mut self, count: usize) {
        let Some(Segment { start, .. }) = self.segments.get(count).copied() else {
            self.segments.clear();
            self.means.clear();
            self.values.clear();
            return;
        };
        self.segments.drain(..count);
        self.values.drain(..start);
        for segment in &mut self.segments {
            segment.start -= start;
            segment.origin = segment.origin.wrapping_sub(start);
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
        let Buffers { reader, bytes, means, read, .. } = buffers;
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
                *read += bytes.len() as u64;
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

    /// The segments of rings that cross the rectangles, some rings at a time.
    fn ring(&self, task: Task, buffers: &mut Buffers) -> Result<(), FitsError> {
        let Task { face, rects, values: out } = task;
        let held = || rects.iter().filter(|rect| !rect.is_empty());
        let first = held().map(|rect| rect.x.start + rect.y.start).min().unwrap_or(0);
        let end = held().map(|rect| rect.x.end + rect.y.end).max().unwrap_or(0);
        let step = (RINGS / self.factor).max(1);
        buffers.forget(usize::MAX);
        let mut unread = first * self.factor;
        for first in (first..end).step_by(step as usize) {
            let diagonals = first..(first + step).min(end);
            // The last coarse cells reach beyond the diagonals that cross them first: what they need of others is kept for the next ones.
            let needed = (diagonals.end + 1) * self.factor - 1;
            self.read_segments(face, rects, unread..needed, buffers)?;
            unread = needed;
            let Buffers { means, values, segments, .. } = &*buffers;
            rows(rects, &diagonals, out, |[ix, iy], places| {
                let segments = &segments[((ix + iy - first) * self.factor) as usize..];
                if self.factor == 1 {
                    let cells = segments.iter().zip(ix as usize..);
                    let values = cells.map(|(segment, ix)| means[segment.place(ix)]);
                    places.iter_mut().zip(values).for_each(|(place, value)| *place = value);
                } else {
                    self.sorted_means(ix, segments, values, places);
                }
            });
            buffers.forget((step * self.factor) as usize);
        }
        Ok(())
    }

    /// The means of neighbouring coarse cells of a row, from the column `ix` on. `segments` are those of the diagonals that cross them.
    fn sorted_means(&self, ix: u32, segments: &[Segment], values: &[f64], means: &mut [f32]) {
        let side = self.factor as usize;
        let columns = (ix as usize * side..).step_by(side);
        for (k, (mean, first)) in means.iter_mut().zip(columns).enumerate() {
            let mut sum = Sum::default();
            for (n, segment) in (1..2 * side).zip(&segments[k * side..]) {
                let cells = first + n.saturating_sub(side)..first + n.min(side);
                let start = segment.place(cells.start);
                for value in &values[start..start + cells.len()] {
                    let good = !value.is_nan();
                    sum += Sum { total: if good { *value } else { 0.0 }, good: u32::from(good) };
                }
            }
            *mean = self.affine.apply(sum.mean());
        }
    }

    /// Reads the segments of a face's fine diagonals that cross the rectangles.
    fn read_segments(
        &self,
        face: u8,
        rects: &[CellRect],
        diagonals: Range<u32>,
        buffers: &mut Buffers,
    ) -> Result<(), FitsError> {
        let Buffers { reader, bytes, means, values, segments, read } = buffers;
        for diagonal in diagonals {
            let crossed = rects.iter().map(|rect| self.crossed(rect, diagonal));
            let crossed = crossed.filter(|ix| !ix.is_empty());
            let joined = crossed.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
            let Range { start: mut ix, end } = joined.unwrap_or_default();
            let start = means.len().max(values.len());
            segments.push(Segment { start, origin: start.wrapping_sub(ix as usize) });
            while ix < end {
                let cell = Cell { face, ix, iy: diagonal - ix };
                let pixel = ring::pixel(self.source.nside, cell);
                let count = (ring_end(self.source.nside, pixel) - pixel).min(u64::from(end - ix));
                reader.read_raw(pixel..pixel + count, bytes)?;
                *read += bytes.len() as u64;
                if self.factor == 1 {
                    let start = means.len();
                    means.resize(start + count as usize, 0.0);
                    self.elements.block_means(bytes, 1, self.affine, &mut means[start..]);
                } else {
                    let start = values.len();
                    values.resize(start + count as usize, 0.0);
                    self.elements.values(bytes, &mut values[start..]);
                }
                ix += count as u32;
            }
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

/// Visits the cells of rectangles that lie on some diagonals, row by row: the `ix` and `iy` of the first one, and their places among those
/// of all cells.
fn rows(
    rects: &[CellRect],
    diagonals: &Range<u32>,
    values: &mut [f32],
    mut visit: impl FnMut([u32; 2], &mut [f32]),
) {
    let mut rest = values;
    for rect in rects {
        let CellRect { x, y } = rect;
        let values = rest.split_off_mut(..rect.count() as usize).unwrap_or_default();
        let low = y.start.max((diagonals.start + 1).saturating_sub(x.end));
        let high = y.end.min(diagonals.end.saturating_sub(x.start));
        for iy in low..high {
            let ix = x.start.max(diagonals.start.saturating_sub(iy))..x.end.min(diagonals.end - iy);
            let first = (iy - y.start) as usize * x.len() + (ix.start - x.start) as usize;
            visit([ix.start, iy], &mut values[first..first + ix.len()]);
        }
    }
}

/// The pixel after the last of the ring that holds `pixel`: where a ring closes around the sphere, its pixels begin anew.
fn ring_end(nside: Nside, pixel: u64) -> u64 {
    let ring = ring::ring(nside, ring::ring_of(nside, pixel));
    ring.start + ring.len
}
