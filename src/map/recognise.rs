//! Which HDUs of a file hold maps: by their keywords, or by as many numbers as a sky has pixels.

use super::{Keywords, has_map_keywords, is_healsparse, pixel_column};
use crate::fits::{BinTable, ColumnInfo, ElementType, FitsFile, Hdu, HduKind, Image};
use crate::healpix::Nside;

/// Whether the keywords say that this is a map, and nothing of its shape is against it: a binary table with HEALPix keywords, an image
/// with as many pixels as these say, or a part of a HealSparse file.
pub fn says_healpix(file: &FitsFile, hdu: &Hdu) -> bool {
    if is_healsparse(hdu) {
        return true;
    }
    if let Ok(image) = Image::new(file, hdu) {
        // The keywords of an image may be in the primary header, which has no pixels of its own then.
        return match Keywords::new(file, hdu).valid_nside() {
            Some(nside) => image.len() == nside.npix(),
            None => has_map_keywords(hdu) && Nside::from_npix(image.len()).is_ok(),
        };
    }
    hdu.kind == HduKind::BinTable && has_map_keywords(hdu)
}

/// Whether the shape of the data is that of a map: a table whose first column of numbers is a sky, or that has a column of pixel
/// numbers; or an image of one dimension. An image of two may be a photograph of 12 nside^2 pixels. That counts only in a file where
/// no HDU [`says_healpix`].
pub fn looks_like_a_map(file: &FitsFile, hdu: &Hdu) -> bool {
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
