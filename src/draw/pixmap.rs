//! Pictures made of palette colours.

use rayon::prelude::*;

use crate::colormap::Rgba;

/// An indexed picture, row 0 at the top.
///
/// The palette may have more than 256 entries: the colour table, then the colours under and over
/// the range, of bad pixels and of the blank page around the sky.
#[derive(Clone, PartialEq, Debug)]
pub struct Pixmap {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// The colours, not premultiplied.
    pub palette: Vec<Rgba>,
    /// `width * height` positions in the palette, row after row from the top.
    pub indices: Vec<u16>,
}

impl Pixmap {
    /// The rows from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[u16]> {
        self.indices.chunks_exact(self.width.max(1)).take(self.height)
    }

    /// The same for several threads.
    pub(super) fn par_rows(&self) -> impl IndexedParallelIterator<Item = &[u16]> {
        self.indices.par_chunks(self.width.max(1))
    }

    /// The colour of a palette entry; one that is not there is transparent.
    pub fn color(&self, index: u16) -> Rgba {
        self.palette.get(usize::from(index)).copied().unwrap_or(Rgba::TRANSPARENT)
    }

    /// The different colours that are seen, in the palette's order.
    pub(super) fn used_palette(&self) -> Vec<Rgba> {
        let nothing = || vec![false; self.palette.len()];
        let mark = |mut used: Vec<bool>, row: &[u16]| {
            for &index in row {
                if let Some(flag) = used.get_mut(usize::from(index)) {
                    *flag = true;
                }
            }
            used
        };
        let join = |mut used: Vec<bool>, other: Vec<bool>| {
            used.iter_mut().zip(other).for_each(|(flag, other)| *flag |= other);
            used
        };
        let used = self.par_rows().fold(nothing, mark).reduce(nothing, join);
        let mut colors: Vec<Rgba> = Vec::new();
        for (&color, _) in self.palette.iter().zip(&used).filter(|&(_, &used)| used) {
            if !colors.contains(&color) {
                colors.push(color);
            }
        }
        colors
    }

    /// The same picture over its used colours, or `None` if those are more than 256.
    pub(super) fn to_indexed(&self, used: &[Rgba]) -> Option<Indexed> {
        if used.len() > 256 {
            return None;
        }
        let places = self.places(used);
        let byte = |&index: &u16| places.get(usize::from(index)).copied().flatten().unwrap_or(0);
        Some(self.indexed(used.to_vec(), self.indices.iter().map(byte).collect()))
    }

    /// The same picture over more than 256 used colours as two layers, the second one transparent where the first is seen; or `None`
    /// if they are too many for that too.
    pub(super) fn to_layers(&self, used: &[Rgba]) -> Option<[Indexed; 2]> {
        let (clear, mut colors): (Vec<Rgba>, Vec<Rgba>) = used.iter().partition(|c| c.a == 0);
        colors.splice(0..0, clear);
        let (below, above) = colors.split_at_checked(256)?;
        let above: Vec<Rgba> = [Rgba::TRANSPARENT].iter().chain(above).copied().collect();
        if above.len() > 256 {
            return None;
        }
        let over = self.places(above.get(1..)?);
        let over = over.into_iter().map(|place| place.map_or(0, |place| place + 1));
        let places: Vec<(Option<u8>, u8)> = self.places(below).into_iter().zip(over).collect();
        let mut lower = vec![0; self.indices.len()];
        let mut upper = vec![0; self.indices.len()];
        let width = self.width.max(1);
        let layers = lower.par_chunks_mut(width).zip(upper.par_chunks_mut(width));
        layers.zip(self.par_rows()).for_each(|((lower, upper), row)| {
            // What is not seen repeats what is, and so packs well.
            let mut last = 0;
            for ((lower, upper), index) in lower.iter_mut().zip(upper).zip(row) {
                let place = places.get(usize::from(*index)).copied();
                let (below, above) = place.unwrap_or_default();
                last = below.unwrap_or(last);
                (*lower, *upper) = (last, above);
            }
        });
        Some([self.indexed(below.to_vec(), lower), self.indexed(above, upper)])
    }

    /// For each entry of the palette the place of its colour among these, where it has one.
    fn places(&self, colors: &[Rgba]) -> Vec<Option<u8>> {
        let place = |color: &Rgba| colors.iter().position(|c| c == color).map(|i| i as u8);
        self.palette.iter().map(place).collect()
    }

    fn indexed(&self, palette: Vec<Rgba>, indices: Vec<u8>) -> Indexed {
        Indexed { width: self.width, height: self.height, palette, indices }
    }
}

/// A picture of at most 256 different colours, one byte a pixel.
pub(super) struct Indexed {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) palette: Vec<Rgba>,
    pub(super) indices: Vec<u8>,
}

impl Indexed {
    /// What a clear colour is on paper: the mean of the colours beside its pixels. Where a picture is made smaller, programs mix the
    /// colours of hidden pixels into those at the border.
    pub(super) fn color_beside(&self, clear: Rgba) -> Rgba {
        let is_clear: Vec<bool> = self.palette.iter().map(|color| *color == clear).collect();
        let is_clear = |index: &u8| is_clear.get(usize::from(*index)).copied().unwrap_or_default();
        let (mut sums, mut count) = ([0u64; 3], 0);
        for row in self.indices.chunks_exact(self.width.max(1)) {
            for (a, b) in row.iter().zip(row.iter().skip(1)) {
                let beside = match (is_clear(a), is_clear(b)) {
                    (true, false) => b,
                    (false, true) => a,
                    _ => continue,
                };
                if let Some(color) = self.palette.get(usize::from(*beside)) {
                    let channels = [color.r, color.g, color.b].map(u64::from);
                    sums.iter_mut().zip(channels).for_each(|(sum, channel)| *sum += channel);
                    count += 1;
                }
            }
        }
        let [r, g, b] = sums.map(|sum| (sum / count.max(1)) as u8);
        Rgba { r, g, b, a: clear.a }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_colours_merge_and_unused_ones_go() {
        let (red, blue) = (Rgba::rgb(255, 0, 0), Rgba::rgb(0, 0, 255));
        let pixmap = Pixmap {
            width: 2,
            height: 2,
            palette: vec![red, Rgba::rgb(1, 2, 3), blue, red],
            indices: vec![0, 2, 3, 0],
        };
        let indexed = pixmap.to_indexed(&pixmap.used_palette()).expect("few colours");
        assert_eq!(indexed.palette, [red, blue]);
        assert_eq!(indexed.indices, [0, 1, 0, 0]);
    }

    #[test]
    fn clear_pixels_have_the_mean_colour_of_their_neighbours() {
        let (bright, dark) = (Rgba::rgb(200, 100, 0), Rgba::rgb(100, 0, 0));
        let palette = vec![Rgba::TRANSPARENT, bright, dark, Rgba::rgb(255, 255, 255)];
        let indices = vec![3, 1, 0, 3, 0, 2, 3, 3];
        let mut picture = Indexed { width: 4, height: 2, palette, indices };
        let mean = |picture: &Indexed| picture.color_beside(Rgba::TRANSPARENT);
        // The white pixel on the right is beside a clear one as well.
        assert_eq!(mean(&picture), Rgba { r: 185, g: 118, b: 85, a: 0 });
        picture.indices.fill(0);
        assert_eq!(mean(&picture), Rgba { r: 0, g: 0, b: 0, a: 0 });
    }

    #[test]
    fn more_than_256_used_colours_are_not_indexed() {
        let palette: Vec<Rgba> =
            (0..300u16).map(|i| Rgba::rgb(i as u8, (i >> 8) as u8, 7)).collect();
        let pixmap = Pixmap { width: 300, height: 1, palette, indices: (0..300).collect() };
        assert!(pixmap.to_indexed(&pixmap.used_palette()).is_none());
    }

    #[test]
    fn some_more_colours_lie_above_the_others() {
        let mut palette: Vec<Rgba> =
            (0..300u16).map(|i| Rgba::rgb(i as u8, (i >> 8) as u8, 7)).collect();
        palette.push(Rgba::TRANSPARENT);
        let indices: Vec<u16> = (0..301).rev().collect();
        let pixmap = Pixmap { width: 301, height: 1, palette, indices };
        let [below, above] = pixmap.to_layers(&pixmap.used_palette()).expect("few colours more");
        for (i, &index) in pixmap.indices.iter().enumerate() {
            let upper = above.palette[usize::from(above.indices[i])];
            let lower = below.palette[usize::from(below.indices[i])];
            let seen = if above.indices[i] == 0 { lower } else { upper };
            assert_eq!(seen, pixmap.color(index));
        }
        let palette: Vec<Rgba> =
            (0..512u16).map(|i| Rgba::rgb(i as u8, (i >> 8) as u8, 7)).collect();
        let pixmap = Pixmap { width: 512, height: 1, palette, indices: (0..512).collect() };
        assert!(pixmap.to_layers(&pixmap.used_palette()).is_none());
    }
}
