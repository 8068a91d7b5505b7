"""Starts the agent in a program run by ``pyagent run``, then makes way for the ``sitecustomize`` it hides."""

import os
import sys


def _start():
    try:
        from appdynamics.agent import api

        api.init()
    except BaseException:
        # An interpreter without the package, or anything else: the program must run.
        pass


def _chain():
    here = os.path.dirname(os.path.abspath(__file__))
    hidden = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("sitecustomize", hidden)
    if spec is None or spec.loader is None:
        return
    from importlib.util import module_from_spec

    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    # What it raises is its own, and Python's `site` reports it as ever.
    spec.loader.exec_module(module)


_start()
_chain()
