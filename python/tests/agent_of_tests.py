"""The agent of the test process."""

import json

from appdynamics import _native
from appdynamics.agent import api as appd


class Agent:
    """The agent of this process, reporting to the recording controller."""

    def __init__(self, controller):
        self.controller = controller

    def start(self, timeout_ms=appd.NO_TIMEOUT, **settings):
        assert appd.init(self.controller.environ(**settings), timeout_ms) is True

    def stop(self):
        """Shuts down and returns what was received."""
        appd.shutdown()
        return self.controller.received()

    def misuse(self):
        """Odd calls counted so far."""
        text = _native.diagnostics()
        return json.loads(text)["misuse"] if text else {}

    def panics(self):
        text = _native.diagnostics()
        return json.loads(text)["panics"] if text else 0
