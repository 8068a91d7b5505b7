//! What becomes of requests: asked of the core, whose rules every language shares.

use std::borrow::Cow;
use std::fmt::Write as _;

use napi_derive::napi;
use tierline_model::detection::{Detected, Request, UriPart};
use tierline_model::limits::STATUS_RANGES_MAX;

use crate::recorder::with;

/// A request as the hooks show it: names of headers, by turns with their values.
struct Shown {
    method: String,
    path: String,
    query: String,
    headers: Vec<String>,
}

impl Request for Shown {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn query(&self) -> &str {
        &self.query
    }

    fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let (pairs, _) = self.headers.as_chunks::<2>();
        pairs
            .iter()
            .find(|[known, _]| known.eq_ignore_ascii_case(name))
            .map(|[_, value]| Cow::Borrowed(value.as_str()))
    }
}

/// The name of a request's transaction; `null` when it has none.
#[napi]
pub fn detect(method: String, path: String, query: String, headers: Vec<String>) -> Option<String> {
    with(None, |recorder| {
        let request = Shown { method, path, query, headers };
        match recorder.outside.core().detector().detect(&request) {
            Detected::Named(name) => Some(name),
            Detected::Excluded => None,
        }
    })
}

/// How the answers of [`detect`] may be remembered: -1 not at all, 0 by method and path, n by the first n segments.
#[napi]
pub fn detection() -> i32 {
    with(-1, |recorder| {
        let core = recorder.outside.core();
        let config = core.config();
        let policy = &config.detection;
        let plain = policy.enabled
            && policy.match_rules.is_empty()
            && policy.exclude_rules.is_empty()
            && policy.excluded_bts.is_empty()
            && policy.naming.parts.is_empty();
        match policy.naming.uri {
            UriPart::FirstSegments { count } if plain && count > 0 => i32::try_from(count).unwrap_or(0),
            _ if core.detector().only_method_and_path() => 0,
            _ => -1,
        }
    })
}

/// The HTTP status codes that are errors: `400-505,…`; empty when none is.
#[napi]
pub fn error_statuses() -> String {
    with(String::new(), |recorder| {
        let config = recorder.outside.core().config();
        let mut text = String::new();
        if config.errors.by_status {
            for range in config.errors.status_ranges.iter().take(STATUS_RANGES_MAX) {
                let separator = if text.is_empty() { "" } else { "," };
                let _ = write!(text, "{separator}{}-{}", range.first, range.last);
            }
        }
        text
    })
}

/// Whether there are errors that do not count, so that [`ignores_error`] must be asked.
#[napi]
pub fn has_ignored_errors() -> bool {
    with(false, |recorder| !recorder.outside.core().config().errors.ignored.is_empty())
}

/// Whether an error of this type and message does not make a transaction an error.
#[napi]
pub fn ignores_error(type_name: String, message: String) -> bool {
    with(false, |recorder| recorder.outside.core().ignores_error(&type_name, &message))
}

/// Changes with every configuration.
#[napi]
pub fn config_epoch() -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an epoch is a small number")]
    with(-1.0, |recorder| recorder.outside.core().config_epoch() as f64)
}
