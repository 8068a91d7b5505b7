"""What was slow or failed is kept whole, from its first exit call, however rare it is."""

from __future__ import annotations

from pathlib import Path

from conftest import Controller, agent_environment, finished, start_program, until

ONE_SLOW = """
import time
from appdynamics.agent import api as appd
appd.init()
for i in range(100_000):
    slow = i == 61_803
    with appd.bt("rare") as bt:
        if slow:
            appd.add_snapshot_data(bt, "iteration", i)
            for n in range(25):
                with appd.exit_call(bt, appd.EXIT_DB, "orders db", {"HOST": "db", "PORT": 5432},
                                    optional_properties={"row": n}, operation="select %d" % n):
                    time.sleep(0.03)
appd.shutdown()
"""

ONE_ERROR = """
from appdynamics.agent import api as appd
appd.init()
for i in range(2_000):
    try:
        with appd.bt("failing") as bt:
            with appd.exit_call(bt, appd.EXIT_CACHE, "sessions", {"SERVER POOL": "cache:11211"}):
                pass
            if i == 1_234:
                raise ValueError("order %d has no customer" % i)
    except ValueError:
        pass
appd.shutdown()
"""


def test_one_slow_bt_in_100000_is_kept_with_all_its_exit_calls(controller: Controller, tmp_path: Path) -> None:
    finished(start_program(ONE_SLOW, agent_environment(controller.port, "worker-1", tmp_path / "agent")))
    slow = until(
        lambda: [s for s in controller.snapshots() if s["userExperience"] in ("SLOW", "VERY_SLOW")],
        30,
        "a slow snapshot",
    )
    assert len(slow) == 1, "only one was slow"
    (snapshot,) = slow
    assert snapshot["timeTakenInMilliSecs"] >= 750
    assert {"iteration": "61803"}.items() <= {p["name"]: p["value"] for p in snapshot["businessData"]}.items()
    calls = snapshot["snapshotExitCalls"]
    assert [call["detailString"] for call in calls] == [f"select {n}" for n in range(25)]
    assert all(call["timeTakenInMillis"] >= 29 for call in calls)


def test_one_error_is_kept_with_its_stack(controller: Controller, tmp_path: Path) -> None:
    finished(start_program(ONE_ERROR, agent_environment(controller.port, "worker-1", tmp_path / "agent")))
    failed = until(lambda: [s for s in controller.snapshots() if s["errorOccured"]], 30, "an error snapshot")
    assert len(failed) == 1
    assert failed[0]["userExperience"] == "ERROR"
    assert "order 1234 has no customer" in failed[0]["summary"] + failed[0]["errorSummary"]
    assert len(failed[0]["snapshotExitCalls"]) == 1
