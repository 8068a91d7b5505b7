"""Mission document: what the APIs are for, and access to them. Every docstring below is a sentence of it."""

import importlib.util
import subprocess
import sys

from appdynamics.agent import api as appd


def test_the_apis_support_custom_business_transactions(agent):
    """The Python Agent APIs provide facilities to support: Custom business transactions"""
    appd.end_bt(appd.start_bt("checkout"))
    assert agent.stop().bts() == {"checkout": 1}


def test_the_apis_support_custom_exit_points(agent):
    """The Python Agent APIs provide facilities to support: Custom exit points"""
    bt = appd.start_bt("checkout")
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}))
    appd.end_bt(bt)
    assert agent.stop().exits()["orders"].count == 1


def test_the_apis_support_custom_data_collectors(agent):
    """The Python Agent APIs provide facilities to support: Custom data collectors"""
    bt = appd.start_bt("checkout")
    appd.add_snapshot_data(bt, "order", "4711")
    appd.end_bt(bt)
    assert agent.stop().snapshot("checkout").user_data == {"order": "4711"}


def test_the_package_to_install():
    """Before your app can access the Python Agent APIs, install the Python Agent using: pip install appdynamics"""
    # Ours is `pip install tierline`, and brings the import package of the document.
    from importlib.metadata import packages_distributions

    spec = importlib.util.find_spec("appdynamics.agent.api")
    assert spec is not None
    assert packages_distributions().get("appdynamics", ["tierline"]) == ["tierline"]


def test_the_import_at_the_top_of_the_application():
    """Then at the top of the instrumented application add: from appdynamics.agent import api as appd"""
    program = "from appdynamics.agent import api as appd; assert appd.api is appd; print(sorted(appd.__all__))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    documented = (
        "init shutdown start_bt end_bt add_snapshot_data get_active_bt_handle start_exit_call end_exit_call "
        "make_correlation_header bt exit_call EXIT_HTTP EXIT_DB EXIT_CACHE EXIT_QUEUE NO_TIMEOUT"
    )
    assert all(repr(name) in result.stdout for name in documented.split())
