"""The loop itself and the arguments it makes, without any agent: what every row contains."""

from __future__ import annotations


def start(_sink: str) -> None:
    """Nothing to start."""


def call(*_arguments: object) -> None:
    """Where the others do their work."""


def work() -> None:
    call("Checkout")
    call(
        "orders",
        {"HOST": "db1", "PORT": 5432, "DATABASE": "orders", "VENDOR": "POSTGRESQL"},
        "SELECT * FROM orders WHERE id = ?",
    )
    headers: dict[str, str] = {}
    call(headers)
    call("customer", "Ada")
    call("cart value", 17.5)


def bare() -> None:
    call("Checkout")


def drain() -> None:
    """Nothing to drain."""


def stop() -> None:
    """Nothing to stop."""
