//! Begin, end and condition of the agent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use napi_derive::napi;
use serde_json::{Value, json};
use tierline::process;

use crate::guard::{PANICS, quietly, silence_panics};
use crate::limits::WAIT_MS_MAX;
use crate::settings;

static RAW_SQL: AtomicBool = AtomicBool::new(false);

/// Libraries that are left untouched, in lower case; nothing when all are.
static DETECTION_WITHOUT: Mutex<Option<Vec<String>>> = Mutex::new(Some(Vec::new()));

/// Whether detected SQL keeps its literals.
pub fn keeps_sql_raw() -> bool {
    RAW_SQL.load(Ordering::Relaxed)
}

/// Begins the agent of this process. Whether the minimal settings are there.
#[napi]
pub fn init(names: Vec<String>, values: Vec<String>, runtime_version: String) -> bool {
    static SILENCED: Once = Once::new();
    quietly(false, || {
        SILENCED.call_once(silence_panics);
        let settings = settings::resolve(names, values, runtime_version);
        RAW_SQL.store(settings.raw_sql, Ordering::Relaxed);
        let is_on = settings.detection && settings.enabled;
        *DETECTION_WITHOUT.lock().unwrap_or_else(PoisonError::into_inner) =
            is_on.then(|| settings.detection_without.clone());
        process::init(settings)
    })
}

/// Libraries that are left untouched, in lower case; `null` when all are.
#[napi]
pub fn detection_without() -> Option<Vec<String>> {
    quietly(None, || DETECTION_WITHOUT.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Notes why something is not detected, in a sentence, once: the node's page and `tierline doctor` show it.
#[napi]
pub fn note_detection(sentence: String) {
    quietly((), || tierline::detected::note(&sentence));
}

fn wait(timeout_ms: f64) -> Option<Duration> {
    // Negative, or not a number: as long as it takes.
    (timeout_ms >= 0.0).then(|| Duration::from_secs_f64(timeout_ms.min(WAIT_MS_MAX) / 1_000.0))
}

/// Delivers what has ended, for at most so long; the rest is on disk then.
#[napi]
pub fn flush(timeout_ms: f64) -> bool {
    quietly(false, || process::flush(wait(timeout_ms).unwrap_or(Duration::from_secs(30))))
}

/// Ends the agent of this process.
#[napi]
pub fn shutdown(timeout_ms: f64) -> bool {
    quietly(false, || process::shutdown(wait(timeout_ms)))
}

/// What the agent noticed, as JSON; `null` without an agent.
#[napi]
pub fn diagnostics() -> Option<String> {
    quietly(None, || {
        let mut noticed = serde_json::to_value(process::diagnostics()?).ok()?;
        if let Value::Object(fields) = &mut noticed {
            let caught = PANICS.load(Ordering::Relaxed);
            let reported = fields.get("panics").and_then(Value::as_u64).unwrap_or(0);
            fields.insert("panics".into(), json!(reported.saturating_add(caught)));
            fields.insert("calls_without_agent".into(), json!(process::calls_without_agent()));
        }
        Some(noticed.to_string())
    })
}
