//! The agent's core as Node.js sees it: a handful of functions that the compiled modules of `lib/` call.
//!
//! This crate converts, calls and maps, and decides nothing: what a business transaction is, what is kept and what is
//! sent is the business of `tierline`. It promises its host that no entry throws: an unwind ends at
//! `guard::quietly`.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)]
// An expectation for a whole crate is never seen as fulfilled.
#![cfg_attr(test, allow(dead_code, reason = "nothing is registered with Node.js in a test build"))]

mod batch;
mod correlation;
mod details;
mod detection;
mod guard;
mod lifecycle;
mod limits;
mod names;
mod recorder;
mod settings;
