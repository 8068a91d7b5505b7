"""What becomes of exceptions."""

import sys

import pytest

from appdynamics.agent import api as appd


def reported(agent, exc):
    appd.end_bt(appd.start_bt("checkout"), exc)
    return [
        (error["exception.type"], error.get("exception.message", ""))
        for error in agent.stop().snapshot("checkout").errors
    ]


def raised(exception):
    try:
        raise exception
    except BaseException as exc:
        return exc


class OwnError(Exception):
    pass


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("exc", "expected"),
    [
        (None, []),
        (ValueError("x"), [("ValueError", "x")]),
        (ValueError, [("ValueError", "")]),
        ([ValueError("x"), KeyError("y")], [("ValueError", "x"), ("KeyError", "'y'")]),
        ((ValueError("x"), None, "odd", KeyError), [("ValueError", "x"), ("KeyError", "")]),
        ([], []),
        ((None, None, None), []),
        ("no stock", [("Error", "no stock")]),
        (b"no stock", [("Error", "no stock")]),
        (7, []),
        (False, []),
        (OwnError("x"), [(f"{__name__}.OwnError", "x")]),
        (Unprintable(), [(f"{__name__}.Unprintable", "<Unprintable>")]),
        (KeyboardInterrupt(), [("KeyboardInterrupt", "")]),
        (ValueError("\ud800"), [("ValueError", "\ufffd\ufffd\ufffd")]),
    ],
)
def test_what_may_be_given_as_exc(agent, exc, expected):
    assert reported(agent, exc) == expected


def test_exc_info(agent):
    try:
        raise ValueError("x")
    except ValueError:
        info = sys.exc_info()
    assert reported(agent, info) == [("ValueError", "x")]


def test_many_errors_are_bounded(agent):
    assert len(reported(agent, [ValueError(str(number)) for number in range(1_000)])) <= 50


def test_chained_exceptions_show_their_cause(agent):
    def chained():
        try:
            raise KeyError("the cause")
        except KeyError as cause:
            raise ValueError("the effect") from cause

    try:
        chained()
    except ValueError as exc:
        appd.end_bt(appd.start_bt("checkout"), exc)
    (error,) = agent.stop().snapshot("checkout").errors
    assert "the cause" in error["exception.stacktrace"]
    assert error["exception.stacktrace"].endswith("ValueError: the effect\n")


def test_an_endless_recursion_is_bounded(agent):
    def recurse(depth, text):
        return recurse(depth + 1, text) if depth % 2 else recurse(depth + 1, text + "x")

    appd.end_bt(appd.start_bt("checkout"), raised_by(recurse, 0, ""))
    (error,) = agent.stop().snapshot("checkout").errors
    assert error["exception.type"] == "RecursionError"
    assert len(error["exception.stacktrace"]) <= 32_000


def raised_by(function, *arguments):
    try:
        function(*arguments)
    except BaseException as exc:
        return exc
    return None


def test_a_long_stack_keeps_its_end(agent):
    namespace = {}
    source = "".join(f"def f{n}(): f{n + 1}()\n" for n in range(400)) + "def f400(): raise ValueError('at the end')\n"
    exec(compile(source, "x" * 200 + ".py", "exec"), namespace)
    appd.end_bt(appd.start_bt("checkout"), raised_by(namespace["f0"]))
    stack = agent.stop().snapshot("checkout").errors[0]["exception.stacktrace"]
    assert len(stack) <= 32_000
    assert stack.startswith("…")
    assert stack.endswith("ValueError: at the end\n")


@pytest.mark.parametrize(
    ("exception", "verdict"),
    [
        (ValueError("x"), "ERROR"),
        (StopIteration(), "ERROR"),
        (GeneratorExit(), "NORMAL"),
        (KeyboardInterrupt(), "NORMAL"),
        (SystemExit(), "NORMAL"),
        (SystemExit(0), "NORMAL"),
        (SystemExit(3), "ERROR"),
        (SystemExit("failed"), "ERROR"),
    ],
)
def test_what_escapes_a_context_manager_goes_on(agent, exception, verdict):
    with pytest.raises(type(exception)) as caught:
        with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_DB, "orders", {}):
            raise exception
    assert caught.value is exception
    received = agent.stop()
    assert received.verdicts("checkout") == {verdict: 1}
    assert received.exits()["orders"].errors == (verdict == "ERROR")


def test_the_body_runs_without_an_agent():
    ran = []
    with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_DB, "orders", {}) as exit_call:
        ran.append((bt, exit_call))
    assert ran == [(None, None)]


def test_leaving_a_block_early_is_no_error(agent):
    for _ in range(2):
        with appd.bt("break"):
            break

    def function():
        with appd.bt("return"):
            return 1

    def generator():
        with appd.bt("generator"):
            yield 1
            yield 2

    assert function() == 1
    values = generator()
    next(values)
    values.close()
    received = agent.stop()
    assert received.bts() == {"break": 1, "return": 1, "generator": 1}
    assert received.verdicts("generator") == {"NORMAL": 1}


def test_a_bare_call_starts_nothing(agent):
    appd.bt("never entered")
    appd.exit_call(None, appd.EXIT_DB, "orders", {})
    with appd.bt("checkout"):
        pass
    assert agent.stop().bts() == {"checkout": 1}


def test_one_manager_used_again(agent):
    manager = appd.bt("checkout")
    for _ in range(3):
        with manager as bt:
            assert bt is not None
            with manager as inner:
                assert inner is None
            assert appd.start_bt("still inside") is None
    assert agent.stop().bts() == {"checkout": 3}
