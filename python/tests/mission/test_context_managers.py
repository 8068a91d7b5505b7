"""Mission document: context managers. Every docstring below is a sentence of it."""

import inspect

import pytest

from appdynamics.agent import api as appd


def test_bt_reports_some_work(agent):
    """Context manager for reporting some work as a business transaction. Yields a BtHandle."""
    assert str(inspect.signature(appd.bt)) == "(name, correlation_header=None)"
    with appd.bt("checkout") as bt:
        assert isinstance(bt, appd.BtHandle)
        assert appd.start_bt("inside") is None
    with pytest.raises(ValueError, match="no stock"), appd.bt("checkout"):
        raise ValueError("no stock")
    received = agent.stop()
    assert received.verdicts("checkout") == {"NORMAL": 1, "ERROR": 1}


def test_start_and_end_in_different_places(agent):
    """If you need to start and end the transaction in different places in the code, use start_bt() and  end_bt()."""

    def begin():
        return appd.start_bt("checkout")

    def end(bt):
        appd.end_bt(bt)

    end(begin())
    assert agent.stop().bts() == {"checkout": 1}


def test_exit_call_adds_exit_calls(agent):
    """Context manager for adding exit calls to a business transaction. Yields an ExitCallHandle."""
    parameters = list(inspect.signature(appd.exit_call).parameters)
    assert parameters[:5] == ["bt_handle", "exit_type", "display_name", "identifying_properties", "optional_properties"]
    with appd.bt("checkout") as bt:
        with appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}) as exit_call:
            assert isinstance(exit_call, appd.ExitCallHandle)
        with pytest.raises(KeyError), appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}):
            raise KeyError("x")
    received = agent.stop()
    assert (received.exits()["orders"].count, received.exits()["orders"].errors) == (2, 1)


def test_exit_calls_in_different_places(agent):
    """If you need to start and end exit calls in different places in your code, you can use start_exit_call() and end_exit_call()."""
    bt = appd.start_bt("checkout")
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"})

    def elsewhere(exit_call):
        appd.end_exit_call(exit_call)

    elsewhere(exit_call)
    appd.end_bt(bt)
    assert agent.stop().exits()["orders"].count == 1
