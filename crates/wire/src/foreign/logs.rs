//! Errors from `ExportLogsServiceRequest`: records with an exception, or at least of severity ERROR, that were logged
//! within a span. Everything else in logs has no place in the model and is passed over.

use std::sync::Arc;

use tierline_model::limits::{ERROR_MESSAGE_CHARS_MAX, NAME_CHARS_MAX};
use tierline_model::name::cut;
use tierline_model::{ErrorRecord, Guid, SpanId};

use super::bag::{Bag, as_text};
use super::collector::Collector;
use super::decode::exception;
use super::{DecodedForeign, LoggedError};
use crate::attribute as name;
use crate::limits::JSON_REQUEST_BYTES_MAX;
use crate::otlp::view::{LogRecord, LogSink, Reason};
use crate::otlp::{DecodeError, DecodeLimits, read_json, read_protobuf};

/// The lowest severity number that is an error (OpenTelemetry's log data model).
const SEVERITY_ERROR: u64 = 17;

/// Reads the errors of an `ExportLogsServiceRequest` in protobuf.
///
/// # Errors
/// When the request is too large or its frame is not protobuf.
pub fn decode_logs(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    Collector::new(limits, false).read(request, limits.request_bytes_max, read_protobuf::logs)
}

/// The same in OTLP/JSON.
///
/// # Errors
/// When the request is too large or its frame is not JSON.
pub fn decode_logs_json(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    let bytes_max = limits.request_bytes_max.min(JSON_REQUEST_BYTES_MAX);
    Collector::new(limits, false).read(request, bytes_max, read_json::logs)
}

impl LogSink for Collector<'_> {
    fn log(&mut self, record: Result<LogRecord<'_>, Reason>) -> Result<(), DecodeError> {
        let error = record.map(|record| logged_error(&record));
        self.take(error, |batch, error| batch.logged_errors.push(error))
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
