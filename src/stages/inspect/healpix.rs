//! What a header says of the HEALPix pixels of its HDU, told as it stands and without refusing anything.

use serde::Serialize;

use crate::fits::{ColumnInfo, FitsFile, Hdu, HduKind};
use crate::healpix::{Nside, Ordering};
use crate::map::{Keywords, NamedFrame, Rows, bands, has_map_keywords, is_healsparse};
use crate::sky::Frame;

/// How the values of an HDU belong to pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// A value for each pixel of the sky, in the order of the pixels.
    FullSky,
    /// A column holds the pixels' numbers (INDXSCHM EXPLICIT, OBJECT PARTIAL).
    Explicit,
    /// A column holds UNIQ numbers: cells of several resolutions (ORDERING NUNIQ).
    MultiOrder,
    /// As multi-order, but without values: the table is a coverage map (MOC).
    Coverage,
    /// A row for each pixel and channel that is not empty (INDXSCHM SPARSE, gamma-ray astronomy).
    Channels,
    /// The coarse map of a HealSparse file, which says where the pixels of the other HDU are.
    HealsparseCoverage,
    /// The pixels of a HealSparse file, in blocks.
    HealsparsePixels,
}

/// The HEALPix facts of one HDU.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Healpix {
    /// NSIDE, or what the number of pixels makes it; nothing for cells of several resolutions.
    pub nside: Option<Nside>,
    /// Pixels of the whole sky at that resolution.
    pub sky_pixels: Option<u64>,
    /// Square root of a pixel's area, in arcminutes.
    pub pixel_arcmin: Option<f64>,
    /// MOCORDER: the finest order among the cells.
    pub max_order: Option<i64>,
    /// RING, NESTED, NUNIQ, or what else the header has under ORDERING; nothing where it has none.
    pub ordering: Option<String>,
    /// The frame that the header names; nothing where it names none that is known.
    pub frame: Option<FrameName>,
    /// The word by which the header names the frame.
    pub frame_word: Option<String>,
    /// How values belong to pixels.
    pub scheme: Scheme,
    /// Share of the sky that the listed pixels cover, from 0 to 1; nothing where it is not known without reading them.
    pub sky_fraction: Option<f64>,
}

/// A frame that serialises as its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameName(pub Frame);

impl Serialize for FrameName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The number and the shape of what an HDU holds.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// Rows of a table; pixels of an image.
    pub rows: u64,
    /// Elements of the first column; pixels of an image.
    pub elements: u64,
    /// The columns of a table; none for an image.
    pub columns: &'a [ColumnInfo],
}

impl Shape<'_> {
    /// Whether each column has as many elements or each row stands for as many pixels.
    fn makes(&self, pixels: u64) -> bool {
        let elements = |column: &ColumnInfo| self.rows.saturating_mul(column.tform.repeat);
        let all = || self.columns.iter().all(|column| elements(column) == pixels);
        self.rows == pixels || (!self.columns.is_empty() && all())
    }
}

/// Whether the HDU's own header says that it holds HEALPix pixels, be that true or not.
pub fn claims_healpix(hdu: &Hdu) -> bool {
    let table = hdu.kind == HduKind::BinTable;
    let image =
        matches!(hdu.kind, HduKind::Image) || (hdu.kind == HduKind::Primary && hdu.data_len > 0);
    (table || image) && (is_healsparse(hdu) || has_map_keywords(hdu))
}

/// Whether the primary header's NSIDE fits what the HDU holds.
pub fn fits_primary(keywords: &Keywords, shape: &Shape) -> bool {
    keywords.valid_nside().is_some_and(|nside| shape.makes(nside.npix()))
}

/// What is found out about an HDU with HEALPix pixels.
pub struct Findings {
    /// What the header says.
    pub healpix: Healpix,
    /// Positions of the columns that name pixels, cells or channels rather than hold data.
    pub naming: Vec<usize>,
    /// What is to be remarked.
    pub notes: Vec<String>,
}

/// What the header of `hdu` says, and what is to be remarked about it.
pub fn describe(file: &FitsFile, hdu: &Hdu, keywords: &Keywords, shape: &Shape) -> Findings {
    let mut notes = Vec::new();
    let (scheme, naming) = scheme(hdu, keywords, shape);
    let nside = match resolution(keywords, shape, scheme, &mut notes) {
        None if scheme == Scheme::Channels => of_channels(file, keywords, &mut notes),
        nside => nside,
    };
    let (frame_word, frame) = frame(keywords, &mut notes);
    let sky_fraction = match (scheme, nside, naming.first().and_then(|at| shape.columns.get(*at))) {
        (Scheme::Explicit, Some(nside), Some(pixels)) => {
            Some(shape.rows as f64 * pixels.tform.repeat as f64 / nside.npix() as f64)
        }
        _ => None,
    };
    let longest = shape.columns.iter().map(|column| column.tform.repeat).max().unwrap_or(0);
    let row_is_pixel = scheme != Scheme::FullSky || nside.is_some_and(|n| n.npix() == shape.rows);
    if row_is_pixel && longest > 1 {
        notes.push(format!("up to {longest} values for each pixel: statistics are of all of them"));
    }
    if scheme == Scheme::MultiOrder {
        notes.push("cells of several sizes: statistics count each of them once".into());
    }
    if sky_fraction.is_some_and(|fraction| fraction > 1.0) {
        notes.push(format!("more rows than NSIDE {} has pixels", nside.map_or(0, Nside::get)));
    }
    let healpix = Healpix {
        nside,
        sky_pixels: nside.map(Nside::npix),
        pixel_arcmin: nside.map(|nside| nside.pixel_area().sqrt().to_degrees() * 60.0),
        max_order: hdu.header.get_int("MOCORDER").ok().flatten(),
        ordering: ordering(keywords, scheme, nside, &mut notes),
        frame: frame.map(FrameName),
        frame_word,
        scheme,
        sky_fraction,
    };
    Findings { healpix, naming, notes }
}

/// How values belong to pixels, and the columns that name these.
fn scheme(hdu: &Hdu, keywords: &Keywords, shape: &Shape) -> (Scheme, Vec<usize>) {
    if is_healsparse(hdu) {
        let is_coverage = hdu.name.eq_ignore_ascii_case("COV");
        let part = if is_coverage { Scheme::HealsparseCoverage } else { Scheme::HealsparsePixels };
        return (part, Vec::new());
    }
    let places = |columns: [Option<&ColumnInfo>; 2]| -> Vec<usize> {
        columns.into_iter().flatten().map(|column| column.index).collect()
    };
    match keywords.rows(shape.columns, shape.elements) {
        Rows::InOrder => (Scheme::FullSky, Vec::new()),
        Rows::Pixels(pixels) => (Scheme::Explicit, places([pixels, None])),
        Rows::Channels(pixels, channels) => (Scheme::Channels, places([pixels, channels])),
        Rows::Uniq(uniq) => {
            let naming = places([uniq, None]);
            let has_values = shape.columns.len() > naming.len();
            (if has_values { Scheme::MultiOrder } else { Scheme::Coverage }, naming)
        }
    }
}

fn resolution(
    keywords: &Keywords,
    shape: &Shape,
    scheme: Scheme,
    notes: &mut Vec<String>,
) -> Option<Nside> {
    let mut noted = |problem: String| {
        notes.push(problem);
        None
    };
    let said = match keywords.nside() {
        Ok(Some(Ok(nside))) => Some(nside),
        Ok(Some(Err(problem))) => noted(problem.to_string()),
        Ok(None) => None,
        Err(problem) => noted(problem.to_string()),
    };
    if scheme != Scheme::FullSky {
        return said.filter(|_| !matches!(scheme, Scheme::MultiOrder | Scheme::Coverage));
    }
    let Some(nside) = said else {
        let elements = shape.elements;
        let counted = Nside::from_npix(elements).or_else(|_| Nside::from_npix(shape.rows)).ok();
        notes.push(match counted {
            Some(nside) => format!("no NSIDE: {nside} by the number of pixels"),
            None => format!("no NSIDE, and {elements} pixels are no full-sky map"),
        });
        return counted;
    };
    if !shape.makes(nside.npix()) {
        notes.push(format!(
            "NSIDE {nside} makes {} pixels, which does not fit {} rows of {}",
            nside.npix(),
            shape.rows,
            shape.columns.first().map_or(1, |column| column.tform.repeat),
        ));
    }
    Some(nside)
}

/// The resolution that all channels have, as their table says.
fn of_channels(file: &FitsFile, keywords: &Keywords, notes: &mut Vec<String>) -> Option<Nside> {
    let bands = bands(file, keywords).unwrap_or_default();
    let mut nsides: Vec<_> = bands.iter().filter_map(|band| Nside::new(band.nside).ok()).collect();
    nsides.sort_unstable();
    let (low, high) = (*nsides.first()?, *nsides.last()?);
    if low < high {
        notes.push(format!("channels have NSIDE {low} to {high}"));
    }
    (low == high).then_some(low)
}

fn ordering(
    keywords: &Keywords,
    scheme: Scheme,
    nside: Option<Nside>,
    notes: &mut Vec<String>,
) -> Option<String> {
    let ordering = match keywords.ordering().ok().flatten() {
        Some(Ok(ordering)) => ordering,
        Some(Err(word)) => return Some(word.to_ascii_uppercase()),
        None => match scheme {
            // HealSparse numbers its pixels so by definition.
            Scheme::HealsparseCoverage | Scheme::HealsparsePixels => Ordering::Nested,
            Scheme::MultiOrder | Scheme::Coverage => return None,
            _ => {
                notes.push("no ORDERING: taken as RING, --ordering overrides".into());
                return None;
            }
        },
    };
    if ordering == Ordering::Nested && nside.is_some_and(|nside| !nside.is_power_of_two()) {
        notes.push("NESTED ordering, but NSIDE is no power of two".into());
    }
    Some(ordering.to_string())
}

fn frame(keywords: &Keywords, notes: &mut Vec<String>) -> (Option<String>, Option<Frame>) {
    let Some(NamedFrame { keyword, word, frame, is_other_system }) = keywords.frame() else {
        notes.push("no COORDSYS: taken as galactic, --input-coord overrides".into());
        return (None, None);
    };
    if frame.is_none() {
        notes.push(format!(
            "{keyword} is '{word}', no known frame: taken as galactic, --input-coord overrides"
        ));
    }
    if is_other_system {
        notes.push(format!(
            "{keyword} is '{word}': taken as equatorial, without a change of its equinox to J2000"
        ));
    }
    (Some(word), frame)
}
