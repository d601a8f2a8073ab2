//! The parts of a set formula as glyphs and shapes on a line.

use ratex_types::display_item::{DisplayItem, DisplayList};
use ratex_types::path_command::PathCommand;

use super::letters::named_back;
use crate::draw::text::{
    Cluster, FaceId, FontId, Fonts, Glyph, GlyphRun, Style, TypesetText, scaled,
};
use crate::draw::{DrawError, Path, Point, Rect};

/// Width of the strokes of signs that are lines instead of filled shapes, in ems.
const STROKE: f64 = 0.04;

/// Puts a formula at the end of a line, its baseline `drop` points below that of the line.
pub(super) fn items(
    fonts: &Fonts,
    list: &DisplayList,
    size: f64,
    drop: f64,
    set: &mut TypesetText,
) -> Result<(), DrawError> {
    let page = Placing { fonts, size, origin: [set.advance, drop - list.height * size] };
    for item in &list.items {
        match item {
            DisplayItem::GlyphPath { x, y, scale, font, char_code, .. } => {
                page.glyph([*x, *y], *scale, font, *char_code, set)?;
            }
            DisplayItem::Line { x, y, width, thickness, .. } => {
                page.bar(Rect::new(*x, *y - 0.5 * thickness, *width, *thickness), set);
            }
            DisplayItem::Rect { x, y, width, height, .. } => {
                page.bar(Rect::new(*x, *y, *width, *height), set);
            }
            DisplayItem::Path { x, y, commands, fill, .. } => {
                page.path([*x, *y], commands, *fill, set);
            }
        }
    }
    set.advance += list.width * size;
    Ok(())
}

/// From ems of the formula, y downwards from its top, to points on the line.
struct Placing<'a> {
    fonts: &'a Fonts,
    size: f64,
    origin: Point,
}

impl Placing<'_> {
    fn point(&self, [x, y]: Point) -> Point {
        [self.origin[0] + x * self.size, self.origin[1] + y * self.size]
    }

    fn glyph(
        &self,
        at: Point,
        scale: f64,
        font: &str,
        code: u32,
        set: &mut TypesetText,
    ) -> Result<(), DrawError> {
        let Some(character) = char::from_u32(code) else { return Ok(()) };
        let size = self.size * scale;
        let [x, y] = self.point(at);
        if let Some((style, shown)) = named_back(character)
            && let Some(found) = self.fonts.find(shown, style)?
        {
            return self.push(found.font, found.glyph, shown, size, [x, y], set);
        }
        let id = ratex_font::FontId::parse(font);
        let in_font = id.map_or(character, |id| ratex_font::katex_ttf_glyph_char(id, code));
        if let Some(face) = face(font)
            && let Some(glyph) = self.fonts.glyph(face, in_font)?
        {
            return self.push(FontId::upright(face), glyph, character, size, [x, y], set);
        }
        for wanted in [character, char::REPLACEMENT_CHARACTER] {
            if let Some(found) = self.fonts.find(wanted, Style::Regular)? {
                return self.push(found.font, found.glyph, wanted, size, [x, y], set);
            }
        }
        Ok(())
    }

    fn push(
        &self,
        font: FontId,
        number: u32,
        character: char,
        size: f64,
        [x, drop]: Point,
        set: &mut TypesetText,
    ) -> Result<(), DrawError> {
        let ink = self.fonts.measures(font, number)?.ink;
        set.ink = set.ink.union(&scaled(&ink, size, x, drop));
        set.runs.push(GlyphRun {
            font,
            size,
            text: character.to_string(),
            glyphs: vec![Glyph { number, x, y: 0.0 }],
            advance: 0.0,
            clusters: vec![Cluster { bytes: character.len_utf8(), glyphs: 1 }],
            drop,
        });
        Ok(())
    }

    fn bar(&self, bar: Rect, set: &mut TypesetText) {
        let [x, y] = self.point([bar.x, bar.y]);
        let bar = Rect::new(x, y, bar.width * self.size, bar.height * self.size);
        set.ink = set.ink.union(&bar);
        set.shapes.push(Path::rectangle(bar));
    }

    fn path(&self, at: Point, commands: &[PathCommand], fill: bool, set: &mut TypesetText) {
        let place = |x: f64, y: f64| self.point([at[0] + x, at[1] + y]);
        let mut path = Path::new();
        let mut last = place(0.0, 0.0);
        for command in commands {
            match *command {
                PathCommand::MoveTo { x, y } => {
                    last = place(x, y);
                    path.move_to(last);
                }
                PathCommand::LineTo { x, y } => {
                    let start = std::mem::replace(&mut last, place(x, y));
                    match fill {
                        true => path.line_to(last),
                        false => set.shapes.push(thick_line(start, last, STROKE * self.size)),
                    }
                }
                PathCommand::CubicTo { x1, y1, x2, y2, x, y } => {
                    last = place(x, y);
                    path.curve_to(place(x1, y1), place(x2, y2), last);
                }
                PathCommand::QuadTo { x1, y1, x, y } => {
                    let (start, control, end) = (last, place(x1, y1), place(x, y));
                    let toward = |p: Point| [0, 1].map(|i| p[i] + (control[i] - p[i]) * 2.0 / 3.0);
                    path.curve_to(toward(start), toward(end), end);
                    last = end;
                }
                PathCommand::Close => path.close(),
            }
        }
        for [x, y] in commands.iter().flat_map(corners) {
            let [x, y] = place(x, y);
            set.ink = set.ink.union(&Rect::new(x, y, 1e-9, 1e-9));
        }
        if fill {
            set.shapes.push(path);
        }
    }
}

/// The points between which a step of a path stays.
fn corners(command: &PathCommand) -> Vec<Point> {
    match *command {
        PathCommand::MoveTo { x, y } | PathCommand::LineTo { x, y } => vec![[x, y]],
        PathCommand::CubicTo { x1, y1, x2, y2, x, y } => vec![[x1, y1], [x2, y2], [x, y]],
        PathCommand::QuadTo { x1, y1, x, y } => vec![[x1, y1], [x, y]],
        PathCommand::Close => Vec::new(),
    }
}

/// A line as a filled shape.
fn thick_line(a: Point, b: Point, width: f64) -> Path {
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    let half = 0.5 * width / dx.hypot(dy).max(1e-9);
    let [nx, ny] = [-dy * half, dx * half];
    Path::polygon(&[
        [a[0] + nx, a[1] + ny],
        [b[0] + nx, b[1] + ny],
        [b[0] - nx, b[1] - ny],
        [a[0] - nx, a[1] - ny],
    ])
}

/// The built-in font that RaTeX means.
fn face(name: &str) -> Option<FaceId> {
    Some(match name {
        "AMS-Regular" => FaceId::Ams,
        "Caligraphic-Regular" => FaceId::Calligraphic,
        "Caligraphic-Bold" => FaceId::CalligraphicBold,
        "Fraktur-Regular" => FaceId::Fraktur,
        "Fraktur-Bold" => FaceId::FrakturBold,
        "Main-Regular" => FaceId::Main,
        "Main-Bold" | "Main-BoldItalic" => FaceId::MainBold,
        "Math-Italic" | "Main-Italic" | "Math-BoldItalic" => FaceId::MathItalic,
        "Script-Regular" => FaceId::Script,
        "Size1-Regular" => FaceId::Size1,
        "Size2-Regular" => FaceId::Size2,
        "Size3-Regular" => FaceId::Size3,
        "Size4-Regular" => FaceId::Size4,
        "Typewriter-Regular" => FaceId::Typewriter,
        _ => return None,
    })
}
