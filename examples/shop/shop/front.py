"""The tier that customers talk to."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

from appdynamics.agent import api as appd

from shop import calls, lifecycle, web

CATALOGUE_SECONDS = 5
PASSWORD_TRIES_MAX = 3


class Front:
    """Answers customers with the help of the tier `orders` and a cache."""

    def __init__(self, orders: list[str], memory: str) -> None:
        self._orders = itertools.cycle(orders)
        self._cache = calls.Cache(memory)

    def catalogue(self, bt: Any, _rest: str, _asked: dict[str, Any]) -> Any:
        """From the cache when it is fresh, else from the tier that knows."""
        products = self._cache.get(bt, "catalogue")
        if products is None:
            products = calls.ask_tier(bt, next(self._orders), "GET", "/stock")
            self._cache.put(bt, "catalogue", products, CATALOGUE_SECONDS)
        return products

    def search(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        """Some searches are slow: those that read the whole archive."""
        text = str(asked.get("text", ""))
        archive = asked.get("archive", "no")
        appd.add_snapshot_data(bt, "search text", text)
        appd.add_snapshot_data(bt, "in archive", archive)
        return calls.ask_tier(bt, next(self._orders), "GET", f"/search?text={text}&archive={archive}")

    def checkout(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        """An order; it fails when the card is refused or nothing is left."""
        appd.add_snapshot_data(bt, "customer", asked.get("customer"))
        appd.add_snapshot_data(bt, "cart value", asked.get("value"))
        appd.add_snapshot_data(bt, "items", asked.get("items"))
        if asked.get("card") == "expired":
            raise web.RefusedError("the card has expired")
        return calls.ask_tier(bt, next(self._orders), "POST", "/orders", asked)

    def login(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        """No call to anybody; wrong passwords are no errors until there are too many of them."""
        appd.add_snapshot_data(bt, "customer", asked.get("customer"))
        if int(asked.get("tries", 1)) > PASSWORD_TRIES_MAX:
            raise PermissionError(f"account of {asked.get('customer')} is locked")
        return {"welcome": asked.get("customer")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--orders", action="append", required=True, help="HOST:PORT of a node of the tier orders"
    )
    parser.add_argument("--memory", required=True, help="HOST:PORT of the cache")
    options = parser.parse_args()
    front = Front(options.orders, options.memory)
    routes = {
        "GET /catalogue": ("Browse catalogue", front.catalogue),
        "GET /search": ("Search", front.search),
        "POST /checkout": ("Checkout", front.checkout),
        "POST /login": ("Log in", front.login),
    }
    lifecycle.observed(lambda: web.serve(routes))


if __name__ == "__main__":
    main()
