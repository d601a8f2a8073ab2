//! Every option of map2fig 0.7.x does what its name says, on a picture where that shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

#[path = "../common/mod.rs"]
mod common;

mod looks;

mod colors;
mod figure;
mod grid;
mod text;
mod values;
mod view;

use std::collections::BTreeSet;

/// The options of 0.7.x that keep their names, as its own help and manual list them.
const OPTIONS: &str = "\
    -i --col -c --cmap -w --width --min --max --no-border --transparent --no-cbar --gamma --log --symlog --hist --linthresh --asinh \
    --neg-mode --bad-color --bg-color --planck-log --scale --latex --units --input-coord --output-coord --rotate-to --roll --projection \
    --lon --gnom-lon --lat --gnom-lat --fov --gnom-width --res --gnom-res --local-graticule --local-grat-dlat --local-grat-dlon \
    --grat-line-width --no-text --no-title --no-scale-text --title --verbose --no-downgrade --graticule --grat-coord \
    --grat-coord-overlay --grat-overlay-color --grat-labels --grat-par --grat-mer --extend --tick-direction --tick-font-size \
    --units-font-size --llabel --rlabel --label-font-size --mask-file --mask-below --mask-above --maskfill-color --mask-coord \
    --fast-render --pdf-backend -q --quality";

/// The tests of the other files, to see that none of the options is forgotten.
const TESTS: [&str; 6] = [
    include_str!("colors.rs"),
    include_str!("figure.rs"),
    include_str!("grid.rs"),
    include_str!("text.rs"),
    include_str!("values.rs"),
    include_str!("view.rs"),
];

#[test]
fn every_option_is_tested() {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let used: BTreeSet<&str> =
        TESTS.iter().flat_map(|text| text.split(|c: char| !is_name(c))).collect();
    let forgotten: Vec<_> =
        OPTIONS.split_whitespace().filter(|name| !used.contains(name)).collect();
    assert!(forgotten.is_empty(), "no test of {forgotten:?}");
}
