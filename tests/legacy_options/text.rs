//! Titles, labels, units, and their sizes.

use crate::looks::{Looks, word};

const ALL: &str = "noise.fits -w 600 --title Title --llabel Left --rlabel Right --units Unit";

#[test]
fn texts_are_where_their_names_say() {
    let looks = Looks::new();
    let words = looks.words(ALL);
    let [title, left, right, unit] =
        ["Title", "Left", "Right", "Unit"].map(|text| word(&words, text));
    assert!(left.left < title.left && title.left < right.left);
    assert!(title.top < unit.top && left.top < unit.top && right.top < unit.top);
    assert!(words.iter().all(|w| !w.text.contains("mJy")), "given units replace the file's");
    let from_file = looks.words("noise.fits -w 600");
    word(&from_file, "mJy");
}

#[test]
fn texts_can_be_left_out() {
    let looks = Looks::new();
    let has = |line: &str| {
        let words = looks.words(&format!("{ALL} {line}"));
        ["Title", "Left", "Right", "Unit"].map(|text| words.iter().any(|w| w.text.contains(text)))
    };
    assert_eq!(has(""), [true; 4]);
    assert_eq!(has("--no-title"), [false, true, true, true]);
    assert_eq!(has("--no-text"), [false, false, false, true]);
}

#[test]
fn sizes_are_those_of_the_text_named() {
    let looks = Looks::new();
    let heights = |line: &str| {
        let words = looks.words(&format!("{ALL} --ticks 0 --cbar-format %.3f {line}"));
        ["Title", "Left", "Right", "Unit", "0.000"].map(|text| word(&words, text).height)
    };
    let plain = heights("--label-font-size 8 --units-font-size 8 --tick-font-size 8");
    let grows = |line: &str| {
        let larger = heights(&format!(
            "{} {line}",
            ["--label-font-size", "--units-font-size", "--tick-font-size"]
                .iter()
                .filter(|option| !line.starts_with(**option))
                .map(|option| format!("{option} 8"))
                .collect::<Vec<_>>()
                .join(" ")
        ));
        let ratio = |i: usize| larger[i] / plain[i];
        [0, 1, 2, 3, 4].map(|i| {
            if (ratio(i) - 1.5).abs() < 0.02 {
                'x'
            } else if (ratio(i) - 1.0).abs() < 0.001 {
                '-'
            } else {
                '?'
            }
        })
    };
    assert_eq!(grows("--label-font-size 12"), ['-', 'x', 'x', '-', '-']);
    assert_eq!(grows("--units-font-size 12"), ['-', '-', '-', 'x', '-']);
    assert_eq!(grows("--tick-font-size 12"), ['-', '-', '-', '-', 'x']);
}

#[test]
fn mathematics_needs_no_switch() {
    let looks = Looks::new();
    for switch in ["", "--latex"] {
        let line = format!("noise.fits -w 600 --units $\\mu\\mathrm{{K}}$ {switch}");
        word(&looks.words(&line), "µK");
    }
}
