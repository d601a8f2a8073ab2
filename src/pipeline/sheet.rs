//! Several figures as panels of one sheet.

use std::sync::{Mutex, PoisonError};

use super::batch::{Audience, BatchSettings, each};
use super::{Drawn, Job, Output, OutputKind, Profile, Target, creator, figure, shown, write_bytes};
use crate::draw::{Metadata, RichText};
use crate::figure::{Panel, Sheet, SheetGrid};

/// What a sheet of panels is to be.
#[derive(Clone, PartialEq, Debug)]
pub struct SheetJob {
    /// Rows and columns.
    pub grid: SheetGrid,
    /// Above all panels.
    pub title: Option<String>,
    /// Width of the page in pixels.
    pub pixels: usize,
    /// Whether one colour bar serves all panels.
    pub one_bar: bool,
    /// What is written.
    pub outputs: Vec<Output>,
    /// The options that made the sheet, for its metadata.
    pub command: String,
}

/// Draws the jobs as panels of a sheet and writes it; the audience hears of panels that fail, whose places stay blank.
///
/// # Errors
/// What keeps the sheet from being made, none of its panels among it.
pub fn draw_sheet(
    jobs: &[Job],
    sheet: &SheetJob,
    settings: BatchSettings,
    audience: &dyn Audience,
) -> anyhow::Result<()> {
    let slots: Vec<Mutex<Option<Panel>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    each(jobs, settings, audience, true, &|place, prepared, profile, listener| {
        let (job, map, view) = (prepared.job, &prepared.map, &prepared.view);
        let Drawn { figure, bar, spec } = figure(job, map, view, profile, listener)?;
        if let Some(slot) = slots.get(place) {
            let panel = Panel { figure, bar, spec };
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(panel);
        }
        Ok(())
    });
    let panels: Vec<Option<Panel>> = slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();
    let Some(first) = jobs.first() else { return Ok(()) };
    let has_failed = panels.iter().any(Option::is_none);
    if has_failed && settings.fail_fast {
        return Ok(());
    }
    let title = sheet.title.as_deref().map_or(Ok(RichText::default()), RichText::parse)?;
    let Some(page) = Sheet::new(sheet.grid, title, sheet.pixels, panels, sheet.one_bar)? else {
        return Ok(());
    };
    let metadata = Metadata {
        title: sheet.title.clone(),
        creator: creator(first),
        command: Some(sheet.command.clone()),
        date: first.date,
    };
    let mut profile = Profile::default();
    for Output { target, kind } in &sheet.outputs {
        let OutputKind::Figure(format) = *kind else { continue };
        let draw = |bytes: &mut Vec<u8>| page.write(format, &metadata, bytes);
        match target {
            Target::Terminal(screen) => shown::show(draw, screen, "", &mut profile)?,
            _ => write_bytes(target, draw, &mut profile)?,
        }
    }
    Ok(())
}
