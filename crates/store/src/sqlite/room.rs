//! Bytes: of the disk, of the directory, and which of them go first.

use std::path::Path;

use rusqlite::Connection;

use super::file::{folders, io_error};
use super::prepare::ARCHIVED;
use crate::StoreError;
use crate::limits::{DISK_FREE_BYTES_MIN, TRIM_LIMIT_BYTES_PER_SEGMENT, TRIM_PAGES, TRIM_SEGMENTS};

/// Bytes free and in all on the disk of a directory.
pub(super) fn disk(directory: &Path) -> Result<(u64, u64), StoreError> {
    let disk = nix::sys::statvfs::statvfs(directory)
        .map_err(|error| io_error("cannot ask for free room in", directory, &error.into()))?;
    let block_bytes = disk.fragment_size() as u64;
    Ok((disk.blocks_available() as u64 * block_bytes, disk.blocks() as u64 * block_bytes))
}

/// Refuses before anything is visible where a full disk would fail in the middle.
pub(super) fn check(directory: &Path, bytes: usize) -> Result<(), StoreError> {
    let (free, total) = disk(directory)?;
    // Twice: in the log and, when it is copied, in the file. Small disks need not keep as much free.
    let needed = (2 * bytes as u64).saturating_add(DISK_FREE_BYTES_MIN.min(total / 32));
    if free < needed {
        return Err(StoreError::Unavailable(format!(
            "the disk that holds {} is full ({} MiB free, {} MiB needed); make room and writing goes on by \
             itself",
            directory.display(),
            free >> 20,
            needed.div_ceil(1 << 20)
        )));
    }
    Ok(())
}

/// Bytes of all files of a data directory.
pub(super) fn bytes_of(directory: &Path) -> Result<u64, StoreError> {
    let mut bytes = 0;
    for folder in folders(directory) {
        let entries = std::fs::read_dir(&folder).map_err(|error| io_error("cannot list", &folder, &error))?;
        for entry in entries.flatten() {
            // A file may go at this moment.
            if let Ok(metadata) = entry.metadata()
                && metadata.is_file()
            {
                bytes += metadata.len();
            }
        }
    }
    Ok(bytes)
}

/// Deletes about this share of the segments of a file, the oldest first and archived ones never, and cuts the file.
/// Answers how many. All of it in steps, because what a transaction changes is in the log as well as in the file, and
/// a log as large as what is to go would be the very room there is none of.
pub(super) fn trim(connection: &Connection, share: f64, limit_bytes: u64) -> rusqlite::Result<u64> {
    let (first, last): (Option<i64>, Option<i64>) =
        connection
            .query_row("SELECT min(id), max(id) FROM segment", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(0) };
    let behind = first + (((last - first) as f64 * share.clamp(0.0, 1.0)).ceil() as i64).max(1);
    let step = (limit_bytes / TRIM_LIMIT_BYTES_PER_SEGMENT).clamp(1, TRIM_SEGMENTS) as i64;
    let mut deleted = 0;
    let mut delete =
        connection.prepare_cached("DELETE FROM segment WHERE id >= ?1 AND id < ?2 AND flags & ?3 = 0")?;
    for from in (first..behind).step_by(step as usize) {
        let to = behind.min(from + step);
        deleted += delete.execute([from, to, ARCHIVED])? as u64;
    }
    // Segments that were written again are in later blocks than their neighbours, so all rows are asked.
    connection.execute(
        "DELETE FROM block WHERE id < coalesce((SELECT min(block_id) FROM segment), 9223372036854775807)",
        [],
    )?;
    let mut free = free_pages(connection)?;
    while free > 0 {
        let mut statement = connection.prepare_cached(&format!("PRAGMA incremental_vacuum({TRIM_PAGES})"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        let left = free_pages(connection)?;
        if left >= free {
            break;
        }
        free = left;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(deleted)
}

fn free_pages(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))
}
