//! Telemetry of other OpenTelemetry SDKs, from the request to the flow map and the snapshot.

#[path = "../support/mod.rs"]
mod support;

mod durable;
mod hostile;
mod joined;
mod metrics;
mod naming;
mod otlp;
