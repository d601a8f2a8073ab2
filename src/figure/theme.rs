//! Colours and line widths that go together.

use crate::colormap::Rgba;

/// The looks of everything around the sky.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Theme {
    /// The page.
    pub page: Rgba,
    /// Text.
    pub text: Rgba,
    /// Outlines, frames and ticks.
    pub line: Rgba,
    /// Pixels without data.
    pub bad: Rgba,
    /// Width of outlines and frames, in points.
    pub line_width: f64,
    /// Width of ticks, in points.
    pub tick_width: f64,
}

/// Dark and light ink.
const INK: Rgba = Rgba::rgb(0x14, 0x14, 0x18);
const CHALK: Rgba = Rgba::rgb(0xec, 0xee, 0xf2);
/// A page darker than this (WCAG relative luminance) has more contrast with white than with black.
const DARK: f64 = 0.179;

impl Theme {
    /// Black on white, for print.
    pub const fn light() -> Self {
        Self {
            page: Rgba::rgb(255, 255, 255),
            text: INK,
            line: INK,
            bad: Rgba::rgb(0x9a, 0x9a, 0x9a),
            line_width: 0.6,
            tick_width: 0.5,
        }
    }

    /// White on near-black, for slides and screens.
    pub const fn dark() -> Self {
        Self {
            page: Rgba::rgb(0x12, 0x14, 0x1a),
            text: CHALK,
            line: Rgba::rgb(0xc9, 0xcd, 0xd6),
            bad: Rgba::rgb(0x4a, 0x4e, 0x58),
            line_width: 0.6,
            tick_width: 0.5,
        }
    }

    /// As in the papers of the Planck Collaboration: pure black on white, thin lines, mid-grey where there are no data.
    pub const fn planck() -> Self {
        Self {
            page: Rgba::rgb(255, 255, 255),
            text: Rgba::rgb(0, 0, 0),
            line: Rgba::rgb(0, 0, 0),
            bad: Rgba::rgb(0x80, 0x80, 0x80),
            line_width: 0.45,
            tick_width: 0.45,
        }
    }

    /// Grey on white, without lines around the sky and the colour bar.
    pub const fn minimal() -> Self {
        Self {
            page: Rgba::rgb(255, 255, 255),
            text: Rgba::rgb(0x33, 0x35, 0x3a),
            line: Rgba::rgb(0x70, 0x74, 0x7c),
            bad: Rgba::rgb(0xd4, 0xd6, 0xda),
            line_width: 0.0,
            tick_width: 0.4,
        }
    }

    /// The names of the themes.
    pub const NAMES: [&str; 4] = ["light", "dark", "planck", "minimal"];

    /// The theme with the name on the command line.
    pub fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "light" => Some(Self::light()),
            "dark" => Some(Self::dark()),
            "planck" => Some(Self::planck()),
            "minimal" => Some(Self::minimal()),
            _ => None,
        }
    }

    /// The theme on another page; text and lines turn dark or light where they would be hard to read on it.
    pub fn on_page(mut self, page: Rgba) -> Self {
        self.page = page;
        let contrast = |a: f64, b: f64| (a.max(b) + 0.05) / (a.min(b) + 0.05);
        // WCAG asks 4.5 of small text.
        if page.a != 0 && contrast(page.luminance(), self.text.luminance()) < 4.5 {
            let ink = if page.luminance() < DARK { CHALK } else { INK };
            (self.text, self.line) = (ink, ink);
        }
        self
    }

    /// Lines of a coordinate grid: grey that is seen on dark and on bright skies, thin enough to let the data dominate.
    pub fn grid(&self) -> Rgba {
        if self.is_dark() {
            Rgba { a: 0xd8, ..Rgba::rgb(0xd8, 0xdc, 0xe4) }
        } else {
            // Much darker than where there are no data: as dark as a line and its bright casing are on average, it would not be seen there.
            let Rgba { r, g, b, .. } = self.bad;
            let bad = [r, g, b].map(|channel| channel / 3).iter().sum::<u8>();
            let grey = bad.saturating_sub(0x60).min(0x55);
            Rgba { a: 0xc8, ..Rgba::rgb(grey, grey, grey + 5) }
        }
    }

    /// Lines and labels of a second coordinate grid.
    pub fn second_grid(&self) -> Rgba {
        if self.is_dark() { Rgba::rgb(0xff, 0xcc, 0x33) } else { Rgba::rgb(0xc2, 0x6a, 0x00) }
    }

    /// What surrounds letters on the sky.
    pub fn halo(&self) -> Rgba {
        let page = if self.is_dark() { INK } else { Rgba::rgb(255, 255, 255) };
        Rgba { a: 0xb4, ..page }
    }

    /// Whether text is bright.
    fn is_dark(&self) -> bool {
        self.text.luminance() > DARK
    }

    /// The theme without a page behind it.
    pub fn transparent(mut self) -> Self {
        self.page = Rgba::TRANSPARENT;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: Rgba, b: Rgba) -> f64 {
        let (a, b) = (a.luminance(), b.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_any_page() {
        for theme in Theme::NAMES.map(|name| Theme::by_name(name).expect("a theme")) {
            assert!(contrast(theme.page, theme.text) > 7.0);
            for r in (0..=255).step_by(51) {
                for g in (0..=255).step_by(51) {
                    for b in (0..=255).step_by(51) {
                        let theme = theme.on_page(Rgba::rgb(r, g, b));
                        assert!(contrast(theme.page, theme.text) > 3.9, "{r} {g} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn only_the_page_turns_transparent() {
        let theme = Theme::dark().transparent();
        assert_eq!(theme.page.a, 0);
        assert_eq!(Theme { page: Theme::dark().page, ..theme }, Theme::dark());
    }
}
