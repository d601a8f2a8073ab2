//! Colours and colour maps: what people write becomes [`Rgba`] values and tables of them.

mod color;
mod css;
mod error;
mod family;
mod registry;
mod text;

pub use color::{ColorError, Rgba};
pub use error::{ColormapError, UnknownColormap};
pub use family::Family;

/// A table of opaque colours for values from low to high.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Colormap {
    name: String,
    table: Vec<Rgba>,
}

impl Colormap {
    /// The number of rows of the longest table (that of `cmr.neutral`).
    pub const MAX_LEN: usize = 2560;

    /// The rows of a table made by [`Colormap::from_stops`], as many as most of matplotlib's have.
    const STOPS_LEN: usize = 256;

    /// Finds an embedded table: matplotlib's, cmocean's (`cmo.*`), Crameri's (`cmc.*`), colorcet's
    /// (`cet.*`), CMasher's (`cmr.*`), `planck`, `planck-log` and `wmap`.
    ///
    /// Case does not matter; `-`, `_` and `.` are alike; a family's prefix may be left out, where
    /// matplotlib's names go first. A final `_r` (or `-r`) reverses any table. The bytes are
    /// those that matplotlib draws.
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

    /// Reads what a user gives for a colormap: a name (see [`Colormap::by_name`]), or two or more
    /// colours separated by commas (`#0b3d91,white,#c00`, see [`Colormap::from_stops`]).
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

    /// Interpolates 256 rows between equally spaced colours, linearly in sRGB and truncated to
    /// bytes, as matplotlib's `LinearSegmentedColormap.from_list` does.
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

    /// The names of the embedded maps, family by family: `planck`, `planck-log` and `wmap`, then
    /// matplotlib, cmocean, Crameri, CMasher and colorcet. Reversed ones and aliases are not
    /// listed.
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

    /// `steps` colours at equal distances from the first row to the last, each for an equal part of the values.
    #[must_use]
    pub fn stepped(self, steps: usize) -> Colormap {
        let last = self.table.len() - 1;
        let row = |step: usize| match steps {
            0 | 1 => last / 2,
            _ => (step * last + (steps - 1) / 2) / (steps - 1),
        };
        let table = (0..steps.max(1)).filter_map(|step| self.table.get(row(step)).copied());
        Colormap { name: self.name, table: table.collect() }
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
    if row == 0 {
        return low;
    }
    if row == last_row {
        return high;
    }
    let fraction = (x - position(above - 1)) / (position(above) - position(above - 1));
    let mix = |low: u8, high: u8| {
        let (low, high) = (f64::from(low) / 255.0, f64::from(high) / 255.0);
        ((fraction * (high - low) + low).clamp(0.0, 1.0) * 255.0) as u8
    };
    Rgba::rgb(mix(low.r, high.r), mix(low.g, high.g), mix(low.b, high.b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(name: &str) -> Colormap {
        Colormap::by_name(name).unwrap()
    }

    #[test]
    fn every_listed_name_gives_its_table() {
        let names: Vec<_> = Colormap::names().collect();
        assert_eq!(names.first(), Some(&"planck"));
        assert!(names.len() > 300);
        for name in names {
            let map = named(name);
            assert_eq!(map.name(), name);
            assert!((2..=Colormap::MAX_LEN).contains(&map.table().len()), "{name}");
            assert!(map.table().iter().all(|color| color.a == 255));
        }
    }

    #[test]
    fn tables_hold_the_bytes_that_matplotlib_draws() {
        for (name, len, row, (r, g, b)) in [
            ("viridis", 256, 0, (68, 1, 84)),
            ("viridis", 256, 255, (253, 231, 36)),
            ("jet", 256, 255, (127, 0, 0)),
            ("gray", 256, 77, (77, 77, 77)),
            ("tab10", 10, 1, (255, 127, 14)),
            ("jet", 256, 77, (0, 180, 255)),
            ("RdBu", 256, 30, (184, 36, 49)),
            ("cmo.thermal", 256, 50, (61, 51, 159)),
            ("twilight", 510, 400, (188, 107, 89)),
            ("cmr.neutral", 2560, 1234, (108, 108, 108)),
        ] {
            let map = named(name);
            assert_eq!(map.table().len(), len, "{name}");
            assert_eq!(map.table()[row], Rgba::rgb(r, g, b), "{name}");
        }
    }

    #[test]
    fn planck_runs_through_its_nodes() {
        let map = named("planck");
        for (row, r, g, b) in [
            (0, 0, 0, 255),
            (42, 0, 112, 255),
            (85, 0, 221, 255),
            (127, 255, 237, 217),
            (170, 255, 180, 0),
            (212, 255, 75, 0),
            (255, 100, 0, 0),
            (1, 0, 2, 255),
        ] {
            assert_eq!(map.table()[row], Rgba::rgb(r, g, b), "row {row}");
        }
    }

    #[test]
    fn spellings_are_forgiving() {
        for (given, name) in [
            ("Planck_Log", "planck-log"),
            ("PLANCK-LOG", "planck-log"),
            (" rdbu ", "RdBu"),
            ("thermal", "cmo.thermal"),
            ("cmo-thermal", "cmo.thermal"),
            ("cet_fire", "cet.fire"),
            ("CET-L17", "cet.CET_L17"),
            ("cet.l17", "cet.CET_L17"),
            ("linear_kryw_0_100_c71", "cet.linear_kryw_0_100_c71"),
            ("grey", "grey"),
            ("gray", "gray"),
            ("rainbow", "rainbow"),
        ] {
            assert_eq!(named(given).name(), name, "{given}");
        }
        assert_eq!(named("linear_kryw_0_100_c71").table(), named("cet.fire").table());
        assert_eq!(named("grey").table(), named("gray").table());
    }

    #[test]
    fn any_map_reverses() {
        for name in ["viridis_r", "viridis-r", "VIRIDIS_R"] {
            let map = named(name);
            assert_eq!(map.name(), "viridis_r");
            assert!(map.table().iter().rev().eq(named("viridis").table()));
            assert_eq!(map.reversed(), named("viridis"));
        }
        assert_eq!(named("thermal_r").name(), "cmo.thermal_r");
        let inverted = named("cmo.algae_r_i");
        assert_eq!(inverted.table(), named("cmo.algae_i_r").table());
        assert_eq!(named("cmo.algae_r_i_r").table(), named("cmo.algae_i").table());
    }

    #[test]
    fn unknown_names_get_suggestions() {
        for (given, message) in [
            ("virdis", "unknown colormap 'virdis'; did you mean viridis"),
            ("virdis_r", "did you mean viridis_r"),
            ("therm", "cmo.thermal"),
            ("plank", "did you mean planck"),
            ("plancklog", "did you mean planck-log"),
            ("qqqqqqqq", "unknown colormap 'qqqqqqqq'; give a name of matplotlib, cmocean"),
            ("", "unknown colormap ''; give a name"),
        ] {
            let error = Colormap::by_name(given).expect_err(given);
            assert!(error.to_string().contains(message), "{error}");
            assert!(error.suggestions.len() <= 3);
        }
    }

    #[test]
    fn stops_are_interpolated_as_matplotlib_does() {
        let map = Colormap::parse("#0b3d91,white,#c00").unwrap();
        assert_eq!(map.name(), "#0b3d91,white,#c00");
        assert_eq!(map.table().len(), 256);
        for (row, (r, g, b)) in [
            (0, (11, 61, 145)),
            (1, (12, 62, 145)),
            (63, (131, 156, 199)),
            (127, (254, 254, 254)),
            (128, (254, 254, 254)),
            (200, (226, 110, 110)),
            (254, (204, 1, 1)),
            (255, (204, 0, 0)),
        ] {
            assert_eq!(map.table()[row], Rgba::rgb(r, g, b), "row {row}");
        }
    }

    #[test]
    fn bad_lists_of_colors_are_explained() {
        for (given, message) in [
            ("#fff", "colormap '#fff' needs from 2 to 2560 colours: found 1"),
            ("white,blakc", "colour 2 of the colormap 'white,blakc': unknown colour 'blakc' (did"),
            ("white,", "colour 2 of the colormap 'white,': unknown colour ''"),
            ("white,#0000", "colour 2 of the colormap 'white,#0000' is transparent"),
            ("virdis", "unknown colormap 'virdis'; did you mean viridis"),
        ] {
            let error = Colormap::parse(given).expect_err(given).to_string();
            assert!(error.contains(message), "{error}");
        }
        let many = vec![Rgba::rgb(0, 0, 0); Colormap::MAX_LEN + 1];
        assert!(Colormap::from_table("many", many).is_err());
    }

    #[test]
    fn steps_reach_from_end_to_end() {
        let steps = named("gray").stepped(4);
        let levels: Vec<u8> = steps.table().iter().map(|color| color.r).collect();
        assert_eq!(levels, [0, 85, 170, 255]);
        assert_eq!(named("tab10").stepped(10), named("tab10"));
        assert_eq!((steps.index(0.24), steps.index(0.26)), (0, 1));
    }

    #[test]
    fn the_index_follows_matplotlib() {
        let map = named("tab10");
        for (t, index) in [(0.0, 0), (0.099, 0), (0.1, 1), (0.95, 9), (1.0, 9)] {
            assert_eq!(map.index(t), index, "{t}");
        }
        for (t, index) in [(-1.0, 0), (7.0, 9), (f64::NAN, 0), (f64::INFINITY, 9)] {
            assert_eq!(map.index(t), index, "{t}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Colormap::parse(&text);
        }

        #[test]
        fn stops_are_met_at_both_ends(stops in prop::collection::vec(any::<[u8; 3]>(), 2..300)) {
            let stops: Vec<Rgba> = stops.iter().map(|&[r, g, b]| Rgba::rgb(r, g, b)).collect();
            let map = Colormap::from_stops("own", &stops).unwrap();
            prop_assert_eq!(map.table().len(), 256);
            prop_assert_eq!(map.table().first(), stops.first());
            prop_assert_eq!(map.table().last(), stops.last());
        }
    }
}
