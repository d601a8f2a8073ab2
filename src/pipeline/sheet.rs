//! Several figures as panels of one sheet.

use std::sync::{Mutex, PoisonError};

use super::batch::{Audience, BatchSettings, each};
use super::frames::{frames, given_view};
use super::{
    Drawn, Job, LaidOut, Output, OutputKind, Profile, bar, creator, figure, lay_out, load_map,
    write_page,
};
use crate::draw::{Format, Metadata, RichText};
use crate::figure::{FigureSpec, Panel, Plan, Sheet, SheetGrid, SheetPlan, SheetSpec};
use crate::fits::FitsFile;

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

impl SheetJob {
    fn spec(&self) -> anyhow::Result<SheetSpec> {
        let SheetJob { grid, pixels, one_bar, .. } = *self;
        let title = self.title.as_deref().map_or(Ok(RichText::default()), RichText::parse)?;
        Ok(SheetSpec { grid, title, pixels, one_bar })
    }

    /// The formats in which it is written.
    fn formats(&self) -> impl Iterator<Item = Format> {
        self.outputs.iter().filter_map(|output| match output.kind {
            OutputKind::Figure(format) => Some(format),
            _ => None,
        })
    }
}

/// Makes sure that the sheet's formats can hold a page of its size, as far as the headers of its maps tell that: no data are read.
///
/// # Errors
/// A page that has too many pixels for one of the formats.
pub fn check_sheet(jobs: &[Job], sheet: &SheetJob) -> anyhow::Result<()> {
    if sheet.formats().all(|format| format.most_pixels().is_none()) {
        return Ok(());
    }
    let of_file = |jobs: &[Job]| -> Vec<Option<(Plan, FigureSpec)>> {
        let waits = jobs.first().filter(|job| job.input.is_file());
        let file = waits.and_then(|job| FitsFile::open(&job.input).ok());
        jobs.iter().map(|job| planned(job, file.as_ref()?)).collect()
    };
    let panels: Vec<_> = jobs.chunk_by(|a, b| a.input == b.input).flat_map(of_file).collect();
    let panels: Vec<_> =
        panels.iter().map(|panel| panel.as_ref().map(|(plan, spec)| (plan, spec))).collect();
    let Some(plan) = SheetPlan::new(&sheet.spec()?, &panels)? else { return Ok(()) };
    Ok(sheet.formats().try_for_each(|format| plan.page.check(format))?)
}

/// A panel's page. There is none where it follows from the data or from what can be read only once, nor where something is wrong, which
/// drawing will tell.
fn planned(job: &Job, file: &FitsFile) -> Option<(Plan, FigureSpec)> {
    let other_can_wait = job.against.as_ref().is_none_or(|(path, _)| path.is_file());
    if job.view.fit.is_some() || !other_can_wait {
        return None;
    }
    let map = load_map(job, file).ok()?;
    let view = given_view(job, frames(job, &map));
    let LaidOut { page, spec, .. } = lay_out(job, &map, &view, &mut Profile::default()).ok()?;
    Some((page, spec))
}

/// Draws the jobs as panels of a sheet and writes it. Places without a job stay blank, and so do those of panels that fail, of which the
/// audience hears. Gives the profile of what is done with the page as a whole.
///
/// # Errors
/// What keeps the sheet from being made, none of its panels among it.
pub fn draw_sheet(
    jobs: Vec<Option<Job>>,
    sheet: &SheetJob,
    settings: BatchSettings,
    audience: &dyn Audience,
) -> anyhow::Result<Profile> {
    let slots: Vec<Mutex<Option<Panel>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let placed = jobs.into_iter().zip(&slots).filter_map(|(job, slot)| Some((job?, slot)));
    let (jobs, places): (Vec<Job>, Vec<_>) = placed.unzip();
    each(&jobs, settings, audience, true, &|index, prepared, profile, listener| {
        let (job, map, view) = (prepared.job, &prepared.map, &prepared.view);
        let Drawn { figure, bar, spec } = figure(job, map, view, profile, listener)?;
        if let Some(slot) = places.get(index) {
            let panel = Panel { figure, bar, spec };
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(panel);
        }
        Ok(())
    });
    let panels: Vec<Option<Panel>> = slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();
    let Some(first) = jobs.first() else { return Ok(Profile::default()) };
    let has_failed = panels.iter().any(Option::is_none);
    if has_failed && settings.fail_fast {
        return Ok(Profile::default());
    }
    let Some(page) = Sheet::new(&sheet.spec()?, panels)? else { return Ok(Profile::default()) };
    let listener = audience.listener(first);
    let warn = |message: &str| listener.warn(message);
    bar::warn_of_lost_labels(first, page.colorbar(), warn);
    bar::warn_of_cut(page.cut_texts(), warn);
    bar::warn_of_small(page.smallest_text(), warn);
    let metadata = Metadata {
        title: sheet.title.clone(),
        creator: creator(first),
        command: Some(sheet.command.clone()),
        date: first.date,
    };
    let mut profile = Profile::default();
    let draw = |format, bytes: &mut Vec<u8>| page.write(format, &metadata, bytes);
    write_page(&sheet.outputs, draw, "", &mut profile, &*listener)?;
    Ok(profile)
}
