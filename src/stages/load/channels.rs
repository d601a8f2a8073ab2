//! Sparse cubes of the gamma-ray data formats (GADF, HEALPix sky maps): rows of pixel, channel and value, and a table of the channels.

use super::columns::DataColumns;
use super::keywords::Keywords;
use super::tables::{pixel_numbers, sparse};
use super::{Choice, Found, LoadError, Pick};
use crate::fits::{BinTable, ColumnInfo, FitsFile};
use crate::healpix::{Nside, NsideError};
use crate::map::{Band, CellNames, bands};
use crate::spelling;

/// Finds the channel that the choice's column names: `--col 2` and `--col CHANNEL2` are channel 2.
pub(super) fn load(
    file: &FitsFile,
    table: &BinTable,
    (pixels, channels): (&ColumnInfo, &ColumnInfo),
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let keywords = Keywords::new(file, table.hdu(), choice.role);
    let columns = DataColumns::new(table, &keywords, &[pixels.index, channels.index]);
    let chosen = columns.choose(None, "VALUE", warnings)?;
    let values = columns.per_row(chosen, warnings)?;
    let bands = bands(file, &keywords)?;
    let channel = channel(&keywords, &bands, choice.column.as_ref(), warnings)?;
    let place = keywords.place();
    let nside = match (keywords.nside()?, bands.iter().find(|band| band.channel == channel)) {
        (Some(nside), _) => nside,
        (None, Some(band)) => Nside::new(band.nside)
            .map_err(|problem: NsideError| LoadError::Nside { place, problem })?,
        (None, None) => return Err(keywords.problem("there is neither NSIDE nor a table BANDS")),
    };
    let pixels = pixel_numbers(table, &keywords, pixels, nside, choice, warnings)?;
    let channels = table.column(channels.index)?;
    let cells = CellNames::Channel { pixels, channels, channel };
    let mut found = sparse(cells, Some(values), &keywords)?;
    found.name = format!("CHANNEL{channel}");
    Ok(found)
}

fn channel(
    keywords: &Keywords,
    bands: &[Band],
    pick: Option<&Pick>,
    warnings: &mut Vec<String>,
) -> Result<i64, LoadError> {
    let known = |channel: &i64| bands.is_empty() || bands.iter().any(|b| b.channel == *channel);
    let listed = || spelling::listed(bands.iter().map(|band| band.channel.to_string()));
    let (wanted, asked) = match pick {
        None => {
            let first = bands.first().map_or(0, |band| band.channel);
            if bands.len() > 1 {
                warnings.push(format!(
                    "{} has the channels {}: channel {first} is taken; {} chooses another",
                    keywords.place(),
                    listed(),
                    keywords.role().column_option()
                ));
            }
            return Ok(first);
        }
        Some(Pick::Number(number)) => (i64::try_from(*number).ok(), number.to_string()),
        Some(Pick::Name(name)) => {
            let upper = name.trim().to_ascii_uppercase();
            let number = upper.strip_prefix("CHANNEL").map_or(upper.as_str(), str::trim);
            (number.parse().ok(), format!("'{name}'"))
        }
    };
    wanted.filter(known).ok_or_else(|| {
        keywords.problem(match bands.is_empty() {
            true => format!("{asked} is no channel: channels are numbers here"),
            false => format!("there is no channel {asked}; there are {}", listed()),
        })
    })
}
