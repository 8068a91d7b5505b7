"""Forking with the agent's threads is safe, and must not look otherwise.

Since Python 3.12 ``os.fork`` warns when the process has more than one thread of the system, because locks that other
threads hold stay locked in the child. The agent's threads hold none that a child needs. So the warning is ignored at
a fork in a program whose only other threads are the agent's; a program with threads of its own gets it as ever.
"""

import os
import sys

_MESSAGE = r"This process \(pid=\d+\) is multi-threaded"


def prepare():
    """Called once."""
    if sys.version_info >= (3, 12):
        os.register_at_fork(before=_before_fork)


def _before_fork():
    try:
        import warnings

        for entry in list(warnings.filters):
            if entry[0] == "ignore" and entry[1] is not None and entry[1].pattern == _MESSAGE:
                warnings.filters.remove(entry)  # pyright: ignore[reportAttributeAccessIssue]  (a list in CPython)
        # Threads that run Python: the agent's do not.
        if len(sys._current_frames()) <= 1:
            warnings.filterwarnings("ignore", message=_MESSAGE, category=DeprecationWarning)
    except Exception:
        # An odd moment, such as the interpreter's end: at worst there is a warning.
        pass
