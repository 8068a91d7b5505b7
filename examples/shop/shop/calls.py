"""How the tiers call each other and their backends: each call is an exit call of its transaction.

This is the part to copy. A call to another tier carries the correlation header; a call to a database,
a cache or a queue names the properties by which one backend differs from another.
"""

from __future__ import annotations

import http.client
import importlib
import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from appdynamics.agent import api as appd

from shop import resp

HTTP_TIMEOUT_S = 10.0
#: From the tier that takes orders to the one that ships them.
ORDERS_TO_SHIP = "orders-to-ship"
#: From the tier in front to the one that sends mails, which is written for Node.js.
MAILS = "mails"


class TierError(Exception):
    """Another tier answered that it could not do what it was asked."""


def ask_tier(bt: Any, address: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Asks another tier over HTTP and answers its JSON. The header lets the transaction continue there."""
    host, port = address.split(":")
    data = b"" if body is None else json.dumps(body).encode()
    with appd.exit_call(
        bt,
        appd.EXIT_HTTP,
        f"orders at {address}",
        {"HOST": host, "PORT": int(port)},
        optional_properties={"Method": method, "Request bytes": len(data)},
        operation=f"{method} {path}",
    ) as exit_call:
        headers = {"Content-Type": "application/json"}
        correlation = appd.make_correlation_header(bt, exit_call)
        if correlation is not None:
            name, value = correlation
            headers[name] = value
        connection = http.client.HTTPConnection(host, int(port), timeout=HTTP_TIMEOUT_S)
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise TierError(f"{method} {path} answered {answer.status}: {text.decode(errors='replace')}")
        return json.loads(text)


class Database:
    """An SQLite file; every statement is an exit call."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        self._properties = {"HOST": "localhost", "DATABASE": path.rsplit("/", 1)[-1], "VENDOR": "SQLite"}
        self._connection.execute("PRAGMA journal_mode = WAL")

    def run(self, bt: Any, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Runs one statement and answers its rows. An error of the database is reported on the call."""
        with appd.exit_call(
            bt,
            appd.EXIT_DB,
            self._properties["DATABASE"],
            self._properties,
            optional_properties={"Library": f"SQLite {sqlite3.sqlite_version}", "Values": len(values)},
            operation=statement,
        ):
            return self._connection.execute(statement, values).fetchall()


class Cache:
    """The cache; reading and writing are exit calls."""

    def __init__(self, address: str) -> None:
        self._client = resp.Client(address)
        self._properties = {"SERVER POOL": address, "VENDOR": "Redis"}

    def get(self, bt: Any, key: str) -> Any:
        with self._call(bt, f"GET {key}"):
            text = self._client.ask("GET", key)
        return None if text is None else json.loads(text)

    def put(self, bt: Any, key: str, value: Any, seconds: int) -> None:
        with self._call(bt, f"SET {key}"):
            self._client.ask("SET", key, json.dumps(value), "EX", str(seconds))

    def _call(self, bt: Any, operation: str) -> Any:
        return appd.exit_call(bt, appd.EXIT_CACHE, "catalogue cache", self._properties, operation=operation)


class Queue:
    """A queue in Redis; a message carries the correlation header: the consumer continues the transaction."""

    def __init__(self, name: str, address: str) -> None:
        self._name = name
        self._client = resp.Client(address)
        host, port = address.split(":")
        self._properties = {"HOST": host, "PORT": int(port), "DESTINATION": name, "VENDOR": "Redis list"}

    def publish(self, bt: Any, message: dict[str, Any]) -> None:
        operation = f"LPUSH {self._name}"
        with appd.exit_call(
            bt, appd.EXIT_QUEUE, self._name, self._properties, operation=operation
        ) as exit_call:
            correlation = appd.make_correlation_header(bt, exit_call)
            envelope = {"message": message, "correlation": correlation[1] if correlation else None}
            self._client.ask("LPUSH", self._name, json.dumps(envelope))

    def take(self, seconds: int) -> tuple[dict[str, Any], str | None] | None:
        """The next message and its correlation header; ``None`` when none came in time."""
        answer = self._client.ask("BRPOP", self._name, str(seconds))
        if answer is None:
            return None
        envelope = json.loads(answer[1])
        return envelope["message"], envelope["correlation"]


class RabbitQueue:
    """A queue in RabbitMQ, which has a place for headers beside the message."""

    def __init__(self, name: str, url: str) -> None:
        # Installed only beside RabbitMQ.
        self._pika: Any = importlib.import_module("pika")
        self._parameters = self._pika.URLParameters(url)
        self._name = name
        self._properties = {
            "HOST": self._parameters.host,
            "PORT": self._parameters.port,
            "DESTINATION": name,
            "VENDOR": "RabbitMQ",
        }

    def publish(self, bt: Any, message: dict[str, Any]) -> None:
        with appd.exit_call(
            bt, appd.EXIT_QUEUE, self._name, self._properties, operation=f"basic.publish {self._name}"
        ) as exit_call:
            correlation = appd.make_correlation_header(bt, exit_call)
            properties = self._pika.BasicProperties(headers=dict([correlation]) if correlation else {})
            # A connection per message: the threads of the server share none, and mails are rare.
            connection = self._pika.BlockingConnection(self._parameters)
            try:
                channel = connection.channel()
                channel.queue_declare(self._name)
                channel.basic_publish("", self._name, json.dumps(message).encode(), properties)
            finally:
                connection.close()
