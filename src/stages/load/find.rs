//! Finds the HDU of a file that holds a map.

use super::{LoadError, Pick};
use crate::fits::{BinTable, ColumnInfo, ElementType, FitsFile, Hdu, HduKind, Image};
use crate::healpix::Nside;
use crate::map::{Keywords, has_map_keywords, is_healsparse, pixel_column};
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
    if let Some(hdu) = first(&|hdu| is_healsparse(hdu) || says_healpix(file, hdu)) {
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

fn says_healpix(file: &FitsFile, hdu: &Hdu) -> bool {
    if let Ok(image) = Image::new(file, hdu) {
        // The keywords of an image may be in the primary header, which has no pixels of its own then.
        let nside = Keywords::new(file, hdu).valid_nside();
        return match nside {
            Some(nside) => image.len() == nside.npix(),
            None => has_map_keywords(hdu) && Nside::from_npix(image.len()).is_ok(),
        };
    }
    hdu.kind == HduKind::BinTable && has_map_keywords(hdu)
}

/// Whether the shape of the data is that of a map: a table whose first column of numbers is a sky, or that has a column of pixel
/// numbers; or an image of one dimension. An image of two may be a photograph of 12 nside^2 pixels.
fn looks_like_a_map(file: &FitsFile, hdu: &Hdu) -> bool {
    let nside = Keywords::new(file, hdu).valid_nside();
    let is_sky = |n: u64| match nside {
        Some(nside) => nside.npix() == n,
        None => Nside::from_npix(n).is_ok(),
    };
    if let Ok(image) = Image::new(file, hdu) {
        return image.axes().len() == 1 && is_sky(image.len());
    }
    let Ok(table) = BinTable::new(file, hdu) else { return false };
    let sky = |c: &ColumnInfo| {
        is_number(c)
            && (is_sky(table.rows()) || is_sky(table.rows().saturating_mul(c.tform.repeat)))
    };
    table.columns().first().is_some_and(sky)
        || (nside.is_some() && pixel_column(table.columns()).is_some())
}

fn is_number(column: &ColumnInfo) -> bool {
    column.tform.kind.is_integer()
        || matches!(column.tform.kind, ElementType::F32 | ElementType::F64 | ElementType::Logical)
}
