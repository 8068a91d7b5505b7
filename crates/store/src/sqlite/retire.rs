//! The writer's part in dropping: what is expired, what there is no room for, what is damaged.

use std::sync::atomic::{AtomicU64, Ordering};

use super::file::{DAY_MS, DataFile, sync_directory};
use super::writer::Writer;
use super::{documents, journal, meta, quarantine, room};
use crate::StoreError;
use crate::limits::{DOCUMENT_DELETED_DAYS, LIMIT_RESERVE_BYTES, MINUTES_NOT_ADDED_UP_DAYS};

/// Names in the table `state` of `meta.db`.
const MINUTES_FROM: &str = "minutes_from_day";
const SNAPSHOTS_FROM: &str = "snapshots_from_day";

impl Writer {
    /// Removes a file for good.
    fn remove(&mut self, file: DataFile) -> Result<(), StoreError> {
        // First, so that what comes for it from here on is too late.
        match file {
            DataFile::Metrics(day) => self.raise(MINUTES_FROM, day + 1)?,
            DataFile::Snapshots(day) => self.raise(SNAPSHOTS_FROM, day + 1)?,
            _ => {}
        }
        self.shared.remove_file(file);
        self.open.remove(&file);
        file.remove(&self.shared.directory)?;
        // Behind the removal: who opens it from here on finds nothing, who opened it before is told apart.
        self.shared.readers.forget(file);
        self.shared.windows.forget_sums();
        match file.path(&self.shared.directory).parent() {
            Some(folder) => sync_directory(folder),
            None => Ok(()),
        }
    }

    fn raise(&mut self, name: &'static str, day: u64) -> Result<(), StoreError> {
        if mark(&self.shared, name).load(Ordering::Relaxed) >= day {
            return Ok(());
        }
        self.in_file(DataFile::Meta, |connection, _| meta::set_state(connection, name, day))?;
        mark(&self.shared, name).store(day, Ordering::Relaxed);
        Ok(())
    }

    /// Drops what is expired, but for minutes.
    pub(super) fn drop_expired(&mut self, now_ms: u64) -> Result<(), StoreError> {
        let keep = self.shared.options.retention;
        let first_kept = |days: u64| now_ms.saturating_sub(days * DAY_MS) / DAY_MS;
        for file in self.shared.files() {
            let expired = match file {
                DataFile::Tens(day) => day < first_kept(keep.tens_days.max(keep.minutes_days)),
                DataFile::Hours(_) => file
                    .day_behind()
                    .is_some_and(|behind| behind <= first_kept(keep.hours_days.max(keep.tens_days))),
                DataFile::Snapshots(day) => day < first_kept(keep.snapshots_days),
                DataFile::Metrics(_) | DataFile::Archive | DataFile::Meta => false,
            };
            if expired {
                self.remove(file)?;
            }
        }
        self.keep_below_limit()?;
        let before = |days: u64| now_ms.saturating_sub(days * DAY_MS);
        self.in_file(DataFile::Meta, |connection, _| {
            meta::drop_agents(connection, before(keep.minutes_days))?;
            documents::drop_deleted(connection, before(DOCUMENT_DELETED_DAYS))?;
            journal::drop_before(connection, before(keep.events_days), before(keep.audit_days))
        })
    }

    /// Drops minutes that are expired and added up.
    pub(super) fn drop_minutes(&mut self, now_ms: u64) -> Result<(), StoreError> {
        let days = self.shared.options.retention.minutes_days;
        let first_kept = now_ms.saturating_sub(days * DAY_MS) / DAY_MS;
        for file in self.shared.files() {
            let DataFile::Metrics(day) = file else { continue };
            if day >= first_kept {
                continue;
            }
            let is_added_up = self.is_added_up(file)?;
            if is_added_up || day + MINUTES_NOT_ADDED_UP_DAYS < first_kept {
                self.remove(file)?;
            }
        }
        Ok(())
    }

    fn is_added_up(&mut self, minutes: DataFile) -> Result<bool, StoreError> {
        self.in_file(minutes, |connection, _| {
            connection.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM report INDEXED BY report_version) \
                 AND NOT EXISTS (SELECT 1 FROM stale)",
                [],
                |row| row.get(0),
            )
        })
    }

    /// Measures when a noticeable part of the limit was written.
    pub(super) fn keep_below_limit_now_and_then(&mut self, bytes: u64) {
        let Some(max) = self.shared.options.bytes_max else { return };
        self.bytes_since_look = self.bytes_since_look.saturating_add(bytes);
        if self.bytes_since_look > max / 200 {
            let answer = self.keep_below_limit();
            if answer.is_err() {
                self.shared.counters.note_upkeep(answer.err());
            }
        }
    }

    /// Drops the oldest snapshots, then the oldest minutes, then the oldest ten-minute sums, until there is room.
    fn keep_below_limit(&mut self) -> Result<(), StoreError> {
        let Some(max) = self.shared.options.bytes_max else { return Ok(()) };
        self.bytes_since_look = 0;
        // What is being written, and the log of what is being dropped, come on top.
        let high = max / 100 * 97 - LIMIT_RESERVE_BYTES.min(max / 32);
        let low = high - max / 100 * 3;
        loop {
            let bytes = room::bytes_of(&self.shared.directory)?;
            if bytes <= high {
                return Ok(());
            }
            let files = self.shared.files();
            let oldest = |wanted: fn(&DataFile) -> bool| files.iter().copied().find(wanted);
            let snapshots = files.iter().filter(|file| matches!(file, DataFile::Snapshots(_))).count();
            if let Some(file) = oldest(|file| matches!(file, DataFile::Snapshots(_))) {
                if snapshots > 1 {
                    self.drop_snapshots(file)?;
                    continue;
                }
                if self.trim_snapshots(file, bytes - low, max)? > 0 {
                    continue;
                }
            }
            let today = files.iter().filter(|file| matches!(file, DataFile::Metrics(_))).max().copied();
            let minutes =
                oldest(|file| matches!(file, DataFile::Metrics(_))).filter(|file| Some(*file) != today);
            let Some(file) = minutes.or_else(|| oldest(|file| matches!(file, DataFile::Tens(_)))) else {
                return Ok(());
            };
            self.remove(file)?;
            self.shared.counters.metric_days_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn drop_snapshots(&mut self, file: DataFile) -> Result<(), StoreError> {
        let segments: i64 = self.in_file(file, |connection, _| {
            connection.query_row("SELECT count(*) FROM segment", [], |row| row.get(0))
        })?;
        self.remove(file)?;
        self.shared.counters.segments_dropped.fetch_add(segments.max(0) as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Drops about so many bytes of the only file of snapshots. Answers how many segments.
    fn trim_snapshots(&mut self, file: DataFile, bytes: u64, limit_bytes: u64) -> Result<u64, StoreError> {
        let of_file =
            std::fs::metadata(file.path(&self.shared.directory)).map_or(0, |metadata| metadata.len());
        let share = bytes as f64 / of_file.max(1) as f64;
        let dropped = self.in_file(file, |connection, _| room::trim(connection, share, limit_bytes))?;
        self.shared.counters.segments_dropped.fetch_add(dropped, Ordering::Relaxed);
        Ok(dropped)
    }

    /// Puts a damaged file aside; its place is free from here on.
    pub(super) fn put_aside(&mut self, file: DataFile, reason: &str) -> Result<(), StoreError> {
        self.open.remove(&file);
        self.shared.remove_file(file);
        let moved = quarantine::put_aside(file, &self.shared.directory, reason)?;
        self.shared.readers.forget(file);
        self.shared.counters.note_quarantined(moved);
        let answer = self.make_sums_again(file);
        self.shared.windows.forget_sums();
        answer
    }

    /// Sums that were lost are made again of the minutes that are there.
    pub(super) fn make_sums_again(&mut self, lost: DataFile) -> Result<(), StoreError> {
        if !matches!(lost, DataFile::Tens(_) | DataFile::Hours(_)) {
            return Ok(());
        }
        let (Some(first), Some(behind)) = (lost.day(), lost.day_behind()) else { return Ok(()) };
        for file in self.shared.files() {
            if let DataFile::Metrics(day) = file
                && (first..behind).contains(&day)
            {
                self.in_file(file, |connection, _| quarantine::make_sums_again(connection))?;
            }
        }
        Ok(())
    }

    /// Looks through a file a reader could not read.
    pub(super) fn check_file(&mut self, file: DataFile) -> Result<(), StoreError> {
        if file == DataFile::Meta || !self.shared.has(file) {
            return Ok(());
        }
        let verdict = self.in_file(file, |connection, _| {
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
        });
        match verdict {
            Ok(text) if text == "ok" => Ok(()),
            Ok(text) => self.put_aside(file, &format!("it is damaged: {text}")),
            Err(StoreError::Damaged(reason)) => self.put_aside(file, &reason),
            Err(error) => Err(error),
        }
    }
}

fn mark<'s>(shared: &'s super::shared::Shared, name: &str) -> &'s AtomicU64 {
    if name == MINUTES_FROM { &shared.minutes_from } else { &shared.snapshots_from }
}

/// What was dropped before this store was opened.
pub(super) fn read_marks(shared: &super::shared::Shared) -> Result<(), StoreError> {
    for name in [MINUTES_FROM, SNAPSHOTS_FROM] {
        let day = shared.readers.with(DataFile::Meta, |connection| meta::state(connection, name))?.flatten();
        mark(shared, name).store(day.unwrap_or(0), Ordering::Relaxed);
    }
    Ok(())
}
