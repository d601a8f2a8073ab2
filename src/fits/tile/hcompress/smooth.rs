//! Smoothing of a lossy H-transform: differences that were rounded away are estimated from the
//! neighbouring blocks, within what the rounding allows (White & Percival 1994).

use super::Plane;

/// Adjusts the differences of a level, whose sums and differences lie next to each other, by up
/// to `most`.
pub fn smooth(plane: &mut Plane, rows: usize, columns: usize, most: i64) {
    let (inner_rows, inner_columns) = (inner(rows), inner(columns));
    for row in inner_rows.clone() {
        for column in (0..columns).step_by(2) {
            let sums = [row - 2, row, row + 2].map(|row| plane.get(row, column));
            adjust(plane, (row + 1, column), slope(sums), 8, most);
        }
    }
    for row in (0..rows).step_by(2) {
        for column in inner_columns.clone() {
            let sums = [column - 2, column, column + 2].map(|column| plane.get(row, column));
            adjust(plane, (row, column + 1), slope(sums), 8, most);
        }
    }
    for row in inner_rows {
        for column in inner_columns.clone() {
            let twist = twist(plane, row, column);
            adjust(plane, (row + 1, column + 1), twist, 64, most);
        }
    }
}

/// The blocks that have neighbours on both sides.
fn inner(size: usize) -> std::iter::StepBy<std::ops::Range<usize>> {
    (2..size.saturating_sub(2).max(2)).step_by(2)
}

/// 8 times the difference that fits a block's sum and those before and behind it, kept from
/// making new extremes; `None` at an extreme.
fn slope([before, here, behind]: [i64; 3]) -> Option<i64> {
    let up = behind.wrapping_sub(here);
    let down = here.wrapping_sub(before);
    let most = up.min(down).max(0).wrapping_mul(4);
    let least = up.max(down).min(0).wrapping_mul(4);
    (least < most).then(|| behind.wrapping_sub(before).clamp(least, most))
}

/// 64 times the difference in both directions that fits the four blocks at a block's corners,
/// kept from making new extremes.
fn twist(plane: &Plane, row: usize, column: usize) -> Option<i64> {
    let here = plane.get(row, column);
    // Differences to the corners; down and across are counted positive.
    let down_across = plane.get(row + 2, column + 2).wrapping_sub(here);
    let down_back = here.wrapping_sub(plane.get(row + 2, column - 2));
    let up_across = here.wrapping_sub(plane.get(row - 2, column + 2));
    let up_back = plane.get(row - 2, column - 2).wrapping_sub(here);
    let down = plane.get(row + 1, column).wrapping_mul(2);
    let across = plane.get(row, column + 1).wrapping_mul(2);
    let slopes = [
        down.wrapping_add(across).wrapping_neg(),
        down.wrapping_sub(across),
        across.wrapping_sub(down),
        down.wrapping_add(across),
    ];
    let corners = [down_across, down_back, up_across, up_back];
    let bounds = |toward: fn(i64) -> i64| {
        corners
            .into_iter()
            .zip(slopes)
            .map(move |(corner, slope)| toward(corner).wrapping_add(slope))
    };
    let most = bounds(|corner| corner.max(0)).min()?.wrapping_mul(16);
    let least = bounds(|corner| corner.min(0)).max()?.wrapping_mul(16);
    let twist = down_across.wrapping_add(up_back).wrapping_add(down_back).wrapping_add(up_across);
    (least < most).then(|| twist.clamp(least, most))
}

/// Moves a difference towards `target / unit`, by `most` at most.
fn adjust(
    plane: &mut Plane,
    (row, column): (usize, usize),
    target: Option<i64>,
    unit: i64,
    most: i64,
) {
    if let Some(target) = target {
        let value = plane.get(row, column);
        let step = target.wrapping_sub(value.wrapping_mul(unit)) / unit;
        plane.set(row, column, value.wrapping_add(step.clamp(-most, most)));
    }
}
