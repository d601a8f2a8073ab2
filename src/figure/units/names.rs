//! The names of units as they are written and shown.

use super::Head;

/// SI prefixes as written in files, as shown, and their powers of ten (BIPM SI brochure, 9th edition, table 7).
pub(super) const PREFIXES: [(&str, &str, i32); 19] = [
    ("", "", 0),
    ("a", "a", -18),
    ("f", "f", -15),
    ("p", "p", -12),
    ("n", "n", -9),
    ("u", "\u{b5}", -6),
    ("\u{b5}", "\u{b5}", -6),
    ("\u{3bc}", "\u{b5}", -6),
    ("mu", "\u{b5}", -6),
    ("micro", "\u{b5}", -6),
    ("m", "m", -3),
    ("c", "c", -2),
    ("d", "d", -1),
    ("h", "h", 2),
    ("k", "k", 3),
    ("M", "M", 6),
    ("G", "G", 9),
    ("T", "T", 12),
    ("P", "P", 15),
];

/// Base units that take prefixes, and the least and greatest power of ten with which they are in use.
pub(super) const PREFIXED: [(&str, i32, i32); 16] = [
    ("K", -9, 0),
    ("Jy", -9, 6),
    ("W", -18, 12),
    ("J", -15, 12),
    ("eV", -9, 15),
    ("V", -9, 6),
    ("T", -12, 0),
    ("G", -9, 0),
    ("Hz", 0, 12),
    ("pc", -3, 9),
    ("m", -9, 3),
    ("s", -12, 0),
    ("g", -6, 3),
    ("A", -9, 3),
    ("N", -6, 6),
    ("Pa", -6, 9),
];

/// Units and words that stand as they are.
const PLAIN: [(&str, &str); 45] = [
    ("sr", "sr"),
    ("rad", "rad"),
    ("deg", "deg"),
    ("arcmin", "arcmin"),
    ("arcsec", "arcsec"),
    ("mas", "mas"),
    ("erg", "erg"),
    ("ergs", "erg"),
    ("ph", "ph"),
    ("phot", "ph"),
    ("photon", "photon"),
    ("photons", "photons"),
    ("count", "count"),
    ("counts", "counts"),
    ("ct", "ct"),
    ("cts", "cts"),
    ("hit", "hit"),
    ("hits", "hits"),
    ("adu", "adu"),
    ("ADU", "ADU"),
    ("beam", "beam"),
    ("pix", "pix"),
    ("pixel", "pixel"),
    ("sample", "sample"),
    ("samples", "samples"),
    ("mag", "mag"),
    ("dex", "dex"),
    ("R", "R"),
    ("yr", "yr"),
    ("day", "day"),
    ("d", "d"),
    ("h", "h"),
    ("hr", "h"),
    ("min", "min"),
    ("sec", "s"),
    ("AU", "au"),
    ("au", "au"),
    ("Angstrom", "\u{c5}"),
    ("angstrom", "\u{c5}"),
    ("Ohm", "\u{3a9}"),
    ("micron", "\u{b5}m"),
    ("microns", "\u{b5}m"),
    ("Kelvin", "K"),
    ("kelvin", "K"),
    ("1", "1"),
];

/// Quantities of the Sun as units: mass, luminosity, radius.
pub(super) const SOLAR: [&str; 3] = ["M", "L", "R"];
pub(super) const SUN: &str = "\u{2609}";

/// What temperatures are told apart by, as written (in lower case) and as shown.
const TEMPERATURES: [(&str, &str); 6] = [
    ("cmb", "CMB"),
    ("rj", "RJ"),
    ("thermo", "CMB"),
    ("thermodynamic", "CMB"),
    ("antenna", "A"),
    ("b", "b"),
];

/// A unit's symbol as shown, its exchangeable prefix, and its subscript where it is written without a sign (`Kcmb`).
pub(super) fn recognise(word: &str) -> Option<(String, Option<Head>, Option<String>)> {
    if let Some((_, shown)) = PLAIN.iter().find(|(written, _)| *written == word) {
        return Some(((*shown).to_owned(), None, None));
    }
    if let Some(found) = prefixed(word) {
        return Some((found.0, Some(found.1), None));
    }
    let (unit, label) = word.split_at_checked(word.find('K')? + 1)?;
    let (shown, head) = prefixed(unit)?;
    Some((shown, Some(head), Some(temperature(label)?.to_owned())))
}

fn prefixed(word: &str) -> Option<(String, Head)> {
    PREFIXED.iter().find_map(|&(symbol, ..)| {
        let written = word.strip_suffix(symbol)?;
        let (_, prefix, power) = PREFIXES.iter().find(|(known, ..)| *known == written)?;
        let shown = format!("{prefix}{symbol}");
        let head = Head { length: shown.len(), symbol, power: *power };
        Some((shown, head))
    })
}

pub(super) fn temperature(label: &str) -> Option<&'static str> {
    let label = label.to_lowercase();
    TEMPERATURES.iter().find(|(written, _)| *written == label).map(|(_, shown)| *shown)
}
