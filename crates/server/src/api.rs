//! The page's own API under `/api`: JSON, camelCase, times in milliseconds since 1970, durations in
//! milliseconds (may be fractional), ids as numbers up to 2^52 − 1.
//!
//! One file per group: what goes over the wire and the handlers that make it. `docs/reference/openapi.json` is
//! generated from here, and the page's types from that.

pub mod applications;
pub mod backends;
pub mod business_transactions;
pub mod error;
pub mod flow_map;
pub mod nodes;
pub mod numbers;
pub mod openapi;
pub mod parameters;
pub mod scorecard;
pub mod series;
pub mod session;
pub mod snapshots;

pub use error::ApiError;
