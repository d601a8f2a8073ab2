//! The inverse of the H-transform (White, Postman & Lattanzi 1992).
//!
//! Each step of the transform turns two by two numbers into their sum and three differences,
//! which are even or odd alike. It keeps that common low bit only once, so the inverse has to
//! round the others and give them their low bits back.

use super::{Plane, ceil_log2, smooth};

/// Turns coefficients into pixels. With a `smoothing` of more than 1, coefficients are changed by
/// up to half of it so that blocks fit their neighbours.
pub fn invert(plane: &mut Plane, smoothing: i64) {
    let depth = ceil_log2(plane.rows.max(plane.columns));
    let first = plane.get(0, 0);
    if depth > 0 {
        plane.set(0, 0, round(first, 1 << (depth + 1)));
    }
    let mut scratch = Vec::new();
    for level in (0..depth).rev() {
        let rows = plane.rows.div_ceil(1 << level);
        let columns = plane.columns.div_ceil(1 << level);
        interleave(plane, rows, columns, &mut scratch);
        if smoothing > 1 {
            smooth::smooth(plane, rows, columns, smoothing / 2);
        }
        for row in (0..rows).step_by(2) {
            for column in (0..columns).step_by(2) {
                match (row + 1 < rows, column + 1 < columns) {
                    (true, true) => invert_block(plane, row, column, level),
                    (true, false) => invert_pair(plane, (row, column), (row + 1, column), level),
                    (false, true) => invert_pair(plane, (row, column), (row, column + 1), level),
                    (false, false) => {
                        let sum = plane.get(row, column);
                        plane.set(row, column, sum >> shift(level));
                    }
                }
            }
        }
    }
}

/// The transform divides by 2 at each step, and by 4 in all at the finest.
fn shift(level: u32) -> u32 {
    if level == 0 { 2 } else { 1 }
}

/// The nearest multiple of a power of two; from the middle, away from zero.
fn round(value: i64, unit: i64) -> i64 {
    let half = if value >= 0 { unit / 2 } else { (unit / 2 - 1).max(0) };
    value.wrapping_add(half) & -unit
}

/// `value` moved away from zero.
fn away(value: i64, by: i64) -> i64 {
    if value >= 0 { value.wrapping_add(by) } else { value.wrapping_sub(by) }
}

/// Undoes a step for two by two numbers.
fn invert_block(plane: &mut Plane, row: usize, column: usize, level: u32) {
    let (unit, double) = (1i64 << level, 2i64 << level);
    let sum = plane.get(row, column);
    let both = round(plane.get(row + 1, column + 1), unit);
    let odd = both & unit;
    let down = away(round(plane.get(row + 1, column), double), odd);
    let across = away(round(plane.get(row, column + 1), double), odd);
    let odd_double = (both ^ down ^ across) & double;
    let sum = if sum < 0 && odd == 0 {
        sum.wrapping_add(odd_double)
    } else {
        sum.wrapping_add(odd).wrapping_sub(odd_double)
    };
    let shift = shift(level);
    let mut put = |r, c, down: i64, across: i64, both: i64| {
        let total = sum.wrapping_add(down).wrapping_add(across).wrapping_add(both);
        plane.set(row + r, column + c, total >> shift);
    };
    let (up, back, neither) = (down.wrapping_neg(), across.wrapping_neg(), both.wrapping_neg());
    put(1, 1, down, across, both);
    put(1, 0, down, back, neither);
    put(0, 1, up, across, neither);
    put(0, 0, up, back, both);
}

/// Undoes a step for two numbers at the edge of an image of odd size.
fn invert_pair(plane: &mut Plane, at: (usize, usize), next: (usize, usize), level: u32) {
    let double = 2i64 << level;
    let difference = round(plane.get(next.0, next.1), double);
    let sum = away(plane.get(at.0, at.1), (difference & double).wrapping_neg());
    plane.set(next.0, next.1, sum.wrapping_add(difference) >> shift(level));
    plane.set(at.0, at.1, sum.wrapping_sub(difference) >> shift(level));
}

/// Puts sums and differences, which lie in quadrants, next to each other.
fn interleave(plane: &mut Plane, rows: usize, columns: usize, scratch: &mut Vec<i64>) {
    scratch.resize(rows.max(1) * columns.max(1), 0);
    let (top, left) = (rows.div_ceil(2), columns.div_ceil(2));
    for (row, line) in scratch.chunks_exact_mut(columns.max(1)).enumerate() {
        let from = if row % 2 == 0 { row / 2 } else { top + row / 2 };
        let start = from * plane.columns;
        let source = plane.values.get(start..start + columns).unwrap_or_default();
        let (sums, differences) = source.split_at_checked(left).unwrap_or_default();
        line.iter_mut().step_by(2).zip(sums).for_each(|(to, from)| *to = *from);
        line.iter_mut().skip(1).step_by(2).zip(differences).for_each(|(to, from)| *to = *from);
    }
    for (row, line) in scratch.chunks_exact(columns.max(1)).enumerate() {
        let start = row * plane.columns;
        if let Some(to) = plane.values.get_mut(start..start + columns) {
            to.copy_from_slice(line);
        }
    }
}
