//! Full-sky maps kept as images of one or two dimensions, pixel after pixel.

use super::keywords::Keywords;
use super::{Choice, Found, LoadError, Pick};
use crate::fits::{FitsFile, Hdu, Image};
use crate::map::{FullSky, MapSource};

/// Finds the map in an image, which has as many pixels as the sky.
pub(super) fn load(
    file: &FitsFile,
    hdu: &Hdu,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let keywords = Keywords::new(file, hdu, choice.role);
    let image = Image::new(file, hdu)?;
    let is_this = match &choice.column {
        None | Some(Pick::Number(0)) => true,
        Some(Pick::Number(_)) => false,
        Some(Pick::Name(name)) => name.trim().eq_ignore_ascii_case(hdu.name.trim()),
    };
    if !is_this {
        return Err(keywords.problem("it is an image, which has no columns; --hdu chooses another"));
    }
    if image.is_empty() {
        return Err(keywords.problem("it holds no data; --hdu chooses another HDU"));
    }
    let nside = keywords.nside_or_from(image.len(), warnings)?;
    keywords.check_pixels(nside, "the image", image.len())?;
    let ordering = keywords.ordering(choice, nside, warnings)?;
    let column = image.column()?;
    let bad = keywords.bad_values(&column)?;
    Ok(Found {
        name: hdu.name.clone(),
        unit: image.unit().map(str::to_string),
        source: MapSource::FullSky(FullSky { column, nside, ordering, bad }),
    })
}
