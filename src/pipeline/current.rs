//! Which outputs need not be made again: newer than what they are made from, and made by the same options.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use super::{Job, Output, Target};

/// Bytes from the start and from the end of an output in which its mark is looked for.
const MARGIN: u64 = 64 << 10;

/// What the files of a job carry: a number that depends on the program's version and on all options that bear on the picture. It does
/// not depend on where the files are, nor on how they store the sky, but where outputs are to be told apart by the places of their maps.
pub(super) fn mark(job: &Job) -> String {
    let mut hash = Hash::default();
    hash.add(super::CREATOR.as_bytes());
    hash.add(job.command.as_bytes());
    if let Some(date) = job.date {
        hash.add(&date.to_le_bytes());
    }
    if job.marks_places {
        for path in std::iter::once(&job.input).chain(&job.depends) {
            let place = path.canonicalize();
            hash.add(place.as_ref().unwrap_or(path).as_os_str().as_encoded_bytes());
        }
    }
    format!("{:016x}", hash.0)
}

/// Whether all outputs of a job are there, newer than its inputs and made by the same options. Formats that keep no metadata never are.
pub fn is_current(job: &Job) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    let inputs = std::iter::once(&job.input).chain(&job.depends).map(|path| changed(path));
    let Some(newest) =
        inputs.collect::<Option<Vec<SystemTime>>>().and_then(|t| t.into_iter().max())
    else {
        return false;
    };
    let mark = mark(job);
    job.outputs.iter().all(|Output { target, .. }| match target {
        Target::Stdout | Target::Terminal(_) | Target::Memory(_) => false,
        Target::File(path) => {
            // The clock of a file system may stand still for some milliseconds: of equal times none is known to be the later one.
            modified(path).is_some_and(|time| time > newest)
                && carries(path, mark.as_bytes()).unwrap_or(false)
        }
    })
}

/// When a file came to have its contents and its name, as far as the system tells. A copy may keep the time at which the original was
/// written, but not the time at which it took the original's place.
fn changed(path: &Path) -> Option<SystemTime> {
    let found = fs::metadata(path).ok()?;
    let modified = found.modified().ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        use std::time::Duration;

        let seconds = Duration::from_secs(u64::try_from(found.ctime()).unwrap_or(0));
        let nanoseconds = Duration::from_nanos(u64::try_from(found.ctime_nsec()).unwrap_or(0));
        let placed = SystemTime::UNIX_EPOCH + seconds + nanoseconds;
        Some(modified.max(placed))
    }
    #[cfg(not(unix))]
    Some(modified)
}

/// Whether the start or the end of a file holds these bytes.
fn carries(path: &Path, mark: &[u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut holds = |start: u64| -> io::Result<bool> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        (&file).take(MARGIN).read_to_end(&mut bytes)?;
        Ok(bytes.windows(mark.len()).any(|window| window == mark))
    };
    Ok(holds(0)? || holds(length.saturating_sub(MARGIN))?)
}

/// The 64-bit FNV-1a hash, which is the same on all machines and in all versions of the compiler.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Adds bytes and where they end.
    fn add(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u64).to_le_bytes();
        for byte in bytes.iter().chain(&length) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_at_either_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for at in [0, 100, 299_990] {
            let mut bytes = vec![b'.'; 300_000];
            bytes[at..at + 4].copy_from_slice(b"mark");
            fs::write(&path, bytes).unwrap();
            assert!(carries(&path, b"mark").unwrap());
            assert!(!carries(&path, b"kram").unwrap());
        }
    }
}
