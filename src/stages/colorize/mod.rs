//! Turns the raster's values into palette indices.

mod rows;

use rayon::prelude::*;

use crate::colormap::{Colormap, Rgba};
use crate::draw::Pixmap;
use crate::map::{SkyRaster, UNSEEN, is_valid};
use crate::scale::{Normalization, Scale};
use rows::Rows;

/// Rows that a thread colours at a time: fewer than there are for each, since some have more sky than others.
const ROWS: usize = 16;

/// The colours of a picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Palette {
    /// The colours between the limits.
    pub colormap: Colormap,
    /// Below the lower limit; the first colour of the table by default.
    pub under: Option<Rgba>,
    /// Above the upper limit; the last colour of the table by default.
    pub over: Option<Rgba>,
    /// Pixels without data.
    pub bad: Rgba,
    /// Pixels that are masked.
    pub masked: Masked,
    /// What becomes of values that the scale has no place for.
    pub undefined: Undefined,
}

/// How masked pixels are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Masked {
    /// In one colour.
    Fill(Rgba),
    /// As what is masked, with a colour over it, as opaque as this one is.
    Veil(Rgba),
}

impl Default for Masked {
    fn default() -> Self {
        Masked::Veil(Rgba::TRANSPARENT)
    }
}

/// How values that the scale has no place for are shown: zero and below on a log scale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Undefined {
    /// As pixels without data.
    #[default]
    Bad,
    /// As values below the lower limit.
    Under,
}

impl Palette {
    /// A table with a colour for pixels without data, and what follows from these.
    pub fn new(colormap: Colormap, bad: Rgba) -> Palette {
        let (masked, undefined) = (Masked::Fill(bad), Undefined::default());
        Palette { colormap, under: None, over: None, bad, masked, undefined }
    }

    /// The colour below the lower limit.
    pub fn under(&self) -> Rgba {
        let first = || self.colormap.table().first().copied();
        self.under.or_else(first).unwrap_or(Rgba::TRANSPARENT)
    }

    /// The colour above the upper limit.
    pub fn over(&self) -> Rgba {
        let last = || self.colormap.table().last().copied();
        self.over.or_else(last).unwrap_or(Rgba::TRANSPARENT)
    }
}

/// A coloured picture, and which ends of the scale the data go beyond.
#[derive(Clone, PartialEq, Debug)]
pub struct Colored {
    /// The picture, row 0 at the top; the last entry of its palette marks pixels off the sky.
    pub pixmap: Pixmap,
    /// Whether some pixel lies below the lower limit.
    pub below: bool,
    /// Whether some pixel lies above the upper limit.
    pub above: bool,
    /// Number of pixels with data that the scale has no place for.
    pub undefined: usize,
    /// Number of masked pixels.
    pub masked: usize,
}

impl Colored {
    /// The palette entry of pixels off the sky: the last.
    pub fn blank(&self) -> u16 {
        (self.pixmap.palette.len().saturating_sub(1)) as u16
    }
}

/// Colours a raster. Off the sky the picture is transparent. Where the raster has no data but `beneath`, the same without masks, has
/// some, the pixel is masked.
pub fn colorize(
    raster: &SkyRaster,
    beneath: Option<&SkyRaster>,
    normalization: &Normalization,
    palette: &Palette,
) -> Colored {
    let Entries { colors, under, over, bad, masked, blank } =
        Entries::new(palette, beneath.is_some());
    let positive_only = *normalization.scale() == Scale::Log;
    let is_undefined = |value: f64| positive_only && value <= 0.0;
    let rows = Rows::new(&palette.colormap, normalization);
    // Limits are taken as the picture's numbers are: in float32, where 0.3 is no larger than 0.3.
    let [min, max] = [normalization.min() as f32, normalization.max() as f32];
    let index = |value: f32| {
        if value.is_nan() {
            return blank;
        }
        if value == UNSEEN {
            return bad;
        }
        if value < min {
            let shown = palette.undefined == Undefined::Under || !is_undefined(f64::from(value));
            if shown { under } else { bad }
        } else if value > max {
            over
        } else {
            rows.of(value)
        }
    };
    let masked_index = |value: f32| match palette.masked {
        Masked::Fill(_) => masked,
        Masked::Veil(_) => masked + index(value),
    };
    // Zeros come from the system unseen; each thread finds the memory for its own rows.
    let mut indices = vec![0; raster.values.len()];
    let width = raster.width.max(1);
    let lines = indices.par_chunks_mut(width).zip(raster.values.par_chunks(width).rev());
    let tallies = lines.enumerate().with_max_len(ROWS).map(|(row, (out, values))| {
        out.iter_mut().zip(values).for_each(|(i, v)| *i = index(*v));
        if let Some(beneath) = beneath {
            let start = (raster.height - 1 - row) * width;
            let beneath = beneath.values.get(start..start + width).unwrap_or_default();
            // What has a value but no colour is not masked.
            for ((i, value), beneath) in out.iter_mut().zip(values).zip(beneath) {
                if *value == UNSEEN && is_valid(*beneath) {
                    *i = masked_index(*beneath);
                }
            }
        }
        let no_place = values.iter().filter(|v| is_valid(**v) && is_undefined(f64::from(**v)));
        Tally {
            under: count(out, |i| i == under),
            over: count(out, |i| i == over),
            undefined: if positive_only { no_place.count() } else { 0 },
            masked: count(out, |i| i >= masked && i != blank),
        }
    });
    let Tally { under, over, undefined, masked } = tallies.reduce(Tally::default, Tally::add);
    let pixmap = Pixmap { width: raster.width, height: raster.height, palette: colors, indices };
    Colored { pixmap, below: under > 0, above: over > 0, undefined, masked }
}

/// The palette of a picture: the colour table, and the entries for what that has no colours for.
struct Entries {
    colors: Vec<Rgba>,
    under: u16,
    over: u16,
    bad: u16,
    /// The first for masked pixels: there is one for all, or one for each before it with a veil over it.
    masked: u16,
    /// Off the sky; the last.
    blank: u16,
}

impl Entries {
    fn new(palette: &Palette, has_masks: bool) -> Entries {
        let mut colors = palette.colormap.table().to_vec();
        let under = colors.len() as u16;
        colors.extend([palette.under(), palette.over(), palette.bad]);
        let masked = colors.len() as u16;
        match palette.masked {
            _ if !has_masks => {}
            Masked::Fill(color) => colors.push(color),
            Masked::Veil(veil) => {
                let veils: Vec<Rgba> = colors.iter().map(|color| veiled(*color, veil)).collect();
                colors.extend(veils);
            }
        }
        let blank = colors.len() as u16;
        colors.push(Rgba::TRANSPARENT);
        Entries { colors, under, over: under + 1, bad: under + 2, masked, blank }
    }
}

/// How many of some palette entries are wanted ones.
fn count(indices: &[u16], wanted: impl Fn(u16) -> bool) -> usize {
    indices.iter().filter(|index| wanted(**index)).count()
}

/// Numbers of pixels.
#[derive(Default)]
struct Tally {
    under: usize,
    over: usize,
    undefined: usize,
    masked: usize,
}

impl Tally {
    fn add(self, other: Tally) -> Tally {
        Tally {
            under: self.under + other.under,
            over: self.over + other.over,
            undefined: self.undefined + other.undefined,
            masked: self.masked + other.masked,
        }
    }
}

/// A colour with another over it.
pub fn veiled(color: Rgba, veil: Rgba) -> Rgba {
    let part = f64::from(veil.a) / 255.0;
    let mix = |below: u8, above: u8| {
        (f64::from(below) + (f64::from(above) - f64::from(below)) * part).round() as u8
    };
    Rgba {
        r: mix(color.r, veil.r),
        g: mix(color.g, veil.g),
        b: mix(color.b, veil.b),
        a: mix(color.a, 255),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_has_its_colour() {
        let viridis = Colormap::by_name("viridis").unwrap();
        let mut palette = Palette::new(viridis, Rgba::rgb(128, 128, 128));
        palette.under = Some(Rgba::rgb(1, 0, 0));
        let raster =
            SkyRaster { width: 3, height: 2, values: vec![0.0, 1.0, 0.5, f32::NAN, UNSEEN, -0.1] };
        let unit = Normalization::new(Scale::Linear, 0.0, 1.0).unwrap();
        let colored = colorize(&raster, None, &unit, &palette);
        // Row 0 of the picture is the raster's last row.
        assert_eq!(colored.pixmap.indices, [259, 258, 256, 0, 255, 128]);
        assert!(colored.below && !colored.above);
        assert_eq!(colored.pixmap.palette[256], Rgba::rgb(1, 0, 0));
        assert_eq!(palette.over(), palette.colormap.table()[255]);
    }

    #[test]
    fn limits_are_within_the_scale_whatever_float32_makes_of_them() {
        let palette = Palette::new(Colormap::by_name("viridis").unwrap(), Rgba::rgb(9, 9, 9));
        let scales = [Scale::Linear, Scale::Log, Scale::Sqrt];
        for (scale, limits) in scales.into_iter().flat_map(|scale| {
            [[0.1f64, 0.3], [0.7, 0.9], [0.3, 0.7]].map(|limits| (scale.clone(), limits))
        }) {
            let [low, high] = limits.map(|limit| limit as f32);
            let values = vec![low, high, low.next_down(), high.next_up()];
            let raster = SkyRaster { width: 4, height: 1, values };
            let scale = Normalization::new(scale, limits[0], limits[1]).unwrap();
            let colored = colorize(&raster, None, &scale, &palette);
            assert_eq!(colored.pixmap.indices, [0, 255, 256, 257], "{limits:?}");
        }
    }

    #[test]
    fn what_a_log_scale_cannot_show_is_not_masked() {
        let mut palette = Palette::new(Colormap::by_name("viridis").unwrap(), Rgba::rgb(9, 9, 9));
        palette.masked = Masked::Fill(Rgba::rgb(255, 0, 0));
        let raster = SkyRaster { width: 4, height: 1, values: vec![0.0, -1.0, UNSEEN, UNSEEN] };
        let beneath = SkyRaster { values: vec![0.0, -1.0, 2.0, UNSEEN], ..raster.clone() };
        let log = Normalization::new(Scale::Log, 1.0, 10.0).unwrap();
        let colored = colorize(&raster, Some(&beneath), &log, &palette);
        assert_eq!(colored.pixmap.indices, [258, 258, 259, 258]);
        assert_eq!(colored.masked, 1);
    }

    #[test]
    fn what_a_log_scale_cannot_show_is_bad_or_under() {
        let viridis = Colormap::by_name("viridis").unwrap();
        let mut palette = Palette::new(viridis, Rgba::rgb(128, 128, 128));
        let raster = SkyRaster { width: 4, height: 1, values: vec![0.0, -1.0, 0.5, UNSEEN] };
        let log = Normalization::new(Scale::Log, 1.0, 10.0).unwrap();
        let colored = colorize(&raster, None, &log, &palette);
        assert_eq!(colored.pixmap.indices, [258, 258, 256, 258]);
        assert!(colored.undefined == 2 && colored.below);
        palette.undefined = Undefined::Under;
        let colored = colorize(&raster, None, &log, &palette);
        assert_eq!(colored.pixmap.indices, [256, 256, 256, 258]);
    }

    #[test]
    fn masked_pixels_are_filled_or_veiled() {
        let viridis = Colormap::by_name("viridis").unwrap();
        let mut palette = Palette::new(viridis, Rgba::rgb(128, 128, 128));
        palette.masked = Masked::Fill(Rgba::rgb(1, 2, 3));
        let raster = |values: [f32; 4]| SkyRaster { width: 2, height: 2, values: values.to_vec() };
        let shown = raster([0.0, UNSEEN, UNSEEN, f32::NAN]);
        let beneath = raster([0.0, 1.0, UNSEEN, f32::NAN]);
        let unit = Normalization::new(Scale::Linear, 0.0, 1.0).unwrap();
        let colored = colorize(&shown, Some(&beneath), &unit, &palette);
        assert_eq!(colored.pixmap.indices, [258, 260, 0, 259]);
        assert_eq!(colored.pixmap.palette[259], Rgba::rgb(1, 2, 3));
        assert_eq!((colored.masked, colored.blank()), (1, 260));
        palette.masked = Masked::Veil(Rgba { r: 255, g: 255, b: 255, a: 51 });
        let colored = colorize(&shown, Some(&beneath), &unit, &palette);
        let color = colored.pixmap.palette[usize::from(colored.pixmap.indices[3])];
        let table = palette.colormap.table()[255];
        assert_eq!(color.r, (f64::from(table.r) * 0.8 + 51.0).round() as u8);
        assert_eq!(colored.pixmap.palette[usize::from(colored.blank())], Rgba::TRANSPARENT);
    }
}
