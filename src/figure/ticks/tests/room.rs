//! Labels use the room that there is: none where they fit is missing on a curved bar, and a short bar has the roundest.

use super::*;

#[test]
fn decades_from_far_below_the_threshold_are_labelled_where_there_is_room() {
    let of = |scale: Scale, min: f64| ticks(scale, min, 1400.0);
    let symlog = |linthresh| Scale::Symlog { linthresh };
    for (ticks, first) in [(of(symlog(1.0), 0.01), 0.01), (of(symlog(1.0), 8.5e-4), 1e-3)] {
        let values: Vec<f64> = ticks.major.iter().map(|tick| tick.value).collect();
        assert_eq!(values[0], first);
        for decade in [1.0, 10.0, 100.0, 1000.0] {
            assert!(values.contains(&decade), "{values:?}");
        }
        assert!(ticks.minor.len() > 20, "{:?}", ticks.minor);
    }
    let asinh = of(Scale::Asinh { linthresh: 1.0 }, 8.5e-4);
    let places: Vec<f64> = asinh.major.iter().map(|tick| tick.position).collect();
    assert!(places[0] < 0.3 && places.windows(2).all(|p| p[1] - p[0] < 0.35), "{places:?}");
}

#[test]
fn bars_too_short_for_round_steps_have_two_round_values_or_at_worst_one() {
    let wide = |label: &RichText| 2.0 * width(label);
    let of = |min: f64, max: f64, length: f64| {
        let normalization = Normalization::new(Scale::Linear, min, max).expect("limits");
        let ruler = Ruler { gap: 13.6, overhang: 20.0, pitch: 76.0, ..ruler(length, &wide) };
        let ticks = place(&normalization, &ruler);
        assert_eq!(ticks.offset, None, "{min} to {max}");
        texts(&ticks)
    };
    assert_eq!(of(8.525560260750353e-4, 1180.0, 100.0), ["200", "1000"]);
    assert_eq!(of(1000.0, 9000.0, 85.0), ["2000", "8000"]);
    assert_eq!(of(1000.0, 9000.0, 35.0), ["5000"], "the bar makes its labels smaller for two");
    assert_eq!(of(-450.0, 450.0, 75.0), ["\u{2212}400", "400"]);
    assert_eq!(of(0.0, 1400.0, 80.0), ["0", "1000"]);
    assert_eq!(of(5.0, 1100.0, 130.0), ["500", "1000"]);
}

#[test]
fn few_colours_of_a_stretched_scale_are_told_by_three_numbers_and_an_end() {
    for (scale, min, max, classes) in [
        (Scale::Log, 1e-6, 1e4, 5),
        (Scale::Log, 1e-7, 1e5, 6),
        (Scale::Log, 1e-7, 1e5, 5),
        (Scale::Symlog { linthresh: 1e-6 }, -1e4, 1e4, 6),
    ] {
        let normalization = Normalization::new(scale, min, max).expect("limits");
        for length in [120.0, 200.0, 300.0] {
            let texts = texts(&place_classes(&normalization, classes, &ruler(length, &width)));
            assert!(texts.len() >= 3 || length < 150.0, "{texts:?}");
            assert!(min < 0.0 || !texts.contains(&"0".to_owned()), "{texts:?}");
        }
    }
}

#[test]
fn symlog_bars_are_labelled_from_the_threshold_to_the_top() {
    let values = |min: f64, max: f64, linthresh: f64, length: f64| {
        let ticks = on_length(&Scale::Symlog { linthresh }, (min, max), length);
        ticks.major.iter().map(|tick| tick.value).collect::<Vec<_>>()
    };
    let top = values(0.0, 3000.0, 500.0, 80.0);
    assert!(top.iter().any(|value| *value >= 1000.0), "{top:?}");
    let low = values(-1.0, 5000.0, 2.0, 150.0);
    assert!(low.contains(&1.0), "{low:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_long_part_of_a_curved_bar_is_bare_where_a_label_fits(
        scale in curved_about_zero(),
        (low, decades, sign) in (-6.0..4.0f64, 1.0..9.0f64, -1..2),
        length in 90.0..400.0f64,
    ) {
        let high = 10f64.powf(low + decades);
        let (min, max) = match sign {
            0 => (-10f64.powf(low), high),
            1 => (10f64.powf(low), high),
            _ => (-high, -10f64.powf(low)),
        };
        let Ok(normalization) = Normalization::new(scale, min, max) else { return Ok(()) };
        let ruler = ruler(length, &width);
        let ticks = place(&normalization, &ruler);
        if let Some(more) = one_more(&normalization, &ruler, &ticks) {
            prop_assert!(false, "{:?} lacks {}", texts(&ticks), more.value);
        }
    }
}

/// Scales that are linear near zero and logarithmic beyond.
fn curved_about_zero() -> impl Strategy<Value = Scale> {
    let threshold = || (-6.0..6.0f64).prop_map(|p| 10f64.powf(p));
    prop_oneof![
        threshold().prop_map(|linthresh| Scale::Asinh { linthresh }),
        threshold().prop_map(|linthresh| Scale::Symlog { linthresh }),
        threshold().prop_map(|linthresh| Scale::PlanckLog { linthresh }),
    ]
}

/// A round value that has room for its label in a long part of the bar that has none.
fn one_more(normalization: &Normalization, ruler: &Ruler<'_>, ticks: &Ticks) -> Option<Tick> {
    let places = || ticks.major.iter().map(|tick| tick.position);
    let bare = [0.0].into_iter().chain(places()).zip(places().chain([1.0]));
    let long: Vec<(f64, f64)> = bare.filter(|(low, high)| high - low > 0.45).collect();
    let top = Decimal::shortest(normalization.max().abs().max(normalization.min().abs()));
    let values = decades::signed_decades(normalization, (1, &[1, 2, 5]), top.magnitude());
    let tick = |value: &Decimal| Tick {
        position: normalization.forward(value.value()),
        value: value.value(),
        label: value.text(),
    };
    let is_free = |tick: &Tick| {
        let mut all = ticks.major.clone();
        all.push(tick.clone());
        all.sort_by(|a, b| a.position.total_cmp(&b.position));
        long.iter().any(|(low, high)| (low..high).contains(&&tick.position)) && ruler.fits(&all)
    };
    values.iter().map(tick).find(is_free)
}
