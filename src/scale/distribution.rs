//! How values are distributed between two limits: the curve behind histogram equalisation.

use rayon::prelude::*;

use super::interpolate;

/// The part of some data that lies below each value, as straight lines between knots. It increases
/// strictly from 0 at the lower limit to 1 at the upper one, so that it has an inverse.
#[derive(Clone, PartialEq, Debug)]
pub struct Distribution {
    /// Ascending values and the parts below them, at least two of each.
    values: Vec<f64>,
    parts: Vec<f64>,
}

/// Knots between the limits at most: their distance is well below one step of any colour table.
const KNOTS: usize = 4096;

impl Distribution {
    /// The distribution of the values between two limits, `min < max`; those outside are left out.
    ///
    /// Where many values are equal, half of them count as below their value.
    pub fn new(mut values: Vec<f32>, min: f64, max: f64) -> Distribution {
        values.retain(|&v| (min..=max).contains(&f64::from(v)));
        values.par_sort_unstable_by(f32::total_cmp);
        let total = values.len() as f64;
        let stride = values.len().div_ceil(KNOTS).max(1);
        let mut this = Distribution { values: vec![min], parts: vec![0.0] };
        let (mut start, mut next) = (0, 0);
        while let Some(&value) = values.get(next) {
            start += values.get(start..).map_or(0, |rest| rest.partition_point(|&v| v < value));
            let end =
                start + values.get(start..).map_or(0, |rest| rest.partition_point(|&v| v <= value));
            this.push(value.into(), 0.5 * (start + end) as f64 / total);
            next = end.max(next + stride);
        }
        this.push(max, 1.0);
        this
    }

    /// Adds a knot if it lies beyond the last in both directions, and gives way to the limits.
    fn push(&mut self, value: f64, part: f64) {
        let after = |last: Option<&f64>, new: f64| last.is_none_or(|last| *last < new);
        if part == 1.0 {
            while self.values.len() > 1 && !after(self.values.last(), value) {
                self.values.pop();
                self.parts.pop();
            }
        } else if !after(self.values.last(), value) || !after(self.parts.last(), part) {
            return;
        }
        self.values.push(value);
        self.parts.push(part);
    }

    /// The part of the data below a value, 0 to 1 between the limits; beyond them the outermost line
    /// goes on.
    pub fn part_below(&self, value: f64) -> f64 {
        along(&self.values, &self.parts, value)
    }

    /// Whether the data tell what part lies below a value: amid a large share of equal values, or of none, it is interpolated.
    pub fn resolves(&self, value: f64) -> bool {
        const NEAR: f64 = 0.02;
        let part = self.part_below(value);
        let above = self.parts.partition_point(|&knot| knot < part);
        let around = self.parts.get(above.saturating_sub(1)..).unwrap_or_default();
        around.iter().take(2).any(|knot| (knot - part).abs() <= NEAR)
    }

    /// The value below which a part of the data lies: the inverse of [`Distribution::part_below`].
    pub fn value_at(&self, part: f64) -> f64 {
        along(&self.parts, &self.values, part)
    }
}

/// The line through the knots `(from, to)` around `x`, at `x`.
fn along(from: &[f64], to: &[f64], x: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    let last = from.len().saturating_sub(1);
    let above = from.partition_point(|&knot| knot <= x).clamp(1, last.max(1));
    let pair = |knots: &[f64]| Some((*knots.get(above - 1)?, *knots.get(above)?));
    let (Some((x0, x1)), Some((y0, y1))) = (pair(from), pair(to)) else { return f64::NAN };
    // Half of each where the whole difference is beyond the largest double.
    let part = |a: f64, b: f64, x: f64| match b - a {
        span if span.is_finite() => (x - a) / span,
        _ => (0.5 * x - 0.5 * a) / (0.5 * b - 0.5 * a),
    };
    let t = part(x0, x1, x);
    match y1 - y0 {
        span if span.is_finite() => interpolate(y0, y1, t),
        _ => 2.0 * interpolate(0.5 * y0, 0.5 * y1, t),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_those_of_the_data() {
        let distribution = Distribution::new((0..=1000).map(|i| i as f32).collect(), 0.0, 1000.0);
        for v in [0.0, 1.0, 250.0, 500.25, 1000.0] {
            assert!((distribution.part_below(v) - v / 1000.0).abs() < 1e-3, "{v}");
        }
        assert_eq!((distribution.value_at(0.0), distribution.value_at(1.0)), (0.0, 1000.0));
    }

    #[test]
    fn equal_values_take_their_share() {
        let mut hits = vec![0.0; 700];
        hits.extend(vec![5.0; 200]);
        hits.extend(vec![9.0; 100]);
        let distribution = Distribution::new(hits, 0.0, 9.0);
        assert_eq!(distribution.part_below(0.0), 0.0);
        assert!((distribution.part_below(5.0) - 0.8).abs() < 1e-12);
        assert_eq!(distribution.part_below(9.0), 1.0);
        assert!(distribution.part_below(10.0) > 1.0 && distribution.part_below(-1.0) < 0.0);
    }

    /// The numbers are those of `healpy.projaxes.HistEqNorm` (healpy 1.20) for the same data. It counts in 5000 bins at most (1000
    /// here) and takes all of a bin as lying below its middle, which accounts for the difference near the crowded lower end.
    #[test]
    fn parts_are_those_of_healpy() {
        let cube = |i: u32| (f64::from(i * 7919 % 20011) / 20010.0).powi(3);
        let data: Vec<f32> = (0..20011).map(|i| (8.0 * cube(i) - 1.0) as f32).collect();
        let healpy = [
            (-0.5, 0.39793),
            (0.0, 0.50065),
            (1.0, 0.63038),
            (3.0, 0.79394),
            (5.0, 0.90875),
            (6.5, 0.97886),
        ];
        let all = Distribution::new(data.clone(), -1.0, 7.0);
        for (value, part) in healpy {
            let exact = ((value + 1.0) / 8.0f64).cbrt();
            let found = all.part_below(value);
            assert!(
                (found - exact).abs() < 2e-4 && (found - part).abs() < 1.5e-3,
                "{value} {found}"
            );
        }
        let healpy = [(0.5, 0.2046), (1.0, 0.36669), (2.0, 0.62338), (3.5, 0.91716)];
        let between = Distribution::new(data, 0.0, 4.0);
        for (value, part) in healpy {
            assert!((between.part_below(value) - part).abs() < 1.5e-3, "{value}");
        }
    }

    #[test]
    fn shares_of_equal_values_resolve_nothing() {
        let mut hits = vec![0.0; 700];
        hits.extend((1..=300).map(|hits| hits as f32));
        let distribution = Distribution::new(hits, 0.0, 300.0);
        for (value, resolved) in
            [(0.0, true), (1.0, true), (55.5, true), (300.0, true), (0.1, false), (0.9, false)]
        {
            assert_eq!(distribution.resolves(value), resolved, "{value}");
        }
    }

    #[test]
    fn without_data_it_is_a_straight_line() {
        for values in [vec![], vec![f32::NAN, 7.0]] {
            let distribution = Distribution::new(values, 1.0, 3.0);
            assert_eq!(distribution.part_below(2.0), 0.5);
            assert_eq!(distribution.value_at(0.5), 2.0);
        }
        let wide = Distribution::new(vec![], -f64::MAX, f64::MAX);
        assert_eq!((wide.part_below(0.0), wide.value_at(0.5)), (0.5, 0.0));
    }

    proptest! {
        #[test]
        fn there_and_back(
            values in prop::collection::vec(-1e6f32..1e6, 0..200),
            copies in 1usize..60,
            t in 0.0..=1.0f64,
        ) {
            let values = values.repeat(copies);
            let distribution = Distribution::new(values, -1e6, 1e6);
            let v = distribution.value_at(t);
            prop_assert!((distribution.part_below(v) - t).abs() < 1e-9);
            prop_assert!(distribution.values.is_sorted_by(|a, b| a < b));
            prop_assert!(distribution.parts.is_sorted_by(|a, b| a < b));
        }
    }
}
