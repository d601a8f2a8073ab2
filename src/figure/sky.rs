//! The picture of the sky and its outline.

use rayon::prelude::*;

use crate::colormap::Rgba;
use crate::draw::{Pixmap, Rect};
use crate::projection::{Bounds, Outline};

/// A picture of the sky, and what it shows of the projection plane.
#[derive(Clone, PartialEq, Debug)]
pub struct Sky {
    /// The picture, of the size that the plan asks for.
    pub pixmap: Pixmap,
    /// The palette entry of pixels off the sky.
    pub blank: u16,
    /// The part of the plane that the picture shows, to the outer edges of its pixels.
    pub extent: Bounds,
    /// The boundary of the sky in the plane.
    pub outline: Outline,
}

impl Sky {
    /// Gives pixels off the sky the colour of the nearest sky pixel of their row, and rows without sky those of the
    /// next row, so that nothing shines through between the outermost pixels and the smooth outline that the
    /// picture is clipped by.
    pub(super) fn spread_to_edges(&mut self) {
        let (width, blank) = (self.pixmap.width.max(1), self.blank);
        let indices = &mut self.pixmap.indices;
        indices.par_chunks_exact_mut(width).for_each(|row| fill_gaps(row, blank));
        let height = indices.len() / width;
        let empty = |indices: &[u16], y: usize| indices.get(y * width) == Some(&blank);
        let below = (1..height).map(|y| (y, y - 1));
        let above = (1..height).rev().map(|y| (y - 1, y));
        for (to, from) in below.chain(above) {
            if empty(indices, to) && !empty(indices, from) {
                indices.copy_within(from * width..(from + 1) * width, to * width);
            }
        }
    }
}

impl Sky {
    /// The mean luminance of the picture, placed at `place` on the page, within another rectangle of the page.
    pub(super) fn luminance(&self, place: &Rect, within: &Rect) -> f64 {
        mean(self.samples(place, within).map(Rgba::luminance)).unwrap_or(1.0)
    }

    /// The mean colour there.
    pub(super) fn color(&self, place: &Rect, within: &Rect) -> Rgba {
        let channel = |of: fn(Rgba) -> u8| {
            mean(self.samples(place, within).map(|color| of(color).into())).unwrap_or(255.0)
        };
        let [r, g, b] = [channel(|c| c.r), channel(|c| c.g), channel(|c| c.b)];
        Rgba::rgb(r.round() as u8, g.round() as u8, b.round() as u8)
    }

    /// The colours of pixels within a rectangle of the page, or of some of many; beside the picture there are none.
    fn samples(&self, place: &Rect, within: &Rect) -> impl Iterator<Item = Rgba> + '_ {
        /// Samples along each side.
        const SAMPLES: usize = 12;
        let (place, within) = (*place, *within);
        let Pixmap { width, height, .. } = self.pixmap;
        let at = |k: usize, start: f64, side: f64| start + (k as f64 + 0.5) / SAMPLES as f64 * side;
        let pixel = |part: f64, pixels: usize| (part * pixels as f64) as usize;
        (0..SAMPLES * SAMPLES).filter_map(move |k| {
            let x = (at(k % SAMPLES, within.x, within.width) - place.x) / place.width;
            let y = (at(k / SAMPLES, within.y, within.height) - place.y) / place.height;
            if !(0.0..1.0).contains(&x) || !(0.0..1.0).contains(&y) {
                return None;
            }
            let index = self.pixmap.indices.get(pixel(y, height) * width + pixel(x, width))?;
            Some(self.pixmap.color(*index))
        })
    }
}

/// The mean of some numbers, if there are any.
fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = numbers.fold((0.0, 0), |(sum, count), number| (sum + number, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Fills blank pixels of a row with the nearest that is not; a row of blank ones stays.
fn fill_gaps(row: &mut [u16], blank: u16) {
    let mut start = 0;
    while let Some(gap) = next_gap(row, start, blank) {
        let before = gap.start.checked_sub(1).and_then(|i| row.get(i)).copied();
        let after = row.get(gap.end).copied();
        let middle = match (before, after) {
            (Some(_), Some(_)) => (gap.start + gap.end) / 2,
            (Some(_), None) => gap.end,
            _ => gap.start,
        };
        let (left, right) = (before.unwrap_or(blank), after.unwrap_or(blank));
        start = gap.end;
        for i in gap {
            if let Some(pixel) = row.get_mut(i) {
                *pixel = if i < middle { left } else { right };
            }
        }
    }
}

/// The next run of blank pixels from `start` on.
fn next_gap(row: &[u16], start: usize, blank: u16) -> Option<std::ops::Range<usize>> {
    let tail = row.get(start..)?;
    let first = start + tail.iter().position(|&index| index == blank)?;
    let length = row.get(first..)?.iter().take_while(|&&index| index == blank).count();
    Some(first..first + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_pixels_take_the_colour_of_the_nearest_sky() {
        let bounds = Bounds { x: [0.0, 1.0], y: [0.0, 1.0] };
        let mut sky = Sky {
            pixmap: Pixmap {
                width: 7,
                height: 2,
                palette: vec![Rgba::rgb(0, 0, 0); 4],
                indices: vec![3, 3, 1, 3, 3, 2, 3, 3, 3, 3, 3, 3, 3, 3],
            },
            blank: 3,
            extent: bounds,
            outline: Outline::Rectangle(bounds),
        };
        sky.spread_to_edges();
        assert_eq!(sky.pixmap.indices, [1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2]);
    }

    #[test]
    fn the_mean_of_what_is_below_is_that_of_its_pixels() {
        let (black, white) = (Rgba::rgb(0, 0, 0), Rgba::rgb(255, 255, 255));
        let bounds = Bounds { x: [0.0, 1.0], y: [0.0, 1.0] };
        let pixmap =
            Pixmap { width: 2, height: 1, palette: vec![black, white], indices: vec![0, 1] };
        let outline = Outline::Rectangle(bounds);
        let sky = Sky { pixmap, blank: 2, extent: bounds, outline };
        let place = Rect::new(10.0, 10.0, 20.0, 10.0);
        let left = Rect::new(12.0, 12.0, 4.0, 4.0);
        assert_eq!(sky.color(&place, &place), Rgba::rgb(128, 128, 128));
        assert_eq!((sky.color(&place, &left), sky.luminance(&place, &left)), (black, 0.0));
        assert_eq!(sky.color(&place, &Rect::new(0.0, 0.0, 5.0, 5.0)), white);
    }
}
