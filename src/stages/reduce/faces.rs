//! Sorts rings of pixels into faces and rows.

use std::ops::Range;

use rayon::prelude::*;

use crate::healpix::{FACE_COLUMN, FACE_ROW, FACES, Nside};
use crate::memory::Pages;

/// Side of the blocks of a face that are filled at a time: what is read of a ring should still be near when the next row of cells needs
/// more of it.
const BLOCK: usize = 128;

/// A map's cells, face by face and row by row, which are filled ring by ring.
pub struct Faces {
    nside: Nside,
    cells: Pages<f32>,
}

impl Faces {
    /// A map that is to be filled in.
    pub fn blank(nside: Nside) -> Faces {
        Faces { nside, cells: Pages::unset(nside.npix() as usize) }
    }

    pub fn into_cells(self) -> Pages<f32> {
        self.cells
    }

    /// Puts the pixels of some rings, from the ring of number `first` (counted from 1) on, where they belong.
    pub fn put(&mut self, first: u64, rings: &[&[f32]]) {
        let nside = self.nside;
        let side = nside.get() as usize;
        let stripes: Vec<_> =
            (0..FACES).map(|face| Stripe::of_face(nside, face, first, rings)).collect();
        let faces = self.cells.par_chunks_mut(side * side).zip(&stripes);
        faces.filter(|(_, stripe)| !stripe.diagonals.is_empty()).for_each(|(cells, stripe)| {
            cells.par_chunks_mut(side * BLOCK).enumerate().for_each(|(band, cells)| {
                for left in (0..side).step_by(BLOCK) {
                    let columns = left..(left + BLOCK).min(side);
                    for (row, cells) in (band * BLOCK..).zip(cells.chunks_exact_mut(side)) {
                        stripe.fill(row, columns.clone(), cells);
                    }
                }
            });
        });
    }
}

/// The cells of a face that lie on some rings.
struct Stripe<'a> {
    /// The diagonals that the rings make, from the one nearest to the face's southern corner on.
    diagonals: Vec<Diagonal<'a>>,
    /// ix + iy along the first of them.
    sum: usize,
}

/// The cells of a face that lie on one ring: ix + iy is constant along it, and ix grows with the pixel number.
struct Diagonal<'a> {
    ring: &'a [f32],
    /// The pixel of the ring that `ix` is added to; where that is negative, the ring's end is before its beginning.
    start: isize,
}

impl<'a> Stripe<'a> {
    fn of_face(nside: Nside, face: usize, first: u64, rings: &[&'a [f32]]) -> Stripe<'a> {
        let n = i64::from(nside.get());
        let south = FACE_ROW[face] * n - 1;
        let diagonal = |(index, ring): (i64, &&'a [f32])| {
            // As in `healpix::ring::pixel`.
            let (sum, len) = (south - index, ring.len() as i64);
            let shift = if len == 4 * n { (index - n) & 1 } else { 0 };
            let start = (FACE_COLUMN[face] * (len / 4) - sum + shift - 1) >> 1;
            Diagonal { ring, start: start as isize }
        };
        let on_face = |&(index, _): &(i64, &&[f32])| (0..2 * n - 1).contains(&(south - index));
        let mut diagonals: Vec<_> =
            (first as i64..).zip(rings).filter(on_face).map(diagonal).collect();
        diagonals.reverse();
        let sum = (south + 1 - first as i64 - rings.len() as i64).max(0);
        Stripe { diagonals, sum: sum as usize }
    }

    /// Fills those cells of a row of the face in some columns that lie in the stripe.
    fn fill(&self, row: usize, columns: Range<usize>, cells: &mut [f32]) {
        let first = self.sum.saturating_sub(row).max(columns.start);
        let end = (self.sum + self.diagonals.len()).saturating_sub(row).min(columns.end);
        let diagonals = self.diagonals.get(row + first - self.sum..);
        let (Some(cells), Some(diagonals)) = (cells.get_mut(first..end), diagonals) else { return };
        for ((ix, diagonal), cell) in (first as isize..).zip(diagonals).zip(cells) {
            *cell = diagonal.pixel(ix);
        }
    }
}

impl Diagonal<'_> {
    #[inline(always)]
    fn pixel(&self, ix: isize) -> f32 {
        let along = self.start + ix;
        let turn = if along < 0 { self.ring.len() as isize } else { 0 };
        self.ring[(along + turn) as usize]
    }
}
