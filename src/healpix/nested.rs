//! NESTED ordering: within each base face, pixels follow a z-order curve, so that the 4^k children of a coarser pixel are contiguous.

use super::{Cell, MAX_ORDER, Nside};

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
