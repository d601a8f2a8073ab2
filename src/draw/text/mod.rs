//! Text: lines with styles, scripts and formulas, as given and as set.

mod fonts;
mod markup;
mod order;
mod shape;
mod show;

pub(super) use fonts::{FaceId, FontId};
pub use fonts::{FontFile, Fonts};
pub use markup::MarkupError;
pub(super) use shape::scaled;
pub(super) use show::{fill_outlines, show_glyphs, stroke_outlines};

use super::{Path, Rect};

/// A style of the text face.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// Upright.
    #[default]
    Regular,
    /// Slanted.
    Italic,
    /// Heavy.
    Bold,
    /// A formula: the characters are its TeX source.
    Math,
}

/// Where a run sits against the baseline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Script {
    /// On the baseline, full size.
    #[default]
    Normal,
    /// Lowered and smaller.
    Sub,
    /// Raised and smaller.
    Super,
}

/// Characters of one style.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Run {
    /// The characters.
    pub text: String,
    /// Their style.
    pub style: Style,
    /// Their place.
    pub script: Script,
}

/// One line of text with styles, superscripts and subscripts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RichText {
    /// The runs as they are read.
    pub runs: Vec<Run>,
}

impl RichText {
    /// Text of the regular style.
    pub fn plain(text: impl Into<String>) -> Self {
        let mut rich = Self::default();
        rich.push(text, Script::Normal);
        rich
    }

    /// Adds characters of the regular style; runs alike are joined.
    pub fn push(&mut self, text: impl Into<String>, script: Script) {
        let text = text.into();
        if text.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last.script == script && last.style == Style::Regular => {
                last.text.push_str(&text);
            }
            _ => self.runs.push(Run { text, style: Style::Regular, script }),
        }
    }

    /// Adds another text at the end.
    pub fn append(&mut self, other: RichText) {
        self.runs.extend(other.runs);
    }

    /// The same text in another style; formulas stay as they are.
    pub fn styled(mut self, style: Style) -> Self {
        for run in self.runs.iter_mut().filter(|run| run.style != Style::Math) {
            run.style = style;
        }
        self
    }

    /// Whether there is nothing to be seen.
    pub fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| run.text.trim().is_empty())
    }

    /// The characters without styles; of formulas the source.
    pub fn to_plain(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// A glyph on its line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Glyph {
    /// Its number in the font.
    pub(super) number: u32,
    /// Offset to the right from the line's start, in points.
    pub(super) x: f64,
    /// Offset downwards from the run's baseline, in points.
    pub(super) y: f64,
}

/// How many bytes of text some neighbouring glyphs stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cluster {
    pub(super) bytes: usize,
    pub(super) glyphs: usize,
}

/// Characters of one font and size, placed on their line.
#[derive(Clone, PartialEq, Debug)]
pub struct GlyphRun {
    pub(super) font: FontId,
    /// Size in points.
    pub(super) size: f64,
    /// The characters.
    pub(super) text: String,
    pub(super) glyphs: Vec<Glyph>,
    /// Distance from their start to that of what follows, in points; 0 for a single sign of a formula.
    pub(super) advance: f64,
    /// Which characters the glyphs stand for, in the order of both.
    pub(super) clusters: Vec<Cluster>,
    /// Offset of the run's baseline from the line's, downwards, in points.
    pub(super) drop: f64,
}

/// One line of text, set: every glyph has its place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TypesetText {
    pub(super) runs: Vec<GlyphRun>,
    /// What formulas have besides glyphs, to be filled: bars, roots and stretched signs.
    pub(super) shapes: Vec<Path>,
    /// Whether an ellipsis stands for its end, which found no room.
    pub is_cut: bool,
    /// Distance from the start of this text to that of the next, in points.
    pub advance: f64,
    /// What is inked, relative to the start of the baseline, y downwards, in points.
    pub ink: Rect,
}

impl TypesetText {
    /// The characters without their looks.
    pub fn to_plain(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// The size of its largest characters in points; 0 where there are none.
    pub fn size(&self) -> f64 {
        self.runs.iter().map(|run| run.size).fold(0.0, f64::max)
    }

    /// The same text at another size, which is `factor` times this one.
    pub fn resized(mut self, factor: f64) -> Self {
        for run in &mut self.runs {
            for length in [&mut run.size, &mut run.advance, &mut run.drop] {
                *length *= factor;
            }
            for glyph in &mut run.glyphs {
                (glyph.x, glyph.y) = (factor * glyph.x, factor * glyph.y);
            }
        }
        let shapes = self.shapes.iter().map(|path| path.mapped(|[x, y]| [factor * x, factor * y]));
        self.shapes = shapes.collect();
        self.advance *= factor;
        self.ink = shape::scaled(&self.ink, factor, 0.0, 0.0);
        self
    }

    /// How far the ink reaches above the baseline, in points.
    pub fn height(&self) -> f64 {
        (-self.ink.y).max(0.0)
    }

    /// How far the ink reaches below the baseline, in points.
    pub fn depth(&self) -> f64 {
        self.ink.bottom().max(0.0)
    }
}

#[cfg(test)]
mod tests;
