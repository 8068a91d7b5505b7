"""Other tools that observe the same libraries in the same process, begun before us and behind us: both see all."""

import os
import subprocess
import sys

import pytest

OPENTELEMETRY = """
def other():
    from opentelemetry import trace
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    FlaskInstrumentor().instrument()
    RequestsInstrumentor().instrument()
    return lambda: sorted(span.kind.name for span in exporter.get_finished_spans())
"""

SENTRY = """
def other():
    import sentry_sdk

    seen = []

    def before_send_transaction(event, hint):
        seen.append("SERVER")
        seen.extend("CLIENT" for span in event["spans"] if span["op"] == "http.client")

    sentry_sdk.init(dsn="http://x@127.0.0.1:9/1", traces_sample_rate=1, before_send_transaction=before_send_transaction)
    return lambda: sorted(seen)
"""

PROGRAM = """
import sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from appdynamics.agent import api as appd
{other}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        sent.append(dict(self.headers))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments):
        pass

sent = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()

if sys.argv[1] == "before":
    seen = other()
    appd.init()
else:
    appd.init()
    seen = other()
import flask, requests
application = flask.Flask("shop")

@application.route("/shop/<what>")
def shop(what):
    return requests.get(f"http://127.0.0.1:{{server.server_port}}/stock", timeout=5).text

for _ in range(3):
    assert application.test_client().get("/shop/bread").text == "ok"
appd.shutdown()
print(seen(), len(sent), all("singularityheader" in headers for headers in sent),
      all(len(headers["traceparent"]) == 55 for headers in sent))
"""


@pytest.mark.parametrize("order", ["before", "behind"])
@pytest.mark.parametrize("other", ["opentelemetry", "sentry"])
def test_both_see_everything(run, controller, other, order):
    pytest.importorskip({"opentelemetry": "opentelemetry.instrumentation.flask", "sentry": "sentry_sdk"}[other])
    source = {"opentelemetry": OPENTELEMETRY, "sentry": SENTRY}[other]
    result = run(PROGRAM.format(other=source), arguments=[order], check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "['CLIENT', 'CLIENT', 'CLIENT', 'SERVER', 'SERVER', 'SERVER'] 3 True True\n"
    received = controller.received()
    assert received.bts() == {"/shop/bread": 3}
    assert sum(exit_.count for exit_ in received.exits().values()) == 3


# Started by a command of theirs, which observes all libraries it knows by itself. The program only says where it goes.
LAUNCHED_OPENTELEMETRY = """
def other():
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    ours = {"opentelemetry.instrumentation.flask", "opentelemetry.instrumentation.requests"}
    return lambda: sorted(s.kind.name for s in exporter.get_finished_spans() if s.instrumentation_scope.name in ours)
"""

LAUNCHED_DATADOG = """
def other():
    from ddtrace.trace import TraceFilter, tracer

    seen = []

    class Seen(TraceFilter):
        def process_trace(self, trace):
            kinds = {"flask.request": "SERVER", "requests.request": "CLIENT"}
            seen.extend(kinds[span.name] for span in trace if span.name in kinds)
            return None  # nothing is sent

    tracer.configure(trace_processors=[Seen()])
    return lambda: sorted(seen)
"""

LAUNCHERS = {
    "opentelemetry-instrument": LAUNCHED_OPENTELEMETRY,
    "ddtrace-run": LAUNCHED_DATADOG,
}


@pytest.mark.parametrize("order", ["before", "behind"])
@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_both_see_everything_when_commands_start_them(controller, tmp_path, launcher, order):
    path = os.path.join(os.path.dirname(sys.executable), launcher)
    if not os.path.exists(path):
        pytest.skip(f"{launcher} is not installed here")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(other=LAUNCHERS[launcher]))
    theirs, ours = [path], [sys.executable, "-m", "appdynamics.scripts.pyagent", "run", "--"]
    result = subprocess.run(
        [*(theirs + ours if order == "before" else ours + theirs), sys.executable, str(program), "behind"],
        env={
            **os.environ,
            **controller.environ(),
            "DD_TRACE_AGENT_URL": "http://127.0.0.1:9",
            "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
            "DD_REMOTE_CONFIGURATION_ENABLED": "false",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "['CLIENT', 'CLIENT', 'CLIENT', 'SERVER', 'SERVER', 'SERVER'] 3 True True\n"
    received = controller.received()
    assert received.bts() == {"/shop/bread": 3}
    assert sum(exit_.count for exit_ in received.exits().values()) == 3
