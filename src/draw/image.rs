//! Pictures as Cairo surfaces, and their placing on the page.

use cairo::{Context, Filter, ImageSurface, SurfacePattern};
use rayon::prelude::*;

use super::{DrawError, Pixmap, Rect};
use crate::colormap::Rgba;

/// Rows of a picture that are turned into pixels at a time where it need not be scaled.
const BAND_ROWS: usize = 128;

/// Paints pixels on a rectangle of the page with sharp borders.
pub(super) fn paint(
    context: &Context,
    surface: &ImageSurface,
    rect: Rect,
) -> Result<(), DrawError> {
    context.translate(rect.x, rect.y);
    let (width, height) = (f64::from(surface.width()), f64::from(surface.height()));
    context.scale(rect.width / width, rect.height / height);
    let pattern = SurfacePattern::create(surface);
    pattern.set_filter(Filter::Nearest);
    context.set_source(&pattern)?;
    context.paint()?;
    Ok(())
}

/// Paints a picture on a pixel surface: one to one where its size fits the rectangle.
pub(super) fn paint_pixels(
    context: &Context,
    pixmap: &Pixmap,
    rect: Rect,
) -> Result<(), DrawError> {
    let Some((left, top)) = device_origin(context, pixmap, rect) else {
        return paint(context, &to_surface(pixmap)?, rect);
    };
    let palette = premultiplied_palette(pixmap);
    context.identity_matrix();
    for first in (0..pixmap.height).step_by(BAND_ROWS) {
        let surface = band(pixmap, first, BAND_ROWS.min(pixmap.height - first), &palette)?;
        let pattern = SurfacePattern::create(&surface);
        pattern.set_filter(Filter::Nearest);
        pattern.set_matrix(cairo::Matrix::new(1.0, 0.0, 0.0, 1.0, -left, -(top + first as f64)));
        context.set_source(&pattern)?;
        context.paint()?;
    }
    Ok(())
}

/// The device pixel of the picture's corner if its pixels fall exactly on the device's.
fn device_origin(context: &Context, pixmap: &Pixmap, rect: Rect) -> Option<(f64, f64)> {
    const SLACK: f64 = 1e-3;
    let (left, top) = context.user_to_device(rect.x, rect.y);
    let (right, bottom) = context.user_to_device(rect.right(), rect.bottom());
    let near = |value: f64, whole: f64| (value - whole).abs() < SLACK;
    let aligned = near(left, left.round())
        && near(top, top.round())
        && near(right - left, pixmap.width as f64)
        && near(bottom - top, pixmap.height as f64);
    aligned.then(|| (left.round(), top.round()))
}

/// A picture as a surface of 32-bit pixels.
pub(super) fn to_surface(pixmap: &Pixmap) -> Result<ImageSurface, DrawError> {
    band(pixmap, 0, pixmap.height, &premultiplied_palette(pixmap))
}

fn premultiplied_palette(pixmap: &Pixmap) -> Vec<[u8; 4]> {
    pixmap.palette.iter().map(|&color| premultiplied(color)).collect()
}

/// Some rows of a picture as 32-bit pixels.
fn band(
    pixmap: &Pixmap,
    first: usize,
    rows: usize,
    palette: &[[u8; 4]],
) -> Result<ImageSurface, DrawError> {
    let too_large = || DrawError::TooLarge {
        width: pixmap.width,
        height: pixmap.height,
        max: super::surface::MAX_PIXELS,
    };
    let width = i32::try_from(pixmap.width).map_err(|_| too_large())?;
    let height = i32::try_from(rows).map_err(|_| too_large())?;
    let stride = cairo::Format::ARgb32.stride_for_width(pixmap.width as u32)?;
    let mut data = vec![0; 4 * pixmap.width * rows];
    let lines = data.as_chunks_mut::<4>().0.par_chunks_mut(pixmap.width.max(1));
    lines.zip(pixmap.par_rows().skip(first)).for_each(|(line, row)| {
        for (&index, pixel) in row.iter().zip(line) {
            *pixel = palette.get(usize::from(index)).copied().unwrap_or_default();
        }
    });
    Ok(ImageSurface::create_for_data(data, cairo::Format::ARgb32, width, height, stride)?)
}

/// A colour as a pixel of Cairo's ARGB32: premultiplied, in the machine's byte order.
pub(super) fn premultiplied(color: Rgba) -> [u8; 4] {
    let alpha = u32::from(color.a);
    let scaled = |channel: u8| (u32::from(channel) * alpha + 127) / 255;
    (alpha << 24 | scaled(color.r) << 16 | scaled(color.g) << 8 | scaled(color.b)).to_ne_bytes()
}
