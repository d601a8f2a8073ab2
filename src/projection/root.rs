//! Roots of the monotonic functions that some projections define a parallel by.

/// Finds where a growing function is zero between `low` and `high`: Newton's method, with halving where it would leave the bracket or
/// creep. `function` returns the value and the slope.
pub fn root(low: f64, high: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut low, mut high) = (low, high);
    let mut at = (low + high) / 2.0;
    let mut last = high - low;
    for _ in 0..200 {
        let (value, slope) = function(at);
        if value > 0.0 {
            high = at;
        } else {
            low = at;
        }
        let newton = at - value / slope;
        let step = newton - at;
        let good = low <= newton && newton <= high && step.abs() <= last / 2.0;
        let next = if good { newton } else { (low + high) / 2.0 };
        last = (next - at).abs();
        at = next;
        if last <= 1e-16 * at.abs() || value == 0.0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_simple_and_flat_roots() {
        assert!((root(0.0, 2.0, |t| (t * t - 2.0, 2.0 * t)) - 2f64.sqrt()).abs() < 1e-15);
        let flat = root(0.0, 1.0, |t| ((t - 1.0).powi(3), 3.0 * (t - 1.0).powi(2)));
        assert!((flat - 1.0).abs() < 1e-5);
        assert_eq!(root(0.0, 1.0, |t| (t, 1.0)), 0.0);
    }
}
