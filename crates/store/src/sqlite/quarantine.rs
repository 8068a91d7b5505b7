//! Files that cannot be understood are put aside, so that everything else goes on.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::file::{DataFile, io_error, sync_directory};
use crate::StoreError;
use crate::health::Quarantined;
use crate::options::StoreOptions;

/// The folder they are moved to.
const FOLDER: &str = "quarantine";

/// Opens a file for writing; one that is damaged is put aside first and answered, its place is then free. Without
/// `meta.db` nobody could log in or report, so that one is never put aside.
pub(super) fn open(
    file: DataFile,
    directory: &Path,
    options: &StoreOptions,
) -> Result<(Option<Connection>, Option<Quarantined>), StoreError> {
    let checked = cut_short(file, directory).map_or(Ok(()), |reason| Err(StoreError::Damaged(reason)));
    match checked.and_then(|()| file.open_for_writing(directory, options)) {
        Ok(connection) => Ok((Some(connection), None)),
        Err(StoreError::Damaged(reason)) if file != DataFile::Meta => {
            Ok((None, Some(put_aside(file, directory, &reason)?)))
        }
        Err(error) => Err(error),
    }
}

/// Whether pages are missing at the end: the first page says how many there are. Only asked while there is no log
/// that could still bring them.
fn cut_short(file: DataFile, directory: &Path) -> Option<String> {
    let path = file.path(directory);
    let log_bytes = std::fs::metadata(beside(&path, "-wal")).map_or(0, |metadata| metadata.len());
    let bytes = std::fs::metadata(&path).ok()?.len();
    if log_bytes > 0 || bytes == 0 {
        return None;
    }
    let mut head = [0u8; 100];
    std::io::Read::read_exact(&mut std::fs::File::open(&path).ok()?, &mut head).ok()?;
    let page_bytes = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let pages = u64::from(u32::from_be_bytes([head[28], head[29], head[30], head[31]]));
    (head.starts_with(b"SQLite format 3\0") && pages * page_bytes > bytes).then(|| {
        format!(
            "{} is damaged (it was cut short: {bytes} of {} bytes); restore it from a backup",
            path.display(),
            pages * page_bytes
        )
    })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// Moves a file and what SQLite keeps beside it.
pub(super) fn put_aside(file: DataFile, directory: &Path, reason: &str) -> Result<Quarantined, StoreError> {
    let folder = directory.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| io_error("cannot make", &folder, &error))?;
    let flat = file.name().replace('/', "-");
    let free = |number: &u32| !folder.join(format!("{number}-{flat}")).exists();
    let number = (1u32..).find(free).unwrap_or_default();
    let moved_to = format!("{FOLDER}/{number}-{flat}");
    let (from, to) = (file.path(directory), directory.join(&moved_to));
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (beside(&from, suffix), beside(&to, suffix));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io_error("cannot move away", &from, &error));
            }
            _ => {}
        }
    }
    sync_directory(&folder)?;
    Ok(Quarantined { file: file.name(), moved_to, reason: reason.to_owned() })
}

/// What has to be made again when sums are lost: everything that is packed.
pub(super) fn make_sums_again(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT OR IGNORE INTO stale (hour, source_id) SELECT hour, source_id FROM chunk_life",
        [],
    )?;
    Ok(())
}
