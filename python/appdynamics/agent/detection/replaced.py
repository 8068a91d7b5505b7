"""Functions of others that we stand in front of, and the way back."""

import contextlib
import functools

_ABSENT = object()
_undoing = []


class NotAsKnown(Exception):
    """A library has not what a hook expects there: another version than those that are known."""


def replace(target, name, make):
    """Put ``make(original)`` in the place of ``target.name``, with its name, signature and documentation.

    Of a class this is the plain function. Raises :class:`NotAsKnown` where there is none.
    """
    before = vars(target).get(name, _ABSENT)
    original = _inherited(target, name) if before is _ABSENT else before
    if not callable(original):
        raise NotAsKnown(f"{getattr(target, '__qualname__', target.__name__)} has no {name}")
    ours = make(original)
    functools.update_wrapper(ours, original)
    setattr(target, name, ours)
    _undoing.append(lambda: _put_back(target, name, ours, before))


def _inherited(target, name):
    # Only here: the module is as large as all of ours, and few programs need it.
    import inspect

    return inspect.getattr_static(target, name, None)


def replace_if_there(target, name, make):
    """As :func:`replace`, for what not every known version has."""
    if hasattr(target, name):
        replace(target, name, make)


def undone_by(undo):
    """Remember what else must be undone."""
    _undoing.append(undo)


def put_back():
    """Put everything back that nobody else has replaced since. What others stand in front of stays, and is idle."""
    while _undoing:
        # A module may be on its way out; the rest must still be undone.
        with contextlib.suppress(Exception):
            _undoing.pop()()


def _put_back(target, name, ours, before):
    if vars(target).get(name) is not ours:
        return
    if before is _ABSENT:
        delattr(target, name)
    else:
        setattr(target, name, before)
