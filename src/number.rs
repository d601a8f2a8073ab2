//! Real numbers as people like to read them.

/// A number with so many significant digits: plain where it is easy to read, in powers of ten where it is not. Zeros at the end
/// of decimals are left out.
pub fn real(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.abs().to_string().replace("inf", if value < 0.0 { "-inf" } else { "inf" });
    }
    let scientific = format!("{value:.*e}", digits.max(1) - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-3..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        return without_zeros(&format!("{value:.decimals$}")).to_string();
    }
    format!("{}e{exponent}", without_zeros(mantissa))
}

fn without_zeros(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-0.188_44, "-0.1884"),
            (30_343.21, "30343"),
            (999_999.9, "1e6"),
            (-4.1321e-4, "-4.132e-4"),
            (2.954e-78, "2.954e-78"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(real(value, 4), text);
        }
        assert_eq!(real(2.725_482_1, 7), "2.725482");
    }
}
