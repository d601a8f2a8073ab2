//! Pictures made of palette colours.

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

    /// The colour of a palette entry; one that is not there is transparent.
    pub fn color(&self, index: u16) -> Rgba {
        self.palette.get(usize::from(index)).copied().unwrap_or(Rgba::TRANSPARENT)
    }

    /// The different colours that are seen, in the palette's order.
    pub(super) fn used_palette(&self) -> Vec<Rgba> {
        let mut used = vec![false; self.palette.len()];
        for &index in &self.indices {
            if let Some(flag) = used.get_mut(usize::from(index)) {
                *flag = true;
            }
        }
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
        let place = |color: &Rgba| used.iter().position(|c| c == color).unwrap_or(0) as u8;
        let map: Vec<u8> = self.palette.iter().map(place).collect();
        let byte = |&index: &u16| map.get(usize::from(index)).copied().unwrap_or(0);
        let indices = self.indices.iter().map(byte).collect();
        Some(Indexed { width: self.width, height: self.height, palette: used.to_vec(), indices })
    }
}

/// A picture of at most 256 different colours, one byte a pixel.
pub(super) struct Indexed {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) palette: Vec<Rgba>,
    pub(super) indices: Vec<u8>,
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
    fn more_than_256_used_colours_are_not_indexed() {
        let palette: Vec<Rgba> =
            (0..300u16).map(|i| Rgba::rgb(i as u8, (i >> 8) as u8, 7)).collect();
        let pixmap = Pixmap { width: 300, height: 1, palette, indices: (0..300).collect() };
        assert!(pixmap.to_indexed(&pixmap.used_palette()).is_none());
    }
}
