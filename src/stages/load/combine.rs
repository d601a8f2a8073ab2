//! Maps that are computed from two others while they are read: polarised intensity, differences and ratios.

use std::io;
use std::sync::Arc;

use super::renumber::{self, renumbered};
use super::{LoadError, LoadedMap};
use crate::fits::{Column, Compute, FitsError, Place};
use crate::healpix::Nside;
use crate::map::{BadValues, CellNames, FullSky, MapSource, PolarConvention, SparseSource};

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

/// Values computed from two columns of the same length, bad where either is.
struct Computed {
    columns: [Column; 2],
    bad: [BadValues; 2],
    /// Factor on the second.
    sign: f64,
    formula: Formula,
}

impl Compute for Computed {
    fn count(&self) -> u64 {
        self.columns[0].len()
    }

    fn compute(&self, first: u64, count: usize) -> io::Result<Vec<f64>> {
        let read = |column: &Column, bad: &BadValues| -> io::Result<Vec<f64>> {
            let mut values = vec![0.0; count];
            let range = first..first + count as u64;
            column.reader().read(range, &mut values).map_err(io::Error::other)?;
            values.iter_mut().filter(|v| bad.is_bad(**v)).for_each(|v| *v = f64::NAN);
            Ok(values)
        };
        let mut values = read(&self.columns[0], &self.bad[0])?;
        let others = read(&self.columns[1], &self.bad[1])?;
        for (a, b) in values.iter_mut().zip(others) {
            *a = match a.is_nan() || b.is_nan() {
                true => f64::NAN,
                false => self.formula.value(*a, self.sign * b),
            };
        }
        Ok(values)
    }
}

/// The map that the formula makes of two. They must have the same pixels; those of partial maps in the same order, too.
///
/// # Errors
/// Where pixels, resolution or frame differ.
pub fn combine(a: LoadedMap, b: &LoadedMap, formula: Formula) -> Result<LoadedMap, LoadError> {
    let mut columns = [column(&a)?, column(b)?];
    refuse_unlike(&a, b, columns.each_ref().map(Column::place))?;
    if let (MapSource::FullSky(first), MapSource::FullSky(second)) = (&a.source, &b.source)
        && first.ordering != second.ordering
    {
        columns[1] = renumbered(&columns[1], first.nside, second.ordering, first.ordering);
    }
    let places = columns.each_ref().map(Column::place);
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
    let bytes = Computed {
        columns: columns.clone(),
        bad: [bad(&a), bad(b)],
        sign: if flips { -1.0 } else { 1.0 },
        formula,
    };
    let column = columns[0].computed(unit.clone(), Arc::new(bytes));
    let bad = BadValues::default();
    let source = match (a.source, &b.source) {
        (MapSource::FullSky(map), MapSource::FullSky(_)) => {
            MapSource::FullSky(FullSky { column, bad, ..map })
        }
        (MapSource::Sparse(map), MapSource::Sparse(other)) if same_cells(&map, other)? => {
            MapSource::Sparse(SparseSource {
                values: Some(column),
                is_footprint: false,
                bad,
                ..map
            })
        }
        _ => {
            let problem = format!(
                "it and {} do not list the same pixels in the same order, as partial maps that are combined must",
                places[1]
            );
            return Err(LoadError::Layout { place: places[0].clone(), problem });
        }
    };
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

fn column(map: &LoadedMap) -> Result<Column, LoadError> {
    match &map.source {
        MapSource::FullSky(map) => Ok(map.column.clone()),
        MapSource::Sparse(SparseSource { values: Some(values), .. }) => Ok(values.clone()),
        MapSource::Sparse(SparseSource { cells, .. }) => {
            let place = match cells {
                CellNames::All(map) => map.column.place(),
                CellNames::Pixels(pixels) | CellNames::Channel { pixels, .. } => {
                    pixels.column.place()
                }
                CellNames::Uniq(column) => column.place(),
                CellNames::Blocks(blocks) => blocks.coverage.place(),
            };
            let problem = "it is a footprint without values".to_string();
            Err(LoadError::Layout { place: place.clone(), problem })
        }
    }
}

fn bad(map: &LoadedMap) -> BadValues {
    match &map.source {
        MapSource::FullSky(map) => map.bad,
        MapSource::Sparse(map) => map.bad,
    }
}

/// Whether the rows of two partial or multi-order maps name the same cells in the same order.
///
/// # Errors
/// What reading the numbers meets.
fn same_cells(a: &SparseSource, b: &SparseSource) -> Result<bool, FitsError> {
    match (&a.cells, &b.cells) {
        (CellNames::Pixels(a), CellNames::Pixels(b)) => {
            Ok(a.first == b.first && same_numbers(&a.column, &b.column)?)
        }
        (CellNames::Uniq(a), CellNames::Uniq(b)) => same_numbers(a, b),
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

/// Whether a column's name is that of Stokes U.
pub(super) fn is_u(name: &str) -> bool {
    is_stokes(name, 'U')
}

/// Whether a column's name is that of a Stokes parameter.
pub(super) fn is_stokes(name: &str, letter: char) -> bool {
    stokes_rank(name, letter).is_some()
}

/// How well a name says that a column is a Stokes parameter: best, with 0, the letter alone; then with STOKES or POLARISATION behind a
/// dash or the like, then with anything else there that is not how well it is known.
pub(super) fn stokes_rank(name: &str, letter: char) -> Option<u8> {
    /// How names begin of errors, covariances and weights.
    const OTHERS: [&str; 13] = [
        "ERR", "SIG", "NOISE", "COV", "VAR", "STD", "RMS", "UNC", "HIT", "OBS", "NOBS", "WEI",
        "MASK",
    ];
    let name = name.trim().to_ascii_uppercase();
    let rest = name.strip_prefix(letter.to_ascii_uppercase())?;
    if rest.is_empty() {
        return Some(0);
    }
    let rest = rest.strip_prefix(['_', '-', ' '])?;
    let begins = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    if begins(&["STOKES", "POL"]) {
        return Some(1);
    }
    (!begins(&OTHERS)).then_some(2)
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
    fn stokes_parameters_are_told_by_their_letter() {
        for name in ["U", "u", "U_STOKES", "U-POLARISATION", " U_POL "] {
            assert!(is_u(name), "{name}");
        }
        for name in ["", "UNIQ", "Q", "UU", "U_ERR", "U_cov", "U_SIGMA", "U-variance", "U_NOISE"] {
            assert!(!is_u(name), "{name}");
        }
        assert!(is_stokes("Q_POLARISATION", 'Q'));
    }

    #[test]
    fn formulas() {
        assert_eq!(Formula::Intensity.value(3.0, -4.0), 5.0);
        assert_eq!(Formula::Difference.value(3.0, -4.0), 7.0);
        assert_eq!(Formula::Ratio.value(3.0, 4.0), 0.75);
        assert!(Formula::Ratio.value(3.0, 0.0).is_nan());
    }
}
