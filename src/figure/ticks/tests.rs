//! Ticks over random ranges: their labels differ, are in order, read back, and are short.

mod room;

use std::sync::Arc;

use super::*;
use crate::scale::Distribution;
use proptest::prelude::*;

/// A ruler of the default bar with labels of 8-point figures.
fn ruler(length: f64, extent: &dyn Fn(&RichText) -> f64) -> Ruler<'_> {
    Ruler { length, pitch: 38.0, gap: 6.0, overhang: 40.0, extent }
}

fn width(label: &RichText) -> f64 {
    label
        .runs
        .iter()
        .map(|run| {
            let size = if run.script == crate::draw::Script::Normal { 4.45 } else { 3.1 };
            size * run.text.chars().count() as f64
        })
        .sum()
}

fn ticks(scale: Scale, min: f64, max: f64) -> Ticks {
    let normalization = Normalization::new(scale, min, max).expect("limits");
    place(&normalization, &ruler(200.0, &width))
}

fn texts(ticks: &Ticks) -> Vec<String> {
    ticks.major.iter().map(|tick| tick.label.to_plain()).collect()
}

/// The number that a label shows.
fn read(label: &RichText) -> f64 {
    let mut text = String::new();
    for run in &label.runs {
        match run.script {
            crate::draw::Script::Super => {
                // `10` or `2×10` before a raised exponent.
                let base = text.strip_suffix("10").expect("a power of ten").to_owned();
                let mantissa = base.strip_suffix('\u{d7}').map_or_else(
                    || if base == "-" { "-1".to_owned() } else { "1".to_owned() },
                    str::to_owned,
                );
                text = format!("{mantissa}e{}", run.text.replace('\u{2212}', "-"));
            }
            _ => text += &run.text.replace('\u{2212}', "-"),
        }
    }
    text.parse().unwrap_or_else(|_| panic!("'{text}' is no number"))
}

fn check(ticks: &Ticks, min: f64, max: f64) {
    let labels = texts(ticks);
    assert!(!labels.is_empty(), "no labels from {min:e} to {max:e}");
    // Only what limits have in common is taken off.
    let is_close = 0.5 * max - 0.5 * min < 0.25 * min.abs().max(max.abs());
    assert!(is_close || ticks.offset.is_none(), "{min:e} {max:e}: {:?}", ticks.offset);
    for pair in ticks.major.windows(2) {
        assert!(pair[0].position < pair[1].position, "{min:e} {max:e}: {labels:?}");
        assert_ne!(pair[0].label, pair[1].label, "{min:e} {max:e}: {labels:?}");
    }
    for tick in &ticks.major {
        assert!((0.0..=1.0).contains(&tick.position));
        let length = tick.label.to_plain().chars().count();
        assert!(length <= 8, "{min:e} {max:e}: {labels:?}");
        let shown = Decimal::shortest(read(&tick.label)).shifted(ticks.exponent).value();
        let shown = shown + ticks.offset.map_or(0.0, Decimal::value);
        let slack = 0.02 * (0.5 * max - 0.5 * min) + 1e-12 * tick.value.abs();
        assert!((0.5 * shown - 0.5 * tick.value).abs() <= slack, "{shown:e} for {:e}", tick.value);
    }
}

#[test]
fn symmetric_microkelvins_are_told_apart() {
    let ticks = ticks(Scale::Linear, -3e-4, 3e-4);
    assert_eq!(texts(&ticks), ["−300", "−200", "−100", "0", "100", "200", "300"]);
    assert_eq!(ticks.exponent, -6);
    let unit = crate::figure::Unit::parse("K_CMB");
    let caption = ticks.caption(unit.text(), |power| unit.scaled(power));
    assert_eq!(caption.to_plain(), "µKCMB");
}

#[test]
fn common_factors_and_offsets_are_said() {
    let caption = |ticks: &Ticks, unit: &str| {
        let unit = crate::figure::Unit::parse(unit);
        ticks.caption(unit.text(), |power| unit.scaled(power)).to_plain()
    };
    let factor = ticks(Scale::Linear, 0.0, 0.004);
    assert_eq!(texts(&factor), ["0", "1", "2", "3", "4"]);
    assert_eq!(caption(&factor, "widgets"), "×10−3 widgets");
    assert_eq!(caption(&factor, ""), "×10−3");
    let offset = ticks(Scale::Linear, 2.7255 - 3e-6, 2.7255 + 3e-6);
    assert_eq!(caption(&offset, "K"), "µK + 2.7255 K");
    assert_eq!(texts(&offset), ["−3", "−2", "−1", "0", "1", "2", "3"]);
    let plain = ticks(Scale::Linear, 0.0, 1.0);
    assert_eq!(texts(&plain), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(caption(&plain, ""), "");
}

#[test]
fn logarithmic_scales_show_decades() {
    assert_eq!(texts(&ticks(Scale::Log, 0.01, 1000.0)), ["0.01", "0.1", "1", "10", "100", "1000"]);
    let wide = ticks(Scale::Log, 1e-12, 1e3);
    assert_eq!(texts(&wide), ["10−12", "10−10", "10−8", "10−6", "10−4", "10−2", "100", "102"]);
    assert_eq!(texts(&ticks(Scale::Log, 1.0, 30.0)), ["1", "2", "5", "10", "20"]);
}

#[test]
fn planck_frequency_maps_show_both_signs() {
    let ticks = ticks(Scale::PlanckLog { linthresh: 1.0 }, -1e3, 1e7);
    let labels = texts(&ticks);
    assert!(labels.contains(&"0".to_owned()), "{labels:?}");
    assert!(labels.contains(&"−103".to_owned()), "{labels:?}");
    assert!(labels.contains(&"107".to_owned()), "{labels:?}");
}

#[test]
fn curved_bars_have_regular_ladders() {
    assert_eq!(texts(&ticks(Scale::Log, 2.0, 7.0)), ["2", "3", "4", "5", "6", "7"]);
    assert_eq!(
        texts(&ticks(Scale::Log, 300.0, 900.0)),
        ["300", "400", "500", "600", "700", "800", "900"]
    );
    assert_eq!(texts(&ticks(Scale::Sqrt, 0.0, 1000.0)), ["0", "200", "400", "600", "800"]);
    let wide = ticks(Scale::Symlog { linthresh: 1.0 }, -1e12, 1e12);
    assert_eq!(texts(&wide), ["−1012", "−108", "−104", "0", "104", "108", "1012"]);
    let narrow = ticks(Scale::Symlog { linthresh: 30.0 }, -220.0, 220.0);
    assert_eq!(texts(&narrow), ["−100", "−30", "−10", "0", "10", "30", "100"]);
    assert!(ticks(Scale::Log, 1e-12, 1e12).minor.len() < 30, "whole decades only");
}

#[test]
fn given_values_are_kept() {
    let normalization = Normalization::new(Scale::Linear, -1.0, 1.0).expect("limits");
    let ticks = at(&normalization, &[0.75, -0.5, 3.0, f64::NAN, 0.0], &ruler(200.0, &width));
    assert_eq!(texts(&ticks), ["−0.5", "0", "0.75"]);
}

#[test]
fn extreme_ranges_have_different_labels() {
    for (min, max) in [
        (-1e300, 1e300),
        (-1.7e308, 1.7e308),
        (0.0, 1e-78),
        (1e-310, 3e-310),
        (0.0, 5e-324),
        (1.0, 1.0 + 2.0 * f64::EPSILON),
        (1e6, 1e6 + 1e-3),
        (-1e6 - 1e-3, -1e6),
        (999_998.0, 1_000_003.0),
        (1e15, 1e15 + 8.0),
        (-1e-9, 1e9),
    ] {
        for scale in [Scale::Linear, Scale::Asinh { linthresh: 1.0 }, Scale::Sqrt] {
            if let Ok(normalization) = Normalization::new(scale, min, max) {
                check(&place(&normalization, &ruler(200.0, &width)), min, max);
            }
        }
    }
}

/// Histogram equalisation of these values between the smallest and the largest.
fn equalised(values: Vec<f32>, length: f64) -> Ticks {
    let min = values.iter().copied().fold(f32::INFINITY, f32::min).into();
    let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max).into();
    let scale = Scale::Hist(Arc::new(Distribution::new(values, min, max)));
    let normalization = Normalization::new(scale, min, max).expect("limits");
    place(&normalization, &ruler(length, &width))
}

#[test]
fn equalised_bars_show_round_values_of_the_data() {
    // Hits: most of the sky has none, some pixels at a border have next to none.
    let mut hits = vec![0.0; 6500];
    hits.extend([3e-7, 2e-4, 0.03]);
    hits.extend((1..=3500).map(|i| i as f32 / 7.0));
    let hits = equalised(hits, 200.0);
    assert_eq!(texts(&hits), ["0", "100", "500"]);
    let border = 0.64;
    assert!(hits.minor.iter().all(|&at| at > border), "{:?}", hits.minor);
    let counts: Vec<f32> = [(0, 500), (1, 250), (2, 150), (3, 50), (4, 30), (5, 15), (6, 5)]
        .into_iter()
        .flat_map(|(count, pixels)| vec![count as f32; pixels])
        .collect();
    assert_eq!(texts(&equalised(counts, 200.0)), ["0", "1", "2", "5"]);
}

#[test]
fn equalised_bars_are_symmetric_about_zero() {
    let bell = (1..4000).map(|i| {
        let t = i as f32 / 4000.0;
        40.0 * (t / (1.0 - t)).ln() - 3.0
    });
    for length in [100.0, 140.0, 200.0, 300.0] {
        let ticks = equalised(bell.clone().collect(), length);
        let values: Vec<f64> = ticks.major.iter().map(|tick| tick.value).collect();
        let turned: Vec<f64> = values.iter().rev().map(|value| 0.0 - value).collect();
        assert!(values.len() >= 3 && values == turned, "{values:?}");
    }
}

#[test]
fn equalised_bars_of_a_narrow_range_are_spread() {
    let values = (0..4000).map(|i| 2.7 + 0.05 * i as f32 / 4000.0);
    let ticks = equalised(values.collect(), 200.0);
    assert!(ticks.major.len() >= 4, "{:?}", texts(&ticks));
}

#[test]
fn short_bars_have_as_many_short_labels_as_fit() {
    let short = |min: f64, max: f64| {
        let normalization = Normalization::new(Scale::Linear, min, max).expect("limits");
        texts(&place(&normalization, &ruler(85.0, &width)))
    };
    assert_eq!(short(-10.0, 75.0), ["0", "20", "40", "60"]);
    assert_eq!(short(0.4, 1.2), ["0.4", "0.6", "0.8", "1.0", "1.2"]);
    assert_eq!(short(100.0, 2900.0), ["1000", "2000"]);
}

/// Labels of a bar of this length.
fn on_length(scale: &Scale, (min, max): (f64, f64), length: f64) -> Ticks {
    let normalization = Normalization::new(scale.clone(), min, max).expect("limits");
    place(&normalization, &ruler(length, &width))
}

#[test]
fn labels_of_short_bars_are_multiples_of_a_round_step() {
    let short = |limits, length| texts(&on_length(&Scale::Linear, limits, length));
    assert_eq!(short((1500.0, 75_000.0), 100.0), ["25000", "50000", "75000"]);
    assert_eq!(short((1200.0, 9900.0), 100.0), ["2500", "5000", "7500"]);
    assert_eq!(short((300.0, 2400.0), 80.0), ["1000", "2000"]);
    for length in [70.0, 80.0, 90.0, 100.0, 120.0] {
        for max in [2400.0, 6100.0, 9900.0, 30_500.0] {
            let ticks = on_length(&Scale::Linear, (0.15 * max, max), length);
            let values: Vec<f64> = ticks.major.iter().map(|tick| tick.value).collect();
            let step = values[1] - values[0];
            let is_multiple = |value: &f64| (value / step - (value / step).round()).abs() < 1e-9;
            assert!(values.iter().all(is_multiple), "{length}: {values:?}");
            assert!(ticks.minor.len() > ticks.major.len(), "{length}: {values:?}");
        }
    }
}

#[test]
fn short_logarithmic_bars_show_two_decades() {
    for limits in [(1000.0, 85_000.0), (300.0, 90_000.0)] {
        let ticks = on_length(&Scale::Log, limits, 85.0);
        assert_eq!(texts(&ticks), ["1000", "10000"]);
        assert!(ticks.minor.len() > 15, "2 to 9 times each power of ten");
    }
    let within_one = on_length(&Scale::Log, (1200.0, 9900.0), 85.0);
    assert_eq!(
        (texts(&within_one), within_one.minor.len()),
        (vec!["2000".into(), "5000".into()], 8)
    );
}

#[test]
fn bars_too_short_for_decades_have_round_values_and_no_offset() {
    let values: Vec<f32> = (0..4000u16).map(|k| 6.398_988 * (f32::from(k) / 480.0).exp()).collect();
    let hist = Scale::Hist(Arc::new(Distribution::new(values, 6.398_988, 25_400.0)));
    for (scale, min, max) in [(Scale::Log, 7.0, 3000.0), (hist, 6.398_988, 25_400.0)] {
        for length in [20.0, 30.0, 40.0, 50.0, 60.0, 80.0] {
            let ticks = on_length(&scale, (min, max), length);
            assert_eq!((ticks.offset, ticks.exponent), (None, 0), "{length}");
            let labels = texts(&ticks);
            assert!(labels.iter().all(|label| label.chars().count() <= 5), "{labels:?}");
        }
    }
    assert_eq!(texts(&on_length(&Scale::Log, (7.0, 3000.0), 40.0)), ["10", "1000"]);
}

#[test]
fn ladders_are_thinned_before_odd_values_are_taken() {
    let is_ladder = |ticks: &Ticks| {
        let mantissa = |tick: &Tick| Decimal::shortest(tick.value).digits.abs();
        ticks.major.len() >= 3 && ticks.major.iter().all(|t| [0, 1, 2, 5].contains(&mantissa(t)))
    };
    for length in [70.0, 80.0, 100.0] {
        let normalization = Normalization::new(Scale::Log, 0.035, 0.9).expect("limits");
        let ticks = place(&normalization, &ruler(length, &width));
        assert!(is_ladder(&ticks), "{length}: {:?}", texts(&ticks));
    }
    let curved = ticks(Scale::Power { gamma: 0.3 }, 0.0, 0.35);
    assert!(is_ladder(&curved), "{:?}", texts(&curved));
}

#[test]
fn a_long_end_of_a_stretched_bar_has_a_label() {
    for (gamma, min, max, first) in [(0.5, -300.0, 1000.0, -200.0), (0.4, -200.0, 500.0, -200.0)] {
        let ticks = ticks(Scale::Power { gamma }, min, max);
        assert_eq!(ticks.major[0].value, first, "{:?}", texts(&ticks));
        assert!(ticks.major.iter().any(|tick| tick.value == 0.0), "{:?}", texts(&ticks));
    }
}

#[test]
fn uneven_choices_give_way_to_even_ones() {
    let on = |scale, limits, length| texts(&on_length(&scale, limits, length));
    let power = on(Scale::Power { gamma: 3.0 }, (800.0, 930.0), 200.0);
    assert_eq!(power, ["860", "880", "900", "920"]);
    assert_eq!(on(Scale::Log, (5.0, 3000.0), 48.0), ["10", "1000"]);
    assert_eq!(on(Scale::Linear, (1000.0, 60_000.0), 50.0), ["10000", "50000"]);
    let symlog = on(Scale::Symlog { linthresh: 1.0 }, (-1000.0, 1000.0), 90.0);
    assert_eq!(symlog, ["−100", "0", "100"]);
    let wide = on(Scale::Symlog { linthresh: 1e4 }, (-1.0, 1e8), 120.0);
    let is_power = |label: &String| label.starts_with("10") || label == "0";
    assert!(wide.iter().all(is_power), "{wide:?}");
}

#[test]
fn offsets_leave_no_minus_signs_where_a_lower_one_is_as_round() {
    let offset = |min: f64, max: f64| ticks(Scale::Linear, min, max).offset.map(Decimal::value);
    assert_eq!(offset(1.234_567, 1.234_568), Some(1.234_567));
    assert_eq!(offset(1.234_567_2, 1.234_568_1), Some(1.234_567_2));
    assert_eq!(offset(999_998.0, 1_000_003.0), Some(1e6));
}

#[test]
fn few_colours_have_ticks_at_their_borders() {
    let classes = |scale: Scale, (min, max): (f64, f64), classes: usize| {
        let normalization = Normalization::new(scale, min, max).expect("limits");
        place_classes(&normalization, classes, &ruler(200.0, &width))
    };
    assert_eq!(
        texts(&classes(Scale::Linear, (0.0, 1.0), 4)),
        ["0.00", "0.25", "0.50", "0.75", "1.00"]
    );
    assert_eq!(texts(&classes(Scale::Log, (1.0, 1e3), 3)), ["1", "10", "100", "1000"]);
    let odd = classes(Scale::Linear, (34.17, 3297.4), 6);
    assert_eq!(texts(&odd), ["34", "578", "1122", "1666", "2210", "2754", "3297"]);
    assert!(odd.major.iter().zip(0..).all(|(t, k)| (t.position - f64::from(k) / 6.0).abs() < 1e-9));
    let many = classes(Scale::Linear, (-1.0, 1.0), 20);
    assert!(texts(&many).contains(&"0.0".to_owned()) && many.minor.len() == 21, "{many:?}");
    for (min, max) in [(-3.21234, 7.4321), (0.0, 1.0)] {
        for count in 2..30 {
            let ticks = classes(Scale::Linear, (min, max), count);
            let inside = |at: &f64| (at * count as f64 - (at * count as f64).round()).abs() > 1e-5;
            assert!(!ticks.minor.iter().any(inside), "{count}: {ticks:?}");
            assert!(ticks.major.len() > 1, "{count}: {ticks:?}");
        }
    }
}

fn any_scale() -> impl Strategy<Value = Scale> {
    let positive = (-12.0..12.0f64).prop_map(|p| 10f64.powf(p));
    prop_oneof![
        Just(Scale::Linear),
        Just(Scale::Log),
        Just(Scale::Sqrt),
        (0.05..8.0f64).prop_map(|gamma| Scale::Power { gamma }),
        positive.clone().prop_map(|linthresh| Scale::Asinh { linthresh }),
        positive.clone().prop_map(|linthresh| Scale::Symlog { linthresh }),
        positive.prop_map(|linthresh| Scale::PlanckLog { linthresh }),
    ]
}

/// Histogram equalisation of values in a bell about the middle.
fn hist(min: f64, max: f64) -> Scale {
    let bell = (1..400).map(|i| {
        let t = f64::from(i) / 400.0;
        let t = 0.5 + 0.1 * (t / (1.0 - t)).ln();
        (min * (1.0 - t) + max * t) as f32
    });
    Scale::Hist(Arc::new(Distribution::new(bell.collect(), min, max)))
}

/// Limits of any size and of any relative distance.
fn any_limits() -> impl Strategy<Value = (f64, f64)> {
    let size = (-300.0..300.0f64).prop_map(|p| 10f64.powf(p));
    let common = (-9.0..9.0f64).prop_map(|p| 10f64.powf(p));
    let size = prop_oneof![3 => common, 1 => size];
    let part = (-17.0..0.0f64).prop_map(|p| 10f64.powf(p));
    (size, -1.0..1.0f64, part, any::<bool>()).prop_map(|(size, at, part, narrow)| {
        let low = size * at;
        if narrow { (low, low + low.abs() * part) } else { (low, low + size * (0.05 + part)) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn labels_are_different_in_order_and_true(
        scale in any_scale(),
        (min, max) in any_limits(),
        length in 60.0..400.0f64,
        equalised in prop::bool::weighted(0.15),
        gamma in 0.3..3.0f64,
    ) {
        let scale = if equalised && min < max { hist(min, max) } else { scale };
        let made = Normalization::new(scale, min, max).and_then(|n| n.raised(gamma));
        if let Ok(normalization) = made {
            let ruler = ruler(length, &width);
            let ticks = place(&normalization, &ruler);
            check(&ticks, min, max);
            prop_assert!(ruler.fits(&ticks.major));
            prop_assert!(ticks.major.len() >= 2 || length < 100.0, "{:?}", texts(&ticks));
            prop_assert!(ticks.minor.iter().all(|t| (0.0..=1.0).contains(t)));
        }
    }
}
