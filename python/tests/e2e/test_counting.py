"""Numbers add up exactly, whatever happens between agent and controller."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from conftest import Controller, Wire, agent_environment, finished, start_program, until

THREADS = 4
BTS_PER_THREAD = 100_000
EXITS = 200_000

WORK = """
import json, sys, threading, time
from appdynamics.agent import api as appd

threads, per_thread, exits = map(int, sys.argv[1:4])
assert appd.init()
begun = [0] * threads
failed = [0] * threads

def work(number):
    every = threads * per_thread // exits
    for i in range(per_thread):
        bt = appd.start_bt("count-%d" % (i % 5))
        begun[number] += bt is not None
        if i % every == 0:
            call = appd.start_exit_call(bt, appd.EXIT_DB, "orders db", {"HOST": "db", "PORT": 5432, "VENDOR": "POSTGRESQL"})
            appd.end_exit_call(call)
        appd.end_bt(bt)
        if i % 2000 == 0:
            time.sleep(0.3)   # long enough for two restarts of the controller to fall into it

started = time.time()
pool = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
for thread in pool: thread.start()
for thread in pool: thread.join()
appd.shutdown()
print(json.dumps({"begun": sum(begun), "start_ms": int(started * 1000), "end_ms": int(time.time() * 1000)}))
"""


def counted(controller: Controller, told: dict[str, int]) -> tuple[int, int]:
    """Calls of all BTs, and exit calls, as the REST API tells them."""
    bts = sum(
        controller.metric(
            f"Business Transaction Performance|Business Transactions|worker|count-{n}|Calls per Minute",
            told["start_ms"],
            told["end_ms"],
        )
        for n in range(5)
    )
    exits = controller.metric(
        "Backends|Discovered backend call - orders db|Calls per Minute", told["start_ms"], told["end_ms"]
    )
    return bts, exits


def test_sums_are_exact_over_restarts_and_duplicates(controller: Controller, tmp_path: Path) -> None:
    wire = Wire(controller.port, copies=2)
    environment = agent_environment(wire.port, "worker-1", tmp_path / "agent")
    program = start_program(WORK, environment, str(THREADS), str(BTS_PER_THREAD), str(EXITS))
    for how in (signal.SIGTERM, signal.SIGKILL):
        time.sleep(1.5)
        assert program.poll() is None, "the load ended before the controller was restarted twice"
        controller.stop(how)
        time.sleep(1.0)
        controller.start()
    told = json.loads(finished(program, 300))
    assert told["begun"] == THREADS * BTS_PER_THREAD
    until(lambda: counted(controller, told)[0] >= told["begun"], 30, "all reports have arrived")
    assert counted(controller, told) == (THREADS * BTS_PER_THREAD, EXITS)
    assert wire.deliveries > 10, "the wire was not used"
    # The overall sum, and the sum after one more restart, are the same numbers.
    overall = "Overall Application Performance|Calls per Minute"
    assert controller.metric(overall, told["start_ms"], told["end_ms"]) == told["begun"]
    controller.stop(signal.SIGKILL)
    controller.start()
    assert counted(controller, told) == (THREADS * BTS_PER_THREAD, EXITS)
    wire.close()
