"""Requests of ASGI applications become business transactions: at the framework, and at the server for applications
without one. Websockets and lifespans are left alone."""

from appdynamics._native import begin_asgi, fail_request
from appdynamics.agent.detection.replaced import replace, replace_if_there


async def _send_last(send, message, served, scope):
    await send(message)
    # The answer is complete.
    served.end(scope)


def _looking(send, served, scope):
    """``send``, looked at. No coroutine of its own: what it answers is what is awaited."""
    sees = served.sees

    def send_and_look(message):
        return _send_last(send, message, served, scope) if sees(message) else send(message)

    return send_and_look


def _in_front_of_application(original):
    async def __call__(self, scope, receive, send):
        served = begin_asgi(scope) if scope["type"] == "http" else None
        if served is None:
            return await original(self, scope, receive, send)
        try:
            result = await original(self, scope, receive, _looking(send, served, scope))
        except BaseException as error:
            served.end(scope, error)
            raise
        served.end(scope)
        return result

    return __call__


class Application:
    """An application behind a server that is hooked."""

    def __init__(self, application):
        self._appdynamics_application = application

    async def __call__(self, scope, receive, send):
        served = begin_asgi(scope) if scope["type"] == "http" else None
        if served is None:
            return await self._appdynamics_application(scope, receive, send)
        try:
            result = await self._appdynamics_application(scope, receive, _looking(send, served, scope))
        except BaseException as error:
            served.end(scope, error)
            raise
        served.end(scope)
        return result

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
