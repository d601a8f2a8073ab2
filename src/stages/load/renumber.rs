//! Columns in the other ordering, for maps that are held against maps in theirs.

use std::io;
use std::sync::{Arc, OnceLock};

use crate::fits::{Column, Compute, FitsError};
use crate::healpix::{Nside, Ordering};

/// Maps above this resolution are not renumbered: all their pixels, 8 bytes each, are held.
pub(super) const MOST: u32 = 4096;

/// A full-sky column with its pixels in another order. Nothing is read before the first of them is asked for.
pub(super) fn renumbered(column: &Column, nside: Nside, from: Ordering, to: Ordering) -> Column {
    let values = OnceLock::new();
    let renumbered = Renumbered { column: column.clone(), nside, from, to, values };
    column.computed(column.unit().map(str::to_string), Arc::new(renumbered))
}

struct Renumbered {
    column: Column,
    nside: Nside,
    from: Ordering,
    to: Ordering,
    /// All values, as they lie in the file.
    values: OnceLock<Result<Vec<f64>, Arc<FitsError>>>,
}

impl Renumbered {
    /// All values. Other threads wait for the one that reads them, which must not itself wait for other tasks.
    fn values(&self) -> io::Result<&[f64]> {
        let read = || {
            let mut values = vec![0.0; self.column.len() as usize];
            let all = 0..self.column.len();
            self.column.reader().read(all, &mut values).map(|_| values).map_err(Arc::new)
        };
        let values = self.values.get_or_init(read).as_ref();
        values.map(Vec::as_slice).map_err(|error| io::Error::other(Arc::clone(error)))
    }
}

impl Compute for Renumbered {
    fn count(&self) -> u64 {
        self.column.len()
    }

    fn compute(&self, first: u64, count: usize) -> io::Result<Vec<f64>> {
        let values = self.values()?;
        let pixels = first..first + count as u64;
        let place = |pixel| self.from.pixel(self.nside, self.to.cell(self.nside, pixel));
        let value = |pixel| values.get(place(pixel) as usize).copied();
        Ok(pixels.map(|pixel| value(pixel).unwrap_or(f64::NAN)).collect())
    }
}
