//! Which columns are Stokes parameters, by their names.

/// Whether a column's name is that of Stokes U.
pub(super) fn is_u(name: &str) -> bool {
    is_stokes(name, 'U')
}

/// Whether a column's name is that of a Stokes parameter.
pub(super) fn is_stokes(name: &str, letter: char) -> bool {
    stokes_rank(name, letter).is_some()
}

/// How well a name says that a column is a Stokes parameter: best, with 0, the letter alone; then with STOKES or POLARISATION behind a
/// dash or the like, then with anything else there that is not how well it is known.
pub(super) fn stokes_rank(name: &str, letter: char) -> Option<u8> {
    /// How names begin of errors, covariances and weights.
    const OTHERS: [&str; 13] = [
        "ERR", "SIG", "NOISE", "COV", "VAR", "STD", "RMS", "UNC", "HIT", "OBS", "NOBS", "WEI",
        "MASK",
    ];
    let name = name.trim().to_ascii_uppercase();
    let rest = name.strip_prefix(letter.to_ascii_uppercase())?;
    if rest.is_empty() {
        return Some(0);
    }
    let rest = rest.strip_prefix(['_', '-', ' '])?;
    let begins = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    if begins(&["STOKES", "POL"]) {
        return Some(1);
    }
    (!begins(&OTHERS)).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stokes_parameters_are_told_by_their_letter() {
        for name in ["U", "u", "U_STOKES", "U-POLARISATION", " U_POL "] {
            assert!(is_u(name), "{name}");
        }
        for name in ["", "UNIQ", "Q", "UU", "U_ERR", "U_cov", "U_SIGMA", "U-variance", "U_NOISE"] {
            assert!(!is_u(name), "{name}");
        }
        assert!(is_stokes("Q_POLARISATION", 'Q'));
    }
}
