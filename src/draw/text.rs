//! Text: embedded fonts, measuring and setting of lines, and their way to the page.

use std::cell::OnceCell;
use std::rc::Rc;

use freetype::face::{Face, KerningMode, LoadFlag};

use super::canvas::Ink;
use super::{DrawError, Point, Rect};

/// Size of superscripts and subscripts, relative to the text around them.
const SCRIPT_SIZE: f64 = 0.7;
/// How far superscripts are raised, in ems of the text around them.
const SUPER_RAISE: f64 = 0.34;
/// How far subscripts are lowered, in ems of the text around them.
const SUB_DROP: f64 = 0.15;
/// Space left after a script, so that what follows does not touch it, in ems.
const SCRIPT_GAP: f64 = 0.03;

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
    /// The runs from left to right.
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

    /// The same text in another style.
    pub fn styled(mut self, style: Style) -> Self {
        for run in &mut self.runs {
            run.style = style;
        }
        self
    }

    /// Whether there is nothing to be seen.
    pub fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| run.text.trim().is_empty())
    }

    /// The characters without styles.
    pub fn to_plain(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// One of the embedded fonts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FontId {
    Regular,
    Italic,
    Bold,
    /// For characters that the text face lacks.
    Fallback,
}

impl FontId {
    const fn of(style: Style) -> Self {
        match style {
            Style::Regular => FontId::Regular,
            Style::Italic => FontId::Italic,
            Style::Bold => FontId::Bold,
        }
    }

    const fn bytes(self) -> &'static [u8] {
        match self {
            FontId::Regular => include_bytes!("../../assets/fonts/LiberationSans-Regular.ttf"),
            FontId::Italic => include_bytes!("../../assets/fonts/LiberationSans-Italic.ttf"),
            FontId::Bold => include_bytes!("../../assets/fonts/LiberationSans-Bold.ttf"),
            FontId::Fallback => include_bytes!("../../assets/fonts/DejaVuSans.ttf"),
        }
    }
}

/// Characters of one font and size, placed on their line.
#[derive(Clone, PartialEq, Debug)]
pub struct GlyphRun {
    pub(super) font: FontId,
    /// Size in points.
    pub(super) size: f64,
    /// The characters, one for each glyph.
    pub(super) text: String,
    /// Glyph numbers and their offsets to the right from the line's start, in points.
    pub(super) glyphs: Vec<(u32, f64)>,
    /// Offset of the run's baseline from the line's, downwards, in points.
    pub(super) drop: f64,
}

/// One line of text, set: every glyph has its place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TypesetText {
    pub(super) runs: Vec<GlyphRun>,
    /// Distance from the start of this text to that of the next, in points.
    pub advance: f64,
    /// What is inked, relative to the start of the baseline, y downwards, in points.
    pub ink: Rect,
}

impl TypesetText {
    /// How far the ink reaches above the baseline, in points.
    pub fn height(&self) -> f64 {
        (-self.ink.y).max(0.0)
    }

    /// How far the ink reaches below the baseline, in points.
    pub fn depth(&self) -> f64 {
        self.ink.bottom().max(0.0)
    }
}

/// The embedded fonts; each is opened when it is first needed.
///
/// No other font is ever used, whatever the system offers, so that a figure looks the same on every machine.
pub struct Fonts {
    library: freetype::Library,
    faces: [OnceCell<OpenFont>; 4],
}

struct OpenFont {
    face: Face,
    cairo: OnceCell<cairo::FontFace>,
}

/// A character's glyph in the font that has it.
#[derive(Clone, Copy)]
struct Found {
    font: FontId,
    glyph: u32,
    character: char,
}

impl Fonts {
    /// Makes the fonts ready; none is opened yet.
    pub fn new() -> Result<Self, DrawError> {
        Ok(Self { library: freetype::Library::init()?, faces: Default::default() })
    }

    /// Sets a line of text at a size in points.
    ///
    /// Characters that no embedded font has become the replacement character U+FFFD; control characters
    /// become spaces.
    pub fn typeset(&self, text: &RichText, size: f64) -> Result<TypesetText, DrawError> {
        let mut set = TypesetText::default();
        let mut x = 0.0;
        let mut after_script = false;
        for run in &text.runs {
            let (scale, drop) = match run.script {
                Script::Normal => (1.0, 0.0),
                Script::Sub => (SCRIPT_SIZE, SUB_DROP * size),
                Script::Super => (SCRIPT_SIZE, -SUPER_RAISE * size),
            };
            if after_script && run.script == Script::Normal {
                x += SCRIPT_GAP * size;
            }
            after_script = run.script != Script::Normal;
            x = self.set_run(run, size * scale, drop, x, &mut set)?;
        }
        set.advance = x;
        Ok(set)
    }

    /// Sets the characters of a run from `x` on and returns where the next run starts.
    fn set_run(
        &self,
        run: &Run,
        size: f64,
        drop: f64,
        mut x: f64,
        set: &mut TypesetText,
    ) -> Result<f64, DrawError> {
        let mut previous: Option<Found> = None;
        for character in run.text.chars() {
            let found = self.find(character, run.style)?;
            let face = &self.open(found.font)?.face;
            let unit = size / f64::from(face.em_size().max(1));
            if previous.is_none_or(|last| last.font != found.font) {
                let (text, glyphs) = (String::new(), Vec::new());
                set.runs.push(GlyphRun { font: found.font, size, text, glyphs, drop });
            } else if let Some(last) = previous.filter(|_| face.has_kerning()) {
                let kern =
                    face.get_kerning(last.glyph, found.glyph, KerningMode::KerningUnscaled)?;
                x += kern.x as f64 * unit;
            }
            if let Some(last) = set.runs.last_mut() {
                last.text.push(found.character);
                last.glyphs.push((found.glyph, x));
            }
            face.load_glyph(found.glyph, LoadFlag::NO_SCALE)?;
            let metrics = face.glyph().metrics();
            let ink = Rect::new(
                x + metrics.horiBearingX as f64 * unit,
                drop - metrics.horiBearingY as f64 * unit,
                metrics.width as f64 * unit,
                metrics.height as f64 * unit,
            );
            set.ink = set.ink.union(&ink);
            x += metrics.horiAdvance as f64 * unit;
            previous = Some(found);
        }
        Ok(x)
    }

    /// The font and glyph for a character: of the style, else the fallback's.
    fn find(&self, character: char, style: Style) -> Result<Found, DrawError> {
        let character = if character.is_control() { ' ' } else { character };
        for wanted in [character, char::REPLACEMENT_CHARACTER, '?'] {
            for font in [FontId::of(style), FontId::Fallback] {
                let glyph = self.open(font)?.face.get_char_index(wanted as usize);
                if let Some(glyph) = glyph.filter(|&glyph| glyph != 0) {
                    return Ok(Found { font, glyph, character });
                }
            }
        }
        Ok(Found { font: FontId::of(style), glyph: 0, character })
    }

    fn open(&self, id: FontId) -> Result<&OpenFont, DrawError> {
        let cell = &self.faces[id as usize];
        if let Some(font) = cell.get() {
            return Ok(font);
        }
        let face = self.library.new_memory_face(Rc::new(id.bytes().to_vec()), 0)?;
        Ok(cell.get_or_init(|| OpenFont { face, cairo: OnceCell::new() }))
    }

    fn cairo_face(&self, id: FontId) -> Result<&cairo::FontFace, DrawError> {
        let font = self.open(id)?;
        if let Some(face) = font.cairo.get() {
            return Ok(face);
        }
        let face = cairo::FontFace::create_from_ft(&font.face)?;
        Ok(font.cairo.get_or_init(|| face))
    }
}

/// Selects a run's font and gives its glyphs their places on the page.
fn place(ink: &Ink<'_>, run: &GlyphRun, origin: Point) -> Result<Vec<cairo::Glyph>, DrawError> {
    ink.context.set_font_face(ink.fonts.cairo_face(run.font)?);
    ink.context.set_font_size(run.size);
    let [x, y] = [origin[0], origin[1] + run.drop];
    let glyph =
        |&(number, offset): &(u32, f64)| cairo::Glyph::new(u64::from(number) as _, x + offset, y);
    Ok(run.glyphs.iter().map(glyph).collect())
}

/// Fills the outlines of the glyphs: the same pixels with every version of Cairo.
pub(super) fn fill_outlines(
    ink: &Ink<'_>,
    text: &TypesetText,
    origin: Point,
) -> Result<(), DrawError> {
    for run in &text.runs {
        let glyphs = place(ink, run, origin)?;
        ink.context.glyph_path(&glyphs);
    }
    ink.context.fill()?;
    Ok(())
}

/// Draws along the outlines of the glyphs.
pub(super) fn stroke_outlines(
    ink: &Ink<'_>,
    text: &TypesetText,
    origin: Point,
) -> Result<(), DrawError> {
    for run in &text.runs {
        let glyphs = place(ink, run, origin)?;
        ink.context.glyph_path(&glyphs);
    }
    ink.context.stroke()?;
    Ok(())
}

/// Shows glyphs together with their characters, so that the text can be selected and searched.
pub(super) fn show_glyphs(
    ink: &Ink<'_>,
    text: &TypesetText,
    origin: Point,
) -> Result<(), DrawError> {
    for run in &text.runs {
        let glyphs = place(ink, run, origin)?;
        let clusters: Vec<cairo::TextCluster> =
            run.text.chars().map(|c| cairo::TextCluster::new(c.len_utf8() as i32, 1)).collect();
        let flags = cairo::TextClusterFlags::None;
        ink.context.show_text_glyphs(&run.text, &glyphs, &clusters, flags)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Fonts {
        Fonts::new().expect("fonts")
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
    fn missing_characters_come_from_the_fallback_font() {
        let text = set(&RichText::plain("a\u{2609}\u{4e2d}\n"));
        assert_eq!(text.runs[0].font, FontId::Regular);
        assert_eq!(text.runs[1].font, FontId::Fallback);
        let glyphs: Vec<_> = text.runs.iter().flat_map(|r| &r.glyphs).collect();
        assert_eq!(glyphs.len(), 4);
        assert!(glyphs.iter().all(|g| g.0 != 0), "no empty boxes");
    }

    #[test]
    fn micro_times_and_minus_are_in_the_text_face() {
        let text = set(&RichText::plain("\u{b5}\u{3bc}\u{d7}\u{2212}\u{b0}\u{c5}"));
        assert_eq!(text.runs.len(), 1);
        assert_eq!(text.runs[0].font, FontId::Regular);
    }
}
