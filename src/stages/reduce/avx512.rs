//! Sums over both runs of several periods at once, in AVX-512 registers.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::periods::{Periods, Portable, SEVERAL, Several};

/// A processor with AVX-512 F, BW, DQ and VL.
#[derive(Clone, Copy)]
pub struct Avx512(());

impl Avx512 {
    /// A token that lets safe code use the instructions.
    ///
    /// # Safety
    /// The processor and the system support AVX-512 F, BW, DQ and VL.
    pub unsafe fn new() -> Avx512 {
        Avx512(())
    }
}

impl Periods for Avx512 {
    #[inline(always)]
    fn split<const F: usize>(self, values: &[[f64; F]; SEVERAL], upper_run: usize) -> [Several; 2] {
        if F < LANES {
            return Portable.split(values, upper_run);
        }
        // SAFETY: an `Avx512` exists only where the processor has the features.
        unsafe { split(values, upper_run) }
    }

    #[inline(always)]
    fn split_small<const F: usize>(
        self,
        periods: &[[i16; F]; SEVERAL],
        upper_run: usize,
    ) -> [[i32; SEVERAL]; 2] {
        if !matches!(F, 8 | 16 | 32 | 64) {
            return Portable.split_small(periods, upper_run);
        }
        // SAFETY: an `Avx512` exists only where the processor has the features.
        unsafe { split_small(periods, upper_run) }
    }

    #[inline(always)]
    fn totals<const F: usize>(self, rows: &[[f64; F]; SEVERAL]) -> Several {
        if F < LANES {
            return Portable.totals(rows);
        }
        // SAFETY: as above.
        unsafe { totals(rows) }
    }
}

/// Numbers in a register.
const LANES: usize = 8;

/// Both sums of every period; F is a multiple of `LANES`, at most `LANES` times `MOST`.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn split<const F: usize>(values: &[[f64; F]; SEVERAL], upper_run: usize) -> [Several; 2] {
    let runs: u64 = if upper_run < 64 { (1 << upper_run) - 1 } else { u64::MAX };
    [masked(values, runs), masked(values, !runs)]
}

/// The total of each row; F is a multiple of `LANES`, at most `LANES` times `MOST`.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn totals<const F: usize>(rows: &[[f64; F]; SEVERAL]) -> Several {
    masked(rows, u64::MAX)
}

/// The total of each row with zeros in place of the numbers whose bits are not set.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn masked<const F: usize>(rows: &[[f64; F]; SEVERAL], bits: u64) -> Several {
    const { assert!(F <= LANES * MOST, "numbers beyond the registers would be left out") };
    let mut sums = [_mm512_setzero_pd(); SEVERAL];
    for (sum, row) in sums.iter_mut().zip(rows) {
        let registers = row.as_chunks::<LANES>().0;
        let mut parts = [_mm512_setzero_pd(); MOST];
        for (i, (part, register)) in parts.iter_mut().zip(registers).enumerate() {
            // SAFETY: `register` points to LANES numbers.
            let loaded = unsafe { _mm512_loadu_pd(register.as_ptr()) };
            *part = _mm512_maskz_mov_pd((bits >> (i * LANES)) as u8, loaded);
        }
        // In halves, as `total` has it.
        let mut width = registers.len() / 2;
        while width > 0 {
            for i in 0..width {
                parts[i] = _mm512_add_pd(parts[i], parts[i + width]);
            }
            width /= 2;
        }
        *sum = parts[0];
    }
    lane_sums(&sums)
}

/// Registers of the longest period.
const MOST: usize = 8;

/// The sum over the lanes of each register, in halves as `total` has it. Three rounds of shuffles halve the lanes of two registers each
/// and put them side by side, so that no lane idles.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn lane_sums(registers: &[__m512d; SEVERAL]) -> Several {
    let [a, b, c, d, e, f, g, h] = *registers;
    // The last round interleaves its inputs, which therefore hold every other sum.
    let even = to_two(to_four(a, c), to_four(e, g));
    let odd = to_two(to_four(b, d), to_four(f, h));
    let sums = _mm512_add_pd(_mm512_unpacklo_pd(even, odd), _mm512_unpackhi_pd(even, odd));
    let mut out = [0.0; SEVERAL];
    // SAFETY: `out` has room for the eight numbers of a register.
    unsafe { _mm512_storeu_pd(out.as_mut_ptr(), sums) };
    out
}

/// Lanes 0 to 3 of either register, plus lanes 4 to 7.
#[inline]
#[target_feature(enable = "avx512f")]
fn to_four(a: __m512d, b: __m512d) -> __m512d {
    _mm512_add_pd(_mm512_shuffle_f64x2::<0x44>(a, b), _mm512_shuffle_f64x2::<0xee>(a, b))
}

/// Of each group of four lanes the first two, plus the last two.
#[inline]
#[target_feature(enable = "avx512f")]
fn to_two(a: __m512d, b: __m512d) -> __m512d {
    _mm512_add_pd(_mm512_shuffle_f64x2::<0x88>(a, b), _mm512_shuffle_f64x2::<0xdd>(a, b))
}

/// Small integers in a register.
const INTEGERS: usize = 32;

/// Both sums of every period of small integers; F is 8, 16, 32 or 64.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn split_small<const F: usize>(
    periods: &[[i16; F]; SEVERAL],
    upper_run: usize,
) -> [[i32; SEVERAL]; 2] {
    let weights = |upper| std::array::from_fn(|i| i16::from((i % F < upper_run) == upper));
    [weighted(periods, &weights(true)), weighted(periods, &weights(false))]
}

/// The sum over each period of its integers times the weights, which are those of two registers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn weighted<const F: usize>(
    periods: &[[i16; F]; SEVERAL],
    weights: &[i16; 2 * INTEGERS],
) -> [i32; SEVERAL] {
    let weights = weights.as_chunks::<INTEGERS>().0;
    let registers = periods.as_flattened().as_chunks::<INTEGERS>().0;
    // Each has sums of one period, of two (F = 16) or of four (F = 8), side by side.
    let count = registers.len().min(SEVERAL);
    let mut sums = [_mm512_setzero_si512(); SEVERAL];
    for (i, register) in registers.iter().enumerate() {
        // SAFETY: both point to INTEGERS integers.
        let (values, weights) = unsafe {
            (
                _mm512_loadu_si512(register.as_ptr().cast()),
                _mm512_loadu_si512(weights[i % 2].as_ptr().cast()),
            )
        };
        let sum = &mut sums[i * count / registers.len()];
        *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(values, weights));
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let [a, b, c, d] = if count == 8 {
        [to_octets(a, b), to_octets(c, d), to_octets(e, f), to_octets(g, h)]
    } else {
        [a, b, c, d]
    };
    let [a, b] = if count >= 4 { [to_quads(a, b), to_quads(c, d)] } else { [a, b] };
    let two_each = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    let one_each = _mm512_add_epi32(two_each, _mm512_shuffle_epi32::<0x4e>(two_each));
    // The first period of each group of four lanes is one of the first four periods, the second one of the last four.
    let places = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
    let sums = _mm512_castsi512_si256(_mm512_permutexvar_epi32(places, one_each));
    let mut out = [0; SEVERAL];
    // SAFETY: `out` has room for the eight numbers of half a register.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), sums) };
    out
}

/// Sixteen sums of one period in either register, to eight of each period.
#[inline]
#[target_feature(enable = "avx512f")]
fn to_octets(a: __m512i, b: __m512i) -> __m512i {
    _mm512_add_epi32(_mm512_shuffle_i32x4::<0x44>(a, b), _mm512_shuffle_i32x4::<0xee>(a, b))
}

/// Eight sums of two periods in either register, to four of each period.
#[inline]
#[target_feature(enable = "avx512f")]
fn to_quads(a: __m512i, b: __m512i) -> __m512i {
    _mm512_add_epi32(_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b))
}
