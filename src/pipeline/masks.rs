//! Masks in files, read once for all the maps of a run that they are laid over.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::sample::stream;
use super::{Job, Listener, Profile, Stage};
use crate::fits::FitsFile;
use crate::healpix::MAX_NSIDE;
use crate::map::{MapSource, Mask};
use crate::sky::{Frame, Rotation};
use crate::stages::load::{self, Choice, Pick, Role};
use crate::stages::{assemble, prepare};

/// A mask in a file.
#[derive(Clone, PartialEq, Debug)]
pub struct MaskFile {
    /// The file.
    pub path: PathBuf,
    /// The mask's frame, whatever the header says.
    pub frame: Option<Frame>,
    /// Which of its columns it is; by default the first.
    pub column: Option<Pick>,
}

/// The mask that was last read in a run.
#[derive(Default)]
pub struct Masks(Mutex<Option<(Key, Arc<Mask>)>>);

/// What a mask follows from: its file as it is now, and the frame of the map that it is for.
#[derive(PartialEq)]
struct Key {
    file: MaskFile,
    changed: Option<(u64, SystemTime)>,
    map_frame: Frame,
}

impl Masks {
    /// A mask for a map in this frame. Other figures wait while it is read; what there is to say of it is said once.
    pub(super) fn get(
        &self,
        job: &Job,
        file: &MaskFile,
        map_frame: Frame,
        profile: &mut Profile,
        listener: &dyn Listener,
    ) -> anyhow::Result<Arc<Mask>> {
        let changed = std::fs::metadata(&file.path).ok();
        let changed = changed.and_then(|data| Some((data.len(), data.modified().ok()?)));
        let key = Key { file: file.clone(), changed, map_frame };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, mask)) = &*last
            && *known == key
        {
            return Ok(Arc::clone(mask));
        }
        // Only one of them is held.
        *last = None;
        let mask = Arc::new(read(job, file, map_frame, profile, listener)?);
        *last = Some((key, Arc::clone(&mask)));
        Ok(mask)
    }
}

/// Reads a mask for a map in this frame.
fn read(
    job: &Job,
    MaskFile { path, frame, column }: &MaskFile,
    map_frame: Frame,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Mask> {
    let choice = Choice { column: column.clone(), role: Role::Mask, ..Choice::default() };
    let found = load::load(&FitsFile::open(path)?, &choice)?;
    found.warnings.iter().for_each(|warning| listener.warn(warning));
    let own = frame.or(found.frame).unwrap_or_else(|| {
        let message = format!(
            "{} names no frame: taken as {map_frame}, that of {}; --mask-coord overrides it",
            path.display(),
            job.input.display()
        );
        match map_frame {
            Frame::Galactic => listener.note(&message),
            _ => listener.warn(&message),
        }
        map_frame
    });
    let to_mask = Rotation::between(map_frame, own);
    match &found.source {
        MapSource::FullSky(source) => {
            let (mask, kept) = stream(source, Stage::Mask, profile, listener, |progress| {
                prepare::read(source, to_mask, progress)
            })?;
            listener.note(&format!("{} keeps {:.2} % of the sky", path.display(), 100.0 * kept));
            Ok(mask)
        }
        MapSource::Sparse(source) => {
            let assembled = profile
                .time(Stage::Mask, || assemble::assemble(source, MAX_NSIDE, (1.0, 0.0), &|_| ()))?;
            warn_all(path, &assembled.warnings, listener);
            Ok(Mask::from_sparse(assembled.map, to_mask))
        }
    }
}

fn warn_all(path: &Path, warnings: &[String], listener: &dyn Listener) {
    warnings.iter().for_each(|warning| listener.warn(&format!("{}: {warning}", path.display())));
}
