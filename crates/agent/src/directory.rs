//! The directory for what outlives the process: spool, cached configuration, locks of node names.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::settings::Settings;

/// The directory, when there is one that can be written, and what is wrong with it.
#[must_use]
pub fn prepare(settings: &Settings) -> (Option<PathBuf>, Option<String>) {
    let chosen = &settings.base_dir;
    let problem = match try_directory(chosen, settings.base_dir_given) {
        Ok(()) => return (Some(chosen.clone()), None),
        Err(problem) => problem,
    };
    if !settings.base_dir_given {
        // The default belongs to whoever came first: a master that was root, or another user of the host.
        // SAFETY: geteuid has no preconditions.
        let user = unsafe { libc::geteuid() };
        let own = PathBuf::from(format!("{}-{user}", chosen.display()));
        if try_directory(&own, false).is_ok() {
            return (Some(own), None);
        }
    }
    let warning = format!(
        "the directory {} cannot be written ({problem}); the agent works from memory, and what the controller does \
         not take before the process ends is lost: make it writable or set [agent] dir",
        chosen.display()
    );
    (None, Some(warning))
}

/// Makes it when it is not there. One that nobody chose must be ours alone: `/tmp` is everybody's.
fn try_directory(path: &Path, given: bool) -> io::Result<()> {
    let mode = if given { 0o755 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(path)?;
    let metadata = std::fs::symlink_metadata(path)?;
    // SAFETY: geteuid has no preconditions.
    let user = unsafe { libc::geteuid() };
    if !given && (!metadata.is_dir() || metadata.uid() != user) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to somebody else"));
    }
    let probe = path.join(format!(".writable-{}", std::process::id()));
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

/// Sixteen hex digits that stand for texts, as a file's name.
#[must_use]
pub fn key(texts: &[&str]) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update(&[0xff]);
    }
    format!("{:016x}", hash.digest())
}
