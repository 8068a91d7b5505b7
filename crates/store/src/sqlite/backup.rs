//! A copy of a data directory, made while it is used, and back.

use std::path::Path;

use rusqlite::Connection;

use super::file::{DataFile, files_in, folders, io_error, sqlite_error, sync_directory};
use super::upkeep;
use crate::StoreError;

/// What was copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BackupSummary {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Copies the store in `directory` into the new directory `to`, whoever uses it meanwhile. Everything acknowledged
/// before the call is in the copy, and each file is as it was at one moment. The copy is a data directory itself.
///
/// # Errors
/// When there is no store, `to` is there already, or something cannot be read or written.
pub fn backup(directory: &Path, to: &Path) -> Result<BackupSummary, StoreError> {
    if !DataFile::Meta.path(directory).exists() {
        let text = format!("{} is no data directory (it has no meta.db)", directory.display());
        return Err(StoreError::Unavailable(text));
    }
    make_new(to)?;
    // Nothing is packed or dropped meanwhile: what a day says is packed has its sums in the files copied later.
    let _turn = upkeep::take_turn(directory)?;
    let mut summary = BackupSummary::default();
    // What others refer to comes last: `meta.db`.
    for file in files_in(directory)? {
        let target = file.path(to);
        let Some(connection) = file.open_for_reading(directory)? else { continue };
        let name = target.to_str().ok_or_else(|| {
            StoreError::Unavailable(format!("{} cannot be used as a name", target.display()))
        })?;
        connection
            .execute("VACUUM INTO ?1", [name])
            .map_err(|error| sqlite_error(&file.path(directory), &error))?;
        summary.bytes += synced_bytes(&target)?;
        summary.files += 1;
    }
    folders(to).iter().try_for_each(|folder| sync_directory(folder))?;
    Ok(summary)
}

/// Puts a backup into the new (or empty) data directory `to`, looking through every file first.
///
/// # Errors
/// [`StoreError::Damaged`] when a file of the backup is; when `to` holds something.
pub fn restore(from: &Path, to: &Path) -> Result<BackupSummary, StoreError> {
    if !DataFile::Meta.path(from).exists() {
        let text = format!("{} is no backup (it has no meta.db)", from.display());
        return Err(StoreError::Unavailable(text));
    }
    let files = files_in(from)?;
    for file in &files {
        check(*file, from)?;
    }
    make_new(to)?;
    let mut summary = BackupSummary::default();
    for file in files {
        let (source, target) = (file.path(from), file.path(to));
        std::fs::copy(&source, &target).map_err(|error| io_error("cannot copy", &source, &error))?;
        summary.bytes += synced_bytes(&target)?;
        summary.files += 1;
    }
    folders(to).iter().try_for_each(|folder| sync_directory(folder))?;
    Ok(summary)
}

/// Looks through a file.
fn check(file: DataFile, directory: &Path) -> Result<(), StoreError> {
    let path = file.path(directory);
    let verdict = file
        .open_for_reading(directory)?
        .map(|connection: Connection| {
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
        })
        .transpose()
        .map_err(|error| sqlite_error(&path, &error))?;
    match verdict.as_deref() {
        None | Some("ok") => Ok(()),
        Some(fault) => Err(StoreError::Damaged(format!(
            "{} is damaged ({fault}); use another backup, or remove this file to restore the rest",
            path.display()
        ))),
    }
}

fn make_new(directory: &Path) -> Result<(), StoreError> {
    if std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(StoreError::Unavailable(format!(
            "{} holds something already; name a new directory",
            directory.display()
        )));
    }
    for folder in folders(directory) {
        std::fs::create_dir_all(&folder).map_err(|error| io_error("cannot make", &folder, &error))?;
    }
    // Access keys are in it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))
            .map_err(|error| io_error("cannot keep to its owner", directory, &error))?;
    }
    Ok(())
}

fn synced_bytes(path: &Path) -> Result<u64, StoreError> {
    let file = std::fs::File::open(path).map_err(|error| io_error("cannot open", path, &error))?;
    file.sync_all().map_err(|error| io_error("cannot sync", path, &error))?;
    Ok(file.metadata().map_err(|error| io_error("cannot look at", path, &error))?.len())
}
