//! What a receiver of OTLP answers: export responses, and `google.rpc.Status` bodies with errors. In protobuf and
//! JSON, because a response has the Content-Type of its request (facts: OTLP specification, OTLP/HTTP response).

use serde_json::{Value, json};

use crate::limits::{RESPONSE_BYTES_MAX, RESPONSE_MESSAGE_CHARS_MAX};
use crate::protobuf::Field::{Bytes, Varint};
use crate::protobuf::{Malformed, Reader, Writer};

/// The two encodings of OTLP/HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Encoding {
    /// Reads a Content-Type, parameters ignored. `None` for what OTLP does not know: answer 415.
    #[must_use]
    pub fn from_content_type(content_type: &str) -> Option<Self> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/x-protobuf")
            || media_type.eq_ignore_ascii_case("application/protobuf")
        {
            Some(Self::Protobuf)
        } else if media_type.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }

    /// The Content-Type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// What a request carried. Only JSON tells them apart in responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `/v1/traces`.
    Traces,
    /// `/v1/metrics`.
    Metrics,
    /// `/v1/logs`.
    Logs,
}

impl Signal {
    const fn rejected_field(self) -> &'static str {
        match self {
            Self::Traces => "rejectedSpans",
            Self::Metrics => "rejectedDataPoints",
            Self::Logs => "rejectedLogRecords",
        }
    }
}

/// Part of a batch was refused for good. Never to be retried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartialSuccess {
    /// Spans, data points or log records refused. 0 with a message is a warning.
    pub rejected: i64,
    /// Why, for people.
    pub message: String,
}

/// The body of a 200.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportResponse {
    /// Absent when everything was accepted.
    pub partial_success: Option<PartialSuccess>,
}

/// A response cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Longer than an agent reads.
    #[error("the response has {0} bytes, at most {RESPONSE_BYTES_MAX} are read")]
    TooLarge(usize),
    /// Neither the message nor the JSON object that was expected.
    #[error("the response is not what an OTLP receiver answers")]
    Malformed,
}

impl From<Malformed> for ResponseError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<serde_json::Error> for ResponseError {
    fn from(_: serde_json::Error) -> Self {
        Self::Malformed
    }
}

impl ExportResponse {
    /// The body.
    #[must_use]
    pub fn encode(&self, signal: Signal, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Protobuf => {
                let mut writer = Writer::new(64);
                if let Some(partial) = &self.partial_success {
                    writer.message(1, |writer| {
                        writer.text(2, &partial.message);
                        writer.integer(1, partial.rejected.cast_unsigned());
                    });
                }
                writer.written().to_vec()
            }
            Encoding::Json => match &self.partial_success {
                None => b"{}".to_vec(),
                Some(partial) => json!({"partialSuccess": {
                    signal.rejected_field(): partial.rejected.to_string(),
                    "errorMessage": partial.message,
                }})
                .to_string()
                .into_bytes(),
            },
        }
    }

    /// Reads a body; the message is cut to [`RESPONSE_MESSAGE_CHARS_MAX`] characters. An empty `partial_success`
    /// says nothing and counts as absent.
    ///
    /// # Errors
    /// When the body is too long or not an export response.
    pub fn decode(body: &[u8], encoding: Encoding) -> Result<Self, ResponseError> {
        check_size(body)?;
        let mut partial = PartialSuccess::default();
        match encoding {
            Encoding::Protobuf => Reader::new(body).fields(|field, value| {
                let (1, Bytes(inner)) = (field, value) else { return Ok(()) };
                Reader::new(inner).fields(|field, value| {
                    match (field, value) {
                        (1, Varint(rejected)) => partial.rejected = rejected.cast_signed(),
                        (2, Bytes(message)) => partial.message = shortened(&String::from_utf8_lossy(message)),
                        _ => {}
                    }
                    Ok::<(), Malformed>(())
                })
            })?,
            Encoding::Json => {
                let body: Value = serde_json::from_slice(body)?;
                let inner = &body.as_object().ok_or(ResponseError::Malformed)?.get("partialSuccess");
                if let Some(inner) = inner {
                    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
                        partial.rejected = partial.rejected.max(integer(&inner[signal.rejected_field()]));
                    }
                    partial.message = shortened(inner["errorMessage"].as_str().unwrap_or_default());
                }
            }
        }
        Ok(Self { partial_success: (partial != PartialSuccess::default()).then_some(partial) })
    }
}

/// `google.rpc.Code`, those we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum StatusCode {
    /// 400: the request cannot be read.
    InvalidArgument = 3,
    /// 403: the key may not do this.
    PermissionDenied = 7,
    /// 413 and 429: too much.
    ResourceExhausted = 8,
    /// 404, 405, 415: not something we have.
    Unimplemented = 12,
    /// 500.
    Internal = 13,
    /// 503.
    Unavailable = 14,
    /// 401: no key or a wrong one.
    Unauthenticated = 16,
}

/// The body of an error response: `google.rpc.Status`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// A `google.rpc.Code`.
    pub code: i32,
    /// What happened, what it means, what to do.
    pub message: String,
}

impl Status {
    /// A status.
    #[must_use]
    pub fn new(code: StatusCode, message: impl Into<String>) -> Self {
        Self { code: code as i32, message: message.into() }
    }

    /// The body.
    #[must_use]
    pub fn encode(&self, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Protobuf => {
                let mut writer = Writer::new(64 + self.message.len());
                writer.text(2, &self.message);
                writer.integer(1, i64::from(self.code).cast_unsigned());
                writer.written().to_vec()
            }
            Encoding::Json => json!({"code": self.code, "message": self.message}).to_string().into_bytes(),
        }
    }

    /// Reads a body; the message is cut to [`RESPONSE_MESSAGE_CHARS_MAX`] characters.
    ///
    /// # Errors
    /// When the body is too long or not a status. Proxies answer with pages of their own: not worth a word.
    pub fn decode(body: &[u8], encoding: Encoding) -> Result<Self, ResponseError> {
        check_size(body)?;
        let mut status = Self::default();
        match encoding {
            Encoding::Protobuf => Reader::new(body).fields(|field, value| {
                match (field, value) {
                    (1, Varint(code)) => status.code = code as i32,
                    (2, Bytes(message)) => status.message = shortened(&String::from_utf8_lossy(message)),
                    _ => {}
                }
                Ok::<(), Malformed>(())
            })?,
            Encoding::Json => {
                let body: Value = serde_json::from_slice(body)?;
                let body = body.as_object().ok_or(ResponseError::Malformed)?;
                status.code = body.get("code").map_or(0, |code| integer(code) as i32);
                status.message = shortened(body.get("message").and_then(Value::as_str).unwrap_or_default());
            }
        }
        Ok(status)
    }
}

const fn check_size(body: &[u8]) -> Result<(), ResponseError> {
    if body.len() > RESPONSE_BYTES_MAX { Err(ResponseError::TooLarge(body.len())) } else { Ok(()) }
}

fn shortened(message: &str) -> String {
    tierline_model::name::cut(message, RESPONSE_MESSAGE_CHARS_MAX).into_owned()
}

/// Protobuf's JSON has 64-bit integers as texts; numbers are accepted too.
fn integer(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Encoding; 2] = [Encoding::Protobuf, Encoding::Json];

    #[test]
    fn responses_come_back_in_both_encodings() {
        let partial = PartialSuccess { rejected: 7, message: "7 × too many attributes".into() };
        for response in [ExportResponse::default(), ExportResponse { partial_success: Some(partial) }] {
            for encoding in BOTH {
                for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
                    let body = response.encode(signal, encoding);
                    assert_eq!(ExportResponse::decode(&body, encoding), Ok(response.clone()));
                }
            }
        }
        assert!(ExportResponse::default().encode(Signal::Traces, Encoding::Protobuf).is_empty());
    }

    #[test]
    fn responses_are_those_of_the_generated_types() {
        use crate::proto::otlp::collector::metrics::v1 as generated;
        use prost::Message as _;
        let ours =
            ExportResponse { partial_success: Some(PartialSuccess { rejected: 3, message: "m".into() }) };
        let body = ours.encode(Signal::Metrics, Encoding::Protobuf);
        let theirs = generated::ExportMetricsServiceResponse::decode(&*body).unwrap();
        let partial = theirs.partial_success.unwrap();
        assert_eq!((partial.rejected_data_points, &*partial.error_message), (3, "m"));
    }

    #[test]
    fn statuses_come_back_in_both_encodings() {
        let status = Status::new(StatusCode::ResourceExhausted, "too much: wait");
        for encoding in BOTH {
            assert_eq!(Status::decode(&status.encode(encoding), encoding), Ok(status.clone()));
        }
    }

    #[test]
    fn nonsense_is_an_error_and_long_messages_are_cut() {
        for body in [&b"<html>"[..], b"[]", b"\"x\"", b"\xff\xff\xff"] {
            for encoding in BOTH {
                assert_eq!(ExportResponse::decode(body, encoding), Err(ResponseError::Malformed), "{body:?}");
                assert_eq!(Status::decode(body, encoding), Err(ResponseError::Malformed), "{body:?}");
            }
        }
        let long = Status::new(StatusCode::Internal, "ü".repeat(5_000));
        for encoding in BOTH {
            let read = Status::decode(&long.encode(encoding), encoding).unwrap();
            assert_eq!(read.message.chars().count(), RESPONSE_MESSAGE_CHARS_MAX);
        }
        let huge = vec![0; RESPONSE_BYTES_MAX + 1];
        assert!(matches!(Status::decode(&huge, Encoding::Json), Err(ResponseError::TooLarge(_))));
    }

    #[test]
    fn content_types_are_read_as_http_has_them() {
        assert_eq!(Encoding::from_content_type("application/json; charset=utf-8"), Some(Encoding::Json));
        assert_eq!(Encoding::from_content_type("Application/X-Protobuf"), Some(Encoding::Protobuf));
        assert_eq!(Encoding::from_content_type("text/plain"), None);
    }
}
