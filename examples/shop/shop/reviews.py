"""The tier that keeps what customers think: Flask, SQLite and Redis, and not a word about being observed.

`pyagent run` starts it with the agent, which detects the requests, the statements, the cache and the calls to
the tier `orders` by itself.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import time
import urllib.request
from typing import Any

import flask
import redis
from werkzeug.serving import WSGIRequestHandler, make_server

from shop import lifecycle

SUMMARY_SECONDS = 5
TIMEOUT_S = 10
SCHEMA = "CREATE TABLE IF NOT EXISTS reviews (product TEXT, stars INTEGER, text TEXT, written_s REAL) STRICT"


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """The load would fill the log."""


def application(database: str, memory: str, orders: list[str]) -> flask.Flask:
    host, port = memory.split(":")
    # Protocol 2: the shop's own small server, for machines without Redis, speaks no other.
    cache = redis.Redis(host=host, port=int(port), protocol=2, decode_responses=True)
    order_nodes = itertools.cycle(orders)
    app = flask.Flask("reviews")

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(database, timeout=TIMEOUT_S)
        connection.execute(SCHEMA)
        return connection

    @app.get("/reviews/<product>")
    def summary(product: str) -> dict[str, Any]:
        known = cache.get(f"stars:{product}")
        if known is not None:
            return json.loads(known)
        with connected() as connection:
            [(count, stars)] = connection.execute(
                "SELECT count(*), avg(stars) FROM reviews WHERE product = ?", [product]
            )
        connection.close()
        found = {"product": product, "reviews": count, "stars": stars}
        cache.set(f"stars:{product}", json.dumps(found), ex=SUMMARY_SECONDS)
        return found

    @app.post("/reviews/<product>")
    def write(product: str) -> dict[str, Any]:
        given = flask.request.get_json()
        with urllib.request.urlopen(f"http://{next(order_nodes)}/stock", timeout=TIMEOUT_S) as answer:
            if product not in [one["product"] for one in json.load(answer)]:
                flask.abort(404, f"nobody sells {product}")
        with connected() as connection:
            # The column takes numbers only, and says so.
            connection.execute(
                "INSERT INTO reviews (product, stars, text, written_s) VALUES (?, ?, ?, ?)",
                [product, given["stars"], given.get("text", ""), time.time()],
            )
        connection.close()
        return {"product": product}

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="file of the reviews")
    parser.add_argument("--memory", required=True, help="HOST:PORT of the cache")
    parser.add_argument(
        "--orders", action="append", required=True, help="HOST:PORT of a node of the tier orders"
    )
    options = parser.parse_args()
    lifecycle.end_on_request()
    app = application(options.database, options.memory, options.orders)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    lifecycle.say_ready(server.server_port)
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
