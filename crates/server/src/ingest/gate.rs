//! How much may come in at one time. Reading a body takes memory only, which is counted as it arrives; a place among
//! those that are decoded and written is taken when the whole body is there, in turns between accounts. So slow
//! senders hold nothing that quick ones need.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::fair_queue::{FairQueue, Turn};
use crate::ingest::IngestError;
use crate::limits::{
    BODY_READ_TIMEOUT_S, INGEST_READERS_MAX, INGEST_REQUESTS_MAX, INGEST_WAIT_MAX_MS,
    INGEST_WAITING_PER_ACCOUNT_MAX,
};

/// The gate.
pub struct Gate {
    turns: Arc<FairQueue>,
    shares: Arc<Shares>,
    decoders: Arc<FairQueue>,
}

/// What is held, together and by account.
struct Shares {
    memory_bytes_max: usize,
    readers_max: usize,
    memory_bytes: AtomicUsize,
    readers: AtomicUsize,
    by_account: Mutex<HashMap<Arc<str>, Share>>,
}

#[derive(Clone, Copy, Default)]
struct Share {
    memory_bytes: usize,
    readers: usize,
}

impl Gate {
    /// A gate for so many bytes.
    #[must_use]
    pub fn new(memory_bytes_max: usize) -> Self {
        let wait_max = Duration::from_millis(INGEST_WAIT_MAX_MS);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            turns: FairQueue::new(INGEST_REQUESTS_MAX, INGEST_WAITING_PER_ACCOUNT_MAX, wait_max),
            shares: Arc::new(Shares {
                memory_bytes_max,
                readers_max: INGEST_READERS_MAX,
                memory_bytes: AtomicUsize::new(0),
                readers: AtomicUsize::new(0),
                by_account: Mutex::default(),
            }),
            // Whoever has a turn gets here sooner or later: the wait is for the others with a turn.
            decoders: FairQueue::new(
                processors,
                INGEST_REQUESTS_MAX,
                Duration::from_secs(BODY_READ_TIMEOUT_S),
            ),
        }
    }

    /// Begins to read a request of an account.
    ///
    /// # Errors
    /// [`IngestError::Overloaded`] when too many are being read.
    pub fn enter(&self, account: &Arc<str>) -> Result<Visit, IngestError> {
        let shares = &self.shares;
        let mut by_account = shares.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        let share = by_account.entry(Arc::clone(account)).or_default();
        let readers = shares.readers.load(Ordering::Relaxed);
        if readers >= shares.readers_max || share.readers >= share_of(shares.readers_max) {
            return Err(IngestError::Overloaded);
        }
        share.readers += 1;
        shares.readers.fetch_add(1, Ordering::Relaxed);
        Ok(Visit { shares: Arc::clone(shares), account: Arc::clone(account), held_bytes: 0 })
    }

    /// Waits for a turn to decode and write.
    ///
    /// # Errors
    /// [`IngestError::Overloaded`] when it does not come soon.
    pub async fn turn(&self, account: &str) -> Result<Turn, IngestError> {
        self.turns.enter(account).await.map_err(|_| IngestError::Overloaded)
    }

    /// Waits until a processor may decode, in turns between accounts: not more at one time than there are processors,
    /// so that those who ask get theirs. Blocks, on a thread of the runtime that may.
    ///
    /// # Errors
    /// [`IngestError::Overloaded`] when that takes too long.
    pub fn decode<T>(&self, account: &str, work: impl FnOnce() -> T) -> Result<T, IngestError> {
        let turn = Handle::current().block_on(self.decoders.enter(account));
        let _turn = turn.map_err(|_| IngestError::Overloaded)?;
        Ok(work())
    }

    /// Requests that are decoded or written, and requests that wait for that.
    #[must_use]
    pub fn requests(&self) -> (usize, usize) {
        self.turns.counts()
    }

    /// Requests whose bodies arrive or are worked on.
    #[must_use]
    pub fn requests_open(&self) -> usize {
        self.shares.readers.load(Ordering::Relaxed)
    }

    /// Bytes all requests hold.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.shares.memory_bytes.load(Ordering::Relaxed)
    }

    /// Bytes all requests may hold.
    #[must_use]
    pub fn memory_bytes_max(&self) -> usize {
        self.shares.memory_bytes_max
    }
}

/// What one account may have of something: three quarters, so that another one always finds room.
const fn share_of(all: usize) -> usize {
    all / 4 * 3
}

/// A request on its way; the end gives everything back.
pub struct Visit {
    shares: Arc<Shares>,
    account: Arc<str>,
    held_bytes: usize,
}

impl Visit {
    /// Takes more memory.
    ///
    /// # Errors
    /// [`IngestError::Overloaded`] when all requests, or those of the account, would hold too much.
    pub fn hold(&mut self, bytes: usize) -> Result<(), IngestError> {
        let mut by_account = self.shares.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        let share = by_account.entry(Arc::clone(&self.account)).or_default();
        share.memory_bytes += bytes;
        self.held_bytes += bytes;
        let before = self.shares.memory_bytes.fetch_add(bytes, Ordering::Relaxed);
        let max = self.shares.memory_bytes_max;
        if before.saturating_add(bytes) > max || share.memory_bytes > share_of(max) {
            Err(IngestError::Overloaded)
        } else {
            Ok(())
        }
    }

    /// Whether memory is getting scarce, so that nobody may take their time.
    #[must_use]
    pub fn is_tight(&self) -> bool {
        self.shares.memory_bytes.load(Ordering::Relaxed) > self.shares.memory_bytes_max / 2
            || self.shares.readers.load(Ordering::Relaxed) > self.shares.readers_max / 2
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.shares.memory_bytes.fetch_sub(self.held_bytes, Ordering::Relaxed);
        self.shares.readers.fetch_sub(1, Ordering::Relaxed);
        let mut by_account = self.shares.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = by_account.get_mut(&self.account) {
            share.memory_bytes -= self.held_bytes;
            share.readers -= 1;
            if share.readers == 0 {
                by_account.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back_and_nobody_takes_it_all() {
        let gate = Gate::new(100);
        let (loud, quiet): (Arc<str>, Arc<str>) = (Arc::from("loud"), Arc::from("quiet"));
        let mut one = gate.enter(&loud).unwrap();
        one.hold(75).unwrap();
        assert!(one.hold(5).is_err(), "a quarter is left for others");
        let mut two = gate.enter(&quiet).unwrap();
        two.hold(20).unwrap();
        assert!(two.hold(20).is_err(), "that is all there is");
        drop(one);
        assert_eq!((gate.requests_open(), gate.memory_bytes()), (1, 40));
        drop(two);
        assert_eq!((gate.requests_open(), gate.memory_bytes()), (0, 0));
        assert!(gate.shares.by_account.lock().unwrap().is_empty());
        let visits: Vec<Visit> = std::iter::from_fn(|| gate.enter(&loud).ok()).collect();
        assert_eq!(visits.len(), share_of(INGEST_READERS_MAX));
        assert!(gate.enter(&quiet).is_ok());
    }
}
