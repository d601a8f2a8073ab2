//! HealSparse maps (HealSparse file specification): an image COV that says where the blocks of pixels are, and an image or table SPARSE
//! that holds them.

use super::columns::DataColumns;
use super::keywords::Keywords;
use super::{Choice, Found, LoadError, Pick, Role};
use crate::fits::{BinTable, Column, FitsFile, Hdu, Image, RawType};
use crate::healpix::{Nside, NsideError};
use crate::map::{BadValues, Blocks, CellNames, MapSource, Packing, SparseSource, is_healsparse};

/// Finds the HealSparse map of a file.
pub(super) fn load(
    file: &FitsFile,
    choice: &Choice,
    warnings: &mut Vec<String>,
) -> Result<Found, LoadError> {
    let (coverage, coverage_nside) = coverage(file)?;
    let hdu = part(file, "SPARSE")?;
    // NSIDE is that of this HDU alone: the primary one has that of the coverage map.
    let keywords = Keywords::new(file, hdu, choice.role);
    let nside = nside(&keywords, hdu)?;
    if nside < coverage_nside {
        let problem = format!("NSIDE is {nside}, less than {coverage_nside} of the coverage map");
        return Err(keywords.problem(problem));
    }
    let sentinel = keywords.sentinel()?;
    let is_true = |keyword: &str| Ok::<_, LoadError>(hdu.header.get_bool(keyword)? == Some(true));
    let mut blocks =
        Blocks { coverage, coverage_nside, nside, primary: None, packing: Packing::Plain };
    let (values, name) = if hdu.is_image() {
        let image = Image::new(file, hdu)?;
        if is_true("WIDEMASK")? {
            blocks.packing = wide(&keywords, hdu, choice.column.as_ref())?;
        } else if is_true("BITPACK")? {
            blocks.packing = Packing::Bits;
        }
        let column = image.column()?;
        if blocks.packing != Packing::Plain {
            check_bytes(&keywords, &column)?;
        }
        (column, String::new())
    } else {
        let table = BinTable::new(file, hdu)?;
        let columns = DataColumns::new(&table, &keywords, &[]);
        if let Some(primary) = hdu.header.get_str("PRIMARY") {
            let column = table.column_by_name(&primary)?;
            let bad = BadValues::of_column(sentinel, &column);
            blocks.primary = Some((column, bad));
        }
        let chosen = columns.choose(choice.column.as_ref(), "", warnings)?;
        let values = columns.per_row(chosen, warnings)?;
        let name = values.name().to_string();
        (values, name)
    };
    let unit = values.unit().map(str::to_string);
    let bad = match blocks.primary.is_none() && blocks.packing == Packing::Plain {
        true => BadValues::of_column(sentinel, &values),
        false => BadValues::default(),
    };
    let cells = CellNames::Blocks(blocks);
    let source = MapSource::Sparse(SparseSource {
        cells,
        values: Some(values),
        is_footprint: false,
        bad,
        mask: None,
    });
    Ok(Found { name, unit, source })
}

/// The HDU of this name.
fn part<'a>(file: &'a FitsFile, name: &str) -> Result<&'a Hdu, LoadError> {
    let is_named = |hdu: &&Hdu| is_healsparse(hdu) && hdu.name.trim().eq_ignore_ascii_case(name);
    match file.walk().find(is_named) {
        Some(hdu) => Ok(hdu),
        None => Ok(file.hdu_by_name(name)?),
    }
}

fn nside(keywords: &Keywords, hdu: &Hdu) -> Result<Nside, LoadError> {
    let value = hdu.header.get_int("NSIDE")?;
    let value = value.ok_or_else(|| keywords.problem("a HealSparse map needs NSIDE"))?;
    let nside = Nside::new(value).and_then(|nside| match nside.is_power_of_two() {
        true => Ok(nside),
        false => Err(NsideError::NotPowerOfTwo(nside.get())),
    });
    nside.map_err(|problem| LoadError::Nside { place: keywords.place(), problem })
}

fn coverage(file: &FitsFile) -> Result<(Column, Nside), LoadError> {
    let hdu = part(file, "COV")?;
    let keywords = Keywords::new(file, hdu, Role::Map);
    let nside = nside(&keywords, hdu)?;
    let column = Image::new(file, hdu)?.column()?;
    keywords.check_pixels(nside, "the coverage map", column.len())?;
    Ok((column, nside))
}

/// Makes sure that flags are kept in plain bytes: of others it is not known which bits are meant.
fn check_bytes(keywords: &Keywords, column: &Column) -> Result<(), LoadError> {
    let (kind, (scale, zero)) = (column.raw_type(), column.scaling());
    if kind == RawType::U8 && (scale, zero) == (1.0, 0.0) {
        return Ok(());
    }
    let bits = 8 * kind.width() as i64;
    let bitpix = if matches!(kind, RawType::F32 | RawType::F64) { -bits } else { bits };
    Err(keywords.problem(format!(
        "flags have to be kept with BITPIX 8, BSCALE 1 and BZERO 0, but it has BITPIX {bitpix}, BSCALE {scale} and BZERO {zero}"
    )))
}

/// A wide mask, of which `--col 3` is flag 3.
fn wide(keywords: &Keywords, hdu: &Hdu, pick: Option<&Pick>) -> Result<Packing, LoadError> {
    let width = hdu.header.get_int("WWIDTH")?.and_then(|w| u64::try_from(w).ok());
    let Some(width) = width.filter(|width| (1..=1 << 20).contains(width)) else {
        return Err(keywords.problem("WIDEMASK is T, but WWIDTH is no number of bytes"));
    };
    let flag = match pick {
        None => None,
        Some(Pick::Number(flag)) if (*flag as u64) < 8 * width => Some(*flag as u64),
        Some(_) => {
            let problem = format!(
                "it is a mask of {} flags; {} chooses one, 0 to {}",
                8 * width,
                keywords.role().column_option(),
                8 * width - 1
            );
            return Err(keywords.problem(problem));
        }
    };
    Ok(Packing::Wide { width, flag })
}
