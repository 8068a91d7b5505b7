"""Requests of ASGI frameworks and servers, each called as a server does."""

import asyncio
import socket
import threading
import urllib.error
import urllib.request

import pytest

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")


def scope_of(path, headers=(), kind="http", **more):
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"a=b",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 80),
        "extensions": {},
        **more,
    }


def call(application, path, headers=()):
    """Calls an application as a server must; its status."""
    statuses = []

    is_received = False

    async def receive():
        nonlocal is_received
        if is_received:
            await asyncio.Event().wait()  # the client stays
        is_received = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def serve():
        await asyncio.get_running_loop().create_task(application(scope_of(path, headers), receive, send))

    asyncio.run(serve())
    return statuses[-1]


async def bare(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"].startswith("/fail"):
        raise ValueError("no bread")
    status = 404 if scope["path"].startswith("/missing") else 200
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"6")]})
    body = b"active" if appd.get_active_bt_handle(scope) else b"absent"
    await send({"type": "http.response.body", "body": body})


def starlette_application():
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    def shop(request):  # on a thread of a pool
        assert appd.get_active_bt_handle(request)
        assert appd.get_active_bt_handle(None)
        return PlainTextResponse("ok")

    async def fail(request):
        raise ValueError("no bread")

    return Starlette(routes=[Route("/shop/{what:path}", shop), Route("/fail/{what:path}", fail)])


def fastapi_application():
    import fastapi

    application = fastapi.FastAPI()

    @application.get("/shop/{what:path}")
    async def shop(what: str):
        assert appd.get_active_bt_handle(None)
        return "ok"

    @application.get("/fail/{what:path}")
    def fail(what: str):
        raise ValueError("no bread")

    return application


def quart_application():
    import quart

    application = quart.Quart("shop")

    @application.route("/shop/<path:what>")
    async def shop(what):
        assert appd.get_active_bt_handle(quart.request)
        return "ok"

    @application.route("/fail/<path:what>")
    async def fail(what):
        raise ValueError("no bread")

    return application


def django_application():
    import test_wsgi

    test_wsgi.django_application()
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


def falcon_application():
    import falcon.asgi

    class Shop:
        async def on_get(self, request, response, what, id):
            assert appd.get_active_bt_handle(request.scope)
            response.text = "ok"

    class Fail:
        async def on_get(self, request, response, what):
            raise ValueError("no bread")

    application = falcon.asgi.App()
    application.add_route("/shop/{what}/{id}", Shop())
    application.add_route("/fail/{what}", Fail())
    return application


APPLICATIONS = {
    "starlette": starlette_application,
    "fastapi": fastapi_application,
    "quart": quart_application,
    "django": django_application,
    "falcon": falcon_application,
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
        assert framework in ("starlette", "fastapi")  # answers, and leaves the exception to the server as well
    received = agent.stop()
    assert received.bts() == {"/shop/buy": 3, "/missing/page": 1, "/fail/here": 1}
    assert received.verdicts("/shop/buy") == {"NORMAL": 3}
    assert [error["exception.type"] for error in received.snapshot("/missing/page").errors] == ["HTTP 404"]
    errors = received.snapshot("/fail/here").errors
    assert [(error["exception.type"], error["exception.message"]) for error in errors] == [("ValueError", "no bread")]


def test_many_requests_at_once(agent):
    async def application(scope, receive, send):
        await asyncio.sleep(0.01)
        bt = appd.get_active_bt_handle(scope)
        with appd.exit_call(bt, appd.EXIT_DB, scope["path"], {"HOST": scope["path"]}):
            await asyncio.sleep(0.01)
        await bare(scope, receive, send)

    from appdynamics.agent.detection.entries_asgi import Application

    async def serve():
        async def send(message):
            pass

        observed = Application(application)
        await asyncio.gather(*[observed(scope_of(f"/shop/{number}"), None, send) for number in range(40)])

    asyncio.run(serve())
    received = agent.stop()
    assert received.bts() == {f"/shop/{number}": 1 for number in range(40)}
    for number in range(40):
        assert [call.name for call in received.snapshot(f"/shop/{number}").exit_calls] == [f"/shop/{number}"]


def test_the_callers_transaction_goes_on(agent):
    with appd.bt("front") as bt, appd.exit_call(bt, appd.EXIT_HTTP, "shop", {"HOST": "shop"}) as exit_call:
        _, header = appd.make_correlation_header(bt, exit_call)
    guid = header.split("*guid=")[1].split("*")[0].replace("-", "")
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    application = starlette_application()
    call(application, "/shop/by/header", [("Singularityheader", header), ("traceparent", parent)])
    call(application, "/shop/by-parent", [("traceparent", parent), ("tracestate", "other=1")])
    received = agent.stop()
    assert guid in {snapshot.trace_id.hex() for snapshot in received.snapshots if snapshot.parent_span_id}
    assert received.snapshot("/shop/by-parent").trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"


def test_an_answer_ends_before_what_runs_behind_it(agent):
    from starlette.applications import Starlette
    from starlette.background import BackgroundTask
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    states = []

    async def behind():
        states.append(appd.get_active_bt_handle(None))

    async def shop(request):
        return PlainTextResponse("ok", background=BackgroundTask(behind))

    assert call(Starlette(routes=[Route("/shop", shop)]), "/shop") == 200
    assert states == [None]
    assert agent.stop().verdicts("/shop") == {"NORMAL": 1}


def test_websockets_and_lifespans_are_left_alone(agent):
    application = starlette_application()

    async def nothing(message=None):
        return {"type": "lifespan.shutdown"}

    async def serve():
        await application(scope_of("/", kind="lifespan"), nothing, nothing)
        await application(scope_of("/ws", kind="websocket", subprotocols=[]), nothing, nothing)

    asyncio.run(serve())
    assert agent.stop().bts() == {}


def test_requests_of_a_bare_application_behind_uvicorn(agent):
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(bare, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/bare/thing/1", timeout=10) as answer:
            assert answer.read() == b"active"
        with pytest.raises(urllib.error.HTTPError, match="500"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/fail/thing", timeout=10)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
    received = agent.stop()
    assert received.bts() == {"/bare/thing": 1, "/fail/thing": 1}
    assert received.snapshot("/fail/thing").errors[0]["exception.type"] == "ValueError"
