"""What is detected without a line of code.

A library is touched only when the program imports it: what is patched then, by which module here, and with which
versions that was tested, is in :mod:`~appdynamics.agent.detection.table`. Everything can be undone, nothing raises
into the program, results keep their types, and without an agent that runs every patch does nothing but call what it
stands for."""

import sys

from appdynamics import _native
from appdynamics.agent.detection import loading, replaced, table


def install():
    """Called by every successful ``init``: puts the hooks in, or takes them out when detection is switched off."""
    without = _native.detection_without()
    if without is None:
        remove()
    else:
        loading.watch([hook for hook in table.HOOKS if not _is_left_out(hook, without)])


def remove():
    """Undo everything."""
    loading.unwatch()
    replaced.put_back()


def report():
    """What became of each library: ``(library, version, state, why)``, in the order of the table.

    ``state`` is ``hooked``, ``failed``, ``left out`` (a setting says so) or ``not imported``.
    """
    without = _native.detection_without()
    rows = []
    for hook in table.HOOKS:
        state, why = loading.state_of(hook)
        if without is None or _is_left_out(hook, without):
            state, why = "left out", "by a setting"
        rows.append((hook.library, _version(hook), state, why))
    return rows


def _is_left_out(hook, without):
    return hook.library.lower() in without or hook.library.lower().split()[0] in without


def _version(hook):
    module = sys.modules.get(hook.module.partition(".")[0])
    # Not by `getattr`: some answer with a warning.
    version = vars(module).get("__version__", "") if module is not None else ""
    return version if isinstance(version, str) else ""
