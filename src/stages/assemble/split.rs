//! Cuts the cells of a multi-order map along a mask whose pixels are smaller.

use super::cells::CellValue;
use crate::healpix::{MAX_ORDER, Nside, Ordering, Pixel};
use crate::map::Mask;

/// Parts that are looked at, of all cells together.
const MOST_PARTS: u64 = 1 << 24;

/// What a mask leaves of cells.
pub(super) struct Split {
    /// The parts, each as large as it can be, in ascending order; numbered at order 29, as the cells are.
    pub parts: Vec<CellValue>,
    /// Cells that something is left of.
    pub kept: u64,
    /// The order of the smallest part.
    pub deepest: u32,
    /// What is to be said where parts are larger than the mask's pixels.
    pub warning: Option<String>,
}

impl Split {
    /// Cuts cells that are sorted, do not overlap and are numbered at order 29.
    pub fn new(cells: &[CellValue], mask: &Mask) -> Split {
        let order = order(cells, mask.order());
        let least = shift(order);
        let (mut parts, mut kept) = (Vec::new(), 0);
        for cell in cells.iter().filter(|cell| !cell.value.is_nan()) {
            let before = parts.len();
            keep(*cell, least, mask, &mut parts);
            kept += u64::from(parts.len() > before);
        }
        let smallest = parts.iter().map(|part| u32::from(part.shift)).min();
        let deepest = smallest.map_or(0, |shift| MAX_ORDER - shift / 2);
        let warning = (order < mask.order()).then(|| {
            let nside = Nside::of_order(order);
            format!("the mask is so fine that larger cells are hidden in parts of nside {nside}, by their centres")
        });
        Split { parts, kept, deepest, warning }
    }
}

/// Base-2 logarithm of the cells of order 29 in one of this order.
fn shift(order: u32) -> u8 {
    (2 * (MAX_ORDER - order)) as u8
}

/// The order that cells are cut down to: `finest`, or one at which there are not too many parts.
fn order(cells: &[CellValue], finest: u32) -> u32 {
    let parts = |order: &u32| {
        let good = cells.iter().filter(|cell| !cell.value.is_nan());
        good.map(|cell| 1u64 << cell.shift.saturating_sub(shift(*order)))
            .fold(0, u64::saturating_add)
    };
    (0..=finest).rev().find(|order| parts(order) <= MOST_PARTS).unwrap_or(0)
}

/// Appends the parts of a cell that the mask keeps: those of 2^`least` pixels, and four neighbours of one size as one.
fn keep(cell: CellValue, least: u8, mask: &Mask, parts: &mut Vec<CellValue>) {
    if cell.shift <= least {
        let nside = Nside::of_order(MAX_ORDER - u32::from(cell.shift) / 2);
        let number = cell.start >> cell.shift;
        if mask.keeps(Pixel { nside, ordering: Ordering::Nested, number }) {
            parts.push(cell);
        }
        return;
    }
    let (before, shift) = (parts.len(), cell.shift - 2);
    for quarter in 0..4 {
        let start = cell.start + (quarter << shift);
        keep(CellValue { start, shift, ..cell }, least, mask, parts);
    }
    let quarters = parts.get(before..).unwrap_or_default();
    if quarters.len() == 4 && quarters.iter().all(|quarter| quarter.shift == shift) {
        parts.truncate(before);
        parts.push(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(order: u32, pixel: u64, value: f32) -> CellValue {
        CellValue { start: pixel << shift(order), value, shift: shift(order) }
    }

    #[test]
    fn exactly_the_masked_part_is_hidden() {
        // Of the 16 NESTED pixels of each face the mask hides number 6 in the first face and all of the second.
        let mut words = vec![u64::MAX; 3];
        words[0] = !(1 << 6 | 0xffff << 16);
        let mask = Mask::from_bits(Nside::of_order(2), Ordering::Nested, words);
        let cells = [
            cell(0, 0, 1.0),
            cell(0, 1, 2.0),
            cell(0, 2, f32::NAN),
            cell(0, 3, 4.0),
            cell(3, 4 * 64, 5.0),
        ];
        let split = Split::new(&cells, &mask);
        let parts: Vec<_> = split
            .parts
            .iter()
            .map(|part| {
                let order = MAX_ORDER - u32::from(part.shift) / 2;
                (order, part.start >> part.shift, part.value)
            })
            .collect();
        let first = [(1, 0, 1.0), (2, 4, 1.0), (2, 5, 1.0), (2, 7, 1.0), (1, 2, 1.0), (1, 3, 1.0)];
        assert_eq!(parts, [&first[..], &[(0, 3, 4.0), (3, 256, 5.0)]].concat());
        assert_eq!((split.kept, split.deepest, split.warning), (3, 3, None));
    }

    #[test]
    fn there_is_an_end_to_splitting() {
        let sky: Vec<_> = (0..12).map(|face| cell(0, face, 1.0)).collect();
        assert_eq!((order(&sky, 4), order(&sky, 10), order(&sky, 11)), (4, 10, 10));
        assert_eq!(order(&sky[..1], 29), 12);
        assert_eq!(order(&[cell(29, 7, 1.0)], 29), 29);
    }
}
