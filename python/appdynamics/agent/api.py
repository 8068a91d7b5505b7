"""The Python Agent API: business transactions, exit calls and data collectors of your own.

Nothing here raises. Odd arguments are counted for ``tierline doctor`` and otherwise ignored, and every function
takes ``None`` where it wants a handle, so that programs need not ask whether there is one::

    from appdynamics.agent import api as appd

    appd.init()
    with appd.bt("checkout") as bt:
        with appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db", "Port": 5432, "Vendor": "POSTGRESQL"}):
            save(order)
        appd.add_snapshot_data(bt, "order", order.number)
"""

import sys as _sys

try:
    from appdynamics._native import (
        EXIT_CACHE,
        EXIT_CUSTOM,
        EXIT_DB,
        EXIT_HTTP,
        EXIT_QUEUE,
        NO_TIMEOUT,
        BtHandle,
        ExitCallHandle,
        add_snapshot_data,
        bt,
        end_bt,
        end_exit_call,
        exit_call,
        get_active_bt_handle,
        init,
        make_correlation_header,
        shutdown,
        start_bt,
        start_exit_call,
    )
    from appdynamics._native import exit_constant as _exit_constant
except ImportError:
    # A sub-interpreter with a lock of its own, or a platform the wheel is not for: the program must run on.
    from appdynamics.agent._absent import (
        EXIT_CACHE,
        EXIT_CUSTOM,
        EXIT_DB,
        EXIT_HTTP,
        EXIT_QUEUE,
        NO_TIMEOUT,
        BtHandle,
        ExitCallHandle,
        _exit_constant,
        add_snapshot_data,
        bt,
        end_bt,
        end_exit_call,
        exit_call,
        get_active_bt_handle,
        init,
        make_correlation_header,
        shutdown,
        start_bt,
        start_exit_call,
    )

__all__ = [
    "EXIT_CACHE",
    "EXIT_CUSTOM",
    "EXIT_DB",
    "EXIT_HTTP",
    "EXIT_QUEUE",
    "NO_TIMEOUT",
    "BtHandle",
    "ExitCallHandle",
    "add_snapshot_data",
    "api",
    "bt",
    "end_bt",
    "end_exit_call",
    "exit_call",
    "get_active_bt_handle",
    "init",
    "make_correlation_header",
    "shutdown",
    "start_bt",
    "start_exit_call",
]

# Programs that import `api as appd` write `appd.api.NO_TIMEOUT`.
api = _sys.modules[__name__]


def __getattr__(name):
    # `EXIT_SUBTYPE_MONGODB` and other names no manual lists: a number of their own, which shows as that name.
    if name.startswith("EXIT_"):
        return _exit_constant(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
