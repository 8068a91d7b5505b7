"""The reference of what is detected says what the hooks' data say."""

import importlib

from detection_reference import REFERENCE, SECTIONS, document

from appdynamics.agent.detection.table import HOOKS


def test_the_reference_is_fresh():
    assert REFERENCE.read_text(encoding="utf-8") == document(), "python python/tests/detection_reference.py writes it"


def test_every_hook_is_there():
    for hook in HOOKS:
        module = importlib.import_module(f"appdynamics.agent.detection.{hook.by}")
        assert callable(getattr(module, hook.function))
        assert hook.kind in SECTIONS
    assert len({(hook.module, hook.by, hook.function) for hook in HOOKS}) == len(HOOKS)
