//! Projected values written as they are, in place of a figure.

use std::io;

use anyhow::Context;

use super::sample::project;
use super::{
    Job, Listener, Output, OutputKind, Profile, Stage, Target, creator, in_file, write_to,
};
use crate::projection::{View, Wcs};
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
    };
        command: job.command.clone(),
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
