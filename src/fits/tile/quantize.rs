//! Real numbers from the integers that they were quantised to, and the dither that this was done
//! with (FITS 4.0, section 10.2 and appendix I).

use std::sync::LazyLock;

/// How real numbers were rounded to integers (ZQUANTIZ).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dither {
    /// To the nearest: NO_DITHER.
    None,
    /// After a random number had been added: SUBTRACTIVE_DITHER_1.
    Subtractive,
    /// As the former, but with a reserved integer for 0.0: SUBTRACTIVE_DITHER_2.
    SubtractiveWithZeros,
}

/// The integer that stands for 0.0 in SUBTRACTIVE_DITHER_2.
const ZERO: i32 = -2_147_483_646;

/// Length of the random sequence.
const RANDOM_COUNT: usize = 10_000;

/// The random sequence of the standard: Park & Miller (1988) from the seed 1.
static RANDOM: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let mut seed = 1u64;
    let next = |_| {
        seed = seed * 16_807 % 2_147_483_647;
        (seed as f64 / 2_147_483_647.0) as f32
    };
    (0..RANDOM_COUNT).map(next).collect()
});

/// How to undo the quantisation of a tile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantization {
    /// The dither.
    pub dither: Dither,
    /// Where in the random sequence the tile starts: its number, counted from 0, plus ZDITHER0
    /// less 1, modulo 10 000.
    pub seed: usize,
    /// Factor (ZSCALE).
    pub scale: f64,
    /// Offset (ZZERO).
    pub zero: f64,
    /// The integer that stands for NaN (ZBLANK).
    pub blank: Option<i32>,
}

impl Quantization {
    /// Passes the real numbers that `integers` stand for to `put`, in order.
    pub fn restore(&self, integers: &[i32], mut put: impl FnMut(f64)) {
        let mut dither = DitherSequence::new(self.seed);
        for integer in integers {
            let offset = match self.dither {
                Dither::None => 0.0,
                _ => 0.5 - f64::from(dither.next()),
            };
            put(if Some(*integer) == self.blank {
                f64::NAN
            } else if self.dither == Dither::SubtractiveWithZeros && *integer == ZERO {
                0.0
            } else {
                (f64::from(*integer) + offset) * self.scale + self.zero
            });
        }
    }
}

/// The random numbers of a tile: the sequence from a place that is itself random, over and over.
struct DitherSequence {
    seed: usize,
    at: usize,
}

impl DitherSequence {
    fn new(seed: usize) -> DitherSequence {
        let seed = seed % RANDOM_COUNT;
        DitherSequence { seed, at: start(seed) }
    }

    fn next(&mut self) -> f32 {
        let value = random(self.at);
        self.at += 1;
        if self.at == RANDOM_COUNT {
            self.seed = (self.seed + 1) % RANDOM_COUNT;
            self.at = start(self.seed);
        }
        value
    }
}

fn random(at: usize) -> f32 {
    RANDOM.get(at).copied().unwrap_or(0.0)
}

fn start(seed: usize) -> usize {
    (random(seed) * 500.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_ends_as_the_standard_says() {
        let mut seed = 1u64;
        (0..10_000).for_each(|_| seed = seed * 16_807 % 2_147_483_647);
        assert_eq!(seed, 1_043_618_065);
        assert_eq!(RANDOM.len(), 10_000);
        assert_eq!(random(9_999), (1_043_618_065.0 / 2_147_483_647.0) as f32);
    }

    #[test]
    fn reserved_integers() {
        let mut quantization =
            Quantization { dither: Dither::None, seed: 0, scale: 0.5, zero: 1.0, blank: Some(-9) };
        let restore = |quantization: &Quantization| {
            let mut values = Vec::new();
            quantization.restore(&[2, -9, ZERO], |value| values.push(value));
            values
        };
        let values = restore(&quantization);
        assert!(values[0] == 2.0 && values[1].is_nan() && values[2] < -1e9);
        quantization.dither = Dither::SubtractiveWithZeros;
        let values = restore(&quantization);
        assert!((values[0] - 2.0).abs() <= 0.25 && values[0] != 2.0);
        assert!(values[1].is_nan() && values[2] == 0.0);
        quantization.dither = Dither::Subtractive;
        assert!(restore(&quantization)[2] < -1e9);
    }

    #[test]
    fn the_sequence_starts_anew_with_the_next_seed() {
        let mut sequence = DitherSequence::new(9_999 + 10_000);
        let first = sequence.at;
        (first..RANDOM_COUNT).for_each(|_| {
            sequence.next();
        });
        assert_eq!((sequence.seed, sequence.at), (0, start(0)));
    }
}
