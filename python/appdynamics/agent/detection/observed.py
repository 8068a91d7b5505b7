"""Calls within what observes them.

In Python, not in native code: an interpreter that ends unwinds its daemon threads from wherever they wait, and native
frames around a program's code would not survive that.
"""

from appdynamics._native import begin_exit, begin_wsgi, enter_carried, leave_carried


def call_exit(backend, operation, function, /, *args, **kwargs):
    """``function(*args, **kwargs)`` within an exit call."""
    exit_call = begin_exit(backend, operation)
    if exit_call is None:
        return function(*args, **kwargs)
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        exit_call.end(error)
        raise
    exit_call.end()
    return result


def call_carried(carried, function, /, *args, **kwargs):
    """``function(*args, **kwargs)`` within what was carried; the context is left as it was."""
    before = enter_carried(carried)
    if before is None:
        return function(*args, **kwargs)
    try:
        return function(*args, **kwargs)
    finally:
        leave_carried(before)


class _Body:
    """The body of an answer that is not complete yet: the transaction ends when the server has taken all of it,
    closes it, or loses it (then ``served`` ends it)."""

    __slots__ = ("__weakref__", "_environ", "_inner", "_iterator", "_served")

    def __init__(self, inner, served, environ):
        self._inner = inner
        self._served = served
        self._environ = environ
        self._iterator = None

    def __iter__(self):
        served = self._served
        try:
            # Not `yield from`: that would close what is in here when the server stops early, and `close` once more.
            for piece in self._inner:  # noqa: UP028
                yield piece
        except GeneratorExit:
            raise
        except BaseException as error:
            served.end(self._environ, error)
            raise
        # `close` follows, but not from everyone.
        served.end(self._environ)

    def __next__(self):
        # For those who ask without `iter`.
        if self._iterator is None:
            self._iterator = iter(self)
        return next(self._iterator)

    def close(self):
        try:
            close = self._inner.close
        except AttributeError:
            close = None
        try:
            if close is not None:
                close()
        except BaseException as error:
            self._served.end(self._environ, error)
            raise
        self._served.end(self._environ)

    def __getattr__(self, name):
        # Whatever else a server or middleware looks for.
        return getattr(self._inner, name)


def serve_wsgi(function, receiver, environ, start_response):
    """Call a WSGI application: ``function(receiver, environ, start_response)``, without ``receiver`` when that is
    ``None``. The request becomes a transaction if it is to be one."""
    served = begin_wsgi(environ)
    if served is None:
        if receiver is None:
            return function(environ, start_response)
        return function(receiver, environ, start_response)

    def start_and_look(status, *args, **kwargs):
        served.started(status, environ)
        return start_response(status, *args, **kwargs)

    try:
        body = function(environ, start_and_look) if receiver is None else function(receiver, environ, start_and_look)
    except BaseException as error:
        served.end(environ, error)
        raise
    # A body that is there as a whole is left as it is, as is one that the server knows how to send without reading it.
    kind = type(body)
    if kind is list or kind is tuple or _is_file(environ, body):
        served.end(environ)
        return body
    return _Body(body, served, environ)


def _is_file(environ, body):
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)
