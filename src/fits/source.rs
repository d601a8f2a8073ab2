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
    /// Number of bytes, as it was when the source was opened; `None` as long as nobody knows,
    /// as of a compressed file that has not been read to its end.
    fn byte_len(&self) -> Option<u64>;

    /// An upper bound on the number of bytes; data promised beyond it cannot exist.
    fn most_bytes(&self) -> u64 {
        self.byte_len().unwrap_or(u64::MAX)
    }

    /// Fills `buf` with the bytes from `offset` on, as far as there are any, and returns how many
    /// there were: fewer than `buf` has room for only at the source's end.
    ///
    /// # Errors
    /// Whatever the operating system or a decompressor reports.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Fills `buf` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] where the source ends before `buf` is full, and those of
    /// [`ReadAt::read_at`].
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        let found = self.read_at(buf, offset)?;
        if found == buf.len() {
            return Ok(());
        }
        let end = offset.saturating_add(buf.len() as u64);
        let wanted = format!("wanted bytes {offset}..{end}");
        let text = match self.byte_len() {
            Some(len) if len >= end => {
                format!("it shrank while it was read: {wanted}, found {found} of them")
            }
            Some(len) => format!("it ends after {len} bytes: {wanted}"),
            None => format!("it ends early: {wanted}, found {found} of them"),
        };
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, text))
    }
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
        #[cfg(unix)]
        if std::os::unix::fs::FileTypeExt::is_char_device(&kind) {
            let what = "it is a device: expected a file or a pipe";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        if !kind.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is a pipe or a device; save its contents to a file first",
            ));
        }
        FileSource::of(File::open(path)?)
    }

    /// Reads an open regular file, from its start whatever position it is at.
    ///
    /// # Errors
    /// What the operating system reports.
    pub fn of(file: File) -> io::Result<FileSource> {
        let len = file.metadata()?.len();
        #[cfg(not(unix))]
        let file = std::sync::Mutex::new(file);
        Ok(FileSource { file, len })
    }
}

impl ReadAt for FileSource {
    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }

    #[cfg(unix)]
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.len {
            return Ok(0);
        }
        use std::os::unix::fs::FileExt;
        fill(buf, |rest, done| self.file.read_at(rest, offset.saturating_add(done)))
    }

    #[cfg(not(unix))]
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        use std::io::{Read, Seek, SeekFrom};
        // Every read seeks first, so a position left behind by a panicking thread does no harm.
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        fill(buf, |rest, _| file.read(rest))
    }
}

/// Reads until `buf` is full or there is no more; `read` gets the rest of it and the number of
/// bytes that are there already.
pub(super) fn fill(
    buf: &mut [u8],
    mut read: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match read(rest, done as u64) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Bytes held in memory, such as a file that came through a pipe.
#[derive(Clone, Debug)]
pub struct MemorySource(pub Vec<u8>);

impl ReadAt for MemorySource {
    fn byte_len(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|start| self.0.get(start..));
        Ok(copy(rest.unwrap_or_default(), buf))
    }
}

/// Copies as much as there is and there is room for; returns the number of bytes.
pub(super) fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    if let (Some(to), Some(from)) = (to.get_mut(..count), from.get(..count)) {
        to.copy_from_slice(from);
    }
    count
}

/// A source with the name that error messages call it by.
#[derive(Clone)]
pub(super) struct NamedSource {
    pub name: Arc<str>,
    pub bytes: Arc<dyn ReadAt>,
}

impl NamedSource {
    pub fn byte_len(&self) -> Option<u64> {
        self.bytes.byte_len()
    }

    pub fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<(), FitsError> {
        self.bytes.read_exact_at(buf, offset).map_err(|error| self.error(error))
    }

    /// The bytes from `offset` on, as far as there are any.
    pub fn read_at<'a>(&self, buf: &'a mut [u8], offset: u64) -> Result<&'a [u8], FitsError> {
        let count = self.bytes.read_at(buf, offset).map_err(|error| self.error(error))?;
        Ok(buf.get(..count).unwrap_or_default())
    }

    /// What went wrong, with the name of the file; that of another one, which these bytes are computed from, is known already.
    fn error(&self, reason: io::Error) -> FitsError {
        match reason.downcast::<FitsError>() {
            Ok(error) => error,
            Err(reason) => FitsError::Read { file: self.name.clone(), reason },
        }
    }
}

impl fmt::Debug for NamedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
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
            for (offset, found) in [(81, 19), (100, 0), (i64::MAX as u64, 0)] {
                assert_eq!(source.read_at(&mut part, offset).unwrap(), found);
                assert!(source.read_exact_at(&mut part, offset).is_err());
            }
            assert_eq!((source.byte_len(), source.most_bytes()), (Some(100), 100));
        }
    }

    #[test]
    fn a_file_that_shrinks_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(100).unwrap();
        let source = FileSource::open(file.path()).unwrap();
        file.as_file().set_len(30).unwrap();
        let error = source.read_exact_at(&mut [0; 50], 10).unwrap_err();
        let text = "it shrank while it was read: wanted bytes 10..60, found 20 of them";
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
