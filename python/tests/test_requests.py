"""`get_active_bt_handle` with the request objects of real frameworks.

In each, a middleware of sorts binds a transaction that was begun elsewhere (as instrumentation does), and the view
looks for it by the framework's own request object.
"""

import asyncio
import contextlib
import threading

import pytest

from appdynamics import _native
from appdynamics.agent import api as appd


@pytest.fixture
def bound(agent):
    """Begins a transaction in another context and hands it out for binding."""

    def begin():
        thread = threading.Thread(target=lambda: started.append(appd.start_bt("request")))
        thread.start()
        thread.join()
        return started[-1]

    started = []
    yield begin
    for bt in started:
        appd.end_bt(bt)


def environ():
    from wsgiref.util import setup_testing_defaults

    environ = {"PATH_INFO": "/view"}
    setup_testing_defaults(environ)
    return environ


def scope():
    return {"type": "http", "method": "GET", "path": "/view", "headers": [], "query_string": b"", "server": ("x", 80)}


def call_wsgi(application, environ):
    body = b"".join(application(environ, lambda status, headers, exc_info=None: None))
    return body.decode()


def test_wsgi_environ(bound):
    bt, request = bound(), environ()
    assert _native.bind_request(request, bt)
    assert appd.get_active_bt_handle(request) == bt
    assert appd.get_active_bt_handle(environ()) is None


def test_asgi_scope(bound):
    bt, request = bound(), scope()
    assert _native.bind_request(request, bt)
    assert appd.get_active_bt_handle(request) == bt


def test_flask_proxy_and_object(bound):
    import flask

    application, bt, seen = flask.Flask("shop"), bound(), []

    @application.route("/view")
    def view():
        seen.append(appd.get_active_bt_handle(flask.request))
        seen.append(appd.get_active_bt_handle(flask.request._get_current_object()))
        return "ok"

    request = environ()
    assert appd.get_active_bt_handle(flask.request) is None  # outside of a request the proxy raises
    _native.bind_request(request, bt)
    assert call_wsgi(application, request) == "ok"
    assert seen == [bt, bt]


def test_django(bound):
    import django
    from django.conf import settings
    from django.core.handlers.asgi import ASGIRequest
    from django.core.handlers.wsgi import WSGIRequest

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"])
        django.setup()
    bt, of_wsgi, of_asgi = bound(), environ(), scope()
    _native.bind_request(of_wsgi, bt)
    _native.bind_request(of_asgi, bt)
    assert appd.get_active_bt_handle(WSGIRequest(of_wsgi)) == bt
    assert appd.get_active_bt_handle(ASGIRequest(of_asgi, None)) == bt
    assert appd.get_active_bt_handle(WSGIRequest(environ())) is None
    request = WSGIRequest(environ())
    assert _native.bind_request(request, bt)
    assert appd.get_active_bt_handle(request) == bt


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tornado(bound):
    from tornado.httputil import HTTPServerRequest

    class Connection:
        set_close_callback = staticmethod(lambda callback: None)

    bt, request = bound(), HTTPServerRequest("GET", "/view", connection=Connection())
    assert appd.get_active_bt_handle(request) is None
    assert _native.bind_request(request, bt)
    assert appd.get_active_bt_handle(request) == bt


def test_starlette_and_fastapi(bound):
    import fastapi
    import starlette.requests

    bt, request = bound(), scope()
    _native.bind_request(request, bt)
    for kind in (starlette.requests.Request, fastapi.Request):
        assert appd.get_active_bt_handle(kind(request)) == bt
        assert appd.get_active_bt_handle(kind(scope())) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_pyramid(bound):
    from pyramid.request import Request

    bt, request = bound(), environ()
    _native.bind_request(request, bt)
    assert appd.get_active_bt_handle(Request(request)) == bt
    assert appd.get_active_bt_handle(Request(environ())) is None


def test_bottle(bound):
    import bottle

    application, bt, seen = bottle.Bottle(), bound(), []

    @application.route("/view")
    def view():
        seen.append(appd.get_active_bt_handle(bottle.request))
        return "ok"

    assert appd.get_active_bt_handle(bottle.LocalRequest()) is None
    request = environ()
    _native.bind_request(request, bt)
    assert call_wsgi(application, request) == "ok"
    assert seen == [bt]


@pytest.mark.filterwarnings("default")
def test_cherrypy(bound):
    import cherrypy

    bt, seen = bound(), []

    class Root:
        @cherrypy.expose
        def view(self):
            seen.append(appd.get_active_bt_handle(cherrypy.request))
            return "ok"

    application = cherrypy.Application(Root(), "", {"/": {"log.screen": False}})
    cherrypy.log.screen = False
    request = environ()
    _native.bind_request(request, bt)
    assert call_wsgi(application, request) == "ok"
    assert seen == [bt]


def test_aiohttp(bound):
    from aiohttp.test_utils import make_mocked_request

    async def check():
        bt, request = bound(), make_mocked_request("GET", "/view")
        assert appd.get_active_bt_handle(request) is None
        assert _native.bind_request(request, bt)
        assert appd.get_active_bt_handle(request) == bt

    with warnings_of_aiohttp():
        asyncio.run(check())


@contextlib.contextmanager
def warnings_of_aiohttp():
    import warnings

    with warnings.catch_warnings():
        # aiohttp warns of attributes set on its requests, in debug mode.
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def test_transactions_made_through_the_api_are_found_by_any_request(agent):
    with appd.bt("checkout") as bt:
        for request in (environ(), scope(), object(), None, "text", 7):
            assert appd.get_active_bt_handle(request) == bt


def test_hostile_requests(agent):
    class Raises:
        def __getattr__(self, name):
            raise RuntimeError(name)

    class Endless:
        def _get_current_object(self):
            return Endless()

    class Anything:
        def __getattr__(self, name):
            return Anything()

        def __call__(self, *arguments):
            return Anything()

    for request in (Raises(), Endless(), Anything(), {"appdynamics.bt": "text"}, {"appdynamics.bt": -1}, type, int):
        assert appd.get_active_bt_handle(request) is None
        assert _native.bind_request(request, None) is False
    assert _native.bind_request(object(), appd.start_bt("checkout")) is False


def test_an_ended_transaction_is_not_found(agent):
    request = environ()
    bt = appd.start_bt("checkout")
    _native.bind_request(request, bt)
    appd.end_bt(bt)
    assert appd.get_active_bt_handle(request) is None
