"""Sums are exact, whatever happens at the same time."""

import os
import threading

import pytest

from appdynamics.agent import api as appd

THREADS = 4
# 100,000 per thread for acceptance; a debug build counts fewer.
PER_THREAD = int(os.environ.get("TIERLINE_COUNTING", "5000"))


@pytest.mark.slow
def test_threads_are_counted_exactly(controller):
    from agent_of_tests import Agent

    agent = Agent(controller)
    agent.start(TIERLINE_REPORT_INTERVAL_MS="1000")

    def work(thread):
        properties = {"Host": f"db {thread % 2}", "Port": 5432}
        for number in range(PER_THREAD):
            bt = appd.start_bt(f"bt {number % 7}")
            if number % 2:
                exit_call = appd.start_exit_call(bt, appd.EXIT_DB, f"db {thread % 2}", properties)
                appd.end_exit_call(exit_call)
            appd.end_bt(bt)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received = agent.stop()
    assert sum(received.bts().values()) == THREADS * PER_THREAD
    assert sum(exit_.count for exit_ in received.exits().values()) == THREADS * PER_THREAD // 2
    assert received.total("appd.segments.begun") == received.total("appd.segments.ended") == THREADS * PER_THREAD
    assert agent.panics() == 0


def test_rare_slow_ones_are_kept_with_everything(controller):
    """One that is slow among many is kept, complete from its first exit call on."""
    import time

    from agent_of_tests import Agent

    controller.config = {"version": 2, "thresholds": {"slow": {"fixed_ms": 50}}}
    agent = Agent(controller)
    agent.start()
    for number in range(2_000):
        with appd.bt("checkout") as bt:
            appd.add_snapshot_data(bt, "number", number)
            for call in range(3):
                with appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}, operation=f"SELECT {call}"):
                    if number == 1_500 and call == 1:
                        time.sleep(0.3)
    received = agent.stop()
    kept = [snapshot for snapshot in received.snapshots if snapshot.user_data == {"number": "1500"}]
    assert len(kept) == 1
    assert [exit_call.operation for exit_call in kept[0].exit_calls] == ["SELECT 0", "SELECT 1", "SELECT 2"]
