//! What could not be delivered, on disk: bounded, crash-safe, and taken over by a later process when its owner is
//! gone.
//!
//! All processes that report the same application to the same place share a directory. Each appends frames to
//! files of its own, one series per kind of batch, and holds `<incarnation>.lock` while it lives. The files' names
//! begin with the time of their first batch, so names in order are batches in order. When space is short the oldest
//! snapshots go first, whoever wrote them, and numbers last.
//!
//! A frame delivered twice (after a crash between delivery and removal) changes nothing at the controller.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tierline_model::Incarnation;

use crate::batch::{Batch, BatchKind};
use crate::file_lock::FileLock;
use crate::limits::{SPOOL_FILE_BYTES_MAX, SPOOL_FILES_MAX};
use crate::live_incarnations;
use crate::spool_file::SpoolFile;
use crate::spool_frame;

/// What had to go to make room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Dropped {
    /// Snapshots.
    pub snapshots: u64,
    /// Intervals of numbers.
    pub metrics: u64,
}

impl Dropped {
    fn count(&mut self, kind: BatchKind, items: u64) {
        match kind {
            BatchKind::Metrics => self.metrics += items,
            BatchKind::Snapshots => self.snapshots += items,
        }
    }
}

/// One process's part of the spool, and what it took over.
#[derive(Debug)]
pub struct Spool {
    directory: PathBuf,
    incarnation: String,
    bytes_max: u64,
    files_made: u32,
    writing: Vec<Writing>,
    reading: Option<Reading>,
    /// Our own first, then those of owners that are gone.
    locks: Vec<FileLock>,
    owners: BTreeSet<String>,
    bytes: u64,
    files: usize,
}

#[derive(Debug)]
struct Writing {
    kind: BatchKind,
    path: PathBuf,
    file: File,
    bytes: u64,
}

#[derive(Debug)]
struct Reading {
    path: PathBuf,
    file: File,
    /// Where the frame begins that was read last.
    frame_at: u64,
    batch: Batch,
}

impl Spool {
    /// Opens the spool of `incarnation` in `directory`, made when it is not there.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn open(directory: &Path, incarnation: Incarnation, bytes_max: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let incarnation = incarnation.to_string();
        let lock = FileLock::try_lock(&directory.join(format!("{incarnation}.lock")))?
            .ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
        live_incarnations::add(&incarnation);
        Ok(Self {
            directory: directory.to_owned(),
            owners: BTreeSet::from([incarnation.clone()]),
            incarnation,
            bytes_max,
            files_made: 0,
            writing: Vec::new(),
            reading: None,
            locks: vec![lock],
            bytes: 0,
            files: 0,
        })
    }

    /// Changes the bound on the directory's size.
    pub fn set_bytes_max(&mut self, bytes_max: u64) {
        self.bytes_max = bytes_max;
    }

    /// Bytes waiting here that this process will deliver.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes over what processes left that are gone. To be called now and then.
    pub fn adopt(&mut self) {
        let (files, locks) = self.listing();
        let mut candidates: BTreeSet<String> = files.into_iter().map(|file| file.owner).collect();
        candidates.extend(locks);
        for owner in candidates {
            if self.owners.contains(&owner) || live_incarnations::contains(&owner) {
                continue;
            }
            if let Ok(Some(lock)) = FileLock::try_lock(&self.directory.join(format!("{owner}.lock"))) {
                self.locks.push(lock);
                self.owners.insert(owner);
            }
        }
        self.recount();
    }

    /// Puts a batch at the end. Answers what had to go for it; the batch itself when nothing else could.
    ///
    /// # Errors
    /// When it cannot be written; then the batch is not in the spool.
    pub fn push(&mut self, batch: &Batch) -> io::Result<Dropped> {
        let mut dropped = Dropped::default();
        let Some(frame) = spool_frame::encode(batch) else {
            dropped.count(batch.kind, u64::from(batch.items));
            return Ok(dropped);
        };
        if !self.make_room(frame.len() as u64, batch.kind, &mut dropped) {
            dropped.count(batch.kind, u64::from(batch.items));
            return Ok(dropped);
        }
        let before = self.writing(batch)?.bytes;
        let writing = self.writing(batch)?;
        if let Err(error) = writing.file.write_all(&frame) {
            // Half a frame must not hide what comes behind it.
            let _ = writing.file.set_len(before);
            let kind = batch.kind;
            self.writing.retain(|writing| writing.kind != kind);
            return Err(error);
        }
        writing.bytes += frame.len() as u64;
        self.bytes += frame.len() as u64;
        Ok(dropped)
    }

    /// The file batches of this kind are appended to at the moment.
    fn writing(&mut self, batch: &Batch) -> io::Result<&mut Writing> {
        let file_bytes_max = SPOOL_FILE_BYTES_MAX.min(self.bytes_max / 16).max(1);
        // Another process may have dropped the file for want of space.
        self.writing.retain(|w| w.kind != batch.kind || (w.bytes < file_bytes_max && w.path.exists()));
        let index = match self.writing.iter().position(|writing| writing.kind == batch.kind) {
            Some(index) => index,
            None => {
                self.files_made += 1;
                let name = SpoolFile::name(batch.created_ms, &self.incarnation, self.files_made, batch.kind);
                let path = self.directory.join(name);
                let file = OpenOptions::new().create_new(true).append(true).mode(0o600).open(&path)?;
                self.writing.push(Writing { kind: batch.kind, path, file, bytes: 0 });
                self.files += 1;
                self.writing.len() - 1
            }
        };
        self.writing.get_mut(index).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    /// Drops the oldest files until `bytes` more fit. Numbers never go for snapshots.
    fn make_room(&mut self, bytes: u64, kind: BatchKind, dropped: &mut Dropped) -> bool {
        if bytes > self.bytes_max {
            return false;
        }
        let (mut files, _) = self.listing();
        let mut used: u64 = files.iter().map(|file| file.bytes).sum();
        // Snapshots before numbers, and old before young; to be taken from the end.
        files.sort_by(|a, b| (a.kind, &b.name).cmp(&(b.kind, &a.name)));
        let mut count = files.len();
        while used + bytes > self.bytes_max || count >= SPOOL_FILES_MAX {
            let Some(victim) = files.pop() else { break };
            if kind == BatchKind::Snapshots && victim.kind == BatchKind::Metrics {
                return false;
            }
            used = used.saturating_sub(victim.bytes);
            count -= 1;
            let items = self.remove(&self.directory.join(&victim.name));
            dropped.count(victim.kind, items);
        }
        used + bytes <= self.bytes_max
    }

    /// Removes a file and says how many items in it were not delivered.
    fn remove(&mut self, path: &Path) -> u64 {
        let mut frame_at = 0;
        if let Some(reading) = self.reading.take_if(|reading| reading.path == path) {
            frame_at = reading.frame_at;
        }
        self.writing.retain(|writing| writing.path != path);
        let items = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(frame_at))?;
            Ok(spool_frame::count_items(&mut file))
        });
        // When it cannot be removed its space is not won: the next look at the directory shows it.
        let _ = fs::remove_file(path);
        self.recount();
        items.unwrap_or(0)
    }

    /// The oldest batch, numbers before snapshots; the same one until [`Spool::done`] is called.
    pub fn next(&mut self) -> Option<Batch> {
        if let Some(reading) = &self.reading {
            // Unless another process dropped it for want of space.
            if reading.path.exists() {
                return Some(reading.batch.clone());
            }
            self.reading = None;
        }
        if self.files == 0 {
            return None;
        }
        let (mut files, _) = self.listing();
        files.retain(|file| self.owners.contains(&file.owner));
        files.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        for file in files {
            let path = self.directory.join(&file.name);
            // No more is appended to a file that is read.
            self.writing.retain(|writing| writing.path != path);
            match File::open(&path) {
                Ok(opened) => self.read_on(path, opened),
                Err(_) => continue,
            }
            if let Some(reading) = &self.reading {
                return Some(reading.batch.clone());
            }
        }
        self.release_owners();
        None
    }

    /// Reads the next frame; at the end of its file, or where it is damaged, removes the file.
    fn read_on(&mut self, path: PathBuf, mut file: File) {
        let frame_at = file.stream_position().unwrap_or(0);
        match spool_frame::read(&mut file) {
            Ok(Some(batch)) => self.reading = Some(Reading { path, file, frame_at, batch }),
            Ok(None) | Err(_) => {
                // When it cannot be removed it is read again: sent twice, which changes nothing.
                let _ = fs::remove_file(&path);
                self.recount();
            }
        }
    }

    /// The batch that [`Spool::next`] answered is delivered, or refused for good.
    pub fn done(&mut self) {
        if let Some(Reading { path, file, .. }) = self.reading.take() {
            self.read_on(path, file);
        }
    }

    /// Everything of the owners that are gone is delivered: their locks may go.
    fn release_owners(&mut self) {
        if let Some(ours) = (!self.locks.is_empty()).then(|| self.locks.remove(0)) {
            self.locks.drain(..).for_each(FileLock::remove);
            self.locks.push(ours);
        }
        self.owners = BTreeSet::from([self.incarnation.clone()]);
        self.recount();
    }

    fn recount(&mut self) {
        let (mut files, _) = self.listing();
        files.retain(|file| self.owners.contains(&file.owner));
        self.bytes = files.iter().map(|file| file.bytes).sum();
        self.files = files.len();
    }

    /// The files of all processes, and the owners that have a lock file.
    fn listing(&self) -> (Vec<SpoolFile>, Vec<String>) {
        let mut files = Vec::new();
        let mut locks = Vec::new();
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        for entry in entries {
            let name: OsString = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if let Some(owner) = name.strip_suffix(".lock") {
                locks.push(owner.to_owned());
            } else if let (Some(mut file), Ok(metadata)) = (SpoolFile::parse(name), entry.metadata()) {
                file.bytes = metadata.len();
                files.push(file);
            }
        }
        (files, locks)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        live_incarnations::remove(&self.incarnation);
        self.reading = None;
        self.recount();
        // With nothing left behind, the lock files are not needed either.
        let (files, _) = self.listing();
        for lock in self.locks.drain(..) {
            let owner = lock.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if files.iter().all(|file| file.owner != owner) {
                lock.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests;
