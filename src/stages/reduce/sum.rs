//! Sums of good elements over contiguous big-endian bytes.

use super::periods::{Periods, SEVERAL};
use super::simd::Kernel;
use crate::map::{Affine, FixedBad, RawSample};

/// A sum over the good ones among some elements, and how many they were.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Sum {
    /// Sum of the good elements.
    pub total: f64,
    /// Number of the good elements.
    pub good: u32,
}

impl Sum {
    /// The mean of the good elements; NaN where there are none.
    #[inline(always)]
    pub fn mean(self) -> f64 {
        self.total / f64::from(self.good)
    }
}

/// The sums of consecutive pixels, kept apart so that vector instructions can add to several at once.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sums {
    /// Sums of the good elements.
    pub totals: Vec<f64>,
    /// Numbers of the good elements.
    pub good: Vec<u32>,
}

impl Sums {
    /// Begins with sums of nothing for so many pixels.
    pub fn begin(&mut self, len: usize) {
        self.totals.clear();
        self.totals.resize(len, 0.0);
        self.good.clear();
        self.good.resize(len, 0);
    }

    /// Number of pixels.
    pub fn len(&self) -> usize {
        self.totals.len()
    }

    /// Puts the values of the means where they belong; NaN where there was nothing good.
    pub fn put_means(&self, affine: Affine, out: &mut [f32]) {
        let sums = self.totals.iter().zip(&self.good);
        for ((&total, &good), out) in sums.zip(out) {
            *out = affine.apply(Sum { total, good }.mean());
        }
    }

    /// Adds to the sum of one pixel.
    #[inline(always)]
    pub fn add(&mut self, pixel: usize, sum: Sum) {
        self.totals[pixel] += sum.total;
        self.good[pixel] += sum.good;
    }

    /// Adds the sums of other elements of the same pixels, as far as there are some.
    pub fn add_all(&mut self, other: &Sums) {
        self.totals.iter_mut().zip(&other.totals).for_each(|(a, b)| *a += b);
        self.good.iter_mut().zip(&other.good).for_each(|(a, b)| *a += b);
    }
}

impl std::ops::AddAssign for Sum {
    #[inline(always)]
    fn add_assign(&mut self, other: Sum) {
        self.total += other.total;
        self.good += other.good;
    }
}

/// Partial sums that run side by side.
const LANES: usize = 16;

/// Adds up lanes, a power of two of them, in halves: a fixed order that vector registers can follow.
#[inline(always)]
pub fn total<const L: usize>(mut lanes: [f64; L]) -> f64 {
    let mut width = L / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// The value of an element, 0 for a bad one, and whether it is good.
#[inline(always)]
pub fn decode<E: RawSample, const N: usize>(bytes: &[u8], bad: &FixedBad<E, N>) -> (f64, bool) {
    let element = E::from_be(bytes);
    let good = bad.is_good(element);
    (if good { element.to_f64() } else { 0.0 }, good)
}

/// Sums the good ones of packed big-endian elements, a multiple of `LANES` of them, in lanes that run side by side; and their number.
#[inline(always)]
fn lanes_of<E: RawSample, const N: usize>(
    bytes: &[u8],
    bad: &FixedBad<E, N>,
) -> ([f64; LANES], u32) {
    let mut totals = [0f64; LANES];
    let mut counts = [0u32; LANES];
    for row in bytes.chunks_exact(LANES * E::WIDTH) {
        for i in 0..LANES {
            let (value, good) = decode(&row[i * E::WIDTH..(i + 1) * E::WIDTH], bad);
            totals[i] += value;
            counts[i] += u32::from(good);
        }
    }
    (totals, counts.iter().sum())
}

/// Sums the good elements of packed big-endian bytes.
#[inline(always)]
pub fn sum_good<E: RawSample, const N: usize>(bytes: &[u8], bad: &FixedBad<E, N>) -> Sum {
    let (rows, rest) = bytes.split_at(bytes.len() - bytes.len() % (LANES * E::WIDTH));
    let (mut totals, mut good) = lanes_of(rows, bad);
    for (total, bytes) in totals.iter_mut().zip(rest.chunks_exact(E::WIDTH)) {
        let (value, is_good) = decode(bytes, bad);
        *total += value;
        good += u32::from(is_good);
    }
    Sum { total: total(totals), good }
}

/// Averages consecutive blocks of `children` elements each.
pub struct BlockMeans<'a, E, const N: usize> {
    /// Packed elements, `children` for each of `out`.
    pub bytes: &'a [u8],
    /// Elements in a block.
    pub children: usize,
    /// Which elements are bad.
    pub bad: &'a FixedBad<E, N>,
    /// From a mean of raw elements to the value that is kept.
    pub affine: Affine,
    /// The values, one for each block.
    pub out: &'a mut [f32],
}

impl<E: RawSample, const N: usize> BlockMeans<'_, E, N> {
    /// Elements on their own.
    #[inline(always)]
    fn single(self) {
        for (out, bytes) in self.out.iter_mut().zip(self.bytes.chunks_exact(E::WIDTH)) {
            let (value, good) = decode(bytes, self.bad);
            *out = self.affine.apply(if good { value } else { f64::NAN });
        }
    }

    /// Blocks of a size that is known when compiling: short enough to be unrolled.
    #[inline(always)]
    fn short<const CHILDREN: usize>(self) {
        let blocks = self.bytes.chunks_exact(CHILDREN * E::WIDTH);
        for (out, block) in self.out.iter_mut().zip(blocks) {
            let mut sum = Sum::default();
            for i in 0..CHILDREN {
                let (value, good) = decode(&block[i * E::WIDTH..(i + 1) * E::WIDTH], self.bad);
                sum += Sum { total: value, good: u32::from(good) };
            }
            *out = self.affine.apply(sum.mean());
        }
    }

    /// Longer blocks, of a multiple of `LANES` elements: several at once, whose lanes are then added up side by side.
    #[inline(always)]
    fn long<P: Periods>(self, periods: P) {
        let BlockMeans { bytes, children, bad, affine, out } = self;
        let nearest = bad.nearest();
        let mut means = out.chunks_exact_mut(SEVERAL);
        let mut groups = bytes.chunks_exact(SEVERAL * children * E::WIDTH);
        for (means, group) in means.by_ref().zip(groups.by_ref()) {
            let mut lanes = [[0f64; LANES]; SEVERAL];
            let mut good = [children as u32; SEVERAL];
            // Most data hold nothing that could be bad, which the largest elements tell.
            let mut largest = [E::Size::default(); LANES];
            let blocks = || group.chunks_exact(children * E::WIDTH);
            for (lanes, block) in lanes.iter_mut().zip(blocks()) {
                // Kept apart, so that they stay in registers.
                let mut most = [E::Size::default(); LANES];
                for rows in block.chunks(E::MOST.saturating_mul(LANES * E::WIDTH)) {
                    let mut sums = [E::Partial::default(); LANES];
                    for row in rows.chunks_exact(LANES * E::WIDTH) {
                        for i in 0..LANES {
                            let element = E::from_be(&row[i * E::WIDTH..(i + 1) * E::WIDTH]);
                            most[i] = most[i].max(element.size());
                            sums[i] += element.partial();
                        }
                    }
                    lanes.iter_mut().zip(sums).for_each(|(lane, sum)| *lane += sum.into());
                }
                largest.iter_mut().zip(most).for_each(|(a, b)| *a = (*a).max(b));
            }
            if !nearest
                .is_none_or(|bad| largest.iter().fold(true, |good, size| good & (*size < bad)))
            {
                for ((lanes, good), block) in lanes.iter_mut().zip(&mut good).zip(blocks()) {
                    (*lanes, *good) = lanes_of(block, bad);
                }
            }
            let totals = periods.totals(&lanes);
            for ((mean, total), good) in means.iter_mut().zip(totals).zip(good) {
                *mean = affine.apply(Sum { total, good }.mean());
            }
        }
        let blocks = groups.remainder().chunks_exact(children * E::WIDTH);
        for (mean, block) in means.into_remainder().iter_mut().zip(blocks) {
            *mean = affine.apply(sum_good(block, bad).mean());
        }
    }
}

impl<E: RawSample, const N: usize> Kernel for BlockMeans<'_, E, N> {
    type Output = ();

    #[inline(always)]
    fn run<P: Periods>(self, periods: P) {
        match self.children {
            1 => self.single(),
            4 => self.short::<4>(),
            children if children.is_multiple_of(LANES) => self.long(periods),
            _ => {
                let blocks = self.bytes.chunks_exact(self.children * E::WIDTH);
                for (out, block) in self.out.iter_mut().zip(blocks) {
                    *out = self.affine.apply(sum_good(block, self.bad).mean());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::all_versions;
    use super::*;
    use crate::map::{BadValues, RawBad};

    #[test]
    fn bad_values_never_enter_a_sum() {
        let values =
            [1.0f32, f32::NAN, 2.0, -1.6375e30, f32::INFINITY, 4.0, 0.0, 8.0, 16.0, f32::NAN, 32.0];
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
        let bad = unseen();
        assert_eq!(sum_good(&bytes, &bad), Sum { total: 63.0, good: 7 });
        assert_eq!(sum_good(&[], &bad), Sum::default());
    }

    #[test]
    fn all_instruction_sets_give_the_same_means() {
        let values: Vec<f32> = (0..4096u32)
            .map(|i| i.wrapping_mul(2_654_435_761))
            .map(|h| if h % 97 == 0 { f32::NAN } else { f32::from_bits(h >> 3 & 0x1fff_ffff) })
            .collect();
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
        let bad = unseen();
        for children in [1, 4, 16, 64, 256] {
            let versions = all_versions(|| Means { bytes: &bytes, children, bad: &bad });
            assert!(versions.windows(2).all(|pair| pair[0] == pair[1]), "{children} children");
        }
    }

    fn unseen() -> FixedBad<f32, 1> {
        let bad = RawBad::<f32>::new(&BadValues::default(), (1.0, 0.0), None);
        FixedBad([bad.intervals()[0]])
    }

    /// `BlockMeans` that returns the bits of its values.
    struct Means<'a> {
        bytes: &'a [u8],
        children: usize,
        bad: &'a FixedBad<f32, 1>,
    }

    impl Kernel for Means<'_> {
        type Output = Vec<u32>;

        #[inline(always)]
        fn run<P: Periods>(self, periods: P) -> Vec<u32> {
            let mut out = vec![0f32; self.bytes.len() / 4 / self.children];
            let Means { bytes, children, bad } = self;
            BlockMeans { bytes, children, bad, affine: Affine::default(), out: &mut out }
                .run(periods);
            out.into_iter().map(f32::to_bits).collect()
        }
    }
}
