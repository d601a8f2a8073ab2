//! Colours and colour maps: what people write becomes [`Rgba`] values and tables of them.

mod color;
mod css;
mod registry;

pub use color::{ColorError, Rgba};

use std::fmt;

/// A table of opaque colours for values from low to high.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Colormap {
    name: String,
    table: Vec<Rgba>,
}

/// A colormap name that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownColormap {
    /// The name as given.
    pub name: String,
    /// Up to three known names that are near, the nearest first.
    pub suggestions: Vec<String>,
}

/// Why a text or a list of colours makes no colormap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColormapError {
    /// A name that is not known.
    #[error(transparent)]
    Unknown(#[from] UnknownColormap),
    /// A colour of a list that cannot be read.
    #[error("colour {number} of the colormap '{text}': {error}")]
    Stop {
        /// The whole list as given.
        text: String,
        /// Which colour, from 1.
        number: usize,
        /// What is wrong with it.
        error: ColorError,
    },
    /// Too few or too many colours.
    #[error("colormap '{name}' has {found} colours; it takes from 2 to {}", Colormap::MAX_LEN)]
    Length {
        /// The name of the colormap.
        name: String,
        /// The number of colours given.
        found: usize,
    },
    /// A colour that is not opaque.
    #[error(
        "colour {number} of the colormap '{name}' is transparent; \
         only opaque colours can show values"
    )]
    Transparent {
        /// The name of the colormap.
        name: String,
        /// Which colour, from 1.
        number: usize,
    },
}

impl Colormap {
    /// The number of rows of the longest table (that of `cmr.neutral`).
    pub const MAX_LEN: usize = 2560;

    /// The rows of a table made by [`Colormap::from_stops`], as many as most of matplotlib's have.
    const STOPS_LEN: usize = 256;

    /// Finds an embedded table: matplotlib's, cmocean's (`cmo.*`), Crameri's (`cmc.*`), colorcet's (`cet.*`), CMasher's
    /// (`cmr.*`), `planck`, `planck-log` and `wmap`.
    ///
    /// Case does not matter; `-`, `_` and `.` are alike; a family's prefix may be left out, where matplotlib's names go
    /// first. A final `_r` (or `-r`) reverses any table. The bytes are those that matplotlib draws.
    ///
    /// # Errors
    /// The name is not known; the error suggests near ones.
    pub fn by_name(name: &str) -> Result<Colormap, UnknownColormap> {
        let wanted = name.trim();
        if let Some(entry) = registry::find(wanted) {
            return Ok(Colormap::from_entry(entry));
        }
        match registry::split_reversed(wanted) {
            (stem, true) => {
                registry::find(stem).map(|entry| Colormap::from_entry(entry).reversed())
            }
            _ => None,
        }
        .ok_or_else(|| UnknownColormap::new(wanted))
    }

    /// Reads what a user gives for a colormap: a name (see [`Colormap::by_name`]), or two or more colours separated by
    /// commas (`#0b3d91,white,#c00`, see [`Colormap::from_stops`]).
    ///
    /// # Errors
    /// Neither a known name nor a list of colours.
    pub fn parse(text: &str) -> Result<Colormap, ColormapError> {
        let text = text.trim();
        if !text.contains(',') && !text.starts_with('#') {
            return Ok(Colormap::by_name(text)?);
        }
        let stops = text
            .split(',')
            .enumerate()
            .map(|(i, stop)| {
                Rgba::parse(stop).map_err(|error| ColormapError::Stop {
                    text: text.to_owned(),
                    number: i + 1,
                    error,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Colormap::from_stops(text, &stops)
    }

    /// Interpolates 256 rows between equally spaced colours, linearly in sRGB and truncated to bytes, as matplotlib's
    /// `LinearSegmentedColormap.from_list` does.
    ///
    /// # Errors
    /// Fewer than 2 or more than [`Colormap::MAX_LEN`] colours, or one that is not opaque.
    pub fn from_stops(name: &str, stops: &[Rgba]) -> Result<Colormap, ColormapError> {
        check_colors(name, stops)?;
        let table = (0..Self::STOPS_LEN).map(|row| interpolate(stops, row, Self::STOPS_LEN));
        Ok(Colormap { name: name.to_owned(), table: table.collect() })
    }

    /// Takes the rows as they are.
    ///
    /// # Errors
    /// Fewer than 2 or more than [`Colormap::MAX_LEN`] rows, or one that is not opaque.
    pub fn from_table(name: &str, table: Vec<Rgba>) -> Result<Colormap, ColormapError> {
        check_colors(name, &table)?;
        Ok(Colormap { name: name.to_owned(), table })
    }

    /// The name as its family spells it, with `_r` when reversed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From 2 to [`Colormap::MAX_LEN`] opaque colours, that of the lowest values first.
    pub fn table(&self) -> &[Rgba] {
        &self.table
    }

    /// The names of the embedded maps, family by family: `planck`, `planck-log` and `wmap`, then matplotlib, cmocean,
    /// Crameri, CMasher and colorcet. Reversed ones and aliases are not listed.
    pub fn names() -> impl Iterator<Item = &'static str> {
        registry::names()
    }

    /// The same colours from high to low.
    #[must_use]
    pub fn reversed(mut self) -> Colormap {
        self.table.reverse();
        self.name = match registry::split_reversed(&self.name) {
            (stem, true) => stem.to_owned(),
            (name, false) => format!("{name}_r"),
        };
        self
    }

    /// The row for a normalised value: `int(t * N)`, with the last row for 1, as matplotlib does.
    ///
    /// Values below 0 get the first row, values above 1 the last one, NaN the first.
    pub fn index(&self, t: f64) -> usize {
        // The cast of a float saturates, and makes 0 of NaN.
        ((t * self.table.len() as f64) as usize).min(self.table.len() - 1)
    }

    fn from_entry(entry: registry::Entry) -> Colormap {
        let table = entry.rows.iter().map(|&[r, g, b]| Rgba::rgb(r, g, b));
        let table = if entry.reversed { table.rev().collect() } else { table.collect() };
        Colormap { name: entry.name.to_owned(), table }
    }
}

impl UnknownColormap {
    fn new(name: &str) -> Self {
        const NEAR: f64 = 0.6;
        let (stem, reversed) = registry::split_reversed(name);
        let wanted = registry::key(stem);
        let mut scored: Vec<(f64, &str)> = Colormap::names()
            .map(|known| (similarity(&wanted, known), known))
            .filter(|&(score, _)| score >= NEAR)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let suffix = if reversed { "_r" } else { "" };
        let suggestions =
            scored.iter().take(3).map(|(_, known)| format!("{known}{suffix}")).collect();
        UnknownColormap { name: name.to_owned(), suggestions }
    }
}

impl fmt::Display for UnknownColormap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown colormap '{}'; ", self.name)?;
        match self.suggestions.as_slice() {
            [] => f.write_str(
                "give a name of matplotlib, cmocean (cmo.*), Crameri (cmc.*), colorcet (cet.*) or \
                 CMasher (cmr.*), or planck, planck-log, wmap, or colours such as '#0b3d91,white,#c00'",
            ),
            [only] => write!(f, "did you mean {only}?"),
            [first @ .., last] => write!(f, "did you mean {} or {last}?", first.join(", ")),
        }
    }
}

impl std::error::Error for UnknownColormap {}

/// How near a known name is to the [`registry::key`] of a wanted one, with or without the family's prefix: 0 to 1.
fn similarity(wanted: &str, known: &'static str) -> f64 {
    let spelled = |name: &str| {
        let name = registry::key(name);
        // A piece of a name (`therm`) is as good a hint as a spelling mistake.
        let piece = if wanted.len() >= 3 && name.contains(wanted) { 0.8 } else { 0.0 };
        strsim::normalized_damerau_levenshtein(wanted, &name).max(piece)
    };
    registry::bare(known).map_or(0.0, spelled).max(spelled(known))
}

fn check_colors(name: &str, colors: &[Rgba]) -> Result<(), ColormapError> {
    if !(2..=Colormap::MAX_LEN).contains(&colors.len()) {
        return Err(ColormapError::Length { name: name.to_owned(), found: colors.len() });
    }
    match colors.iter().position(|color| color.a != 255) {
        Some(i) => Err(ColormapError::Transparent { name: name.to_owned(), number: i + 1 }),
        None => Ok(()),
    }
}

/// Row `row` of `len` between equally spaced stops, of which there are at least two.
///
/// The order of the operations is matplotlib's, so that the truncation gives the same bytes.
fn interpolate(stops: &[Rgba], row: usize, len: usize) -> Rgba {
    let (last_row, last_stop) = (len - 1, stops.len() - 1);
    let linspace = |i: usize, last: usize| {
        if i == last { 1.0 } else { i as f64 * (1.0 / last as f64) }
    };
    let position = |stop: usize| linspace(stop, last_stop) * last_row as f64;
    let x = last_row as f64 * linspace(row, last_row);
    let above = (1..last_stop).find(|&stop| position(stop) >= x).unwrap_or(last_stop);
    let (low, high) = (stops[above - 1], stops[above]);
    let fraction = (x - position(above - 1)) / (position(above) - position(above - 1));
    let mix = |low: u8, high: u8| {
        let (low, high) = (f64::from(low) / 255.0, f64::from(high) / 255.0);
        ((fraction * (high - low) + low).clamp(0.0, 1.0) * 255.0) as u8
    };
    Rgba::rgb(mix(low.r, high.r), mix(low.g, high.g), mix(low.b, high.b))
}
