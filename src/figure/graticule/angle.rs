//! How longitudes and latitudes are written.

use super::Coordinates;
use super::spacing::signed;
use crate::draw::{RichText, Script};
use crate::sky::Frame;

/// How angles are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AngleFormat {
    /// Longitudes from 0 to 360 degrees, latitudes with a minus sign in the south.
    #[default]
    Degrees,
    /// Longitudes from -180 to 180 degrees; both with a sign.
    Signed,
    /// Longitudes from 0 to 24 hours, latitudes in degrees.
    Hours,
}

const MINUS: char = '\u{2212}';
const DEGREE: &str = "\u{b0}";
const MINUTE: &str = "\u{2032}";
const SECOND: &str = "\u{2033}";

impl AngleFormat {
    /// The format for these coordinates: offsets from a point have signs, and hours are for right ascensions alone.
    pub(super) fn of(self, coordinates: Coordinates) -> AngleFormat {
        match coordinates {
            Coordinates::Local => AngleFormat::Signed,
            Coordinates::Frame(Frame::Galactic | Frame::Ecliptic) if self == AngleFormat::Hours => {
                AngleFormat::Degrees
            }
            Coordinates::Frame(_) => self,
        }
    }

    /// The `k`th parallel of a step in radians.
    pub(super) fn latitude(self, k: i64, step: f64) -> RichText {
        let seconds = seconds(k as f64 * step);
        let mut text = RichText::plain(sign(seconds, self == AngleFormat::Signed));
        degrees(&mut text, seconds.abs(), self::seconds(step));
        text
    }

    /// The `k`th meridian of a step in radians.
    pub(super) fn longitude(self, k: i64, step: f64) -> RichText {
        let full = 1_296_000.0;
        let unsigned = seconds(k as f64 * step).rem_euclid(full).abs();
        // Rounding may have put the last digit of a full turn before it.
        let unsigned = if full - unsigned < 1e-6 { 0.0 } else { unsigned };
        match self {
            AngleFormat::Degrees => {
                let mut text = RichText::default();
                degrees(&mut text, unsigned, seconds(step));
                text
            }
            AngleFormat::Signed => {
                let seconds = seconds(signed(k, step));
                let half = (seconds.abs() - 648_000.0).abs() < 1e-6;
                let mut text =
                    RichText::plain(if half { String::new() } else { sign(seconds, true) });
                degrees(&mut text, seconds.abs(), self::seconds(step));
                text
            }
            AngleFormat::Hours => {
                let mut text = RichText::default();
                hours(&mut text, unsigned / 15.0, seconds(step) / 15.0);
                text
            }
        }
    }
}

/// Arc seconds, to a millionth.
fn seconds(radians: f64) -> f64 {
    (radians.to_degrees() * 3600.0 * 1e6).round() / 1e6
}

fn sign(seconds: f64, plus: bool) -> String {
    match seconds {
        s if s < 0.0 => MINUS.to_string(),
        s if s > 0.0 && plus => "+".to_owned(),
        _ => String::new(),
    }
}

/// Writes an angle in seconds with the parts that a step in seconds needs: degrees, perhaps with decimals, minutes, seconds.
fn degrees(text: &mut RichText, seconds: f64, step: f64) {
    let whole = |unit: f64| ((step / unit) - (step / unit).round()).abs() < 1e-9;
    let part = if whole(3600.0) {
        format!("{:.0}{DEGREE}", seconds / 3600.0)
    } else if step > 3600.0 && whole(360.0) {
        format!("{:.1}{DEGREE}", seconds / 3600.0)
    } else {
        let [d, m, s] = sexagesimal(seconds, if whole(60.0) { None } else { Some(step) });
        match s {
            part if part.is_empty() => format!("{d}{DEGREE}{m}{MINUTE}"),
            s => format!("{d}{DEGREE}{m}{MINUTE}{s}{SECOND}"),
        }
    };
    text.push(part, Script::Normal);
}

/// Writes a time in seconds with the parts that a step in seconds needs.
fn hours(text: &mut RichText, seconds: f64, step: f64) {
    let whole = |unit: f64| ((step / unit) - (step / unit).round()).abs() < 1e-9;
    if whole(3600.0) {
        text.push(format!("{:.0}", seconds / 3600.0), Script::Normal);
        text.push("h", Script::Super);
        return;
    }
    let [h, m, s] = sexagesimal(seconds, if whole(60.0) { None } else { Some(step) });
    for (part, unit) in
        [(h, "h"), (m, "m"), (s, "s")].into_iter().filter(|(part, _)| !part.is_empty())
    {
        text.push(part, Script::Normal);
        text.push(unit, Script::Super);
    }
}

/// Units, minutes and seconds; these with the decimals that a step needs, or none at all.
fn sexagesimal(seconds: f64, step: Option<f64>) -> [String; 3] {
    let digits = step.map_or(0, |step| {
        (0..6)
            .find(|&n| {
                let scaled = step * 10f64.powi(n);
                (scaled - scaled.round()).abs() < 1e-6
            })
            .unwrap_or(6)
    }) as usize;
    let scale = if step.is_some() { 10f64.powi(digits as i32) } else { 1.0 / 60.0 };
    // Rounded before it is taken apart, so that no part shows 60.
    let rounded = (seconds * scale).round() / scale;
    let units = (rounded / 3600.0 + 1e-9).floor();
    let minutes = ((rounded - 3600.0 * units) / 60.0 + 1e-9).floor();
    let rest = (rounded - 3600.0 * units - 60.0 * minutes).max(0.0);
    let width = if digits > 0 { digits + 3 } else { 2 };
    let rest = if step.is_some() { format!("{rest:0width$.digits$}") } else { String::new() };
    [format!("{units:.0}"), format!("{minutes:02.0}"), rest]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lat(k: i64, step: f64) -> String {
        AngleFormat::Degrees.latitude(k, step.to_radians()).to_plain()
    }

    fn lon(format: AngleFormat, k: i64, step: f64) -> String {
        format.longitude(k, step.to_radians()).to_plain()
    }

    #[test]
    fn latitudes() {
        assert_eq!(lat(-1, 30.0), "\u{2212}30\u{b0}");
        assert_eq!(lat(0, 30.0), "0\u{b0}");
        assert_eq!(lat(3, 22.5), "67.5\u{b0}");
        assert_eq!(lat(-25, 0.5), "\u{2212}12\u{b0}30\u{2032}");
        assert_eq!(lat(7, 1.0 / 3600.0), "0\u{b0}00\u{2032}07\u{2033}");
        assert_eq!(lat(7, 0.2 / 3600.0), "0\u{b0}00\u{2032}01.4\u{2033}");
        assert_eq!(
            AngleFormat::Signed.latitude(2, 0.1f64.to_radians()).to_plain(),
            "+0\u{b0}12\u{2032}"
        );
    }

    #[test]
    fn longitudes() {
        use AngleFormat::{Degrees, Hours, Signed};
        assert_eq!(lon(Degrees, -1, 60.0), "300\u{b0}");
        assert_eq!(lon(Degrees, 6, 60.0), "0\u{b0}");
        assert_eq!(lon(Degrees, -6, 60.0), "0\u{b0}");
        assert_eq!(lon(Signed, 5, 60.0), "\u{2212}60\u{b0}");
        assert_eq!(lon(Signed, 3, 60.0), "180\u{b0}");
        assert_eq!(lon(Signed, -3, 60.0), "180\u{b0}");
        assert_eq!(lon(Signed, 1, 60.0), "+60\u{b0}");
        assert_eq!(lon(Hours, -1, 60.0), "20h");
        assert_eq!(lon(Hours, 11, 7.5), "5h30m");
        assert_eq!(lon(Hours, 1, 0.125), "0h00m30s");
        assert_eq!(lon(Hours, 24, 15.0), "0h");
    }
}
