//! The way to one server: its client, the headers it wants, and how long to leave it alone after a failure.

use std::time::{Duration, Instant};

use tierline_wire::otlp::{Encoding, Status};

use crate::http::{Client, Endpoint, HttpError, Patience};
use crate::http_answer::Answer;
use crate::limits::BACKOFF_MAX;

/// The pause after the first failure; it doubles with each further one.
const BACKOFF_FIRST: Duration = Duration::from_millis(500);

/// The way to one server.
pub struct Link {
    client: Client,
    /// Sent with every request.
    headers: Vec<(String, String)>,
    failures: u32,
    /// The server named the pause itself.
    told_to_wait: bool,
    not_before: Instant,
}

impl Link {
    /// A way to `endpoint`. Nothing is opened yet.
    #[must_use]
    pub fn new(endpoint: Endpoint, headers: Vec<(String, String)>) -> Self {
        Self {
            client: Client::new(endpoint),
            headers,
            failures: 0,
            told_to_wait: false,
            not_before: Instant::now(),
        }
    }

    /// Whether the pause after the last failure is over.
    #[must_use]
    pub fn ready(&self) -> bool {
        Instant::now() >= self.not_before
    }

    /// When the pause is over.
    #[must_use]
    pub fn not_before(&self) -> Instant {
        self.not_before
    }

    /// Posts protobuf.
    ///
    /// # Errors
    /// When there is no answer; then a pause begins.
    pub fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        patience: &mut dyn Patience,
    ) -> Result<Answer, HttpError> {
        let mut all = vec![("content-type", "application/x-protobuf")];
        all.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        all.extend_from_slice(headers);
        let result = self.client.post(path, &all, body, patience);
        if matches!(&result, Err(error) if !matches!(error, HttpError::CalledOff)) {
            self.pause(None);
        }
        result
    }

    /// The server wants to be left alone, for `wait` or a growing while.
    pub fn pause(&mut self, wait: Option<Duration>) {
        self.failures = self.failures.saturating_add(1);
        let doubled = BACKOFF_FIRST.saturating_mul(1 << (self.failures - 1).min(10)).min(BACKOFF_MAX);
        // Up to a quarter less, so that the agents of a fleet do not come back all at once.
        let pause = doubled.mul_f64(1.0 - f64::from(random_byte()) / 1_024.0);
        self.told_to_wait = wait.is_some();
        self.not_before = Instant::now() + wait.unwrap_or(pause);
    }

    /// Somebody waits: the pause is no longer than a first one, unless the server wanted it.
    pub fn hurry(&mut self) {
        self.failures = 0;
        if !self.told_to_wait {
            self.not_before = self.not_before.min(Instant::now() + BACKOFF_FIRST);
        }
    }

    /// The server took something.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.not_before = Instant::now();
    }
}

fn random_byte() -> u8 {
    let mut byte = [0];
    // Without randomness all agents wait equally long: no harm.
    let _ = getrandom::fill(&mut byte);
    byte[0]
}

/// What an answer to a batch means (facts/wire-and-instrumentation 5.4, and below).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Taken.
    Accepted,
    /// It will never be taken.
    Refused(String),
    /// To be tried again: 429, 502, 503, 504. Beyond OTLP's rules also after statuses that speak of the server
    /// or its settings and not of the batch (500, 401, 404, redirects …): the controller ignores repetitions,
    /// and what waits on disk for a corrected key is not lost.
    Later(String),
}

/// What an answer to a batch means.
#[must_use]
pub fn reply(answer: &Answer) -> Reply {
    let reason = || {
        let said =
            Status::decode(&answer.body, Encoding::Protobuf).map(|status| status.message).unwrap_or_default();
        let status = answer.status;
        let hint = match status {
            401 | 403 => "; check account and access key",
            300..=399 | 404 | 405 => "; check the controller's address: something else seems to answer there",
            _ => "",
        };
        if said.is_empty() {
            format!("it answered {status}{hint}")
        } else {
            format!("it answered {status}: {said}{hint}")
        }
    };
    match answer.status {
        200..=299 => Reply::Accepted,
        400 | 413 | 415 | 422 => Reply::Refused(reason()),
        _ => Reply::Later(reason()),
    }
}
