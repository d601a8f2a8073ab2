//! Projected values written as they are, in place of a figure.

use std::io;

use anyhow::Context;

use super::frames::given_view;
use super::sample::project;
use super::{
    Job, Listener, Output, OutputKind, Profile, Stage, Target, creator, in_file, write_to,
};
use crate::projection::{Grid, View, Wcs};
use crate::sky::Frame;
use crate::stages::export::{self, ImageInfo};
use crate::stages::load::LoadedMap;
use crate::stages::normalise;

/// Writes the projected values.
pub(super) fn array(
    job: &Job,
    map: &LoadedMap,
    view: &View,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<()> {
    let grid = view.array_grid(job.style.width);
    refuse_immense(job, &grid)?;
    let wcs = Wcs::new(view, &grid);
    if let Some(output) = job.outputs.iter().find(|output| output.kind == OutputKind::Fits)
        && wcs.is_none()
    {
        return Err(no_world_coordinates(job, &output.target));
    }
    let raster = project(job, map, view, &grid, profile, listener)?.raster;
    if raster.valid().next().is_none() {
        listener.warn(&in_file(job, normalise::NOTHING_IN_VIEW));
    }
    let info = ImageInfo {
        wcs,
        unit: job.style.units.clone().or_else(|| map.unit.clone()),
        creator: creator(job),
        command: job.command.clone(),
    };
    job.outputs.iter().try_for_each(|Output { target, kind }| {
        profile.time(Stage::Write, || {
            write_to::<io::Error>(target, |out| match kind {
                OutputKind::Fits => export::write_fits(&raster, &info, out),
                _ => export::write_npy(&raster, out),
            })
            .with_context(|| format!("cannot write {target}"))
        })?;
        listener.note(&format!("wrote {target}"));
        Ok(())
    })
}

/// Most pixels of an array: those of a square as wide as can be asked for.
const MOST_PIXELS: u64 = 32_000 * 32_000;

/// Refuses arrays that are so much higher than wide that no memory would hold them.
fn refuse_immense(job: &Job, grid: &Grid) -> anyhow::Result<()> {
    let pixels = (grid.width as u64).saturating_mul(grid.height as u64);
    if pixels <= MOST_PIXELS {
        return Ok(());
    }
    let width = grid.width as f64 * (MOST_PIXELS as f64 / pixels as f64).sqrt();
    let target = job.outputs.first().map_or(String::new(), |output| output.target.to_string());
    anyhow::bail!(
        "cannot write {target}: an array of {} x {} pixels takes {:.0} GB, expected {:.0} GB at most; use --width {} or less",
        grid.width,
        grid.height,
        pixels as f64 * 4e-9,
        MOST_PIXELS as f64 * 4e-9,
        width as u64 / 10 * 10
    )
}

/// Makes sure that the formats can hold what the job makes, as far as its settings alone tell that.
///
/// # Errors
/// A projection that FITS cannot describe, and a figure wider than its format can be.
pub fn check_outputs(job: &Job) -> anyhow::Result<()> {
    // The world coordinates depend on the projection alone, whatever the frames are; of a field that frames the pixels it is not known yet.
    let view = given_view(job, (Frame::Galactic, Frame::Galactic));
    let is_described = job.view.fit.is_some() || view.projection().wcs().is_some();
    for output in &job.outputs {
        match output.kind {
            OutputKind::Fits if !is_described => {
                return Err(no_world_coordinates(job, &output.target));
            }
            OutputKind::Figure(format) => {
                let width = job.style.width;
                if let Some(most) = format.most_pixels().filter(|most| width > *most) {
                    let name = format.extension();
                    anyhow::bail!("--width: a {name} is {most} pixels wide at most, found {width}");
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is wrong with a FITS image of a projection that FITS cannot describe.
fn no_world_coordinates(job: &Job, target: &Target) -> anyhow::Error {
    let projection = job.view.projection;
    let name = projection.name();
    let (what, way_out) = if projection.has_half_sky() {
        (
            format!("both hemispheres of the {name} projection side by side"),
            "--half-sky or --fov, or ",
        )
    } else {
        (format!("the {name} projection"), "")
    };
    anyhow::anyhow!(
        "cannot write {}: FITS has no world coordinates for {what}; use {way_out}an output ending in .npy",
        target
    )
}
