//! What the HEALPix keywords of a header and the names of its columns mean, as the standard and the wild spell them.

use super::{BadValues, PolarConvention};
use crate::fits::{Column, ColumnInfo, FitsError, FitsFile, Hdu, Header, Place};
use crate::healpix::{Nside, NsideError, Ordering};
use crate::sky::Frame;

/// Names that programs give to the column of pixel numbers in a partial map.
const PIXEL_COLUMNS: [&str; 13] = [
    "PIXEL",
    "PIX",
    "IPIX",
    "HPIX",
    "HPXPIXEL",
    "HPXINDEX",
    "PIXELS",
    "HEALPIX",
    "HPX",
    "HPXPIX",
    "HEALPIX_ID",
    "PIXEL_INDEX",
    "INDEX",
];

/// Keywords that name the frame; the first with a known word counts. SKYCOORD is that of WMAP's maps.
const FRAMES: [&str; 5] = ["COORDSYS", "COORDTYPE", "SKYCOORD", "RADECSYS", "RADESYS"];

/// Those among them that are there for equatorial coordinates only (FITS 4.0, section 8.3).
const EQUATORIAL_SYSTEMS: [&str; 2] = ["RADECSYS", "RADESYS"];

/// Whether a word that is no known frame begins like the name of an equatorial one, of another epoch such as FK4.
fn is_equatorial(word: &str) -> bool {
    const BEGINNINGS: [&str; 4] = ["EQU", "CELEST", "FK", "B1950"];
    let word = word.to_ascii_uppercase();
    BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

/// The header of a map, with the primary header to fall back on: some programs write the HEALPix keywords only there.
///
/// What the keywords say is told as it stands; what follows where one is missing or makes no sense is left to others.
pub struct Keywords<'a> {
    own: &'a Header,
    primary: &'a Header,
}

impl<'a> Keywords<'a> {
    /// The keywords of one HDU of a file.
    pub fn new(file: &'a FitsFile, hdu: &'a Hdu) -> Self {
        Keywords { own: &hdu.header, primary: &file.primary().header }
    }

    /// Where the map's own header is.
    pub fn place(&self) -> Place {
        self.own.place().clone()
    }

    /// The text of a keyword that is there and not empty, without quotes and blanks around it: some programs write quotes within quotes.
    pub fn text(&self, keyword: &str) -> Option<String> {
        bare(self.own, keyword).or_else(|| bare(self.primary, keyword))
    }

    /// A keyword's text in upper case; empty where there is none.
    pub fn word(&self, keyword: &str) -> String {
        self.text(keyword).unwrap_or_default().to_ascii_uppercase()
    }

    /// The value of a keyword as an integer.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where it is none.
    pub fn int(&self, keyword: &str) -> Result<Option<i64>, FitsError> {
        match self.own.get_int(keyword)? {
            None => self.primary.get_int(keyword),
            found => Ok(found),
        }
    }

    /// NSIDE, or why it can be none.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where it is no integer.
    pub fn nside(&self) -> Result<Option<Result<Nside, NsideError>>, FitsError> {
        Ok(self.int("NSIDE")?.map(Nside::new))
    }

    /// NSIDE, where it is there and makes sense.
    pub fn valid_nside(&self) -> Option<Nside> {
        self.nside().ok().flatten()?.ok()
    }

    /// The numbering of pixels by ORDERING, else by NEST; or the word under ORDERING that names none.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where NEST is no truth value.
    pub fn ordering(&self) -> Result<Option<Result<Ordering, String>>, FitsError> {
        if let Some(word) = self.text("ORDERING") {
            return Ok(Some(Ordering::from_name(&word).ok_or(word)));
        }
        let named = |nested| if nested { Ordering::Nested } else { Ordering::Ring };
        let nested = match self.own.get_bool("NEST")? {
            None => self.primary.get_bool("NEST")?,
            found => found,
        };
        Ok(nested.map(|nested| Ok(named(nested))))
    }

    /// The frame by the first keyword whose word is known; else what the first that names a system of equatorial coordinates says, else
    /// the first of all.
    pub fn frame(&self) -> Option<NamedFrame> {
        let named = |keyword| {
            let word = self.text(keyword)?;
            let known = Frame::from_name(&word);
            let is_equatorial = EQUATORIAL_SYSTEMS.contains(&keyword) || is_equatorial(&word);
            let is_other_system = known.is_none() && is_equatorial;
            let frame = known.or(is_other_system.then_some(Frame::Equatorial));
            Some(NamedFrame { keyword, word, frame, is_other_system })
        };
        let all: Vec<_> = FRAMES.into_iter().filter_map(named).collect();
        let rank = |found: &NamedFrame| (found.frame.is_none(), found.is_other_system);
        // Of equals the first is the least.
        all.into_iter().min_by_key(rank)
    }

    /// POLCCONV.
    pub fn polar_convention(&self) -> Option<PolarConvention> {
        match self.word("POLCCONV").as_str() {
            "IAU" => Some(PolarConvention::Iau),
            "COSMO" => Some(PolarConvention::Cosmo),
            _ => None,
        }
    }

    /// The bad-pixel rule for a column, with BAD_DATA.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where it is no number.
    pub fn bad_values(&self, column: &Column) -> Result<BadValues, FitsError> {
        let bad_data = match self.own.get_float("BAD_DATA")? {
            None => self.primary.get_float("BAD_DATA")?,
            found => found,
        };
        Ok(BadValues::of_column(bad_data, column))
    }

    /// SENTINEL, the value that marks the pixels of a HealSparse map without data: a number, or a truth value for 0 or 1.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where it is neither.
    pub fn sentinel(&self) -> Result<Option<f64>, FitsError> {
        const KEYWORD: &str = "SENTINEL";
        match bare(self.own, KEYWORD).as_deref() {
            None => Ok(None),
            Some("F") => Ok(Some(0.0)),
            Some("T") => Ok(Some(1.0)),
            Some(text) => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(self.own.bad_value(KEYWORD, "a number")),
            },
        }
    }

    /// How the rows of a table with these columns belong to pixels, by ORDERING, INDXSCHM, OBJECT and the columns' names. `elements` is
    /// the number of values in the first column. Where the keywords ask for a column that is missing, there is none in the answer.
    pub fn rows<'c>(&self, columns: &'c [ColumnInfo], elements: u64) -> Rows<'c> {
        let first = columns.first().filter(|column| column.tform.kind.is_integer());
        let ordering = self.word("ORDERING");
        let says_uniq = is_uniq(&ordering);
        let uniq = integer_column(columns, "UNIQ").or(first.filter(|_| says_uniq));
        let may_be_uniq = ordering.is_empty() && self.text("NSIDE").is_none();
        if says_uniq || (uniq.is_some() && may_be_uniq) {
            return Rows::Uniq(uniq);
        }
        let pixels = pixel_column(columns);
        let indexing = self.word("INDXSCHM");
        if indexing == "SPARSE" {
            return Rows::Channels(pixels, integer_column(columns, "CHANNEL"));
        }
        let is_whole = self.valid_nside().is_some_and(|nside| nside.npix() == elements);
        let is_partial = self.word("OBJECT") == "PARTIAL";
        let is_explicit = match indexing.as_str() {
            "EXPLICIT" => true,
            "IMPLICIT" => is_partial && !is_whole,
            _ => is_partial || pixels.is_some(),
        };
        if is_explicit { Rows::Pixels(pixels.or(first)) } else { Rows::InOrder }
    }
}

/// What a header says of the frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedFrame {
    /// The keyword that says it.
    pub keyword: &'static str,
    /// Its text.
    pub word: String,
    /// The frame, where it is known.
    pub frame: Option<Frame>,
    /// Whether the word is that of some system of equatorial coordinates (`FK4`) whose equinox may be another than J2000.
    pub is_other_system: bool,
}

/// How the rows of a table name their cells, and the columns of integers that do.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'c> {
    /// They do not: rows are pixels in order.
    InOrder,
    /// By pixel number.
    Pixels(Option<&'c ColumnInfo>),
    /// By pixel number and channel.
    Channels(Option<&'c ColumnInfo>, Option<&'c ColumnInfo>),
    /// By UNIQ number.
    Uniq(Option<&'c ColumnInfo>),
}

/// Whether an HDU has keywords of its own that only maps have.
pub fn has_map_keywords(hdu: &Hdu) -> bool {
    own_word(hdu, "PIXTYPE") == "HEALPIX"
        || is_uniq(&own_word(hdu, "ORDERING"))
        || ["NSIDE", "INDXSCHM"].iter().any(|keyword| hdu.header.get(keyword).is_some())
}

/// Whether an HDU is part of a HealSparse map.
pub fn is_healsparse(hdu: &Hdu) -> bool {
    own_word(hdu, "PIXTYPE") == "HEALSPARSE"
}

fn own_word(hdu: &Hdu, keyword: &str) -> String {
    bare(&hdu.header, keyword).unwrap_or_default().to_ascii_uppercase()
}

/// The text of a keyword without quotes and blanks around it; nothing where that leaves nothing.
fn bare(header: &Header, keyword: &str) -> Option<String> {
    let text = header.get_str(keyword)?;
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '"'));
    Some(bare.to_string()).filter(|text| !text.is_empty())
}

/// Whether a word under ORDERING says that cells of several resolutions are named by UNIQ numbers.
fn is_uniq(ordering: &str) -> bool {
    matches!(ordering, "NUNIQ" | "UNIQ")
}

/// Whether a column of this name holds pixel numbers.
pub fn names_pixels(name: &str) -> bool {
    PIXEL_COLUMNS.iter().any(|known| known.eq_ignore_ascii_case(name.trim()))
}

/// The column of pixel numbers, by its name.
pub fn pixel_column(columns: &[ColumnInfo]) -> Option<&ColumnInfo> {
    PIXEL_COLUMNS.into_iter().find_map(|name| integer_column(columns, name))
}

/// The column with this name, in any case, that holds integers.
pub fn integer_column<'c>(columns: &'c [ColumnInfo], name: &str) -> Option<&'c ColumnInfo> {
    columns.iter().find(|c| c.is_named(name) && c.tform.kind.is_integer())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::BinTable;
    use crate::fits::testing::{card, file, header};

    /// A file whose primary header has the first of these cards, and an empty table the others and columns of these formats and names.
    fn map(primary: &[&str], cards: &[&str], columns: &[(&str, &str)]) -> FitsFile {
        let parsed = |text: &&str| text.split_once('=').map(|(key, value)| card(key, value));
        let mut first = vec![card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)];
        first.extend(primary.iter().filter_map(parsed));
        let mut second = vec![
            card("XTENSION", "'BINTABLE'"),
            card("BITPIX", 8),
            card("NAXIS", 2),
            card("NAXIS1", 4 * columns.len()),
            card("NAXIS2", 0),
            card("PCOUNT", 0),
            card("GCOUNT", 1),
            card("TFIELDS", columns.len()),
        ];
        for (number, (format, name)) in (1..).zip(columns) {
            second.push(card(&format!("TFORM{number}"), format!("'{format}'")));
            second.push(card(&format!("TTYPE{number}"), format!("'{name}'")));
        }
        second.extend(cards.iter().filter_map(parsed));
        file(&[header(&first), header(&second)])
    }

    #[test]
    fn the_own_header_goes_before_the_primary_one() {
        let primary = ["NSIDE=4", "ORDERING='RING'", "COORDSYS='C'", "BAD_DATA=-1.0"];
        let columns = [("1E", "T")];
        let file = map(&primary, &["NSIDE=8", "ORDERING=' '", "POLCCONV='iau'"], &columns);
        let keywords = Keywords::new(&file, file.hdu(1).unwrap());
        assert_eq!(keywords.valid_nside(), Nside::new(8).ok());
        assert_eq!(keywords.ordering().unwrap(), Some(Ok(Ordering::Ring)));
        let frame = keywords.frame().unwrap();
        assert_eq!((frame.keyword, frame.frame), ("COORDSYS", Some(Frame::Equatorial)));
        let table = BinTable::new(&file, file.hdu(1).unwrap()).unwrap();
        assert!(keywords.bad_values(&table.column(0).unwrap()).unwrap().is_bad(-1.0));
        assert_eq!(keywords.polar_convention(), Some(PolarConvention::Iau));
        let file = map(&["NEST=T"], &["NSIDE=8"], &[]);
        let keywords = Keywords::new(&file, file.hdu(1).unwrap());
        assert_eq!(keywords.ordering().unwrap(), Some(Ok(Ordering::Nested)));
    }

    #[test]
    fn words_may_stand_in_quotes_of_any_kind() {
        for quoted in ["''' NESTED '''", "\"NESTED\"", "'\"nested\"'", "NESTED"] {
            let ordering = format!("ORDERING={quoted}");
            let cards = [
                ordering.as_str(),
                "COORDSYS='''CELESTIAL'''",
                "POLCCONV=\"IAU\"",
                "INDXSCHM='''EXPLICIT'''",
                "PIXTYPE='\"HEALPIX\"'",
            ];
            let file = map(&[], &cards, &[("J", "N"), ("J", "SIGNAL")]);
            let hdu = file.hdu(1).unwrap();
            let keywords = Keywords::new(&file, hdu);
            assert_eq!(keywords.ordering().unwrap(), Some(Ok(Ordering::Nested)), "{quoted}");
            assert_eq!(keywords.frame().unwrap().frame, Some(Frame::Equatorial));
            assert_eq!(keywords.polar_convention(), Some(PolarConvention::Iau));
            assert_eq!(keywords.word("PIXTYPE"), "HEALPIX");
            let table = BinTable::new(&file, hdu).unwrap();
            assert!(matches!(keywords.rows(table.columns(), 0), Rows::Pixels(Some(_))));
        }
        let file = map(&[], &["ORDERING=''' '''", "PIXTYPE='''healsparse'''"], &[]);
        let hdu = file.hdu(1).unwrap();
        assert_eq!(Keywords::new(&file, hdu).ordering().unwrap(), None);
        assert!(is_healsparse(hdu));
    }

    #[test]
    fn what_makes_no_sense_is_told_as_it_stands() {
        let file = map(&[], &["NSIDE=0", "ORDERING='spiral'", "COORDSYS='x'"], &[]);
        let keywords = Keywords::new(&file, file.hdu(1).unwrap());
        assert!(matches!(keywords.nside(), Ok(Some(Err(_)))) && keywords.valid_nside().is_none());
        assert_eq!(keywords.ordering().unwrap(), Some(Err("spiral".to_string())));
        assert_eq!(keywords.frame().unwrap().frame, None);
        assert!(!keywords.frame().unwrap().is_other_system);
        let file = map(&[], &["NSIDE='many'", "NEST=T"], &[]);
        let keywords = Keywords::new(&file, file.hdu(1).unwrap());
        assert!(keywords.nside().is_err() && keywords.valid_nside().is_none());
        assert_eq!(keywords.ordering().unwrap(), Some(Ok(Ordering::Nested)));
    }

    #[test]
    fn an_unknown_word_hides_no_known_frame() {
        for (cards, keyword, frame, is_other_system) in [
            (&["COORDSYS='unknown'", "RADESYS='FK5'"][..], "RADESYS", Frame::Equatorial, false),
            (&["SKYCOORD='Galactic'"], "SKYCOORD", Frame::Galactic, false),
            (
                &["COORDSYS='?'", "HIERARCH COORDTYPE='E'", "RADESYS='FK4'"],
                "COORDTYPE",
                Frame::Ecliptic,
                false,
            ),
            (&["COORDSYS='unknown'", "RADECSYS='FK4'"], "RADECSYS", Frame::Equatorial, true),
            (&["RADECSYS='FK4'", "RADESYS='ICRS'"], "RADESYS", Frame::Equatorial, false),
            (&["COORDSYS='G'", "RADESYS='FK4'"], "COORDSYS", Frame::Galactic, false),
            (&["COORDSYS='Equatorial J2000'"], "COORDSYS", Frame::Equatorial, true),
            (&["COORDSYS='B1950'"], "COORDSYS", Frame::Equatorial, true),
        ] {
            let file = map(&[], cards, &[]);
            let found = Keywords::new(&file, file.hdu(1).unwrap()).frame().unwrap();
            let expected = (keyword, Some(frame), is_other_system);
            assert_eq!((found.keyword, found.frame, found.is_other_system), expected, "{cards:?}");
        }
        let file = map(&[], &["HIERARCH COORDTYPE='y'", "COORDSYS='x'"], &[]);
        let found = Keywords::new(&file, file.hdu(1).unwrap()).frame().unwrap();
        assert_eq!((found.keyword, found.frame), ("COORDSYS", None));
    }

    #[test]
    fn rows_name_their_cells_in_several_ways() {
        for (cards, names, expected) in [
            (&["NSIDE=4"][..], ["SIGNAL", "HITS"], "in order"),
            (&["NSIDE=4"], ["ipix", "SIGNAL"], "pixels Some(0)"),
            (&["NSIDE=4"], ["SIGNAL", "PIXEL"], "pixels Some(1)"),
            (&["NSIDE=4", "INDXSCHM='IMPLICIT'"], ["PIXEL", "SIGNAL"], "in order"),
            (&["NSIDE=4", "INDXSCHM='EXPLICIT'"], ["N", "SIGNAL"], "pixels Some(0)"),
            (&["NSIDE=4", "OBJECT='PARTIAL'"], ["N", "SIGNAL"], "pixels Some(0)"),
            (&["NSIDE=4", "OBJECT='PARTIAL'", "INDXSCHM='IMPLICIT'"], ["N", "S"], "in order"),
            (&["NSIDE=8", "OBJECT='PARTIAL'", "INDXSCHM='IMPLICIT'"], ["N", "S"], "pixels Some(0)"),
            (&["INDXSCHM='SPARSE'"], ["PIX", "CHANNEL"], "channels Some(0) Some(1)"),
            (&["INDXSCHM='SPARSE'"], ["PIX", "VALUE"], "channels Some(0) None"),
            (&["ORDERING='NUNIQ'"], ["CELL", "VALUE"], "cells Some(0)"),
            (&["ORDERING='uniq'"], ["VALUE", "UNIQ"], "cells Some(1)"),
            (&[], ["UNIQ", "VALUE"], "cells Some(0)"),
            (&["NSIDE=4"], ["UNIQ", "VALUE"], "in order"),
        ] {
            let file = map(&[], cards, &names.map(|name| ("J", name)));
            let hdu = file.hdu(1).unwrap();
            let table = BinTable::new(&file, hdu).unwrap();
            let index = |column: Option<&ColumnInfo>| column.map(|column| column.index);
            let found = match Keywords::new(&file, hdu).rows(table.columns(), 192) {
                Rows::InOrder => "in order".to_string(),
                Rows::Pixels(pixels) => format!("pixels {:?}", index(pixels)),
                Rows::Channels(pixels, channels) => {
                    format!("channels {:?} {:?}", index(pixels), index(channels))
                }
                Rows::Uniq(uniq) => format!("cells {:?}", index(uniq)),
            };
            assert_eq!(found, expected, "{cards:?} {names:?}");
        }
    }

    #[test]
    fn columns_of_reals_name_no_cells() {
        let file = map(&[], &["ORDERING='NUNIQ'"], &[("E", "UNIQ"), ("E", "VALUE")]);
        let hdu = file.hdu(1).unwrap();
        let table = BinTable::new(&file, hdu).unwrap();
        assert!(matches!(Keywords::new(&file, hdu).rows(table.columns(), 0), Rows::Uniq(None)));
        assert!(has_map_keywords(hdu) && !is_healsparse(hdu));
        assert!(names_pixels(" hpx ") && !names_pixels("SIGNAL"));
    }
}
