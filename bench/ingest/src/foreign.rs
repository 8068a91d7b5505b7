//! Spans as an OpenTelemetry SDK exports them: a web service that asks its database.

use prost::Message as _;
use tierline_store::conformance::random::Random;
use tierline_wire::proto::otlp::collector::trace::v1::ExportTraceServiceRequest;
use tierline_wire::proto::otlp::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use tierline_wire::proto::otlp::resource::v1::Resource;
use tierline_wire::proto::otlp::trace::v1::span::SpanKind;
use tierline_wire::proto::otlp::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};

use crate::traffic::duration_ns;

/// What SDKs send at one time when not told otherwise (`OTEL_BSP_MAX_EXPORT_BATCH_SIZE`).
pub const SPANS_PER_REQUEST: u64 = 512;

const CALLS_PER_REQUEST: usize = 3;

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, any_value::Value::StringValue(value.to_owned()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, any_value::Value::IntValue(value))
}

fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// A request with 128 traces of a service.
pub fn request(random: &mut Random, service: u64, now_ms: u64) -> Vec<u8> {
    let traces = SPANS_PER_REQUEST as usize / (1 + CALLS_PER_REQUEST);
    let spans = (0..traces).flat_map(|_| trace(random, now_ms)).collect();
    let resource = Resource {
        attributes: vec![
            text("service.namespace", "shop"),
            text("service.name", &format!("service-{}", service % 10)),
            text("service.instance.id", &format!("service-{}", service % 50)),
            text("telemetry.sdk.language", "java"),
            text("telemetry.sdk.name", "opentelemetry"),
            text("telemetry.sdk.version", "1.50.0"),
        ],
        ..Resource::default()
    };
    let scope =
        InstrumentationScope { name: "io.opentelemetry.http".into(), ..InstrumentationScope::default() };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
    let resource_spans =
        vec![ResourceSpans { resource: Some(resource), scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn trace(random: &mut Random, now_ms: u64) -> Vec<Span> {
    let trace_id = [random.next().to_le_bytes(), random.next().to_le_bytes()].concat();
    let mut span = |parent: &[u8], kind: SpanKind, name: String, start_ns: u64, attributes| {
        let span_id = (random.next() | 1).to_le_bytes().to_vec();
        let duration = duration_ns(random);
        let error = random.one_in(100);
        Span {
            trace_id: trace_id.clone(),
            span_id,
            parent_span_id: parent.to_vec(),
            name,
            kind: kind.into(),
            start_time_unix_nano: start_ns,
            end_time_unix_nano: start_ns + duration,
            attributes,
            status: error.then(|| Status { message: "failed".into(), code: 2 }),
            ..Span::default()
        }
    };
    let start_ns = now_ms * 1_000_000;
    let route = format!("/api/v1/resource/{}", trace_id[0]);
    let entry = vec![
        text("http.request.method", "GET"),
        text("url.path", &format!("{route}/{}", trace_id[1])),
        text("http.route", &format!("{route}/{{id}}")),
        number("http.response.status_code", 200),
        text("server.address", "shop.example.com"),
        text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64)"),
        text("network.protocol.version", "1.1"),
    ];
    let root = span(&[], SpanKind::Server, format!("GET {route}/{{id}}"), start_ns, entry);
    let mut spans = vec![root];
    for call in 0..CALLS_PER_REQUEST {
        let attributes = vec![
            text("db.system.name", "postgresql"),
            text("db.namespace", "orders"),
            text("server.address", &format!("db-{}.internal", trace_id[2] % 20)),
            number("server.port", 5432),
            text("db.operation.name", "SELECT"),
            text(
                "db.query.text",
                &format!("SELECT id, name, price FROM products WHERE category = {}", trace_id[3 + call]),
            ),
        ];
        let parent = spans[0].span_id.clone();
        spans.push(span(&parent, SpanKind::Client, "SELECT orders".to_owned(), start_ns + 1_000, attributes));
    }
    spans
}
