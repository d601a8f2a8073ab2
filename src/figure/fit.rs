//! Makes text fit a width: it shrinks to a least size, then breaks into lines, then loses its end.

use crate::draw::{DrawError, Fonts, RichText, Run, Style, TypesetText};

/// What stands for text that was cut off.
const ELLIPSIS: &str = "\u{2026}";

/// Sets a text in at most `lines` lines no wider than `width` points, as large as it can be between
/// `least` and `size` points. Returns the lines and their size; there are none where nothing fits.
pub(super) fn fit(
    fonts: &Fonts,
    text: &RichText,
    size: f64,
    least: f64,
    width: f64,
    lines: usize,
) -> Result<(Vec<TypesetText>, f64), DrawError> {
    let full = fonts.typeset(text, size)?;
    if full.ink.width <= width {
        return Ok((vec![full], size));
    }
    let shrunk = size * width / full.ink.width;
    if shrunk >= least {
        return Ok((vec![fonts.typeset(text, 0.9999 * shrunk)?], shrunk));
    }
    let mut rest = words(text);
    let mut set = Vec::new();
    for number in 1..=lines {
        let last = number == lines;
        let (line, after) = take_line(fonts, rest, least, width, last)?;
        // Not even an ellipsis may fit.
        if line.ink.width <= width {
            set.push(line);
        }
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    Ok((set, least))
}

/// The words of a text, each with the spaces behind it.
fn words(text: &RichText) -> Vec<RichText> {
    let mut words = vec![RichText::default()];
    for run in &text.runs {
        if run.style == Style::Math {
            if let Some(word) = words.last_mut() {
                word.runs.push(run.clone());
            }
            continue;
        }
        for part in run.text.split_inclusive(' ') {
            if let Some(word) = words.last_mut() {
                word.runs.push(Run { text: part.to_owned(), ..run.clone() });
            }
            if part.ends_with(' ') {
                words.push(RichText::default());
            }
        }
    }
    words.retain(|word| !word.runs.is_empty());
    words
}

/// Sets as many words as fit on a line; the last line ends in an ellipsis where words are left.
fn take_line(
    fonts: &Fonts,
    words: Vec<RichText>,
    size: f64,
    width: f64,
    last: bool,
) -> Result<(TypesetText, Vec<RichText>), DrawError> {
    let mut line = RichText::default();
    let mut count = 0;
    for word in &words {
        let mut longer = line.clone();
        longer.append(word.clone());
        if fonts.typeset(&longer, size)?.ink.width > width {
            break;
        }
        (line, count) = (longer, count + 1);
    }
    let rest = words.get(count..).unwrap_or_default().to_vec();
    if rest.is_empty() {
        return Ok((fonts.typeset(&line, size)?, rest));
    }
    if count > 0 && !last {
        return Ok((fonts.typeset(&line, size)?, rest));
    }
    // A word wider than the page, or the end of the last line.
    let mut whole = line;
    for word in &rest {
        whole.append(word.clone());
    }
    Ok((cut(fonts, &whole, size, width)?, Vec::new()))
}

/// Sets the start of a text that fits a width, with an ellipsis.
fn cut(fonts: &Fonts, text: &RichText, size: f64, width: f64) -> Result<TypesetText, DrawError> {
    // A formula is left whole or out.
    let characters =
        |run: &Run| if run.style == Style::Math { 1 } else { run.text.chars().count() };
    let length = text.runs.iter().map(characters).sum();
    let shortened = |kept: usize| {
        let mut left = kept;
        let mut short = RichText::default();
        for run in &text.runs {
            let part = match (run.style, left) {
                (_, 0) => break,
                (Style::Math, _) => run.text.clone(),
                _ => run.text.chars().take(left).collect(),
            };
            short.runs.push(Run { text: part, ..run.clone() });
            left -= characters(run).min(left);
        }
        short.runs.retain(|run| !run.text.is_empty());
        if let Some(run) = short.runs.last_mut().filter(|run| run.style != Style::Math) {
            run.text.truncate(run.text.trim_end().len());
        }
        short.push(ELLIPSIS, crate::draw::Script::Normal);
        short
    };
    let (mut fits, mut exceeds) = (0, length);
    while exceeds - fits > 1 {
        let middle = (fits + exceeds) / 2;
        if fonts.typeset(&shortened(middle), size)?.ink.width <= width {
            fits = middle;
        } else {
            exceeds = middle;
        }
    }
    fonts.typeset(&shortened(fits), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, width: f64, lines: usize) -> (Vec<TypesetText>, f64) {
        let fonts = Fonts::of_thread(None).expect("fonts");
        fit(&fonts, &RichText::plain(text), 10.0, 7.0, width, lines).expect("text is set")
    }

    #[test]
    fn short_text_keeps_its_size_and_longer_text_shrinks() {
        assert_eq!(set("short", 100.0, 1).1, 10.0);
        let (lines, size) = set("not quite so short", 70.0, 1);
        assert!(lines.len() == 1 && (7.0..10.0).contains(&size));
    }

    #[test]
    fn long_text_breaks_between_words_and_is_cut_at_last() {
        let text = "several words that do not fit on one line of this width";
        let (lines, size) = set(text, 100.0, 3);
        assert!(lines.len() > 1 && size == 7.0);
        for lines in 1..4 {
            let (set, _) = set(&text.repeat(5), 100.0, lines);
            assert_eq!(set.len(), lines);
            assert!(set.iter().all(|line| line.ink.width <= 100.0));
        }
        let (set, _) = set(&"W".repeat(500), 100.0, 2);
        assert!(set.len() == 1 && set[0].ink.width <= 100.0);
    }
}
