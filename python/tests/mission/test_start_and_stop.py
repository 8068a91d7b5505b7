"""Mission document: start and stop the agent. Every docstring below is a sentence of it."""

import inspect
import time

import pytest

from appdynamics.agent import api as appd

MINIMAL = """
[agent]
app = Shop
tier = front
node = front-1
[controller]
host = 127.0.0.1
port = {port}
ssl = off
account = customer1
accesskey = a-key-for-tests
"""


@pytest.fixture(autouse=True)
def _stopped_in_the_end():
    yield
    appd.shutdown(2000)


def test_init_signature():
    """init(environ=None, timeout_ms=NO_TIMEOUT)"""
    parameters = inspect.signature(appd.init).parameters
    assert list(parameters) == ["environ", "timeout_ms"]
    assert parameters["environ"].default is None
    assert parameters["timeout_ms"].default == appd.NO_TIMEOUT
    assert appd.NO_TIMEOUT is not None


def test_init_initializes_the_agent(controller):
    """Initializes the Python Agent."""
    assert appd.start_bt("before") is None
    appd.init(controller.environ())
    assert appd.start_bt("after") is not None


def test_call_this_function_at_the_very_beginning(run, controller):
    """Call this function at the very beginning of your instrumented application, preferably before any other imports and before creating any other threads."""
    run("""
        from appdynamics.agent import api as appd
        appd.init()
        import json, threading
        def work():
            with appd.bt("in a thread"):
                pass
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    """)
    assert controller.received().bts() == {"in a thread": 1}


def test_initialization_occurs_asynchronously(controller):
    """Agent initialization occurs asynchronously."""
    controller.answers_opamp = False
    assert appd.init(controller.environ()) is True
    assert appd.start_bt("before the controller answered") is not None
    appd.shutdown()
    assert controller.received().bts() == {"before the controller answered": 1}


def test_init_returns_immediately(controller):
    """init() returns immediately if no timeout is specified but it is possible that the agent will not immediately be ready to report business transactions."""
    controller.answers_opamp = False
    begin = time.monotonic()
    appd.init(controller.environ())
    assert time.monotonic() - begin < 0.5


def test_start_bt_returns_none_while_the_agent_is_not_ready():
    """In this case, the start_bt() method will return None."""
    assert appd.init({}) is False
    assert appd.start_bt("checkout") is None


@pytest.mark.parametrize(
    "environ", [None, {}, {"app": "Shop"}, "text", 7, object(), {1: 2}, {None: None}, [1], {b"\xff": "\ud800"}]
)
@pytest.mark.parametrize("timeout_ms", [appd.NO_TIMEOUT, 0, 1, -7, 0.5, "soon", float("nan"), object()])
def test_init_never_raises(environ, timeout_ms):
    """This function will never raise an exception."""
    assert appd.init(environ, timeout_ms) is False


def test_init_returns_true_if_configured(controller):
    """Returns True if the agent is properly configured, False if the agent is not properly configured."""
    assert appd.init(controller.environ()) is True
    appd.shutdown()
    for name in ("APPLICATION_NAME", "TIER_NAME", "NODE_NAME", "ACCOUNT_ACCESS_KEY"):
        environ = controller.environ()
        del environ["APPDYNAMICS_AGENT_" + name]
        assert appd.init(environ) is False, name


def test_the_configuration_file_with_the_minimal_settings(controller, tmp_path):
    """To be properly configured the agent configuration file must contain the minimal settings and possibly some additional settings if they are required for your environment."""
    path = tmp_path / "appdynamics.cfg"
    path.write_text(MINIMAL.format(port=controller.port))
    assert appd.init({"APPDYNAMICS_CONFIG_FILE": str(path)}) is True
    appd.end_bt(appd.start_bt("configured by a file"))
    appd.shutdown()
    assert controller.received().bts() == {"configured by a file": 1}
    for needed in (
        "app = Shop\n",
        "tier = front\n",
        "node = front-1\n",
        "host = 127.0.0.1\n",
        "accesskey = a-key-for-tests\n",
    ):
        path.write_text(MINIMAL.format(port=controller.port).replace(needed, ""))
        assert appd.init({"APPDYNAMICS_CONFIG_FILE": str(path)}) is False, needed


def test_environ_overrides_the_environment(controller, monkeypatch):
    """If specified, a dictionary of environment variables to use to override the agent's configuration, derived from the actual OS environment variables."""
    for name, value in controller.environ(APPDYNAMICS_AGENT_TIER_NAME="from the environment").items():
        monkeypatch.setenv(name, value)
    appd.init({"APPDYNAMICS_AGENT_NODE_NAME": "from the dictionary"})
    appd.end_bt(appd.start_bt("checkout"))
    appd.shutdown()
    (resource,) = controller.received().resources.values()
    assert resource["service.name"] == "from the environment"
    assert resource["service.instance.id"] == "from the dictionary"


@pytest.mark.parametrize("timeout_ms", [5000, 5000.0, None])
def test_timeout_ms_is_an_interval_in_milliseconds(controller, timeout_ms):
    """Timeout interval in milliseconds."""
    begin = time.monotonic()
    assert appd.init(controller.environ(), timeout_ms) is True
    assert time.monotonic() - begin < 4


def test_by_default_init_returns_without_the_configuration(controller):
    """By default, init() returns immediately, even if the Python agent has not received its configuration from the controller."""
    controller.answers_opamp = False
    begin = time.monotonic()
    assert appd.init(controller.environ(), appd.NO_TIMEOUT) is True
    assert time.monotonic() - begin < 0.5


def test_timeout_none_blocks_until_configured(run, controller):
    """If timeout_ms is None, init() blocks until the agent is properly configured."""
    controller.answers_opamp = False
    program = """
        import sys, threading, time
        from appdynamics.agent import api as appd
        print("begin", flush=True)
        begin = time.monotonic()
        assert appd.init(timeout_ms=None) is True
        print(time.monotonic() - begin)
    """
    import threading

    def answer():
        controller.answers_opamp = True

    timer = threading.Timer(2.0, answer)
    timer.start()
    waited = float(run(program).stdout.split()[1])
    timer.join()
    assert waited > 0.8


def test_otherwise_init_waits_up_to_the_timeout(controller):
    """Otherwise, init() waits for up to timeout_ms for agent to become properly configured."""
    controller.answers_opamp = False
    begin = time.monotonic()
    assert appd.init(controller.environ(), 300) is True
    assert 0.25 < time.monotonic() - begin < 2


def test_shutdown_signature():
    """shutdown(timeout_ms=None)"""
    assert str(inspect.signature(appd.shutdown)) == "(timeout_ms=None)"


def test_shutdown_shuts_the_agent_down(controller):
    """Shuts down the Python Agent."""
    appd.init(controller.environ())
    appd.shutdown()
    assert appd.start_bt("after") is None


def test_after_shutdown_nothing_is_reported(controller):
    """The agent stops reporting metrics to the Controller."""
    appd.init(controller.environ(TIERLINE_REPORT_INTERVAL_MS="1000"))
    appd.shutdown()
    before = len(controller.bodies)
    appd.end_bt(appd.start_bt("after"))
    time.sleep(1.5)
    assert len(controller.bodies) == before


def test_shutdown_ends_active_transactions_and_waits(controller):
    """This function ends all active business transactions and waits for them to finish reporting to the controller before returning."""
    appd.init(controller.environ())
    bt = appd.start_bt("still active")
    appd.shutdown()
    received = controller.received()
    assert received.bts() == {"still active": 1}
    assert received.total("appd.segments.abandoned") == 1
    appd.end_bt(bt)


def test_by_default_shutdown_waits_until_all_are_reported(controller):
    """By default, this function waits until all pending business transactions have been reported before returning."""
    appd.init(controller.environ())
    for number in range(500):
        with appd.bt(f"bt {number % 20}") as bt:
            appd.add_snapshot_data(bt, "number", number)
    appd.shutdown()
    assert sum(controller.received().bts().values()) == 500


def test_shutdown_returns_after_the_timeout():
    """If timeout_ms is set, this function will return after timeout_ms, regardless of whether all business transactions have been reported."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        environ = {
            "APPDYNAMICS_CONTROLLER_HOST_NAME": "127.0.0.1",
            "APPDYNAMICS_CONTROLLER_PORT": silent.getsockname()[1],
            "APPDYNAMICS_AGENT_APPLICATION_NAME": "Shop",
            "APPDYNAMICS_AGENT_TIER_NAME": "front",
            "APPDYNAMICS_AGENT_NODE_NAME": "front-1",
            "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY": "key",
        }
        assert appd.init(environ) is True
        appd.start_bt("never reported")
        begin = time.monotonic()
        appd.shutdown(timeout_ms=200)
        assert time.monotonic() - begin < 1.5
