//! What a header says of the HEALPix pixels of its HDU, told as it stands and without refusing anything.

use serde::Serialize;

use crate::fits::{FitsError, Hdu, HduKind, Header};
use crate::healpix::{Nside, Ordering};
use crate::map::PIXEL_COLUMNS;
use crate::sky::Frame;

/// How the values of an HDU belong to pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// A value for each pixel of the sky, in the order of the pixels.
    FullSky,
    /// The first column holds the pixels' numbers (INDXSCHM EXPLICIT, OBJECT PARTIAL).
    Explicit,
    /// The first column holds UNIQ numbers: cells of several resolutions (ORDERING NUNIQ).
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
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// Rows of a table; pixels of an image.
    pub rows: u64,
    /// The columns; one without a name for an image.
    pub columns: Vec<Field>,
}

/// A column as far as its shape goes.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// TTYPE.
    pub name: String,
    /// Elements of a cell.
    pub repeat: u64,
    /// Whether it holds integers, as pixel numbers are.
    pub integer: bool,
}

impl Shape {
    /// Whether each column has as many elements or each row stands for as many pixels.
    fn makes(&self, pixels: u64) -> bool {
        let elements = |field: &Field| self.rows.saturating_mul(field.repeat) == pixels;
        self.rows == pixels || (!self.columns.is_empty() && self.columns.iter().all(elements))
    }

    /// Elements of the first column.
    fn elements(&self) -> u64 {
        self.columns.first().map_or(0, |field| self.rows.saturating_mul(field.repeat))
    }

    /// Position of the column with this name that holds integers.
    fn integers(&self, name: &str) -> Option<usize> {
        let is_it = |f: &Field| f.integer && f.name.trim().eq_ignore_ascii_case(name);
        self.columns.iter().position(is_it)
    }

    /// Position of the first column, where it holds integers.
    fn first_integers(&self) -> Option<usize> {
        self.columns.first().filter(|field| field.integer).map(|_| 0)
    }
}

/// The headers that count: an HDU's own, and the primary one where programs that write the keywords only there have put them.
pub struct Cards<'a> {
    own: &'a Header,
    primary: Option<&'a Header>,
}

impl<'a> Cards<'a> {
    /// The cards of an HDU.
    pub fn new(hdu: &'a Hdu, primary: Option<&'a Hdu>) -> Cards<'a> {
        Cards { own: &hdu.header, primary: primary.map(|p| &p.header) }
    }

    fn text(&self, keyword: &str) -> Option<String> {
        let of = |header: &Header| header.get_str(keyword).filter(|text| !text.is_empty());
        of(self.own).or_else(|| self.primary.and_then(of))
    }

    fn word(&self, keyword: &str) -> String {
        self.text(keyword).unwrap_or_default().to_ascii_uppercase()
    }

    /// BAD_DATA.
    pub fn bad_data(&self) -> Result<Option<f64>, FitsError> {
        match (self.own.get_float("BAD_DATA")?, self.primary) {
            (None, Some(primary)) => primary.get_float("BAD_DATA"),
            (own, _) => Ok(own),
        }
    }

    fn nside(&self) -> Option<i64> {
        let of = |header: &Header| header.get_int("NSIDE").ok().flatten();
        of(self.own).or_else(|| self.primary.and_then(of))
    }
}

/// Whether the HDU's own header says that it holds HEALPix pixels.
pub fn says_healpix(hdu: &Hdu) -> bool {
    let pixtype = hdu.header.get_str("PIXTYPE").unwrap_or_default().to_ascii_uppercase();
    let table = hdu.kind == HduKind::BinTable;
    let image =
        matches!(hdu.kind, HduKind::Image) || (hdu.kind == HduKind::Primary && hdu.data_len > 0);
    (table || image)
        && (matches!(pixtype.as_str(), "HEALPIX" | "HEALSPARSE")
            || hdu.header.get("NSIDE").is_some())
        || table && hdu.header.get("INDXSCHM").is_some()
}

/// Whether the primary header's NSIDE fits what the HDU holds.
pub fn fits_primary(cards: &Cards, shape: &Shape) -> bool {
    cards.nside().and_then(|n| Nside::new(n).ok()).is_some_and(|nside| shape.makes(nside.npix()))
}

/// Whether the HDU has as many elements as some full-sky map of more than a handful of pixels.
pub fn looks_full_sky(shape: &Shape) -> bool {
    Nside::from_npix(shape.elements()).is_ok_and(|n| n.is_power_of_two() && n.get() >= 4)
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

/// What the header says, and what is to be remarked about it.
pub fn describe(cards: &Cards, shape: &Shape) -> Findings {
    let mut notes = Vec::new();
    let (scheme, naming) = scheme(cards, shape);
    let nside = resolution(cards, shape, scheme, &mut notes);
    let (frame_word, frame) = frame(cards, &mut notes);
    let sky_fraction = match (scheme, nside, naming.first().and_then(|at| shape.columns.get(*at))) {
        (Scheme::Explicit, Some(nside), Some(pixels)) => {
            Some(shape.rows as f64 * pixels.repeat as f64 / nside.npix() as f64)
        }
        _ => None,
    };
    let longest = shape.columns.iter().map(|field| field.repeat).max().unwrap_or(0);
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
        max_order: cards.own.get_int("MOCORDER").ok().flatten(),
        ordering: ordering(cards, scheme, nside, &mut notes),
        frame: frame.map(FrameName),
        frame_word,
        scheme,
        sky_fraction,
    };
    Findings { healpix, naming, notes }
}

/// How values belong to pixels, and the columns that name these.
fn scheme(cards: &Cards, shape: &Shape) -> (Scheme, Vec<usize>) {
    if cards.word("PIXTYPE") == "HEALSPARSE" {
        let coverage = cards.own.get_str("EXTNAME").is_some_and(|n| n.eq_ignore_ascii_case("COV"));
        let part = if coverage { Scheme::HealsparseCoverage } else { Scheme::HealsparsePixels };
        return (part, Vec::new());
    }
    let pixels = PIXEL_COLUMNS.into_iter().find_map(|name| shape.integers(name));
    let ordering = cards.word("ORDERING");
    let says_uniq = matches!(ordering.as_str(), "NUNIQ" | "UNIQ");
    let uniq = shape.integers("UNIQ").or_else(|| shape.first_integers().filter(|_| says_uniq));
    if let Some(uniq) = uniq
        && (says_uniq || (ordering.is_empty() && cards.nside().is_none()))
    {
        let values = shape.columns.len() > 1;
        return (if values { Scheme::MultiOrder } else { Scheme::Coverage }, vec![uniq]);
    }
    let indexing = cards.word("INDXSCHM");
    if indexing == "SPARSE" {
        return (Scheme::Channels, pixels.into_iter().chain(shape.integers("CHANNEL")).collect());
    }
    let nside = cards.nside().and_then(|nside| Nside::new(nside).ok());
    let whole = nside.is_some_and(|nside| shape.elements() == nside.npix());
    let partial = cards.word("OBJECT") == "PARTIAL";
    let explicit = match indexing.as_str() {
        "EXPLICIT" => true,
        "IMPLICIT" => partial && !whole,
        _ => partial || pixels.is_some(),
    };
    match explicit {
        true => (Scheme::Explicit, pixels.or(shape.first_integers()).into_iter().collect()),
        false => (Scheme::FullSky, Vec::new()),
    }
}

fn resolution(
    cards: &Cards,
    shape: &Shape,
    scheme: Scheme,
    notes: &mut Vec<String>,
) -> Option<Nside> {
    let said = match cards.nside().map(Nside::new) {
        Some(Ok(nside)) => Some(nside),
        Some(Err(error)) => {
            notes.push(error.to_string());
            None
        }
        None => None,
    };
    if scheme != Scheme::FullSky {
        return said.filter(|_| !matches!(scheme, Scheme::MultiOrder | Scheme::Coverage));
    }
    let Some(nside) = said else {
        let elements = shape.elements();
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
            shape.columns.first().map_or(0, |field| field.repeat),
        ));
    }
    Some(nside)
}

fn ordering(
    cards: &Cards,
    scheme: Scheme,
    nside: Option<Nside>,
    notes: &mut Vec<String>,
) -> Option<String> {
    let healsparse = matches!(scheme, Scheme::HealsparseCoverage | Scheme::HealsparsePixels);
    let Some(word) = cards.text("ORDERING") else {
        if healsparse {
            // HealSparse numbers its pixels so by definition.
            return Some(Ordering::Nested.to_string());
        }
        if let Ok(Some(nested)) = cards.own.get_bool("NEST") {
            return Some(if nested { Ordering::Nested } else { Ordering::Ring }.to_string());
        }
        if !matches!(scheme, Scheme::MultiOrder | Scheme::Coverage) {
            notes.push("no ORDERING: taken as RING, --ordering overrides".into());
        }
        return None;
    };
    let known = Ordering::from_name(&word);
    if known == Some(Ordering::Nested) && nside.is_some_and(|nside| !nside.is_power_of_two()) {
        notes.push("NESTED ordering, but NSIDE is no power of two".into());
    }
    Some(known.map_or_else(|| word.to_ascii_uppercase(), |ordering| ordering.to_string()))
}

fn frame(cards: &Cards, notes: &mut Vec<String>) -> (Option<String>, Option<Frame>) {
    let keywords = ["COORDSYS", "COORDTYPE", "RADECSYS", "RADESYS"];
    let found = keywords.into_iter().find_map(|keyword| Some((keyword, cards.text(keyword)?)));
    let Some((keyword, word)) = found else {
        notes.push("no COORDSYS: taken as galactic, --input-coord overrides".into());
        return (None, None);
    };
    let frame = Frame::from_name(&word);
    if frame.is_none() {
        notes.push(format!(
            "{keyword} is '{word}', no known frame: taken as galactic, --input-coord overrides"
        ));
    }
    (Some(word), frame)
}
