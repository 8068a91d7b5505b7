"""Two tiers that correlate through the API are one business transaction, and the backend between them is the tier."""

from __future__ import annotations

from pathlib import Path

from conftest import APPLICATION, Controller, agent_environment, finished, start_program, until

FRONT = """
from appdynamics.agent import api as appd
appd.init()
with appd.bt("checkout") as bt:
    call = appd.start_exit_call(bt, appd.EXIT_HTTP, "orders:8080", {"HOST": "orders", "PORT": 8080}, operation="http://orders:8080/order")
    name, header = appd.make_correlation_header(bt, call)
    assert name == "singularityheader"
    print(header, end="")
    appd.end_exit_call(call)
appd.shutdown()
"""

ORDERS = """
import sys
from appdynamics.agent import api as appd
appd.init()
bt = appd.start_bt("never shown", sys.argv[1])
appd.add_snapshot_data(bt, "customer", "ada")
appd.end_bt(bt)
appd.shutdown()
"""


def test_one_bt_over_two_tiers(controller: Controller, tmp_path: Path) -> None:
    directory = tmp_path / "agent"
    header = finished(start_program(FRONT, agent_environment(controller.port, "front-1", directory, tier="front")))
    finished(start_program(ORDERS, agent_environment(controller.port, "orders-1", directory, tier="orders"), header))
    snapshots = until(lambda: [s for s in [controller.snapshots()] if len(s) == 2], 30, "both segments")[0]
    root = next(s for s in snapshots if s["firstInChain"])
    behind = next(s for s in snapshots if not s["firstInChain"])
    assert root["requestGUID"] == behind["requestGUID"]
    assert root["businessTransactionId"] == behind["businessTransactionId"]
    assert (root["snapshotExitSequence"], behind["snapshotExitSequence"]) == ("", "1")
    tiers = {t["name"]: t for t in controller.rest(f"applications/{APPLICATION}/tiers")}
    assert set(tiers) == {"front", "orders"}
    (backend,) = controller.rest(f"applications/{APPLICATION}/backends")
    assert backend["tierId"] == tiers["orders"]["id"], "the backend turned out to be the tier"
    names = [bt["name"] for bt in controller.rest(f"applications/{APPLICATION}/business-transactions")]
    assert names == ["checkout"]
