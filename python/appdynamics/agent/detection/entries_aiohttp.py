"""Requests of aiohttp's server become business transactions."""

from appdynamics._native import begin_request, end_request, show_route
from appdynamics.agent.detection.replaced import replace


def _route(request):
    resource = getattr(request.match_info.route, "resource", None)
    return getattr(resource, "canonical", None)


def aiohttp(module):
    from aiohttp.web_exceptions import HTTPException

    def in_front(original):
        async def _handle(self, request):
            # A websocket lasts as long as its connection.
            bt = None
            if "Upgrade" not in request.headers:
                url = request.rel_url
                bt = begin_request(request, request.method, url.raw_path, url.raw_query_string, request.headers)
            if bt is None:
                return await original(self, request)
            try:
                response = await original(self, request)
            except HTTPException as answer:
                end_request(bt, answer.status)
                raise
            except BaseException as error:
                end_request(bt, None, error)
                raise
            show_route(bt, _route(request))
            end_request(bt, getattr(response, "status", None))
            return response

        return _handle

    replace(module.Application, "_handle", in_front)
