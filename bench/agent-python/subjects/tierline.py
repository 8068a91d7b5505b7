"""Our agent, through the documented API."""

from __future__ import annotations

from appdynamics.agent import api as appd


def start(sink: str) -> None:
    host, port = sink.rsplit("/", 1)[-1].split(":")
    settings = {
        "APPDYNAMICS_AGENT_APPLICATION_NAME": "Bench",
        "APPDYNAMICS_AGENT_TIER_NAME": "bench",
        "APPDYNAMICS_AGENT_NODE_NAME": "bench-1",
        "APPDYNAMICS_CONTROLLER_HOST_NAME": host,
        "APPDYNAMICS_CONTROLLER_PORT": port,
        "APPDYNAMICS_CONTROLLER_SSL_ENABLED": "off",
        "APPDYNAMICS_AGENT_ACCOUNT_NAME": "customer1",
        "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY": "bench",
    }
    if not appd.init(settings):
        raise SystemExit("the agent refused its settings")


def work() -> None:
    bt = appd.start_bt("Checkout")
    exit_call = appd.start_exit_call(
        bt,
        appd.EXIT_DB,
        "orders",
        {"HOST": "db1", "PORT": 5432, "DATABASE": "orders", "VENDOR": "POSTGRESQL"},
        operation="SELECT * FROM orders WHERE id = ?",
    )
    headers: dict[str, str] = {}
    name, value = appd.make_correlation_header(bt, exit_call)
    headers[name] = value
    appd.end_exit_call(exit_call)
    appd.add_snapshot_data(bt, "customer", "Ada")
    appd.add_snapshot_data(bt, "cart value", 17.5)
    appd.end_bt(bt)


def bare() -> None:
    appd.end_bt(appd.start_bt("Checkout"))


def drain() -> None:
    """There is no queue that could overflow: metrics are added up where they arise."""


def stop() -> None:
    appd.shutdown()
