"""What all tests share: one recording controller, and an agent that reports to it."""

import os
import subprocess
import sys
import textwrap

import pytest
from agent_of_tests import Agent
from recording import RecordingController

from appdynamics.agent import api as appd

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="session")
def _shared_controller():
    controller = RecordingController()
    yield controller
    controller.close()


@pytest.fixture
def controller(_shared_controller):
    """A recording controller that has received nothing yet."""
    _shared_controller.clear()
    return _shared_controller


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("APPD", "TIERLINE_", "OTEL_")) and name not in KEPT_VARIABLES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("APPDYNAMICS_AGENT_BASE_DIR", str(tmp_path))


KEPT_VARIABLES = ("TIERLINE_BIN", "TIERLINE_BINARY", "TIERLINE_FORK_RUNS", "TIERLINE_COUNTING")


@pytest.fixture
def agent(controller):
    """A running agent."""
    agent = Agent(controller)
    agent.start()
    yield agent
    panics = agent.panics()
    appd.shutdown(2000)
    assert panics == 0


@pytest.fixture
def run(controller, tmp_path):
    """Runs a program in a process of its own, with settings that report to the controller."""

    def run(source, *, check=True, timeout_s=60, arguments=(), **environ):
        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(source))
        result = subprocess.run(
            [sys.executable, str(path), *arguments],
            env={**os.environ, **controller.environ(), **environ},
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        if check:
            assert result.returncode == 0, result.stderr
            assert result.stderr == ""
        return result

    return run
