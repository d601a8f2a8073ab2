//! Pictures of half blocks: each character is two pixels, its upper half the text colour, its lower half the ground.

use super::{Image, is_clear};
use crate::colormap::Rgba;

const UPPER: &str = "\u{2580}";
const LOWER: &str = "\u{2584}";
const RESET: &str = "\x1b[0m";

/// One line of text for two rows of pixels.
pub(super) fn encode(image: &Image, true_color: bool, out: &mut Vec<u8>) {
    let mut lines = image.pixels.chunks(image.width.max(1));
    while let Some(upper) = lines.next() {
        let lower = lines.next().unwrap_or_default();
        let mut line = String::new();
        let mut last = None;
        for (column, &above) in upper.iter().enumerate() {
            let below = lower.get(column).copied().unwrap_or(Rgba::TRANSPARENT);
            let (style, sign) = cell(above, below, true_color);
            if last.as_ref() != Some(&style) {
                line.push_str(RESET);
                line.push_str(&style);
                last = Some(style);
            }
            line.push_str(sign);
        }
        line.push_str(RESET);
        line.push('\n');
        out.extend_from_slice(line.as_bytes());
    }
}

/// The colours and the sign of a character; halves that are clear show the terminal's ground.
fn cell(above: Rgba, below: Rgba, true_color: bool) -> (String, &'static str) {
    let color = |layer: u8, color: Rgba| match true_color {
        true => format!("\x1b[{layer}8;2;{};{};{}m", color.r, color.g, color.b),
        false => format!("\x1b[{layer}8;5;{}m", of_256(color)),
    };
    match (is_clear(above), is_clear(below)) {
        (true, true) => (String::new(), " "),
        (true, false) => (color(3, below), LOWER),
        (false, true) => (color(3, above), UPPER),
        (false, false) => (color(3, above) + &color(4, below), UPPER),
    }
}

/// The nearest of xterm's 256 colours: a cube of 6 x 6 x 6, and 24 greys.
fn of_256(color: Rgba) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let distance = |r: u8, g: u8, b: u8| {
        let channel = |a: u8, b: u8| i32::from(a.abs_diff(b)).pow(2);
        channel(r, color.r) + channel(g, color.g) + channel(b, color.b)
    };
    let nearest = |value: u8| {
        let levels = LEVELS.iter().zip(0u8..);
        levels.min_by_key(|(level, _)| level.abs_diff(value)).map_or((0, 0), |(l, n)| (*l, n))
    };
    let [r, g, b] = [color.r, color.g, color.b].map(nearest);
    let cube = (distance(r.0, g.0, b.0), 16 + 36 * r.1 + 6 * g.1 + b.1);
    let greys = (0..24u8).map(|n| (distance(8 + 10 * n, 8 + 10 * n, 8 + 10 * n), 232 + n));
    greys.chain([cube]).min().map_or(0, |(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_are_a_line() {
        let (red, blue) = (Rgba::rgb(255, 0, 0), Rgba::rgb(0, 0, 255));
        let pixels = vec![red, red, blue, Rgba::TRANSPARENT];
        let mut out = Vec::new();
        encode(&Image { width: 2, height: 2, pixels }, true, &mut out);
        let text = String::from_utf8(out).unwrap();
        let first = "\x1b[0m\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀";
        assert_eq!(text, format!("{first}\x1b[0m\x1b[38;2;255;0;0m▀\x1b[0m\n"));
    }

    #[test]
    fn colours_of_xterm() {
        for (color, number) in [
            (Rgba::rgb(0, 0, 0), 16),
            (Rgba::rgb(255, 255, 255), 231),
            (Rgba::rgb(255, 0, 0), 196),
            (Rgba::rgb(128, 128, 128), 244),
        ] {
            assert_eq!(of_256(color), number, "{color:?}");
        }
    }
}
