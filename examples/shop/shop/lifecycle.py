"""How every process of the shop starts, says that it is ready, and ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from appdynamics.agent import api as appd

SHUTDOWN_TIMEOUT_MS = 3000
PARENT_CHECK_INTERVAL_S = 1.0


def say_ready(port: int = 0) -> None:
    """Tells the parent, which waits for this line, that others may be started."""
    print(f"ready {port}", flush=True)


def end_on_request() -> None:
    """SIGTERM and Ctrl-C end the process in an orderly way, and so does the death of its parent."""

    def leave(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_INTERVAL_S)
    os.kill(os.getpid(), signal.SIGTERM)


def observed(work: Callable[[], None]) -> None:
    """Runs a tier: the agent first, as its documentation advises, and its last numbers at the end."""
    end_on_request()
    if not appd.init():
        print("the agent lacks settings; the shop works, but nobody observes it", file=sys.stderr)
    try:
        work()
    finally:
        appd.shutdown(timeout_ms=SHUTDOWN_TIMEOUT_MS)
