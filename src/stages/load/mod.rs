//! Finds the map in a FITS file: which HDU and column it is, and what the header says of its pixels, frame and unit.

mod channels;
mod columns;
mod combine;
mod computed;
mod error;
mod find;
mod healsparse;
mod images;
mod keywords;
mod polarised;
mod renumber;
mod stokes;
mod tables;

use crate::fits::{BinTable, FitsFile};
use crate::healpix::Ordering;
use crate::map::{MapSource, PolarConvention, is_healsparse};
use crate::sky::Frame;
use keywords::Keywords;

pub use combine::{Formula, combine};
pub use error::LoadError;
pub use polarised::{angle, angles};
use stokes::is_stokes;

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

impl std::fmt::Display for Pick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pick::Number(number) => number.fmt(f),
            Pick::Name(name) => name.fmt(f),
        }
    }
}

/// What a map is read for. Messages name the options that there are for such maps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// To be drawn.
    #[default]
    Map,
    /// To say what is shown of another one.
    Mask,
}

impl Role {
    /// The option that chooses the column.
    pub fn column_option(self) -> &'static str {
        match self {
            Role::Map => "--col",
            Role::Mask => "--mask-col",
        }
    }

    /// The option that names the frame.
    pub fn frame_option(self) -> &'static str {
        match self {
            Role::Map => "--input-coord",
            Role::Mask => "--mask-coord",
        }
    }

    /// How messages on the ordering end: there is no option for that of a mask.
    pub fn ordering_overridden(self) -> &'static str {
        match self {
            Role::Map => "; --ordering overrides it",
            Role::Mask => "",
        }
    }
}

/// What to take from the file, and what to believe instead of its header.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// The HDU (number from the primary's 0, or EXTNAME); by default the first with a HEALPix map.
    pub hdu: Option<Pick>,
    /// The column, counted from 0 over the columns that hold data, or its TTYPE; `NAME[3]` is element 3 of its cells, counted from 0.
    /// By default PROBDENSITY in multi-order maps, else the first. In cubes of channels it is the channel, in wide masks the flag.
    pub column: Option<Pick>,
    /// The ordering, whatever the header says.
    pub ordering: Option<Ordering>,
    /// What it is for.
    pub role: Role,
}

/// A map found in a file.
#[derive(Clone, Debug)]
pub struct LoadedMap {
    /// Where its pixels are.
    pub source: MapSource,
    /// The frame that the header names; nothing if it names none.
    pub frame: Option<Frame>,
    /// What the sign of U means, where POLCCONV says it.
    pub polar_convention: Option<PolarConvention>,
    /// Name of the column; empty if it has none.
    pub name: String,
    /// TUNIT of the column.
    pub unit: Option<String>,
    /// Where the map is the angle of linear polarisation: U, with the factor that gives it the sign of the IAU's convention. The source
    /// is Q then. Angles cannot be averaged, so that they are taken of what has been averaged; see [`angle`].
    pub angle_with: Option<(MapSource, f32)>,
    /// The same map with nothing hidden, where masks have hidden parts of it.
    pub unmasked: Option<Box<LoadedMap>>,
    /// Assumptions made, for the user to know.
    pub warnings: Vec<String>,
}

impl LoadedMap {
    /// Whether its values are Q, U or the angle of polarisation, which count from the north of the map's own frame.
    pub fn is_oriented(&self) -> bool {
        self.angle_with.is_some() || ['Q', 'U'].iter().any(|letter| is_stokes(&self.name, *letter))
    }
}

/// The part of a loaded map that depends on how the HDU is laid out.
struct Found {
    source: MapSource,
    name: String,
    unit: Option<String>,
}

/// Finds the map that `choice` names: a column, or P and psi of a file that has no such columns but Q and U.
///
/// # Errors
/// Where there is no such HDU or column, its header contradicts itself, or its data are not all there.
pub fn load(file: &FitsFile, choice: &Choice) -> Result<LoadedMap, LoadError> {
    match plain(file, choice) {
        Err(missing @ LoadError::NoSuchColumn { .. }) => {
            polarised::load(file, choice)?.ok_or(missing)
        }
        found => found,
    }
}

/// Finds a column.
fn plain(file: &FitsFile, choice: &Choice) -> Result<LoadedMap, LoadError> {
    let hdu = find::hdu(file, choice.hdu.as_ref())?;
    let mut warnings = Vec::new();
    let Found { source, name, unit } = if is_healsparse(hdu) {
        healsparse::load(file, choice, &mut warnings)?
    } else if hdu.is_image() {
        images::load(file, hdu, choice, &mut warnings)?
    } else {
        tables::load(file, &BinTable::new(file, hdu)?, choice, &mut warnings)?
    };
    let keywords = Keywords::new(file, hdu, choice.role);
    let frame = keywords.frame(&mut warnings);
    let polar_convention = keywords.polar_convention();
    let scheme = keywords.word("PIXTYPE");
    if !matches!(scheme.as_str(), "" | "HEALPIX" | "HEALSPARSE") {
        warnings.push(format!(
            "{}: PIXTYPE is '{scheme}', not 'HEALPIX': drawn as HEALPix pixels all the same",
            keywords.place()
        ));
    }
    Ok(LoadedMap {
        source,
        frame,
        polar_convention,
        name,
        // What some programs write where there is none.
        unit: unit.filter(|unit| !unit.trim().eq_ignore_ascii_case("unknown")),
        angle_with: None,
        unmasked: None,
        warnings,
    })
}
