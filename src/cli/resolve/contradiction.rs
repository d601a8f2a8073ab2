//! Options that cannot all have their way.

use std::path::Path;

use super::output::Naming;
use super::together::is_stream;
use super::{UsageError, colors, prepare, style, values, view};
use crate::cli::args::DrawArgs;
use crate::colormap::Rgba;
use crate::pipeline::OutputKind;

/// The ids of options that contradict each other, of each such group those first that give way first. Mistakes of other kinds are left
/// to be told.
pub fn contradicting(args: &DrawArgs) -> Vec<&'static [&'static str]> {
    let found = [
        values::limits(&args.values).err(),
        view::view(&args.view).err(),
        prepare::settings(&args.prepare).err(),
        of_arrays(args).err(),
        of_page(args).err(),
    ];
    let between = found.into_iter().flatten().map(|error| error.between);
    let beside = is_res_idle(args).then_some(&["res", "fov"][..]);
    between.filter(|between| !between.is_empty()).chain(beside).collect()
}

/// What arguments make of the figure or array that was asked for leaves these without effect, in words for the user.
pub fn idle(args: &DrawArgs) -> Option<String> {
    is_res_idle(args).then(|| {
        "--res has no effect beside --fov in a figure, whose pixels --width sets".to_string()
    })
}

/// Whether values are written as they are.
pub fn makes_arrays(args: &DrawArgs) -> bool {
    kinds(args).iter().any(|kind| !kind.is_figure())
}

/// Whether the size of a pixel follows from the field and the figure's own width.
fn is_res_idle(args: &DrawArgs) -> bool {
    let both = args.view.fov.is_some() && args.view.res.is_some();
    both && !args.figure.fast_render && kinds(args).iter().any(|kind| kind.is_figure())
}

fn kinds(args: &DrawArgs) -> Vec<OutputKind> {
    Naming::new(args, 1).map_or_else(|_| Vec::new(), |naming| naming.kinds)
}

fn of_arrays(args: &DrawArgs) -> Result<(), UsageError> {
    let sets_pixels = args.figure.fast_render || makes_arrays(args);
    if sets_pixels { style::width(false, args).map(|_| ()) } else { Ok(()) }
}

fn of_page(args: &DrawArgs) -> Result<(), UsageError> {
    // A theme from a pipe can be read only once: that is left to those who draw with it.
    if is_stream(Path::new(&args.figure.theme)) {
        return Ok(());
    }
    match colors::looks(args) {
        Ok(looks) => refuse_opaque(args, looks.theme.page, &kinds(args)),
        Err(_) => Ok(()),
    }
}

/// Refuses formats that cannot show a page of this colour.
pub(super) fn refuse_opaque(
    args: &DrawArgs,
    page: Rgba,
    kinds: &[OutputKind],
) -> Result<(), UsageError> {
    let is_opaque = |kind: &&OutputKind| match kind {
        OutputKind::Figure(format) => !format.has_transparency(),
        _ => false,
    };
    let Some(kind) = kinds.iter().find(is_opaque).filter(|_| page.a < u8::MAX) else {
        return Ok(());
    };
    let (option, between): (_, &'static [&'static str]) =
        match (args.figure.transparent, &args.colors.bg_color) {
            (true, _) => ("transparent", &["transparent", "format", "output"]),
            (false, Some(_)) => ("bg-color", &["bg_color", "format", "output"]),
            (false, None) => ("theme", &["theme", "format", "output"]),
        };
    let message = format!("--{option}: {} has no transparency", kind.extension());
    Err(UsageError::new(message).hint("use png, webp, tif, pdf, svg or eps").between(between))
}
