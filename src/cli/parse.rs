//! Small values inside arguments: pairs of numbers and lengths on paper.

use crate::spelling::cut;

/// Two finite numbers separated by a comma.
///
/// # Errors
/// A text that says what was expected.
pub fn pair(text: &str) -> Result<[f64; 2], String> {
    numbers(text)
        .map_err(|_| format!("expected two numbers separated by a comma, found '{}'", cut(text)))
}

/// As many finite numbers as asked for, separated by commas.
///
/// # Errors
/// A text that says what was expected.
pub fn numbers<const N: usize>(text: &str) -> Result<[f64; N], String> {
    let parsed: Option<Vec<f64>> = text
        .split(',')
        .map(|part| part.trim().parse().ok().filter(|v: &f64| v.is_finite()))
        .collect();
    parsed
        .and_then(|values| values.try_into().ok())
        .ok_or_else(|| format!("expected {N} numbers separated by commas, found '{}'", cut(text)))
}

/// One or more finite numbers separated by commas.
///
/// # Errors
/// A text that says what was expected.
pub fn list(text: &str) -> Result<Vec<f64>, String> {
    let number = |part: &str| part.trim().parse().ok().filter(|v: &f64| v.is_finite());
    text.split(',')
        .map(number)
        .collect::<Option<_>>()
        .ok_or_else(|| format!("expected numbers separated by commas, found '{}'", cut(text)))
}

/// A length on paper, in points: a number with cm, mm, in or pt; 1 cm to 2 m.
///
/// # Errors
/// A text that says what was expected.
pub fn length(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, f64); 4] =
        [("cm", 72.0 / 2.54), ("mm", 7.2 / 2.54), ("in", 72.0), ("pt", 1.0)];
    let lower = text.trim().to_ascii_lowercase();
    let points = UNITS.iter().find_map(|(unit, points)| {
        let number: f64 = lower.strip_suffix(unit)?.trim().parse().ok()?;
        Some(number * points)
    });
    match points {
        Some(points) if (28.0..=5670.0).contains(&points) => Ok(points),
        Some(_) => Err(format!("expected 1cm to 200cm, found '{}'", cut(text))),
        None => {
            let found = cut(text);
            Err(format!("expected a length such as 8.8cm, 180mm, 7in or 500pt, found '{found}'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        assert_eq!(pair("-90, 30.5"), Ok([-90.0, 30.5]));
        for bad in ["", "1", "1,2,3", "a,b", "nan,1", "inf,0"] {
            assert!(pair(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn several_numbers() {
        assert_eq!(numbers("-10,1e1, 0,.5"), Ok([-10.0, 10.0, 0.0, 0.5]));
        assert!(numbers::<4>("1,2,3").unwrap_err().contains("4 numbers"));
        assert!(numbers::<4>("1,2,3,4,5").is_err());
    }

    #[test]
    fn lists() {
        assert_eq!(list("-1, 2,3e-4"), Ok(vec![-1.0, 2.0, 3e-4]));
        for bad in ["", "1,", "1;2", "nan"] {
            assert!(list(bad).unwrap_err().contains("numbers"), "{bad}");
        }
    }

    #[test]
    fn lengths() {
        assert_eq!(length("1in"), Ok(72.0));
        assert!((length("2.54 cm").unwrap() - 72.0).abs() < 1e-12);
        assert!((length("254MM").unwrap() - 720.0).abs() < 1e-9);
        for bad in ["12", "cm", "-3cm", "1e9pt", "nancm", "3 furlongs"] {
            assert!(length(bad).is_err(), "{bad}");
        }
    }
}
