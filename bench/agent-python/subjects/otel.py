"""The OpenTelemetry SDK with its batch processor and OTLP over HTTP, all settings at their defaults."""

from __future__ import annotations

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "bench", "service.namespace": "Bench"}))
tracer = provider.get_tracer("bench")


def start(sink: str) -> None:
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{sink}/v1/traces")))
    trace.set_tracer_provider(provider)


def work() -> None:
    with tracer.start_as_current_span("Checkout", kind=trace.SpanKind.SERVER) as span:
        attributes = {
            "server.address": "db1",
            "server.port": 5432,
            "db.namespace": "orders",
            "db.system.name": "postgresql",
            "db.query.text": "SELECT * FROM orders WHERE id = ?",
        }
        with tracer.start_as_current_span("orders", kind=trace.SpanKind.CLIENT, attributes=attributes):
            headers: dict[str, str] = {}
            propagate.inject(headers)
        span.set_attribute("customer", "Ada")
        span.set_attribute("cart value", 17.5)


def bare() -> None:
    with tracer.start_as_current_span("Checkout", kind=trace.SpanKind.SERVER):
        pass


def drain() -> None:
    provider.force_flush()


def stop() -> None:
    provider.shutdown()
