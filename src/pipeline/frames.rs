//! The frames of a map and of its picture, and the view from one to the other.

use super::{GridFrame, Job, Listener, OutputKind, OverlaySettings, PrepareSettings};
use crate::projection::{Field, Kind, View};
use crate::sky::{Frame, LonLat};
use crate::stages::load::LoadedMap;

/// The map's frame, which is the user's word, else the header's, else galactic; and the picture's.
pub(super) fn frames(job: &Job, map: &LoadedMap) -> (Frame, Frame) {
    let settings = &job.view;
    let input = settings.input_frame.or(map.frame).unwrap_or(Frame::Galactic);
    (input, settings.output_frame.unwrap_or(input))
}

/// Says so where nobody names the map's frame; a warning where the result depends on it.
pub(super) fn tell_if_assumed(job: &Job, map: &LoadedMap, listener: &dyn Listener) {
    if job.view.input_frame.or(map.frame).is_some() {
        return;
    }
    let name = job.input.display();
    let message = format!("{name} names no frame: taken as galactic; --input-coord overrides it");
    match frame_matters(job) {
        true => listener.warn(&message),
        false => listener.note(&message),
    }
}

/// Whether the map's frame bears on the result: where it is changed, named, written, or something of a known frame meets the map.
fn frame_matters(job: &Job) -> bool {
    let OverlaySettings { grids, galactic_plane, ecliptic, frame_label, .. } = &job.overlays;
    let PrepareSettings { mask, galactic_cut, .. } = &job.prepare;
    job.view.output_frame.is_some()
        || job.outputs.iter().any(|output| output.kind == OutputKind::Fits)
        || *galactic_plane
        || *ecliptic
        || *frame_label
        || grids.iter().any(|grid| matches!(grid.frame, GridFrame::Of(_)))
        || mask.is_some()
        || *galactic_cut > 0.0
}

/// The view that the job asks for between these frames, where it does not follow from the data.
pub(super) fn given_view(job: &Job, frames: (Frame, Frame)) -> View {
    let settings = &job.view;
    build_view(job, frames, settings.projection, settings.center, settings.field)
}

/// A view of a map between these frames.
pub(super) fn build_view(
    job: &Job,
    frames: (Frame, Frame),
    projection: Kind,
    center: LonLat,
    field: Field,
) -> View {
    let settings = &job.view;
    let projection = projection.build(settings.half_sky, field.is_zoomed(), settings.flip);
    View::new(projection, frames, center, settings.roll, settings.flip).showing(field)
}
