"""Receives what the agents send and counts it: OTLP over HTTP, and the trace API of the Datadog agent.

A process of its own, so that its CPU is nobody's. Bodies are kept as they come and read only when asked.
`GET /counts` answers what arrived since the last time: transactions, exit calls, and requests.
"""

from __future__ import annotations

import collections
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import msgpack
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

BODY_BYTES_MAX = 64 << 20
BODIES_MAX = 100_000

Counts = collections.Counter[str]


def count_otlp_metrics(body: bytes) -> Counts:
    """Our agent counts every unit in a histogram, whether or not it keeps it as a snapshot."""
    counts: Counts = collections.Counter()
    kinds = {"appd.bt.duration": "transactions", "appd.exit.duration": "exit_calls"}
    for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                if metric.name in kinds:
                    points = metric.exponential_histogram.data_points
                    counts[kinds[metric.name]] += sum(point.count for point in points)
    return counts


def count_otlp_spans(body: bytes) -> Counts:
    counts: Counts = collections.Counter()
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                outgoing = span.kind == Span.SpanKind.SPAN_KIND_CLIENT
                counts["exit_call_spans" if outgoing else "transaction_spans"] += 1
    return counts


def count_datadog(body: bytes) -> Counts:
    """Version 0.5: a table of strings, then traces; the last field of a span is its type, by number."""
    counts: Counts = collections.Counter()
    strings, traces = msgpack.unpackb(body, strict_map_key=False)
    for spans in traces:
        for span in spans:
            counts["transaction_spans" if strings[span[-1]] == "web" else "exit_call_spans"] += 1
    return counts


READERS = {"/v1/metrics": count_otlp_metrics, "/v1/traces": count_otlp_spans, "/v0.5/traces": count_datadog}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bodies: ClassVar[collections.deque[tuple[str, bytes]]] = collections.deque(maxlen=BODIES_MAX)
    lock = threading.Lock()

    def do_GET(self) -> None:
        if self.path == "/info":  # asked by ddtrace before it sends
            self._answer({"endpoints": ["/v0.5/traces"], "client_drop_p0s": False})
        elif self.path == "/counts":
            self._answer(self._counts())
        else:
            self._answer({}, 404)

    def do_POST(self) -> None:
        body = self._body()
        if self.path in READERS:
            with self.lock:
                self.bodies.append((self.path, body))
            self._answer({"rate_by_service": {}} if self.path.startswith("/v0.") else None)
        else:
            self._answer(None)

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: thousands of requests are normal here."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def _chunk(self) -> bytes:
        length = int(self.rfile.readline(64).split(b";")[0], 16)
        data = self.rfile.read(min(length, BODY_BYTES_MAX))
        self.rfile.readline(64)
        return data

    def _counts(self) -> dict[str, int]:
        with self.lock:
            bodies = list(self.bodies)
            self.bodies.clear()
        counts: Counts = collections.Counter(requests=len(bodies))
        for path, body in bodies:
            counts.update(READERS[path](body))
        return dict(counts)

    def _answer(self, result: dict[str, object] | None, status: int = 200) -> None:
        # An empty body is a valid, empty answer in protobuf.
        data = b"" if result is None else json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-protobuf" if result is None else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
