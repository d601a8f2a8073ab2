//! Masks in files, read once for all the maps of a run that they are laid over.

use std::path::PathBuf;
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
pub struct Masks(Mutex<Option<(Key, Found)>>);

/// What a mask follows from: its file as it is now.
#[derive(PartialEq)]
struct Key {
    file: MaskFile,
    changed: Option<(u64, SystemTime)>,
}

/// A mask in its own frame, and which that is, where its file or the user names one.
#[derive(Clone)]
struct Found {
    mask: Mask,
    frame: Option<Frame>,
}

impl Masks {
    /// A mask for a map in this frame. Other figures wait while it is read; what there is to say of its file is said once.
    pub(super) fn get(
        &self,
        job: &Job,
        file: &MaskFile,
        map_frame: Frame,
        profile: &mut Profile,
        listener: &dyn Listener,
    ) -> anyhow::Result<Arc<Mask>> {
        let Found { mask, frame } = self.found(file, profile, listener)?;
        let own = frame.unwrap_or_else(|| {
            let message = format!(
                "{} names no frame: taken as {map_frame}, that of {}; --mask-coord overrides it",
                file.path.display(),
                job.input.display()
            );
            match map_frame {
                Frame::Galactic => listener.note(&message),
                _ => listener.warn(&message),
            }
            map_frame
        });
        Ok(Arc::new(mask.turned(Rotation::between(map_frame, own))))
    }

    fn found(
        &self,
        file: &MaskFile,
        profile: &mut Profile,
        listener: &dyn Listener,
    ) -> anyhow::Result<Found> {
        let changed = std::fs::metadata(&file.path).ok();
        let changed = changed.and_then(|data| Some((data.len(), data.modified().ok()?)));
        let key = Key { file: file.clone(), changed };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, found)) = &*last
            && *known == key
        {
            return Ok(found.clone());
        }
        // Only one of them is held.
        *last = None;
        let found = read(file, profile, listener)?;
        *last = Some((key, found.clone()));
        Ok(found)
    }
}

fn read(
    MaskFile { path, frame, column }: &MaskFile,
    profile: &mut Profile,
    listener: &dyn Listener,
) -> anyhow::Result<Found> {
    let choice = Choice { column: column.clone(), role: Role::Mask, ..Choice::default() };
    let found = load::load(&FitsFile::open(path)?, &choice)?;
    let warn = |warnings: &[String]| warnings.iter().for_each(|warning| listener.warn(warning));
    warn(&found.warnings);
    let mask = match &found.source {
        MapSource::FullSky(source) => {
            let (mask, kept) = stream(source, Stage::Mask, profile, listener, |progress| {
                prepare::read(source, progress)
            })?;
            listener.note(&format!("{} keeps {:.2} % of the sky", path.display(), 100.0 * kept));
            mask
        }
        MapSource::Sparse(source) => {
            let assembled = profile
                .time(Stage::Mask, || assemble::assemble(source, MAX_NSIDE, (1.0, 0.0), &|_| ()))?;
            warn(&assembled.warnings);
            Mask::from_sparse(assembled.map)
        }
    };
    Ok(Found { mask, frame: frame.or(found.frame) })
}
