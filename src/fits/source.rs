//! Where the bytes come from: positioned reads of a file or of memory.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::FitsError;

/// Bytes that can be read at any position, by many threads at once.
///
/// Positioned reads into the caller's own small buffers keep memory bounded whatever the file's
/// size, turn a file that shrinks into an error rather than a signal, and work on every file
/// system.
pub trait ReadAt: Send + Sync {
    /// Number of bytes, as it was when the source was opened.
    fn len(&self) -> u64;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buf` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] where the source ends before `buf` is full, and whatever
    /// the operating system reports.
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()>;
}

fn ends_early(offset: u64, wanted: usize, has: u64) -> io::Error {
    let end = offset.saturating_add(wanted as u64);
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        format!("it shrank while it was read: wanted bytes {offset}..{end}, has {has}"),
    )
}

/// A regular file, read by position.
#[derive(Debug)]
pub struct FileSource {
    #[cfg(unix)]
    file: File,
    #[cfg(not(unix))]
    file: std::sync::Mutex<File>,
    len: u64,
}

impl FileSource {
    /// Opens a regular file.
    ///
    /// # Errors
    /// What the operating system reports, and [`io::ErrorKind::InvalidInput`] for directories,
    /// pipes and devices, which have no positions to read at.
    pub fn open(path: &Path) -> io::Result<FileSource> {
        // Asked before opening, since opening a pipe waits for its other end.
        let kind = fs::metadata(path)?.file_type();
        if kind.is_dir() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a directory"));
        }
        if !kind.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is a pipe or a device; save its contents to a file first",
            ));
        }
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        #[cfg(not(unix))]
        let file = std::sync::Mutex::new(file);
        Ok(FileSource { file, len })
    }
}

impl ReadAt for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    #[cfg(unix)]
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        self.file.read_exact_at(buf, offset).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                ends_early(offset, buf.len(), self.file.metadata().map_or(self.len, |m| m.len()))
            }
            _ => error,
        })
    }

    #[cfg(not(unix))]
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        // Every read seeks first, so a position left behind by a panicking thread does no harm.
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buf).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                ends_early(offset, buf.len(), file.metadata().map_or(self.len, |m| m.len()))
            }
            _ => error,
        })
    }
}

/// Bytes held in memory, such as a file that came through a pipe.
#[derive(Clone, Debug)]
pub struct MemorySource(pub Vec<u8>);

impl ReadAt for MemorySource {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| self.0.get(start..start.checked_add(buf.len())?))
            .ok_or_else(|| ends_early(offset, buf.len(), self.len()))?;
        buf.copy_from_slice(bytes);
        Ok(())
    }
}

/// A source with the name that error messages call it by.
#[derive(Clone)]
pub(super) struct NamedSource {
    pub name: Arc<str>,
    pub bytes: Arc<dyn ReadAt>,
}

impl NamedSource {
    pub fn len(&self) -> u64 {
        self.bytes.len()
    }

    pub fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<(), FitsError> {
        self.bytes
            .read_exact_at(buf, offset)
            .map_err(|source| FitsError::Read { file: self.name.clone(), source })
    }
}

impl fmt::Debug for NamedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.len())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn memory_and_files_read_alike() {
        let bytes: Vec<u8> = (0..100).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        let sources: [Box<dyn ReadAt>; 2] = [
            Box::new(FileSource::open(file.path()).unwrap()),
            Box::new(MemorySource(bytes.clone())),
        ];
        for source in sources {
            let mut part = [0; 20];
            source.read_exact_at(&mut part, 70).unwrap();
            assert_eq!(part, bytes[70..90]);
            for offset in [81, 100, u64::MAX - 5] {
                assert!(source.read_exact_at(&mut part, offset).is_err());
            }
            assert_eq!((source.len(), source.is_empty()), (100, false));
        }
    }

    #[test]
    fn a_file_that_shrinks_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(100).unwrap();
        let source = FileSource::open(file.path()).unwrap();
        file.as_file().set_len(30).unwrap();
        let error = source.read_exact_at(&mut [0; 50], 10).unwrap_err();
        let text = "it shrank while it was read: wanted bytes 10..60, has 30";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn directories_and_devices_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(FileSource::open(folder.path()).unwrap_err().to_string(), "it is a directory");
        #[cfg(unix)]
        assert!(FileSource::open(Path::new("/dev/null")).unwrap_err().to_string().contains("pipe"));
    }
}
