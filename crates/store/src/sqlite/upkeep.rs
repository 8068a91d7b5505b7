//! What is done every minute beside reading and writing: hours are packed and added up, what is expired is dropped,
//! and the directory is kept below its limit.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::file::{DAY_MS, DataFile, io_error};
use super::metrics::HOUR_MS;
use super::seal::{self, Sealed};
use super::shared::Shared;
use super::writer::WriterHandle;
use crate::StoreError;
use crate::aggregate::MINUTE_MS;
use crate::limits::{SEAL_AFTER_MINUTES, SEAL_BYTES_MAX, UPKEEP_PERIOD_SECONDS};

/// The thread that does it. It stops when this is dropped.
pub(super) struct Upkeep {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Lets nothing be packed or dropped while it is held, by whatever process: two rounds at once would pack the same
/// hours, and a copy would miss what moves.
pub(super) fn take_turn(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join("upkeep.lock");
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(|error| io_error("cannot write", &path, &error))?;
    file.lock().map_err(|error| io_error("cannot lock", &path, &error))?;
    Ok(file)
}

impl Upkeep {
    pub(super) fn start(shared: Arc<Shared>, writer: Arc<WriterHandle>) -> Result<Self, StoreError> {
        let (stop, stopped) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("store-upkeep".to_owned())
            .spawn(move || run(&shared, &writer, &stopped))
            .map_err(|error| StoreError::Unavailable(format!("cannot start the upkeep thread: {error}")))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, writer: &WriterHandle, stopped: &Receiver<()>) {
    let period = Duration::from_secs(UPKEEP_PERIOD_SECONDS);
    while stopped.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
        // What cannot be done now (the disk is full, say) is done the next time; health() says so.
        let answer = keep(shared, writer, super::now_ms());
        shared.counters.note_upkeep(answer.err());
    }
}

/// One round of everything.
pub(super) fn keep(shared: &Shared, writer: &WriterHandle, now_ms: u64) -> Result<(), StoreError> {
    let _turn = take_turn(&shared.directory)?;
    for file in shared.readers.take_suspects() {
        writer.check_file(file)?;
    }
    // Room first: a full disk refuses everything else.
    writer.drop_expired(now_ms)?;
    let packed = pack(shared, writer, now_ms.saturating_sub(SEAL_AFTER_MINUTES * MINUTE_MS));
    writer.drop_minutes(now_ms)?;
    shared.health()?;
    packed
}

/// Packs the hours that ended before `before_ms`.
fn pack(shared: &Shared, writer: &WriterHandle, before_ms: u64) -> Result<(), StoreError> {
    let mut first_error = None;
    for file in shared.files() {
        let DataFile::Metrics(day) = file else { continue };
        if day * DAY_MS + HOUR_MS > before_ms || shared.stopping.load(Ordering::Relaxed) {
            continue;
        }
        // A day that cannot be packed (it is damaged) does not keep the others from it.
        if let Err(error) = pack_day(shared, writer, day, before_ms) {
            first_error.get_or_insert(error);
        }
    }
    first_error.map_or(Ok(()), Err)
}

fn pack_day(shared: &Shared, writer: &WriterHandle, day: u64, before_ms: u64) -> Result<(), StoreError> {
    let file = DataFile::Metrics(day);
    let due = shared.readers.with(file, |connection| seal::due(connection, day, before_ms))?;
    let mut waiting: Vec<Sealed> = Vec::new();
    let mut bytes = 0;
    for unit in due.unwrap_or_default() {
        if shared.stopping.load(Ordering::Relaxed) {
            break;
        }
        let sealed = shared.readers.with(file, |connection| seal::seal(connection, day, unit))?;
        if let Some(sealed) = sealed {
            bytes += sealed.bytes();
            waiting.push(sealed);
        }
        if bytes >= SEAL_BYTES_MAX {
            writer.seal(std::mem::take(&mut waiting))?;
            bytes = 0;
        }
    }
    if !waiting.is_empty() {
        writer.seal(waiting)?;
    }
    Ok(())
}
