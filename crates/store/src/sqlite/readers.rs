//! Reading connections: any number at once, never waiting for the writer, the idle ones kept.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode};

use super::file::{DataFile, sqlite_error};
use crate::StoreError;
use crate::block::BlockError;
use crate::limits::{READERS_IDLE_MAX, READERS_IDLE_PER_FILE_MAX};

pub(super) struct Readers {
    directory: PathBuf,
    idle: Mutex<Idle>,
    /// Files that could not be read and should be looked through.
    suspects: Mutex<BTreeSet<DataFile>>,
}

#[derive(Default)]
struct Idle {
    connections: HashMap<DataFile, Vec<Connection>>,
    /// How often a file was dropped. A connection lent out before may still read the dropped file and must not
    /// be kept for one of the same name.
    drops: u64,
}

/// What can go wrong while reading one file.
pub(super) enum ReadError {
    Sqlite(rusqlite::Error),
    Block(BlockError),
    Store(StoreError),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<BlockError> for ReadError {
    fn from(error: BlockError) -> Self {
        Self::Block(error)
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl ReadError {
    pub(super) fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Sqlite(error) => sqlite_error(path, &error),
            Self::Block(error) => StoreError::Damaged(format!("a block in {}: {error}", path.display())),
            Self::Store(error) => error,
        }
    }
}

/// Whether the file, not the question, is at fault.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

impl Readers {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, idle: Mutex::default(), suspects: Mutex::default() }
    }

    /// Runs `read` on a connection to `file`; `None` when there is no such file.
    pub(super) fn with<T>(
        &self,
        file: DataFile,
        read: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<Option<T>, StoreError> {
        let (kept, drops) = {
            let mut idle = self.lock();
            (idle.connections.get_mut(&file).and_then(Vec::pop), idle.drops)
        };
        let connection = match kept {
            Some(connection) => connection,
            None => match file.open_for_reading(&self.directory)? {
                Some(connection) => connection,
                None => return Ok(None),
            },
        };
        // A connection that failed is closed: its state is not worth guessing.
        let answer = read(&connection).map_err(|error| {
            if matches!(&error, ReadError::Sqlite(error) if is_damage(error)) {
                self.suspects.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
            }
            error.at(&file.path(&self.directory))
        })?;
        let mut idle = self.lock();
        let total: usize = idle.connections.values().map(Vec::len).sum();
        let is_current = idle.drops == drops;
        let of_file = idle.connections.entry(file).or_default();
        if is_current && total < READERS_IDLE_MAX && of_file.len() < READERS_IDLE_PER_FILE_MAX {
            of_file.push(connection);
        }
        Ok(Some(answer))
    }

    /// Files that could not be read since this was asked last.
    pub(super) fn take_suspects(&self) -> BTreeSet<DataFile> {
        std::mem::take(&mut *self.suspects.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Closes the idle connections to `file`.
    pub(super) fn forget(&self, file: DataFile) {
        let mut idle = self.lock();
        idle.drops += 1;
        idle.connections.remove(&file);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Idle> {
        // Nothing in there can be half done.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
