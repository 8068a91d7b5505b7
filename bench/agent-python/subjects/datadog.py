"""ddtrace with its defaults, less what is no tracing: telemetry, remote configuration, crash tracking."""

from __future__ import annotations

import os

os.environ.update(
    DD_INSTRUMENTATION_TELEMETRY_ENABLED="false",
    DD_REMOTE_CONFIGURATION_ENABLED="false",
    DD_CRASHTRACKING_ENABLED="false",
    DD_SERVICE="bench",
)

from ddtrace.propagation.http import HTTPPropagator
from ddtrace.trace import tracer


def start(_sink: str) -> None:
    """The driver has put the sink's address into DD_TRACE_AGENT_URL, which ddtrace reads on import."""


def work() -> None:
    with tracer.trace("web.request", resource="Checkout", span_type="web") as span:
        with tracer.trace(
            "postgres.query", resource="SELECT * FROM orders WHERE id = ?", span_type="sql"
        ) as query:
            query.set_tag("out.host", "db1")
            query.set_metric("network.destination.port", 5432)
            query.set_tag("db.name", "orders")
            query.set_tag("db.system", "postgresql")
            headers: dict[str, str] = {}
            HTTPPropagator.inject(query, headers)
        span.set_tag("customer", "Ada")
        span.set_metric("cart value", 17.5)


def bare() -> None:
    with tracer.trace("web.request", resource="Checkout", span_type="web"):
        pass


def drain() -> None:
    tracer.flush()


def stop() -> None:
    tracer.flush()
    tracer.shutdown()
