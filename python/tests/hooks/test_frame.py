"""What holds for all hooks: loaded lazily, undone, switched off, never in the way."""

import sys
import time
import types

import pytest

from appdynamics.agent import api as appd
from appdynamics.agent import detection
from appdynamics.agent.detection import loading, observed, replaced, table

SHOP = """
import {imports}
from appdynamics.agent import api as appd
{begin}
import flask, json, sys
from appdynamics.agent import detection
{end}
application = flask.Flask("shop")

@application.route("/shop/<what>")
def shop(what):
    return str(bool(appd.get_active_bt_handle(flask.request)))

print(application.test_client().get("/shop/bread").text)
appd.shutdown()
"""


@pytest.mark.parametrize("order", ["before", "after"])
def test_init_before_and_after_the_library(run, controller, order):
    begin, end = ("appd.init()", "") if order == "before" else ("", "appd.init()")
    result = run(SHOP.format(imports="os", begin=begin, end=end))
    assert result.stdout == "True\n"
    assert controller.received().bts() == {"/shop/bread": 1}


def test_pyagent_and_sitecustomize(run, controller):
    import os

    from appdynamics.scripts.pyagent import AUTOSTART_DIRECTORY

    path = os.pathsep.join([AUTOSTART_DIRECTORY, *[entry for entry in [os.environ.get("PYTHONPATH")] if entry]])
    result = run(SHOP.format(imports="os", begin="", end=""), PYTHONPATH=path)
    assert result.stdout == "True\n"
    assert controller.received().bts() == {"/shop/bread": 1}


@pytest.mark.parametrize("setting", [{"TIERLINE_DETECTION": "off"}, {"TIERLINE_DETECTION_WITHOUT": "redis, FLASK"}])
def test_switched_off(run, controller, setting):
    program = SHOP.format(imports="os", begin="appd.init()", end="print(flask.Flask.__call__.__module__)")
    result = run(program, **setting)
    assert result.stdout == "flask.app\nFalse\n"
    assert controller.received().bts() == {}


def test_nothing_is_imported_for_detection(run):
    result = run(
        """
        import sys
        from appdynamics.agent import api as appd
        appd.init()
        print(sorted(name for name in sys.modules if name.split(".")[0] in {hooked!r}))
        print([name for name in sys.modules if name.startswith("appdynamics.agent.detection.") and "s_" in name])
        """.format(hooked={hook.module.split(".")[0] for hook in table.HOOKS} - set(sys.stdlib_module_names))
    )
    assert result.stdout == "[]\n[]\n"


def test_modules_look_as_without(run):
    program = """
        import os
        from appdynamics.agent import api as appd
        if os.environ["DETECT"] == "yes":
            appd.init()
        import http.client, inspect, sqlite3, threading, concurrent.futures, importlib.util, runpy
        for module in (http.client, sqlite3):
            print(type(module.__loader__), type(module.__spec__.loader), module.__file__, module.__doc__)
        for function in (http.client.HTTPConnection.endheaders, threading.Thread.start,
                         concurrent.futures.ThreadPoolExecutor.submit):
            print(function.__qualname__, function.__module__, inspect.signature(function), function.__doc__)
        print(sqlite3.connect is sqlite3.dbapi2.connect, isinstance(sqlite3.connect(":memory:"), sqlite3.Connection))
        print(inspect.getsource(http.client.HTTPConnection.endheaders))
        """
    with_agent, without = run(program, DETECT="yes"), run(program, DETECT="no")
    assert with_agent.stdout == without.stdout.replace("True True", "False True")


def test_everything_is_undone(agent):
    import http.client
    import threading

    assert "endheaders" in vars(http.client.HTTPConnection)
    ours = http.client.HTTPConnection.endheaders
    assert ours.__wrapped__
    start = threading.Thread.start
    detection.remove()
    assert http.client.HTTPConnection.endheaders is ours.__wrapped__
    assert threading.Thread.start is start.__wrapped__
    assert loading._finder not in sys.meta_path
    detection.install()
    assert http.client.HTTPConnection.endheaders.__wrapped__ is ours.__wrapped__


def test_what_others_put_in_front_stays():
    class Theirs:
        def method(self):
            return "original"

    replaced.replace(Theirs, "method", lambda original: lambda self: "ours " + original(self))
    ours = Theirs.method
    Theirs.method = lambda self: "theirs " + ours(self)
    replaced.put_back()
    assert Theirs().method() == "theirs ours original"
    detection.remove()
    detection.install()


def test_a_library_that_is_not_as_known(agent, monkeypatch):
    detection.remove()
    fake = types.ModuleType("flask.app")
    fake.Flask = type("Flask", (), {})
    monkeypatch.setitem(sys.modules, "flask.app", fake)
    detection.install()
    rows = {library: (state, why) for library, _, state, why in detection.report()}
    assert rows["Flask"] == ("failed", "NotAsKnown: Flask has no __call__") or rows["Flask"][0] == "failed"
    assert rows["http.client"][0] == "hooked"
    monkeypatch.undo()
    detection.remove()
    detection.install()


def test_finders_of_other_tools(run, controller):
    """Like those of other tracers: asks all finders, and puts a loader of its own in the place of theirs."""
    result = run(
        SHOP.format(
            imports="os",
            begin="""
import importlib.abc, importlib.util, sys

class Theirs(importlib.abc.MetaPathFinder):
    busy = False
    loaded = []

    def find_spec(self, name, path, target=None):
        if name != "flask.app" or self.busy:
            return None
        self.busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy = False
        plain = spec.loader

        class Loader(importlib.abc.Loader):
            def create_module(self, spec):
                return plain.create_module(spec)

            def exec_module(self, module):
                plain.exec_module(module)
                Theirs.loaded.append(module.__name__)

        spec.loader = Loader()
        return spec

sys.meta_path.insert(0, Theirs()) if len(sys.argv) > 1 else None
appd.init()
sys.meta_path.insert(0, Theirs()) if len(sys.argv) == 1 else None
""",
            end="print(Theirs.loaded)",
        ),
        arguments=(),
    )
    assert result.stdout == "['flask.app']\nTrue\n"
    assert controller.received().bts() == {"/shop/bread": 1}


def rule(name, **more):
    return {
        "name": name,
        "priority": 1,
        "request": {"path": {"comparison": "starts_with", "value": more.pop("path")}, **more},
    }


def request(path, **more):
    from test_wsgi import bare, call

    return call(lambda *arguments: observed.serve_wsgi(bare, None, *arguments), path, **more)


def test_rules_of_the_controller(controller):
    from agent_of_tests import Agent

    controller.config = {
        "version": 5,
        "detection": {
            "naming": {"uri": {"kind": "last_segments", "count": 1}, "parts": [{"kind": "method"}]},
            "match_rules": [rule("Baker", path="/bake", headers=[{"name": "X-Who", "value": {"value": "baker"}}])],
            "exclude_rules": [rule("health", path="/health")],
            "excluded_bts": ["hidden.GET"],
        },
        "errors": {
            "status_ranges": [{"first": 500, "last": 599}],
            "ignored": [
                {"type_name": {"value": "ValueError"}, "message": {"comparison": "contains", "value": "bread"}}
            ],
        },
    }
    agent = Agent(controller)
    agent.start(5000)
    try:
        for path in ("/shop/1/bread", "/health/live", "/a/hidden", "/missing"):
            request(path)
        request("/bake/1", HTTP_X_WHO="baker")
        request("/bake/2", HTTP_X_WHO="guest")
        with pytest.raises(ValueError):
            request("/fail/ignored")
    finally:
        received = agent.stop()
    assert received.bts() == {
        name: 1 for name in ("/bread.GET", "/missing.GET", "Baker", "/2.GET", "/ignored.GET", "/hidden.GET")
    }
    assert received.verdicts("/missing.GET") == {"NORMAL": 1}  # 404 is no error here
    assert received.verdicts("/ignored.GET") == {"NORMAL": 1}
    assert received.snapshot("/ignored.GET").user_data == {"Ignored error": "ValueError: no bread"}


def test_a_new_rule_is_in_force_within_one_poll(controller):
    from agent_of_tests import Agent

    agent = Agent(controller)
    agent.start(TIERLINE_REPORT_INTERVAL_MS="500")
    try:
        request("/a/b/before")
        controller.config = {"version": 9, "detection": {"naming": {"uri": {"kind": "full"}}}}
        deadline = time.monotonic() + 20
        while "/a/b/c" not in controller.received().bts() and time.monotonic() < deadline:
            request("/a/b/c")
            time.sleep(0.1)
    finally:
        received = agent.stop()
    assert set(received.bts()) == {"/a/b", "/a/b/c"}


COLLECTORS = [
    {"name": "Item", "value": {"kind": "parameter", "name": "item"}},
    {"name": "Client", "value": {"kind": "header", "name": "X-Client"}},
    {"name": "Basket", "value": {"kind": "cookie", "name": "basket"}},
    {"name": "Asked", "value": {"kind": "url"}},
    {"name": "How", "value": {"kind": "method"}},
    {"name": "Answered", "value": {"kind": "status"}, "bts": ["/shop/bread"]},
    {"name": "Elsewhere", "value": {"kind": "url"}, "bts": ["/other"]},
    {"name": "Off", "value": {"kind": "url"}, "disabled": True},
]
COLLECTED = {
    "Item": "7",
    "Client": "till 3",
    "Basket": "b-1",
    "Asked": "/shop/bread/1?item=7&x=y",
    "How": "GET",
    "Answered": "200",
}


def _shown(kind):
    """A request with all that the collectors want."""
    if kind == "wsgi":
        return request(
            "/shop/bread/1", QUERY_STRING="item=7&x=y", HTTP_X_CLIENT="till 3", HTTP_COOKIE="a=1; basket=b-1"
        )
    import asyncio

    import test_asgi

    from appdynamics.agent.detection.entries_asgi import Application

    headers = [(b"x-client", b"till 3"), (b"cookie", b"a=1; basket=b-1")]
    scope = test_asgi.scope_of("/shop/bread/1", query_string=b"item=7&x=y") | {"headers": headers}

    async def send(message):
        pass

    return asyncio.run(Application(test_asgi.bare)(scope, None, send))


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_data_collectors_are_in_force_within_one_poll(controller, kind):
    from agent_of_tests import Agent

    agent = Agent(controller)
    agent.start(TIERLINE_REPORT_INTERVAL_MS="500")
    try:
        _shown(kind)
        controller.config = {"version": 9, "data_collectors": COLLECTORS, "snapshots": {"every_nth": 1}}
        deadline = time.monotonic() + 20
        collected = []
        while not collected and time.monotonic() < deadline:
            _shown(kind)
            time.sleep(0.1)
            collected = [one.user_data for one in controller.received().snapshots if one.user_data]
    finally:
        received = agent.stop()
    assert collected[0] == COLLECTED
    # The first one came before.
    assert {} in [snapshot.user_data for snapshot in received.snapshots]


def test_errors_of_detected_transactions_follow_the_configuration(controller):
    from agent_of_tests import Agent

    controller.config = {
        "version": 5,
        "errors": {"status_ranges": [{"first": 418, "last": 418}], "ignored": [{"type_name": {"value": "KeyError"}}]},
    }

    def answering(status):
        def application(environ, start_response):
            if status == 0:
                raise KeyError("bread")
            start_response(f"{status} x", [])
            return [b""]

        return application

    from test_wsgi import call

    agent = Agent(controller)
    agent.start(5000)
    try:
        for status in (200, 404, 418, 500):
            call(
                lambda *arguments, status=status: observed.serve_wsgi(answering(status), None, *arguments), f"/{status}"
            )
        with pytest.raises(KeyError):
            call(lambda *arguments: observed.serve_wsgi(answering(0), None, *arguments), "/ignored")
    finally:
        received = agent.stop()
    verdicts = {name: received.verdicts(name) for name in received.bts()}
    normal = {"NORMAL": 1}
    assert verdicts == {"/200": normal, "/404": normal, "/500": normal, "/ignored": normal, "/418": {"ERROR": 1}}


def test_pyagent_detection_says_what_fits():
    import subprocess

    command = [sys.executable, "-m", "appdynamics.scripts.pyagent", "detection"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["library", "version", "state", "tested", "in", "front", "of"]
    assert len(rows) == len(table.HOOKS)
    states = {hook: row[34:49].strip() for hook, row in zip(table.HOOKS, rows, strict=True)}
    odd = {hook: state for hook, state in states.items() if state not in ("hooked", "not installed")}
    assert odd == {}, result.stdout
    assert [states[hook] for hook in table.HOOKS if hook.module in ("http.client", "flask.app")] == ["hooked"] * 2


def test_a_disabled_agent_detects_nothing(run, controller):
    result = run(SHOP.format(imports="os", begin="appd.init()", end=""), TIERLINE_ENABLED="off")
    assert result.stdout == "False\n"
    assert controller.received().bts() == {}


def test_after_shutdown_hooks_do_nothing(agent):
    appd.shutdown()
    assert request("/shop/bread") == 200
    assert agent.controller.received().bts() == {}
