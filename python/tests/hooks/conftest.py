"""Programs that are hooked, and what they call."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from appdynamics.agent import detection

# Another tier of the same application and account called; see spec for the format.
UPSTREAM = "0af76519-16cd-43dd-8448-eb211c80319c"


@pytest.fixture(scope="module", autouse=True)
def _hooks_are_taken_out():
    yield
    detection.remove()


@pytest.fixture
def backend():
    """An HTTP server that remembers what it was sent: ``/status/<n>`` answers with that status."""
    server = Backend()
    yield server
    server.close()


class Backend:
    """A server on the loopback interface."""

    def __init__(self):
        backend = self
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                backend.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status = int(self.path.split("/")[2].split("?")[0]) if self.path.startswith("/status/") else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/moved")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_POST = do_GET

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def headers(self, place=-1):
        """The headers of a request."""
        return self.requests[place][1]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _server(kind):
    """A fixture with a server of this kind for all tests of a run; skipped, with what installs it, where there is none.

    Continuous integration installs all of them: see ``xtask``."""

    @pytest.fixture(scope="session")
    def server():
        import servers

        try:
            running = getattr(servers, kind)()
        except servers.Missing as missing:
            pytest.skip(str(missing))
        yield running
        running.close()

    return server


postgresql = _server("PostgreSql")
mariadb = _server("MariaDb")
redis_server = _server("Redis")
memcached = _server("Memcached")
rabbitmq = _server("RabbitMq")
