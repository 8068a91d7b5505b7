"""A web server for a tier: every request is a business transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from appdynamics.agent import api as appd

from shop import lifecycle

BODY_BYTES_MAX = 64 * 1024
CORRELATION_HEADER = "singularityheader"

#: Answers a request: the transaction, the last part of the path, and what the query or the body said.
Action = Callable[[Any, str, dict[str, Any]], Any]


class RefusedError(Exception):
    """The request cannot be fulfilled; the customer is told why, and the transaction fails."""


class Server(ThreadingHTTPServer):
    """Threads that end with the process, on a free loopback port."""

    daemon_threads = True

    def __init__(self, routes: dict[str, tuple[str, Action]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes = routes


class Handler(BaseHTTPRequestHandler):
    """Finds the action of a request and runs it inside its transaction."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]  (as http.server documents it)
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """The load would fill the log; failures are visible where they belong."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        first, _, rest = url.path.strip("/").partition("/")
        length = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX)
        body = self.rfile.read(length)
        route = self.server.routes.get(f"{self.command} /{first}")
        if route is None:
            self._answer(404, {"error": f"there is no {url.path}"})
            return
        name, action = route
        asked: dict[str, Any] = dict(parse_qsl(url.query))
        if body:
            asked.update(json.loads(body))
        try:
            with appd.bt(name, self.headers.get(CORRELATION_HEADER)) as bt:
                result = action(bt, rest, asked)
        except RefusedError as error:
            self._answer(409, {"error": str(error)})
        except Exception as error:
            self._answer(500, {"error": f"{type(error).__name__}: {error}"})
        else:
            self._answer(200, result)

    def _answer(self, status: int, result: Any) -> None:
        data = json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def serve(routes: dict[str, tuple[str, Action]]) -> None:
    """Serves until the process is asked to end.

    A route is ``"METHOD /first-part"``: the name of the transaction, and what to do.
    """
    with Server(routes) as server:
        lifecycle.say_ready(server.server_address[1])
        server.serve_forever(poll_interval=0.1)
