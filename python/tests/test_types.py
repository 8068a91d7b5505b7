"""The stubs agree with the module, and a type checker understands programs by them."""

import os
import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).parent.parent / "appdynamics"

PROGRAM = """
from appdynamics.agent import api as appd

ready: bool = appd.init({"APPDYNAMICS_AGENT_NODE_NAME": "a", "APPDYNAMICS_CONTROLLER_PORT": 8090}, timeout_ms=None)
handle: appd.BtHandle | None = appd.start_bt("checkout", correlation_header=None)
appd.add_snapshot_data(handle, b"key", object())
call = appd.start_exit_call(handle, appd.EXIT_DB, "orders", {"Port": 5432}, operation="SELECT 1", exit_subtype=1)
header = appd.make_correlation_header(handle, call)
text: str = header[1] if header else ""
appd.end_exit_call(exit_call_handle=call, exc=ValueError("x"))
appd.end_bt(handle, [ValueError("x"), KeyError])
number: int = appd.EXIT_SUBTYPE_MONGODB
appd.shutdown(timeout_ms=appd.api.NO_TIMEOUT)

def work() -> int:
    with appd.bt("checkout") as bt, appd.exit_call(bt, appd.EXIT_HTTP, "shop", {}, {"code": 200}):
        return 1

async def work_later() -> None:
    async with appd.bt("checkout", text) as bt:
        later: appd.BtHandle | None = bt
        async with appd.exit_call(later, appd.EXIT_QUEUE, "mail", None):
            pass
"""

WRONG = """
from appdynamics.agent import api as appd

appd.start_bt(7)
appd.end_bt("checkout")
appd.start_bt("checkout").end()
appd.init(timeout="soon")
appd.BtHandle() < 1
"""


def mypy(*arguments, cwd):
    environ = {**os.environ, "MYPYPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, timeout=110)


@pytest.fixture(autouse=True)
def _needs_mypy():
    pytest.importorskip("mypy")


def test_the_stubs_agree_with_the_module(tmp_path):
    result = mypy("mypy.stubtest", "appdynamics.agent.api", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_program_is_understood(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    result = mypy("mypy", "--strict", "--follow-imports=silent", "program.py", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_mistakes_are_found(tmp_path):
    (tmp_path / "program.py").write_text(WRONG)
    result = mypy("mypy", "--strict", "--follow-imports=silent", "program.py", cwd=tmp_path)
    assert result.stdout.count("error:") >= 5, result.stdout


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").exists()
