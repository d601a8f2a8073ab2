//! The order in which the parts of a line stand from left to right: some scripts run the other way.

use unicode_bidi::ParagraphBidiInfo;

use super::{RichText, Run, Style};

/// Characters of one style and one direction.
pub(super) struct Part {
    pub(super) run: Run,
    /// Whether they are read from right to left.
    pub(super) leftwards: bool,
}

/// What stands for a formula among characters: it has no direction of its own (Unicode Annex 9, section 5.4).
const OBJECT: char = '\u{fffc}';

/// The parts of a line from left to right, by the rules of Unicode. The line runs as its first letter does.
pub(super) fn visual(text: &RichText) -> Vec<Part> {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let characters = |(number, run): (usize, &Run)| -> Vec<(usize, char)> {
        match run.style {
            Style::Math => vec![(number, OBJECT)],
            _ => run.text.chars().map(|c| (number, plain(c))).collect(),
        }
    };
    let characters: Vec<(usize, char)> =
        text.runs.iter().enumerate().flat_map(characters).collect();
    let line: String = characters.iter().map(|(_, character)| character).collect();
    let bidi = ParagraphBidiInfo::new(&line, None);
    if !bidi.has_rtl() {
        let part = |run: &Run| Part { run: run.clone(), leftwards: false };
        return text.runs.iter().map(part).collect();
    }
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
    let (levels, ranges) = bidi.visual_runs(0..line.len());
    let mut parts = Vec::new();
    for range in ranges {
        let leftwards = levels.get(range.start).is_some_and(unicode_bidi::Level::is_rtl);
        let [first, end] = [range.start, range.end].map(|at| starts.partition_point(|&s| s < at));
        let pieces = characters[first..end].chunk_by(|a, b| a.0 == b.0);
        let part = |piece: &[(usize, char)]| {
            let run = &text.runs[piece[0].0];
            let text = match run.style {
                Style::Math => run.text.clone(),
                _ => piece.iter().map(|(_, character)| character).collect(),
            };
            Part { run: Run { text, ..run.clone() }, leftwards }
        };
        let first = parts.len();
        parts.extend(pieces.map(part));
        if leftwards {
            parts[first..].reverse();
        }
    }
    parts
}
