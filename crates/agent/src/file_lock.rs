//! Locks on files that end with the process, however it ends.
//!
//! POSIX record locks: unlike `flock`, a forked child does not inherit them, so they say truly whether the process
//! that took them lives. Within one process they exclude nobody, and closing *any* descriptor of the file gives
//! them up: a file that is locked here is opened once.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A held lock. Given up when dropped.
#[derive(Debug)]
pub struct FileLock {
    file: File,
    path: PathBuf,
}

impl FileLock {
    /// Locks `path`, made when it is not there. `None` when another process has it.
    ///
    /// # Errors
    /// When the file cannot be made or locked.
    pub fn try_lock(path: &Path) -> io::Result<Option<Self>> {
        for _ in 0..4 {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .mode(0o600)
                .custom_flags(libc::O_NOFOLLOW)
                .open(path)?;
            if !lock(&file)? {
                return Ok(None);
            }
            // Somebody may have removed the file between opening and locking: then the lock is on nothing.
            let ours = file.metadata()?;
            if std::fs::metadata(path)
                .is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino()))
            {
                return Ok(Some(Self { file, path: path.to_owned() }));
            }
        }
        Ok(None)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, then gives the lock up.
    pub fn remove(self) {
        // When it cannot be removed it stays as an empty file nobody holds: harmless.
        let _ = std::fs::remove_file(&self.path);
        drop(self.file);
    }
}

fn lock(file: &File) -> io::Result<bool> {
    // SAFETY: all zeros is a valid flock: from the start, to the end, whatever the file's length.
    let mut range: libc::flock = unsafe { std::mem::zeroed() };
    range.l_type = libc::F_WRLCK as libc::c_short;
    range.l_whence = libc::SEEK_SET as libc::c_short;
    // SAFETY: the descriptor is open and the pointer is to a flock of this frame.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &range) } == 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EAGAIN) => Ok(false),
        _ => Err(error),
    }
}
