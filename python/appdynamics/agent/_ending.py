"""What is needed so that nothing is lost that had ended when its process ends.

====================================  ================================================================
end                                   what sends what had ended
====================================  ================================================================
end of main, ``sys.exit``, exception  :mod:`atexit`
``SIGTERM`` with the default action   the native part, before the default action (``sigterm.rs``)
``os._exit`` in a forked child        a flush before it: that is how ``multiprocessing``, Celery and
                                      programs that call ``os.fork`` end their children
====================================  ================================================================
"""

import atexit
import functools
import os
import sys

from appdynamics import _native
from appdynamics.agent import _forking

_prepared = False


def prepare():
    """Called by every successful ``init``."""
    global _prepared
    if _prepared:
        return
    _prepared = True
    atexit.register(_native.flush_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=flush_before_exit)
    _forking.prepare()
    _keep_the_flush_before_sigterm()
    if _is_child_of_multiprocessing():
        flush_before_exit()


def flush_before_exit():
    """Put a flush before ``os._exit``.

    Only in children of this program, where ``os._exit`` is the ordinary end. A process that calls it elsewhere wants
    to be gone at once.
    """
    original = os._exit
    if hasattr(original, "__wrapped__"):
        return

    @functools.wraps(original)
    def _exit(status):
        try:
            _native.flush_at_exit()
        finally:
            original(status)

    os._exit = _exit


def _is_child_of_multiprocessing():
    # Children of its fork server are forked from a process that does not know the agent.
    process = sys.modules.get("multiprocessing.process")
    try:
        return process is not None and process.parent_process() is not None
    except Exception:
        return False


def _keep_the_flush_before_sigterm():
    """Servers like uvicorn set ``SIGTERM`` back to its default and send it to themselves to end."""
    import signal

    original = signal.signal
    if not hasattr(signal, "SIGTERM"):
        return

    @functools.wraps(original)
    def _signal(signalnum, handler):
        before = original(signalnum, handler)
        if signalnum == signal.SIGTERM and handler == signal.SIG_DFL:
            _native.rearm()
        return before

    signal.signal = _signal
