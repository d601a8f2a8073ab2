//! Prepares a map's values while they are read: hides masked pixels, takes a monopole and a dipole off.

mod dipole;
mod mask;
mod rows;

use std::io;
use std::sync::Arc;

use crate::fits::{Column, Compute, FitsError, RawType};
use crate::map::{BadValues, CellNames, FullSky, LowMultipoles, MapSource, Mask, SparseSource};
pub use dipole::{Cut, Extent, FitError, Fitted, Multipoles, extent, fit, fit_sparse};
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
    /// Whether the map's pixels stay whole even beneath a finer mask: values between their centres are wanted.
    pub keeps_whole: bool,
}

impl Default for Preparation {
    fn default() -> Self {
        let limits = [f64::NEG_INFINITY, f64::INFINITY];
        Preparation { mask: None, limits, scale: (1.0, 0.0), removed: None, keeps_whole: false }
    }
}

impl Preparation {
    /// Whether it hides pixels.
    pub fn hides(&self) -> bool {
        let Preparation { mask, limits: [low, high], .. } = self;
        mask.is_some() || low.is_finite() || high.is_finite()
    }

    /// Whether the mask's pixels are smaller than the map's, and hide these whole by their centres.
    pub fn hides_by_centers(&self, source: &MapSource) -> bool {
        let is_finer = |mask: &Arc<Mask>| source.nside().is_some_and(|n| mask.is_finer_than(n));
        self.mask.as_ref().is_some_and(is_finer) && !self.cuts_pixels(source)
    }

    /// Whether pixels are cut along the mask, whose own are smaller: so are cells that name their order, and pixels that are not too many.
    fn cuts_pixels(&self, source: &MapSource) -> bool {
        /// Of nside 1024.
        const MOST: u64 = 12 << 20;
        let Some(mask) = &self.mask else { return false };
        if self.keeps_whole {
            return false;
        }
        let pixels = match source {
            MapSource::FullSky(map) => map.nside.npix(),
            MapSource::Sparse(map) => match &map.cells {
                CellNames::All(map) => map.nside.npix(),
                CellNames::Pixels(pixels) => pixels.column.len(),
                CellNames::Uniq(_) => return true,
                CellNames::Channel { .. } | CellNames::Blocks(_) => return false,
            },
        };
        pixels <= MOST
            && source.nside().is_some_and(|n| n.is_power_of_two() && mask.is_finer_than(n))
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
        if self.removed.is_none() && !self.hides() {
            return Ok(source.clone());
        }
        Ok(match source {
            MapSource::FullSky(map) if self.cuts_pixels(source) => {
                return self.of(&MapSource::Sparse(SparseSource::of_full_sky(map)));
            }
            MapSource::FullSky(map) => {
                let rows = Rows::All { nside: map.nside, ordering: map.ordering };
                let column = self.column(&map.column, Some(&map.column), map.bad, rows);
                MapSource::FullSky(FullSky { column, bad: BadValues::default(), ..map.clone() })
            }
            MapSource::Sparse(map) => {
                let (like, rows) = rows::of(map)?;
                // Cells are cut when they are put together.
                let mask = if self.cuts_pixels(source) { self.mask.take() } else { None };
                let column = self.column(&like, map.values.as_ref(), map.bad, rows);
                let (values, bad) = (Some(column), BadValues::default());
                MapSource::Sparse(SparseSource { values, bad, mask, ..map.clone() })
            }
        })
    }

    fn column(
        mut self,
        like: &Column,
        values: Option<&Column>,
        bad: BadValues,
        rows: Rows,
    ) -> Column {
        // Beside float32 a limit is one: what is written as 0.7 there is not below 0.7.
        if values.is_some_and(|values| values.raw_type() == RawType::F32)
            && self.scale == (1.0, 0.0)
        {
            self.limits = self.limits.map(|limit| f64::from(limit as f32));
        }
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
        for value in &mut values {
            if self.bad.is_bad(*value) || !self.preparation.is_within(*value) {
                *value = f64::NAN;
            }
        }
        let Preparation { mask, removed, .. } = &self.preparation;
        // What is hidden already needs no second look.
        match mask {
            Some(mask) if mask.is_turned() => {
                self.rows.each_center(first, &mut values, |center, value| {
                    if value.is_nan() || mask.keeps_towards(center) { value } else { f64::NAN }
                })?;
            }
            Some(mask) => self.rows.each(first, &mut values, |pixel, value| {
                if value.is_nan() || mask.keeps(pixel) { value } else { f64::NAN }
            })?,
            None => {}
        }
        if let Some(removed) = removed {
            self.rows
                .each_center(first, &mut values, |center, value| value - removed.at(center))?;
        }
        Ok(values)
    }
}
