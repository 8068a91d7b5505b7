//! Names and backends as numbers.

use napi_derive::napi;
use tierline_model::ExitType;

use crate::batch::policy_number;
use crate::limits::RELEASED_MAX;
use crate::recorder::with;

/// The number of a transaction name; 0 counts under All Other Traffic.
#[napi]
pub fn name(name: String) -> u32 {
    with(0, |recorder| recorder.outside.name(&name))
}

/// What follows the time in correlation headers of a name's transactions.
#[napi]
pub fn header_part(entry: u32) -> String {
    with(String::new(), |recorder| recorder.outside.header_part(entry).to_owned())
}

/// Why an execution that begins now will be kept; 0 when that is not known.
#[napi]
pub fn asked(entry: u32) -> u32 {
    with(0, |recorder| policy_number(recorder.outside.asked(entry)))
}

/// Gives numbers of names back.
#[napi]
pub fn release(entries: Vec<u32>) {
    with((), |recorder| {
        for entry in entries.into_iter().take(RELEASED_MAX) {
            recorder.outside.release(entry);
        }
    });
}

/// The number of a backend.
#[napi]
pub fn backend(exit_type: String, label: String, names: Vec<String>, values: Vec<String>) -> u32 {
    with(0, |recorder| {
        let pairs: Vec<(&str, &str)> =
            names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
        recorder.outside.backend(&ExitType::parse(&exit_type), &label, &pairs)
    })
}

/// What follows the exit's sequence in correlation headers for a backend.
#[napi]
pub fn backend_part(backend: u32, resolve: bool) -> String {
    with(String::new(), |recorder| recorder.outside.header_end(backend, !resolve).to_owned())
}
