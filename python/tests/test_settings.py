"""Where settings come from, as far as Python is concerned; the settings themselves are tested in the core."""

import pytest

import appdynamics.agent
from appdynamics.agent import api as appd


@pytest.fixture(autouse=True)
def _stopped_in_the_end():
    yield
    appd.shutdown(2000)


def tier_reported(controller):
    appd.end_bt(appd.start_bt("checkout"))
    appd.shutdown()
    (resource,) = controller.received().resources.values()
    return resource["service.name"]


def test_ours_among_thousands_of_variables(controller, monkeypatch):
    for number in range(2_000):
        monkeypatch.setenv(f"SERVICE_{number}_PORT", "tcp://10.0.0.1:80")
    for name, value in controller.environ().items():
        monkeypatch.setenv(name, value)
    assert appd.init() is True
    assert tier_reported(controller) == "front"
    controller.clear()
    many = {f"X{number}": number for number in range(2_000)}
    assert appd.init({**many, "APPDYNAMICS_AGENT_TIER_NAME": "from the dictionary"}) is True
    assert tier_reported(controller) == "from the dictionary"


def test_variables_of_the_first_generation(controller):
    old = {
        "APPD_APP_NAME": "Shop",
        "APPD_TIER_NAME": "of the first generation",
        "APPD_NODE_NAME": "node",
        "APPD_CONTROLLER_HOST": "127.0.0.1",
        "APPD_CONTROLLER_PORT": controller.port,
        "APPD_SSL_ENABLED": "off",
        "APPD_ACCOUNT_ACCESS_KEY": "key",
        "APPD_LOGGING_LEVEL": "info",
        "app": "no variable at all",
    }
    assert appd.init(old) is True
    assert tier_reported(controller) == "of the first generation"


def test_an_empty_dictionary_is_harmless(controller, monkeypatch):
    for name, value in controller.environ().items():
        monkeypatch.setenv(name, value)
    assert appd.init({}) is True
    assert tier_reported(controller) == "front"


@pytest.mark.parametrize(
    "content", [None, "", "\ufeff[agent", b"\xff\xfe\x00[agent]", "directory", "[x]\ny = z\n", "=\n" * 5000]
)
def test_odd_configuration_files(tmp_path, content, capfd):
    path = tmp_path / "appdynamics.cfg"
    if content == "directory":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert appd.init({"APPDYNAMICS_CONFIG_FILE": str(path)}) is False
    assert capfd.readouterr() == ("", "")


def test_the_access_key_is_sent(controller):
    assert appd.init(controller.environ()) is True
    tier_reported(controller)
    headers = {name.lower(): value for name, value in controller.headers[0].items()}
    assert headers["x-tierline-access-key"] == controller.environ()["APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY"]


def test_an_otlp_endpoint_instead_of_a_controller(controller):
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{controller.port}",
        "APPDYNAMICS_AGENT_APPLICATION_NAME": "Shop",
        "APPDYNAMICS_AGENT_TIER_NAME": "front",
        "APPDYNAMICS_AGENT_NODE_NAME": "front-1",
    }
    assert appd.init(environ, 5_000) is True
    assert tier_reported(controller) == "front"


def test_the_relative_of_init_that_no_manual_knows(controller, tmp_path):
    settings = {"controller": "127.0.0.1", "port": controller.port, "ssl": False, "account": "customer1"}
    names = {"access_key": "key", "application": "Shop", "tier": "by keyword", "node": "n"}
    assert appdynamics.agent.init(**settings, **names) is True
    assert tier_reported(controller) == "by keyword"
    assert appdynamics.agent.init() is False
    assert appdynamics.agent.init(str(tmp_path / "none.cfg")) is False
    assert appdynamics.agent.init({"app": "x"}, unknown=object()) is False


def test_the_package_alone_brings_the_agent(run):
    run("import appdynamics; assert appdynamics.agent.init() is True; assert appdynamics.agent.api.start_bt('x')")


def test_without_the_native_part_everything_does_nothing(run):
    run("""
        import sys
        sys.modules["appdynamics._native"] = None
        from appdynamics.agent import api as appd
        assert appd.init() is False
        assert appd.start_bt("x") is None
        with appd.bt("x") as bt, appd.exit_call(bt, appd.EXIT_DB, "x", {}) as call:
            assert (bt, call) == (None, None)
        import asyncio
        async def work():
            async with appd.bt("x") as bt:
                return bt
        assert asyncio.run(work()) is None
        assert appd.make_correlation_header(None, None) is None
        assert appd.EXIT_SUBTYPE_MONGODB != appd.EXIT_HTTP
        appd.shutdown()
    """)
