"""HTTP requests that leave become exit calls, with correlation for the tier behind.

An exit call lasts until the head of the answer is there. An answer with an error status is a failed call.
"""

from appdynamics._native import begin_http, begin_http1, count_failed_http, is_observed
from appdynamics.agent.detection.replaced import replace

# Where a connection keeps the exit call whose answer is awaited.
_EXIT = "_appdynamics_exit"

_HTTPS_PORT = 443


def http_client(module):
    replace(module.HTTPConnection, "endheaders", _in_front_of_endheaders)
    replace(module.HTTPConnection, "getresponse", _in_front_of_getresponse)


def _in_front_of_endheaders(original):
    def endheaders(self, *args, **kwargs):
        exit_call = _begin(self)
        if exit_call is None:
            return original(self, *args, **kwargs)
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            exit_call.end(error)
            raise
        setattr(self, _EXIT, exit_call)

    return endheaders


def _begin(connection):
    try:
        before = vars(connection).pop(_EXIT, None)
        if before is not None:
            # Nobody wanted its answer.
            before.end()
        tunnel = connection._tunnel_host
        host, port = (tunnel, connection._tunnel_port) if tunnel else (connection.host, connection.port)
        return begin_http1(connection.default_port == _HTTPS_PORT, host, port, connection._buffer)
    except Exception:
        # A relative of http.client that keeps its things elsewhere.
        return None


def _in_front_of_getresponse(original):
    def getresponse(self, *args, **kwargs):
        # urllib3 1 tries with an argument first, which raises, and asks again.
        exit_call = None if args or kwargs else vars(self).pop(_EXIT, None)
        if exit_call is None:
            return original(self, *args, **kwargs)
        try:
            response = original(self, *args, **kwargs)
        except BaseException as error:
            exit_call.end(error)
            raise
        exit_call.answered(response.status)
        return response

    return getresponse


def urllib3(module):
    # A connection over TLS is made before there is a request; one that cannot be made is a failed call all the same.
    def in_front(original):
        def connect(self, *args, **kwargs):
            try:
                return original(self, *args, **kwargs)
            except BaseException as error:
                if _EXIT not in vars(self):
                    count_failed_http("https", self.host, self.port, error)
                raise

        return connect

    replace(module.HTTPSConnection, "connect", in_front)


def _begin_httpx(request):
    """The exit call of a request, and the headers it is to be sent with."""
    url = request.url
    exit_call = begin_http(url.scheme, url.host, url.port, request.method, url.raw_path)
    if exit_call is None:
        return None, None
    before = request.headers
    added = exit_call.headers(before)
    if added:
        # Not in the program's own: a redirected or repeated request is a call of its own.
        headers = before.copy()
        for name, value in added:
            headers[name] = value
        request.headers = headers
    return exit_call, before


def httpx(module):
    def in_front_of_handle(original):
        def handle_request(self, request):
            exit_call, headers = _begin_httpx(request)
            if exit_call is None:
                return original(self, request)
            try:
                response = original(self, request)
            except BaseException as error:
                exit_call.end(error)
                raise
            finally:
                request.headers = headers
            exit_call.answered(response.status_code)
            return response

        return handle_request

    def in_front_of_handle_async(original):
        async def handle_async_request(self, request):
            exit_call, headers = _begin_httpx(request)
            if exit_call is None:
                return await original(self, request)
            try:
                response = await original(self, request)
            except BaseException as error:
                exit_call.end(error)
                raise
            finally:
                request.headers = headers
            exit_call.answered(response.status_code)
            return response

        return handle_async_request

    replace(module.HTTPTransport, "handle_request", in_front_of_handle)
    replace(module.AsyncHTTPTransport, "handle_async_request", in_front_of_handle_async)


def aiohttp(module):
    from multidict import CIMultiDict
    from yarl import URL

    def begin(session, method, target, kwargs):
        url = session._build_url(target) if hasattr(session, "_build_url") else URL(target)
        exit_call = begin_http(url.scheme, url.host or "", url.port, method, url.raw_path)
        if exit_call is None:
            return None
        given = kwargs.get("headers")
        headers = CIMultiDict(given or ())
        present = CIMultiDict(session.headers)
        present.update(headers)
        added = exit_call.headers(present)
        if added:
            for name, value in added:
                headers[name] = value
            kwargs["headers"] = headers
        return exit_call

    def in_front(original):
        async def _request(self, method, str_or_url, **kwargs):
            exit_call = begin(self, method, str_or_url, kwargs) if is_observed() else None
            if exit_call is None:
                return await original(self, method, str_or_url, **kwargs)
            try:
                response = await original(self, method, str_or_url, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.answered(response.status)
            return response

        return _request

    replace(module.ClientSession, "_request", in_front)


def tornado(module):
    def in_front(original):
        def fetch(self, request, raise_error=True, **kwargs):
            if not is_observed():
                return original(self, request, raise_error, **kwargs)
            if not isinstance(request, module.HTTPRequest):
                request, kwargs = module.HTTPRequest(url=request, **kwargs), {}
            exit_call = begin_http("http", "", None, request.method, request.url)
            if exit_call is not None:
                for name, value in exit_call.headers(request.headers):
                    request.headers[name] = value
            try:
                future = original(self, request, raise_error, **kwargs)
            except BaseException as error:
                if exit_call is not None:
                    exit_call.end(error)
                raise
            if exit_call is not None:
                future.add_done_callback(lambda done: _end_fetch(exit_call, done))
            return future

        return fetch

    replace(module.AsyncHTTPClient, "fetch", in_front)


def _end_fetch(exit_call, future):
    error = None if future.cancelled() else future.exception()
    status = getattr(error, "code", None) if error is not None else getattr(_result(future), "code", None)
    # 599 is Tornado's number for "no answer".
    if status is not None and status != 599:
        exit_call.answered(status)
    else:
        exit_call.end(error)


def _result(future):
    return None if future.cancelled() else future.result()
