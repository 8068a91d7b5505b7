"""Servers that are frameworks themselves: Tornado and aiohttp, over their own sockets."""

import asyncio
import http.client
import socket

import pytest

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")


def ask(port, path, headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


async def asked(port, paths):
    statuses = []
    for path, headers in paths:
        statuses.append(await asyncio.to_thread(ask, port, path, headers))
    return statuses


def tornado_serve(paths):
    import tornado.httpserver
    import tornado.netutil
    import tornado.web

    class Shop(tornado.web.RequestHandler):
        async def get(self, what):
            await asyncio.sleep(0)
            assert appd.get_active_bt_handle(self.request)
            self.write("ok")

    class Fail(tornado.web.RequestHandler):
        def get(self, what):
            raise ValueError("no bread")

    async def serve():
        application = tornado.web.Application([("/shop/(.*)", Shop), ("/fail/(.*)", Fail)])
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        server = tornado.httpserver.HTTPServer(application)
        server.add_sockets(sockets)
        try:
            return await asked(sockets[0].getsockname()[1], paths)
        finally:
            server.stop()

    return asyncio.run(serve())


def aiohttp_serve(paths):
    from aiohttp import web

    async def shop(request):
        assert appd.get_active_bt_handle(request)
        return web.Response(text="ok")

    async def fail(request):
        raise ValueError("no bread")

    async def serve():
        application = web.Application()
        application.router.add_get("/shop/{what:.*}", shop)
        application.router.add_get("/fail/{what:.*}", fail)
        runner = web.AppRunner(application)
        await runner.setup()
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listener).start()
        try:
            return await asked(listener.getsockname()[1], paths)
        finally:
            await runner.cleanup()

    return asyncio.run(serve())


@pytest.mark.parametrize("serve", [tornado_serve, aiohttp_serve], ids=["tornado", "aiohttp"])
def test_requests(agent, serve):
    with appd.bt("front") as bt, appd.exit_call(bt, appd.EXIT_HTTP, "shop", {"HOST": "shop"}) as exit_call:
        header = appd.make_correlation_header(bt, exit_call)
    statuses = serve(
        [
            ("/shop/buy/1?x=y", ()),
            ("/shop/buy/2", ()),
            ("/missing/page", ()),
            ("/fail/here", ()),
            ("/shop/from/front", (header,)),
        ]
    )
    assert statuses == [200, 200, 404, 500, 200]
    received = agent.stop()
    counts = received.bts()
    assert {name: counts[name] for name in ("/shop/buy", "/missing/page", "/fail/here")} == {
        "/shop/buy": 2,
        "/missing/page": 1,
        "/fail/here": 1,
    }
    assert "/shop/from" not in counts
    assert [error["exception.type"] for error in received.snapshot("/missing/page").errors] == ["HTTP 404"]
    assert [error["exception.type"] for error in received.snapshot("/fail/here").errors] == ["ValueError"]
    guid = header[1].split("*guid=")[1].split("*")[0].replace("-", "")
    assert guid in {snapshot.trace_id.hex() for snapshot in received.snapshots if snapshot.parent_span_id}
