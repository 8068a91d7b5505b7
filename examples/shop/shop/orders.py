"""The tier that knows stock and orders. Several nodes share one database file."""

from __future__ import annotations

import argparse
import sqlite3
import threading
import time
from typing import Any

from appdynamics.agent import api as appd

from shop import calls, lifecycle, web

PRODUCTS = ["bread", "rolls", "croissant", "pretzel", "cake", "tart"]
STOCK_INITIAL = 1_000_000
#: Rows that the slow query invents; about half a second's work.
ARCHIVE_ROWS = 2_500_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS stock (product TEXT PRIMARY KEY, amount INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, customer TEXT, value REAL, placed_s REAL) STRICT;
"""
SEARCH_ARCHIVE = """
WITH RECURSIVE archive(row) AS (SELECT 1 UNION ALL SELECT row + 1 FROM archive WHERE row < ?)
SELECT count(*) FROM archive WHERE row % 7 = 0
"""


class Orders:
    """Answers the tier in front with the help of a database and a queue."""

    def __init__(self, database: str, memory: str) -> None:
        self._path = database
        self._local = threading.local()
        self._queue = calls.Queue(calls.ORDERS_TO_SHIP, memory)

    def stock(self, bt: Any, _rest: str, _asked: dict[str, Any]) -> Any:
        rows = self._database().run(bt, "SELECT product, amount FROM stock ORDER BY product")
        return [{"product": product, "amount": amount} for product, amount in rows]

    def search(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        pattern = f"%{asked.get('text', '')}%"
        rows = self._database().run(bt, "SELECT product, amount FROM stock WHERE product LIKE ?", [pattern])
        if asked.get("archive") == "yes":
            archived = self._database().run(bt, SEARCH_ARCHIVE, [ARCHIVE_ROWS])
            appd.add_snapshot_data(bt, "archived orders seen", archived[0][0])
        return [product for product, _ in rows]

    def place(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        """Takes from stock, writes the order down, and tells shipping.

        The database refuses a number that exists.
        """
        product, number = str(asked["product"]), str(asked["number"])
        appd.add_snapshot_data(bt, "order number", number)
        database = self._database()
        left = database.run(
            bt,
            "UPDATE stock SET amount = amount - ? WHERE product = ? AND amount >= ? RETURNING amount",
            [asked["items"], product, asked["items"]],
        )
        if not left:
            raise web.RefusedError(f"there is no {product} left")
        database.run(
            bt,
            "INSERT INTO orders (number, customer, value, placed_s) VALUES (?, ?, ?, ?)",
            [number, asked["customer"], asked["value"], time.time()],
        )
        self._queue.publish(
            bt, {"number": number, "customer": asked["customer"], "country": asked["country"]}
        )
        return {"number": number, "left": left[0][0]}

    def _database(self) -> calls.Database:
        """One connection per thread: SQLite wants it so."""
        if not hasattr(self._local, "database"):
            self._local.database = calls.Database(self._path)
        return self._local.database


def create(path: str) -> None:
    """The tables and the stock, unless they are there."""
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA)
        connection.executemany(
            "INSERT OR IGNORE INTO stock VALUES (?, ?)", [(product, STOCK_INITIAL) for product in PRODUCTS]
        )
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="file of the orders")
    parser.add_argument("--memory", required=True, help="HOST:PORT of the queue")
    options = parser.parse_args()
    create(options.database)
    orders = Orders(options.database, options.memory)
    routes = {
        "GET /stock": ("Read stock", orders.stock),
        "GET /search": ("Search stock", orders.search),
        "POST /orders": ("Place order", orders.place),
    }
    lifecycle.observed(lambda: web.serve(routes))


if __name__ == "__main__":
    main()
