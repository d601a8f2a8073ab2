//! Finds the HDU of a file that holds a map.

use super::{LoadError, Pick};
use crate::fits::{FitsFile, Hdu, HduKind};
use crate::map::{has_map_keywords, looks_like_a_map, says_healpix};
use crate::spelling;

/// The HDU that the user names, else the first with HEALPix keywords, else the first that has as many numbers as some sky has pixels, else
/// an image with such keywords, which reading will find fault with.
pub(super) fn hdu<'a>(file: &'a FitsFile, pick: Option<&Pick>) -> Result<&'a Hdu, LoadError> {
    match pick {
        Some(Pick::Number(index)) => return Ok(file.hdu(*index)?),
        Some(Pick::Name(name)) => return Ok(file.hdu_by_name(name)?),
        None => {}
    }
    let first = |is_map: &dyn Fn(&Hdu) -> bool| file.walk().find(|hdu| is_map(hdu));
    if let Some(hdu) = first(&|hdu| says_healpix(file, hdu)) {
        return Ok(hdu);
    }
    if let Some(hdu) = first(&|hdu| hdu.kind == HduKind::AsciiTable && has_map_keywords(hdu)) {
        return Err(LoadError::AsciiTable { place: hdu.header.place().clone() });
    }
    first(&|hdu| looks_like_a_map(file, hdu))
        .or_else(|| first(&|hdu| hdu.is_image() && has_map_keywords(hdu)))
        .ok_or_else(|| no_map(file))
}

fn no_map(file: &FitsFile) -> LoadError {
    let kinds = file.walk().map(|hdu| format!("{} (HDU {})", hdu.kind, hdu.index));
    let mut found = spelling::listed(kinds);
    if let Some(damage) = file.damage() {
        found.push_str(&format!(", and is damaged behind: {damage}; copy or download it again"));
    }
    LoadError::NoMap { file: file.name().to_string(), found, damaged: file.damage().is_some() }
}
