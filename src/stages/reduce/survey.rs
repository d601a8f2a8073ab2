//! Takes up values of a full-sky column while it streams by, for limits that are those of the whole map at full resolution.

use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::elements::{Elements, Slots, elements};
use super::{BUFFER, Progress};
use crate::fits::FitsError;
use crate::map::{Affine, Extremes, FullSky, Stretches};
use crate::tasks::in_order;

/// The values of a map that limits are found from: the exact ends of all good values, and all values or an even choice of them, as
/// drawn. They depend neither on the number of threads nor on the order of reading.
pub struct Survey {
    source: FullSky,
    elements: Box<dyn Elements>,
    affine: Affine,
    stretches: Stretches,
    /// The bits of the chosen values, NaN for bad ones.
    chosen: Vec<AtomicU32>,
    extremes: Mutex<Extremes>,
}

impl Survey {
    /// A survey of a map of which nothing has been read. Values will be `physical value * scale + offset`.
    pub fn new(source: &FullSky, scale: (f64, f64)) -> Survey {
        Survey::of(source, scale, Stretches::of(source.nside.npix()))
    }

    fn of(source: &FullSky, (scale, offset): (f64, f64), stretches: Stretches) -> Survey {
        let count = stretches.count(source.nside.npix());
        Survey {
            source: source.clone(),
            elements: elements(source),
            affine: source.affine(scale, offset),
            stretches,
            chosen: (0..count as usize)
                .into_par_iter()
                .map(|_| AtomicU32::new(f32::NAN.to_bits()))
                .collect(),
            extremes: Mutex::default(),
        }
    }

    /// Streams the map, for runs in which no reduction reads it anyway.
    ///
    /// # Errors
    /// What reading the file meets.
    pub fn read(&self, progress: Progress) -> Result<(), FitsError> {
        let npix = self.source.nside.npix();
        let step = BUFFER / self.elements.width() as u64;
        in_order(
            (0..npix).step_by(step as usize),
            || (self.source.column.reader(), Vec::new()),
            |(reader, bytes), first| {
                reader.read_raw(first..npix.min(first + step), bytes)?;
                self.add(first, bytes);
                progress(bytes.len() as u64);
                Ok(())
            },
        )?;
        Ok(())
    }

    /// Takes up the pixels from `first` on, packed in `bytes`.
    pub(super) fn add(&self, first: u64, bytes: &[u8]) {
        let found = self.elements.extremes(bytes, self.affine);
        self.extremes.lock().unwrap_or_else(PoisonError::into_inner).merge(&found);
        let slots = Slots { stretches: self.stretches, values: &self.chosen };
        self.elements.choose(first, bytes, self.affine, slots);
    }

    /// Values of equal weight that stand for all good ones, their ends exact.
    pub fn into_values(self) -> Vec<f32> {
        let bits = self.chosen.into_iter().map(|bits| f32::from_bits(bits.into_inner()));
        let mut values: Vec<f32> = bits.filter(|value| !value.is_nan()).collect();
        if !self.stretches.is_whole() {
            let extremes = self.extremes.into_inner().unwrap_or_else(PoisonError::into_inner);
            values.extend(extremes.values());
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::super::{reduce_and_survey, tests::source};
    use super::*;
    use crate::healpix::{Nside, Ordering};

    /// A map with pixels of all kinds.
    fn value(pixel: u64) -> f32 {
        match (pixel as u32).wrapping_mul(2_654_435_761) >> 8 {
            v if v % 13 == 0 => f32::NAN,
            v if v % 17 == 0 => crate::map::UNSEEN,
            v => v as f32 / 1e6 - 8.0,
        }
    }

    #[test]
    fn alone_or_along_with_a_reduction_it_finds_the_same() {
        let nside = Nside::new(64).unwrap();
        let values: Vec<f32> = (0..nside.npix()).map(value).collect();
        let good: Vec<f32> = values.iter().map(|v| 2.0 * v + 1.0).filter(|v| *v > -100.0).collect();
        let mut ends = Extremes::default();
        good.iter().for_each(|v| ends.add(*v));
        for ordering in [Ordering::Ring, Ordering::Nested] {
            let source = source(nside, ordering, &values);
            for (area, rest) in [(1, 0), (1 << 27, 3)] {
                let survey = || Survey::of(&source, (2.0, 1.0), Stretches::of(area));
                let alone = survey();
                alone.read(&|_| ()).unwrap();
                let along = survey();
                let target = Nside::new(8).unwrap();
                reduce_and_survey(&source, target, (2.0, 1.0), Some(&along), &|_| ()).unwrap();
                let (alone, along) = (alone.into_values(), along.into_values());
                assert_eq!(alone, along);
                if rest == 0 {
                    assert_eq!(alone, good);
                    continue;
                }
                let (chosen, last) = alone.split_at(alone.len() - rest);
                assert_eq!(last, ends.values().collect::<Vec<_>>());
                let share = chosen.len() as f64 / good.len() as f64;
                assert!((share * 16.0 - 1.0).abs() < 0.1, "{share}");
                assert!(chosen.iter().all(|v| good.contains(v)));
            }
        }
    }
}
