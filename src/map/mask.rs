//! Masks: which directions of the sky are kept, at the mask's own resolution.

use std::sync::Arc;

use super::{CellValues, SparseMap};
use crate::healpix::{Cell, FacePoint, Nside, Ordering, Pixel};
use crate::sky::{Rotation, UnitVector};

/// Values of a mask above this keep the sky; those below, and bad ones, hide it.
pub const KEEPS_ABOVE: f64 = 0.5;

/// Which parts of the sky are kept. A pixel of a map is kept where the mask's pixel at its centre is; those that are larger than the
/// mask's are cut first.
#[derive(Clone, Debug)]
pub struct Mask {
    kept: Arc<Kept>,
    /// From the map's frame to the mask's; none where they are the same.
    to_mask: Option<Rotation>,
}

#[derive(Clone, Debug)]
enum Kept {
    /// One bit for each pixel of the sky, in the order of the file.
    Bits { nside: Nside, ordering: Ordering, words: Vec<u64> },
    /// The mask's values where it has some.
    Sparse(SparseMap),
}

impl Mask {
    /// A mask from one bit for each pixel of the sky, 64 in a word from the lowest bit on, for maps of its own frame.
    pub fn from_bits(nside: Nside, ordering: Ordering, words: Vec<u64>) -> Mask {
        Mask { kept: Arc::new(Kept::Bits { nside, ordering, words }), to_mask: None }
    }

    /// A mask that hides all that the map has no value for.
    pub fn from_sparse(map: SparseMap) -> Mask {
        Mask { kept: Arc::new(Kept::Sparse(map)), to_mask: None }
    }

    /// The mask for a map in another frame, from which `to_mask` leads to its own. What it keeps is shared.
    #[must_use]
    pub fn turned(&self, to_mask: Rotation) -> Mask {
        let to_mask = (to_mask != Rotation::IDENTITY).then_some(to_mask);
        Mask { kept: Arc::clone(&self.kept), to_mask }
    }

    /// The coarsest order whose cells are no larger than the mask's pixels, 0 to 29.
    pub fn order(&self) -> u32 {
        self.kept.nside().get().next_power_of_two().ilog2()
    }

    /// Whether a pixel of a map is kept: by the mask's pixel that holds its centre.
    pub fn keeps(&self, pixel: Pixel) -> bool {
        let own = self.kept.nside();
        match (self.to_mask, &*self.kept) {
            (None, Kept::Bits { nside, ordering, words })
                if (*nside, *ordering) == (pixel.nside, pixel.ordering) =>
            {
                bit(words, pixel.number)
            }
            (None, kept) => kept.at(scaled(pixel.nside, pixel.cell(), own)),
            (Some(_), _) => self.keeps_towards(pixel.center()),
        }
    }

    /// Whether a direction of the map's frame is kept.
    pub fn keeps_towards(&self, direction: UnitVector) -> bool {
        let direction = self.to_mask.map_or(direction, |rotation| rotation.apply(direction));
        self.kept.at(FacePoint::of(direction).cell(self.kept.nside()))
    }

    /// Whether its pixels are smaller than those of a map.
    pub fn is_finer_than(&self, nside: Nside) -> bool {
        self.kept.nside().get() > nside.get()
    }

    /// Whether it is in another frame than the map.
    pub fn is_turned(&self) -> bool {
        self.to_mask.is_some()
    }
}

impl Kept {
    fn nside(&self) -> Nside {
        match self {
            Kept::Bits { nside, .. } => *nside,
            Kept::Sparse(map) => map.nside(),
        }
    }

    fn at(&self, cell: Cell) -> bool {
        match self {
            Kept::Bits { nside, ordering, words } => bit(words, ordering.pixel(*nside, cell)),
            Kept::Sparse(map) => f64::from(map.value(cell)) > KEEPS_ABOVE,
        }
    }
}

#[inline]
fn bit(words: &[u64], pixel: u64) -> bool {
    words.get((pixel / 64) as usize).is_some_and(|word| word >> (pixel % 64) & 1 == 1)
}

/// The cell of resolution `to` that holds the centre of a cell. A centre on a border belongs to the cell beyond it, as everywhere.
fn scaled(nside: Nside, cell: Cell, to: Nside) -> Cell {
    let (from, to) = (u64::from(nside.get()), u64::from(to.get()));
    let along = |i: u32| ((2 * u64::from(i) + 1) * to / (2 * from)) as u32;
    Cell { face: cell.face, ix: along(cell.ix), iy: along(cell.iy) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{SparseMapBuilder, sparse_pixel};
    use crate::sky::Frame;

    fn nside(n: i64) -> Nside {
        Nside::new(n).unwrap()
    }

    /// A mask that hides where `hides` says so of the pixels' centres.
    fn mask(
        n: Nside,
        ordering: Ordering,
        to_mask: Rotation,
        hides: impl Fn(crate::sky::UnitVector) -> bool,
    ) -> Mask {
        let mut words = vec![0u64; n.npix().div_ceil(64) as usize];
        for pixel in 0..n.npix() {
            let direction = ordering.cell(n, pixel).center(n);
            words[(pixel / 64) as usize] |= u64::from(!hides(direction)) << (pixel % 64);
        }
        Mask::from_bits(n, ordering, words).turned(to_mask)
    }

    #[test]
    fn resolutions_and_orderings_may_differ() {
        let n = nside(16);
        let south = |v: crate::sky::UnitVector| v.z < 0.1;
        for (side, ordering) in [
            (64, Ordering::Ring),
            (64, Ordering::Nested),
            (16, Ordering::Ring),
            (24, Ordering::Ring),
        ] {
            let mask = mask(nside(side), ordering, Rotation::IDENTITY, south);
            for pixel in 0..n.npix() {
                let pixel = Pixel { nside: n, ordering: Ordering::Ring, number: pixel };
                let v = pixel.center();
                if (v.z - 0.1).abs() > 0.05 {
                    assert_eq!(mask.keeps(pixel), !south(v), "{side} {ordering} {v:?}");
                }
            }
        }
    }

    #[test]
    fn frames_are_changed() {
        let to_mask = Rotation::between(Frame::Galactic, Frame::Equatorial);
        let mask = mask(nside(64), Ordering::Nested, to_mask, |v| v.z < 0.0);
        let n = nside(32);
        for number in 0..n.npix() {
            let pixel = Pixel { nside: n, ordering: Ordering::Nested, number };
            let dec = to_mask.apply(pixel.center()).z;
            if dec.abs() > 0.03 {
                assert_eq!(mask.keeps(pixel), dec > 0.0);
            }
        }
    }

    #[test]
    fn what_a_sparse_mask_does_not_hold_is_hidden() {
        let n = nside(8);
        let mut builder = SparseMapBuilder::new(n);
        builder.push(5, 0, 1.0);
        builder.push(6, 0, 0.25);
        let mask = Mask::from_sparse(builder.finish());
        let keeps = |number| mask.keeps(Pixel { nside: n, ordering: Ordering::Nested, number });
        assert_eq!((keeps(5), keeps(6), keeps(7)), (true, false, false));
        assert_eq!(mask.order(), 3);
        let cell = Ordering::Nested.cell(n, 5);
        assert_eq!(sparse_pixel(n, cell), 5);
    }
}
