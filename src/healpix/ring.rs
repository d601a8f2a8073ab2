//! RING ordering: pixels are numbered along rings of constant latitude, from the north pole to the south pole.

use std::f64::consts::TAU;
use std::ops::Range;

use super::{Cell, FACE_COLUMN, FACE_ROW, Nside};
use crate::sky::UnitVector;

/// One ring of pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ring {
    /// The number of the ring's first pixel.
    pub start: u64,
    /// How many pixels the ring has.
    pub len: u64,
}

/// The number of rings of a map, 4 nside - 1.
pub fn count(nside: Nside) -> u64 {
    4 * u64::from(nside.get()) - 1
}

/// Ring `index`, counted from 1 at the north pole to 4 nside - 1 at the south pole; 0 and 4 nside are the poles themselves, without pixels.
pub fn ring(nside: Nside, index: u64) -> Ring {
    let n = u64::from(nside.get());
    if index < n {
        Ring { start: 2 * (index * index - index), len: 4 * index }
    } else if index <= 3 * n {
        Ring { start: 2 * n * (n - 1) + (index - n) * 4 * n, len: 4 * n }
    } else {
        let from_south = 4 * n - index;
        Ring { start: nside.npix() - 2 * from_south * (from_south + 1), len: 4 * from_south }
    }
}

/// The ring, counted from 1, that holds a pixel number.
pub fn ring_of(nside: Nside, pixel: u64) -> u64 {
    let n = u64::from(nside.get());
    let cap = 2 * n * (n - 1);
    if pixel < cap {
        cap_ring(pixel)
    } else if pixel < nside.npix() - cap {
        n + (pixel - cap) / (4 * n)
    } else {
        4 * n - cap_ring(nside.npix() - 1 - pixel)
    }
}

/// The ring of a pixel counted from the pole: the largest i with 2 i (i - 1) <= pixel.
fn cap_ring(pixel: u64) -> u64 {
    (1 + 2 * pixel).isqrt().div_ceil(2)
}

/// The cell of a RING pixel number (Gorski et al. 2005, section 5.1, solved for face and position).
pub fn cell(nside: Nside, pixel: u64) -> Cell {
    let n = i64::from(nside.get());
    let index = ring_of(nside, pixel) as i64;
    let ring = ring(nside, index as u64);
    let along = (pixel - ring.start) as i64;
    let quarter = ring.len as i64 / 4;
    // `shift`: 1 where the ring's first pixel is centred on longitude 0.
    let (face, shift) = if index < n {
        (along / quarter, 0)
    } else if index > 3 * n {
        (8 + along / quarter, 0)
    } else {
        let row = index - n;
        (belt_face(n, row, along), row & 1)
    };
    let f = face as usize;
    // Distances from the face's southern corner, in half pixels: down the rows, and east of its meridian.
    let row = index - FACE_ROW[f] * n + 1;
    let mut east = 2 * along + 1 - shift - FACE_COLUMN[f] * quarter;
    if east >= 2 * n {
        east -= 8 * n;
    }
    Cell { face: face as u8, ix: ((east - row) >> 1) as u32, iy: ((-east - row) >> 1) as u32 }
}

/// The face of pixel `along` of the belt ring `row` rings below the northern cap: each face is bounded by two families of diagonals.
fn belt_face(n: i64, row: i64, along: i64) -> i64 {
    let rising = (along + ((2 * n - row) >> 1)) / n;
    let falling = (along + (row >> 1)) / n;
    match falling.cmp(&rising) {
        std::cmp::Ordering::Equal => 4 | (falling & 3),
        std::cmp::Ordering::Less => falling & 3,
        std::cmp::Ordering::Greater => 8 + (rising & 3),
    }
}

/// The RING number of a cell.
pub fn pixel(nside: Nside, cell: Cell) -> u64 {
    let n = i64::from(nside.get());
    let f = usize::from(cell.face);
    let (ix, iy) = (i64::from(cell.ix), i64::from(cell.iy));
    let index = FACE_ROW[f] * n - ix - iy - 1;
    let ring = ring(nside, index as u64);
    let quarter = ring.len as i64 / 4;
    let shift = if index < n || index > 3 * n { 0 } else { (index - n) & 1 };
    let along = (FACE_COLUMN[f] * quarter + ix - iy + shift - 1) >> 1;
    ring.start + along.rem_euclid(ring.len as i64) as u64
}

/// Tells the directions of the centres of consecutive pixels.
///
/// Longitudes are taken from those of some pixels of a ring, turned by the steps from there.
pub fn centers(nside: Nside, pixels: Range<u64>, mut tell: impl FnMut(UnitVector)) {
    if pixels.is_empty() {
        return;
    }
    const STEPS: usize = 64;
    let mut turns = Vec::with_capacity(STEPS);
    let mut next = pixels.start;
    for index in ring_of(nside, pixels.start)..=count(nside) {
        let Ring { start, len } = ring(nside, index);
        let (along, end) = (next - start, pixels.end.min(start + len) - start);
        let (z, sin_theta, first) = latitude(nside, index);
        let step = TAU / len as f64;
        let steps = STEPS.min((end - along) as usize);
        turns.clear();
        turns.extend((0..steps).map(|k| (k as f64 * step).sin_cos()));
        for base in (along..end).step_by(STEPS) {
            let (sin, cos) = ((base as f64 + first) * step).sin_cos();
            for (turned_sin, turned_cos) in turns.iter().take((end - base) as usize) {
                let x = cos * turned_cos - sin * turned_sin;
                let y = sin * turned_cos + cos * turned_sin;
                tell(UnitVector::new(sin_theta * x, sin_theta * y, z));
            }
        }
        next = start + end;
        if next == pixels.end {
            break;
        }
    }
}

/// The sine and the cosine of a ring's latitude, and the longitude of its first pixel in steps from pixel to pixel.
fn latitude(nside: Nside, index: u64) -> (f64, f64, f64) {
    let n = u64::from(nside.get());
    let from_pole = index.min(4 * n - index);
    if from_pole < n {
        let part = from_pole as f64 / n as f64;
        let t = part * part / 3.0;
        let z = if index < n { 1.0 - t } else { t - 1.0 };
        return (z, (t * (2.0 - t)).sqrt(), 0.5);
    }
    let z = (2.0 - index as f64 / n as f64) * (2.0 / 3.0);
    let first = if (index - n).is_multiple_of(2) { 0.5 } else { 0.0 };
    (z, (1.0 - z * z).sqrt(), first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centers_are_those_of_the_cells() {
        for side in [1, 2, 5, 100] {
            let nside = Nside::new(side).unwrap();
            for first in [0, 1, nside.npix() / 3, nside.npix() - 1] {
                for end in [first, first + 1, nside.npix() / 2, nside.npix()] {
                    let mut number = first;
                    centers(nside, first..end, |found| {
                        let v = cell(nside, number).center(nside);
                        let distance = [found.x - v.x, found.y - v.y, found.z - v.z];
                        assert!(distance.iter().all(|d| d.abs() < 1e-14), "{side} {number}");
                        number += 1;
                    });
                    assert_eq!(number, end.max(first));
                }
            }
        }
    }

    #[test]
    fn rings_tile_the_map() {
        for side in [1, 2, 5, 16] {
            let nside = Nside::new(side).unwrap();
            let mut next = 0;
            for index in 1..=count(nside) {
                let r = ring(nside, index);
                assert_eq!(r.start, next);
                for pixel in [r.start, r.start + r.len - 1] {
                    assert_eq!(ring_of(nside, pixel), index);
                }
                next += r.len;
            }
            assert_eq!(next, nside.npix());
        }
    }
}
