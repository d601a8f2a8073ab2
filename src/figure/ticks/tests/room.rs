//! Labels use the room that there is: none where they fit is missing on a curved bar, and a short bar has the roundest.

use super::*;

#[test]
fn bars_too_short_for_round_steps_have_two_round_values_or_one() {
    let wide = |label: &RichText| 2.0 * width(label);
    let of = |min: f64, max: f64, length: f64| {
        let normalization = Normalization::new(Scale::Linear, min, max).expect("limits");
        let ruler = Ruler { gap: 13.6, overhang: 20.0, pitch: 76.0, ..ruler(length, &wide) };
        let ticks = place(&normalization, &ruler);
        assert_eq!(ticks.offset, None, "{min} to {max}");
        texts(&ticks)
    };
    assert_eq!(of(8.525560260750353e-4, 1180.0, 100.0), ["1000"]);
    assert_eq!(of(1000.0, 9000.0, 85.0), ["5000"]);
    assert_eq!(of(-450.0, 450.0, 75.0), ["\u{2212}400", "400"]);
    assert_eq!(of(0.0, 1400.0, 80.0), ["0", "1000"]);
    assert_eq!(of(5.0, 1100.0, 130.0), ["500", "1000"]);
}
