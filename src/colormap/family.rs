//! Where the embedded tables come from.

use super::Colormap;

/// The origin of some tables, in the order in which they are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Made for maps of the cosmic microwave background: planck, planck-log, wmap.
    Cmb,
    /// Of matplotlib.
    Matplotlib,
    /// Of cmocean (Thyng et al. 2016).
    Cmocean,
    /// Scientific colour maps (Crameri 2018).
    Crameri,
    /// Of CMasher (van der Velden 2020).
    Cmasher,
    /// Of colorcet (Kovesi 2015).
    Colorcet,
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 6] = [
        Family::Cmb,
        Family::Matplotlib,
        Family::Cmocean,
        Family::Crameri,
        Family::Cmasher,
        Family::Colorcet,
    ];

    /// The family that a word names, in any case: by the package's name or its maps' prefix.
    pub fn from_name(name: &str) -> Option<Family> {
        let name = name.trim().to_ascii_lowercase();
        match name.trim_end_matches(['.', '*']) {
            "matplotlib" | "mpl" => Some(Family::Matplotlib),
            "cmocean" | "cmo" => Some(Family::Cmocean),
            "crameri" | "cmcrameri" | "cmc" => Some(Family::Crameri),
            "cmasher" | "cmr" => Some(Family::Cmasher),
            "colorcet" | "cet" => Some(Family::Colorcet),
            _ => None,
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Family::Cmb => "Planck and WMAP",
            Family::Matplotlib => "matplotlib",
            Family::Cmocean => "cmocean",
            Family::Crameri => "Crameri",
            Family::Cmasher => "CMasher",
            Family::Colorcet => "colorcet",
        }
    }

    /// The names of its tables.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Colormap::names().filter(move |name| Family::of(name) == self)
    }

    /// The family of a listed name.
    fn of(name: &str) -> Family {
        match name.split_once('.') {
            Some(("cmo", _)) => Family::Cmocean,
            Some(("cmc", _)) => Family::Crameri,
            Some(("cmr", _)) => Family::Cmasher,
            Some(("cet", _)) => Family::Colorcet,
            _ if ["planck", "planck-log", "wmap"].contains(&name) => Family::Cmb,
            _ => Family::Matplotlib,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of maps in the packages that `assets/make_colormaps.py` names.
    #[test]
    fn every_table_has_its_family() {
        let counts = Family::ALL.map(|family| family.names().count());
        assert_eq!(counts, [3, 87, 44, 60, 57, 99]);
        assert_eq!(Family::from_name("CMO.*"), Some(Family::Cmocean));
        assert_eq!(Family::from_name("planck"), None);
    }
}
