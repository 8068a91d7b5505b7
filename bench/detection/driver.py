"""One measurement in a process of its own: `driver.py SUBJECT WORK UNITS SINK` prints µs of CPU per unit.

CPU is that of all threads, from after warming up to after the last record left.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

WARM_UP = 300
#: Calls in a unit of the works that measure calls.
CALLS = 10

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class Socket:
    """A connection to a server that answers at once: what the network and a server cost is nobody's."""

    def sendall(self, data: bytes) -> None:
        pass

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(ANSWER)

    def settimeout(self, timeout: float) -> None:
        pass

    def close(self) -> None:
        pass


def start(subject: str, sink: str) -> Callable[[], None]:
    """Begins what is measured; what it answers ends it."""
    if subject in ("tierline", "disabled"):
        from appdynamics.agent import api as appd

        host, port = sink.removeprefix("http://").split(":")
        appd.init(
            {
                "APPDYNAMICS_AGENT_APPLICATION_NAME": "bench",
                "APPDYNAMICS_AGENT_TIER_NAME": "bench",
                "APPDYNAMICS_AGENT_NODE_NAME": "bench",
                "APPDYNAMICS_CONTROLLER_HOST_NAME": host,
                "APPDYNAMICS_CONTROLLER_PORT": port,
                "APPDYNAMICS_CONTROLLER_SSL_ENABLED": "off",
                "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY": "bench",
                "TIERLINE_ENABLED": "off" if subject == "disabled" else "on",
            }
        )
        return appd.shutdown
    if subject == "otel":
        return start_opentelemetry(sink)
    return lambda: None


def start_opentelemetry(sink: str) -> Callable[[], None]:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    exporter = OTLPSpanExporter(f"{sink}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=1 << 16))
    trace.set_tracer_provider(provider)
    for library, name in (
        ("flask", "FlaskInstrumentor"),
        ("django", "DjangoInstrumentor"),
        ("fastapi", "FastAPIInstrumentor"),
        ("requests", "RequestsInstrumentor"),
        ("sqlite3", "SQLite3Instrumentor"),
    ):
        module = importlib.import_module(f"opentelemetry.instrumentation.{library}")
        getattr(module, name)().instrument()
    return provider.shutdown


def environ_of(path: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "a=b",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_USER_AGENT": "bench",
        "HTTP_ACCEPT": "*/*",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def served_by_wsgi(application: Any) -> Callable[[int], None]:
    def start_response(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], None]:
        return lambda data: None

    def serve(units: int) -> None:
        for _ in range(units):
            body = application(environ_of("/shop/buy"), start_response)
            for _piece in body:
                pass
            if hasattr(body, "close"):
                body.close()

    return serve


def served_by_asgi(application: Any) -> Callable[[int], None]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        pass

    loop = asyncio.new_event_loop()

    async def serve_all(units: int) -> None:
        for _ in range(units):
            scope = {
                "type": "http",
                "asgi": {"version": "3.0"},
                "http_version": "1.1",
                "method": "GET",
                "scheme": "http",
                "path": "/shop/buy",
                "raw_path": b"/shop/buy",
                "root_path": "",
                "query_string": b"a=b",
                "headers": [(b"host", b"localhost"), (b"user-agent", b"bench"), (b"accept", b"*/*")],
                "client": ("127.0.0.1", 1),
                "server": ("127.0.0.1", 80),
            }
            # A task of its own, as servers make one.
            await loop.create_task(application(scope, receive, send))

    return lambda units: loop.run_until_complete(serve_all(units))


def flask_serving(work: Callable[[], None]) -> Callable[[int], None]:
    import flask

    application = flask.Flask("bench")

    @application.route("/shop/<what>")
    def shop(what: str) -> str:
        work()
        return "ok"

    return served_by_wsgi(application)


def django_serving() -> Callable[[int], None]:
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    # OpenTelemetry's instrumentation has done so already, with defaults.
    if not settings.configured:
        settings.configure()
    settings.ALLOWED_HOSTS = ["*"]
    settings.ROOT_URLCONF = type(
        "urls", (), {"urlpatterns": [path("shop/<what>", lambda request, what: HttpResponse("ok"))]}
    )
    django.setup()
    return served_by_wsgi(get_wsgi_application())


def fastapi_serving() -> Callable[[int], None]:
    import fastapi

    application = fastapi.FastAPI()

    @application.get("/shop/{what}")
    async def shop(what: str) -> str:
        return "ok"

    return served_by_asgi(application)


def http_calls() -> Callable[[], None]:
    import requests
    import urllib3.connection

    urllib3.connection.HTTPConnection._new_conn = lambda self: Socket()  # type: ignore[method-assign, assignment]
    session = requests.Session()

    def call() -> None:
        for _ in range(CALLS):
            session.get("http://stock.example/items/7?x=y")

    return call


def database_calls() -> Callable[[], None]:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    cursor = connection.cursor()

    def call() -> None:
        for number in range(CALLS):
            cursor.execute("SELECT ? + 1, 'a text' AS word WHERE 7 = 7", (number,))

    return call


WORKS: dict[str, Callable[[], Callable[[int], None]]] = {
    "flask": lambda: flask_serving(lambda: None),
    "django": django_serving,
    "fastapi": fastapi_serving,
    "flask, 10 requests": lambda: flask_serving(http_calls()),
    "flask, 10 statements": lambda: flask_serving(database_calls()),
}


def main() -> None:
    subject, work, units, sink = sys.argv[1:]
    os.environ.setdefault("APPDYNAMICS_AGENT_BASE_DIR", os.environ.get("TMPDIR", "/tmp") + "/tierline-bench")
    end = start(subject, sink)
    serve = WORKS[work]()
    serve(WARM_UP)
    began = time.process_time()
    serve(int(units))
    end()
    print(json.dumps((time.process_time() - began) / int(units) * 1e6))


if __name__ == "__main__":
    main()
