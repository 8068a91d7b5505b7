"""Requests of ASGI applications become business transactions: at the framework, and at the server for applications
without one. Websockets and lifespans are left alone."""

from appdynamics._native import begin_asgi, end_request, fail_request
from appdynamics.agent.detection.replaced import replace, replace_if_there

_ERRORS_FROM = 400


async def _serve(bt, application, receiver, scope, receive, send):
    status = None
    is_over = False

    async def send_and_look(message):
        nonlocal status, is_over
        kind = message["type"]
        if kind == "http.response.start":
            status = message["status"]
            return await send(message)
        if kind != "http.response.body" or message.get("more_body") or is_over:
            return await send(message)
        await send(message)
        # The answer is complete: what runs on behind it is no part of its time. After an error, the exception that
        # caused it may follow (Starlette answers first and raises then).
        if status is not None and status < _ERRORS_FROM:
            is_over = True
            end_request(bt, status)

    try:
        if receiver is None:
            result = await application(scope, receive, send_and_look)
        else:
            result = await application(receiver, scope, receive, send_and_look)
    except BaseException as error:
        if not is_over:
            end_request(bt, status, error)
        raise
    if not is_over:
        end_request(bt, status)
    return result


def _in_front_of_application(original):
    async def __call__(self, scope, receive, send):
        bt = begin_asgi(scope) if scope["type"] == "http" else None
        if bt is None:
            return await original(self, scope, receive, send)
        return await _serve(bt, original, self, scope, receive, send)

    return __call__


class Application:
    """An application behind a server that is hooked."""

    def __init__(self, application):
        self._appdynamics_application = application

    async def __call__(self, scope, receive, send):
        bt = begin_asgi(scope) if scope["type"] == "http" else None
        if bt is None:
            return await self._appdynamics_application(scope, receive, send)
        return await _serve(bt, self._appdynamics_application, None, scope, receive, send)

    def __getattr__(self, name):
        return getattr(self._appdynamics_application, name)


def starlette(module):
    replace(module.Starlette, "__call__", _in_front_of_application)


def django(module):
    replace(module.ASGIHandler, "__call__", _in_front_of_application)


def falcon(module):
    replace(module.App, "__call__", _in_front_of_application)

    def in_front_of_error_handler(original):
        async def _python_error_handler(self, req, resp, error, params):
            fail_request(req.scope, error)
            return await original(self, req, resp, error, params)

        return _python_error_handler

    replace_if_there(module.App, "_python_error_handler", in_front_of_error_handler)


def quart(module):
    replace(module.Quart, "__call__", _in_front_of_application)

    def in_front_of_handle_exception(original):
        async def handle_exception(self, error):
            fail_request(None, error)
            return await original(self, error)

        return handle_exception

    replace(module.Quart, "handle_exception", in_front_of_handle_exception)


def uvicorn(module):
    def in_front(original):
        def load(self):
            original(self)
            self.loaded_app = Application(self.loaded_app)

        return load

    replace(module.Config, "load", in_front)
