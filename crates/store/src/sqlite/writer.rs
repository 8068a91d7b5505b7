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
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::decoded::{DecodedReport, RowKey};
use super::file::{DataFile, sqlite_error};
use super::names::Names;
use super::prepare::{Outcome, Prepared, PreparedBlock};
use super::readers::is_damage;
use super::seal::{self, Sealed};
use super::shared::Shared;
use super::{meta, metrics, room, snapshots};
use crate::StoreError;
use crate::limits::{
    GROUP_BYTES_MAX, GROUP_WAIT_MS, GROUP_WRITES_MAX, WRITE_QUEUE_MAX, WRITER_FILES_OPEN_MAX,
};

/// Answers to the changes of a batch, in their order.
type Outcomes = Vec<Outcome>;

type Reply<T> = SyncSender<Result<T, StoreError>>;

enum Command {
    Write(Prepared, Reply<Outcomes>),
    Seal(Vec<Sealed>, Reply<()>),
    DropExpired { now_ms: u64, reply: Reply<()> },
    DropMinutes { now_ms: u64, reply: Reply<()> },
    CheckFile(DataFile, Reply<()>),
    MakeSumsAgain(DataFile, Reply<()>),
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

/// The rows written, and what became of each change of each batch.
type Transacted = (Vec<(RowKey, i64)>, Vec<Outcomes>);

impl WriterHandle {
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let (commands, waiting) = sync_channel(WRITE_QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let open = BTreeMap::new();
                Writer { shared, open, uses: 0, waiting, damaged: None, bytes_since_look: 0 }.run();
            })
            .map_err(|error| StoreError::Unavailable(format!("cannot start the writing thread: {error}")))?;
        Ok(Self { commands, thread: Some(thread) })
    }

    pub(super) fn write(&self, prepared: Prepared) -> Result<Outcomes, StoreError> {
        self.ask(|reply| Command::Write(prepared, reply))
    }

    /// Puts packed hours in their places.
    pub(super) fn seal(&self, sealed: Vec<Sealed>) -> Result<(), StoreError> {
        self.ask(|reply| Command::Seal(sealed, reply))
    }

    /// Drops what is expired, but for minutes.
    pub(super) fn drop_expired(&self, now_ms: u64) -> Result<(), StoreError> {
        self.ask(|reply| Command::DropExpired { now_ms, reply })
    }

    /// Drops minutes that are expired and added up.
    pub(super) fn drop_minutes(&self, now_ms: u64) -> Result<(), StoreError> {
        self.ask(|reply| Command::DropMinutes { now_ms, reply })
    }

    /// Looks through a file a reader could not read, and puts it aside when it is damaged.
    pub(super) fn check_file(&self, file: DataFile) -> Result<(), StoreError> {
        self.ask(|reply| Command::CheckFile(file, reply))
    }

    /// Has the sums of a lost file made again.
    pub(super) fn make_sums_again(&self, lost: DataFile) -> Result<(), StoreError> {
        self.ask(|reply| Command::MakeSumsAgain(lost, reply))
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

pub(super) struct OpenFile {
    connection: Connection,
    names: Names,
    last_use: u64,
}

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) open: BTreeMap<DataFile, OpenFile>,
    uses: u64,
    waiting: Receiver<Command>,
    /// The file that turned out to be damaged in a commit that failed, and how.
    damaged: Option<(DataFile, String)>,
    /// Bytes written since the directory was measured.
    pub(super) bytes_since_look: u64,
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
                Some(Command::Seal(sealed, reply)) => drop(reply.send(self.seal(&sealed))),
                Some(Command::DropExpired { now_ms, reply }) => drop(reply.send(self.drop_expired(now_ms))),
                Some(Command::DropMinutes { now_ms, reply }) => drop(reply.send(self.drop_minutes(now_ms))),
                Some(Command::CheckFile(file, reply)) => drop(reply.send(self.check_file(file))),
                Some(Command::MakeSumsAgain(file, reply)) => drop(reply.send(self.make_sums_again(file))),
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

    fn write_group(&mut self, mut group: Group) {
        group.batches.iter_mut().for_each(|batch| self.leave_out_what_is_late(batch));
        let batches: Vec<&Prepared> = group.batches.iter().collect();
        let mut answer = self.commit(&batches);
        // The file of a day that turns out to be damaged is put aside, and the day goes on with another one.
        if answer.is_err()
            && let Some((file, reason)) = self.damaged.take()
            && file != DataFile::Meta
            && self.put_aside(file, &reason).is_ok()
        {
            answer = self.commit(&batches);
        }
        self.shared.counters.note_write(answer.as_ref().err());
        match answer {
            Ok(outcomes) => group.replies.iter().zip(outcomes).for_each(|(reply, outcomes)| {
                let _ = reply.send(Ok(outcomes));
            }),
            Err(error) if batches.len() == 1 => {
                let _ = group.replies[0].send(Err(error));
            }
            // One of them may be at fault (its day's file is damaged, say): each for itself.
            Err(_) => batches.iter().zip(&group.replies).for_each(|(batch, reply)| {
                let answer = self.commit(&[batch]);
                let _ = reply.send(answer.map(|outcomes| outcomes.into_iter().flatten().collect()));
            }),
        }
        self.keep_below_limit_now_and_then(group.bytes as u64);
    }

    /// What belongs to a day that was dropped would be counted without the rest of that day.
    fn leave_out_what_is_late(&self, batch: &mut Prepared) {
        let counters = &self.shared.counters;
        let minutes_from = self.shared.minutes_from.load(Ordering::Relaxed);
        let snapshots_from = self.shared.snapshots_from.load(Ordering::Relaxed);
        let reports = batch.reports.len();
        batch.reports.retain(|report| report.day >= minutes_from);
        let late = reports - batch.reports.len();
        counters.reports_late.fetch_add(late as u64, Ordering::Relaxed);
        let segments = |blocks: &[PreparedBlock]| blocks.iter().map(|block| block.rows.len()).sum::<usize>();
        let before = segments(&batch.blocks);
        batch.blocks.retain(|block| block.archive || block.day >= snapshots_from);
        let late = before - segments(&batch.blocks);
        counters.segments_late.fetch_add(late as u64, Ordering::Relaxed);
    }

    /// Answers the outcomes of each batch.
    fn commit(&mut self, batches: &[&Prepared]) -> Result<Vec<Outcomes>, StoreError> {
        room::check(&self.shared.directory, batches.iter().map(|batch| batch.bytes()).sum())?;
        let mut files = files_of(batches);
        if batches.iter().any(|batch| batch.archive.is_some()) {
            let of_snapshots = |file: &DataFile| matches!(file, DataFile::Snapshots(_) | DataFile::Archive);
            files.extend(self.shared.files().into_iter().filter(of_snapshots));
        }
        let answer = self.transact(&files, batches);
        if batches.iter().any(|batch| !batch.sums.is_empty()) {
            self.shared.windows.forget_sums();
        }
        let outcomes = match answer {
            Ok((written, outcomes)) => {
                self.remember(batches, &written);
                outcomes
            }
            Err(error) => {
                // Whatever state a connection is in now, closing it rolls back; the next write opens anew.
                for file in &files {
                    self.open.remove(file);
                }
                return Err(error);
            }
        };
        self.close_unused(&files);
        Ok(outcomes)
    }

    fn transact(
        &mut self,
        files: &BTreeSet<DataFile>,
        batches: &[&Prepared],
    ) -> Result<Transacted, StoreError> {
        self.begin(files)?;
        let mut written = Vec::new();
        let mut outcomes = Vec::new();
        for batch in batches {
            self.apply(batch, &mut written)?;
            let of_batch = batch.changes.iter().map(|change| {
                self.in_file(DataFile::Meta, |connection, names| {
                    meta::write(connection, names, &batch.account, change)
                })
            });
            outcomes.push(of_batch.collect::<Result<_, _>>()?);
        }
        self.commit_files(files)?;
        Ok((written, outcomes))
    }

    fn begin(&mut self, files: &BTreeSet<DataFile>) -> Result<(), StoreError> {
        files.iter().try_for_each(|file| {
            self.in_file(*file, |connection, _| connection.execute_batch("BEGIN IMMEDIATE"))
        })
    }

    /// Commits file by file; everything is in their logs before the first of them.
    fn commit_files(&mut self, files: &BTreeSet<DataFile>) -> Result<(), StoreError> {
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
        Ok(())
    }

    /// Puts the numbers and segments of a batch into the open transactions. Collects rows and versions of reports.
    fn apply(&mut self, batch: &Prepared, written: &mut Vec<(RowKey, i64)>) -> Result<(), StoreError> {
        for report in &batch.reports {
            written.push(self.in_file(DataFile::Metrics(report.day), |connection, names| {
                metrics::write(connection, names, &batch.account, report)
            })?);
        }
        for sums in &batch.sums {
            self.in_file(sums.file, |connection, names| {
                seal::import_sums(connection, names, &batch.account, sums)
            })?;
        }
        for block in &batch.blocks {
            self.in_file(block.file(), |connection, names| {
                snapshots::write(connection, names, &batch.account, block)
            })?;
        }
        let Some((guid, archived)) = batch.archive else { return Ok(()) };
        if !archived && self.shared.has(DataFile::Archive) {
            self.in_file(DataFile::Archive, |connection, _| {
                snapshots::delete(connection, &batch.account, guid)
            })?;
        }
        for file in self.shared.files() {
            if matches!(file, DataFile::Snapshots(_)) {
                self.in_file(file, |connection, _| {
                    snapshots::mark_archived(connection, &batch.account, guid, archived)
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn in_file<T>(
        &mut self,
        file: DataFile,
        write: impl FnOnce(&Connection, &mut Names) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = file.path(&self.shared.directory);
        let open = self.opened(file)?;
        let answer = write(&open.connection, &mut open.names)
            .map_err(|error| (sqlite_error(&path, &error), is_damage(&error)));
        answer.map_err(|(error, is_damaged)| {
            if is_damaged {
                self.damaged = Some((file, error.to_string()));
            }
            error
        })
    }

    fn opened(&mut self, file: DataFile) -> Result<&mut OpenFile, StoreError> {
        self.uses += 1;
        let open = match self.open.entry(file) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let connection = file.open_for_writing(&self.shared.directory, &self.shared.options)?;
                self.shared.add_file(file);
                entry.insert(OpenFile { connection, names: Names::default(), last_use: 0 })
            }
        };
        open.last_use = self.uses;
        Ok(open)
    }

    /// Keeps what was just written, decoded as it is; everybody sees it already.
    fn remember(&self, batches: &[&Prepared], written: &[(RowKey, i64)]) {
        let reports = batches.iter().flat_map(|batch| &batch.reports);
        for (report, (row, version)) in reports.zip(written) {
            let decoded = DecodedReport {
                start_ms: report.start_ms,
                numbers: Arc::clone(&report.numbers),
                sketches: Arc::clone(&report.sketches),
            };
            self.shared.decoded.put(*row, *version, decoded);
        }
        for batch in batches {
            self.shared.decoded.advance(batch.received_ms);
        }
    }

    /// Puts packed hours in their places: sums first, what makes them count last.
    fn seal(&mut self, sealed: &[Sealed]) -> Result<(), StoreError> {
        room::check(&self.shared.directory, sealed.iter().map(Sealed::bytes).sum())?;
        let mut current = Vec::new();
        for one in sealed {
            let minutes = DataFile::Metrics(one.day);
            if self.in_file(minutes, |connection, _| seal::is_current(connection, one))? {
                current.push(one);
            }
        }
        let sums: BTreeSet<DataFile> =
            current.iter().flat_map(|one| [DataFile::Tens(one.day), DataFile::hours_of(one.day)]).collect();
        let minutes: BTreeSet<DataFile> = current.iter().map(|one| DataFile::Metrics(one.day)).collect();
        let answer = self.write_sealed(&current, &sums, &minutes);
        if answer.is_err() {
            for file in sums.iter().chain(&minutes) {
                self.open.remove(file);
            }
        }
        self.close_unused(&minutes);
        self.keep_below_limit_now_and_then(sealed.iter().map(|one| one.bytes() as u64).sum());
        answer
    }

    fn write_sealed(
        &mut self,
        sealed: &[&Sealed],
        sums: &BTreeSet<DataFile>,
        minutes: &BTreeSet<DataFile>,
    ) -> Result<(), StoreError> {
        self.begin(sums)?;
        for one in sealed {
            for file in [DataFile::Tens(one.day), DataFile::hours_of(one.day)] {
                self.in_file(file, |connection, names| seal::write_sums(connection, names, file, one))?;
            }
        }
        let answer = self.commit_files(sums);
        let hours: Vec<u64> = sealed.iter().map(|one| one.day * 24 + one.unit.0 as u64).collect();
        self.shared.windows.forget_hours(&hours);
        answer?;
        self.begin(minutes)?;
        for one in sealed {
            self.in_file(DataFile::Metrics(one.day), |connection, _| seal::write_chunks(connection, one))?;
        }
        self.commit_files(minutes)
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
}

fn files_of(batches: &[&Prepared]) -> BTreeSet<DataFile> {
    let mut files = BTreeSet::new();
    for batch in batches {
        files.extend(batch.reports.iter().map(|report| DataFile::Metrics(report.day)));
        files.extend(batch.sums.iter().map(|sums| sums.file));
        files.extend(batch.blocks.iter().map(PreparedBlock::file));
        if !batch.changes.is_empty() {
            files.insert(DataFile::Meta);
        }
    }
    files
}
