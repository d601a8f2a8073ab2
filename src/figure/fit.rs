//! Makes text fit a width: it shrinks to a least size, or breaks into lines, or loses its end, or names their middles.

use std::ops::Range;

use crate::draw::{DrawError, Fonts, RichText, Run, Style, TypesetText};

/// The part of its size at which a text need not be broken, or no further.
const LARGE: f64 = 0.85;
/// What stands for text that was cut off.
const ELLIPSIS: &str = "\u{2026}";

/// Sets a text in at most `lines` lines no wider than `width` points, between `least` and `size` points large: in as few as let it be
/// about as large as asked for. Where there may be several, each line given has its own. Returns the lines and their size; there are none
/// where nothing fits.
pub(super) fn fit(
    fonts: &Fonts,
    text: &RichText,
    size: f64,
    least: f64,
    width: f64,
    lines: usize,
) -> Result<(Vec<TypesetText>, f64), DrawError> {
    let given = if lines > 1 { given_lines(text) } else { Vec::new() };
    if given.len() < 2 {
        return broken(fonts, text, size, least, width, lines);
    }
    let more = 1 + lines.saturating_sub(given.len());
    let set = |line, size: f64| broken(fonts, line, size, least.min(size), width, more);
    let mut smallest = size;
    for line in &given {
        smallest = smallest.min(set(line, size)?.1);
    }
    let mut all = Vec::new();
    for line in &given {
        all.extend(set(line, smallest)?.0);
    }
    Ok((all, smallest))
}

/// The lines of a text as it was given, without those that are blank.
pub(super) fn given_lines(text: &RichText) -> Vec<RichText> {
    let mut lines = vec![RichText::default()];
    for run in &text.runs {
        let is_formula = run.style == Style::Math;
        for (k, part) in run.text.split(|c| c == '\n' && !is_formula).enumerate() {
            if k > 0 {
                lines.push(RichText::default());
            }
            if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                line.runs.push(Run { text: part.to_owned(), ..run.clone() });
            }
        }
    }
    lines.retain(|line| !line.is_blank());
    lines
}

/// Sets a text as [`fit`] does, and breaks it where it has to be.
fn broken(
    fonts: &Fonts,
    text: &RichText,
    size: f64,
    least: f64,
    width: f64,
    lines: usize,
) -> Result<(Vec<TypesetText>, f64), DrawError> {
    let mut largest =
        whole(fonts, text, size, least, width)?.map(|(line, size)| (vec![line], size));
    let mut rest = words(text);
    for count in 2..=lines {
        let reached = largest.as_ref().map_or(0.0, |(_, size)| *size);
        if reached < LARGE * size
            && let Some(set) = balanced(fonts, &rest, size, least, width, count)?
            && set.1 > reached
        {
            largest = Some(set);
        }
    }
    if let Some(set) = largest {
        return Ok(set);
    }
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

/// Sets names in one line as [`fit`] does, but cuts each that is too long in its middle: what tells names apart may be at either end.
pub(super) fn fit_names(
    fonts: &Fonts,
    text: &RichText,
    size: f64,
    least: f64,
    width: f64,
) -> Result<(Vec<TypesetText>, f64), DrawError> {
    if let Some((line, size)) = whole(fonts, text, size, least, width)? {
        return Ok((vec![line], size));
    }
    let shortened = |kept: usize| {
        let mut short = text.clone();
        for run in short.runs.iter_mut().filter(|run| run.style != Style::Math) {
            let names: Vec<String> =
                run.text.split(' ').map(|name| without_middle(name, kept)).collect();
            run.text = names.join(" ");
        }
        short
    };
    let longest = text.runs.iter().map(|run| run.text.chars().count()).max().unwrap_or(0);
    let line = most(fonts, longest, least, width, shortened)?;
    Ok((if line.ink.width <= width { vec![line] } else { Vec::new() }, least))
}

/// The first and the last of a name's characters, as many as are kept, with an ellipsis for the others.
fn without_middle(name: &str, kept: usize) -> String {
    let count = name.chars().count();
    if count <= kept + 1 {
        return name.to_owned();
    }
    let start = name.chars().take(kept.div_ceil(2));
    start.chain(ELLIPSIS.chars()).chain(name.chars().skip(count - kept / 2)).collect()
}

/// Sets a text in one line, as large as it can be, if it fits without any loss.
fn whole(
    fonts: &Fonts,
    text: &RichText,
    size: f64,
    least: f64,
    width: f64,
) -> Result<Option<(TypesetText, f64)>, DrawError> {
    let full = fonts.typeset(text, size)?;
    let shrunk = size * width / full.ink.width;
    Ok(if full.ink.width <= width {
        Some((full, size))
    } else if shrunk >= least {
        Some((fonts.typeset(text, 0.9999 * shrunk)?, shrunk))
    } else {
        None
    })
}

/// Sets words in so many lines about equally long, as large as they can be, if they fit without any loss.
fn balanced(
    fonts: &Fonts,
    words: &[RichText],
    size: f64,
    least: f64,
    width: f64,
    count: usize,
) -> Result<Option<(Vec<TypesetText>, f64)>, DrawError> {
    let advance = |word| Ok(fonts.typeset(word, least)?.advance);
    let advances = words.iter().map(advance).collect::<Result<Vec<f64>, DrawError>>()?;
    let joined = |mut line: RichText, word: &RichText| {
        line.append(word.clone());
        line
    };
    let lines = lines_of(&advances, count).into_iter();
    let lines: Vec<RichText> =
        lines.map(|line| words[line].iter().fold(RichText::default(), joined)).collect();
    let set = |size: f64| -> Result<(Vec<TypesetText>, f64), DrawError> {
        let lines = lines.iter().map(|line| fonts.typeset(line, size));
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let widest = lines.iter().map(|line| line.ink.width).fold(0.0, f64::max);
        Ok((lines, widest))
    };
    let (_, widest) = set(least)?;
    if widest > width {
        return Ok(None);
    }
    let size = size.min(0.9999 * least * width / widest);
    Ok(Some((set(size)?.0, size)))
}

/// The words of each line, of at most so many, of which the longest is as short as it can be.
fn lines_of(widths: &[f64], count: usize) -> Vec<Range<usize>> {
    let filled_to = |length: f64| {
        let mut lines = Vec::new();
        let (mut start, mut filled) = (0, 0.0);
        for (word, width) in widths.iter().enumerate() {
            if filled + width > length && word > start {
                lines.push(start..word);
                (start, filled) = (word, 0.0);
            }
            filled += width;
        }
        lines.push(start..widths.len());
        lines
    };
    let (mut short, mut long) = (0.0, widths.iter().sum::<f64>());
    for _ in 0..40 {
        let middle = 0.5 * (short + long);
        match filled_to(middle).len() <= count {
            true => long = middle,
            false => short = middle,
        }
    }
    filled_to(long)
}

/// Sets the longest of shortened texts, each given by what is kept of fewer than `length` characters, that fits a width.
fn most(
    fonts: &Fonts,
    length: usize,
    size: f64,
    width: f64,
    shortened: impl Fn(usize) -> RichText,
) -> Result<TypesetText, DrawError> {
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
    let mut text = most(fonts, length, size, width, shortened)?;
    text.is_cut = true;
    Ok(text)
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
    fn names_lose_their_middles_alike() {
        assert_eq!(without_middle("abcdefgh", 5), "abc\u{2026}gh");
        assert_eq!(without_middle("abcdefgh", 7), "abcdefgh");
        assert_eq!(without_middle("\u{e9}t\u{e9}s", 0), "\u{2026}");
        let fonts = Fonts::of_thread(None).expect("fonts");
        let names = RichText::plain("a_long_name_of_one \u{2212} a_long_name_of_two_files");
        for width in [1.0, 20.0, 60.0, 100.0, 200.0] {
            let (lines, size) = fit_names(&fonts, &names, 10.0, 7.0, width).expect("text is set");
            assert!(lines.len() <= 1 && lines.iter().all(|line| line.ink.width <= width));
            assert_eq!(lines.is_empty(), width < 30.0);
            assert!(size >= 7.0);
        }
    }

    #[test]
    fn long_text_breaks_between_words_and_is_cut_at_last() {
        let text = "several words that do not fit on one line of this width";
        let (lines, size) = set(text, 100.0, 3);
        assert!(lines.len() == 2 && (8.5..10.0).contains(&size), "{} {size}", lines.len());
        let widths: Vec<f64> = lines.iter().map(|line| line.ink.width).collect();
        assert!(widths.iter().all(|width| (60.0..=100.0).contains(width)), "{widths:?}");
        let all: String = lines.iter().map(TypesetText::to_plain).collect();
        assert_eq!(all, text);
        assert_eq!(set("two lines at full size", 60.0, 3).1, 10.0);
        for lines in 1..4 {
            let (set, _) = set(&text.repeat(5), 100.0, lines);
            assert_eq!(set.len(), lines);
            assert!(set.iter().all(|line| line.ink.width <= 100.0));
        }
        let (set, _) = set(&"W".repeat(500), 100.0, 2);
        assert!(set.len() == 1 && set[0].ink.width <= 100.0);
        assert!(set[0].is_cut);
    }

    #[test]
    fn lines_are_kept_as_they_are_given() {
        let plain = |text: &str, lines| -> Vec<String> {
            set(text, 100.0, lines).0.iter().map(TypesetText::to_plain).collect()
        };
        assert_eq!(plain("First\nSecond", 3), ["First", "Second"]);
        assert_eq!(plain("First\nSecond", 1), ["First Second"]);
        assert_eq!(plain("1\n\n2\n3\n4\n", 3), ["1", "2", "3", "4"]);
        assert_eq!(plain("a line that has to be broken\nb", 3).len(), 3);
        let (lines, size) = set("b\na long line, that shrinks", 100.0, 2);
        assert!(lines.len() == 2 && size < 10.0);
        assert!(lines.iter().all(|line| !line.is_cut));
    }
}
