//! Sixels (DEC VT340): bands of six rows, one pass over a band for each of its colours.

use std::collections::HashMap;

use super::{Image, is_clear};
use crate::colormap::Rgba;

/// Colours that every terminal with sixels has.
const MOST_COLORS: usize = 256;

/// Writes the picture; clear pixels stay as they are on the screen.
pub(super) fn encode(image: &Image, out: &mut Vec<u8>) {
    let (palette, indices) = quantize(image);
    out.extend_from_slice(format!("\x1bP0;1q\"1;1;{};{}", image.width, image.height).as_bytes());
    for (number, [r, g, b]) in palette.iter().enumerate() {
        out.extend_from_slice(format!("#{number};2;{r};{g};{b}").as_bytes());
    }
    let mut used = vec![false; palette.len()];
    for band in indices.chunks(6 * image.width.max(1)) {
        used.fill(false);
        band.iter().flatten().for_each(|&index| mark(&mut used, index));
        for color in (0..palette.len()).filter(|&n| used.get(n) == Some(&true)) {
            out.extend_from_slice(format!("#{color}").as_bytes());
            pass(band, image.width, color as u16, out);
            out.push(b'$');
        }
        out.push(b'-');
    }
    out.extend_from_slice(b"\x1b\\\n");
}

fn mark(used: &mut [bool], index: u16) {
    if let Some(flag) = used.get_mut(usize::from(index)) {
        *flag = true;
    }
}

/// The pixels of one colour in a band, runs of equal columns counted.
fn pass(band: &[Option<u16>], width: usize, color: u16, out: &mut Vec<u8>) {
    let column = |x: usize| {
        let bit = |row: usize| band.get(row * width + x).is_some_and(|&i| i == Some(color));
        (0..6).fold(0u8, |bits, row| bits | u8::from(bit(row)) << row)
    };
    let mut x = 0;
    while x < width {
        let bits = column(x);
        let end = (x + 1..width).find(|&next| column(next) != bits).unwrap_or(width);
        let sign = b'?' + bits;
        match end - x {
            // What is blank to the right end need not be said.
            _ if end == width && bits == 0 => {}
            run @ 1..=3 => out.extend(std::iter::repeat_n(sign, run)),
            run => {
                out.extend_from_slice(format!("!{run}").as_bytes());
                out.push(sign);
            }
        }
        x = end;
    }
}

/// Colours in per cent, and a position among them for each pixel that is not clear. Where there are too many colours, the most frequent
/// stay and the others become the nearest of them: a figure's sky has a colour table, so the others are few.
fn quantize(image: &Image) -> (Vec<[u8; 3]>, Vec<Option<u16>>) {
    let percent = |c: u8| ((u32::from(c) * 100 + 127) / 255) as u8;
    let color = |p: &Rgba| (!is_clear(*p)).then(|| [percent(p.r), percent(p.g), percent(p.b)]);
    let colors: Vec<Option<[u8; 3]>> = image.pixels.iter().map(color).collect();
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    colors.iter().flatten().for_each(|&color| *counts.entry(color).or_default() += 1);
    let mut palette: Vec<[u8; 3]> = counts.keys().copied().collect();
    // Ties by colour, so that the same picture gives the same bytes.
    palette.sort_by_key(|color| (std::cmp::Reverse(counts.get(color).copied()), *color));
    let kept = palette.len().min(MOST_COLORS);
    let mut places: HashMap<[u8; 3], u16> =
        palette.iter().copied().zip(0u16..).take(kept).collect();
    for rare in palette.split_off(kept) {
        let distance = |a: &[u8; 3]| -> i32 {
            a.iter().zip(rare).map(|(&a, b)| i32::from(a.abs_diff(b)).pow(2)).sum()
        };
        let nearest = palette.iter().zip(0u16..).min_by_key(|(color, _)| distance(color));
        places.insert(rare, nearest.map_or(0, |(_, place)| place));
    }
    let indices = colors.iter().map(|color| places.get(&(*color)?).copied()).collect();
    (palette, indices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture() {
        let (red, blue) = (Rgba::rgb(255, 0, 0), Rgba::rgb(0, 0, 255));
        let mut pixels = vec![red; 8];
        pixels.extend([blue; 8]);
        pixels.push(Rgba::TRANSPARENT);
        pixels.extend([blue; 7]);
        let mut out = Vec::new();
        encode(&Image { width: 8, height: 3, pixels }, &mut out);
        let text = String::from_utf8(out).unwrap();
        let colors = "\x1bP0;1q\"1;1;8;3#0;2;0;0;100#1;2;100;0;0";
        // Blue: row 1 and, but for the first column, row 2.
        assert_eq!(text, format!("{colors}#0A!7E$#1!8@$-\x1b\\\n"));
    }

    #[test]
    fn at_most_256_colours() {
        let pixels = (0..64 * 64u32).map(|n| Rgba::rgb((n * 4) as u8, (n / 16) as u8, 7)).collect();
        let image = Image { width: 64, height: 64, pixels };
        let (palette, indices) = quantize(&image);
        assert_eq!(palette.len(), 256);
        assert!(indices.iter().flatten().all(|&index| index < 256));
    }
}
