"""Business transaction monitoring with Tierline, under the names programs know.

The agent API is :mod:`appdynamics.agent.api`::

    from appdynamics.agent import api as appd
"""


def __getattr__(name):
    # `import appdynamics; appdynamics.agent.init()` is seen in programs; a plain import stays free of cost.
    if name == "agent":
        import importlib

        return importlib.import_module("appdynamics.agent")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
