//! What the loader makes of a map's keywords: where they make no map it refuses, and what it assumes it says.

use std::ops::Deref;

use super::{Choice, LoadError, Role};
use crate::fits::{FitsFile, Hdu};
use crate::healpix::{Nside, NsideError, Ordering};
use crate::map;
use crate::sky::Frame;

/// The keywords of a map, which must make sense.
pub(super) struct Keywords<'a> {
    said: map::Keywords<'a>,
    role: Role,
}

impl<'a> Deref for Keywords<'a> {
    type Target = map::Keywords<'a>;

    fn deref(&self) -> &Self::Target {
        &self.said
    }
}

impl<'a> Keywords<'a> {
    /// The keywords of one HDU of a file.
    pub fn new(file: &'a FitsFile, hdu: &'a Hdu, role: Role) -> Self {
        Keywords { said: map::Keywords::new(file, hdu), role }
    }

    /// What the map is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// An error that names the HDU.
    pub fn problem(&self, problem: impl Into<String>) -> LoadError {
        LoadError::Layout { place: self.place(), problem: problem.into() }
    }

    /// NSIDE, checked.
    pub fn nside(&self) -> Result<Option<Nside>, LoadError> {
        let nside = self.said.nside()?.transpose();
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

    /// Makes sure that `what` has as many values as the sky has pixels.
    pub fn check_pixels(&self, nside: Nside, what: &str, found: u64) -> Result<(), LoadError> {
        let expected = nside.npix();
        if found == expected {
            return Ok(());
        }
        let (place, what) = (self.place(), what.to_string());
        Err(LoadError::PixelCount { place, nside, expected, what, found })
    }

    /// The numbering of pixels: the user's word, else the header's, else RING with a warning.
    pub fn ordering(
        &self,
        choice: &Choice,
        nside: Nside,
        warnings: &mut Vec<String>,
    ) -> Result<Ordering, LoadError> {
        let said = match choice.ordering {
            Some(ordering) => Some(Ok(ordering)),
            None => self.said.ordering()?,
        };
        let place = self.place();
        let ordering = match said {
            Some(Ok(ordering)) => ordering,
            Some(Err(found)) => return Err(LoadError::Ordering { place, found, role: self.role }),
            None => {
                let way_out = self.role.ordering_overridden();
                warnings.push(format!("{place} has no ORDERING: assuming RING{way_out}"));
                Ordering::Ring
            }
        };
        if ordering == Ordering::Nested && !nside.is_power_of_two() {
            let problem = NsideError::NotPowerOfTwo(nside.get());
            return Err(LoadError::Nside { place, problem });
        }
        Ok(ordering)
    }

    /// The frame that the header names; nothing where it names none. With a warning where its word is unknown.
    pub fn frame(&self, warnings: &mut Vec<String>) -> Option<Frame> {
        let map::NamedFrame { keyword, word, frame, is_other_system } = self.said.frame()?;
        let assumption = match frame {
            None => "which names no known frame",
            Some(_) if is_other_system => {
                "which is taken as equatorial: its equinox is not converted to J2000"
            }
            Some(_) => return frame,
        };
        let place = self.place();
        let option = self.role.frame_option();
        warnings
            .push(format!("{place}: {keyword} is '{word}', {assumption}; {option} overrides it"));
        frame
    }
}
