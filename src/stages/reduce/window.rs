//! Reads and averages only a region of the sky: for small fields, and for pictures so large that the whole map would not fit memory.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::elements::{Elements, elements};
use super::sum::Sum;
use crate::fits::FitsError;
use crate::healpix::{Cell, Nside, Ordering, nested as z_order, ring};
use crate::map::{Affine, CellRect, FullSky, Region, Window, WindowedMap};
use crate::tasks::in_order;

/// Side of the blocks of fine cells that are read at once: contiguous in NESTED order, short segments of rings in RING order.
const BLOCK: u32 = 64;
/// Rows of fine cells that a task reads in RING order.
const BAND: u32 = 256;

/// Averages the good pixels of a region down to the resolution `target`, as [`super::reduce`] does. `region` is in cells of `target`.
///
/// # Errors
/// What reading the file meets.
pub fn reduce_region(
    source: &FullSky,
    target: Nside,
    region: &Region,
    (scale, offset): (f64, f64),
) -> Result<WindowedMap, FitsError> {
    let factor = source.nside.get() / target.get();
    let elements = &*elements(source);
    let part = Part { source, elements, factor, affine: source.affine(scale, offset) };
    let windows = (0u8..).zip(region).map(|(face, rect)| match source.ordering {
        Ordering::Nested => part.nested(face, rect),
        Ordering::Ring => part.ring(face, rect),
    });
    Ok(WindowedMap::new(target, windows.collect::<Result<_, _>>()?))
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
    /// Whole blocks of the z-order curve that touch the rectangle.
    fn nested(&self, face: u8, rect: &CellRect) -> Result<Window, FitsError> {
        if rect.is_empty() {
            return Ok(Window { rect: CellRect::default(), values: Vec::new() });
        }
        let side = BLOCK.max(self.factor).min(self.source.nside.get()) / self.factor;
        let down = |v: u32| v / side * side;
        let blocks: Vec<(u32, u32)> = (down(rect.y.start)..rect.y.end)
            .step_by(side as usize)
            .flat_map(|y| {
                (down(rect.x.start)..rect.x.end).step_by(side as usize).map(move |x| (x, y))
            })
            .collect();
        let children = u64::from(self.factor) * u64::from(self.factor);
        let cells = side as usize * side as usize;
        let spread: Vec<usize> = (0..side).map(|i| z_order::spread(i) as usize).collect();
        let mut values = vec![0.0; rect.count() as usize];
        let rows: Vec<_> = values.chunks_exact_mut(rect.x.len()).map(Mutex::new).collect();
        in_order(
            blocks.into_iter(),
            || (self.source.column.reader(), Vec::new(), vec![0f32; cells]),
            |(reader, bytes, means), (x, y)| {
                let cell = Cell { face, ix: x * self.factor, iy: y * self.factor };
                let first = z_order::pixel(self.source.nside, cell);
                reader.read_raw(first..first + children * cells as u64, bytes)?;
                self.elements.block_means(bytes, children as usize, self.affine, means);
                let before = rect.x.start.saturating_sub(x) as usize;
                let start = (x + before as u32 - rect.x.start) as usize;
                for (iy, high) in (y..).zip(&spread) {
                    let row = iy.checked_sub(rect.y.start).and_then(|row| rows.get(row as usize));
                    let Some(row) = row else { continue };
                    let mut row = row.lock().unwrap_or_else(PoisonError::into_inner);
                    let places = row.iter_mut().skip(start).zip(spread.iter().skip(before));
                    places.for_each(|(place, low)| *place = means[(high << 1) + low]);
                }
                Ok(())
            },
        )?;
        drop(rows);
        Ok(Window { rect: rect.clone(), values })
    }

    /// The segments of rings that cross the rectangle, band by band.
    fn ring(&self, face: u8, rect: &CellRect) -> Result<Window, FitsError> {
        let rows = (BAND / self.factor).max(1);
        let bands: Vec<CellRect> = rect
            .y
            .clone()
            .step_by(rows as usize)
            .map(|y| CellRect { x: rect.x.clone(), y: y..(y + rows).min(rect.y.end) })
            .collect();
        let parts: Vec<Vec<f32>> = bands
            .par_iter()
            .map(|band| self.ring_band(face, band))
            .collect::<Result<_, FitsError>>()?;
        Ok(Window { rect: rect.clone(), values: parts.concat() })
    }

    fn ring_band(&self, face: u8, band: &CellRect) -> Result<Vec<f32>, FitsError> {
        let (f, shift) = (self.factor, self.factor.trailing_zeros());
        let (x, y) = (band.x.start * f..band.x.end * f, band.y.start * f..band.y.end * f);
        let mut sums = vec![Sum::default(); band.count() as usize];
        let mut reader = self.source.column.reader();
        let (mut bytes, mut values) = (Vec::new(), Vec::new());
        // Along a ring ix + iy is constant, and ix grows with the pixel number.
        for diagonal in x.start + y.start..=x.end + y.end - 2 {
            let first = x.start.max(diagonal.saturating_sub(y.end - 1));
            let last = (x.end - 1).min(diagonal - y.start);
            let mut ix = first;
            while ix <= last {
                let start = ring::pixel(self.source.nside, Cell { face, ix, iy: diagonal - ix });
                let end = ring_end(self.source.nside, start).min(start + u64::from(last - ix) + 1);
                reader.read_raw(start..end, &mut bytes)?;
                values.resize((end - start) as usize, 0.0);
                self.elements.values(&bytes, &mut values);
                for &value in &values {
                    let row = (((diagonal - ix) >> shift) - band.y.start) as usize * band.x.len();
                    if !value.is_nan() {
                        let pixel = row + ((ix >> shift) - band.x.start) as usize;
                        sums[pixel] += Sum { total: value, good: 1 };
                    }
                    ix += 1;
                }
            }
        }
        Ok(sums.into_iter().map(|sum| self.affine.apply(sum.mean())).collect())
    }
}

/// The pixel after the last of the ring that holds `pixel`: where a ring closes around the sphere, its pixels begin anew.
fn ring_end(nside: Nside, pixel: u64) -> u64 {
    let ring = ring::ring(nside, ring::ring_of(nside, pixel));
    ring.start + ring.len
}
