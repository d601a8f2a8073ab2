//! An overlay on its page: how it is drawn on the picture that is there by then.

use crate::colormap::Rgba;
use crate::draw::{Canvas, DrawError, Path, Rect, Stroke};
use crate::figure::graticule::GridLabel;
use crate::figure::{Sky, Theme};

/// What is on top of the sky, on the page.
#[derive(Clone, PartialEq, Debug, Default)]
pub(in crate::figure) struct PlacedOverlay {
    pub(super) lines: Vec<PlacedLines>,
    pub(in crate::figure) labels: Vec<(GridLabel, Rgba)>,
    pub(super) size: f64,
}

/// A layer's lines on the page.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct PlacedLines {
    /// Those that are level or upright.
    pub(super) straight: Path,
    pub(super) others: Path,
    pub(super) stroke: Stroke,
    pub(super) dash: Option<[f64; 2]>,
    pub(super) cased: bool,
    /// Where it is, if it is a single line that goes through some of the sky; grids are everywhere.
    pub(super) places: Vec<Rect>,
}

/// How far the line beneath another one, which sets it off from the sky, is seen at its sides, in points, and how opaque it is: of grids,
/// and of single lines.
const CASING: [f64; 2] = [0.16, 0.3];
const CASING_ALPHA: [u8; 2] = [0x60, 0x90];
/// Width of the blank around letters on the sky, in ems.
const HALO: f64 = 0.28;

/// The line beneath a line, which may be a single one.
fn casing(stroke: Stroke, single: bool) -> Stroke {
    let shade = if stroke.color.luminance() > 0.3 { 0 } else { 255 };
    let kind = usize::from(single);
    let color = Rgba { a: CASING_ALPHA[kind], ..Rgba::rgb(shade, shade, shade) };
    Stroke { color, width: stroke.width + 2.0 * CASING[kind] }
}

impl PlacedOverlay {
    /// Draws the lines; the canvas is clipped to the sky at `place`.
    pub(in crate::figure) fn draw_lines(
        &self,
        canvas: &Canvas<'_>,
        theme: &Theme,
        sky: &Sky,
        place: &Rect,
    ) -> Result<(), DrawError> {
        let everywhere = [*place];
        for lines in &self.lines {
            let PlacedLines { straight, others, stroke, dash, cased, places } = lines;
            let grounds = if places.is_empty() { &everywhere[..] } else { places };
            let ground = grounds.iter().map(|rect| sky.luminance(place, rect)).sum::<f64>();
            let color = theme.line_on(ground / grounds.len() as f64, stroke.color);
            let stroke = &Stroke { color, ..*stroke };
            // Across two rows of pixels a thin line and its casing would blend into nothing.
            let mut path = canvas.on_pixels(straight, stroke.width);
            path.extend(others.clone());
            if *cased {
                canvas.casing(&path, casing(*stroke, !places.is_empty()))?;
            }
            match dash {
                Some(dash) => canvas.stroke_dashed(&path, *stroke, *dash)?,
                None => canvas.stroke(&path, *stroke)?,
            }
        }
        Ok(())
    }

    /// Writes the labels on and around the sky at `place`.
    pub(in crate::figure) fn draw_labels(
        &self,
        canvas: &Canvas<'_>,
        theme: &Theme,
        sky: &Sky,
        place: &Rect,
    ) -> Result<(), DrawError> {
        for (GridLabel { text, inside, .. }, color) in &self.labels {
            if !inside {
                text.draw(canvas, theme.letters_beside(*color))?;
                continue;
            }
            let bounds = text.bounds();
            let (letters, halo) = theme.letters_on(sky.luminance(place, &bounds), *color);
            let halo = Stroke { color: halo, width: HALO * self.size };
            canvas.upon(sky.color(place, &bounds), |canvas| {
                canvas.halo(&text.text, text.origin, halo)?;
                text.draw(canvas, letters)
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_grids_are_seen_where_there_are_no_data_and_on_dark_and_bright_skies() {
        const WIDTH: f64 = 0.4;
        for name in Theme::NAMES {
            let theme = Theme::by_name(name).expect("a theme");
            let line = Stroke { color: theme.grid(), width: WIDTH };
            let casing = casing(line, false);
            let over = |below: f64, Rgba { g, a, .. }: Rgba| {
                below + (f64::from(g) - below) * f64::from(a) / 255.0
            };
            for sky in [0, theme.bad.g, 255].map(f64::from) {
                // Pixels too large for the line show the average over it and its casing.
                let beside = over(sky, casing.color);
                let part = WIDTH / casing.width;
                let average = part * over(beside, line.color) + (1.0 - part) * beside;
                assert!((average - sky).abs() > 12.0, "{name}: {average} on {sky}");
            }
        }
    }
}
