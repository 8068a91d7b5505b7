//! The peer: `tracing` with the OpenTelemetry SDK, its batch processor, and an exporter that throws away.

use std::collections::HashMap;
use std::hint::black_box;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::dispatcher::DefaultGuard;
use tracing::{info_span, subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

use crate::ours::OPERATION;

#[derive(Debug)]
struct Discard;

impl SpanExporter for Discard {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        black_box(batch);
        Ok(())
    }
}

/// The SDK, in force for this thread until the guard is dropped.
pub fn begin() -> (SdkTracerProvider, DefaultGuard) {
    let provider = SdkTracerProvider::builder().with_batch_exporter(Discard).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    let guard = subscriber::set_default(tracing_subscriber::registry().with(layer));
    (provider, guard)
}

/// W0: one span.
pub fn w0() {
    let span = info_span!("checkout", otel.kind = "server");
    drop(span.entered());
}

/// W: a server span with two attributes, a client span with six, one `traceparent`.
pub fn w(headers: &mut HashMap<String, String>, propagator: &TraceContextPropagator) {
    let server = info_span!(
        "checkout",
        otel.kind = "server",
        customer = black_box("C-123456"),
        basket = black_box("3 items")
    );
    let _server = server.entered();
    let client = info_span!(
        "orders",
        otel.kind = "client",
        server.address = black_box("db.example.com"),
        server.port = black_box("5432"),
        db.namespace = black_box("orders"),
        db.system.name = black_box("postgresql"),
        db.query.text = black_box(OPERATION),
    );
    headers.clear();
    propagator.inject_context(&client.context(), headers);
    black_box(&headers);
    drop(client.entered());
}
