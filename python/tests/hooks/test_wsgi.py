"""Requests of WSGI frameworks and servers, each called as a server does."""

import io
import threading
import time
import urllib.request
from wsgiref.util import setup_testing_defaults

import pytest

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")

TEXT = "text/plain"


def environ_of(path, **more):
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "QUERY_STRING": "", "wsgi.errors": io.StringIO()}
    environ.update(more)
    setup_testing_defaults(environ)
    return environ


def call(application, path, **more):
    """Calls an application as a server must (PEP 3333); its status."""
    statuses = []

    def start_response(status, headers, exc_info=None):
        statuses.append(status)
        return lambda data: None

    body = application(environ_of(path, **more), start_response)
    try:
        b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    return int(statuses[-1][:3])


def bare(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/fail"):
        raise ValueError("no bread")
    status = "404 Not Found" if path == "/missing" else "200 OK"
    start_response(status, [("Content-Type", TEXT)])
    return [b"active" if appd.get_active_bt_handle(environ) else b"nothing"]


def flask_application():
    import flask

    application = flask.Flask("shop")

    @application.route("/shop/<path:what>")
    def shop(what):
        assert appd.get_active_bt_handle(flask.request)
        return "ok"

    @application.route("/fail/<path:what>")
    def fail(what):
        raise ValueError("no bread")

    return application


def django_application():
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="of tests")
    settings.ROOT_URLCONF = __name__
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    django.setup()
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def _django_patterns():
    from django.http import HttpResponse
    from django.urls import re_path

    def shop(request):
        assert appd.get_active_bt_handle(request)
        return HttpResponse("ok")

    def fail(request):
        raise ValueError("no bread")

    return [re_path("^shop/", shop), re_path("^fail/", fail)]


def __getattr__(name):
    if name == "urlpatterns":
        return _django_patterns()
    raise AttributeError(name)


def pyramid_application():
    from pyramid.config import Configurator
    from pyramid.response import Response

    def shop(request):
        assert appd.get_active_bt_handle(request)
        return Response("ok")

    def fail(request):
        raise ValueError("no bread")

    with Configurator() as config:
        config.add_route("shop", "/shop/*rest")
        config.add_view(shop, route_name="shop")
        config.add_route("fail", "/fail/*rest")
        config.add_view(fail, route_name="fail")
        return config.make_wsgi_app()


def bottle_application():
    import bottle

    application = bottle.Bottle()

    @application.route("/shop/<what:path>")
    def shop(what):
        assert appd.get_active_bt_handle(bottle.request)
        return "ok"

    @application.route("/fail/<what:path>")
    def fail(what):
        raise ValueError("no bread")

    return application


def falcon_application():
    import falcon

    class Shop:
        def on_get(self, request, response, what, id):
            assert appd.get_active_bt_handle(request.env)
            response.text = "ok"

    class Fail:
        def on_get(self, request, response, what):
            raise ValueError("no bread")

    application = falcon.App()
    application.add_route("/shop/{what}/{id}", Shop())
    application.add_route("/fail/{what}", Fail())
    return application


def cherrypy_application():
    import cherrypy

    class Shop:
        @cherrypy.expose
        def default(self, *path):
            assert appd.get_active_bt_handle(cherrypy.request)
            return "ok"

    class Fail:
        @cherrypy.expose
        def default(self, *path):
            raise ValueError("no bread")

    class Root:
        shop = Shop()
        fail = Fail()

    cherrypy.log.screen = False
    return cherrypy.Application(Root(), "", {"/": {"log.screen": False}})


APPLICATIONS = {
    "flask": flask_application,
    "django": django_application,
    "pyramid": pyramid_application,
    "bottle": bottle_application,
    "falcon": falcon_application,
    "cherrypy": cherrypy_application,
}


@pytest.mark.parametrize("framework", APPLICATIONS)
def test_requests_of_a_framework(agent, framework):
    application = APPLICATIONS[framework]()
    for number in range(3):
        assert call(application, f"/shop/buy/{number}") == 200
    assert call(application, "/missing/page") == 404
    try:
        assert call(application, "/fail/here") == 500
    except ValueError:
        assert framework == "pyramid"  # leaves exceptions to the server
    assert appd.get_active_bt_handle(None) is None
    received = agent.stop()
    assert received.bts() == {"/shop/buy": 3, "/missing/page": 1, "/fail/here": 1}
    assert received.verdicts("/shop/buy") == {"NORMAL": 3}
    assert received.verdicts("/missing/page") == {"ERROR": 1}
    assert [error["exception.type"] for error in received.snapshot("/missing/page").errors] == ["HTTP 404"]
    errors = received.snapshot("/fail/here").errors
    assert [(error["exception.type"], error["exception.message"]) for error in errors] == [("ValueError", "no bread")]
    assert "Traceback" in errors[0]["exception.stacktrace"]


def _wsgiref():
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

        def get_stderr(self):
            return io.StringIO()

    server = make_server("127.0.0.1", 0, bare, handler_class=Handler)
    return server, server.server_port, server.shutdown


def _werkzeug():
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        def log(self, *arguments):
            pass

    server = make_server("127.0.0.1", 0, bare, request_handler=Handler)
    return server, server.server_port, server.shutdown


class _Waitress:
    def __init__(self):
        import waitress.server

        self._server = waitress.server.create_server(bare, listen="127.0.0.1:0", threads=1)
        self.port = self._server.effective_port

    def serve_forever(self):
        self._server.run()

    def shutdown(self):
        self._server.close()

    def server_close(self):
        self._server.task_dispatcher.shutdown()


def _waitress():
    server = _Waitress()
    return server, server.port, server.shutdown


@pytest.mark.parametrize("kind", [_wsgiref, _werkzeug, _waitress], ids=["wsgiref", "werkzeug", "waitress"])
def test_requests_of_a_bare_application_behind_a_server(agent, kind):
    server, port, stop = kind()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/bare/thing/1") as answer:
            assert answer.read() == b"active"
    finally:
        stop()
        thread.join(5)
        server.server_close()
    assert agent.stop().bts() == {"/bare/thing": 1}


def test_requests_of_a_bare_application_behind_gevent(run, controller):
    result = run(
        """
        from appdynamics.agent import api as appd
        appd.init()
        import gevent, threading, urllib.request
        from gevent.pywsgi import WSGIServer

        def bare(environ, start_response):
            start_response("200 OK", [("Content-Length", "4")])
            return [str(bool(appd.get_active_bt_handle(environ))).encode()]

        def ask():
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/bare/thing/1", timeout=10) as answer:
                print(answer.read().decode())

        server = WSGIServer(("127.0.0.1", 0), bare, log=None)
        server.start()
        client = threading.Thread(target=ask)
        client.start()
        while client.is_alive():
            gevent.sleep(0.01)
        server.stop()
        appd.shutdown()
        """
    )
    assert result.stdout == "True\n"
    assert controller.received().bts() == {"/bare/thing": 1}


@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent"])
def test_requests_of_a_bare_application_behind_gunicorn(controller, tmp_path, worker):
    import os
    import signal
    import subprocess
    import sys

    from servers import free_port

    from appdynamics.scripts.pyagent import AUTOSTART_DIRECTORY

    port = free_port()
    (tmp_path / "bare.py").write_text(
        "from appdynamics.agent import api as appd\n"
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Length', '4')])\n"
        "    return [str(bool(appd.get_active_bt_handle(environ))).encode()]\n"
    )
    path = os.pathsep.join([AUTOSTART_DIRECTORY, os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-k", worker, "-w", "1", "-b", f"127.0.0.1:{port}", "bare:application"],
        env={**os.environ, **controller.environ(), "PYTHONPATH": path},
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/bare/thing/1", timeout=10) as answer:
                    assert answer.read() == b"True"
                break
            except OSError:
                time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    received = controller.wait_for(lambda received: received.bts())
    assert received.bts() == {"/bare/thing": 1}


def test_the_callers_transaction_goes_on(agent, controller):
    application = flask_application()
    with appd.bt("front") as bt, appd.exit_call(bt, appd.EXIT_HTTP, "shop", {"HOST": "shop"}) as exit_call:
        _, header = appd.make_correlation_header(bt, exit_call)
    guid = header.split("*guid=")[1].split("*")[0]
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert call(application, "/shop/by/header", HTTP_SINGULARITYHEADER=header, HTTP_TRACEPARENT=parent) == 200
    assert call(application, "/shop/by-parent", HTTP_TRACEPARENT=parent) == 200
    assert call(application, "/shop/by-nonsense", HTTP_SINGULARITYHEADER="a*b=c", HTTP_TRACEPARENT="00-x") == 200
    received = agent.stop()
    continued = [snapshot for snapshot in received.snapshots if snapshot.parent_span_id and snapshot.bt is None]
    assert [snapshot.trace_id.hex() for snapshot in continued] == [guid.replace("-", "")]
    by_parent = received.snapshot("/shop/by-parent")
    assert by_parent.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert by_parent.parent_span_id.hex() == "b7ad6b7169203331"
    assert received.snapshot("/shop/by-nonsense").parent_span_id == b""


def test_a_streamed_answer_ends_with_its_last_piece(agent):
    import flask

    application = flask.Flask("shop")
    state = []

    @application.route("/stream/<what>")
    def stream(what):
        def pieces():
            yield b"one"
            state.append(appd.get_active_bt_handle(None) is not None)
            if what == "fails":
                raise RuntimeError("broken off")
            yield b"two"

        return flask.Response(pieces())

    call(application, "/stream/whole")
    with pytest.raises(RuntimeError):
        call(application, "/stream/fails")
    body = application(environ_of("/stream/left"), lambda status, headers, exc_info=None: None)
    assert next(iter(body)) == b"one"
    body.close()  # the client is gone
    assert state == [True, True]
    received = agent.stop()
    assert received.bts() == {"/stream/whole": 1, "/stream/fails": 1, "/stream/left": 1}
    assert received.verdicts("/stream/fails") == {"ERROR": 1}
    assert received.snapshot("/stream/fails").errors[0]["exception.type"] == "RuntimeError"
    assert received.verdicts("/stream/left") == {"NORMAL": 1}
    assert not any(snapshot.abandoned for snapshot in received.snapshots)


def test_a_body_is_closed_once(agent):
    from appdynamics.agent.detection.observed import serve_wsgi

    class Body:
        def __init__(self):
            self.closed = 0
            self.pieces = iter([b"one", b"two"])

        def __iter__(self):
            return self

        def __next__(self):
            return next(self.pieces)

        def close(self):
            self.closed += 1

    def application(environ, start_response):
        start_response("200 OK", [])
        return environ["body"]

    none = lambda status, headers, exc_info=None: None  # noqa: E731
    for taken in (0, 1, 2, 3):
        body = Body()
        served = serve_wsgi(application, None, environ_of("/pieces", body=body), none)
        pieces = iter(served)
        for _ in range(taken):
            next(pieces, None)
        del pieces
        assert body.closed == 0
        served.close()
        assert body.closed == 1
    served = serve_wsgi(application, None, environ_of("/asked", body=Body()), none)
    assert [next(served), next(served), next(served, None)] == [b"one", b"two", None]
    served = serve_wsgi(application, None, environ_of("/lost", body=Body()), none)
    del served
    received = agent.stop()
    assert received.bts() == {"/pieces": 4, "/asked": 1, "/lost": 1}
    assert not any(snapshot.abandoned for snapshot in received.snapshots)


def test_the_route_of_what_is_kept(agent):
    for framework in ("flask", "bottle", "django"):
        call(APPLICATIONS[framework](), f"/shop/{framework}/1")
        call(APPLICATIONS[framework](), f"/nothing/{framework}")
    received = agent.stop()
    routes = {s.bt: s.user_data.get("Route") for s in received.snapshots if s.bt.startswith("/shop")}
    assert routes == {"/shop/flask": "/shop/<path:what>", "/shop/bottle": "/shop/<what:path>", "/shop/django": "^shop/"}
    assert not any(snapshot.user_data for snapshot in received.snapshots if snapshot.bt.startswith("/nothing"))


def test_bodies_keep_their_type_and_files_go_to_the_server_as_they_are(agent):
    from appdynamics.agent.detection.observed import serve_wsgi

    class Wrapper:
        def __init__(self, file):
            self.file = file

        def __iter__(self):
            return iter(self.file)

    def answering(body):
        def application(environ, start_response):
            start_response("200 OK", [])
            return body

        return application

    whole, file = [b"whole"], Wrapper(io.BytesIO(b"file"))
    environ = {"wsgi.file_wrapper": Wrapper}
    none = lambda status, headers, exc_info=None: None  # noqa: E731
    assert serve_wsgi(answering(whole), None, environ_of("/a", **environ), none) is whole
    assert serve_wsgi(answering(file), None, environ_of("/b", **environ), none) is file
    other = serve_wsgi(answering(iter([b"x"])), None, environ_of("/c", **environ), none)
    assert list(other) == [b"x"]
    assert set(agent.stop().bts()) == {"/a", "/b", "/c"}


def test_odd_applications(agent):
    from appdynamics.agent.detection.observed import serve_wsgi

    for environ in (
        None,
        7,
        {},
        {"REQUEST_METHOD": 7, "PATH_INFO": None},
        {"REQUEST_METHOD": "GET", "PATH_INFO": b"x"},
    ):
        assert serve_wsgi(lambda environ, start: [b"x"], None, environ, None) == [b"x"]
    with pytest.raises(KeyError):
        serve_wsgi(lambda environ, start: {}["x"], None, environ_of("/x"), None)
    assert agent.panics() == 0


def test_a_transaction_of_the_program_around_it_stays_the_only_one(agent):
    application = flask_application()
    with appd.bt("by hand"):
        call(application, "/shop/buy/1")
    assert agent.stop().bts() == {"by hand": 1}


def test_an_upgraded_connection_is_left_alone(agent):
    from appdynamics.agent.detection.entries_wsgi import Application

    assert call(Application(bare), "/shop/socket", HTTP_UPGRADE="websocket") == 200
    assert agent.stop().bts() == {}
