//! Letters, figures and signs of a formula in the text face.
//!
//! RaTeX measures its own fonts. Characters that it does not know are measured by the caller, so every symbol that the
//! text face has is replaced by a private-use character that stands for the style and the character, and put back after
//! the formula is set.

use std::collections::HashMap;
use std::sync::Arc;

use ratex_font::get_symbol;
use ratex_layout::FallbackGlyphMetrics;
use ratex_parser::ParseNode;
use serde_json::{Map, Value};

use crate::draw::DrawError;
use crate::draw::text::{Fonts, Style};

/// The measures of the private characters in use.
type Metrics = Arc<HashMap<char, FallbackGlyphMetrics>>;

/// Where the private characters of each style begin: in the planes for private use (Unicode 16, section 23.5).
const STYLES: [(Style, u32); 3] =
    [(Style::Regular, 0xf_0000), (Style::Italic, 0xf_8000), (Style::Bold, 0x10_0000)];
/// Characters of one style.
const SPAN: u32 = 0x8000;

/// Characters of formulas and those by which text faces have them.
const SYNONYMS: [(char, char); 6] = [
    ('\u{2217}', '*'),
    ('\u{22c5}', '\u{b7}'),
    ('\u{2223}', '|'),
    ('-', '\u{2212}'),
    ('\u{3bc}', '\u{b5}'),
    ('\u{2206}', '\u{394}'),
];
/// Primes are raised by TeX; those of text faces are already.
const RAISED: [char; 4] = ['\u{2032}', '\u{2033}', '\u{2034}', '\''];

/// The style and the character that a private character stands for.
pub(super) fn named_back(character: char) -> Option<(Style, char)> {
    let code = character as u32;
    let within = |(_, base): &&(Style, u32)| (*base..base + SPAN).contains(&code);
    let (style, base) = STYLES.iter().find(within)?;
    Some((*style, char::from_u32(code - base)?))
}

fn private(style: Style, character: char) -> Option<char> {
    let (_, base) = STYLES.iter().find(|(known, _)| *known == style)?;
    let code = u32::from(character);
    (code < SPAN).then(|| char::from_u32(base + code)).flatten()
}

/// The formula with the symbols that the text face has renamed, and the measures of those.
pub(super) fn in_text_face(
    nodes: Vec<ParseNode>,
    fonts: &Fonts,
) -> Result<(Vec<ParseNode>, Metrics), DrawError> {
    let failed = |e: serde_json::Error| DrawError::Formula(e.to_string());
    let mut tree = serde_json::to_value(nodes).map_err(failed)?;
    let mut renaming = Renaming { fonts, metrics: HashMap::new() };
    renaming.walk(&mut tree, None)?;
    let nodes = serde_json::from_value(tree).map_err(failed)?;
    Ok((nodes, Arc::new(renaming.metrics)))
}

struct Renaming<'a> {
    fonts: &'a Fonts,
    metrics: HashMap<char, FallbackGlyphMetrics>,
}

impl Renaming<'_> {
    /// Renames the symbols in a part of the tree; `style` is that of an enclosing command, if there is one.
    fn walk(&mut self, part: &mut Value, style: Option<Style>) -> Result<(), DrawError> {
        match part {
            Value::Array(parts) => parts.iter_mut().try_for_each(|part| self.walk(part, style)),
            Value::Object(node) => self.node(node, style),
            _ => Ok(()),
        }
    }

    fn node(
        &mut self,
        node: &mut Map<String, Value>,
        style: Option<Style>,
    ) -> Result<(), DrawError> {
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut style = style;
        match kind.as_str() {
            "mathord" | "textord" | "atom" => return self.symbol(node, style),
            "font" => match node.get("font").and_then(Value::as_str).and_then(style_of) {
                Some(own) => {
                    style = Some(own);
                    become_group(node);
                }
                // Another alphabet: calligraphic, blackboard, Fraktur, typewriter.
                None => return Ok(()),
            },
            "text" => {
                let font = node.remove("font");
                match font.as_ref().and_then(Value::as_str) {
                    None => style = Some(style.unwrap_or(Style::Regular)),
                    Some(name) => match style_of(name.trim_start_matches('\\')) {
                        Some(own) => style = Some(own),
                        None => {
                            node.extend(font.map(|font| ("font".to_owned(), font)));
                            return Ok(());
                        }
                    },
                }
            }
            "op" => spell_out(node),
            "operatorname" => become_operator(node),
            "verb" | "raw" => return Ok(()),
            _ => {}
        }
        if ["op", "operatorname"].contains(&kind.as_str())
            && node.get("symbol") == Some(&Value::Bool(false))
        {
            style = Some(Style::Regular);
        }
        node.values_mut().try_for_each(|part| self.walk(part, style))
    }

    fn symbol(
        &mut self,
        node: &mut Map<String, Value>,
        style: Option<Style>,
    ) -> Result<(), DrawError> {
        let Some(text) = node.get("text").and_then(Value::as_str) else { return Ok(()) };
        let in_text = node.get("mode").and_then(Value::as_str) == Some("text");
        let Some(character) = character(text, in_text) else { return Ok(()) };
        if RAISED.contains(&character) && !in_text {
            return Ok(());
        }
        let synonym = SYNONYMS.iter().find(|(from, _)| *from == character && !in_text);
        let shown = synonym.map_or(character, |(_, to)| *to);
        let style = style.unwrap_or(if in_text { Style::Regular } else { usual_style(character) });
        let (Some(found), Some(name)) = (self.fonts.find(shown, style)?, private(style, shown))
        else {
            return Ok(());
        };
        let measures = self.fonts.measures(found.font, found.glyph)?;
        // Leaning letters reach beyond their advance, where a superscript may come.
        let reach = (measures.ink.right() - measures.advance).max(0.0);
        let metrics = FallbackGlyphMetrics {
            width: measures.advance + if style == Style::Italic { reach } else { 0.0 },
            height: (-measures.ink.y).max(0.0),
            depth: measures.ink.bottom().max(0.0),
        };
        self.metrics.insert(name, metrics);
        node.insert("text".to_owned(), Value::String(name.to_string()));
        Ok(())
    }
}

/// The character of a symbol, which the tree has as itself or as a command.
fn character(text: &str, in_text: bool) -> Option<char> {
    let mode = if in_text { ratex_font::Mode::Text } else { ratex_font::Mode::Math };
    if let Some(known) = get_symbol(text, mode).and_then(|symbol| symbol.codepoint) {
        return Some(known);
    }
    let mut characters = text.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

/// Variables lean, as do lower-case Greek letters; everything else is upright.
fn usual_style(character: char) -> Style {
    let greek = matches!(
        character,
        '\u{3b1}'..='\u{3c9}' | '\u{3d1}' | '\u{3d5}' | '\u{3d6}' | '\u{3f1}' | '\u{3f5}'
    );
    if character.is_ascii_alphabetic() || greek { Style::Italic } else { Style::Regular }
}

/// The style that a font command chooses; nothing for one that chooses another alphabet.
fn style_of(command: &str) -> Option<Style> {
    match command {
        "mathrm" | "rm" | "mathsf" | "sf" | "mathnormal" | "mathup" | "text" | "textrm"
        | "textsf" | "textnormal" | "textup" | "textmd" => Some(Style::Regular),
        "mathit" | "it" | "textit" | "emph" => Some(Style::Italic),
        "mathbf" | "bf" | "textbf" | "boldsymbol" | "bm" | "bold" => Some(Style::Bold),
        _ => None,
    }
}

/// Makes a group of a font command's node, whose letters have their style by themselves.
fn become_group(node: &mut Map<String, Value>) {
    let body = node.remove("body").unwrap_or_default();
    let body = if body.is_array() { body } else { Value::Array(vec![body]) };
    node.remove("font");
    node.insert("type".to_owned(), "ordgroup".into());
    node.insert("body".to_owned(), body);
}

/// Makes letters of the name of an operator such as `\log`.
fn spell_out(node: &mut Map<String, Value>) {
    if node.get("symbol") != Some(&Value::Bool(false)) {
        return;
    }
    let Some(Value::String(name)) = node.remove("name") else {
        if node.get("body").and_then(Value::as_array).is_some_and(|body| body.len() > 1) {
            keep_on_baseline(node);
        }
        return;
    };
    let mode = node.get("mode").cloned().unwrap_or_else(|| "math".into());
    let letter = |c: char| {
        let text = Value::String(c.to_string());
        serde_json::json!({ "type": "textord", "mode": mode, "text": text })
    };
    let letters: Vec<Value> = name.trim_start_matches('\\').chars().map(letter).collect();
    node.insert("body".to_owned(), Value::Array(letters));
    keep_on_baseline(node);
}

/// Makes an operator of one with a name of its own: RaTeX measures the letters of those by tables of its own fonts.
fn become_operator(node: &mut Map<String, Value>) {
    for letter in node.get_mut("body").and_then(Value::as_array_mut).into_iter().flatten() {
        // Signs in a name are letters, with no space around them.
        if matches!(letter["type"].as_str(), Some("mathord" | "atom")) && letter["text"].is_string()
        {
            let (mode, text) = (letter["mode"].take(), letter["text"].take());
            *letter = serde_json::json!({ "type": "textord", "mode": mode, "text": text });
        }
    }
    // Either has its limits above and below where both are set, or one and the style is that of displays; the two differ in which.
    let limits = node.remove("limits").unwrap_or_default();
    let always = node.remove("alwaysHandleSupSub").unwrap_or_default();
    node.insert("limits".to_owned(), always);
    node.insert("alwaysHandleSupSub".to_owned(), limits);
    node.insert("symbol".to_owned(), false.into());
    node.insert("type".to_owned(), "op".into());
    keep_on_baseline(node);
}

/// Names stand on the baseline: TeX centres operators of a single symbol alone, RaTeX whatever has a body.
fn keep_on_baseline(node: &mut Map<String, Value>) {
    node.insert("suppressBaseShift".to_owned(), true.into());
}
