"""Calls within what observes them.

In Python, not in native code: an interpreter that ends unwinds its daemon threads from wherever they wait, and native
frames around a program's code would not survive that.
"""

from appdynamics._native import begin_exit, begin_wsgi, end_request, enter_carried, leave_carried


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


class _Served:
    """A request that is being served, in front of the server's ``start_response``."""

    __slots__ = ("_start_response", "bt", "status")

    def __init__(self, bt, start_response):
        self.bt = bt
        self.status = None
        self._start_response = start_response

    def __call__(self, status, *args, **kwargs):
        self.status = status
        return self._start_response(status, *args, **kwargs)

    def end(self, error=None):
        end_request(self.bt, self.status, error)


class _Body:
    """The body of an answer that is not complete yet: the transaction ends when the server has taken all of it, or
    closes it."""

    __slots__ = ("__weakref__", "_inner", "_iterator", "_served")

    def __init__(self, inner, served):
        self._inner = inner
        self._iterator = None
        self._served = served

    def __iter__(self):
        try:
            self._iterator = iter(self._inner)
        except BaseException as error:
            self._served.end(error)
            raise
        return self

    def __next__(self):
        if self._iterator is None:
            iter(self)
        try:
            return next(self._iterator)
        except StopIteration:
            # `close` follows, but not from everyone.
            self._served.end()
            raise
        except BaseException as error:
            self._served.end(error)
            raise

    def close(self):
        close = getattr(self._inner, "close", None)
        try:
            if close is not None:
                close()
        except BaseException as error:
            self._served.end(error)
            raise
        self._served.end()

    def __getattr__(self, name):
        # Whatever else a server or middleware looks for.
        return getattr(self._inner, name)

    def __del__(self):
        # Servers must close what they iterate; tests and old middleware do not.
        self._served.end()


def serve_wsgi(function, receiver, environ, start_response):
    """Call a WSGI application: ``function(receiver, environ, start_response)``, without ``receiver`` when that is
    ``None``. The request becomes a transaction if it is to be one."""
    bt = begin_wsgi(environ)
    if bt is None:
        if receiver is None:
            return function(environ, start_response)
        return function(receiver, environ, start_response)
    served = _Served(bt, start_response)
    try:
        body = function(environ, served) if receiver is None else function(receiver, environ, served)
    except BaseException as error:
        served.end(error)
        raise
    # A body that is there as a whole is left as it is, as is one that the server knows how to send without reading it.
    if type(body) in (list, tuple) or _is_file(environ, body):
        served.end()
        return body
    return _Body(body, served)


def _is_file(environ, body):
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)
