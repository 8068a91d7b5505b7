"""Mission document: exit call management. Every docstring below is a sentence of it."""

import inspect

import pytest

from appdynamics.agent import api as appd

POSTGRES = {"Host": "db", "Port": 5432, "Vendor": "POSTGRESQL"}


@pytest.fixture
def bt(agent):
    bt = appd.start_bt("checkout")
    yield bt
    appd.end_bt(bt)


def test_start_exit_call_starts_an_exit_call(agent, bt):
    """Starts a custom exit call from within the specified business transaction."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    appd.end_exit_call(exit_call)
    appd.end_bt(bt)
    received = agent.stop()
    assert received.exits()["orders"].count == 1
    assert len(received.snapshot("checkout").exit_calls) == 1


def test_start_exit_call_signature():
    """start_exit_call(bt_handle, exit_type, display_name, identifying_properties, optional_properties=None)"""
    parameters = inspect.signature(appd.start_exit_call).parameters
    documented = ["bt_handle", "exit_type", "display_name", "identifying_properties", "optional_properties"]
    assert list(parameters)[:5] == documented
    assert parameters["optional_properties"].default is None


def test_one_active_exit_call_per_transaction(bt):
    """There can be only one active exit call per business transaction."""
    first = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    assert appd.start_exit_call(bt, appd.EXIT_CACHE, "cache", {"Host": "redis"}) is None
    appd.end_exit_call(first)
    assert appd.start_exit_call(bt, appd.EXIT_CACHE, "cache", {"Host": "redis"}) is not None


def test_subsequent_exit_calls_return_none(bt):
    """Attempts to start subsequent exit calls will return None."""
    appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    for _ in range(3):
        assert appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES) is None


def test_start_exit_call_returns_a_handle(bt):
    """Returns an ExitCallHandle that identifies this exit call."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    assert isinstance(exit_call, appd.ExitCallHandle)
    assert exit_call


def test_the_transaction_making_the_exit_call(agent, bt):
    """Identifies the business transaction making the exit call. Handle is returned from start_bt()."""
    appd.end_exit_call(
        appd.start_exit_call(
            bt_handle=bt, exit_type=appd.EXIT_DB, display_name="orders", identifying_properties=POSTGRES
        )
    )
    appd.end_bt(bt)
    (exit_call,) = agent.stop().snapshot("checkout").exit_calls
    assert exit_call.attributes["peer.service"] == "orders"


@pytest.mark.parametrize("name", ["HTTP", "DB", "CACHE", "QUEUE"])
def test_exit_types(agent, bt, name):
    """The type of exit call. Valid values are: appd.EXIT_HTTP, appd.EXIT_DB, appd.EXIT_CACHE, appd.EXIT_QUEUE"""
    exit_type = getattr(appd, f"EXIT_{name}")
    assert isinstance(exit_type, int)
    appd.end_exit_call(appd.start_exit_call(bt, exit_type, "backend", {"Host": "x"}))
    appd.end_bt(bt)
    assert agent.stop().exits()["backend"].exit_type == name


def test_the_name_of_the_exit_call(agent, bt):
    """Name used to identify this exit call in the controller. This is the label that will be used to display the exit call in the AppDynamics UI."""
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, "Bestell-Datenbank für Österreich", POSTGRES))
    appd.end_bt(bt)
    received = agent.stop()
    assert list(received.exits()) == ["Bestell-Datenbank für Österreich"]
    assert received.snapshot("checkout").exit_calls[0].name == "Bestell-Datenbank für Österreich"


def test_identifying_properties_identify_the_component(agent, bt):
    """A dictionary of name/value pairs that uniquely identify the downstream component being called."""
    for host in ("a", "b", "a"):
        appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, f"orders {host}", {"Host": host, "Port": 1}))
    appd.end_bt(bt)
    assert {name: exit_.count for name, exit_ in agent.stop().exits().items()} == {"orders a": 2, "orders b": 1}


def test_identifying_properties_go_to_the_dashboard(agent, bt):
    """In the Controller UI, these properties are visible in the upper right panel of the backend dashboards."""
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES))
    appd.end_bt(bt)
    assert agent.stop().exits()["orders"].properties == {"Host": "db", "Port": "5432", "Vendor": "POSTGRESQL"}


def test_keys_are_names_and_values_values(agent, bt):
    """The key of the dict is the name of the property; the value is the value of the property."""
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_QUEUE, "mail", {"SERVERPOOL": "a:1,b:2", "VENDOR": "SQS"}))
    appd.end_bt(bt)
    assert agent.stop().snapshot("checkout").exit_calls[0].identifying == {"SERVERPOOL": "a:1,b:2", "VENDOR": "SQS"}


def test_the_operation_of_an_exit_call(agent, bt):
    """A string describing the operation that is being performed, such as the URL of an HTTP request or an SQL query."""
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES, operation="SELECT 1"))
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES, "SELECT 2", {"rows": 2}))
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES, {"rows": 3}, "SELECT 3"))
    appd.end_bt(bt)
    exit_calls = agent.stop().snapshot("checkout").exit_calls
    assert [exit_call.operation for exit_call in exit_calls] == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert [exit_call.optional for exit_call in exit_calls] == [{}, {"rows": "2"}, {"rows": "3"}]


def test_optional_properties_are_additional(agent, bt):
    """A dictionary of name/value pairs that identify additional properties for this exit call."""
    for client in ("10.0.0.1", "10.0.0.2"):
        appd.end_exit_call(
            appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES, optional_properties={"client": client})
        )
    appd.end_bt(bt)
    received = agent.stop()
    assert received.exits()["orders"].count == 2
    assert [e.optional for e in received.snapshot("checkout").exit_calls] == [
        {"client": "10.0.0.1"},
        {"client": "10.0.0.2"},
    ]


def test_optional_properties_go_to_the_snapshot(agent, bt):
    """In the Controller UI, these properties are visible in the Exit Calls and Async Activities modal in the snapshot drill-down pane."""
    appd.end_exit_call(appd.start_exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"}, {"http_code": 200}))
    appd.end_bt(bt)
    assert agent.stop().snapshot("checkout").exit_calls[0].attributes["appd.exit.property.http_code"] == "200"


def test_end_exit_call_ends_the_exit_call(agent, bt):
    """Ends the exit call identified by exit_call_handle."""
    assert str(inspect.signature(appd.end_exit_call)) == "(exit_call_handle, exc=None)"
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    assert appd.end_exit_call(exit_call_handle=exit_call) is None
    appd.end_bt(bt)
    assert "appd.exit.unended" not in agent.stop().snapshot("checkout").exit_calls[0].attributes


def test_the_handle_of_start_exit_call_identifies_the_exit_call(agent, bt):
    """Identifies the exit call being ended. The handle is returned from start_exit_call()."""
    first = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    appd.end_exit_call(first)
    second = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    appd.end_exit_call(first)
    assert appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES) is None
    appd.end_exit_call(second)
    appd.end_bt(bt)
    assert agent.stop().exits()["orders"].count == 2


def test_an_exception_is_reported_with_the_exit_call(agent, bt):
    """If an exception occurred during the exit call that you have caught with a try-except block, and you wish to report the exception as part of the exit call, pass the exception as the exc argument."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", POSTGRES)
    try:
        raise TimeoutError("no answer in 5 s")
    except TimeoutError as exc:
        appd.end_exit_call(exit_call, exc=exc)
    appd.end_bt(bt)
    received = agent.stop()
    assert received.exits()["orders"].errors == 1
    (error,) = received.snapshot("checkout").exit_calls[0].errors
    assert (error["exception.type"], error["exception.message"]) == ("TimeoutError", "no answer in 5 s")


def test_make_correlation_header_makes_a_header(bt):
    """Make a correlation header for a custom exit call."""
    assert str(inspect.signature(appd.make_correlation_header)) == "(bt_handle, exit_call_handle)"
    exit_call = appd.start_exit_call(bt, appd.EXIT_QUEUE, "mail", {"Host": "mq"})
    name, value = appd.make_correlation_header(bt_handle=bt, exit_call_handle=exit_call)
    assert name == "singularityheader"
    assert "*guid=" in value
    assert len(value) <= 1024


def test_the_header_continues_transactions_downstream(agent, bt):
    """If you are performing custom exit calls to other instrumented tiers, adding a correlation header allows continuing business transactions on the downstream tier."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_HTTP, "downstream", {"Host": "shop"})
    header = appd.make_correlation_header(bt, exit_call)[1]
    appd.end_exit_call(exit_call)
    appd.end_bt(bt)
    first = agent.stop()
    agent.start(APPDYNAMICS_AGENT_TIER_NAME="downstream", APPDYNAMICS_AGENT_NODE_NAME="downstream-1")
    appd.end_bt(appd.start_bt("ignored", header), ValueError("kept"))
    both = agent.stop()
    (continued,) = [snapshot for snapshot in both.snapshots if snapshot.resource["service.name"] == "downstream"]
    assert continued.trace_id == first.snapshot("checkout").trace_id


def test_it_is_up_to_you_to_send_and_parse_the_header(agent, bt):
    """It is up to you to send the header, as well as parse it at the other end and pass it to start_bt()."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_QUEUE, "mail", {"Host": "mq"})
    name, value = appd.make_correlation_header(bt, exit_call)
    message = f"{name}: {value}\r\n"
    assert message.isascii()
    assert message.isprintable() or message.endswith("\r\n")
    guid = value.split("*guid=")[1].split("*")[0]
    appd.end_exit_call(exit_call)
    appd.end_bt(bt)
    assert agent.stop().snapshot("checkout").attributes["appd.guid"] == guid


def test_make_correlation_header_returns_a_tuple_or_none(controller, agent, bt):
    """Returns a tuple of header name and header value, or None if correlation is disabled."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"})
    header = appd.make_correlation_header(bt, exit_call)
    assert isinstance(header, tuple)
    assert [type(part) for part in header] == [str, str]
    agent.stop()
    controller.config = {"version": 2, "correlation_enabled": False}
    agent.start(timeout_ms=10_000)
    with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"}) as exit_call:
        assert exit_call is not None
        assert appd.make_correlation_header(bt, exit_call) is None


def test_the_header_needs_the_transaction(bt):
    """A handle identifying the business transaction."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"})
    assert appd.make_correlation_header(bt, exit_call) is not None
    assert appd.make_correlation_header(None, exit_call) is None


def test_the_header_needs_the_exit_call(bt):
    """A handle identifying the exit call."""
    exit_call = appd.start_exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"})
    header = appd.make_correlation_header(bt, exit_call)[1]
    assert "*exitguid=1*" in header
    assert appd.make_correlation_header(bt, None) is None
