"""HTTP clients, each against a real server."""

import asyncio
import urllib.error
import urllib.request

import pytest

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")

METHODS = {"get": "GET", "post": "POST"}


def with_urllib(url, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def with_requests(url, headers):
    import requests

    return requests.get(url, headers=headers, timeout=5).status_code


def with_urllib3(url, headers):
    import urllib3

    with urllib3.PoolManager() as pool:
        return pool.request("GET", url, headers=headers, retries=False, timeout=5).status


def with_httpx(url, headers):
    import httpx

    with httpx.Client(follow_redirects=True) as client:
        return client.get(url, headers=headers).status_code


def with_httpx2(url, headers):
    httpx2 = pytest.importorskip("httpx2")

    with httpx2.Client() as client:
        return client.get(url, headers=headers).status_code


def with_httpx_async(url, headers):
    import httpx

    async def get():
        async with httpx.AsyncClient() as client:
            return (await client.get(url, headers=headers)).status_code

    return asyncio.run(get())


def with_aiohttp(url, headers):
    import aiohttp

    async def get():
        async with aiohttp.ClientSession(headers={"x-session": "1"}) as session:
            async with session.get(url, headers=headers) as answer:
                return answer.status

    return asyncio.run(get())


def with_tornado(url, headers):
    from tornado.httpclient import AsyncHTTPClient

    async def get():
        return (await AsyncHTTPClient(force_instance=True).fetch(url, headers=headers, raise_error=False)).code

    return asyncio.run(get())


CLIENTS = {
    "urllib": with_urllib,
    "requests": with_requests,
    "urllib3": with_urllib3,
    "httpx": with_httpx,
    "httpx2": with_httpx2,
    "httpx-async": with_httpx_async,
    "aiohttp": with_aiohttp,
    "tornado": with_tornado,
}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client(agent, backend, client):
    get = CLIENTS[client]
    with appd.bt("shop"):
        assert get(f"{backend.url}/stock/7?secret=1", {"x-own": "kept"}) == 200
    with appd.bt("shop fails"):
        assert get(f"{backend.url}/status/503", {}) == 503
    with appd.bt("shop alone"), pytest.raises(Exception):  # noqa: B017 (each client has its own)
        get("http://127.0.0.1:1/", {}) == 599 and 1 / 0  # Tornado answers 599 instead
    get(f"{backend.url}/outside", {})
    sent = backend.headers(0)
    received = agent.stop()
    snapshot = received.snapshot("shop")
    [call] = snapshot.exit_calls
    assert (call.exit_type, call.name) == ("HTTP", f"127.0.0.1:{backend.port}")
    assert call.identifying == {"HOST": "127.0.0.1", "PORT": str(backend.port)}
    assert call.operation == f"{backend.url}/stock/7"
    assert call.optional == {"Method": "GET"}
    # What the tier behind was told: the same request, and this call as its parent, in both ways.
    assert sent["x-own"] == "kept"
    assert f"*guid={_uuid(snapshot.trace_id)}*" in sent["singularityheader"]
    assert sent["traceparent"] == f"00-{snapshot.trace_id.hex()}-{call.span_id.hex()}-01"
    assert sent["tracestate"].startswith("appd=1:")
    [failed] = received.snapshot("shop fails").exit_calls
    assert failed.errors[0]["exception.type"] == "HTTP 503"
    assert received.verdicts("shop fails") == {"ERROR": 1}
    [alone] = received.snapshot("shop alone").exit_calls
    assert alone.errors
    assert "singularityheader" not in backend.headers(-1)
    assert received.total("appd.exit.calls") in (0, 3)


@pytest.mark.parametrize("client", CLIENTS)
def test_headers_that_are_there_stay(agent, backend, client):
    theirs = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "other=1"}
    with appd.bt("shop"):
        CLIENTS[client](f"{backend.url}/1", theirs)
        CLIENTS[client](f"{backend.url}/2", {"singularityheader": "the program's own"})
    first, second = backend.headers(0), backend.headers(1)
    assert first["traceparent"] == theirs["traceparent"]
    assert first["tracestate"].startswith("appd=1:")
    assert first["tracestate"].endswith(",other=1")
    assert second["singularityheader"] == "the program's own"
    assert "traceparent" not in second
    assert len(agent.stop().snapshot("shop").exit_calls) == 2


@pytest.mark.parametrize("client", ["urllib", "requests", "httpx"])
def test_a_redirect_is_two_calls(agent, backend, client):
    with appd.bt("shop"):
        assert CLIENTS[client](f"{backend.url}/status/302", {}) == 200
    calls = agent.stop().snapshot("shop").exit_calls
    assert [call.operation for call in calls] == [f"{backend.url}/status/302", f"{backend.url}/moved"]
    if client == "httpx":
        assert backend.headers(0)["traceparent"] != backend.headers(1)["traceparent"]


def test_calls_at_the_same_time(agent, backend):
    import httpx

    async def get():
        async with httpx.AsyncClient() as client:
            await asyncio.gather(*[client.get(f"{backend.url}/{number}") for number in range(10)])

    with appd.bt("shop"):
        asyncio.run(get())
    calls = agent.stop().snapshot("shop").exit_calls
    assert sorted(call.operation for call in calls) == [f"{backend.url}/{number}" for number in range(10)]
    assert len({headers["traceparent"] for _, headers in backend.requests}) == 10


def test_within_a_call_made_by_hand_there_is_no_other(agent, backend):
    with appd.bt("shop") as bt:
        with appd.exit_call(bt, appd.EXIT_HTTP, "stock", {"HOST": "stock"}):
            with_requests(backend.url, {})
        with_requests(backend.url, {})
    calls = agent.stop().snapshot("shop").exit_calls
    assert [call.name for call in calls] == ["stock", f"127.0.0.1:{backend.port}"]


def _uuid(trace_id):
    import uuid

    return str(uuid.UUID(bytes=trace_id))


def test_an_answer_that_is_asked_for_twice(agent, backend):
    """As urllib3 1 does it."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", backend.port)
    with appd.bt("shop"):
        connection.request("GET", "/status/503")
        with pytest.raises(TypeError):
            connection.getresponse(buffering=True)
        connection.getresponse().read()
    connection.close()
    [call] = agent.stop().snapshot("shop").exit_calls
    assert [error["exception.type"] for error in call.errors] == ["HTTP 503"]
