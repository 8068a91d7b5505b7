"""Pre-fork servers, whose workers come and go: every unit is counted, and nothing hangs."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

WSGI = """
import os
from appdynamics.agent import api as appd
appd.init()
def application(environ, start_response):
    with appd.bt("request") as bt:
        with appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}):
            body = b"yes" if bt is not None else b"no"
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""

ASGI = """
from appdynamics.agent import api as appd
appd.init()
async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    async with appd.bt("request") as bt:
        body = b"yes" if bt is not None else b"no"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""

CELERY = """
import os
from celery import Celery
from celery.signals import worker_process_init
from appdynamics.agent import api as appd
appd.init()
folder = os.environ["QUEUE_FOLDER"]
app = Celery("shop")
app.conf.update(
    broker_url="filesystem://",
    broker_transport_options={"data_folder_in": folder, "data_folder_out": folder, "store_processed": False},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    worker_max_tasks_per_child=1,
    worker_concurrency=2,
    worker_hijack_root_logger=False,
)
@app.task(name="unit")
def unit(number):
    with appd.bt("task") as bt:
        appd.add_snapshot_data(bt, "number", number)
    with open(os.path.join(os.environ["DONE_FOLDER"], str(number)), "w"):
        pass
"""

REQUESTS = 40


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def server(command, folder, controller, **environ):
    with open(folder / "server.log", "w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *command],
            cwd=folder,
            # The programs begin their transactions themselves; what is detected by itself is tested in hooks/.
            env={
                **os.environ,
                **controller.environ(),
                "PYTHONPATH": str(folder),
                "TIERLINE_DETECTION": "off",
                **environ,
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
            # gunicorn loses a SIGTERM that reaches a worker it has just forked (without an agent too).
            time.sleep(3 if "gevent" in command else 1)
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            log.seek(0)
            print(log.read())


def get(port, path="/", timeout_s=10):
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                return response.read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("preload", [[], ["--preload"]], ids=["no preload", "preload"])
@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent"])
def test_gunicorn(controller, tmp_path, lap, worker, preload):
    (tmp_path / "shop.py").write_text(WSGI)
    port = free_port()
    command = ["gunicorn", "shop:application", "-b", f"127.0.0.1:{port}", "-w", "2", "-k", worker, *preload]
    with server([*command, "--threads", "2", "--max-requests", "15", "--log-level", "warning"], tmp_path, controller):
        answers = [get(port) for _ in range(REQUESTS)]
    assert answers == [b"yes"] * REQUESTS
    received = controller.received()
    assert received.bts() == {"request": REQUESTS}
    assert received.exits()["orders"].count == REQUESTS


@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["one process", "two workers"])
def test_uvicorn(controller, tmp_path, lap, workers):
    (tmp_path / "shop.py").write_text(ASGI)
    port = free_port()
    command = ["uvicorn", "shop:application", "--port", str(port), "--log-level", "warning", *workers]
    with server(command, tmp_path, controller):
        answers = [get(port) for _ in range(REQUESTS)]
    assert answers == [b"yes"] * REQUESTS
    assert controller.received().bts() == {"request": REQUESTS}


def test_celery_with_one_task_per_child(controller, tmp_path, lap):
    (tmp_path / "shop.py").write_text(CELERY)
    folders = {"QUEUE_FOLDER": str(tmp_path / "queue"), "DONE_FOLDER": str(tmp_path / "done")}
    for folder in folders.values():
        os.mkdir(folder)
    tasks = 12
    command = ["celery", "-A", "shop", "worker", "--loglevel", "WARNING", "--pool", "prefork", "--without-mingle"]
    with server([*command, "--without-gossip", "--without-heartbeat"], tmp_path, controller, **folders):
        send = f"from shop import unit\nfor number in range({tasks}): unit.delay(number)"
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", send],
            cwd=tmp_path,
            env={**os.environ, **folders, "PYTHONPATH": str(tmp_path)},
            check=True,
            timeout=60,
        )
        deadline = time.monotonic() + 60
        while len(os.listdir(folders["DONE_FOLDER"])) < tasks and time.monotonic() < deadline:
            time.sleep(0.1)
    received = controller.received()
    assert received.bts() == {"task": tasks}
