//! Maps that are computed from two others while they are read: polarised intensity, differences and ratios.

use super::computed::{Operand, computed, with_values};
use super::renumber::{self, renumbered};
use super::stokes::is_u;
use super::{LoadError, LoadedMap};
use crate::fits::{Column, FitsError, Place};
use crate::healpix::Nside;
use crate::map::{CellNames, MapSource, Packing, PixelColumn, PolarConvention};

/// How two values make one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Formula {
    /// The length of (Q, U).
    Intensity,
    /// The first less the second.
    Difference,
    /// The first over the second; no data where that is zero.
    Ratio,
}

impl Formula {
    fn value(self, a: f64, b: f64) -> f64 {
        match self {
            Formula::Intensity => a.hypot(b),
            Formula::Difference => a - b,
            Formula::Ratio if b == 0.0 => f64::NAN,
            Formula::Ratio => a / b,
        }
    }
}

/// The map that the formula makes of two. They must have the same pixels; those of partial maps in the same order, too.
///
/// # Errors
/// Where pixels, resolution or frame differ.
pub fn combine(a: LoadedMap, b: &LoadedMap, formula: Formula) -> Result<LoadedMap, LoadError> {
    let mut operands = [operand(&a.source)?, operand(&b.source)?];
    let places = operands.each_ref().map(|operand| operand.column.place().clone());
    let places = places.each_ref();
    refuse_unlike(&a, b, places)?;
    if let (MapSource::FullSky(first), MapSource::FullSky(second)) = (&a.source, &b.source)
        && first.ordering != second.ordering
    {
        let column = &mut operands[1].column;
        *column = renumbered(column, first.nside, second.ordering, first.ordering);
    }
    let flips = formula != Formula::Intensity && is_u(&a.name) && opposite(&a, b);
    let mut warnings = [a.warnings.as_slice(), &b.warnings].concat();
    warnings.extend(assumptions(&a, b, places, formula));
    if flips {
        warnings.push(format!(
            "{} and {} have opposite POLCCONV: the sign of U is changed in the second",
            places[0], places[1]
        ));
    }
    let unit = match formula {
        Formula::Ratio => None,
        _ => a.unit.clone().or_else(|| b.unit.clone()),
    };
    let [rows, others] = operands.each_ref().map(|operand| operand.column.len());
    if rows != others || !have_same_cells(&a.source, &b.source)? {
        let problem = format!(
            "it and {} do not list the same pixels in the same order, as partial maps that are combined must",
            places[1]
        );
        return Err(LoadError::Layout { place: places[0].clone(), problem });
    }
    let sign = if flips { -1.0 } else { 1.0 };
    let column = computed(operands, unit.clone(), move |a, b| formula.value(a, sign * b));
    let source = with_values(a.source, column);
    Ok(LoadedMap { source, unit, frame: a.frame.or(b.frame), warnings, ..a })
}

/// Refuses maps of different resolution or frame, and such in different orders of which one cannot be brought into that of the other.
fn refuse_unlike(
    a: &LoadedMap,
    b: &LoadedMap,
    [place, other]: [&Place; 2],
) -> Result<(), LoadError> {
    let problem = |problem: String| Err(LoadError::Layout { place: place.clone(), problem });
    let both_full = |nside: Nside| {
        let is_full = |map: &LoadedMap| matches!(map.source, MapSource::FullSky(_));
        is_full(a) && is_full(b) && nside.get() <= renumber::MOST
    };
    let is_one_order = a.source.ordering() == b.source.ordering();
    let can_be_ordered = is_one_order || a.source.nside().is_some_and(both_full);
    if a.source.nside() != b.source.nside() || !can_be_ordered {
        let shape = |map: &LoadedMap| match (map.source.nside(), map.source.ordering()) {
            (Some(nside), Some(ordering)) => format!("nside {nside} {ordering}"),
            _ => "multi-order".to_string(),
        };
        return problem(format!(
            "it has {}, but {other} has {}; convert one of them first",
            shape(a),
            shape(b)
        ));
    }
    match (a.frame, b.frame) {
        (Some(x), Some(y)) if x != y => problem(format!(
            "it is in {x} coordinates, but {other} is in {y}; convert one of them first"
        )),
        _ => Ok(()),
    }
}

/// What is assumed of two maps that do not say the same of themselves.
fn assumptions(
    a: &LoadedMap,
    b: &LoadedMap,
    [place, other]: [&Place; 2],
    formula: Formula,
) -> Vec<String> {
    let mut assumptions = Vec::new();
    let nameless = match (a.frame, b.frame) {
        (Some(frame), None) => Some((frame, other, place)),
        (None, Some(frame)) => Some((frame, place, other)),
        _ => None,
    };
    if let Some((frame, nameless, named)) = nameless {
        assumptions.push(format!("{nameless} names no frame: taken as {frame}, that of {named}"));
    }
    if formula != Formula::Ratio
        && let (Some(x), Some(y)) = (&a.unit, &b.unit)
        && x != y
    {
        let (first, second) = (described(a, place), described(b, other));
        assumptions
            .push(format!("{first} is in {x}, but {second} is in {y}: taken as the same unit"));
    }
    let unsaid = match (a.polar_convention, b.polar_convention) {
        (Some(_), None) => Some((other, place)),
        (None, Some(_)) => Some((place, other)),
        _ => None,
    };
    if let Some((unsaid, said)) = unsaid
        && formula != Formula::Intensity
        && is_u(&a.name)
    {
        assumptions.push(format!(
            "{unsaid} has no POLCCONV that is known: its U is taken to have the sign of that of {said}"
        ));
    }
    let named = !a.name.is_empty() && !b.name.is_empty();
    if named && !a.name.eq_ignore_ascii_case(&b.name) && formula != Formula::Intensity {
        assumptions.push(format!(
            "column '{}' of {place} is held against column '{}' of {other}: --col NAME takes one name in both",
            a.name, b.name
        ));
    }
    assumptions
}

/// A map as messages call it: by its column, where that has a name.
fn described(map: &LoadedMap, place: &Place) -> String {
    match map.name.as_str() {
        "" => place.to_string(),
        name => format!("column '{name}' of {place}"),
    }
}

/// The values of a map.
fn operand(source: &MapSource) -> Result<Operand, LoadError> {
    let problem = |place: &Place, problem: &str| {
        Err(LoadError::Layout { place: place.clone(), problem: problem.to_string() })
    };
    match (Operand::of(source), source) {
        (Some(operand), MapSource::Sparse(map)) => match &map.cells {
            CellNames::Blocks(blocks) if blocks.packing != Packing::Plain => {
                problem(operand.column.place(), "flags have no difference and no ratio")
            }
            _ => Ok(operand),
        },
        (Some(operand), MapSource::FullSky(_)) => Ok(operand),
        (None, _) => problem(source.place(), "it is a footprint without values"),
    }
}

/// Whether two maps are both of the full sky, or their rows name the same cells in the same order.
///
/// # Errors
/// What reading the numbers meets.
fn have_same_cells(a: &MapSource, b: &MapSource) -> Result<bool, FitsError> {
    let (a, b) = match (a, b) {
        (MapSource::FullSky(_), MapSource::FullSky(_)) => return Ok(true),
        (MapSource::Sparse(a), MapSource::Sparse(b)) => (&a.cells, &b.cells),
        _ => return Ok(false),
    };
    let same_pixels = |a: &PixelColumn, b: &PixelColumn| {
        Ok(a.first == b.first && same_numbers(&a.column, &b.column)?)
    };
    match (a, b) {
        (CellNames::Pixels(a), CellNames::Pixels(b)) => same_pixels(a, b),
        (CellNames::Uniq(a), CellNames::Uniq(b)) => same_numbers(a, b),
        (
            CellNames::Channel { pixels, channels, channel },
            CellNames::Channel { pixels: other, channels: others, channel: wanted },
        ) => {
            Ok(channel == wanted && same_numbers(channels, others)? && same_pixels(pixels, other)?)
        }
        (CellNames::Blocks(a), CellNames::Blocks(b)) => {
            Ok(a.coverage_nside == b.coverage_nside && same_numbers(&a.coverage, &b.coverage)?)
        }
        _ => Ok(false),
    }
}

/// Whether two columns hold the same integers.
fn same_numbers(a: &Column, b: &Column) -> Result<bool, FitsError> {
    /// Numbers that are read at a time.
    const PART: u64 = 1 << 16;
    if a.len() != b.len() {
        return Ok(false);
    }
    if a.place() == b.place() && a.name() == b.name() {
        return Ok(true);
    }
    let mut readers = [a.reader(), b.reader()];
    let mut numbers = [Vec::new(), Vec::new()];
    for start in (0..a.len()).step_by(PART as usize) {
        let part = start..(start + PART).min(a.len());
        for (reader, numbers) in readers.iter_mut().zip(&mut numbers) {
            numbers.resize((part.end - part.start) as usize, 0i64);
            reader.read(part.clone(), numbers)?;
        }
        if numbers[0] != numbers[1] {
            return Ok(false);
        }
    }
    Ok(true)
}

fn opposite(a: &LoadedMap, b: &LoadedMap) -> bool {
    use PolarConvention::{Cosmo, Iau};
    matches!(
        (a.polar_convention, b.polar_convention),
        (Some(Cosmo), Some(Iau)) | (Some(Iau), Some(Cosmo))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas() {
        assert_eq!(Formula::Intensity.value(3.0, -4.0), 5.0);
        assert_eq!(Formula::Difference.value(3.0, -4.0), 7.0);
        assert_eq!(Formula::Ratio.value(3.0, 4.0), 0.75);
        assert!(Formula::Ratio.value(3.0, 0.0).is_nan());
    }
}
