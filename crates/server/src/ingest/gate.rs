//! How much may come in at one time: a number of requests, and the bytes they hold together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ingest::IngestError;
use crate::limits::{INGEST_MEMORY_BYTES_MAX, INGEST_REQUESTS_MAX};

/// The gate. Nobody waits in front of it: who cannot enter is told to come back.
pub struct Gate {
    requests: Arc<Semaphore>,
    requests_max: usize,
    memory_bytes: Arc<AtomicUsize>,
    memory_bytes_max: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(INGEST_REQUESTS_MAX, INGEST_MEMORY_BYTES_MAX)
    }
}

impl Gate {
    /// A gate for so many requests and bytes.
    #[must_use]
    pub fn new(requests_max: usize, memory_bytes_max: usize) -> Self {
        Self {
            requests: Arc::new(Semaphore::new(requests_max)),
            requests_max,
            memory_bytes: Arc::default(),
            memory_bytes_max,
        }
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// [`IngestError::Overloaded`] when there are too many.
    pub fn enter(&self) -> Result<Visit, IngestError> {
        let permit = Arc::clone(&self.requests).try_acquire_owned().map_err(|_| IngestError::Overloaded)?;
        Ok(Visit {
            _permit: permit,
            memory_bytes: Arc::clone(&self.memory_bytes),
            memory_bytes_max: self.memory_bytes_max,
            held_bytes: 0,
        })
    }

    /// Requests inside.
    #[must_use]
    pub fn requests_running(&self) -> usize {
        self.requests_max.saturating_sub(self.requests.available_permits())
    }

    /// Bytes they hold.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.memory_bytes.load(Ordering::Relaxed)
    }
}

/// A request inside the gate; leaving gives everything back.
pub struct Visit {
    _permit: OwnedSemaphorePermit,
    memory_bytes: Arc<AtomicUsize>,
    memory_bytes_max: usize,
    held_bytes: usize,
}

impl Visit {
    /// Takes more memory.
    ///
    /// # Errors
    /// [`IngestError::Overloaded`] when all requests together would hold too much.
    pub fn hold(&mut self, bytes: usize) -> Result<(), IngestError> {
        let before = self.memory_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.held_bytes += bytes;
        if before.saturating_add(bytes) > self.memory_bytes_max {
            Err(IngestError::Overloaded)
        } else {
            Ok(())
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.memory_bytes.fetch_sub(self.held_bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back() {
        let gate = Gate::new(2, 100);
        let mut one = gate.enter().unwrap();
        let _two = gate.enter().unwrap();
        assert!(matches!(gate.enter(), Err(IngestError::Overloaded)));
        one.hold(90).unwrap();
        assert!(one.hold(20).is_err());
        drop(one);
        assert_eq!((gate.requests_running(), gate.memory_bytes()), (1, 0));
        assert!(gate.enter().is_ok());
    }
}
