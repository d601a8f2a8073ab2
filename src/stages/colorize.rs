//! Turns the raster's values into palette indices.

use rayon::prelude::*;

use crate::colormap::{Colormap, Rgba};
use crate::draw::Pixmap;
use crate::map::{SkyRaster, UNSEEN};
use crate::scale::{Normalization, Scale};

/// The colours of a picture.
#[derive(Clone, Debug)]
pub struct Palette {
    /// The colours between the limits.
    pub colormap: Colormap,
    /// Below the lower limit; the first colour of the table by default.
    pub under: Option<Rgba>,
    /// Above the upper limit; the last colour of the table by default.
    pub over: Option<Rgba>,
    /// Pixels without data.
    pub bad: Rgba,
    /// What becomes of values that the scale has no place for.
    pub undefined: Undefined,
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
        Palette { colormap, under: None, over: None, bad, undefined: Undefined::default() }
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
}

impl Colored {
    /// The palette entry of pixels off the sky: the last.
    pub fn blank(&self) -> u16 {
        (self.pixmap.palette.len().saturating_sub(1)) as u16
    }
}

/// Colours a raster. Off the sky the picture is transparent.
pub fn colorize(raster: &SkyRaster, normalization: &Normalization, palette: &Palette) -> Colored {
    let n = palette.colormap.table().len() as u16;
    let [under, over, bad, blank] = [n, n + 1, n + 2, n + 3];
    let mut colors = palette.colormap.table().to_vec();
    colors.extend([palette.under(), palette.over(), palette.bad, Rgba::TRANSPARENT]);
    let positive_only = *normalization.scale() == Scale::Log;
    let is_undefined = |value: f64| positive_only && value <= 0.0;
    let index = |value: f32| {
        if value.is_nan() {
            return blank;
        }
        if value == UNSEEN {
            return bad;
        }
        let value = f64::from(value);
        if value < normalization.min() {
            let shown = palette.undefined == Undefined::Under || !is_undefined(value);
            if shown { under } else { bad }
        } else if value > normalization.max() {
            over
        } else {
            palette.colormap.index(normalization.forward(value)) as u16
        }
    };
    let mut indices = vec![blank; raster.values.len()];
    let width = raster.width.max(1);
    indices
        .par_chunks_mut(width)
        .zip(raster.values.par_chunks(width).rev())
        .for_each(|(out, row)| out.iter_mut().zip(row).for_each(|(i, v)| *i = index(*v)));
    let undefined = raster.valid().filter(|&v| is_undefined(v.into())).count();
    let any = |wanted: u16| indices.par_iter().any(|&i| i == wanted);
    let (below, above) = (any(under), any(over));
    let pixmap = Pixmap { width: raster.width, height: raster.height, palette: colors, indices };
    Colored { pixmap, below, above, undefined }
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
        let colored = colorize(&raster, &unit, &palette);
        // Row 0 of the picture is the raster's last row.
        assert_eq!(colored.pixmap.indices, [259, 258, 256, 0, 255, 128]);
        assert!(colored.below && !colored.above);
        assert_eq!(colored.pixmap.palette[256], Rgba::rgb(1, 0, 0));
        assert_eq!(palette.over(), palette.colormap.table()[255]);
    }

    #[test]
    fn what_a_log_scale_cannot_show_is_bad_or_under() {
        let viridis = Colormap::by_name("viridis").unwrap();
        let mut palette = Palette::new(viridis, Rgba::rgb(128, 128, 128));
        let raster = SkyRaster { width: 4, height: 1, values: vec![0.0, -1.0, 0.5, UNSEEN] };
        let log = Normalization::new(Scale::Log, 1.0, 10.0).unwrap();
        let colored = colorize(&raster, &log, &palette);
        assert_eq!(colored.pixmap.indices, [258, 258, 256, 258]);
        assert!(colored.undefined == 2 && colored.below);
        palette.undefined = Undefined::Under;
        let colored = colorize(&raster, &log, &palette);
        assert_eq!(colored.pixmap.indices, [256, 256, 256, 258]);
    }
}
