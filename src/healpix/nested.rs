//! NESTED ordering: within each base face, pixels follow a z-order curve, so that the 4^k children of a coarser pixel are contiguous.

use std::f64::consts::PI;
use std::ops::Range;

use super::{Cell, FACE_COLUMN, FACE_ROW, MAX_ORDER, Nside, latitude};
use crate::sky::UnitVector;

/// The cell of a NESTED pixel number: the even bits of the number within its face are `ix`, the odd bits `iy`.
pub fn cell(nside: Nside, pixel: u64) -> Cell {
    let per_face = u64::from(nside.get()) * u64::from(nside.get());
    let within = pixel % per_face;
    Cell { face: (pixel / per_face) as u8, ix: compact(within), iy: compact(within >> 1) }
}

/// The NESTED number of a cell.
pub fn pixel(nside: Nside, cell: Cell) -> u64 {
    let per_face = u64::from(nside.get()) * u64::from(nside.get());
    u64::from(cell.face) * per_face + (spread(cell.ix) | spread(cell.iy) << 1)
}

/// Tells the directions of the centres of consecutive pixels.
///
/// They are found for squares of pixels: those on a diagonal have one latitude, and longitudes a step apart.
pub fn centers(nside: Nside, pixels: Range<u64>, mut tell: impl FnMut(UnitVector)) {
    /// Pixels along a square.
    const SIDE: u32 = 8;
    let side = SIDE.min(nside.get());
    let count = u64::from(side * side);
    let mut found = [UnitVector::new(0.0, 0.0, 1.0); (SIDE * SIDE) as usize];
    let mut start = pixels.start - pixels.start % count;
    while start < pixels.end {
        let corner = cell(nside, start);
        for diagonal in 0..2 * side - 1 {
            square_diagonal(nside, corner, side, diagonal, &mut found);
        }
        let end = pixels.end.min(start + count);
        let within = (pixels.start.max(start) - start) as usize..(end - start) as usize;
        found[within].iter().for_each(|center| tell(*center));
        start += count;
    }
}

/// Fills in the centres of those pixels of a square for which ix + iy is `diagonal` more than at its southern corner.
fn square_diagonal(nside: Nside, corner: Cell, side: u32, diagonal: u32, found: &mut [UnitVector]) {
    let face = usize::from(corner.face);
    let scale = 1.0 / f64::from(nside.get());
    let (x, y) = (f64::from(corner.ix), f64::from(corner.iy));
    let row = FACE_ROW[face] as f64 - (x + y + f64::from(diagonal) + 1.0) * scale;
    let (z, sin_theta, width) = latitude(row);
    let first = diagonal.saturating_sub(side - 1);
    let turn = |columns: f64| (columns * scale / width * (PI / 4.0)).sin_cos();
    let from_middle = x - y + 2.0 * f64::from(first) - f64::from(diagonal);
    let (mut sin, mut cos) = turn(FACE_COLUMN[face] as f64 * width / scale + from_middle);
    let (step_sin, step_cos) = turn(2.0);
    for ix in first..=diagonal - first {
        let place = spread(ix) | spread(diagonal - ix) << 1;
        if let Some(center) = found.get_mut(place as usize) {
            *center = UnitVector::new(sin_theta * cos, sin_theta * sin, z);
        }
        (sin, cos) = (sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin);
    }
}

/// The order and the NESTED pixel number that the number 4^(order + 1) + pixel names (NUNIQ; IVOA Multi-Order Coverage 2.0); nothing
/// where there is no such pixel.
pub fn of_uniq(uniq: i64) -> Option<(u32, u64)> {
    let order = uniq.checked_ilog2().filter(|bits| *bits >= 2)? / 2 - 1;
    let pixel = u64::try_from(uniq).ok()? - (4 << (2 * order));
    (order <= MAX_ORDER && pixel < 12 << (2 * order)).then_some((order, pixel))
}

/// Puts the bits of `value` into the even bits of the result.
#[inline]
pub fn spread(value: u32) -> u64 {
    let mut v = u64::from(value);
    v = (v | v << 16) & 0x0000_ffff_0000_ffff;
    v = (v | v << 8) & 0x00ff_00ff_00ff_00ff;
    v = (v | v << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | v << 2) & 0x3333_3333_3333_3333;
    (v | v << 1) & 0x5555_5555_5555_5555
}

/// Collects the even bits of `value`.
#[inline]
pub fn compact(value: u64) -> u32 {
    let mut v = value & 0x5555_5555_5555_5555;
    v = (v | v >> 1) & 0x3333_3333_3333_3333;
    v = (v | v >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | v >> 4) & 0x00ff_00ff_00ff_00ff;
    v = (v | v >> 8) & 0x0000_ffff_0000_ffff;
    (v | v >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centers_are_those_of_the_cells() {
        for side in [1, 2, 4, 8, 64, 1 << 20] {
            let nside = Nside::new(side).unwrap();
            for first in
                [0, 5, nside.npix() / 3, nside.npix() / 2 + 70, nside.npix().saturating_sub(130)]
            {
                let first = first.min(nside.npix());
                for end in [first, first + 1, first + 129].map(|end| end.min(nside.npix())) {
                    let mut number = first;
                    centers(nside, first..end, |found| {
                        let v = cell(nside, number).center(nside);
                        let distance = [found.x - v.x, found.y - v.y, found.z - v.z];
                        assert!(distance.iter().all(|d| d.abs() < 1e-14), "{side} {number}");
                        number += 1;
                    });
                    assert_eq!(number, end);
                }
            }
        }
    }

    #[test]
    fn uniq_numbers_name_pixels() {
        for (uniq, order, pixel) in
            [(4, 0, 0), (15, 0, 11), (16, 1, 0), (63, 1, 47), (64, 2, 0), (4 << 58, 29, 0)]
        {
            assert_eq!(of_uniq(uniq), Some((order, pixel)), "{uniq}");
        }
        for uniq in [i64::MIN, -1, 0, 3, i64::MAX, 4 << 60] {
            assert_eq!(of_uniq(uniq), None, "{uniq}");
        }
    }

    #[test]
    fn bits_interleave() {
        assert_eq!(spread(0b1011), 0b0100_0101);
        assert_eq!(compact(0b0100_0101), 0b1011);
        assert_eq!(compact(spread(u32::MAX)), u32::MAX);
    }
}
