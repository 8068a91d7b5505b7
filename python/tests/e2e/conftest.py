"""A real controller, a wire that may deliver twice, and programs that are monitored: for the end-to-end tests."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

ACCESS_KEY = "end-to-end-access-key"
PASSWORD = "end-to-end-password"
APPLICATION = "EndToEnd"
REPOSITORY = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Controller:
    """One `tierline up` on its own data directory and port, which survive a restart."""

    def __init__(self, binary: str, data: Path) -> None:
        self.binary = binary
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = dict(os.environ, TIERLINE_ACCESS_KEY=ACCESS_KEY, TIERLINE_ADMIN_PASSWORD=PASSWORD)
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.data.parent / f"{self.data.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "up", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.data)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        until(self.is_available, 30, "the controller says it is available")

    def is_available(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the controller ended with {self.process.returncode}"
        try:
            url = f"http://127.0.0.1:{self.port}/controller/rest/serverstatus"
            with urllib.request.urlopen(url, timeout=2) as answer:
                return b"<available>true</available>" in answer.read()
        except OSError:
            return False

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)
        self.process = None

    def rest(self, path: str, **query: Any) -> Any:
        """A REST answer as JSON."""
        query["output"] = "JSON"
        names = {name.replace("_", "-"): value for name, value in query.items()}
        url = f"http://127.0.0.1:{self.port}/controller/rest/{path}?{urllib.parse.urlencode(names)}"
        login = base64.b64encode(f"admin@customer1:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def metric(self, path: str, start_ms: int, end_ms: int, field: str = "sum") -> int:
        """One field of a metric over a time range, added up over its minutes; 0 where there is none."""
        records = self.rest(
            f"applications/{APPLICATION}/metric-data",
            metric_path=path,
            time_range_type="BETWEEN_TIMES",
            start_time=start_ms // 60_000 * 60_000,
            end_time=(end_ms // 60_000 + 1) * 60_000,
            rollup="false",
        )
        return sum(value[field] for record in records for value in record["metricValues"])

    def snapshots(self, **query: Any) -> list[dict[str, Any]]:
        return self.rest(
            f"applications/{APPLICATION}/request-snapshots",
            time_range_type="BEFORE_NOW",
            duration_in_mins=120,
            need_props="true",
            need_exit_calls="true",
            **query,
        )


class Wire:
    """A TCP relay in front of a controller that delivers every HTTP request to it `copies` times.

    Only the answer to the last delivery reaches the agent, so the agent believes it sent once. While `black_hole`
    is set it reads requests, delivers nothing and never answers.
    """

    def __init__(self, target_port: int, copies: int = 1) -> None:
        self.target_port = target_port
        self.copies = copies
        self.deliveries = 0
        self.black_hole = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.closing = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.closing = True
        self.listener.close()

    def _accept(self) -> None:
        while not self.closing:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                while request := read_message(client):
                    while self.black_hole and not self.closing:
                        time.sleep(0.1)
                        if is_closed(client):
                            return
                    answer = b""
                    for _ in range(self.copies):
                        answer = self._deliver(request)
                    if not answer:
                        return
                    client.sendall(answer)
            except OSError:
                return

    def _deliver(self, request: bytes) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", self.target_port), timeout=10) as target:
                target.sendall(request)
                self.deliveries += 1
                return read_message(target) or b""
        except OSError:
            return b""


def is_closed(client: socket.socket) -> bool:
    """Whether the other side hung up."""
    client.setblocking(False)
    try:
        return client.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    finally:
        client.setblocking(True)


def read_message(stream: socket.socket) -> bytes | None:
    """One whole HTTP/1.1 message with a Content-Length; `None` at the end of the stream."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(rest) < length:
        piece = stream.recv(65536)
        if not piece:
            return None
        data += piece
        rest += piece
    return data


def until(holds: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true answer of `holds`, or a failure that says what never came."""
    deadline = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer:
            return answer
        if time.monotonic() > deadline:
            pytest.fail(f"after {seconds} s still not: {what}")
        time.sleep(0.2)


def agent_environment(port: int, node: str, directory: Path, tier: str = "worker", **more: str) -> dict[str, str]:
    """What an operator would set for a monitored program."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("APPD", "TIERLINE", "OTEL"))}
    return clean | {
        "APPDYNAMICS_AGENT_APPLICATION_NAME": APPLICATION,
        "APPDYNAMICS_AGENT_TIER_NAME": tier,
        "APPDYNAMICS_AGENT_NODE_NAME": node,
        "APPDYNAMICS_AGENT_BASE_DIR": str(directory),
        "APPDYNAMICS_CONTROLLER_HOST_NAME": "127.0.0.1",
        "APPDYNAMICS_CONTROLLER_PORT": str(port),
        "APPDYNAMICS_CONTROLLER_SSL_ENABLED": "off",
        "APPDYNAMICS_AGENT_ACCOUNT_NAME": "customer1",
        "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY": ACCESS_KEY,
        "TIERLINE_REPORT_INTERVAL_MS": "1000",
        **more,
    }


def start_program(source: str, environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """Runs `source` as a program of its own; its output is kept to prove that the agent printed nothing."""
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(program: subprocess.Popen[str], seconds: float = 120) -> str:
    """What the program printed, after it ended well and said nothing on standard error."""
    output, errors = program.communicate(timeout=seconds)
    assert program.returncode == 0, errors
    assert errors == "", "the host's standard error is the host's own"
    return output


@pytest.fixture(scope="session")
def binary() -> str:
    path = os.environ.get("TIERLINE_BIN") or str(REPOSITORY / "dist" / "tierline")
    if not Path(path).is_file():
        pytest.fail(f"no controller at {path}: run `cargo xtask dist` or set TIERLINE_BIN")
    return path


@pytest.fixture
def controller(binary: str, tmp_path: Path) -> Iterator[Controller]:
    controller = Controller(binary, tmp_path / "data")
    controller.start()
    yield controller
    controller.stop(signal.SIGKILL)
