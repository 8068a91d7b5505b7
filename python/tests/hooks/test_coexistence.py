"""Other tools that observe the same libraries in the same process, begun before us and behind us: both see all."""

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
