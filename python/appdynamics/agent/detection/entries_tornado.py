"""Requests of Tornado become business transactions."""

from appdynamics._native import begin_request, end_request, fail_request
from appdynamics.agent.detection.replaced import replace


def tornado(module):
    def in_front_of_execute(original):
        async def _execute(self, *args, **kwargs):
            request = self.request
            # A websocket lasts as long as its connection.
            bt = None
            if "Upgrade" not in request.headers:
                bt = begin_request(request, request.method, request.path, request.query, request.headers)
            if bt is None:
                return await original(self, *args, **kwargs)
            try:
                result = await original(self, *args, **kwargs)
            except BaseException as error:
                end_request(bt, self.get_status(), error)
                raise
            end_request(bt, self.get_status())
            return result

        return _execute

    replace(module.RequestHandler, "_execute", in_front_of_execute)

    def in_front_of_log_exception(original):
        def log_exception(self, typ, value, tb):
            # An `HTTPError` is an answer: its status decides.
            if value is not None and not isinstance(value, module.HTTPError):
                fail_request(self.request, value)
            return original(self, typ, value, tb)

        return log_exception

    replace(module.RequestHandler, "log_exception", in_front_of_log_exception)
