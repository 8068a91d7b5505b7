"""The tier that knows customers: behind the one that browsers talk to, or alone when there is no Node.js."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

from appdynamics.agent import api as appd

from shop import calls, lifecycle, web

CATALOGUE_SECONDS = 5
PASSWORD_TRIES_MAX = 3


class Front:
    """Answers customers with the help of the tier `orders` and a cache, and has mails sent to them."""

    def __init__(self, orders: list[str], memory: str, mails: calls.Queue | calls.RabbitQueue | None) -> None:
        self._orders = itertools.cycle(orders)
        self._cache = calls.Cache(memory)
        self._mails = mails

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
        placed = calls.ask_tier(bt, next(self._orders), "POST", "/orders", asked)
        self._mail(bt, f"{asked.get('customer')}@example.org", f"Your order {placed['number']}")
        return placed

    def account(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        """A new customer is greeted by mail; whether the mail arrives is seen on the tier that sends it."""
        appd.add_snapshot_data(bt, "mail", asked.get("mail"))
        self._mail(bt, str(asked.get("mail")), "Welcome to the shop")
        return {"registered": asked.get("mail")}

    def login(self, bt: Any, _rest: str, asked: dict[str, Any]) -> Any:
        """No call to anybody; wrong passwords are no errors until there are too many of them."""
        appd.add_snapshot_data(bt, "customer", asked.get("customer"))
        if int(asked.get("tries", 1)) > PASSWORD_TRIES_MAX:
            raise PermissionError(f"account of {asked.get('customer')} is locked")
        return {"welcome": asked.get("customer")}

    def _mail(self, bt: Any, to: str, subject: str) -> None:
        if self._mails is not None:
            self._mails.publish(bt, {"to": to, "subject": subject})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--orders", action="append", required=True, help="HOST:PORT of a node of the tier orders"
    )
    parser.add_argument("--memory", required=True, help="HOST:PORT of the cache")
    parser.add_argument("--mails", action="store_true", help="there is a tier that sends mails")
    parser.add_argument("--amqp", help="URL of RabbitMQ, for the queue of the mails; without it, the cache")
    options = parser.parse_args()
    mails = None
    if options.mails:
        mails = (
            calls.RabbitQueue(calls.MAILS, options.amqp)
            if options.amqp
            else calls.Queue(calls.MAILS, options.memory)
        )
    front = Front(options.orders, options.memory, mails)
    routes = {
        "GET /catalogue": ("Browse catalogue", front.catalogue),
        "GET /search": ("Search", front.search),
        "POST /checkout": ("Checkout", front.checkout),
        "POST /login": ("Log in", front.login),
        "POST /account": ("Register", front.account),
    }
    lifecycle.observed(lambda: web.serve(routes))


if __name__ == "__main__":
    main()
