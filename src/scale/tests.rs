//! Scales go there and back, keep the order of values, and refuse limits that they cannot have.

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
fn gamma_goes_on_top_of_any_scale() {
    let log = norm(Scale::Log, 1.0, 100.0).raised(2.0).unwrap();
    assert_eq!((log.forward(10.0), log.forward(1.0), log.forward(100.0)), (0.25, 0.0, 1.0));
    assert!(close(log.inverse(0.25), 10.0, 1e-14));
    let twice = norm(Scale::Sqrt, 0.0, 16.0).raised(0.5).unwrap();
    assert_eq!(twice.forward(1.0), 0.5);
    for gamma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(norm(Scale::Linear, 0.0, 1.0).raised(gamma).is_err());
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
        let n = norm(scale.clone(), -f64::MAX, f64::MAX);
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

/// Histogram equalisation of a few values, many of them equal.
fn hist() -> impl Strategy<Value = Normalization> {
    let values = prop::collection::vec((-40.0..30.0f32, any::<bool>()), 0..60);
    (values, 1usize..50, value(), value()).prop_filter_map("no range", |(values, copies, a, b)| {
        let size =
            |(e, negative): &(f32, bool)| if *negative { -10f32.powf(*e) } else { 10f32.powf(*e) };
        let values: Vec<f32> = values.iter().map(size).collect();
        let (min, max) = (a.min(b), a.max(b));
        let distribution = Arc::new(Distribution::new(values.repeat(copies), min, max));
        Normalization::new(Scale::Hist(distribution), min, max).ok()
    })
}

/// A scale between any two limits that it accepts.
fn normalization() -> impl Strategy<Value = Normalization> {
    prop_oneof![6 => between_limits(), 1 => hist()]
}

fn between_limits() -> impl Strategy<Value = Normalization> {
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
        prop_assert_eq!(t.is_nan(), *n.scale() == Scale::Log && v <= 0.0);
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
    fn interpolation_never_decreases(a in value(), b in value(), t in 0.0..1.0f64) {
        let (low, high) = (a.min(b), a.max(b));
        for t in [t, 0.5f64.next_down()] {
            let (here, next) = (interpolate(low, high, t), interpolate(low, high, t.next_up()));
            prop_assert!(low <= here && here <= next && next <= high, "{} {} at {}", here, next, t);
        }
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
