//! One colour, and the ways in which people write it.

use super::css;
use crate::spelling;

/// An sRGB colour with straight (not premultiplied) alpha; 255 is opaque.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Rgba {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
    /// Alpha, from 0 (transparent) to 255 (opaque).
    pub a: u8,
}

/// Why a text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColorError {
    /// A `#` that is not followed by the right number of hexadecimal digits.
    #[error(
        "'{0}' is not a colour: '#' takes 3, 4, 6 or 8 hexadecimal digits, \
         as in #rgb, #rgba, #rrggbb or #rrggbbaa"
    )]
    Hex(String),
    /// Comma-separated channels that are not 3 or 4 whole numbers within range.
    #[error(
        "'{0}' is not a colour: r,g,b and r,g,b,a take whole numbers from 0 to 255, \
         as in 255,128,0"
    )]
    Channels(String),
    /// A word that is not a colour name.
    #[error(
        "unknown colour '{name}'{}; \
         give #rgb, #rgba, #rrggbb, #rrggbbaa, r,g,b[,a], a CSS colour name or transparent",
        spelling::in_brackets(*.suggestion)
    )]
    Name {
        /// The word as given.
        name: String,
        /// The CSS name nearest to it, if one is near.
        suggestion: Option<&'static str>,
    },
}

impl Rgba {
    /// Nothing at all: transparent black.
    pub const TRANSPARENT: Rgba = Rgba { r: 0, g: 0, b: 0, a: 0 };

    /// An opaque colour.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Rgba { r, g, b, a: 255 }
    }

    /// Reads `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `r,g,b` or `r,g,b,a` (each 0 to 255), one of
    /// the 148 CSS colour names, or `transparent`, in any case.
    ///
    /// # Errors
    /// The text is none of these; the message says what is accepted.
    pub fn parse(text: &str) -> Result<Rgba, ColorError> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            return parse_hex(digits).ok_or_else(|| ColorError::Hex(text.to_owned()));
        }
        if text.contains(',') {
            return parse_channels(text).ok_or_else(|| ColorError::Channels(text.to_owned()));
        }
        let name = text.to_ascii_lowercase();
        if name == "transparent" {
            return Ok(Rgba::TRANSPARENT);
        }
        match css::lookup(&name) {
            Some(rgb) => {
                let [_, r, g, b] = rgb.to_be_bytes();
                Ok(Rgba::rgb(r, g, b))
            }
            None => {
                let suggestion = spelling::nearest(&name, css::NAMED.iter().map(|&(name, _)| name));
                Err(ColorError::Name { name: text.to_owned(), suggestion })
            }
        }
    }

    /// The colour that is seen where this one lies on an opaque one.
    pub fn over(self, ground: Rgba) -> Rgba {
        let part = f64::from(self.a) / 255.0;
        let mixed = |top: u8, below: u8| {
            (f64::from(below) + (f64::from(top) - f64::from(below)) * part).round() as u8
        };
        Rgba::rgb(mixed(self.r, ground.r), mixed(self.g, ground.g), mixed(self.b, ground.b))
    }

    /// Relative luminance of WCAG 2.1, from 0 (black) to 1 (white). Alpha is not considered.
    ///
    /// Black text is the more legible one on backgrounds above about 0.18.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.r) + 0.7152 * linear(self.g) + 0.0722 * linear(self.b)
    }
}

/// The colour of 3, 4, 6 or 8 hexadecimal digits.
fn parse_hex(digits: &str) -> Option<Rgba> {
    let digits: Vec<u8> =
        digits.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    match *digits.as_slice() {
        [r, g, b] => Some(Rgba::rgb(r * 17, g * 17, b * 17)),
        [r, g, b, a] => Some(Rgba { r: r * 17, g: g * 17, b: b * 17, a: a * 17 }),
        [r, rr, g, gg, b, bb] => Some(Rgba::rgb(r * 16 + rr, g * 16 + gg, b * 16 + bb)),
        [r, rr, g, gg, b, bb, a, aa] => {
            Some(Rgba { r: r * 16 + rr, g: g * 16 + gg, b: b * 16 + bb, a: a * 16 + aa })
        }
        _ => None,
    }
}

/// The colour of 3 or 4 comma-separated numbers.
fn parse_channels(text: &str) -> Option<Rgba> {
    let channels: Vec<u8> =
        text.split(',').map(|channel| channel.trim().parse().ok()).collect::<Option<_>>()?;
    match *channels.as_slice() {
        [r, g, b] => Some(Rgba::rgb(r, g, b)),
        [r, g, b, a] => Some(Rgba { r, g, b, a }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_notation_is_read() {
        let orange = Rgba::rgb(255, 128, 0);
        for (text, color) in [
            ("#ff8000", orange),
            ("#FF8000", orange),
            (" #ff8000 ", orange),
            ("255,128,0", orange),
            ("255, 128, 0", orange),
            ("255,128,0,255", orange),
            ("#f80", Rgba::rgb(255, 136, 0)),
            ("#f808", Rgba { r: 255, g: 136, b: 0, a: 136 }),
            ("#ff800040", Rgba { r: 255, g: 128, b: 0, a: 64 }),
            ("0,0,0,0", Rgba::TRANSPARENT),
            ("transparent", Rgba::TRANSPARENT),
            ("Transparent", Rgba::TRANSPARENT),
            ("LightGray", Rgba::rgb(211, 211, 211)),
            ("lightgrey", Rgba::rgb(211, 211, 211)),
            ("rebeccapurple", Rgba::rgb(102, 51, 153)),
            ("yellowgreen", Rgba::rgb(154, 205, 50)),
            ("aliceblue", Rgba::rgb(240, 248, 255)),
        ] {
            assert_eq!(Rgba::parse(text), Ok(color), "{text}");
        }
    }

    #[test]
    fn every_css_name_is_found() {
        assert!(css::NAMED.is_sorted_by(|a, b| a.0 < b.0));
        for (name, rgb) in css::NAMED {
            let [_, r, g, b] = rgb.to_be_bytes();
            assert_eq!(Rgba::parse(&name.to_ascii_uppercase()), Ok(Rgba::rgb(r, g, b)));
        }
    }

    #[test]
    fn errors_say_what_is_accepted() {
        for (text, message) in [
            ("#12", "'#12' is not a colour: '#' takes 3, 4, 6 or 8 hexadecimal digits"),
            ("#gggggg", "'#gggggg' is not a colour"),
            ("#é00", "'#é00' is not a colour"),
            ("300,0,0", "r,g,b and r,g,b,a take whole numbers from 0 to 255"),
            ("1,2", "'1,2' is not a colour"),
            ("0.5,0,0", "whole numbers"),
            ("1,2,3,4,5", "whole numbers"),
            ("lihgtgray", "unknown colour 'lihgtgray' (did you mean lightgray?); give #rgb"),
            ("", "unknown colour ''; give #rgb, #rgba, #rrggbb, #rrggbbaa, r,g,b[,a], a CSS"),
        ] {
            let error = Rgba::parse(text).expect_err(text).to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn translucent_colours_are_mixed_with_what_is_below() {
        let [red, white] = [Rgba::rgb(255, 0, 0), Rgba::rgb(255, 255, 255)];
        assert_eq!(red.over(white), red);
        assert_eq!(Rgba { a: 0, ..red }.over(white), white);
        assert_eq!(Rgba { a: 51, ..red }.over(white), Rgba::rgb(255, 204, 204));
    }

    #[test]
    fn luminance_follows_wcag() {
        assert_eq!(Rgba::rgb(0, 0, 0).luminance(), 0.0);
        assert!((Rgba::rgb(255, 255, 255).luminance() - 1.0).abs() < 1e-12);
        assert!((Rgba::rgb(255, 0, 0).luminance() - 0.2126).abs() < 1e-12);
        assert!((Rgba::rgb(119, 119, 119).luminance() - 0.184_475).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Rgba::parse(&text);
        }

        #[test]
        fn hex_and_channels_agree(r: u8, g: u8, b: u8, a: u8) {
            let color = Rgba { r, g, b, a };
            prop_assert_eq!(Rgba::parse(&format!("#{r:02x}{g:02X}{b:02x}{a:02x}")), Ok(color));
            prop_assert_eq!(Rgba::parse(&format!("{r},{g},{b},{a}")), Ok(color));
        }
    }
}
