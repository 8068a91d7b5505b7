//! The controller's last configuration, on disk, so that a process that starts while the controller is away works
//! like the one before.

use std::io;
use std::path::{Path, PathBuf};

use tierline_model::AgentConfig;
use tierline_wire::opamp::RemoteConfig;

use crate::limits::CACHED_CONFIG_BYTES_MAX;
use crate::settings::read_config_file;

/// The file for one tier at one controller.
#[must_use]
pub fn path(directory: &Path, key: &str) -> PathBuf {
    directory.join("config").join(key).join(tierline_wire::opamp::CONFIG_FILE)
}

/// What is cached, if it is readable.
#[must_use]
pub fn read(path: &Path) -> Option<(AgentConfig, RemoteConfig)> {
    let json = read_config_file(path, CACHED_CONFIG_BYTES_MAX).ok()?;
    let hash = xxhash_rust::xxh3::xxh3_128(&json).to_be_bytes().to_vec();
    let remote = RemoteConfig { hash, json };
    remote.parse().ok().map(|config| (config, remote))
}

/// Replaces what is cached. A reader sees the old or the new content, never half of one.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, remote: &RemoteConfig) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let next = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::write(&next, &remote.json)?;
    std::fs::rename(&next, path)
}
