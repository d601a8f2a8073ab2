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
const WHITE: Rgba = Rgba::rgb(255, 255, 255);
/// The contrast that WCAG asks of small text.
const READABLE: f64 = 4.5;
/// And that of large signs.
const CLEAR: f64 = 3.0;
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

    /// The theme on another page; text and lines turn dark or light where they would be hard to read on it. What a translucent page is put
    /// on is taken to be like the theme's own.
    pub fn on_page(mut self, page: Rgba) -> Self {
        let ground = page.over(self.page).luminance();
        self.page = page;
        if page.a != 0 && contrast(ground, self.text.luminance()) < READABLE {
            let ink = if ground < DARK { CHALK } else { INK };
            (self.text, self.line) = (ink, ink);
        }
        self
    }

    /// The luminance of the page, where it is translucent as on what suits the text.
    fn ground(&self) -> f64 {
        self.page.over(if self.is_dark() { INK } else { WHITE }).luminance()
    }

    /// Lines of a coordinate grid: grey that is seen on dark and on bright skies, thin enough to let the data dominate.
    pub fn grid(&self) -> Rgba {
        if self.is_dark() {
            Rgba { a: 0x98, ..Rgba::rgb(0xd8, 0xdc, 0xe4) }
        } else {
            // Much darker than where there are no data: as dark as a line and its bright casing are on average, it would not be seen there.
            let Rgba { r, g, b, .. } = self.bad;
            let bad = [r, g, b].map(|channel| channel / 3).iter().sum::<u8>();
            let grey = bad.saturating_sub(0x60).min(0x55);
            Rgba { a: 0xc8, ..Rgba::rgb(grey, grey, grey + 5) }
        }
    }

    /// The colour of a line on a sky of this luminance. `color` is that of its kind: those of grids and outlines are exchanged for bright
    /// ones on a dark sky.
    pub fn line_on(&self, ground: f64, color: Rgba) -> Rgba {
        let is_outline = (Rgba { a: 255, ..color }) == self.line;
        match color {
            // Brighter than the outline and much more so than grids, all of which are bright on a dark page.
            _ if self.is_dark() && is_outline => WHITE,
            _ if ground >= DARK || self.is_dark() => color,
            // A little less, as many such lines may be close together.
            _ if color == self.grid() => Rgba { a: 0xb0, ..Self::dark().grid() },
            _ if is_outline => Rgba { a: color.a, ..CHALK },
            _ if color == self.second_grid() => Self::dark().second_grid(),
            _ => color,
        }
    }

    /// The colour of letters beside the sky: that of their kind, or of text where it is not seen on the page. A second grid's is dark or bright.
    pub fn letters_beside(&self, color: Rgba) -> Rgba {
        /// Less of a contrast is none.
        const FAINT: f64 = 2.5;
        let seen = |color: &Rgba| contrast(self.ground(), color.luminance());
        if self.page.a == 0 || seen(&color) >= CLEAR {
            return color;
        }
        let kinds = [color, Self::light().second_grid(), Self::dark().second_grid()];
        let own = if color == self.second_grid() { &kinds[..] } else { &kinds[..1] };
        let best = own.iter().copied().max_by(|a, b| seen(a).total_cmp(&seen(b)));
        best.filter(|best| seen(best) >= FAINT).unwrap_or(self.text)
    }

    /// Lines and labels of a second coordinate grid.
    pub fn second_grid(&self) -> Rgba {
        if self.is_dark() { Rgba::rgb(0xff, 0xcc, 0x33) } else { Rgba::rgb(0xc2, 0x6a, 0x00) }
    }

    /// The colour of letters on a sky of this luminance, and what surrounds them. `color` is that of their kind: that of text is exchanged
    /// where it is hard to read, that of a second grid where the sky is dark.
    pub fn letters_on(&self, ground: f64, color: Rgba) -> (Rgba, Rgba) {
        let is_hard = contrast(ground, color.luminance()) < READABLE;
        let letters = match ground < DARK {
            true if color == self.second_grid() => Self::dark().second_grid(),
            true if color == self.text && is_hard => CHALK,
            false if color == self.text && is_hard => INK,
            _ => color,
        };
        // Best like the sky, unless the letters would not be seen on it.
        let (near, other) = if ground < DARK { (INK, WHITE) } else { (WHITE, INK) };
        let is_seen = contrast(letters.luminance(), near.luminance()) >= CLEAR;
        (letters, Rgba { a: 0xb4, ..if is_seen { near } else { other } })
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

/// The contrast of two luminances (WCAG 2.1), 1 to 21.
fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_readable_on_any_sky_and_keep_a_colour_of_their_own() {
        let own = Rgba::rgb(0xc2, 0x6a, 0x02);
        for theme in Theme::NAMES.map(|name| Theme::by_name(name).expect("a theme")) {
            for ground in (0..=20).map(|k| f64::from(k) / 20.0) {
                let (letters, halo) = theme.letters_on(ground, theme.text);
                assert!(contrast(letters.luminance(), ground) > 3.9, "{ground}");
                assert!(contrast(letters.luminance(), halo.luminance()) > READABLE, "{ground}");
                assert_eq!(theme.letters_on(ground, own).0, own);
                assert_eq!(theme.letters_beside(own), own);
            }
        }
        assert_eq!(Theme::light().letters_beside(Rgba::rgb(255, 255, 255)), INK);
        for letters in [Rgba::rgb(255, 255, 255), Rgba::rgb(0xff, 0xcc, 0x33), Rgba::rgb(0, 0, 0)] {
            let (_, halo) = Theme::light().letters_on(0.5, letters);
            assert!(contrast(letters.luminance(), halo.luminance()) > READABLE, "{letters:?}");
        }
    }

    #[test]
    fn a_second_grid_is_bright_where_the_ground_is_dark() {
        let (theme, bright) = (Theme::light(), Theme::dark().second_grid());
        let own = theme.second_grid();
        assert_eq!((theme.line_on(0.05, own), theme.line_on(0.5, own)), (bright, own));
        assert_eq!((theme.letters_on(0.05, own).0, theme.letters_on(0.5, own).0), (bright, own));
        assert!(theme.letters_on(0.05, own).1.luminance() < DARK, "a dark halo");
        for (page, shown) in [((0x46, 0x82, 0xb4), bright), ((0xee, 0xee, 0xee), own)] {
            let page = Rgba::rgb(page.0, page.1, page.2);
            assert_eq!(theme.on_page(page).letters_beside(own), shown);
        }
        for page in [Rgba::rgb(0xd0, 0x90, 0x50), Rgba::rgb(0xff, 0x88, 0x00)] {
            let theme = theme.on_page(page);
            assert_eq!(theme.letters_beside(own), theme.text, "neither is seen");
        }
        assert_eq!(Theme::dark().line_on(0.05, bright), bright);
    }

    #[test]
    fn a_translucent_page_counts_as_what_is_seen_of_it() {
        let black = |a| Rgba { a, ..Rgba::rgb(0, 0, 0) };
        assert_eq!(Theme::light().on_page(black(0x20)).text, INK);
        assert_eq!(Theme::light().on_page(black(0xf0)).text, CHALK);
        assert_eq!(Theme::dark().on_page(Rgba { a: 0x20, ..WHITE }).text, CHALK);
        assert_eq!(Theme::light().on_page(black(0x20)).letters_beside(INK), INK);
    }

    #[test]
    fn text_is_readable_on_any_page() {
        for theme in Theme::NAMES.map(|name| Theme::by_name(name).expect("a theme")) {
            let on_page = |theme: &Theme| contrast(theme.page.luminance(), theme.text.luminance());
            assert!(on_page(&theme) > 7.0);
            for r in (0..=255).step_by(51) {
                for g in (0..=255).step_by(51) {
                    for b in (0..=255).step_by(51) {
                        let theme = theme.on_page(Rgba::rgb(r, g, b));
                        assert!(on_page(&theme) > 3.9, "{r} {g} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn lines_turn_bright_on_a_dark_sky_but_for_colours_of_their_own() {
        let (light, own) = (Theme::light(), Rgba::rgb(0xc2, 0x6a, 0x02));
        for kind in [light.grid(), Rgba { a: 0xd0, ..light.line }] {
            assert_eq!(light.line_on(0.5, kind), kind);
            assert!(light.line_on(0.05, kind).luminance() > 0.6);
        }
        assert_eq!(light.line_on(0.05, own), own);
        let dark = Theme::dark();
        assert!([0.05, 0.5].iter().all(|ground| dark.line_on(*ground, dark.grid()) == dark.grid()));
        assert_eq!(dark.line_on(0.5, Rgba { a: 0xd0, ..dark.line }), WHITE);
    }

    #[test]
    fn only_the_page_turns_transparent() {
        let theme = Theme::dark().transparent();
        assert_eq!(theme.page.a, 0);
        assert_eq!(Theme { page: Theme::dark().page, ..theme }, Theme::dark());
    }
}
