//! The one thread that writes, and the commits that concurrent callers share.
//!
//! Callers hand over prepared batches and wait. The writer takes what is waiting, puts it into one transaction
//! per file, commits file by file (numbers, segments, then `meta.db`) and then answers all of them. With
//! `synchronous = FULL` a commit is on disk when it returns, so an answer means durable.
//!
//! Several files cannot be committed at once. Between their commits there is nothing that could be refused any
//! more: room is checked first, and every page is in its file's log before the first commit. A crash in between
//! leaves a part of batches nobody was told are durable; their senders send them again, every row has a key that
//! makes that harmless, and entities come last, so nothing refers to what is not there.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::file::{DAY_MS, DataFile, io_error, sqlite_error, sync_directory};
use super::metrics::{self, Replaced};
use super::minute_cache::CachedReport;
use super::names::Names;
use super::prepare::{Outcome, Prepared};
use super::shared::Shared;
use super::{documents, journal, meta, snapshots};
use crate::StoreError;
use crate::limits::{
    AUDIT_RETENTION_DAYS, DISK_FREE_BYTES_MIN, DOCUMENT_DELETED_DAYS, EVENTS_RETENTION_DAYS, GROUP_BYTES_MAX,
    GROUP_WAIT_MS, GROUP_WRITES_MAX, METRICS_RETENTION_DAYS, SNAPSHOTS_RETENTION_DAYS, WRITE_QUEUE_MAX,
    WRITER_FILES_OPEN_MAX,
};

/// Answers to the changes of a batch, in their order.
type Outcomes = Vec<Outcome>;

type Reply<T> = SyncSender<Result<T, StoreError>>;

enum Command {
    Write(Prepared, Reply<Outcomes>),
    DropExpired { now_ms: u64, reply: Reply<()> },
    Stop,
}

/// The callers' side.
pub(super) struct WriterHandle {
    commands: SyncSender<Command>,
    thread: Option<JoinHandle<()>>,
}

fn stopped() -> StoreError {
    StoreError::Unavailable("its writer has stopped after a bug; restart the controller".to_owned())
}

impl WriterHandle {
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let (commands, waiting) = sync_channel(WRITE_QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || Writer { shared, open: BTreeMap::new(), uses: 0, waiting }.run())
            .map_err(|error| StoreError::Unavailable(format!("cannot start the writing thread: {error}")))?;
        Ok(Self { commands, thread: Some(thread) })
    }

    pub(super) fn write(&self, prepared: Prepared) -> Result<Outcomes, StoreError> {
        self.ask(|reply| Command::Write(prepared, reply))
    }

    pub(super) fn drop_expired(&self, now_ms: u64) -> Result<(), StoreError> {
        self.ask(|reply| Command::DropExpired { now_ms, reply })
    }

    fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, StoreError> {
        let (reply, answer) = sync_channel(1);
        self.commands.send(command(reply)).map_err(|_| stopped())?;
        answer.recv().map_err(|_| stopped())?
    }
}

impl Drop for WriterHandle {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct OpenFile {
    connection: Connection,
    names: Names,
    last_use: u64,
}

struct Writer {
    shared: Arc<Shared>,
    open: BTreeMap<DataFile, OpenFile>,
    uses: u64,
    waiting: Receiver<Command>,
}

/// Writes that share a commit.
#[derive(Default)]
struct Group {
    batches: Vec<Prepared>,
    replies: Vec<Reply<Outcomes>>,
    bytes: usize,
}

impl Group {
    fn add(&mut self, prepared: Prepared, reply: Reply<Outcomes>) {
        self.bytes += prepared.bytes();
        self.batches.push(prepared);
        self.replies.push(reply);
    }

    fn is_full(&self) -> bool {
        self.batches.len() >= GROUP_WRITES_MAX || self.bytes >= GROUP_BYTES_MAX
    }
}

impl Writer {
    fn run(mut self) {
        let mut shared_commit = false;
        while let Ok(command) = self.waiting.recv() {
            let mut command = Some(command);
            if let Some(Command::Write(prepared, reply)) = command {
                let mut group = Group::default();
                group.add(prepared, reply);
                command = self.gather(&mut group, shared_commit);
                shared_commit = group.batches.len() > 1;
                self.write_group(group);
            }
            match command {
                Some(Command::DropExpired { now_ms, reply }) => {
                    let _ = reply.send(self.drop_expired(now_ms));
                }
                Some(Command::Stop) => return,
                Some(Command::Write(..)) | None => {}
            }
        }
    }

    /// Adds what is waiting. Waits a little for more only when callers were many just now: one alone shall not
    /// wait for nobody. Answers a command that is no write, if one came.
    fn gather(&self, group: &mut Group, wait: bool) -> Option<Command> {
        let deadline = Instant::now() + Duration::from_millis(GROUP_WAIT_MS);
        while !group.is_full() {
            let next = match self.waiting.try_recv() {
                Ok(command) => command,
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) if !wait => return None,
                Err(TryRecvError::Empty) => {
                    match self.waiting.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                        Ok(command) => command,
                        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
                    }
                }
            };
            match next {
                Command::Write(prepared, reply) => group.add(prepared, reply),
                other => return Some(other),
            }
        }
        None
    }

    fn write_group(&mut self, group: Group) {
        let batches: Vec<&Prepared> = group.batches.iter().collect();
        match self.commit(&batches) {
            Ok(outcomes) => group.replies.iter().zip(outcomes).for_each(|(reply, outcomes)| {
                let _ = reply.send(Ok(outcomes));
            }),
            Err(error) if batches.len() == 1 => {
                let _ = group.replies[0].send(Err(error));
            }
            // One of them may be at fault (its day's file is damaged, say): each for itself.
            Err(_) => batches.iter().zip(&group.replies).for_each(|(batch, reply)| {
                let _ = reply
                    .send(self.commit(&[batch]).map(|outcomes| outcomes.into_iter().flatten().collect()));
            }),
        }
    }

    /// Answers the outcomes of each batch.
    fn commit(&mut self, batches: &[&Prepared]) -> Result<Vec<Outcomes>, StoreError> {
        self.check_room(batches.iter().map(|batch| batch.bytes()).sum())?;
        let files = files_of(batches);
        let answer = self.transact(&files, batches);
        let outcomes = match answer {
            Ok((replaced, outcomes)) => {
                self.publish(batches, replaced == Replaced::OtherSource);
                outcomes
            }
            Err(error) => {
                // Whatever state a connection is in now, closing it rolls back; the next write opens anew.
                for file in &files {
                    self.open.remove(file);
                }
                // Some of the files may have been committed before another failed: the disk knows best.
                self.shared.minutes.clear();
                return Err(error);
            }
        };
        self.close_unused(&files);
        Ok(outcomes)
    }

    /// Refuses before anything is visible where a full disk would fail in the middle.
    fn check_room(&self, bytes: usize) -> Result<(), StoreError> {
        let directory = &self.shared.directory;
        let disk = nix::sys::statvfs::statvfs(directory.as_path())
            .map_err(|error| io_error("cannot ask for free room in", directory, &error.into()))?;
        let block_bytes = disk.fragment_size() as u64;
        let (free, total) =
            (disk.blocks_available() as u64 * block_bytes, disk.blocks() as u64 * block_bytes);
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

    fn transact(
        &mut self,
        files: &BTreeSet<DataFile>,
        batches: &[&Prepared],
    ) -> Result<(Replaced, Vec<Outcomes>), StoreError> {
        for file in files {
            self.in_file(*file, |connection, _| connection.execute_batch("BEGIN IMMEDIATE"))?;
        }
        let mut replaced = Replaced::SameSource;
        let mut outcomes = Vec::new();
        for batch in batches {
            if self.apply(batch)? == Replaced::OtherSource {
                replaced = Replaced::OtherSource;
            }
            let of_batch = batch.changes.iter().map(|change| {
                self.in_file(DataFile::Meta, |connection, names| {
                    meta::write(connection, names, &batch.account, change)
                })
            });
            outcomes.push(of_batch.collect::<Result<_, _>>()?);
        }
        if files.len() > 1 {
            for file in files {
                self.in_file(*file, |connection, _| connection.cache_flush())?;
            }
        }
        for file in files {
            self.in_file(*file, |connection, _| connection.execute_batch("COMMIT"))?;
            #[cfg(feature = "conformance")]
            super::crash::committed();
        }
        Ok((replaced, outcomes))
    }

    /// Puts the numbers and segments of a batch into the open transactions.
    fn apply(&mut self, batch: &Prepared) -> Result<Replaced, StoreError> {
        let mut replaced = Replaced::SameSource;
        for report in &batch.reports {
            let written = self.in_file(DataFile::Metrics(report.day), |connection, names| {
                metrics::write(connection, names, &batch.account, report)
            })?;
            if written == Replaced::OtherSource {
                replaced = Replaced::OtherSource;
            }
        }
        for block in &batch.blocks {
            self.in_file(DataFile::Snapshots(block.day), |connection, names| {
                snapshots::write(connection, names, &batch.account, block)
            })?;
        }
        Ok(replaced)
    }

    fn in_file<T>(
        &mut self,
        file: DataFile,
        write: impl FnOnce(&Connection, &mut Names) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = file.path(&self.shared.directory);
        let open = self.opened(file)?;
        write(&open.connection, &mut open.names).map_err(|error| sqlite_error(&path, &error))
    }

    fn opened(&mut self, file: DataFile) -> Result<&mut OpenFile, StoreError> {
        self.uses += 1;
        let open = match self.open.entry(file) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let connection = file.open_for_writing(&self.shared.directory)?;
                self.shared.add_file(file);
                entry.insert(OpenFile { connection, names: Names::default(), last_use: 0 })
            }
        };
        open.last_use = self.uses;
        Ok(open)
    }

    /// Tells the cache what is new; from here on everybody sees it.
    fn publish(&self, batches: &[&Prepared], identity_changed: bool) {
        if identity_changed {
            self.shared.minutes.clear();
        }
        for batch in batches {
            self.shared.minutes.advance(batch.received_ms);
            for report in &batch.reports {
                let cached = CachedReport {
                    source: report.source,
                    start_ms: report.start_ms,
                    incarnation: report.incarnation,
                    numbers: Arc::clone(&report.numbers),
                    sketches: Arc::clone(&report.sketches),
                };
                self.shared.minutes.committed(&batch.account, &cached);
            }
        }
    }

    /// Closes the files that were not used for the longest time.
    fn close_unused(&mut self, used: &BTreeSet<DataFile>) {
        while self.open.len() > WRITER_FILES_OPEN_MAX {
            let idle = self.open.iter().filter(|(file, _)| !used.contains(file));
            let Some(file) = idle.min_by_key(|(_, open)| open.last_use).map(|(file, _)| *file) else {
                return;
            };
            self.open.remove(&file);
        }
    }

    fn drop_expired(&mut self, now_ms: u64) -> Result<(), StoreError> {
        let first_kept = |days: u64| now_ms.saturating_sub(days * DAY_MS) / DAY_MS;
        let expired = |file: &DataFile| match file {
            DataFile::Metrics(day) => *day < first_kept(METRICS_RETENTION_DAYS),
            DataFile::Snapshots(day) => *day < first_kept(SNAPSHOTS_RETENTION_DAYS),
            DataFile::Meta => false,
        };
        for file in self.shared.files().into_iter().filter(expired) {
            self.shared.remove_file(file);
            self.open.remove(&file);
            self.shared.minutes.clear();
            file.remove(&self.shared.directory)?;
            // Behind the removal: who opens it from here on finds nothing, who opened it before is told apart.
            self.shared.readers.forget(file);
            if let Some(folder) = file.path(&self.shared.directory).parent() {
                sync_directory(folder)?;
            }
        }
        let before_ms = now_ms.saturating_sub(METRICS_RETENTION_DAYS * DAY_MS);
        self.in_file(DataFile::Meta, |connection, _| {
            let before = |days: u64| now_ms.saturating_sub(days * DAY_MS);
            meta::drop_agents(connection, before_ms)?;
            documents::drop_deleted(connection, before(DOCUMENT_DELETED_DAYS))?;
            journal::drop_before(connection, before(EVENTS_RETENTION_DAYS), before(AUDIT_RETENTION_DAYS))
        })
    }
}

fn files_of(batches: &[&Prepared]) -> BTreeSet<DataFile> {
    let mut files = BTreeSet::new();
    for batch in batches {
        files.extend(batch.reports.iter().map(|report| DataFile::Metrics(report.day)));
        files.extend(batch.blocks.iter().map(|block| DataFile::Snapshots(block.day)));
        if !batch.changes.is_empty() {
            files.insert(DataFile::Meta);
        }
    }
    files
}
