"""One measurement in a process of its own: `driver.py SUBJECT WORK UNITS THREADS SINK` prints it as JSON.

CPU is that of all threads and child processes, from after the start to after the last record left.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable

#: Units between two waits for the queue of an agent that has one, so that nothing is lost while costs are
#: measured: its smallest queue holds 1,000 traces.
DRAIN_EVERY = 500


def cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def resident_mb() -> float:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def repeat(unit: Callable[[], None], units: int) -> None:
    for _ in range(units):
        unit()


def main() -> None:
    name, work, units_text, threads_text, sink = sys.argv[1:]
    units, threads = int(units_text), int(threads_text)
    os.environ["DD_TRACE_AGENT_URL"] = sink
    began, resident_before = time.perf_counter(), resident_mb()
    subject = importlib.import_module(f"subjects.{name}")
    subject.start(sink)
    result = {
        "start_ms": (time.perf_counter() - began) * 1e3,
        "start_mb": resident_mb() - resident_before,
    }
    unit = subject.bare if work == "W0" else subject.work
    cpu_before, wall_before = cpu_s(), time.perf_counter()
    if threads == 1:
        for done in range(0, units, DRAIN_EVERY):
            repeat(unit, min(DRAIN_EVERY, units - done))
            subject.drain()
    else:
        # Saturation: everybody as fast as possible, nobody waits.
        workers = [threading.Thread(target=repeat, args=(unit, units // threads)) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    subject.stop()
    result["cpu_us"] = (cpu_s() - cpu_before) * 1e6 / max(units, 1)
    result["wall_us"] = (time.perf_counter() - wall_before) * 1e6 / max(units, 1)
    result["end_mb"] = resident_mb() - resident_before
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
