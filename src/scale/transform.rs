//! The functions behind the scales, and their inverses, written so that no magnitude overflows or
//! cancels.

use std::f64::consts::{LN_2, LN_10};

/// Slope of symlog's linear part: `linscale / (1 - 1/base)` for base 10 and linscale 1.
const SYMLOG_SLOPE: f64 = 1.0 / (1.0 - 0.1);

/// Below this, the square of `v / linthresh` stays finite.
const LARGEST_RATIO: f64 = 1e150;

/// Largest argument that leaves `exp` and `sinh` well inside the range of doubles.
const LARGEST_EXPONENT: f64 = 600.0;

/// log10(v); NaN at and below 0.
pub(super) fn log(v: f64) -> f64 {
    if v > 0.0 { v.log10() } else { f64::NAN }
}

/// 10^u.
pub(super) fn unlog(u: f64) -> f64 {
    10f64.powf(u)
}

/// v/l * 10/9 up to |v| = l, beyond it sign(v) (10/9 + log10(|v|/l)).
pub(super) fn symlog(v: f64, linthresh: f64) -> f64 {
    if v.abs() <= linthresh {
        return v / linthresh * SYMLOG_SLOPE;
    }
    let ratio = v.abs() / linthresh;
    let decades =
        if ratio < LARGEST_RATIO { ratio.log10() } else { v.abs().log10() - linthresh.log10() };
    (SYMLOG_SLOPE + decades).copysign(v)
}

/// The inverse of [`symlog`].
pub(super) fn unsymlog(u: f64, linthresh: f64) -> f64 {
    if u.abs() <= SYMLOG_SLOPE {
        return u / SYMLOG_SLOPE * linthresh;
    }
    let decades = u.abs() - SYMLOG_SLOPE;
    let size = if decades < LARGEST_EXPONENT / LN_10 {
        10f64.powf(decades) * linthresh
    } else {
        10f64.powf(decades + linthresh.log10())
    };
    size.copysign(u)
}

/// asinh(v/l).
pub(super) fn asinh(v: f64, linthresh: f64) -> f64 {
    let x = v.abs() / linthresh;
    let size = if x < LARGEST_RATIO {
        // ln(x + sqrt(1 + x^2)) without the loss of small x beside 1.
        (x + x * x / (1.0 + (1.0 + x * x).sqrt())).ln_1p()
    } else {
        // asinh(x) = ln(2x) for large x.
        LN_2 + v.abs().ln() - linthresh.ln()
    };
    size.copysign(v)
}

/// The inverse of [`asinh`].
pub(super) fn unasinh(u: f64, linthresh: f64) -> f64 {
    if u.abs() < LARGEST_EXPONENT {
        u.sinh() * linthresh
    } else {
        (u.abs() - LN_2 + linthresh.ln()).exp().copysign(u)
    }
}

/// log10(0.5 (x + sqrt(4 + x^2))) with x = v/l, by the identity ln(y + sqrt(1 + y^2)) = asinh(y)
/// for y = x/2: the sum itself cancels for large negative x.
pub(super) fn planck_log(v: f64, linthresh: f64) -> f64 {
    asinh(0.5 * v, linthresh) / LN_10
}

/// The inverse of [`planck_log`].
pub(super) fn unplanck_log(u: f64, linthresh: f64) -> f64 {
    2.0 * unasinh(u * LN_10, linthresh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn asinh_is_accurate_at_every_magnitude(exponent in -308.0..300.0f64, negative: bool) {
            let x = 10f64.powf(exponent) * if negative { -1.0 } else { 1.0 };
            prop_assert!((asinh(x, 1.0) / x.asinh() - 1.0).abs() < 1e-15);
            prop_assert!((unasinh(asinh(x, 1.0), 1.0) / x - 1.0).abs() < 1e-12);
            prop_assert!((unsymlog(symlog(x, 1e-3), 1e-3) / x - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn symlog_joins_its_two_parts() {
        let (inside, outside) = (symlog(2.0, 2.0), symlog(2f64.next_up(), 2.0));
        assert!(inside <= outside && outside - inside < 1e-15);
        assert_eq!(symlog(-200.0, 2.0), -(SYMLOG_SLOPE + 2.0));
    }
}
