//! Errors from `ExportLogsServiceRequest`: records with an exception, or at least of severity ERROR, that were logged
//! within a span. Everything else in logs has no place in the model and is passed over.

use std::sync::Arc;

use tierline_model::limits::{ERROR_MESSAGE_CHARS_MAX, NAME_CHARS_MAX};
use tierline_model::name::cut;
use tierline_model::{ErrorRecord, Guid, SpanId};

use super::bag::{Bag, as_text};
use super::decode::{check_size, exception};
use super::{DecodedForeign, ForeignBatch, LoggedError, resource};
use crate::attribute as name;
use crate::limits::JSON_REQUEST_BYTES_MAX;
use crate::otlp::view::{Attributes, LogRecord, LogSink, Reason, Sink};
use crate::otlp::{DecodeError, DecodeLimits, read_json, read_protobuf};

/// The lowest severity number that is an error (OpenTelemetry's log data model).
const SEVERITY_ERROR: u64 = 17;

/// Reads the errors of an `ExportLogsServiceRequest` in protobuf.
///
/// # Errors
/// When the request is too large or its frame is not protobuf.
pub fn decode_logs(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    check_size(request, limits.request_bytes_max)?;
    let mut collector = Collector { limits, found: DecodedForeign::default() };
    read_protobuf::logs(request, &mut collector)?;
    Ok(collector.finish())
}

/// The same in OTLP/JSON.
///
/// # Errors
/// When the request is too large or its frame is not JSON.
pub fn decode_logs_json(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    check_size(request, limits.request_bytes_max.min(JSON_REQUEST_BYTES_MAX))?;
    let mut collector = Collector { limits, found: DecodedForeign::default() };
    read_json::logs(request, &mut collector)?;
    Ok(collector.finish())
}

struct Collector<'l> {
    limits: &'l DecodeLimits,
    found: DecodedForeign,
}

impl Collector<'_> {
    fn finish(mut self) -> DecodedForeign {
        self.found.batches.retain(|batch| !batch.logged_errors.is_empty());
        self.found
    }
}

impl Sink for Collector<'_> {
    fn resource(&mut self, attributes: Option<&Attributes<'_>>) -> bool {
        let Some(agent) = attributes.and_then(resource::identity) else { return false };
        self.found.batches.push(ForeignBatch { agent, spans: Vec::new(), logged_errors: Vec::new() });
        true
    }

    fn skip(&mut self, count: u64) -> Result<(), DecodeError> {
        self.found.outcome.admit(self.limits)?;
        self.found.outcome.not_understood += count;
        Ok(())
    }
}

impl LogSink for Collector<'_> {
    fn log(&mut self, record: Result<LogRecord<'_>, Reason>) -> Result<(), DecodeError> {
        self.found.outcome.admit(self.limits)?;
        match record {
            Ok(record) => match logged_error(&record) {
                Some(error) => {
                    self.found.outcome.accepted += 1;
                    if let Some(batch) = self.found.batches.last_mut() {
                        batch.logged_errors.push(error);
                    }
                }
                None => self.found.outcome.not_understood += 1,
            },
            Err(reason) => self.found.outcome.reject(1, reason),
        }
        Ok(())
    }
}

fn logged_error(record: &LogRecord<'_>) -> Option<LoggedError> {
    let guid = Guid::from_bytes(record.trace_id)?;
    let span_id = SpanId::from_bytes(record.span_id)?;
    let has_exception = Bag(&record.attributes).has(&[name::EXCEPTION_TYPE, name::EXCEPTION_MESSAGE]);
    let body = || as_text(&record.body).unwrap_or_default();
    let error = if has_exception {
        exception(&record.attributes)
    } else if record.severity >= SEVERITY_ERROR {
        let logger = if record.scope.is_empty() { "Logged error" } else { &*record.scope };
        ErrorRecord {
            type_name: Arc::from(cut(logger, NAME_CHARS_MAX)),
            message: Arc::from(cut(&body(), ERROR_MESSAGE_CHARS_MAX)),
            stack: Arc::from(""),
        }
    } else {
        return None;
    };
    Some(LoggedError { guid, span_id, error })
}
