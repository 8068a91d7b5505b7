//! The files of a data directory: names, settings, migrations.
//!
//! `meta.db`, `metrics/<day>.db` and `snapshots/<day>.db`, days in UTC (`2026-11-20`). Each has SQLite's
//! `application_id` set to say what it is and `user_version` to the number of its last migration.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::StoreError;
use crate::limits::DAY_MAX;
use crate::options::StoreOptions;

/// Milliseconds of a day.
pub(super) const DAY_MS: u64 = 86_400_000;

/// How long a connection waits for a lock somebody else holds (a backup, a person with the sqlite3 shell).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of write-ahead log after which it is copied into the file (facts/storage 4.2: about 64 MiB; less, so
/// that opening after a crash is quick).
const CHECKPOINT_BYTES: u64 = 32 << 20;

/// Bytes of log a directory with a limit can afford.
fn checkpoint_bytes(options: &StoreOptions) -> u64 {
    options.bytes_max.map_or(CHECKPOINT_BYTES, |max| (max / 256).clamp(256 << 10, CHECKPOINT_BYTES))
}

/// A file. The order is the order of commits: what others refer to comes first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum DataFile {
    /// One-minute numbers of a day.
    Metrics(u64),
    /// Ten-minute sums of a day.
    Tens(u64),
    /// One-hour sums of the 30 days that start on this day.
    Hours(u64),
    /// Segments that started on a day.
    Snapshots(u64),
    /// Segments that are kept for ever.
    Archive,
    /// Entities, agents, documents.
    Meta,
}

/// Days of one file of one-hour sums.
pub(super) const HOURS_FILE_DAYS: u64 = 30;

/// The kinds of files there are one of per day or some days.
pub(super) const PARTITIONS: [fn(u64) -> DataFile; 4] =
    [DataFile::Metrics, DataFile::Tens, DataFile::Hours, DataFile::Snapshots];

const META_MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/meta/0001_initial.sql"),
    include_str!("../../migrations/meta/0002_documents_and_journal.sql"),
    include_str!("../../migrations/meta/0003_state.sql"),
];
const METRICS_MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/metrics/0001_initial.sql"),
    include_str!("../../migrations/metrics/0002_chunks.sql"),
    include_str!("../../migrations/metrics/0003_series.sql"),
];
const ROLLUP_MIGRATIONS: &[&str] = &[include_str!("../../migrations/rollups/0001_initial.sql")];
const SNAPSHOTS_MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/snapshots/0001_initial.sql"),
    include_str!("../../migrations/snapshots/0002_columns.sql"),
];

impl DataFile {
    /// The day of a partition, or its first one.
    pub(super) const fn day(self) -> Option<u64> {
        match self {
            Self::Metrics(day) | Self::Tens(day) | Self::Hours(day) | Self::Snapshots(day) => Some(day),
            Self::Archive | Self::Meta => None,
        }
    }

    /// The first day behind a partition.
    pub(super) const fn day_behind(self) -> Option<u64> {
        match self {
            Self::Hours(day) => Some(day + HOURS_FILE_DAYS),
            _ => match self.day() {
                Some(day) => Some(day + 1),
                None => None,
            },
        }
    }

    /// The file of one-hour sums a day belongs to.
    pub(super) const fn hours_of(day: u64) -> Self {
        Self::Hours(day / HOURS_FILE_DAYS * HOURS_FILE_DAYS)
    }

    /// The folder of a partition.
    const fn folder(self) -> &'static str {
        match self {
            Self::Metrics(_) => "metrics",
            Self::Tens(_) => "metrics-10m",
            Self::Hours(_) => "metrics-1h",
            Self::Snapshots(_) => "snapshots",
            Self::Archive | Self::Meta => "",
        }
    }

    /// The name within the data directory.
    pub(super) fn name(self) -> String {
        match self {
            Self::Archive => "archive.db".to_owned(),
            Self::Meta => "meta.db".to_owned(),
            _ => format!("{}/{}.db", self.folder(), day_name(self.day().unwrap_or_default())),
        }
    }

    pub(super) fn path(self, directory: &Path) -> PathBuf {
        directory.join(self.name())
    }

    const fn migrations(self) -> &'static [&'static str] {
        match self {
            Self::Metrics(_) => METRICS_MIGRATIONS,
            Self::Tens(_) | Self::Hours(_) => ROLLUP_MIGRATIONS,
            Self::Snapshots(_) | Self::Archive => SNAPSHOTS_MIGRATIONS,
            Self::Meta => META_MIGRATIONS,
        }
    }

    /// `TLme`, `TLmt`, … in ASCII.
    const fn application_id(self) -> i32 {
        i32::from_be_bytes(match self {
            Self::Meta => *b"TLme",
            Self::Metrics(_) => *b"TLmt",
            Self::Tens(_) => *b"TLmT",
            Self::Hours(_) => *b"TLmH",
            Self::Snapshots(_) => *b"TLsn",
            Self::Archive => *b"TLsa",
        })
    }

    /// Large pages for blocks, small ones for small rows (measured: facts/storage 3, 4.2).
    const fn page_bytes(self) -> u64 {
        match self {
            Self::Metrics(_) | Self::Tens(_) | Self::Hours(_) => 16_384,
            Self::Snapshots(_) | Self::Archive => 8_192,
            Self::Meta => 4_096,
        }
    }

    /// Opens it for the writer, making or migrating it where needed.
    pub(super) fn open_for_writing(
        self,
        directory: &Path,
        options: &StoreOptions,
    ) -> Result<Connection, StoreError> {
        let path = self.path(directory);
        let is_new = !path.exists();
        let at = |error| sqlite_error(&path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&path, flags).map_err(at)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(at)?;
        connection.set_prepared_statement_cache_capacity(64);
        // A file that can be cut at its end gives room back without being written anew.
        let auto_vacuum =
            if matches!(self, Self::Snapshots(_)) { "PRAGMA auto_vacuum = INCREMENTAL;" } else { "" };
        let checkpoint_bytes = checkpoint_bytes(options);
        connection
            .execute_batch(&format!(
                "PRAGMA page_size = {page}; {auto_vacuum} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = {checkpoint}; \
                 PRAGMA journal_size_limit = {checkpoint_bytes};",
                page = self.page_bytes(),
                checkpoint = checkpoint_bytes / self.page_bytes(),
            ))
            .map_err(at)?;
        self.migrate(&mut connection, &path)?;
        if is_new && let Some(parent) = path.parent() {
            sync_directory(parent)?;
        }
        Ok(connection)
    }

    fn migrate(self, connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
        let at = |error| sqlite_error(path, &error);
        let number = |connection: &Connection, pragma: &str| {
            connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(at)
        };
        let found = number(connection, "user_version")?;
        let known = self.migrations().len();
        let application_id = number(connection, "application_id")?;
        let is_ours = application_id == i64::from(self.application_id());
        let is_empty = found == 0
            && connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
                .map_err(at)?
                == 0;
        if !is_ours && !is_empty {
            return Err(StoreError::Damaged(format!(
                "{} is a database of something else; move it away, or give another data directory",
                path.display()
            )));
        }
        let done = usize::try_from(found).unwrap_or(usize::MAX);
        if done > known {
            return Err(StoreError::Newer(format!(
                "{} was written by a newer version of Tierline (format {found}, this version knows {known}); \
                 run that version, or restore a backup made with this one",
                path.display()
            )));
        }
        if done == known {
            return Ok(());
        }
        let transaction = connection.transaction().map_err(at)?;
        for migration in &self.migrations()[done..] {
            transaction.execute_batch(migration).map_err(at)?;
        }
        transaction.pragma_update(None, "application_id", self.application_id()).map_err(at)?;
        transaction.pragma_update(None, "user_version", known as i64).map_err(at)?;
        transaction.commit().map_err(at)
    }

    /// Whether it has the format of this version.
    pub(super) fn check_format(self, connection: &Connection, directory: &Path) -> Result<(), StoreError> {
        let path = self.path(directory);
        let found: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(|error| sqlite_error(&path, &error))?;
        match usize::try_from(found) {
            Ok(found) if found == self.migrations().len() => Ok(()),
            Ok(found) if found < self.migrations().len() => Err(StoreError::Unavailable(format!(
                "{} has an earlier format; start the controller of this version once and stop it",
                path.display()
            ))),
            _ => Err(StoreError::Newer(format!(
                "{} was written by a newer version of Tierline",
                path.display()
            ))),
        }
    }

    /// Opens it for reading; `None` when it does not exist.
    pub(super) fn open_for_reading(self, directory: &Path) -> Result<Option<Connection>, StoreError> {
        let path = self.path(directory);
        if !path.exists() {
            return Ok(None);
        }
        let at = |error| sqlite_error(&path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match Connection::open_with_flags(&path, flags) {
            Ok(connection) => connection,
            Err(_) if !path.exists() => return Ok(None), // dropped by retention in this moment
            Err(error) => return Err(at(error)),
        };
        connection.busy_timeout(BUSY_TIMEOUT).map_err(at)?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.execute_batch("PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;").map_err(at)?;
        Ok(Some(connection))
    }

    /// Removes it and what SQLite keeps beside it.
    pub(super) fn remove(self, directory: &Path) -> Result<(), StoreError> {
        let path = self.path(directory);
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            match std::fs::remove_file(PathBuf::from(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io_error("cannot remove", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The folders of a data directory, itself among them.
pub(super) fn folders(directory: &Path) -> Vec<PathBuf> {
    let partitions = PARTITIONS.into_iter().map(|kind| directory.join(kind(0).folder()));
    std::iter::once(directory.to_owned()).chain(partitions).collect()
}

/// The files there are, others' files ignored; `meta.db` always.
pub(super) fn files_in(directory: &Path) -> Result<BTreeSet<DataFile>, StoreError> {
    let mut files = BTreeSet::from([DataFile::Meta]);
    if DataFile::Archive.path(directory).exists() {
        files.insert(DataFile::Archive);
    }
    for kind in PARTITIONS {
        let folder = directory.join(kind(0).folder());
        let entries = std::fs::read_dir(&folder).map_err(|error| io_error("cannot list", &folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| io_error("cannot list", &folder, &error))?;
            let day =
                entry.file_name().to_str().and_then(|name| name.strip_suffix(".db")).and_then(parse_day);
            files.extend(day.map(kind));
        }
    }
    Ok(files)
}

/// Makes a directory's entries durable.
pub(super) fn sync_directory(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| io_error("cannot sync", path, &error))
}

/// An operating system's error, in our words.
pub(super) fn io_error(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{what} {}: {error}", path.display()))
}

/// An error of SQLite, in our words.
pub(super) fn sqlite_error(path: &Path, error: &rusqlite::Error) -> StoreError {
    let shown = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged(format!(
            "{shown} is damaged ({error}); restore it from a backup, or move it away to go on without it"
        )),
        Some(ErrorCode::DiskFull) => StoreError::Unavailable(format!(
            "the disk that holds {shown} is full; make room and writing goes on by itself"
        )),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            StoreError::Unavailable(format!(
                "{shown} cannot be opened or written ({error}); check its permissions"
            ))
        }
        Some(_) => StoreError::Unavailable(format!("{shown}: {error}")),
        // Not SQLite's but a type that is not what was written.
        None => StoreError::Damaged(format!("{shown} holds something unexpected ({error})")),
    }
}

/// Days since 1970 as `2026-11-20` (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(super) fn day_name(day: u64) -> String {
    let z = day.min(DAY_MAX) + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

/// Reads what [`day_name`] writes.
pub(super) fn parse_day(name: &str) -> Option<u64> {
    let mut parts = name.splitn(3, '-').map(|part| part.parse::<u64>().ok());
    let (year, month, day_of_month) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day_of_month) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let month_index = if month > 2 { month - 3 } else { month + 9 };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month_index + 2) / 5 + day_of_month - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let day = (era * 146_097 + day_of_era).checked_sub(719_468)?;
    (day_name(day) == name).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_names_and_names_have_days() {
        for (day, name) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (19_782, "2024-02-29"),
            (20_777, "2026-11-20"),
            (DAY_MAX, "9999-12-31"),
        ] {
            assert_eq!(day_name(day), name);
            assert_eq!(parse_day(name), Some(day));
        }
        for day in (0..DAY_MAX).step_by(97) {
            assert_eq!(parse_day(&day_name(day)), Some(day));
        }
        for name in ["", "2026-02-30", "2026-1-01", "x", "2026-11-20-1", "99999-01-01"] {
            assert_eq!(parse_day(name), None, "{name}");
        }
    }
}
