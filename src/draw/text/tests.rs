//! Lines are measured as the font says, kerned, and set in a fallback where the face lacks a character.

use super::*;
use crate::draw::text::FaceId;

fn fonts() -> std::rc::Rc<Fonts> {
    Fonts::of_thread(None).expect("fonts")
}

fn set(text: &RichText) -> TypesetText {
    fonts().typeset(text, 10.0).expect("text is set")
}

#[test]
fn advances_are_those_of_the_font() {
    // Liberation Sans has figures of 1139 / 2048 em.
    let text = set(&RichText::plain("00"));
    assert!((text.advance - 2.0 * 10.0 * 1139.0 / 2048.0).abs() < 1e-9, "{}", text.advance);
    assert!(text.height() > 6.5 && text.height() < 7.5);
}

#[test]
fn pairs_are_kerned() {
    let pair = set(&RichText::plain("AV")).advance;
    let apart = set(&RichText::plain("A")).advance + set(&RichText::plain("V")).advance;
    assert!(pair < apart - 0.1);
}

#[test]
fn scripts_are_smaller_and_moved() {
    let mut text = RichText::plain("x");
    text.push("2", Script::Super);
    text.push("i", Script::Sub);
    let set = set(&text);
    assert_eq!(set.runs.len(), 3);
    assert!(set.runs[1].drop < 0.0 && set.runs[2].drop > 0.0);
    assert!(set.runs[1].size < set.runs[0].size);
}

#[test]
fn resized_text_is_as_if_set_at_its_size() {
    let text = RichText::parse("AV x^2, $\\sqrt{\\frac{a}{b}}$").expect("markup");
    let at = |size| fonts().typeset(&text, size).expect("text is set");
    let (resized, set) = (at(10.0).resized(0.7), at(7.0));
    assert!(!set.shapes.is_empty() && set.runs.len() == resized.runs.len());
    let lengths = |text: &TypesetText| -> Vec<f64> {
        let Rect { x, y, width, height } = text.ink;
        let runs = text.runs.iter().flat_map(|run| {
            let glyphs = run.glyphs.iter().flat_map(|glyph| [glyph.x, glyph.y]);
            [run.size, run.advance, run.drop].into_iter().chain(glyphs)
        });
        [x, y, width, height, text.advance].into_iter().chain(runs).collect()
    };
    for (a, b) in lengths(&resized).iter().zip(lengths(&set)) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

#[test]
fn missing_characters_come_from_the_fallback_font() {
    let text = set(&RichText::plain("a\u{2609}\u{4e2d}\n"));
    assert_eq!(text.runs[0].font.face, FaceId::Regular);
    assert_eq!(text.runs[1].font.face, FaceId::Fallback);
    let glyphs: Vec<_> = text.runs.iter().flat_map(|r| &r.glyphs).collect();
    assert_eq!(glyphs.len(), 4);
    assert!(glyphs.iter().all(|g| g.number != 0), "no empty boxes");
}

#[test]
fn micro_times_and_minus_are_in_the_text_face() {
    let text = set(&RichText::plain("\u{b5}\u{3bc}\u{d7}\u{2212}\u{b0}\u{c5}"));
    assert_eq!(text.runs.len(), 1);
    assert_eq!(text.runs[0].font.face, FaceId::Regular);
}

#[test]
fn accents_sit_on_their_letters() {
    let composed = set(&RichText::plain("\u{e9}"));
    let combined = set(&RichText::plain("e\u{301}"));
    assert_eq!(composed.ink, combined.ink);
    // No font has this letter with this accent in one glyph.
    let placed = set(&RichText::plain("x\u{301}"));
    assert_eq!(placed.advance, set(&RichText::plain("x")).advance);
    assert!(placed.height() > set(&RichText::plain("x")).height() + 0.5);
    assert_eq!(placed.runs[0].clusters, [Cluster { bytes: 3, glyphs: 2 }]);
}

#[test]
fn greek_and_cyrillic_names_are_in_the_text_face() {
    let text = set(&RichText::plain(
        "\u{3a9}\u{3bc}\u{3ad}\u{3b3}\u{3b1} \u{420}\u{43e}\u{441}\u{441}\u{438}\u{44f}",
    ));
    assert!(text.runs.iter().all(|run| run.font.face == FaceId::Regular));
}

#[test]
fn characters_without_a_glyph_are_named() {
    let lacking =
        fonts().lacking(&RichText::plain("a\u{b5}\u{4e2d}\u{2609}\u{4e2d}")).expect("fonts");
    assert_eq!(lacking, ['\u{4e2d}']);
}

/// The characters of a line as they stand from left to right.
fn seen(text: &RichText) -> String {
    let set = set(text);
    let starts = set.runs.iter().map(|run| run.glyphs.iter().map(|g| g.x).fold(f64::MAX, f64::min));
    let starts: Vec<f64> = starts.collect();
    assert!(starts.is_sorted(), "{starts:?}");
    set.runs.iter().map(|run| run.text.as_str()).collect::<Vec<_>>().join("|")
}

#[test]
fn hebrew_and_latin_run_their_own_ways() {
    let shalom = "\u{5e9}\u{5dc}\u{5d5}\u{5dd}";
    let first = RichText::plain(format!("{shalom} abc 123"));
    assert_eq!(seen(&first), format!("abc 123|{shalom} "));
    let last = RichText::plain(format!("Map {shalom} 5"));
    assert_eq!(seen(&last), format!("Map |5|{shalom} "));
    // Its letters go to the left: the first one is the rightmost.
    let [alone, mixed] =
        [RichText::plain(shalom), last].map(|text| set(&text).runs.pop().expect("a run"));
    let numbers = |run: &GlyphRun| -> Vec<u32> { run.glyphs.iter().map(|g| g.number).collect() };
    assert_eq!(numbers(&alone), numbers(&mixed)[1..]);
    let formula = RichText::parse(&format!("{shalom} $x^2$")).expect("markup");
    assert!(seen(&formula).ends_with(&format!("|{shalom} ")), "{}", seen(&formula));
}
