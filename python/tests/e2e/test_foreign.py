"""Programs with the OpenTelemetry SDKs of Python and Node.js in front of a program of ours: one flow map, one snapshot."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Iterator

import pytest
from conftest import ACCESS_KEY, APPLICATION, PASSWORD, REPOSITORY, Controller, agent_environment, free_port, until

SHOP = """
import os, sys
import requests
from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=500))
trace.set_tracer_provider(provider)
app = Flask("shop")
FlaskInstrumentor().instrument_app(app)
RequestsInstrumentor().instrument()

@app.get("/buy/<item>")
def buy(item):
    if item == "nothing":
        raise ValueError("there is no nothing")
    return requests.get(f"http://127.0.0.1:{sys.argv[2]}/stock/{item}").text

app.run("127.0.0.1", int(sys.argv[1]))
"""

STOCK = """
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
new NodeSDK({ instrumentations: [new HttpInstrumentation()] }).start();
const http = require('http');
const [port, orders] = process.argv.slice(-2).map(Number);
http.createServer((request, response) => {
  http.get({ host: '127.0.0.1', port: orders, path: '/order' }, (answer) => {
    answer.resume().on('end', () => response.end('in stock'));
  });
}).listen(port, '127.0.0.1');
"""

ORDERS = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from appdynamics.agent import api as appd
appd.init()

class Orders(BaseHTTPRequestHandler):
    def do_GET(self):
        with appd.bt("/order", self.headers.get("traceparent")) as bt:
            appd.add_snapshot_data(bt, "customer", "ada")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Orders).serve_forever()
"""


@pytest.fixture(scope="module")
def node_packages() -> Path:
    """The folder of the coexistence tests, which use the same SDK; its packages come from npm once."""
    folder = REPOSITORY / "node" / "tests" / "coexistence"
    if not (folder / "node_modules" / "@opentelemetry" / "sdk-node").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


@pytest.fixture
def quick(binary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Controller]:
    """A controller that waits two seconds, not ten, for the rest of a trace."""
    monkeypatch.setenv("TIERLINE_FOREIGN_WINDOW_S", "2")
    controller = Controller(binary, tmp_path / "data")
    controller.start()
    yield controller
    controller.stop()


def sdk_environment(controller: Controller, service: str, language: str) -> dict[str, str]:
    """What an operator would set for a program with an OpenTelemetry SDK."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("APPD", "TIERLINE", "OTEL"))}
    return clean | {
        "OTEL_SERVICE_NAME": service,
        "OTEL_RESOURCE_ATTRIBUTES": f"service.namespace={APPLICATION},service.instance.id={service}-1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{controller.port}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-tierline-access-key={ACCESS_KEY}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "500",
        "OTEL_SEMCONV_STABILITY_OPT_IN": "http" if language == "nodejs" else "",
    }


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def page(controller: Controller, path: str) -> Any:
    login = base64.b64encode(f"admin@customer1:{PASSWORD}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{controller.port}/api/{path}", headers={"Authorization": f"Basic {login}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def arrows(map: dict[str, Any]) -> set[tuple[str, str]]:
    tiers = {tier["id"]: tier["name"] for tier in map["tiers"]}
    backends = {backend["id"]: backend["name"] for backend in map["backends"]}
    return {
        (tiers[edge["fromTierId"]], tiers.get(edge["toTierId"]) or backends[edge["backendId"]]) for edge in map["edges"]
    }


def test_three_programs_are_one_map_and_one_snapshot(quick: Controller, node_packages: Path, tmp_path: Path) -> None:
    shop, stock, orders = free_port(), free_port(), free_port()
    node = shutil.which("node")
    assert node, "Node.js is needed"
    # Node.js resolves packages from where a file lies.
    program = node_packages / f"stock-{os.getpid()}.cjs"
    program.write_text(STOCK)
    commands = [
        ([sys.executable, "-c", SHOP, f"{shop}", f"{stock}"], sdk_environment(quick, "shop", "python")),
        ([node, str(program), f"{stock}", f"{orders}"], sdk_environment(quick, "stock", "nodejs")),
        (
            [sys.executable, "-c", ORDERS, f"{orders}"],
            agent_environment(quick.port, "orders-1", tmp_path / "agent", tier="orders"),
        ),
    ]
    programs = [subprocess.Popen(command, env=environment) for command, environment in commands]
    try:
        until(lambda: answers(shop, "/buy/book"), 60, "the three programs answer")
        for _ in range(4):
            assert answers(shop, "/buy/book")
        assert not answers(shop, "/buy/nothing")
        application = until(
            lambda: [a for a in page(quick, "applications") if a["name"] == APPLICATION], 60, "an application"
        )[0]["id"]

        def joined() -> bool:
            return arrows(page(quick, f"applications/{application}/flow-map")) == {
                ("shop", "stock"),
                ("stock", "orders"),
            }

        until(joined, 60, "one flow map over the three")
        rows = page(quick, f"applications/{application}/snapshots")["items"]
        ours = next(row for row in rows if row["tierName"] == "orders")
        snapshot = page(quick, f"applications/{application}/snapshots/{ours['guid']}")
        assert [segment["tierName"] for segment in snapshot["segments"]] == ["shop", "stock", "orders"]
        assert snapshot["btName"] == "/buy/:item"
        for caller, called in zip(snapshot["segments"], snapshot["segments"][1:], strict=False):
            assert [call["toSpanId"] for call in caller["exitCalls"]] == [called["spanId"]]
        assert {"key": "customer", "value": "ada"} in snapshot["segments"][2]["userData"]
        failed = until(
            lambda: [
                row
                for row in page(quick, f"applications/{application}/snapshots")["items"]
                if row["tierName"] == "shop" and row["verdict"] == "ERROR"
            ],
            30,
            "the failed request",
        )
        assert "there is no nothing" in failed[0]["errorSummary"]
    finally:
        program.unlink()
        for running in programs:
            running.kill()
            running.wait()
