//! Why a text or a list of colours makes no colormap.

use std::fmt;

use super::{ColorError, Colormap, registry};
use crate::spelling;

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
    /// A line of a file that is no colour.
    #[error("colormap '{name}', line {number}: expected r,g,b or #rrggbb, found '{text}'")]
    Line {
        /// The name of the colormap.
        name: String,
        /// Which line, from 1.
        number: usize,
        /// The line.
        text: String,
    },
    /// Too few or too many colours.
    #[error("colormap '{name}' needs from 2 to {} colours: found {found}", Colormap::MAX_LEN)]
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

impl UnknownColormap {
    pub(super) fn new(name: &str) -> Self {
        let (stem, reversed) = registry::split_reversed(name);
        let near = spelling::near(Colormap::names().map(|known| (likeness(stem, known), known)));
        let suffix = if reversed { "_r" } else { "" };
        let suggestions = near.iter().take(3).map(|known| format!("{known}{suffix}")).collect();
        UnknownColormap { name: name.to_owned(), suggestions }
    }
}

impl fmt::Display for UnknownColormap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown colormap '{}'; ", self.name)?;
        f.write_str(&spelling::did_you_mean(&self.suggestions).unwrap_or_else(|| {
            "give a name of matplotlib, cmocean (cmo.*), Crameri (cmc.*), colorcet (cet.*) or \
             CMasher (cmr.*), or planck, planck-log, wmap, or colours such as '#0b3d91,white,#c00'"
                .to_string()
        }))
    }
}

impl std::error::Error for UnknownColormap {}

/// How alike a name is to a known one, with or without the family's prefix.
fn likeness(name: &str, known: &'static str) -> f64 {
    let alike = |known| spelling::likeness(name, known);
    registry::bare(known).map_or(0.0, alike).max(alike(known))
}
