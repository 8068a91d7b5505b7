"""Customers: a bounded, repeatable load. It is not observed itself."""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import random
import sys
import threading
import time
from urllib.parse import quote

from shop import lifecycle
from shop.orders import PRODUCTS

CUSTOMERS = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Tony"]
COUNTRIES = ["Germany", "France", "Poland", "Chile"]
SEED = 7
#: One in so many visits is of this kind. Primes, so that they rarely meet.
ARCHIVE_SEARCH_EVERY = 41
EXPIRED_CARD_EVERY = 29
REPEATED_ORDER_EVERY = 37
LOCKED_LOGIN_EVERY = 53
ATLANTIS_EVERY = 31
REGISTRATION_EVERY = 11
KIOSK_EVERY = 5
#: Of those at the kiosk: they write, and say no number of stars, which the database refuses.
WRITTEN_REVIEW_EVERY = 3
WORDLESS_REVIEW_EVERY = 4
#: Of the registrations.
UNKNOWN_MAIL_EVERY = 7


class Customers:
    """Decides what the next customer does."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self._lock = threading.Lock()
        self._visits = itertools.count(1)
        # Numbers differ between runs over the same database.
        self._first_order = int(time.time())

    def next(self) -> tuple[str, str, dict[str, object] | None]:
        """Method, path and body of the next request."""
        with self._lock:
            visit = next(self._visits)
            choice = self._random.random()
            customer = self._random.choice(CUSTOMERS)
            if visit % LOCKED_LOGIN_EVERY == 0:
                return "POST", "/login", {"customer": customer, "tries": 4}
            if visit % ARCHIVE_SEARCH_EVERY == 0:
                return "GET", f"/search?text={quote(customer)}&archive=yes", None
            if visit % REGISTRATION_EVERY == 0:
                place = "invalid" if visit // REGISTRATION_EVERY % UNKNOWN_MAIL_EVERY == 0 else "example.org"
                return "POST", "/account/register", {"mail": f"{customer.lower()}-{visit}@{place}"}
            special = [
                visit % every == 0 for every in (EXPIRED_CARD_EVERY, REPEATED_ORDER_EVERY, ATLANTIS_EVERY)
            ]
            if any(special) or choice < 0.35:
                return "POST", "/checkout", self._order(visit, customer, *special)
            return self._look_around(choice, customer)

    def _look_around(self, choice: float, customer: str) -> tuple[str, str, dict[str, object] | None]:
        if choice < 0.65:
            return "GET", "/catalogue", None
        if choice < 0.85:
            return "GET", f"/search?text={self._random.choice(PRODUCTS)[:3]}", None
        return "POST", "/login", {"customer": customer}

    def _order(
        self, visit: int, customer: str, expired: bool, repeated: bool, atlantis: bool
    ) -> dict[str, object]:
        number = self._first_order * 1_000_000 + (0 if repeated else visit)
        return {
            "number": f"T-{number}",
            "customer": customer,
            "product": self._random.choice(PRODUCTS),
            "items": self._random.randint(1, 4),
            "value": round(self._random.uniform(3, 80), 2),
            "card": "expired" if expired else "valid",
            "country": "Atlantis" if atlantis else self._random.choice(COUNTRIES),
        }


def at_the_kiosk(visit_number: int) -> tuple[str, str, dict[str, object] | None]:
    """Reads what others think, or writes."""
    path = f"/kiosk?product={PRODUCTS[visit_number % len(PRODUCTS)]}"
    if visit_number % WRITTEN_REVIEW_EVERY != 0:
        return "GET", path, None
    wordless = visit_number // WRITTEN_REVIEW_EVERY % WORDLESS_REVIEW_EVERY == 0
    return "POST", path, {"stars": "many" if wordless else 1 + visit_number % 5, "text": "tasted"}


def visit(customers: Customers, front: str, kiosk: str | None, pause_s: float) -> None:
    """One customer after the other, for ever."""
    for number in itertools.count(1):
        door = front
        if kiosk is not None and number % KIOSK_EVERY == 0:
            door = kiosk
            method, path, body = at_the_kiosk(number // KIOSK_EVERY)
        else:
            method, path, body = customers.next()
        connection = http.client.HTTPConnection(door, timeout=30)
        try:
            headers = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            connection.getresponse().read()
        except OSError as error:
            print(f"{method} {path}: {error}", file=sys.stderr)
        finally:
            connection.close()
        time.sleep(pause_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--front", required=True, help="HOST:PORT of the tier to visit")
    parser.add_argument("--kiosk", help="HOST:PORT of the kiosk, if there is one")
    parser.add_argument("--per-second", type=float, default=12.0, help="visits at most")
    parser.add_argument("--customers", type=int, default=3, help="how many at the same time")
    options = parser.parse_args()
    lifecycle.end_on_request()
    customers = Customers()
    pause_s = options.customers / options.per_second
    for _ in range(options.customers):
        threading.Thread(
            target=visit, args=(customers, options.front, options.kiosk, pause_s), daemon=True
        ).start()
    lifecycle.say_ready()
    threading.Event().wait()


if __name__ == "__main__":
    main()
