//! Finds the map in a FITS file: which table and column it is, and what the header says of its pixels, frame and unit.

use crate::fits::{BinTable, Column, FitsError, FitsFile, Hdu, HduKind, Header, Place};
use crate::healpix::{Nside, NsideError, Ordering};
use crate::map::{BadValues, FullSky};
use crate::sky::Frame;

/// Which of several things in a file is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pick {
    /// By position, counted from 0.
    Number(usize),
    /// By name, in any case.
    Name(String),
}

impl Pick {
    /// A whole number is a position, anything else a name.
    pub fn parse(text: &str) -> Pick {
        text.trim().parse().map_or_else(|_| Pick::Name(text.trim().to_string()), Pick::Number)
    }
}

/// What to take from the file, and what to believe instead of its header.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The HDU (number from the primary's 0, or EXTNAME); by default the first with a HEALPix map.
    pub hdu: Option<Pick>,
    /// The column, counted from 0 over the data columns, or its TTYPE.
    pub column: Pick,
    /// The ordering, whatever the header says.
    pub ordering: Option<Ordering>,
}

impl Default for Choice {
    fn default() -> Self {
        Choice { hdu: None, column: Pick::Number(0), ordering: None }
    }
}

/// A map found in a file.
#[derive(Clone, Debug)]
pub struct LoadedMap {
    /// The pixels.
    pub source: FullSky,
    /// The frame that the header names; nothing if it names none.
    pub frame: Option<Frame>,
    /// Name of the column; empty if it has none.
    pub name: String,
    /// TUNIT of the column.
    pub unit: Option<String>,
    /// Assumptions made, for the user to know.
    pub warnings: Vec<String>,
}

/// Why a file cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The FITS layer refused.
    #[error(transparent)]
    Fits(#[from] FitsError),
    /// No table of the file is a HEALPix map.
    #[error("{file} has no HEALPix map: it holds {found}")]
    NoMap {
        /// The file.
        file: String,
        /// What its HDUs are.
        found: String,
    },
    /// The table is laid out in a way that is not supported.
    #[error("{place} is {what}; only full-sky maps with one value for each pixel can be read")]
    Unsupported {
        /// The table.
        place: Place,
        /// What it is, with the keyword that says so.
        what: String,
    },
    /// Resolution and number of pixels contradict each other.
    #[error(
        "{place}: NSIDE is {nside}, which makes {expected} pixels, but column {column} has {found}"
    )]
    PixelCount {
        /// The table.
        place: Place,
        /// The value of NSIDE.
        nside: Nside,
        /// 12 NSIDE^2.
        expected: u64,
        /// The column.
        column: String,
        /// Its number of elements.
        found: u64,
    },
    /// The resolution is impossible.
    #[error("{place}: {problem}")]
    Nside {
        /// The table.
        place: Place,
        /// What is wrong.
        problem: NsideError,
    },
    /// ORDERING holds an unknown word.
    #[error("{place}: ORDERING is '{found}', expected RING or NESTED; --ordering overrides it")]
    Ordering {
        /// The table.
        place: Place,
        /// The word.
        found: String,
    },
}

/// Finds the map that `choice` names.
///
/// # Errors
/// Where there is no such table or column, its header contradicts itself, or its data are not all there.
pub fn load(file: &FitsFile, choice: &Choice) -> Result<LoadedMap, LoadError> {
    let hdu = find_hdu(file, choice.hdu.as_ref())?;
    let table = BinTable::new(file, hdu)?;
    let cards = Cards { table: &hdu.header, primary: file.hdus().first().map(|p| &p.header) };
    refuse_sparse(&cards)?;
    let column = find_column(&table, &choice.column)?;
    let mut warnings = Vec::new();
    let nside = resolution(&cards, &column)?;
    let ordering = match choice.ordering {
        Some(ordering) => ordering,
        None => ordering(&cards, &mut warnings)?,
    };
    if ordering == Ordering::Nested && !nside.is_power_of_two() {
        let problem = NsideError::NotPowerOfTwo(nside.get());
        return Err(LoadError::Nside { place: cards.place(), problem });
    }
    let frame = frame(&cards, &mut warnings);
    let bad = BadValues::new(hdu.header.get_float("BAD_DATA").ok().flatten());
    Ok(LoadedMap {
        frame,
        name: column.name().to_string(),
        unit: column.unit().map(str::to_string),
        source: FullSky { column, nside, ordering, bad },
        warnings,
    })
}

/// A table's header, with the primary header to fall back on: some programs write the HEALPix keywords only there.
struct Cards<'a> {
    table: &'a Header,
    primary: Option<&'a Header>,
}

impl Cards<'_> {
    fn place(&self) -> Place {
        self.table.place().clone()
    }

    fn text(&self, keyword: &str) -> Option<String> {
        let found = self.table.get_str(keyword);
        found.or_else(|| self.primary.and_then(|p| p.get_str(keyword)))
    }

    fn int(&self, keyword: &str) -> Result<Option<i64>, FitsError> {
        match (self.table.get_int(keyword)?, self.primary) {
            (None, Some(primary)) => primary.get_int(keyword),
            (found, _) => Ok(found),
        }
    }
}

fn find_hdu<'a>(file: &'a FitsFile, pick: Option<&Pick>) -> Result<&'a Hdu, LoadError> {
    match pick {
        Some(Pick::Number(index)) => Ok(file.hdu(*index)?),
        Some(Pick::Name(name)) => Ok(file.hdu_by_name(name)?),
        None => file
            .hdus()
            .iter()
            .find(|hdu| says_healpix(hdu))
            .or_else(|| file.hdus().iter().find(|hdu| looks_full_sky(file, hdu)))
            .ok_or_else(|| LoadError::NoMap {
                file: file.name().to_string(),
                found: file
                    .hdus()
                    .iter()
                    .map(|hdu| format!("{} (HDU {})", hdu.kind, hdu.index))
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
    }
}

/// Whether a table carries HEALPix keywords.
fn says_healpix(hdu: &Hdu) -> bool {
    let is = |keyword: &str, word: &str| {
        hdu.header.get_str(keyword).is_some_and(|v| v.trim().eq_ignore_ascii_case(word))
    };
    hdu.kind == HduKind::BinTable
        && (is("PIXTYPE", "HEALPIX")
            || ["NSIDE", "INDXSCHM"].iter().any(|k| hdu.header.get(k).is_some()))
}

/// Whether a table's first column has as many elements as some full-sky map.
fn looks_full_sky(file: &FitsFile, hdu: &Hdu) -> bool {
    BinTable::new(file, hdu).is_ok_and(|table| {
        let elements = table.columns().first().map(|c| table.rows().saturating_mul(c.tform.repeat));
        elements.is_some_and(|n| Nside::from_npix(n).is_ok())
    })
}

fn refuse_sparse(cards: &Cards) -> Result<(), LoadError> {
    let unsupported = |what: String| Err(LoadError::Unsupported { place: cards.place(), what });
    let value = |keyword: &str| cards.text(keyword).unwrap_or_default().trim().to_ascii_uppercase();
    match value("INDXSCHM").as_str() {
        "EXPLICIT" => return unsupported("a partial map (INDXSCHM is EXPLICIT)".into()),
        "SPARSE" => return unsupported("a sparse map (INDXSCHM is SPARSE)".into()),
        _ => {}
    }
    if matches!(value("ORDERING").as_str(), "NUNIQ" | "UNIQ") {
        return unsupported("a multi-order map (ORDERING is NUNIQ)".into());
    }
    if value("OBJECT") == "PARTIAL" {
        return unsupported("a partial map (OBJECT is PARTIAL)".into());
    }
    Ok(())
}

fn find_column(table: &BinTable, pick: &Pick) -> Result<Column, FitsError> {
    match pick {
        Pick::Number(index) => table.column(*index),
        Pick::Name(name) => table.column_by_name(name),
    }
}

fn resolution(cards: &Cards, column: &Column) -> Result<Nside, LoadError> {
    let bad = |problem| LoadError::Nside { place: cards.place(), problem };
    let found = column.len();
    let Some(value) = cards.int("NSIDE")? else {
        return Nside::from_npix(found).map_err(bad);
    };
    let nside = Nside::new(value).map_err(bad)?;
    if nside.npix() != found {
        return Err(LoadError::PixelCount {
            place: cards.place(),
            nside,
            expected: nside.npix(),
            column: column.name().to_string(),
            found,
        });
    }
    Ok(nside)
}

fn ordering(cards: &Cards, warnings: &mut Vec<String>) -> Result<Ordering, LoadError> {
    match cards.text("ORDERING") {
        Some(word) => Ordering::from_name(&word)
            .ok_or_else(|| LoadError::Ordering { place: cards.place(), found: word }),
        None => {
            let place = cards.place();
            warnings
                .push(format!("{place} has no ORDERING: assuming RING; --ordering overrides it"));
            Ok(Ordering::Ring)
        }
    }
}

fn frame(cards: &Cards, warnings: &mut Vec<String>) -> Option<Frame> {
    let keyword = ["COORDSYS", "COORDTYPE", "RADECSYS", "RADESYS"]
        .into_iter()
        .find(|keyword| cards.text(keyword).is_some_and(|v| !v.is_empty()))?;
    let word = cards.text(keyword)?;
    let frame = Frame::from_name(&word);
    if frame.is_none() {
        let place = cards.place();
        warnings.push(format!(
            "{place}: {keyword} is '{word}', which names no known frame: assuming galactic; --input-coord overrides it"
        ));
    }
    frame
}
