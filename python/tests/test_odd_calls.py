"""Every public function with everything odd: nothing raises, nothing is printed, all of it is counted."""

import inspect
import itertools
import math
import random
import threading

import pytest

from appdynamics.agent import api as appd


class Hostile:
    """Raises whatever is asked of it."""

    def _raise(self, *arguments, **named):
        raise RuntimeError("hostile")

    __str__ = __repr__ = __bool__ = __len__ = __iter__ = __hash__ = __eq__ = __int__ = __float__ = __index__ = _raise
    __getitem__ = __call__ = __contains__ = _raise


class HostileText(str):
    """A str whose methods raise."""

    def _raise(self, *arguments):
        raise RuntimeError("hostile")

    __str__ = encode = __len__ = __hash__ = _raise


class HostileError(Exception):
    """An exception that cannot be shown."""

    def __str__(self):
        raise RuntimeError("hostile")

    __repr__ = __str__


class HostileDict(dict):
    def _raise(self, *arguments):
        raise RuntimeError("hostile")

    __iter__ = items = keys = values = __len__ = __getitem__ = _raise


ODD = [
    None,
    0,
    -1,
    2**100,
    1.5,
    float("nan"),
    True,
    "",
    "text",
    "x" * 100_000,
    "\ud800",
    "nul\0",
    b"",
    b"\xff\xfe",
    bytearray(b"bytes"),
    memoryview(b"view"),
    (),
    [],
    {},
    [1, 2],
    {"a": 1},
    {1: {2: 3}},
    {"k" * 5_000: "v" * 50_000},
    {str(number): number for number in range(500)},
    set(),
    object(),
    object,
    ValueError,
    ValueError("x"),
    [ValueError("x"), None, 7],
    (None, None, None),
    Hostile(),
    HostileText("text"),
    HostileDict({"a": 1}),
    HostileError(),
    lambda: None,
    iter([]),
]

FUNCTIONS = {
    appd.start_bt: 2,
    appd.end_bt: 2,
    appd.add_snapshot_data: 3,
    appd.get_active_bt_handle: 1,
    appd.start_exit_call: 7,
    appd.end_exit_call: 2,
    appd.make_correlation_header: 2,
}


def call_with_everything_odd(handles=()):
    """All functions, with every odd value in every place, too few and too many arguments, unknown names."""
    for function, places in FUNCTIONS.items():
        function()
        function(*[None] * 20)
        function(unknown=1)
        function(*[None] * places, unknown=None)
        for place, value in itertools.product(range(places), [*ODD, *handles]):
            for filler in (None, "text", *handles):
                arguments = [filler] * places
                arguments[place] = value
                function(*arguments)
    for manager in (appd.bt, appd.exit_call):
        for value in [*ODD, *handles]:
            with manager(value):
                pass
            with manager(*[value] * 9, unknown=value):
                pass
        manager().__exit__()
        manager().__exit__(None, None, None)


def test_before_init_and_after_shutdown(controller, capfd):
    call_with_everything_odd()
    assert appd.init(controller.environ()) is True
    bt = appd.start_bt("checkout")
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {})
    appd.shutdown()
    assert appd.start_bt("after") is None
    call_with_everything_odd((bt, exit_call))
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_while_running(agent, capfd):
    bt = appd.start_bt("checkout")
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {})
    call_with_everything_odd((bt, exit_call))
    misuse = agent.misuse()
    for function in FUNCTIONS:
        assert any(what.startswith(function.__name__) for what in misuse), function
    agent.stop()
    assert capfd.readouterr() == ("", "")


def test_everything_odd_in_other_threads(agent):
    errors = []

    def work():
        try:
            call_with_everything_odd()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_init_and_shutdown_with_everything_odd(controller):
    for value in ODD:
        assert appd.init(value) is False
        assert appd.init(value, 0) is False
        assert appd.init({}, value if value is not None else 0) is False
        assert appd.init({}, 0, value, unknown=value) is False
        appd.shutdown(value)
        appd.shutdown(value, value, unknown=value)
    for value in ODD:
        environ = {**controller.environ(), "key": value, "APPDYNAMICS_AGENT_NODE_NAME": value}
        assert appd.init(environ) in (True, False)
        appd.shutdown(2000)


def test_twice(agent):
    assert appd.init(agent.controller.environ()) is True
    bt = appd.start_bt("checkout")
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {})
    for _ in range(3):
        appd.end_exit_call(exit_call)
    for _ in range(3):
        appd.end_bt(bt)
    appd.shutdown()
    received = agent.stop()
    assert received.bts() == {"checkout": 1}
    assert received.exits()["orders"].count == 1


def test_odd_calls_are_counted(agent):
    before = agent.misuse()
    appd.start_bt(7)
    appd.end_bt("no handle")
    appd.end_bt(None)
    appd.add_snapshot_data(None, 1, 2)
    counted = {what: count - before.get(what, 0) for what, count in agent.misuse().items()}
    assert {what: count for what, count in counted.items() if count} == {
        "start_bt: name is not a text": 1,
        "end_bt: bt_handle is not a BtHandle": 1,
    }


def test_handles_of_the_wrong_kind(agent):
    bt = appd.start_bt("checkout")
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {})
    appd.end_bt(exit_call)
    appd.end_exit_call(bt)
    assert appd.make_correlation_header(exit_call, bt) is None
    assert appd.start_exit_call(exit_call, appd.EXIT_DB, "orders", {}) is None
    appd.end_exit_call(exit_call)
    appd.end_bt(bt)
    assert agent.stop().exits()["orders"].count == 1


def test_long_names_and_values_are_cut(agent):
    with appd.bt("n" * 1_000) as bt:
        appd.add_snapshot_data(bt, "k" * 1_000, "v" * 100_000)
        with appd.exit_call(bt, appd.EXIT_DB, "d" * 1_000, {"p" * 1_000: "q" * 10_000}, operation="o" * 100_000):
            pass
    received = agent.stop()
    (snapshot,) = received.snapshots
    assert (len(snapshot.bt), snapshot.bt[-1]) == (100, "…")
    ((key, value),) = snapshot.user_data.items()
    assert (len(key), len(value)) == (100, 5_000)
    (exit_call,) = snapshot.exit_calls
    assert len(exit_call.name) == 100
    assert len(exit_call.operation) == 5_000
    ((name, value),) = exit_call.identifying.items()
    assert (len(name), len(value)) == (100, 1_000)


def test_empty_names_are_unnamed(agent):
    with appd.bt("") as bt, appd.exit_call(bt, appd.EXIT_DB, "", {}):
        pass
    received = agent.stop()
    assert received.bts() == {"(unnamed)": 1}
    assert list(received.exits()) == ["(unnamed)"]


def test_property_values_of_any_kind(agent):
    class Raises:
        def __str__(self):
            raise RuntimeError

    properties = {
        "int": 5432,
        "none": None,
        "bytes": b"b\xff",
        "float": 0.5,
        "raises": Raises(),
        7: "number",
        "bool": True,
    }
    with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_DB, "orders", properties, properties):
        pass
    expected = {"int": "5432", "bytes": "b\ufffd", "float": "0.5", "raises": "<Raises>", "7": "number", "bool": "True"}
    (exit_call,) = agent.stop().snapshot("checkout").exit_calls
    assert exit_call.identifying == expected
    assert exit_call.optional == expected


def test_numbers_read_as_str_shows_them(agent):
    dice = random.Random(4711)
    numbers = [
        0,
        -1,
        2**63 - 1,
        -(2**63),
        2**63,
        10**40,
        True,
        0.0,
        -0.0,
        1.0,
        17.5,
        0.1 + 0.2,
        1e15,
        1e16,
        1e-4,
        9.9e-5,
    ]
    numbers += [5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan, 123456789012345.6, 9999999999999998.0]
    numbers += [dice.choice((1, -1)) * dice.random() * 10 ** dice.randint(-8, 18) for _ in range(60)]
    # Amounts, as programs have them: few digits behind the point, and those beside them.
    for places in range(8):
        amounts = [round(dice.choice((1, -1)) * 10 ** (16 * dice.random() - 3), places) for _ in range(20)]
        numbers += amounts + [math.nextafter(amount, math.inf) for amount in amounts]
    with appd.bt("checkout") as bt:
        for place, number in enumerate(numbers):
            appd.add_snapshot_data(bt, f"number {place}", number)
    shown = agent.stop().snapshot("checkout").user_data
    assert shown == {f"number {place}": str(number) for place, number in enumerate(numbers)}


def test_properties_that_are_not_a_dict(agent):
    import types

    for properties in (types.MappingProxyType({"Host": "a"}), [("Host", "a")], (("Host", "a"),)):
        with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_DB, "orders", properties):
            pass
    exit_ = agent.stop().exits()["orders"]
    assert (exit_.count, exit_.properties) == (3, {"Host": "a"})


def test_none_as_identifying_properties(agent):
    with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_DB, "orders", None) as exit_call:
        assert exit_call is not None
    assert agent.stop().exits()["orders"].properties == {"NAME": "orders"}


def test_constants():
    names = ["EXIT_HTTP", "EXIT_DB", "EXIT_CACHE", "EXIT_QUEUE", "EXIT_CUSTOM", "EXIT_SUBTYPE_MONGODB", "EXIT_TELEX"]
    values = [getattr(appd, name) for name in names]
    assert all(type(value) is int for value in values)
    assert len(set(values)) == len(names)
    assert values == [getattr(appd, name) for name in names]
    assert appd.api is appd
    assert appd.api.NO_TIMEOUT == appd.NO_TIMEOUT
    with pytest.raises(AttributeError):
        appd.no_such_name
    assert not hasattr(appd, "__wrapped__")


def test_exit_types_beyond_the_documented(agent):
    types = {
        "custom": appd.EXIT_CUSTOM,
        "telex": appd.EXIT_TELEX,
        "text": "EXIT_CACHE",
        "odd": None,
        "unknown": 999_999,
    }
    with appd.bt("checkout") as bt:
        for name, exit_type in types.items():
            with appd.exit_call(bt, exit_type, name, {"Name": name}, exit_subtype=appd.EXIT_SUBTYPE_MONGODB):
                pass
    received = agent.stop()
    assert {name: exit_.exit_type for name, exit_ in received.exits().items()} == {
        "custom": "CUSTOM",
        "telex": "TELEX",
        "text": "CACHE",
        "odd": "CUSTOM",
        "unknown": "CUSTOM",
    }
    assert received.snapshot("checkout").exit_calls[0].optional == {"Exit subtype": "MONGODB"}


def test_too_many_names_of_constants():
    values = {getattr(appd, f"EXIT_OF_A_PROGRAM_{number}") for number in range(3_000)}
    assert len(values) <= 1_001
    assert all(isinstance(value, int) for value in values)


@pytest.mark.parametrize(
    "header", ["", "x", "a" * 100_000, "\ud800", "appId=*", b"\xff", 7, ("a", "b"), ("a",), {}, "*" * 5_000]
)
def test_headers_that_cannot_be_understood(agent, header):
    bt = appd.start_bt("checkout", header)
    assert bt is not None
    appd.end_bt(bt)
    assert agent.stop().bts() == {"checkout": 1}


def test_the_pair_of_make_correlation_header_is_understood_too(agent):
    with appd.bt("upstream") as bt, appd.exit_call(bt, appd.EXIT_HTTP, "shop", {}) as exit_call:
        header = appd.make_correlation_header(bt, exit_call)
    appd.end_bt(appd.start_bt("ignored", header))
    assert "ignored" not in agent.stop().bts()


def test_handles(agent):
    bt = appd.start_bt("checkout")
    exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {})
    same = appd.get_active_bt_handle(None)
    assert bt == same
    assert hash(bt) == hash(same)
    assert bt != "text"
    assert bt != exit_call
    assert len({bt, same}) == 1
    assert repr(bt).startswith("<BtHandle ")
    appd.end_bt(bt)
    for handle in (bt, exit_call):
        assert bool(handle) is True
        assert str(handle)
        assert inspect.isclass(type(handle))


def test_a_handle_that_is_lost_ends_its_transaction(agent):
    appd.start_bt("lost")
    bt = appd.start_bt("next")
    assert bt is not None
    del bt
    received = agent.stop()
    assert received.bts() == {"lost": 1, "next": 1}
    assert received.total("appd.segments.abandoned") == 2
