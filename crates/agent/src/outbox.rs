//! Batches on their way: in memory while the controller answers, on disk as soon as it does not.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use tierline_model::Incarnation;

use crate::batch::{Batch, BatchKind};
use crate::limits::OUTBOX_BYTES_MAX;
use crate::spool::{Dropped, Spool};

/// Batches that were not delivered yet.
#[derive(Debug, Default)]
pub struct Outbox {
    metrics: VecDeque<Batch>,
    snapshots: VecDeque<Batch>,
    bytes: usize,
    place: Option<SpoolPlace>,
    spool: Option<Spool>,
    /// What is wrong with the spool.
    pub warning: Option<String>,
}

/// Where the spool is to be opened.
#[derive(Clone, Debug)]
pub struct SpoolPlace {
    /// Its directory.
    pub directory: PathBuf,
    /// Whose it is.
    pub incarnation: Incarnation,
    /// Its bound.
    pub bytes_max: u64,
}

impl Outbox {
    /// An outbox whose spool is opened when it is first needed; `None` works from memory alone.
    #[must_use]
    pub fn new(place: Option<SpoolPlace>) -> Self {
        Self { place, ..Self::default() }
    }

    /// Puts a batch at the end. Answers what had to go: the oldest snapshots first.
    pub fn push(&mut self, batch: Batch) -> Dropped {
        self.bytes += batch.body.len();
        self.queue(batch.kind).push_back(batch);
        let mut dropped = Dropped::default();
        while self.bytes > OUTBOX_BYTES_MAX && self.metrics.len() + self.snapshots.len() > 1 {
            let oldest = self.snapshots.pop_front().or_else(|| self.metrics.pop_front());
            let Some(oldest) = oldest else { break };
            self.bytes = self.bytes.saturating_sub(oldest.body.len());
            count(&mut dropped, &oldest);
        }
        dropped
    }

    fn queue(&mut self, kind: BatchKind) -> &mut VecDeque<Batch> {
        match kind {
            BatchKind::Metrics => &mut self.metrics,
            BatchKind::Snapshots => &mut self.snapshots,
        }
    }

    /// The oldest batch in memory, numbers first. It stays until [`Outbox::pop`].
    #[must_use]
    pub fn front(&self) -> Option<Batch> {
        self.metrics.front().or_else(|| self.snapshots.front()).cloned()
    }

    /// Removes a batch that is delivered, unless it left already.
    pub fn pop(&mut self, batch: &Batch) {
        let queue = self.queue(batch.kind);
        let is_front = queue.front().is_some_and(|front| Arc::ptr_eq(&front.body, &batch.body));
        if is_front {
            queue.pop_front();
            self.bytes = self.bytes.saturating_sub(batch.body.len());
        }
    }

    /// Whether nothing is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.metrics.is_empty() && self.snapshots.is_empty()
    }

    /// Bytes in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes on disk.
    #[must_use]
    pub fn spool_bytes(&self) -> u64 {
        self.spool.as_ref().map_or(0, Spool::bytes)
    }

    /// Opens the spool if it can be opened.
    pub fn spool(&mut self) -> Option<&mut Spool> {
        if self.spool.is_none()
            && let Some(place) = self.place.take()
        {
            match Spool::open(&place.directory, place.incarnation, place.bytes_max) {
                Ok(spool) => self.spool = Some(spool),
                Err(error) => {
                    self.warning = Some(format!(
                        "the spool {} cannot be used ({error}); what the controller does not take is kept in memory \
                         only: make the directory writable or set [agent] dir",
                        place.directory.display()
                    ));
                }
            }
        }
        self.spool.as_mut()
    }

    /// Changes the bound of the spool.
    pub fn set_spool_bytes_max(&mut self, bytes_max: u64) {
        if let Some(place) = &mut self.place {
            place.bytes_max = bytes_max;
        }
        if let Some(spool) = &mut self.spool {
            spool.set_bytes_max(bytes_max);
        }
    }

    /// Moves what is in memory to disk, as far as that works. Answers what had to go for it.
    pub fn spool_all(&mut self) -> Dropped {
        let mut dropped = Dropped::default();
        while let Some(batch) = self.front() {
            let Some(spool) = self.spool() else { return dropped };
            match spool.push(&batch) {
                Ok(more) => {
                    dropped.snapshots += more.snapshots;
                    dropped.metrics += more.metrics;
                    self.pop(&batch);
                    self.warning = None;
                }
                Err(error) => {
                    self.warning = Some(format!(
                        "the spool cannot be written ({error}); what the controller does not take is kept in memory: \
                         check the disk"
                    ));
                    return dropped;
                }
            }
        }
        dropped
    }

    /// Closes the spool and gives up what is in memory; answers that.
    pub fn close(&mut self) -> Dropped {
        let mut dropped = Dropped::default();
        for batch in self.metrics.drain(..).chain(self.snapshots.drain(..)) {
            count(&mut dropped, &batch);
        }
        self.bytes = 0;
        self.place = None;
        self.spool = None;
        dropped
    }
}

fn count(dropped: &mut Dropped, batch: &Batch) {
    match batch.kind {
        BatchKind::Metrics => dropped.metrics += u64::from(batch.items),
        BatchKind::Snapshots => dropped.snapshots += u64::from(batch.items),
    }
}
