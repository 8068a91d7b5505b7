"""A controller that records what agents send, for tests.

It speaks the agent's side of OTLP/HTTP and OpAMP over real sockets, keeps the raw bodies, and reads them as a store
would: a series of one incarnation and interval that comes twice counts once.
"""

import contextlib
import dataclasses
import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ACCESS_KEY = "a-key-for-tests"


@dataclasses.dataclass
class ExitCall:
    """One exit call of a snapshot."""

    attributes: dict
    name: str
    errors: list
    duration_ms: float
    span_id: bytes

    @property
    def exit_type(self):
        return self.attributes["appd.exit.type"]

    @property
    def operation(self):
        return self.attributes.get("appd.exit.operation", "")

    @property
    def identifying(self):
        return _with_prefix(self.attributes, "appd.backend.property.")

    @property
    def optional(self):
        return _with_prefix(self.attributes, "appd.exit.property.")


@dataclasses.dataclass
class Snapshot:
    """One segment that was kept."""

    attributes: dict
    trace_id: bytes
    span_id: bytes
    parent_span_id: bytes
    errors: list
    duration_ms: float
    exit_calls: list
    resource: dict

    @property
    def bt(self):
        return self.attributes.get("appd.bt.name")

    @property
    def verdict(self):
        return self.attributes["appd.verdict"]

    @property
    def abandoned(self):
        return bool(self.attributes.get("appd.abandoned", False))

    @property
    def user_data(self):
        return _with_prefix(self.attributes, "appd.user_data.")


@dataclasses.dataclass
class Exit:
    """What the metrics say of one exit type and backend."""

    exit_type: str
    backend: str
    properties: dict
    count: int = 0
    errors: int = 0


class Received:
    """What a recording controller was sent, read."""

    def __init__(self, bodies):
        self.resources = {}
        points = {}
        spans = {}
        for path, body in bodies:
            if path == "/v1/metrics":
                for resource, metric, point, attributes in _points(body):
                    self.resources[resource["appd.incarnation"]] = resource
                    when = (point.start_time_unix_nano, point.time_unix_nano)
                    key = (resource["appd.incarnation"], metric.name, when, tuple(sorted(attributes.items())))
                    points[key] = (metric.name, resource, attributes, point)
            elif path == "/v1/traces":
                for resource, span in _spans(body):
                    self.resources[resource["appd.incarnation"]] = resource
                    spans[span.span_id] = (resource, span)
        self.points = list(points.values())
        self.snapshots = _snapshots(spans)

    def bts(self):
        """Executions by BT name, from the metrics."""
        counts = {}
        for name, _, attributes, point in self.points:
            if name == "appd.bt.duration":
                bt = attributes.get("appd.bt.name", attributes["appd.bt.id"])
                counts[bt] = counts.get(bt, 0) + point.count
        return counts

    def verdicts(self, bt):
        """Executions of a BT by verdict, from the metrics."""
        counts = {}
        for name, _, attributes, point in self.points:
            if name == "appd.bt.executions" and attributes.get("appd.bt.name") == bt:
                verdict = attributes["appd.verdict"]
                counts[verdict] = counts.get(verdict, 0) + point.as_int
        return counts

    def exits(self):
        """Exit calls by backend name, from the metrics."""
        exits = {}
        for name, _, attributes, point in self.points:
            if name not in ("appd.exit.duration", "appd.exit.errors"):
                continue
            backend = attributes["peer.service"]
            properties = _with_prefix(attributes, "appd.backend.property.")
            exit_ = exits.setdefault(backend, Exit(attributes["appd.exit.type"], backend, properties))
            if name == "appd.exit.duration":
                exit_.count += point.count
            else:
                exit_.errors += point.as_int
        return exits

    def total(self, metric):
        """The sum of a delta metric."""
        return sum(point.as_int for name, _, _, point in self.points if name == metric)

    def snapshot(self, bt):
        """The only snapshot of a BT."""
        found = [snapshot for snapshot in self.snapshots if snapshot.bt == bt]
        assert len(found) == 1, f"{len(found)} snapshots of {bt!r}, {[s.bt for s in self.snapshots]} in all"
        return found[0]


class RecordingController:
    """Listens on a port of the loopback interface, by default a free one, until it is closed."""

    def __init__(self, port=0):
        self.bodies = []
        self.headers = []
        self.config = {"version": 1}
        self.answers_opamp = True
        self._changed = threading.Condition()
        controller = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                controller._receive(self)

            def log_message(self, *arguments):
                pass

        self._server = _Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def environ(self, **more):
        """Settings that report here, for `init` and for the environment of a child."""
        settings = {
            "APPDYNAMICS_CONTROLLER_HOST_NAME": "127.0.0.1",
            "APPDYNAMICS_CONTROLLER_PORT": str(self.port),
            "APPDYNAMICS_CONTROLLER_SSL_ENABLED": "off",
            "APPDYNAMICS_AGENT_APPLICATION_NAME": "Shop",
            "APPDYNAMICS_AGENT_TIER_NAME": "front",
            "APPDYNAMICS_AGENT_NODE_NAME": "front-1",
            "APPDYNAMICS_AGENT_ACCOUNT_NAME": "customer1",
            "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY": ACCESS_KEY,
        }
        settings.update(more)
        return settings

    def received(self):
        """Everything so far."""
        with self._changed:
            return Received(list(self.bodies))

    def wait_for(self, condition, timeout_s=10):
        """What was received as soon as it satisfies `condition`, or at the end of the timeout."""
        deadline = time.monotonic() + timeout_s
        while True:
            with self._changed:
                received = Received(list(self.bodies))
                if condition(received) or time.monotonic() >= deadline:
                    return received
                self._changed.wait(0.2)

    def clear(self):
        """Forget everything."""
        with self._changed:
            self.bodies.clear()
            self.headers.clear()
        self.config = {"version": 1}
        self.answers_opamp = True

    def close(self):
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _receive(self, request):
        body = _body(request)
        answer = b""
        if request.path == "/v1/opamp":
            if not self.answers_opamp:
                time.sleep(0.05)
                return _answer(request, 503, b"")
            answer = _server_to_agent(body, self.config)
        else:
            with self._changed:
                self.bodies.append((request.path, body))
                self.headers.append(dict(request.headers))
                self._changed.notify_all()
        _answer(request, 200, answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # an agent that is killed leaves its connection open


def _body(request):
    if request.headers.get("Transfer-Encoding") == "chunked":
        body = b""
        while size := int(request.rfile.readline(), 16):
            body += request.rfile.read(size)
            request.rfile.readline()
        request.rfile.readline()
    else:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
    return gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body


def _answer(request, status, body):
    with contextlib.suppress(OSError):
        request.send_response(status)
        request.send_header("Content-Type", "application/x-protobuf")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def _points(body):
    for resource_metrics in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        resource = _attributes(resource_metrics.resource.attributes)
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                data = getattr(metric, metric.WhichOneof("data"))
                for point in data.data_points:
                    yield resource, metric, point, _attributes(point.attributes)


def _spans(body):
    for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield resource, span


def _snapshots(spans):
    snapshots, exits = {}, []
    for resource, span in spans.values():
        attributes = _attributes(span.attributes)
        errors = [_attributes(event.attributes) for event in span.events if event.name == "exception"]
        duration_ms = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6
        if "appd.exit.type" in attributes:
            exits.append((span, ExitCall(attributes, span.name, errors, duration_ms, span.span_id)))
        else:
            snapshots[span.span_id] = Snapshot(
                attributes, span.trace_id, span.span_id, span.parent_span_id, errors, duration_ms, [], resource
            )
    for span, exit_call in sorted(exits, key=lambda pair: pair[0].start_time_unix_nano):
        if span.parent_span_id in snapshots:
            snapshots[span.parent_span_id].exit_calls.append(exit_call)
    return list(snapshots.values())


def _attributes(pairs):
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}


def _with_prefix(attributes, prefix):
    return {name[len(prefix) :]: value for name, value in attributes.items() if name.startswith(prefix)}


def _server_to_agent(body, config):
    """OpAMP's ServerToAgent: the agent's instance id and `tierline.json`."""
    uid = b""
    if body[:1] == b"\x0a":
        uid = body[2 : 2 + body[1]]
    file = _field(1, json.dumps(config).encode()) + _field(2, b"application/json")
    entry = _field(1, b"tierline.json") + _field(2, file)
    remote_config = _field(1, _field(1, entry)) + _field(2, str(config.get("version", 0)).encode())
    return _field(1, uid) + _field(3, remote_config)


def _field(number, payload):
    return bytes([number << 3 | 2]) + _varint(len(payload)) + payload


def _varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
