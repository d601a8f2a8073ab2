//! Setting of lines: the choice of fonts, shaping with kerning and marks, and measuring.

use harfrust::{Buffer, Direction, ShapeOptions, ShaperFont};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fonts::Found;
use super::order::{self, Part};
use super::{Cluster, FontId, Fonts, Glyph, GlyphRun, RichText, Run, Script, Style, TypesetText};
use crate::draw::{DrawError, Rect, math};

/// Size of superscripts and subscripts, relative to the text around them.
const SCRIPT_SIZE: f64 = 0.7;
/// How far superscripts are raised, in ems of the text around them.
const SUPER_RAISE: f64 = 0.34;
/// How far subscripts are lowered, in ems of the text around them.
const SUB_DROP: f64 = 0.15;
/// Space left after a script, so that what follows does not touch it, in ems.
const SCRIPT_GAP: f64 = 0.03;
/// What stands for a character that no font has.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

impl Fonts {
    /// Sets a line of text at a size in points.
    ///
    /// Characters that no font has become the replacement character U+FFFD; control characters
    /// become spaces.
    ///
    /// # Errors
    /// A font that cannot be read, or a formula with a mistake.
    pub fn typeset(&self, text: &RichText, size: f64) -> Result<TypesetText, DrawError> {
        let mut set = TypesetText::default();
        let mut after_script = false;
        for Part { run, leftwards } in &order::visual(text) {
            let (scale, drop) = match run.script {
                Script::Normal => (1.0, 0.0),
                Script::Sub => (SCRIPT_SIZE, SUB_DROP * size),
                Script::Super => (SCRIPT_SIZE, -SUPER_RAISE * size),
            };
            if after_script && run.script == Script::Normal {
                set.advance += SCRIPT_GAP * size;
            }
            after_script = run.script != Script::Normal;
            if run.style == Style::Math {
                math::set(self, &run.text, size * scale, drop, &mut set)?;
                continue;
            }
            let mut segments = self.segments(run)?;
            let direction = match leftwards {
                true => Direction::RightToLeft,
                false => Direction::LeftToRight,
            };
            if *leftwards {
                segments.reverse();
            }
            for (font, text) in segments {
                self.shape((font, direction), &text, size * scale, drop, &mut set)?;
            }
        }
        Ok(set)
    }

    /// The characters of a text that no font has, each once.
    ///
    /// # Errors
    /// A font that cannot be read.
    pub fn lacking(&self, text: &RichText) -> Result<Vec<char>, DrawError> {
        let mut lacking = Vec::new();
        for run in &text.runs {
            for character in run.text.nfc().filter(|c| !c.is_ascii() && !c.is_control()) {
                if self.find(character, run.style)?.is_none() && !lacking.contains(&character) {
                    lacking.push(character);
                }
            }
        }
        Ok(lacking)
    }

    /// A run's characters in pieces that have one font each. Marks stay with the letter below them.
    fn segments(&self, run: &Run) -> Result<Vec<(FontId, String)>, DrawError> {
        let mut segments: Vec<(FontId, String)> = Vec::new();
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let characters: Vec<char> = run.text.nfc().map(plain).collect();
        for letter in characters.chunk_by(|_, &next| is_combining_mark(next)) {
            let (font, text) = self.font_of(letter, run.style)?;
            match segments.last_mut() {
                Some((last, whole)) if *last == font => whole.push_str(&text),
                _ => segments.push((font, text)),
            }
        }
        Ok(segments)
    }

    /// The first font that has a letter and its marks, else the letter, else the replacement character.
    fn font_of(&self, letter: &[char], style: Style) -> Result<(FontId, String), DrawError> {
        for font in self.candidates(style) {
            let mut complete = true;
            for &character in letter {
                complete &= self.glyph(font.face, character)?.is_some();
            }
            if complete {
                return Ok((font, letter.iter().collect()));
            }
        }
        let mut known = Vec::new();
        for &character in letter {
            if self.find(character, style)?.is_some() {
                known.push(character);
            }
        }
        for wanted in known.first().into_iter().chain(&[REPLACEMENT, '?']) {
            if let Some(Found { font, .. }) = self.find(*wanted, style)? {
                return Ok((font, wanted.to_string()));
            }
        }
        Ok((FontId::upright(super::FaceId::Regular), letter.iter().collect()))
    }

    /// Sets characters of one font and direction at the end of a line.
    fn shape(
        &self,
        (font, direction): (FontId, Direction),
        text: &str,
        size: f64,
        drop: f64,
        set: &mut TypesetText,
    ) -> Result<(), DrawError> {
        let shaping = ShaperFont::new(self.shaping(font.face)?);
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let plan = self.plan(font.face, &buffer)?;
        harfrust::shape(&shaping, &mut buffer, ShapeOptions::new().plan(Some(&plan)))
            .map_err(|e| DrawError::Encode(format!("text could not be shaped: {e}")))?;
        let unit = size / f64::from(shaping.units_per_em().max(1));
        let start = set.advance;
        let mut run = GlyphRun {
            font,
            size,
            text: text.to_owned(),
            glyphs: Vec::with_capacity(buffer.len()),
            advance: 0.0,
            clusters: Vec::new(),
            drop,
        };
        let mut starts: Vec<usize> = Vec::with_capacity(buffer.len());
        for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            let x = set.advance + f64::from(position.x_offset) * unit;
            let y = -f64::from(position.y_offset) * unit;
            let ink = self.measures(font, info.glyph_id)?.ink;
            set.ink = set.ink.union(&scaled(&ink, size, x, drop + y));
            run.glyphs.push(Glyph { number: info.glyph_id, x, y });
            starts.push(info.cluster as usize);
            set.advance += f64::from(position.x_advance) * unit;
        }
        run.advance = set.advance - start;
        run.clusters = clusters(&starts, text.len());
        // Text from right to left comes out reversed: one cluster keeps its characters in their order.
        if !starts.is_sorted() {
            run.clusters = vec![Cluster { bytes: text.len(), glyphs: run.glyphs.len() }];
        }
        set.runs.push(run);
        Ok(())
    }
}

/// A box in ems at a size and place.
pub(in crate::draw) fn scaled(ink: &Rect, size: f64, x: f64, y: f64) -> Rect {
    Rect::new(x + size * ink.x, y + size * ink.y, size * ink.width, size * ink.height)
}

/// Groups glyphs by the byte at which their text starts.
fn clusters(starts: &[usize], length: usize) -> Vec<Cluster> {
    let groups: Vec<&[usize]> = starts.chunk_by(|a, b| a == b).collect();
    let first = |i: usize| groups.get(i).and_then(|g| g.first()).copied().unwrap_or(length);
    let cluster = |(i, group): (usize, &&[usize])| Cluster {
        bytes: first(i + 1).saturating_sub(first(i)),
        glyphs: group.len(),
    };
    groups.iter().enumerate().map(cluster).collect()
}
