//! Scales: the monotonic functions between data values and the 0..1 of a colour table, and the
//! limits they need.

mod limits;
pub mod quantile;
mod transform;

pub use limits::{Limits, auto_limits, min_max, min_positive, percentiles};

use std::fmt;
use transform as tf;

/// How values are spread over the colour table between two limits.
///
/// Each scale is a strictly increasing function g, which takes a value v to
/// t = (g(v) - g(min)) / (g(max) - g(min)), except for [`Scale::Sqrt`] and [`Scale::Power`], which
/// act on the linear t. `linthresh` is in the units of the data.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scale {
    /// g(v) = v.
    Linear,
    /// g(v) = log10(v). Undefined (NaN) at and below zero.
    Log,
    /// matplotlib's `SymLogNorm` with base 10 and linscale 1: with x = v / linthresh, g = x / 0.9
    /// for abs(x) <= 1 and sign(x) (1 / 0.9 + log10(abs(x))) beyond. The linear part from 0 to
    /// linthresh takes as much room as 1.11 decades.
    Symlog {
        /// Half the width of the linear part about zero.
        linthresh: f64,
    },
    /// g(v) = asinh(v / linthresh): linear well below linthresh, logarithmic well above it (Lupton,
    /// Gunn & Szalay 1999).
    Asinh {
        /// Where the linear part passes into the logarithmic one.
        linthresh: f64,
    },
    /// t = sqrt(linear t); below the lower limit it is the linear t. The same as [`Scale::Power`]
    /// with gamma 0.5.
    Sqrt,
    /// t = (linear t)^gamma; below the lower limit it is the linear t. The same as matplotlib's
    /// `PowerNorm`.
    Power {
        /// The exponent: below 1 it spreads the low values, above 1 the high ones.
        gamma: f64,
    },
    /// g(v) = log10(0.5 (x + sqrt(4 + x^2))) with x = v / linthresh, the inversion of
    /// x = 10^g - 10^-g: the scale of the Planck Collaboration's frequency maps (Planck 2013
    /// results I). Linear near zero; at large v it approaches log10(v / linthresh).
    PlanckLog {
        /// Where the linear part passes into the logarithmic one.
        linthresh: f64,
    },
}

impl Scale {
    /// This scale, or the linear one where every value between the limits is so far below linthresh
    /// that g is straight to the last bit. There v / linthresh may be denormal or zero.
    fn between(self, min: f64, max: f64) -> Scale {
        const STRAIGHT: f64 = 1e-9;
        match self {
            Scale::Symlog { linthresh }
            | Scale::Asinh { linthresh }
            | Scale::PlanckLog { linthresh }
                if min.abs().max(max.abs()) < STRAIGHT * linthresh =>
            {
                Scale::Linear
            }
            other => other,
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scale::Linear => "linear",
            Scale::Log => "log",
            Scale::Symlog { .. } => "symlog",
            Scale::Asinh { .. } => "asinh",
            Scale::Sqrt => "sqrt",
            Scale::Power { .. } => "gamma",
            Scale::PlanckLog { .. } => "planck-log",
        })
    }
}

/// Why a scale cannot be used between two limits.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ScaleError {
    /// A limit is NaN or infinite.
    #[error("colour limits are finite numbers: found {min} to {max}; give a minimum and a maximum")]
    NotFinite {
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
    },
    /// The lower limit is not below the upper one.
    #[error("the minimum must be below the maximum: found {min} to {max}")]
    Empty {
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
    },
    /// A log scale that starts at or below zero.
    #[error(
        "a log scale needs a positive minimum: found {min}; \
         give a minimum above zero, or take the symlog or asinh scale"
    )]
    LogNeedsPositive {
        /// The lower limit.
        min: f64,
    },
    /// A linthresh or gamma that is not positive.
    #[error("the {scale} scale needs a positive, finite {parameter}: found {value}")]
    Parameter {
        /// The scale.
        scale: Scale,
        /// Which of its parameters: `linthresh` or `gamma`.
        parameter: &'static str,
        /// The value given.
        value: f64,
    },
    /// Limits that come out the same on the scale, in double precision.
    #[error(
        "the {scale} scale cannot tell {min} from {max}; \
         move the limits apart, change linthresh, or take the linear scale"
    )]
    Unresolved {
        /// The scale.
        scale: Scale,
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
    },
}

/// A scale between two limits: data values to 0..1 and back.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Normalization {
    scale: Scale,
    min: f64,
    max: f64,
    /// The scale whose g is used: the linear one where `scale` is straight between the limits.
    curve: Scale,
    /// g(min) and g(max).
    low: f64,
    high: f64,
    /// Factor on the values of scales that are linear at heart: 1, or 0.5 where max - min would
    /// overflow.
    unit: f64,
}

impl Normalization {
    /// Puts a scale between two limits.
    ///
    /// # Errors
    /// Limits that are not finite or not in order, a log scale whose minimum is not positive, a
    /// linthresh or gamma that is not positive, or limits that the scale cannot tell apart. For
    /// data that are all the same see [`Limits::widened`].
    pub fn new(scale: Scale, min: f64, max: f64) -> Result<Self, ScaleError> {
        if !min.is_finite() || !max.is_finite() {
            return Err(ScaleError::NotFinite { min, max });
        }
        if min >= max {
            return Err(ScaleError::Empty { min, max });
        }
        let parameter = |parameter, value: f64| {
            let good = value > 0.0 && value.is_finite();
            if good { Ok(()) } else { Err(ScaleError::Parameter { scale, parameter, value }) }
        };
        match scale {
            Scale::Linear | Scale::Sqrt => {}
            Scale::Log if min <= 0.0 => return Err(ScaleError::LogNeedsPositive { min }),
            Scale::Log => {}
            Scale::Power { gamma } => parameter("gamma", gamma)?,
            Scale::Symlog { linthresh }
            | Scale::Asinh { linthresh }
            | Scale::PlanckLog { linthresh } => parameter("linthresh", linthresh)?,
        }
        let unit = if (max - min).is_finite() { 1.0 } else { 0.5 };
        let mut this = Normalization {
            scale,
            min,
            max,
            curve: scale.between(min, max),
            low: 0.0,
            high: 0.0,
            unit,
        };
        (this.low, this.high) = (this.transform(min), this.transform(max));
        if this.low < this.high {
            Ok(this)
        } else {
            Err(ScaleError::Unresolved { scale, min, max })
        }
    }

    /// The scale.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The lower limit, in the units of the data.
    pub fn min(&self) -> f64 {
        self.min
    }

    /// The upper limit, in the units of the data.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// Where a value falls between the limits: exactly 0 at the minimum and 1 at the maximum, never
    /// decreasing.
    ///
    /// It is below 0 for exactly the values below the minimum and above 1 for exactly those above
    /// the maximum. NaN for NaN, and where the scale is undefined (at and below 0 on a log scale).
    pub fn forward(&self, v: f64) -> f64 {
        let linear = (self.transform(v) - self.low) / (self.high - self.low);
        let t = match self.scale {
            Scale::Sqrt if linear > 0.0 => linear.sqrt(),
            Scale::Power { gamma } if linear > 0.0 => linear.powf(gamma),
            _ => linear,
        };
        // Rounding must not move a value across a limit: that decides what is under and over.
        if t.is_nan() {
            t
        } else if v < self.min {
            t.min(-f64::MIN_POSITIVE)
        } else if v > self.max {
            t.max(1.0 + f64::EPSILON)
        } else {
            t.clamp(0.0, 1.0)
        }
    }

    /// The value at a place between the limits, the inverse of [`Normalization::forward`]: exactly
    /// the minimum at 0 and the maximum at 1. Outside 0..1 it extrapolates, as far as doubles
    /// reach.
    pub fn inverse(&self, t: f64) -> f64 {
        if t == 0.0 {
            return self.min;
        }
        if t == 1.0 {
            return self.max;
        }
        let linear = match self.scale {
            Scale::Sqrt if t > 0.0 => t * t,
            Scale::Power { gamma } if t > 0.0 => t.powf(1.0 / gamma),
            _ => t,
        };
        let v = self.untransform(interpolate(self.low, self.high, linear));
        if (0.0..=1.0).contains(&t) { v.clamp(self.min, self.max) } else { v }
    }

    /// g(v), up to a constant factor.
    fn transform(&self, v: f64) -> f64 {
        match self.curve {
            Scale::Linear | Scale::Sqrt | Scale::Power { .. } => v * self.unit,
            Scale::Log => tf::log(v),
            Scale::Symlog { linthresh } => tf::symlog(v, linthresh),
            Scale::Asinh { linthresh } => tf::asinh(v, linthresh),
            Scale::PlanckLog { linthresh } => tf::planck_log(v, linthresh),
        }
    }

    /// The inverse of [`Normalization::transform`].
    fn untransform(&self, u: f64) -> f64 {
        match self.curve {
            Scale::Linear | Scale::Sqrt | Scale::Power { .. } => u / self.unit,
            Scale::Log => tf::unlog(u),
            Scale::Symlog { linthresh } => tf::unsymlog(u, linthresh),
            Scale::Asinh { linthresh } => tf::unasinh(u, linthresh),
            Scale::PlanckLog { linthresh } => tf::unplanck_log(u, linthresh),
        }
    }
}

/// From `low` at 0 to `high` at 1, each reached from its own side, so that neither end suffers from
/// cancellation.
fn interpolate(low: f64, high: f64, t: f64) -> f64 {
    let span = high - low;
    if t < 0.5 { low + t * span } else { high - (1.0 - t) * span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn norm(scale: Scale, min: f64, max: f64) -> Normalization {
        Normalization::new(scale, min, max).unwrap()
    }

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance
    }

    #[test]
    fn linear_and_log_are_what_they_say() {
        let linear = norm(Scale::Linear, -1.0, 3.0);
        assert_eq!(linear.forward(0.0), 0.25);
        assert_eq!(linear.inverse(0.25), 0.0);
        assert_eq!(linear.forward(7.0), 2.0);
        let log = norm(Scale::Log, 1e-3, 1e3);
        assert!(close(log.forward(1.0), 0.5, 1e-15));
        assert!(close(log.inverse(0.5), 1.0, 1e-15));
        assert!(log.forward(0.0).is_nan() && log.forward(-1.0).is_nan());
        assert_eq!(log.forward(f64::INFINITY), f64::INFINITY);
        assert!(log.forward(f64::NAN).is_nan() && log.inverse(f64::NAN).is_nan());
    }

    /// Values of matplotlib 3.11's SymLogNorm(0.5, vmin=-30, vmax=1000, base=10) and PowerNorm(2.2,
    /// -1, 3).
    #[test]
    fn symlog_and_gamma_agree_with_matplotlib() {
        let symlog = norm(Scale::Symlog { linthresh: 0.5 }, -30.0, 1000.0);
        for (v, t) in [
            (-0.7, 0.2235218505315845),
            (-0.1, 0.3652777374737406),
            (0.0, 0.39571328636347763),
            (0.2, 0.45658438414295166),
            (3.0, 0.6544666027231387),
        ] {
            assert!(close(symlog.forward(v), t, 1e-14), "{v}: {}", symlog.forward(v));
        }
        let power = norm(Scale::Power { gamma: 2.2 }, -1.0, 3.0);
        for (v, t) in [
            (-2.0, -0.25),
            (0.0, 0.04736614270344993),
            (1.0, 0.217637640824031),
            (4.0, 1.6338118009238645),
        ] {
            assert!(close(power.forward(v), t, 1e-14), "{v}: {}", power.forward(v));
        }
    }

    #[test]
    fn planck_log_follows_its_formula_and_does_not_cancel() {
        let textbook = |x: f64| (0.5 * (x + (4.0 + x * x).sqrt())).log10();
        let scale = norm(Scale::PlanckLog { linthresh: 1.0 }, -1e3, 1e7);
        let (low, high) = (-textbook(1e3), textbook(1e7));
        for v in [-500.0, -3.0, 0.0, 0.5, 100.0, 1e6] {
            let expected = (textbook(v) - low) / (high - low);
            assert!(close(scale.forward(v), expected, 1e-11), "{v}");
        }
        let far = norm(Scale::PlanckLog { linthresh: 1e-3 }, -1e10, 1e10);
        assert!(close(far.forward(-1e4), 1.0 - far.forward(1e4), 1e-15));
        assert!(far.forward(-1e4) < far.forward(-1e3));
    }

    #[test]
    fn asinh_and_planck_log_differ_by_a_factor_of_two_in_linthresh() {
        let asinh = norm(Scale::Asinh { linthresh: 2.0 }, -7.0, 900.0);
        let planck = norm(Scale::PlanckLog { linthresh: 1.0 }, -7.0, 900.0);
        for v in [-5.0, -0.1, 0.0, 3.0, 800.0] {
            assert!(close(asinh.forward(v), planck.forward(v), 1e-15));
        }
    }

    #[test]
    fn the_largest_doubles_do_not_overflow() {
        for scale in [
            Scale::Linear,
            Scale::Sqrt,
            Scale::Power { gamma: 3.0 },
            Scale::Symlog { linthresh: 1e-300 },
            Scale::Asinh { linthresh: 1e-300 },
            Scale::PlanckLog { linthresh: 5e-324 },
        ] {
            let n = norm(scale, -f64::MAX, f64::MAX);
            assert_eq!((n.forward(-f64::MAX), n.forward(f64::MAX)), (0.0, 1.0), "{scale}");
            assert_eq!((n.inverse(0.0), n.inverse(1.0)), (-f64::MAX, f64::MAX), "{scale}");
            for t in [0.1, 0.3, 0.5, 0.9] {
                let v = n.inverse(t);
                assert!(v.is_finite() && close(n.forward(v), t, 1e-12), "{scale} at {t}: {v}");
            }
            assert_eq!(n.forward(f64::INFINITY), f64::INFINITY);
            assert!(n.forward(f64::NEG_INFINITY) < 0.0);
        }
        let log = norm(Scale::Log, 5e-324, f64::MAX);
        assert!(close(log.forward(log.inverse(0.7)), 0.7, 1e-14));
    }

    #[test]
    fn errors_name_what_was_found_and_the_way_out() {
        let message = |scale, min, max| {
            let error = Normalization::new(scale, min, max).expect_err("an error");
            error.to_string()
        };
        assert_eq!(
            message(Scale::Log, -0.2, 1.0),
            "a log scale needs a positive minimum: found -0.2; \
             give a minimum above zero, or take the symlog or asinh scale"
        );
        assert_eq!(
            message(Scale::Linear, 2.0, 2.0),
            "the minimum must be below the maximum: found 2 to 2"
        );
        assert!(message(Scale::Linear, f64::NAN, 2.0).contains("finite"));
        assert!(message(Scale::Linear, 0.0, f64::INFINITY).contains("finite"));
        assert_eq!(
            message(Scale::Asinh { linthresh: 0.0 }, 0.0, 1.0),
            "the asinh scale needs a positive, finite linthresh: found 0"
        );
        assert_eq!(
            message(Scale::Power { gamma: -1.0 }, 0.0, 1.0),
            "the gamma scale needs a positive, finite gamma: found -1"
        );
        assert!(message(Scale::Symlog { linthresh: f64::NAN }, 0.0, 1.0).contains("linthresh"));
        assert!(message(Scale::Asinh { linthresh: 1e-9 }, 1.0, 1.0 + 1e-15).contains("apart"));
    }

    /// Zero, denormals, and everything from 1e-78 to 1e30, of either sign.
    fn value() -> impl Strategy<Value = f64> {
        let size = prop_oneof![
            1 => Just(0.0),
            2 => (1u64..1000).prop_map(f64::from_bits),
            12 => (-78.0..30.0).prop_map(|e: f64| 10f64.powf(e)),
            4 => 0.1..10.0,
        ];
        (size, any::<bool>()).prop_map(|(v, negative)| if negative { -v } else { v })
    }

    fn scale() -> impl Strategy<Value = Scale> {
        let linthresh = || (-78.0..30.0).prop_map(|e: f64| 10f64.powf(e));
        prop_oneof![
            Just(Scale::Linear),
            Just(Scale::Log),
            linthresh().prop_map(|linthresh| Scale::Symlog { linthresh }),
            linthresh().prop_map(|linthresh| Scale::Asinh { linthresh }),
            Just(Scale::Sqrt),
            (0.1..10.0).prop_map(|gamma| Scale::Power { gamma }),
            linthresh().prop_map(|linthresh| Scale::PlanckLog { linthresh }),
        ]
    }

    /// A scale between any two limits that it accepts.
    fn normalization() -> impl Strategy<Value = Normalization> {
        (scale(), value(), value()).prop_filter_map("limits the scale refuses", |(scale, a, b)| {
            let (a, b) = if scale == Scale::Log { (a.abs(), b.abs()) } else { (a, b) };
            Normalization::new(scale, a.min(b), a.max(b)).ok()
        })
    }

    /// A few units in the last place of g, seen on the scale from 0 to 1.
    fn rounding(n: &Normalization) -> f64 {
        16.0 * f64::EPSILON * (1.0 + n.low.abs().max(n.high.abs()) / (n.high - n.low))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn limits_map_to_zero_and_one_exactly(n in normalization()) {
            prop_assert_eq!((n.forward(n.min()), n.forward(n.max())), (0.0, 1.0));
            prop_assert_eq!((n.inverse(0.0), n.inverse(1.0)), (n.min(), n.max()));
        }

        #[test]
        fn only_values_beyond_a_limit_leave_the_unit_interval(n in normalization(), v in value()) {
            let t = n.forward(v);
            prop_assert_eq!(t.is_nan(), n.scale() == Scale::Log && v <= 0.0);
            if !t.is_nan() {
                prop_assert_eq!(t < 0.0, v < n.min());
                prop_assert_eq!(t > 1.0, v > n.max());
            }
            prop_assert!(n.forward(n.max().next_up()) > 1.0);
            let below = n.forward(n.min().next_down());
            prop_assert!(below < 0.0 || below.is_nan());
        }

        #[test]
        fn forward_never_decreases(n in normalization(), a in value(), b in value()) {
            let (low, high) = (n.forward(a.min(b)), n.forward(a.max(b)));
            prop_assert!(low <= high || low.is_nan() || high.is_nan(), "{} {}", low, high);
        }

        #[test]
        fn neighbouring_pixel_values_stay_in_order(n in normalization(), t in 0.0..1.0) {
            let v = n.inverse(t) as f32;
            let (low, high) = (n.forward(v.next_down().into()), n.forward(v.next_up().into()));
            prop_assert!(low <= high || low.is_nan() || high.is_nan(), "{} {} {}", v, low, high);
        }

        #[test]
        fn inverse_never_decreases(n in normalization(), a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
            prop_assert!(n.inverse(a.min(b)) <= n.inverse(a.max(b)));
        }

        #[test]
        fn forward_undoes_inverse(n in normalization(), t in 0.0..=1.0) {
            let v = n.inverse(t);
            // Where the doubles between the limits are few, v is no nearer than its neighbours.
            let spacing = n.forward(v.next_up()) - n.forward(v.next_down());
            let spacing = if spacing.is_nan() { 1.0 } else { spacing };
            let back = n.forward(v);
            prop_assert!(close(back, t, rounding(&n) + spacing), "{} from {}", back, t);
        }

        #[test]
        fn inverse_undoes_forward(n in normalization(), fraction in 0.0..=1.0) {
            let v = n.min() * (1.0 - fraction) + n.max() * fraction;
            let t = n.forward(v);
            let (low, high) = (n.inverse(t - rounding(&n)), n.inverse(t + rounding(&n)));
            prop_assert!(low <= v && v <= high, "{} <= {} <= {}", low, v, high);
        }
    }
}
