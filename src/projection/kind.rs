//! The projections by name.

use super::{
    Aitoff, AzimuthalEquidistant, Cartesian, Cylindrical, Eckert4, EqualEarth, Flip, Gnomonic,
    Hammer, Hemispheres, Lambert, McBryde, Mercator, Mollweide, Orthographic, Projection, Robinson,
    Sinusoidal, Stereographic, Zenithal,
};

/// A projection, as the command line names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Kind {
    /// Mollweide.
    Mollweide,
    /// Hammer, which FITS calls Hammer-Aitoff.
    Hammer,
    /// Aitoff's own.
    Aitoff,
    /// Longitude and latitude as x and y.
    Cartesian,
    /// Onto the tangent plane.
    Gnomonic,
    /// A globe from far away.
    Orthographic,
    /// True distances from the centre.
    AzimuthalEquidistant,
    /// Lambert's azimuthal equal-area projection.
    Lambert,
    /// Conformal, about a centre.
    Stereographic,
    /// Sanson-Flamsteed.
    Sinusoidal,
    /// Conformal, with straight meridians.
    Mercator,
    /// Equal Earth.
    EqualEarth,
    /// McBryde-Thomas flat-polar quartic.
    McBryde,
    /// Eckert IV.
    Eckert4,
    /// Robinson.
    Robinson,
}

/// Half the side of the field that the gnomonic projection shows by default, in radians: 2.5 degrees.
const GNOMONIC_HALF_WIDTH: f64 = 2.5 * std::f64::consts::PI / 180.0;

impl Kind {
    /// Every projection.
    pub const ALL: [Kind; 15] = [
        Kind::Mollweide,
        Kind::Hammer,
        Kind::Aitoff,
        Kind::Cartesian,
        Kind::Gnomonic,
        Kind::Orthographic,
        Kind::AzimuthalEquidistant,
        Kind::Lambert,
        Kind::Stereographic,
        Kind::Sinusoidal,
        Kind::Mercator,
        Kind::EqualEarth,
        Kind::McBryde,
        Kind::Eckert4,
        Kind::Robinson,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Mollweide => "mollweide",
            Kind::Hammer => "hammer",
            Kind::Aitoff => "aitoff",
            Kind::Cartesian => "cartesian",
            Kind::Gnomonic => "gnomonic",
            Kind::Orthographic => "orthographic",
            Kind::AzimuthalEquidistant => "azimuthal-equidistant",
            Kind::Lambert => "lambert",
            Kind::Stereographic => "stereographic",
            Kind::Sinusoidal => "sinusoidal",
            Kind::Mercator => "mercator",
            Kind::EqualEarth => "equal-earth",
            Kind::McBryde => "mcbryde",
            Kind::Eckert4 => "eckert4",
            Kind::Robinson => "robinson",
        }
    }

    /// Other names that it goes by, FITS codes and those of PROJ and healpy among them.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Kind::Mollweide => &["moll", "mol"],
            Kind::Hammer => &["hammer-aitoff", "ait"],
            Kind::Aitoff => &[],
            Kind::Cartesian => &["cart", "car", "equirectangular", "plate-carree", "eqc"],
            Kind::Gnomonic => &["gnom", "gno", "tan"],
            Kind::Orthographic => &["ortho", "orth", "sin"],
            Kind::AzimuthalEquidistant => &["azeq", "aeqd", "arc"],
            Kind::Lambert => &["laea", "zea", "lambert-azimuthal"],
            Kind::Stereographic => &["stereo", "stere", "stg"],
            Kind::Sinusoidal => &["sanson-flamsteed", "sinu", "sfl"],
            Kind::Mercator => &["merc", "mer"],
            Kind::EqualEarth => &["equalearth", "eqearth"],
            Kind::McBryde => &["mcbryde-thomas", "mbtfpq"],
            Kind::Eckert4 => &["eckert-iv", "eckertiv", "eck4"],
            Kind::Robinson => &["robin"],
        }
    }

    /// What it is good for, in a few words.
    pub fn summary(self) -> &'static str {
        match self {
            Kind::Mollweide => "the whole sky in an ellipse, equal areas",
            Kind::Hammer => "the whole sky in an ellipse, equal areas, curved parallels",
            Kind::Aitoff => "the whole sky in an ellipse, curved parallels",
            Kind::Cartesian => "longitude and latitude as x and y",
            Kind::Gnomonic => "a small field on its tangent plane, great circles straight",
            Kind::Orthographic => "a globe from far away, both sides or one",
            Kind::AzimuthalEquidistant => "true distances from the centre",
            Kind::Lambert => "equal areas about the centre",
            Kind::Stereographic => "true angles about the centre, circles stay circles",
            Kind::Sinusoidal => "the whole sky, equal areas, straight parallels",
            Kind::Mercator => "true angles, straight meridians, no poles",
            Kind::EqualEarth => "the whole sky, equal areas, rounded sides",
            Kind::McBryde => "the whole sky, equal areas, poles as short lines",
            Kind::Eckert4 => "the whole sky, equal areas, poles as lines",
            Kind::Robinson => "the whole sky as world atlases show the Earth",
        }
    }

    /// The projection that a name stands for, in any case.
    pub fn from_name(name: &str) -> Option<Kind> {
        let is = |known: &str| known.eq_ignore_ascii_case(name.trim());
        Kind::ALL.into_iter().find(|kind| is(kind.name()) || kind.aliases().iter().any(|a| is(a)))
    }

    /// Whether it can show one hemisphere.
    pub fn has_half_sky(self) -> bool {
        use Kind::{AzimuthalEquidistant, Lambert, Orthographic, Stereographic};
        matches!(self, AzimuthalEquidistant | Lambert | Orthographic | Stereographic)
    }

    /// Whether ranges of longitude and latitude are rectangles in it.
    pub fn has_extent(self) -> bool {
        matches!(self, Kind::Cartesian | Kind::Mercator)
    }

    /// The projection: of one hemisphere with `half_sky`, where it can show just one; with `zoomed` in one piece, where it otherwise shows
    /// two hemispheres side by side, the near one on the left of a picture flipped like `flip`.
    pub fn build(self, half_sky: bool, zoomed: bool, flip: Flip) -> Box<dyn Projection> {
        let near_right = flip == Flip::Astro;
        match self {
            Kind::Mollweide => Box::new(Mollweide),
            Kind::Hammer => Box::new(Hammer),
            Kind::Aitoff => Box::new(Aitoff),
            Kind::Cartesian => Box::new(Cylindrical(Cartesian)),
            Kind::Gnomonic => Box::new(Zenithal::<Gnomonic>::with_half_width(GNOMONIC_HALF_WIDTH)),
            Kind::Orthographic if half_sky || zoomed => {
                Box::new(Zenithal::<Orthographic>::hemisphere())
            }
            Kind::Orthographic => Box::new(Hemispheres::<Orthographic>::new(near_right)),
            Kind::AzimuthalEquidistant if half_sky => {
                Box::new(Zenithal::<AzimuthalEquidistant>::hemisphere())
            }
            Kind::AzimuthalEquidistant => Box::new(Zenithal::<AzimuthalEquidistant>::sky()),
            Kind::Lambert if half_sky => Box::new(Zenithal::<Lambert>::hemisphere()),
            Kind::Lambert => Box::new(Zenithal::<Lambert>::sky()),
            Kind::Stereographic if half_sky => Box::new(Zenithal::<Stereographic>::hemisphere()),
            Kind::Stereographic if zoomed => {
                // The sky fills the whole plane: what is shown unless told otherwise is the near hemisphere.
                Box::new(Zenithal::<Stereographic>::with_half_width(2.0))
            }
            Kind::Stereographic => Box::new(Hemispheres::<Stereographic>::new(near_right)),
            Kind::Sinusoidal => Box::new(Cylindrical(Sinusoidal)),
            Kind::Mercator => Box::new(Cylindrical(Mercator)),
            Kind::EqualEarth => Box::new(Cylindrical(EqualEarth)),
            Kind::McBryde => Box::new(Cylindrical(McBryde)),
            Kind::Eckert4 => Box::new(Cylindrical(Eckert4)),
            Kind::Robinson => Box::new(Cylindrical(Robinson::default())),
        }
    }
}
