"""The transaction goes along where a program starts a thread for a part of its work.

Only the transaction does, not the rest of the context: what else a program keeps in context variables stays as it is
without the agent. Tasks inherit their context from ``asyncio``.
"""

from appdynamics._native import carry
from appdynamics.agent.detection.observed import call_carried
from appdynamics.agent.detection.replaced import replace


def threading(module):
    def in_front(original):
        def start(self):
            carried = carry()
            if carried is not None and not self._started.is_set() and not _is_of_a_pool(self):
                _carry_into(self, carried)
            return original(self)

        return start

    replace(module.Thread, "start", in_front)


def _is_of_a_pool(thread):
    # It outlives the work that made the pool need it, and works for others, too.
    return getattr(getattr(thread, "_target", None), "__module__", None) == "concurrent.futures.thread"


def _carry_into(thread, carried):
    run = thread.run

    def run_carried():
        # The thread is as its class made it again, before its own code runs.
        vars(thread).pop("run", None)
        return call_carried(carried, run)

    thread.run = run_carried


def executors(module):
    def in_front(original):
        def submit(self, fn, /, *args, **kwargs):
            carried = carry()
            if carried is None:
                return original(self, fn, *args, **kwargs)
            return original(self, call_carried, carried, fn, *args, **kwargs)

        return submit

    replace(module.ThreadPoolExecutor, "submit", in_front)


def gevent(module):
    def in_front(original):
        def spawn(*args, **kwargs):
            carried = carry()
            # `Greenlet.spawn(greenlet)` starts one that was made before.
            if carried is None or not args or isinstance(args[0], module.Greenlet):
                return original(*args, **kwargs)
            return original(call_carried, carried, *args, **kwargs)

        return spawn

    replace(module, "spawn", in_front)


def gevent_pools(module):
    def in_front(original):
        def spawn(self, *args, **kwargs):
            carried = carry()
            if carried is None or not args:
                return original(self, *args, **kwargs)
            return original(self, call_carried, carried, *args, **kwargs)

        return spawn

    replace(module.Group, "spawn", in_front)
