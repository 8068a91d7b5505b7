"""The tier that ships what was ordered: a consumer of the queue."""

from __future__ import annotations

import argparse
import time
from typing import Any

from appdynamics.agent import api as appd

from shop import calls, lifecycle

POLL_SECONDS = 1
SCHEMA = "CREATE TABLE IF NOT EXISTS parcels (number TEXT PRIMARY KEY, country TEXT, packed_s REAL) STRICT"


class AddressUnknownError(Exception):
    """There is no way to send a parcel there."""


def ship(database: calls.Database, bt: Any, message: dict[str, Any]) -> None:
    """Packs a parcel and writes it down."""
    appd.add_snapshot_data(bt, "order number", message["number"])
    appd.add_snapshot_data(bt, "country", message["country"])
    if message["country"] == "Atlantis":
        raise AddressUnknownError("nothing is delivered to Atlantis since it sank")
    time.sleep(0.005)  # packing
    database.run(
        bt,
        "INSERT OR REPLACE INTO parcels (number, country, packed_s) VALUES (?, ?, ?)",
        [message["number"], message["country"], time.time()],
    )


def consume(path: str, memory: str) -> None:
    """Takes messages for ever. Each is a transaction that continues where the message came from."""
    database = calls.Database(path)
    database.run(None, SCHEMA)
    queue = calls.Queue(calls.ORDERS_TO_SHIP, memory)
    lifecycle.say_ready()
    while True:
        taken = queue.take(POLL_SECONDS)
        if taken is None:
            continue
        message, correlation = taken
        try:
            with appd.bt("Ship order", correlation) as bt:
                ship(database, bt, message)
        except AddressUnknownError:
            continue  # reported with the transaction; the next parcel is waiting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="file of the parcels")
    parser.add_argument("--memory", required=True, help="HOST:PORT of the queue")
    options = parser.parse_args()
    lifecycle.observed(lambda: consume(options.database, options.memory))


if __name__ == "__main__":
    main()
