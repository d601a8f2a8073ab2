//! A column that is computed from two others while it is read.

use std::io;
use std::sync::Arc;

use crate::fits::{Column, Compute};
use crate::map::{BadValues, CellNames, FullSky, MapSource, SparseSource};

/// A column of numbers, and which of them are data.
pub(super) struct Operand {
    pub(super) column: Column,
    pub(super) bad: BadValues,
    /// The column whose bad values mark rows without data, where it is another.
    primary: Option<(Column, BadValues)>,
}

impl Operand {
    /// The values of a map; nothing of a footprint, which has none.
    pub(super) fn of(source: &MapSource) -> Option<Operand> {
        match source {
            MapSource::FullSky(map) => {
                Some(Operand { column: map.column.clone(), bad: map.bad, primary: None })
            }
            MapSource::Sparse(map) => {
                let primary = match &map.cells {
                    CellNames::Blocks(blocks) => blocks.primary.clone(),
                    _ => None,
                };
                Some(Operand { column: map.values.clone()?, bad: map.bad, primary })
            }
        }
    }

    /// The values of rows from `first` on, NaN where they are no data.
    fn read(&self, first: u64, count: usize) -> io::Result<Vec<f64>> {
        let read = |column: &Column| -> io::Result<Vec<f64>> {
            let mut values = vec![0.0; count];
            let rows = first..first + count as u64;
            column.reader().read(rows, &mut values).map_err(io::Error::other)?;
            Ok(values)
        };
        let mut values = read(&self.column)?;
        values.iter_mut().filter(|v| self.bad.is_bad(**v)).for_each(|v| *v = f64::NAN);
        if let Some((column, bad)) = &self.primary {
            let keys = read(column)?;
            let unknown = values.iter_mut().zip(keys).filter(|(_, key)| bad.is_bad(*key));
            unknown.for_each(|(v, _)| *v = f64::NAN);
        }
        Ok(values)
    }
}

/// Values that a function makes of those of two columns of the same length, NaN where either has none.
struct Computed<F> {
    operands: [Operand; 2],
    value: F,
}

impl<F: Fn(f64, f64) -> f64 + Send + Sync> Compute for Computed<F> {
    fn count(&self) -> u64 {
        self.operands[0].column.len()
    }

    fn compute(&self, first: u64, count: usize) -> io::Result<Vec<f64>> {
        let [mut values, others] =
            [self.operands[0].read(first, count)?, self.operands[1].read(first, count)?];
        for (a, b) in values.iter_mut().zip(others) {
            *a = match a.is_nan() || b.is_nan() {
                true => f64::NAN,
                false => (self.value)(*a, b),
            };
        }
        Ok(values)
    }
}

/// A column of `value` of each two rows, in the place of the first operand's.
pub(super) fn computed(
    operands: [Operand; 2],
    unit: Option<String>,
    value: impl Fn(f64, f64) -> f64 + Send + Sync + 'static,
) -> Column {
    let column = operands[0].column.clone();
    column.computed(unit, Arc::new(Computed { operands, value }))
}

/// A map of the same pixels with other values, of which none is bad but NaN.
pub(super) fn with_values(source: MapSource, column: Column) -> MapSource {
    let bad = BadValues::default();
    match source {
        MapSource::FullSky(map) => MapSource::FullSky(FullSky { column, bad, ..map }),
        MapSource::Sparse(map) => {
            let values = Some(column);
            MapSource::Sparse(SparseSource { values, is_footprint: false, bad, ..map })
        }
    }
}
