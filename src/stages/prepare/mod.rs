//! Prepares a map's values while they are read: hides masked pixels, takes a monopole and a dipole off.

mod dipole;
mod mask;
mod rows;

use std::io;
use std::sync::Arc;

use crate::fits::{Column, Compute, FitsError};
use crate::map::{BadValues, FullSky, LowMultipoles, MapSource, Mask, SparseSource};
pub use dipole::{Cut, FitError, Fitted, Multipoles, fit, fit_sparse};
pub use mask::read;
use rows::Rows;

/// Why a map's values cannot be masked or fitted.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The FITS layer refused.
    #[error(transparent)]
    Fits(#[from] FitsError),
    /// Flags are no numbers.
    #[error("a mask of flags has no values that could be masked or fitted")]
    Flags,
    /// Another column than the drawn one tells where there are data.
    #[error(
        "a HealSparse table, whose PRIMARY column tells where there are data, cannot be masked or fitted; \
         save the column as a map of its own first"
    )]
    Primary,
}

/// What is done to the values of a map, in this order.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// Hides the pixels that it does not keep.
    pub mask: Option<Arc<Mask>>,
    /// Values below the first and above the second are hidden, too; they are compared as `physical value * scale + offset`.
    pub limits: [f64; 2],
    /// That scale and offset.
    pub scale: (f64, f64),
    /// Taken off.
    pub removed: Option<LowMultipoles>,
}

impl Default for Preparation {
    fn default() -> Self {
        let limits = [f64::NEG_INFINITY, f64::INFINITY];
        Preparation { mask: None, limits, scale: (1.0, 0.0), removed: None }
    }
}

impl Preparation {
    /// Whether it hides pixels.
    pub fn hides(&self) -> bool {
        let Preparation { mask, limits: [low, high], .. } = self;
        mask.is_some() || low.is_finite() || high.is_finite()
    }

    fn is_within(&self, value: f64) -> bool {
        let value = value * self.scale.0 + self.scale.1;
        (self.limits[0]..=self.limits[1]).contains(&value)
    }

    /// The map as it is after all that.
    ///
    /// # Errors
    /// For sparse maps whose values are flags, or that have a column which tells where there are data.
    pub fn of(mut self, source: &MapSource) -> Result<MapSource, PrepareError> {
        Ok(match source {
            MapSource::FullSky(map) => {
                let rows = Rows::All { nside: map.nside, ordering: map.ordering };
                let column = self.column(&map.column, Some(&map.column), map.bad, rows);
                MapSource::FullSky(FullSky { column, bad: BadValues::default(), ..map.clone() })
            }
            MapSource::Sparse(map) => {
                let (like, rows) = rows::of(map)?;
                // Cells that name their order are not hidden whole by their centres, but cut when they are put together.
                let mask = if matches!(rows, Rows::Uniq(_)) { self.mask.take() } else { None };
                let column = self.column(&like, map.values.as_ref(), map.bad, rows);
                let (values, bad) = (Some(column), BadValues::default());
                MapSource::Sparse(SparseSource { values, bad, mask, ..map.clone() })
            }
        })
    }

    fn column(self, like: &Column, values: Option<&Column>, bad: BadValues, rows: Rows) -> Column {
        let unit = values.and_then(|values| values.unit().map(str::to_string));
        let count = like.len();
        like.computed(
            unit,
            Arc::new(Prepared { count, values: values.cloned(), bad, rows, preparation: self }),
        )
    }
}

/// The values of a prepared map.
struct Prepared {
    count: u64,
    /// Nothing for a footprint, which has 1 everywhere.
    values: Option<Column>,
    bad: BadValues,
    rows: Rows,
    preparation: Preparation,
}

impl Compute for Prepared {
    fn count(&self) -> u64 {
        self.count
    }

    fn compute(&self, first: u64, count: usize) -> io::Result<Vec<f64>> {
        let mut values = vec![1.0; count];
        if let Some(column) = &self.values {
            let range = first..first + count as u64;
            column.reader().read(range, &mut values).map_err(io::Error::other)?;
        }
        let Preparation { mask, removed, .. } = &self.preparation;
        self.rows.each(first, &mut values, |nside, cell, value| {
            let hidden = self.bad.is_bad(value)
                || !self.preparation.is_within(value)
                || mask.as_ref().is_some_and(|mask| !mask.keeps(nside, cell));
            match removed {
                _ if hidden => f64::NAN,
                Some(removed) => value - removed.at(cell.center(nside)),
                None => value,
            }
        })?;
        Ok(values)
    }
}
