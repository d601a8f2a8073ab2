//! The channels of a sparse cube of the gamma-ray data formats (GADF, HEALPix sky maps).

use super::Keywords;
use super::keywords::integer_column;
use crate::fits::{BinTable, FitsError, FitsFile};

/// A channel and the NSIDE of its pixels, as the file has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    /// Its number.
    pub channel: i64,
    /// Not checked.
    pub nside: i64,
}

/// The channels, from the table that BANDSHDU names, or else from one named BANDS; none where it does not say their resolutions.
///
/// # Errors
/// What reading the table meets.
pub fn bands(file: &FitsFile, keywords: &Keywords) -> Result<Vec<Band>, FitsError> {
    let name = keywords.text("BANDSHDU").unwrap_or_else(|| "BANDS".to_string());
    let Ok(hdu) = file.hdu_by_name(&name) else { return Ok(Vec::new()) };
    let table = BinTable::new(file, hdu)?;
    let numbers = |name: &str| -> Result<Option<Vec<i64>>, FitsError> {
        let Some(info) = integer_column(table.columns(), name) else { return Ok(None) };
        table.column(info.index)?.read_all().map(Some)
    };
    let Some(nsides) = numbers("NSIDE")? else { return Ok(Vec::new()) };
    let channels = numbers("CHANNEL")?.unwrap_or_else(|| (0..nsides.len() as i64).collect());
    Ok(channels.into_iter().zip(nsides).map(|(channel, nside)| Band { channel, nside }).collect())
}
