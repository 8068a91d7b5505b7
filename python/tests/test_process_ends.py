"""However a process ends, nothing is lost that had ended."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from recording import RecordingController

from appdynamics.agent import api as appd

BEGIN = """
from appdynamics.agent import api as appd
assert appd.init()
for number in range(100):
    with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}):
        pass
"""


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("", 0),
        ("import sys; sys.exit(3)", 3),
        ("raise SystemExit(0)", 0),
        ("raise ValueError('the program fails')", 1),
        ("import signal, os; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(5)", -signal.SIGINT),
        ("import signal, os; os.kill(os.getpid(), signal.SIGTERM); import time; time.sleep(5)", -signal.SIGTERM),
        ("import signal; signal.raise_signal(signal.SIGTERM); import time; time.sleep(5)", -signal.SIGTERM),
        ("import threading; threading.Thread(target=lambda: None).start()", 0),
        ("appd.shutdown(); import os; os._exit(0)", 0),
    ],
)
def test_nothing_is_lost(run, controller, ending, status):
    result = run(BEGIN + ending, check=False)
    assert result.returncode == status, result.stderr
    received = controller.received()
    assert received.bts() == {"checkout": 100}
    assert received.exits()["orders"].count == 100


def test_a_thread_that_outlives_main(run, controller):
    run(
        BEGIN + "import threading, time\ndef work():\n    time.sleep(0.3)\n    with appd.bt('late'): pass\n"
        "threading.Thread(target=work).start()"
    )
    assert controller.received().bts() == {"checkout": 100, "late": 1}


def test_sigterm_from_outside_while_the_program_waits(run, controller):
    for waiting in ("time.sleep(60)", "threading.Event().wait()", "while True: pass", "sys.stdin.read()"):
        controller.clear()
        with start(
            BEGIN + f"import sys, time, threading; print('ready', flush=True)\n{waiting}", controller
        ) as process:
            assert process.stdout.readline() == b"ready\n"
            begin = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == -signal.SIGTERM
            assert time.monotonic() - begin < 1.5
        assert controller.received().bts() == {"checkout": 100}, waiting


def test_sigterm_keeps_the_programs_handlers(run, controller):
    handled = """
        import signal, os, sys, time
        def handler(number, frame):
            print("handled", number)
            sys.exit(5)
    """
    for when in ("before", "after"):
        controller.clear()
        install = "signal.signal(signal.SIGTERM, handler)\n"
        source = textwrap.dedent(handled) + (install if when == "before" else "") + BEGIN
        source += (install if when == "after" else "") + "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(5)"
        result = run(source, check=False)
        assert (result.returncode, result.stdout) == (5, f"handled {signal.SIGTERM}\n"), result.stderr
        assert controller.received().bts() == {"checkout": 100}


def test_python_sees_the_default_action(run):
    result = run(
        BEGIN
        + """
import signal
print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
print(signal.signal(signal.SIGTERM, signal.SIG_IGN) is signal.SIG_DFL)
import os
os.kill(os.getpid(), signal.SIGTERM)
print(signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)
print(signal.signal.__name__, signal.signal(signal.SIGTERM, signal.SIG_DFL) is signal.SIG_IGN)
"""
    )
    assert result.stdout == "True\nTrue\nTrue\nsignal True\n"


def test_an_ignored_sigterm_stays_ignored(run, controller):
    run(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        + BEGIN
        + "import os; os.kill(os.getpid(), signal.SIGTERM)\nwith appd.bt('after'): pass"
    )
    assert controller.received().bts() == {"checkout": 100, "after": 1}


def test_a_server_that_sets_the_default_back_and_raises(run, controller):
    # What uvicorn does in the end.
    result = run(
        BEGIN
        + """
import signal, time
def handler(number, frame): pass
before = signal.signal(signal.SIGTERM, handler)
signal.signal(signal.SIGTERM, before)
signal.raise_signal(signal.SIGTERM)
time.sleep(5)
""",
        check=False,
    )
    assert result.returncode == -signal.SIGTERM
    assert controller.received().bts() == {"checkout": 100}


def test_children_of_subprocess_are_not_touched(run):
    result = run(
        BEGIN
        + """
import subprocess, sys
program = "import time; print(1, flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
child.stdout.readline()
child.terminate()
print(child.wait(5))
child.stdout.close()
"""
    )
    assert result.stdout == f"{-signal.SIGTERM}\n"


@pytest.mark.parametrize("kind", ["refused", "black hole"])
def test_an_absent_controller_delays_the_exit_by_half_a_second_at_most(run, kind):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if kind == "refused":
            server.close()
        source = "import time\n" + BEGIN + "import atexit; atexit._run_exitfuncs and None\nprint(time.time())"
        result = run(source, APPDYNAMICS_CONTROLLER_PORT=str(port))
        assert time.time() - float(result.stdout) < 1.0


@pytest.mark.parametrize("kind", ["refused", "black hole"])
def test_what_an_absent_controller_missed_arrives_later(run, kind):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if kind == "refused":
            server.close()
        run(BEGIN, APPDYNAMICS_CONTROLLER_PORT=str(port))
    controller = RecordingController(port)
    try:
        # One that lives for a moment: what others left behind is sent when there is time for it.
        run(BEGIN + "import time; time.sleep(2)", APPDYNAMICS_CONTROLLER_PORT=str(port))
        received = controller.wait_for(lambda received: received.bts() == {"checkout": 200})
        assert received.bts() == {"checkout": 200}
    finally:
        controller.close()


def test_init_after_shutdown_again_and_again(run, controller):
    run("""
        from appdynamics.agent import api as appd
        for lap in range(5):
            assert appd.init()
            with appd.bt("lap"):
                pass
            appd.shutdown()
            assert appd.start_bt("between") is None
    """)
    assert controller.received().bts() == {"lap": 5}


def start(source, controller):
    return subprocess.Popen(
        [sys.executable, "-c", source],
        env={**os.environ, **controller.environ()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def test_shutdown_waits_for_a_controller_that_comes_back():
    away = RecordingController()
    away.close()
    appd.init(away.environ())
    for _ in range(7):
        appd.end_bt(appd.start_bt("waited for"))
    ended = threading.Event()
    ending = threading.Thread(target=lambda: (appd.shutdown(timeout_ms=20_000), ended.set()))
    ending.start()
    assert not ended.wait(1.5)
    back = RecordingController(away.port)
    ending.join()
    assert back.received().bts() == {"waited for": 7}
    back.close()
