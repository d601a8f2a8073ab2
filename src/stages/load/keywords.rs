//! The HEALPix keywords of a header, as the standard and the wild spell them.

use super::{Choice, LoadError};
use crate::fits::{FitsError, FitsFile, Hdu, Header, Place};
use crate::healpix::{Nside, NsideError, Ordering};
use crate::map::{BadValues, PolarConvention};
use crate::sky::Frame;

/// The header of a map, with the primary header to fall back on: some programs write the HEALPix keywords only there.
pub(super) struct Keywords<'a> {
    own: &'a Header,
    primary: &'a Header,
}

impl<'a> Keywords<'a> {
    /// The keywords of one HDU of a file.
    pub fn new(file: &'a FitsFile, hdu: &'a Hdu) -> Self {
        Keywords { own: &hdu.header, primary: &file.primary().header }
    }

    pub fn place(&self) -> Place {
        self.own.place().clone()
    }

    /// An error that names the HDU.
    pub fn problem(&self, problem: impl Into<String>) -> LoadError {
        LoadError::Layout { place: self.place(), problem: problem.into() }
    }

    /// The text of a keyword that is there and not empty.
    pub fn text(&self, keyword: &str) -> Option<String> {
        let found = |header: &Header| header.get_str(keyword).filter(|text| !text.is_empty());
        found(self.own).or_else(|| found(self.primary))
    }

    /// A keyword's text in upper case; empty where there is none.
    pub fn word(&self, keyword: &str) -> String {
        self.text(keyword).unwrap_or_default().trim().to_ascii_uppercase()
    }

    /// The value of a keyword as an integer.
    pub fn int(&self, keyword: &str) -> Result<Option<i64>, FitsError> {
        match self.own.get_int(keyword)? {
            None => self.primary.get_int(keyword),
            found => Ok(found),
        }
    }

    /// NSIDE, checked.
    pub fn nside(&self) -> Result<Option<Nside>, LoadError> {
        let nside = self.int("NSIDE")?.map(Nside::new).transpose();
        nside.map_err(|problem| LoadError::Nside { place: self.place(), problem })
    }

    /// NSIDE, or the resolution that has as many pixels as there are values, with a warning.
    pub fn nside_or_from(
        &self,
        pixels: u64,
        warnings: &mut Vec<String>,
    ) -> Result<Nside, LoadError> {
        if let Some(nside) = self.nside()? {
            return Ok(nside);
        }
        let place = self.place();
        let nside = Nside::from_npix(pixels)
            .map_err(|problem| LoadError::Nside { place: place.clone(), problem })?;
        warnings.push(format!("{place} has no NSIDE: its {pixels} pixels make it {nside}"));
        Ok(nside)
    }

    /// The numbering of pixels: the user's word, else ORDERING, else NEST, else RING with a warning.
    pub fn ordering(
        &self,
        choice: &Choice,
        nside: Nside,
        warnings: &mut Vec<String>,
    ) -> Result<Ordering, LoadError> {
        let ordering = match (choice.ordering, self.text("ORDERING")) {
            (Some(ordering), _) => ordering,
            (None, Some(word)) => match Ordering::from_name(&word) {
                Some(ordering) => ordering,
                None => return Err(LoadError::Ordering { place: self.place(), found: word }),
            },
            (None, None) => match self.own.get_bool("NEST")? {
                Some(true) => Ordering::Nested,
                Some(false) => Ordering::Ring,
                None => {
                    let place = self.place();
                    warnings.push(format!(
                        "{place} has no ORDERING: assuming RING; --ordering overrides it"
                    ));
                    Ordering::Ring
                }
            },
        };
        if ordering == Ordering::Nested && !nside.is_power_of_two() {
            let problem = NsideError::NotPowerOfTwo(nside.get());
            return Err(LoadError::Nside { place: self.place(), problem });
        }
        Ok(ordering)
    }

    /// The frame that the header names; nothing where it names none, with a warning where its word is unknown.
    pub fn frame(&self, warnings: &mut Vec<String>) -> Option<Frame> {
        let keywords = ["COORDSYS", "COORDTYPE", "RADECSYS", "RADESYS"];
        let (keyword, word) =
            keywords.into_iter().find_map(|keyword| Some((keyword, self.text(keyword)?)))?;
        let frame = Frame::from_name(&word);
        if frame.is_none() {
            let place = self.place();
            warnings.push(format!(
                "{place}: {keyword} is '{word}', which names no known frame: assuming galactic; \
                 --input-coord overrides it"
            ));
        }
        frame
    }

    /// POLCCONV.
    pub fn polar_convention(&self) -> Option<PolarConvention> {
        match self.word("POLCCONV").as_str() {
            "IAU" => Some(PolarConvention::Iau),
            "COSMO" => Some(PolarConvention::Cosmo),
            _ => None,
        }
    }

    /// The bad-pixel rule, with BAD_DATA.
    pub fn bad_values(&self) -> Result<BadValues, FitsError> {
        let own = self.own.get_float("BAD_DATA")?;
        let found = own.map_or_else(|| self.primary.get_float("BAD_DATA"), |own| Ok(Some(own)));
        Ok(BadValues::new(found?))
    }
}
