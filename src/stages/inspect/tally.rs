//! What is counted of one column while its bytes stream by.

use std::sync::Arc;

use crate::fits::Column;
use crate::map::{BadValues, FixedBad, RawBad, RawSample, with_fixed_bad};
use crate::scale::key::Keyed;
use crate::scale::quantile::{Bins, Sketch};

/// Elements without data, by the reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct BadCounts {
    /// Not a number.
    pub nan: u64,
    /// Infinite, of either sign.
    pub inf: u64,
    /// HEALPix's UNSEEN, within its tolerance.
    pub unseen: u64,
    /// Undefined by TNULL, BLANK or, for logical values, by neither T nor F.
    pub null: u64,
    /// The header's BAD_DATA, or SENTINEL in HealSparse maps, where that is another value than UNSEEN.
    pub bad_data: u64,
}

impl BadCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.nan + self.inf + self.unseen + self.null + self.bad_data
    }

    fn merge(&mut self, other: &BadCounts) {
        self.nan += other.nan;
        self.inf += other.inf;
        self.unseen += other.unseen;
        self.null += other.null;
        self.bad_data += other.bad_data;
    }
}

/// Counts of the elements of one column: the good ones by their keys, the bad ones by the reason.
pub struct Tally {
    /// Raw elements, unscaled.
    pub good: Sketch,
    /// The others.
    pub bad: BadCounts,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(layout: &Arc<Bins>) -> Tally {
        Tally { good: Sketch::new(layout.clone()), bad: BadCounts::default() }
    }

    /// Adds the counts of another part of the column.
    pub fn merge(&mut self, other: &Tally) {
        self.good.merge(&other.good);
        self.bad.merge(&other.bad);
    }
}

/// The bad-value rule of one column, with what tells the reasons apart.
pub struct Rule<E> {
    raw: RawBad<E>,
    null: Option<E>,
    scaling: (f64, f64),
}

impl<E: RawSample + Keyed> Rule<E> {
    /// The rule for a column, where the header's BAD_DATA is in `bad`.
    pub fn new(column: &Column, bad: &BadValues) -> Rule<E> {
        let (scaling, tnull) = (column.scaling(), column.tnull());
        Rule { raw: RawBad::new(bad, scaling, tnull), null: tnull.and_then(E::from_tnull), scaling }
    }

    /// Counts packed elements. Returns the sum of the good ones; the order of additions depends on positions alone.
    pub fn count(&self, bytes: &[u8], tally: &mut Tally) -> f64 {
        with_fixed_bad!(self.raw, fixed => {
            let blocks = bytes.chunks(BLOCK * E::WIDTH);
            blocks.map(|block| self.count_block(block, fixed, tally)).sum()
        })
    }

    #[inline(always)]
    fn count_block<const N: usize>(
        &self,
        block: &[u8],
        fixed: &FixedBad<E, N>,
        tally: &mut Tally,
    ) -> f64 {
        let (sum, good) = sum_good(block, fixed);
        if good as usize * E::WIDTH == block.len() {
            E::elements(block).for_each(|element| tally.good.add(element.key()));
            return sum;
        }
        for element in E::elements(block) {
            if fixed.is_good(element) {
                tally.good.add(element.key());
            } else {
                *self.reason(element, &mut tally.bad) += 1;
            }
        }
        sum
    }

    /// The counter for a bad element.
    fn reason<'a>(&self, element: E, counts: &'a mut BadCounts) -> &'a mut u64 {
        let value = element.to_f64() * self.scaling.0 + self.scaling.1;
        if self.null == Some(element) {
            &mut counts.null
        } else if value.is_nan() {
            &mut counts.nan
        } else if value.is_infinite() {
            &mut counts.inf
        } else if BadValues::default().is_bad(value) {
            &mut counts.unseen
        } else {
            &mut counts.bad_data
        }
    }

    /// Counts the good ones among packed elements in sketches that each look at a range of keys only.
    pub fn zoom(&self, bytes: &[u8], zooms: &mut [Sketch]) {
        with_fixed_bad!(self.raw, fixed => {
            for element in E::elements(bytes).filter(|element| fixed.is_good(*element)) {
                zooms.iter_mut().for_each(|zoom| zoom.add_inside(element.key()));
            }
        });
    }

    /// Appends the keys of the good ones among packed elements.
    pub fn keys(&self, bytes: &[u8], keys: &mut Vec<u64>) {
        let good = E::elements(bytes).filter(|element| self.raw.is_good(*element));
        keys.extend(good.map(Keyed::key));
    }
}

/// Elements that are summed, then counted: few enough to stay in the processor's nearest cache.
const BLOCK: usize = 1024;

/// Partial sums that run side by side, so that the processor can add several elements at once.
const LANES: usize = 8;

/// Sum and number of the good ones among packed elements, at most [`BLOCK`] of them.
#[inline(always)]
fn sum_good<E: RawSample, const N: usize>(bytes: &[u8], fixed: &FixedBad<E, N>) -> (f64, u32) {
    let mut totals = [0f64; LANES];
    let mut counts = [0u32; LANES];
    for lanes in bytes.chunks(LANES * E::WIDTH) {
        let sums = totals.iter_mut().zip(&mut counts);
        for ((total, count), element) in sums.zip(E::elements(lanes)) {
            let good = fixed.is_good(element);
            *total += if good { element.to_f64() } else { 0.0 };
            *count += u32::from(good);
        }
    }
    (totals.iter().sum(), counts.iter().sum())
}
