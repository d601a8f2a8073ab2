//! The fonts: those built in, each opened when it is first needed, and one of the user's own.
//!
//! No font of the system is ever used, so that a figure looks the same on every machine.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use freetype::face::{Face, LoadFlag};
use harfrust::{Buffer, ShapePlan, ShapePlanKey};

use super::Style;
use crate::draw::{DrawError, Rect};

/// How far slanted letters lean to the right, in terms of their height.
pub(super) const SLANT: f64 = 0.2;

/// A font as a file has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::draw) enum FaceId {
    /// The user's own, where there is one.
    User,
    Regular,
    Italic,
    Bold,
    /// For characters that the text face lacks.
    Fallback,
    Ams,
    Calligraphic,
    CalligraphicBold,
    Fraktur,
    FrakturBold,
    Main,
    MainBold,
    MathItalic,
    Script,
    Size1,
    Size2,
    Size3,
    Size4,
    Typewriter,
}

/// Number of faces.
const FACES: usize = FaceId::Typewriter as usize + 1;

impl FaceId {
    /// The file, of those built in.
    const fn built_in(self) -> Option<&'static [u8]> {
        macro_rules! font {
            ($name:literal) => {
                include_bytes!(concat!("../../../assets/fonts/", $name, ".ttf"))
            };
        }
        Some(match self {
            FaceId::User => return None,
            FaceId::Regular => font!("LiberationSans-Regular"),
            FaceId::Italic => font!("LiberationSans-Italic"),
            FaceId::Bold => font!("LiberationSans-Bold"),
            FaceId::Fallback => font!("DejaVuSans"),
            FaceId::Ams => font!("katex/KaTeX_AMS-Regular"),
            FaceId::Calligraphic => font!("katex/KaTeX_Caligraphic-Regular"),
            FaceId::CalligraphicBold => font!("katex/KaTeX_Caligraphic-Bold"),
            FaceId::Fraktur => font!("katex/KaTeX_Fraktur-Regular"),
            FaceId::FrakturBold => font!("katex/KaTeX_Fraktur-Bold"),
            FaceId::Main => font!("katex/KaTeX_Main-Regular"),
            FaceId::MainBold => font!("katex/KaTeX_Main-Bold"),
            FaceId::MathItalic => font!("katex/KaTeX_Math-Italic"),
            FaceId::Script => font!("katex/KaTeX_Script-Regular"),
            FaceId::Size1 => font!("katex/KaTeX_Size1-Regular"),
            FaceId::Size2 => font!("katex/KaTeX_Size2-Regular"),
            FaceId::Size3 => font!("katex/KaTeX_Size3-Regular"),
            FaceId::Size4 => font!("katex/KaTeX_Size4-Regular"),
            FaceId::Typewriter => font!("katex/KaTeX_Typewriter-Regular"),
        })
    }
}

/// A font as it is used: upright, or leaning where there is no italic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::draw) struct FontId {
    pub(in crate::draw) face: FaceId,
    pub(in crate::draw) slanted: bool,
}

impl FontId {
    pub(in crate::draw) const fn upright(face: FaceId) -> Self {
        Self { face, slanted: false }
    }

    const fn slanted(face: FaceId) -> Self {
        Self { face, slanted: true }
    }
}

/// A font file of the user's own: TrueType or OpenType.
#[derive(Clone)]
pub struct FontFile {
    bytes: Arc<Vec<u8>>,
    family: String,
}

impl FontFile {
    /// Takes the bytes of a font file.
    ///
    /// # Errors
    /// Why the file is no font that text can be set in.
    pub fn new(bytes: Vec<u8>) -> Result<Self, String> {
        const UNREADABLE: &str = "is no TrueType or OpenType font";
        let library = freetype::Library::init().map_err(|e| e.to_string())?;
        let face = library
            .new_memory_face(Rc::new(bytes.clone()), 0)
            .map_err(|_| UNREADABLE.to_owned())?;
        if !face.is_scalable() || face.em_size() == 0 {
            return Err("has no outlines, only bitmaps".to_owned());
        }
        if face.get_char_index('0' as usize).is_none_or(|glyph| glyph == 0) {
            return Err("has no figures: text cannot be set in it".to_owned());
        }
        if harfrust::Font::new(bytes.clone(), 0).is_none() {
            return Err(UNREADABLE.to_owned());
        }
        let family = face.family_name().unwrap_or_default();
        Ok(Self { bytes: Arc::new(bytes), family })
    }

    /// The name of the font's family.
    pub fn family(&self) -> &str {
        &self.family
    }
}

impl PartialEq for FontFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.bytes, &other.bytes) || self.bytes == other.bytes
    }
}

impl std::fmt::Debug for FontFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FontFile").field("family", &self.family).finish_non_exhaustive()
    }
}

/// The fonts that text is set in.
pub struct Fonts {
    library: freetype::Library,
    user: Option<FontFile>,
    faces: [OnceCell<OpenFace>; FACES],
}

/// How many of the user's fonts a thread keeps open.
const REMEMBERED: usize = 4;

thread_local! {
    /// The last used first.
    static OF_THREAD: RefCell<Vec<Rc<Fonts>>> = const { RefCell::new(Vec::new()) };
}

/// A font that was opened: for measures and outlines, for shaping, and for drawing.
struct OpenFace {
    face: Face,
    shaping: OnceCell<harfrust::Font>,
    /// How its text is shaped, by script and direction.
    plans: RefCell<Vec<Rc<ShapePlan>>>,
    cairo: OnceCell<cairo::FontFace>,
}

/// A character's glyph in the font that has it.
#[derive(Clone, Copy)]
pub(in crate::draw) struct Found {
    pub(in crate::draw) font: FontId,
    pub(in crate::draw) glyph: u32,
}

/// The measures of a glyph in ems: what is inked, y downwards, and the distance to the next.
#[derive(Clone, Copy)]
pub(in crate::draw) struct Measures {
    pub(in crate::draw) ink: Rect,
    pub(in crate::draw) advance: f64,
}

impl Fonts {
    /// The fonts of this thread, which stay open from one figure to the next. Text is set in `user` as far as that has the characters.
    ///
    /// # Errors
    /// The font library does not start.
    pub fn of_thread(user: Option<&FontFile>) -> Result<Rc<Self>, DrawError> {
        OF_THREAD.with_borrow_mut(|known| {
            if let Some(place) = known.iter().position(|fonts| fonts.user.as_ref() == user) {
                known[..=place].rotate_right(1);
            } else {
                let faces = std::array::from_fn(|_| OnceCell::new());
                let library = freetype::Library::init()?;
                known.insert(0, Rc::new(Self { library, user: user.cloned(), faces }));
                known.truncate(REMEMBERED);
            }
            let last = known.first().ok_or(freetype::Error::InvalidArgument)?;
            Ok(Rc::clone(last))
        })
    }

    /// The family of the user's own font.
    pub(in crate::draw) fn user_family(&self) -> Option<&str> {
        self.user.as_ref().map(FontFile::family)
    }

    /// The fonts that are tried for a style, in their order.
    pub(super) fn candidates(&self, style: Style) -> impl Iterator<Item = FontId> {
        let (user, own, fallback) = match style {
            Style::Regular | Style::Math => (
                FontId::upright(FaceId::User),
                FontId::upright(FaceId::Regular),
                FontId::upright(FaceId::Fallback),
            ),
            Style::Italic => (
                FontId::slanted(FaceId::User),
                FontId::upright(FaceId::Italic),
                FontId::slanted(FaceId::Fallback),
            ),
            // There is one font of the user's, and it is not heavy.
            Style::Bold => (
                FontId::upright(FaceId::Bold),
                FontId::upright(FaceId::Bold),
                FontId::upright(FaceId::Fallback),
            ),
        };
        let user = self.user.as_ref().map(|_| user);
        user.into_iter().chain([own, fallback])
    }

    /// The glyph of a character in a face.
    pub(in crate::draw) fn glyph(
        &self,
        face: FaceId,
        character: char,
    ) -> Result<Option<u32>, DrawError> {
        let glyph = self.open(face)?.face.get_char_index(character as usize);
        Ok(glyph.filter(|&glyph| glyph != 0))
    }

    /// The first font of the style that has a character.
    pub(in crate::draw) fn find(
        &self,
        character: char,
        style: Style,
    ) -> Result<Option<Found>, DrawError> {
        for font in self.candidates(style) {
            if let Some(glyph) = self.glyph(font.face, character)? {
                return Ok(Some(Found { font, glyph }));
            }
        }
        Ok(None)
    }

    /// What a glyph takes, in ems.
    pub(in crate::draw) fn measures(
        &self,
        font: FontId,
        glyph: u32,
    ) -> Result<Measures, DrawError> {
        let face = &self.open(font.face)?.face;
        let unit = 1.0 / f64::from(face.em_size().max(1));
        face.load_glyph(glyph, LoadFlag::NO_SCALE)?;
        let metrics = face.glyph().metrics();
        let mut ink = Rect::new(
            metrics.horiBearingX as f64 * unit,
            -metrics.horiBearingY as f64 * unit,
            metrics.width as f64 * unit,
            metrics.height as f64 * unit,
        );
        if font.slanted {
            let (low, high) = (-SLANT * ink.bottom(), -SLANT * ink.y);
            ink = Rect::new(ink.x + low, ink.y, ink.width + high - low, ink.height);
        }
        Ok(Measures { ink, advance: metrics.horiAdvance as f64 * unit })
    }

    /// The font for shaping, and its units an em.
    pub(super) fn shaping(&self, face: FaceId) -> Result<&harfrust::Font, DrawError> {
        let open = self.open(face)?;
        if let Some(font) = open.shaping.get() {
            return Ok(font);
        }
        let font = match (face.built_in(), &self.user) {
            (Some(bytes), _) => harfrust::Font::new(bytes, 0),
            (None, Some(user)) => harfrust::Font::new(user.bytes.as_ref().clone(), 0),
            (None, None) => None,
        };
        let font = font.ok_or(freetype::Error::InvalidFileFormat)?;
        Ok(open.shaping.get_or_init(|| font))
    }

    /// How text in a face is shaped: there are few plans, and making one takes longer than shaping a label by it.
    pub(super) fn plan(&self, face: FaceId, text: &Buffer) -> Result<Rc<ShapePlan>, DrawError> {
        let font = self.shaping(face)?;
        let (script, direction, language) = (text.script(), text.direction(), text.language());
        let wanted = ShapePlanKey::new(font, script, direction).language(language);
        let mut plans = self.open(face)?.plans.borrow_mut();
        if let Some(plan) = plans.iter().find(|plan| wanted.matches(plan)) {
            return Ok(Rc::clone(plan));
        }
        let plan = Rc::new(ShapePlan::new(font, direction, script, language, &[]));
        plans.push(Rc::clone(&plan));
        Ok(plan)
    }

    fn open(&self, id: FaceId) -> Result<&OpenFace, DrawError> {
        // The array has a place for every face.
        let cell = self.faces.get(id as usize).ok_or(freetype::Error::InvalidArgument)?;
        if let Some(open) = cell.get() {
            return Ok(open);
        }
        let bytes = match (id.built_in(), &self.user) {
            (Some(bytes), _) => bytes.to_vec(),
            (None, Some(user)) => user.bytes.as_ref().clone(),
            (None, None) => return Err(freetype::Error::InvalidArgument.into()),
        };
        let face = self.library.new_memory_face(Rc::new(bytes), 0)?;
        let (shaping, cairo) = (OnceCell::new(), OnceCell::new());
        let plans = RefCell::default();
        Ok(cell.get_or_init(|| OpenFace { face, shaping, plans, cairo }))
    }

    pub(super) fn cairo_face(&self, id: FaceId) -> Result<&cairo::FontFace, DrawError> {
        let open = self.open(id)?;
        if let Some(face) = open.cairo.get() {
            return Ok(face);
        }
        let face = cairo::FontFace::create_from_ft(&open.face)?;
        Ok(open.cairo.get_or_init(|| face))
    }
}
