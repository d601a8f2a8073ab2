//! Writing results so that a failed, interrupted or killed run leaves the old file and no litter. On file systems that know no files
//! without a name, one that is killed while it writes can leave a hidden `.map2fig-*.tmp` besides, which may be removed.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Target;
use crate::spelling;

/// Lets `write` fill a temporary file beside the target and renames it when it is complete; or fills standard output.
///
/// # Errors
/// What `write` returns, and what the file system reports.
pub fn write_to<E: From<io::Error>>(
    target: &Target,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    match target {
        Target::Stdout | Target::Terminal(_) => {
            let mut out = io::stdout().lock();
            write(&mut out)?;
            Ok(out.flush()?)
        }
        Target::Memory(buffer) => {
            let mut bytes = Vec::new();
            write(&mut bytes)?;
            buffer.set(bytes);
            Ok(())
        }
        Target::File(path) => write_file(path, write),
    }
}

/// Links that lead to a file at most.
const MOST_LINKS: usize = 40;

/// Where a file is written that has this name: what a link leads to, whether it is there or not.
pub fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    path
}

fn write_file<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    // Devices and pipes cannot be replaced by a rename.
    if fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        let mut out = BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
        write(&mut out)?;
        return Ok(out.flush()?);
    }
    // A link stays a link: what it points to is replaced, or made.
    let path = followed(path);
    if path.is_symlink() {
        let message = "the link leads to itself";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message).into());
    }
    refuse_read_only(&path)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[cfg(target_os = "linux")]
    if let Some(mut file) = unnamed::open(folder, &path) {
        let mut out = BufWriter::new(&mut file);
        write(&mut out)?;
        out.flush()?;
        drop(out);
        return Ok(unnamed::publish(file, folder, &path)?);
    }
    let mut file = temporary_file(folder, &path)?;
    let mut out = BufWriter::new(file.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.persist(&path).map_err(|e| e.error)?;
    Ok(())
}

/// Refuses a file that its owner wants kept: a rename would replace it all the same.
fn refuse_read_only(path: &Path) -> io::Result<()> {
    let Ok(found) = fs::metadata(path) else { return Ok(()) };
    let is_kept = found.permissions().readonly();
    #[cfg(unix)]
    let is_kept = is_kept || rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err();
    match is_kept {
        true => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "the file is read-only; name another, or remove it first",
        )),
        false => Ok(()),
    }
}

/// A hidden file in the target's folder, with the permissions that the target has or a new file would get.
fn temporary_file(folder: &Path, path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".map2fig-").suffix(".tmp");
    if let Ok(metadata) = fs::metadata(path) {
        builder.permissions(metadata.permissions());
    } else {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The process's umask takes away what a new file should not have.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
    }
    builder.tempfile_in(folder).map_err(|error| plain(&error, folder))
}

/// The error without the temporary file's name, which means nothing to the user.
fn plain(error: &io::Error, folder: &Path) -> io::Error {
    let kind = error.kind();
    match kind {
        io::ErrorKind::NotFound if !folder.exists() => {
            let folder = spelling::name(folder);
            let message = format!("the folder does not exist; mkdir -p '{folder}' makes it");
            io::Error::new(kind, message)
        }
        io::ErrorKind::PermissionDenied => io::Error::new(kind, "the folder may not be written to"),
        io::ErrorKind::NotFound => io::Error::new(kind, "the folder takes no files"),
        _ => kind.into(),
    }
}

/// Files without a name until they are complete, which vanish with the process.
#[cfg(target_os = "linux")]
mod unnamed {
    use std::fs::{self, File};
    use std::io::{self, Seek};
    use std::os::fd::AsRawFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open as open_file};

    use super::temporary_file;

    /// A file in a folder, with the permissions that the target has or a new file would get; nothing where the file system or the
    /// system lacks such files.
    pub fn open(folder: &Path, path: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file = File::from(open_file(folder, flags, Mode::from_raw_mode(0o666)).ok()?);
        if let Ok(metadata) = fs::metadata(path) {
            file.set_permissions(metadata.permissions()).ok()?;
        }
        Some(file)
    }

    /// Gives the file its name, in place of whatever has it.
    pub fn publish(mut file: File, folder: &Path, path: &Path) -> io::Result<()> {
        let own = format!("/proc/self/fd/{}", file.as_raw_fd());
        let link = |to: &Path| linkat(CWD, &own, CWD, to, AtFlags::SYMLINK_FOLLOW);
        match link(path) {
            Ok(()) => return Ok(()),
            // A link cannot replace a file, a rename can.
            Err(rustix::io::Errno::EXIST) => {
                let name = temporary_file(folder, path)?.into_temp_path();
                fs::remove_file(&name)?;
                if link(&name).is_ok() {
                    return name.persist(path).map_err(|e| e.error);
                }
            }
            Err(_) => {}
        }
        let mut named = temporary_file(folder, path)?;
        file.rewind()?;
        io::copy(&mut file, named.as_file_mut())?;
        named.persist(path).map_err(|e| e.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_said_so() {
        let target = Target::File("no/such/folder/sky.pdf".into());
        let error = write_to::<io::Error>(&target, |out| out.write_all(b"new")).unwrap_err();
        assert!(error.to_string().contains("mkdir -p 'no/such/folder'"), "{error}");
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sky.pdf");
        let target = Target::File(path.clone());
        write_to::<io::Error>(&target, |out| out.write_all(b"old")).unwrap();
        let failed = write_to::<io::Error>(&target, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("stop"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write_to::<io::Error>(&target, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.png"), folder.path().join("link.png"));
        std::os::unix::fs::symlink(&real, &link).unwrap();
        for bytes in [b"one", b"two"] {
            write_to::<io::Error>(&Target::File(link.clone()), |out| out.write_all(bytes)).unwrap();
            assert_eq!(fs::read(&real).unwrap(), bytes);
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        }
    }

    #[test]
    fn a_read_only_file_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sky.png");
        fs::write(&path, b"old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let target = Target::File(path.clone());
        let error = write_to::<io::Error>(&target, |out| out.write_all(b"new")).unwrap_err();
        assert!(error.to_string().contains("read-only"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }
}
