"""The API where the native part cannot be loaded: everything is there and does nothing."""

EXIT_HTTP = 1
EXIT_DB = 2
EXIT_CACHE = 3
EXIT_QUEUE = 4
EXIT_CUSTOM = 5
NO_TIMEOUT = -1

_other_exits = []


class BtHandle:
    """Never made."""


class ExitCallHandle:
    """Never made."""


def init(environ=None, timeout_ms=NO_TIMEOUT, *more, **unknown):
    """False: the agent cannot run here."""
    return False


def _nothing(*arguments, **named):
    return None


shutdown = start_bt = end_bt = add_snapshot_data = get_active_bt_handle = _nothing
start_exit_call = end_exit_call = make_correlation_header = _nothing


class bt:
    """Runs the body with ``None``."""

    def __init__(self, *arguments, **named):
        pass

    def __enter__(self):
        return None

    def __exit__(self, *error):
        return False

    async def __aenter__(self):
        return None

    async def __aexit__(self, *error):
        return False


class exit_call(bt):
    """Runs the body with ``None``."""


def _exit_constant(name):
    if name not in _other_exits:
        _other_exits.append(name)
    return 1_000 + _other_exits.index(name)
