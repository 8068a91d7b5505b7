"""Clients of caches, each against a real server."""

import asyncio

import pytest

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")


def with_redis(port):
    import redis

    with redis.Redis(port=port, host="127.0.0.1") as client:
        client.set("user:7", "secret")
        assert client.get("user:7") == b"secret"
        with client.pipeline() as pipeline:
            assert pipeline.incr("n").get("user:7").execute()[1] == b"secret"
        with pytest.raises(redis.ResponseError):
            client.lpush("user:7", "x")


def with_redis_asyncio(port):
    import redis.asyncio

    async def ask():
        client = redis.asyncio.Redis(port=port, host="127.0.0.1")
        await client.set("user:7", "secret")
        assert await client.get("user:7") == b"secret"
        async with client.pipeline() as pipeline:
            assert (await pipeline.incr("n").get("user:7").execute())[1] == b"secret"
        with pytest.raises(redis.ResponseError):
            await client.lpush("user:7", "x")
        await (client.aclose if hasattr(client, "aclose") else client.close)()

    asyncio.run(ask())


@pytest.mark.parametrize("ask", [with_redis, with_redis_asyncio], ids=["redis", "redis.asyncio"])
def test_redis(agent, redis_server, ask):
    ask(redis_server.port)
    with appd.bt("shop"):
        ask(redis_server.port)
    received = agent.stop()
    calls = received.snapshot("shop").exit_calls
    assert [call.operation for call in calls] == ["SET", "GET", "PIPELINE INCRBY GET", "LPUSH"]
    pool = f"127.0.0.1:{redis_server.port}"
    for call in calls:
        assert (call.exit_type, call.name, call.identifying) == ("CACHE", pool, {"Server Pool": pool})
    assert [bool(call.errors) for call in calls] == [False, False, False, True]


def test_pymemcache(agent, memcached):
    from pymemcache.client.base import Client, PooledClient

    pool = f"127.0.0.1:{memcached.port}"
    with appd.bt("shop"):
        for kind in (Client, PooledClient):
            client = kind(("127.0.0.1", memcached.port))
            client.set("user", "secret")
            assert client.get("user") == b"secret"
            assert client.get_many(["user"]) == {"user": b"secret"}
            # With an answer: another connection must not see it late.
            client.delete("user", noreply=False)
            client.close()
    calls = agent.stop().snapshot("shop").exit_calls
    assert [call.operation for call in calls] == ["set", "get", "get", "delete"] * 2
    assert {(call.exit_type, call.name) for call in calls} == {("CACHE", pool)}


def test_python_memcached(agent, memcached):
    import memcache

    with appd.bt("shop"):
        client = memcache.Client([f"127.0.0.1:{memcached.port}"])
        client.set("user", "secret")
        assert client.get("user") == "secret"
        assert client.get_multi(["user"]) == {"user": "secret"}
        client.delete("user")
        client.disconnect_all()
    calls = agent.stop().snapshot("shop").exit_calls
    assert [call.operation for call in calls] == ["set", "get", "get_multi", "delete"]
    assert {call.name for call in calls} == {f"127.0.0.1:{memcached.port}"}
