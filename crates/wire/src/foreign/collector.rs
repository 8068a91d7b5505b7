//! Collects what is foreign in a request, item by item.

use super::{DecodedForeign, ForeignBatch, points, resource};
use crate::otlp::view::{Attributes, Reason, Sink};
use crate::otlp::{DecodeError, DecodeLimits, check_size};

/// Takes what a reader finds.
pub(super) struct Collector<'l> {
    pub(super) limits: &'l DecodeLimits,
    found: DecodedForeign,
    /// Whether somebody else counts the items of our agents.
    ours_are_counted: bool,
}

impl<'l> Collector<'l> {
    pub(super) fn new(limits: &'l DecodeLimits, ours_are_counted: bool) -> Self {
        Self { limits, found: DecodedForeign::default(), ours_are_counted }
    }

    /// Reads a request of at most so many bytes with `reader`.
    pub(super) fn read(
        mut self,
        request: &[u8],
        bytes_max: usize,
        reader: impl FnOnce(&[u8], &mut Self) -> Result<(), DecodeError>,
    ) -> Result<DecodedForeign, DecodeError> {
        check_size(request, bytes_max)?;
        reader(request, &mut self)?;
        self.found.batches.iter_mut().for_each(|batch| points::without_repetitions(&mut batch.points));
        self.found.batches.retain(|batch| {
            !batch.spans.is_empty() || !batch.logged_errors.is_empty() || !batch.points.is_empty()
        });
        Ok(self.found)
    }

    /// Puts one item to the current resource and counts it: `None` has no place in the model.
    pub(super) fn take<T>(
        &mut self,
        item: Result<Option<T>, Reason>,
        put: impl FnOnce(&mut ForeignBatch, T),
    ) -> Result<(), DecodeError> {
        self.found.outcome.admit(self.limits)?;
        match item {
            Ok(Some(item)) => {
                self.found.outcome.accepted += 1;
                if let Some(batch) = self.found.batches.last_mut() {
                    put(batch, item);
                }
            }
            Ok(None) => self.found.outcome.not_understood += 1,
            Err(reason) => self.found.outcome.reject(1, reason),
        }
        Ok(())
    }
}

impl Sink for Collector<'_> {
    fn resource(&mut self, attributes: Option<&Attributes<'_>>) -> bool {
        let Some(agent) = attributes.and_then(resource::identity) else { return false };
        let (spans, logged_errors, points) = (Vec::new(), Vec::new(), Vec::new());
        self.found.batches.push(ForeignBatch { agent, spans, logged_errors, points });
        true
    }

    fn skip(&mut self, count: u64) -> Result<(), DecodeError> {
        if !self.ours_are_counted {
            self.found.outcome.admit(self.limits)?;
            self.found.outcome.not_understood += count;
        }
        Ok(())
    }
}
