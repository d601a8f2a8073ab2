//! Maps in binary tables: full-sky, partial, multi-order, and of several channels.

use super::columns::DataColumns;
use super::keywords::Keywords;
use super::{Choice, Found, LoadError, Pick};
use crate::fits::{BinTable, Column, ColumnInfo, FitsFile};
use crate::healpix::Nside;
use crate::map::{CellNames, FullSky, MapSource, PixelColumn, Rows, SparseSource, names_pixels};
use crate::spelling;

/// Names and types of a table's columns.
fn listed(table: &BinTable) -> String {
    let columns = table.columns().iter();
    match columns.len() {
        0 => "no columns".to_string(),
        _ => spelling::listed(columns.map(|c| format!("{} ({})", c.label(), c.tform))),
    }
}

/// Finds the map in a binary table.
pub(super) fn load(
    file: &FitsFile,
    table: &BinTable,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let keywords = Keywords::new(file, table.hdu(), choice.role);
    let ordering = keywords.word("ORDERING");
    if ordering == "RANGE" {
        let problem = "ORDERING is 'RANGE', a coverage map of intervals; \
                       convert it to ORDERING 'NUNIQ'";
        return Err(keywords.problem(problem));
    }
    let lacks = |what: String| keywords.problem(format!("{what}; it has {}", listed(table)));
    let first = table.columns().first();
    let elements = first.map_or(0, |c| table.rows().saturating_mul(c.tform.repeat));
    match keywords.rows(table.columns(), elements) {
        Rows::InOrder => full_sky(table, &keywords, choice, warnings),
        Rows::Pixels(Some(pixels)) => partial(table, &keywords, pixels, choice, warnings),
        Rows::Pixels(None) => {
            Err(lacks("it is a partial map, but has no integer column PIXEL".to_string()))
        }
        Rows::Channels(Some(pixels), Some(channels)) => {
            super::channels::load(file, table, (pixels, channels), choice, warnings)
        }
        Rows::Channels(..) => Err(lacks(
            "INDXSCHM is 'SPARSE', but there are no integer columns PIX and CHANNEL".to_string(),
        )),
        Rows::Uniq(Some(uniq)) => multi_order(table, &keywords, uniq, choice, warnings),
        Rows::Uniq(None) => {
            Err(lacks(format!("ORDERING is '{ordering}', but there is no integer column UNIQ")))
        }
    }
}

fn full_sky(
    table: &BinTable,
    keywords: &Keywords,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let columns = DataColumns::new(table, keywords, &[]);
    let chosen = columns.choose(choice.column.as_ref(), "", warnings)?;
    let (column, nside) = columns.full_sky(chosen, warnings)?;
    if choice.column.is_none() && names_pixels(column.name()) {
        warnings.push(format!(
            "{}: INDXSCHM says that pixels are in order, so column '{}' is taken; {} NAME chooses another",
            keywords.place(),
            column.name(),
            choice.role.column_option()
        ));
    }
    let ordering = keywords.ordering(choice, nside, warnings)?;
    let bad = keywords.bad_values(&column)?;
    Ok(Found {
        name: column.name().to_string(),
        unit: column.unit().map(str::to_string),
        source: MapSource::FullSky(FullSky { column, nside, ordering, bad }),
    })
}

fn partial(
    table: &BinTable,
    keywords: &Keywords,
    pixels: &ColumnInfo,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let columns = DataColumns::new(table, keywords, &[pixels.index]);
    let chosen = columns.choose(choice.column.as_ref(), "", warnings);
    // A list of pixels is a footprint.
    let values = match chosen {
        Err(_) if columns.is_empty() && choice.column.is_none() => None,
        chosen => Some(cells_like(table, pixels, &columns, chosen?, warnings)?),
    };
    let nside = match keywords.nside()? {
        Some(nside) => nside,
        None if Nside::from_npix(table.rows()).is_ok() => {
            keywords.nside_or_from(table.rows(), warnings)?
        }
        None => return Err(keywords.problem("a partial map needs NSIDE, which is missing")),
    };
    let pixels = pixel_numbers(table, keywords, pixels, nside, choice, warnings)?;
    sparse(CellNames::Pixels(pixels), values, keywords)
}

/// The values that belong to a column of pixel numbers: as many in a cell as there, or one by choice.
fn cells_like(
    table: &BinTable,
    pixels: &ColumnInfo,
    columns: &DataColumns,
    chosen: super::columns::Chosen,
    warnings: &mut Vec<String>,
) -> Result<Column, LoadError> {
    if pixels.tform.repeat > 1 && chosen.repeat() == pixels.tform.repeat {
        return Ok(table.column(chosen.index())?);
    }
    columns.per_row(chosen, warnings)
}

/// A column of pixel numbers with its meaning.
pub(super) fn pixel_numbers(
    table: &BinTable,
    keywords: &Keywords,
    pixels: &ColumnInfo,
    nside: Nside,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<PixelColumn, LoadError> {
    let ordering = keywords.ordering(choice, nside, warnings)?;
    let column = table.column(pixels.index)?;
    // FIRSTPIX may also be the lowest number in the table; LASTPIX tells.
    let last = keywords.int("LASTPIX")?;
    let from_one = keywords.int("FIRSTPIX")? == Some(1)
        && last.is_none_or(|last| u64::try_from(last) == Ok(nside.npix()));
    if from_one {
        let place = keywords.place();
        warnings.push(format!("{place}: FIRSTPIX is 1: pixel numbers are taken to start at 1"));
    }
    Ok(PixelColumn { column, first: i64::from(from_one), nside, ordering })
}

fn multi_order(
    table: &BinTable,
    keywords: &Keywords,
    uniq: &ColumnInfo,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let columns = DataColumns::new(table, keywords, &[uniq.index]);
    let values = match choice.column {
        None | Some(Pick::Number(0)) if columns.is_empty() => None,
        _ => {
            let chosen = columns.choose(choice.column.as_ref(), "PROBDENSITY", warnings)?;
            Some(columns.per_row(chosen, warnings)?)
        }
    };
    if uniq.tform.repeat != 1 {
        let problem = format!("column {} has {} numbers in a row", uniq.label(), uniq.tform.repeat);
        return Err(keywords.problem(problem));
    }
    sparse(CellNames::Uniq(table.column(uniq.index)?), values, keywords)
}

/// A sparse map named and measured as its column of values is.
pub(super) fn sparse(
    cells: CellNames,
    values: Option<Column>,
    keywords: &Keywords,
) -> Result<Found, LoadError> {
    let bad = values.as_ref().map(|values| keywords.bad_values(values)).transpose()?;
    let bad = bad.unwrap_or_default();
    Ok(Found {
        name: values.as_ref().map_or(String::new(), |c| c.name().to_string()),
        unit: values.as_ref().and_then(|c| c.unit()).map(str::to_string),
        source: MapSource::Sparse(SparseSource {
            is_footprint: values.is_none(),
            cells,
            values,
            bad,
            mask: None,
        }),
    })
}
