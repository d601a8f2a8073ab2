//! The way of set text to the page, by Cairo.

use super::fonts::SLANT;
use super::{Glyph, GlyphRun, TypesetText};
use crate::draw::canvas::Ink;
use crate::draw::{DrawError, Point};

/// Selects a run's font and gives its glyphs their places on the page.
fn place(ink: &Ink<'_>, run: &GlyphRun, origin: Point) -> Result<Vec<cairo::Glyph>, DrawError> {
    ink.context.set_font_face(ink.fonts.cairo_face(run.font.face)?);
    let lean = if run.font.slanted { -SLANT * run.size } else { 0.0 };
    ink.context.set_font_matrix(cairo::Matrix::new(run.size, 0.0, lean, run.size, 0.0, 0.0));
    let [x, y] = [origin[0], origin[1] + run.drop];
    let glyph =
        |glyph: &Glyph| cairo::Glyph::new(u64::from(glyph.number) as _, x + glyph.x, y + glyph.y);
    Ok(run.glyphs.iter().map(glyph).collect())
}

/// Makes the outlines of the glyphs the current path.
fn trace(ink: &Ink<'_>, runs: &[GlyphRun], origin: Point) -> Result<(), DrawError> {
    for run in runs {
        let glyphs = place(ink, run, origin)?;
        ink.context.glyph_path(&glyphs);
    }
    Ok(())
}

/// Fills the outlines of the glyphs: the same pixels with every version of Cairo.
pub(in crate::draw) fn fill_outlines(
    ink: &Ink<'_>,
    runs: &[GlyphRun],
    origin: Point,
) -> Result<(), DrawError> {
    trace(ink, runs, origin)?;
    ink.context.fill()?;
    Ok(())
}

/// Draws along the outlines of the glyphs.
pub(in crate::draw) fn stroke_outlines(
    ink: &Ink<'_>,
    runs: &[GlyphRun],
    origin: Point,
) -> Result<(), DrawError> {
    trace(ink, runs, origin)?;
    ink.context.stroke()?;
    Ok(())
}

/// Shows glyphs together with their characters, so that the text can be selected and searched.
pub(in crate::draw) fn show_glyphs(
    ink: &Ink<'_>,
    text: &TypesetText,
    origin: Point,
) -> Result<(), DrawError> {
    for run in &text.runs {
        let glyphs = place(ink, run, origin)?;
        let cluster = |c: &super::Cluster| cairo::TextCluster::new(c.bytes as i32, c.glyphs as i32);
        let clusters: Vec<cairo::TextCluster> = run.clusters.iter().map(cluster).collect();
        let flags = cairo::TextClusterFlags::None;
        ink.context.show_text_glyphs(&run.text, &glyphs, &clusters, flags)?;
    }
    Ok(())
}
