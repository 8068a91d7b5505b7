"""The agent. Programs use :mod:`appdynamics.agent.api`."""

# Names that programs give to `appdynamics.agent.init`, which no manual knows, and the variables they mean.
_VARIABLES = {
    "config_file": "APPDYNAMICS_CONFIG_FILE",
    "controller": "APPDYNAMICS_CONTROLLER_HOST_NAME",
    "controller_host": "APPDYNAMICS_CONTROLLER_HOST_NAME",
    "host": "APPDYNAMICS_CONTROLLER_HOST_NAME",
    "port": "APPDYNAMICS_CONTROLLER_PORT",
    "controller_port": "APPDYNAMICS_CONTROLLER_PORT",
    "ssl": "APPDYNAMICS_CONTROLLER_SSL_ENABLED",
    "account": "APPDYNAMICS_AGENT_ACCOUNT_NAME",
    "account_name": "APPDYNAMICS_AGENT_ACCOUNT_NAME",
    "access_key": "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY",
    "accesskey": "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY",
    "application": "APPDYNAMICS_AGENT_APPLICATION_NAME",
    "app": "APPDYNAMICS_AGENT_APPLICATION_NAME",
    "tier": "APPDYNAMICS_AGENT_TIER_NAME",
    "node": "APPDYNAMICS_AGENT_NODE_NAME",
}


def init(config_file=None, timeout_ms=-1, **settings):
    """Initialize the agent; a tolerant relative of :func:`appdynamics.agent.api.init`.

    Takes the path of a configuration file, a dictionary of variables, or settings by keyword: ``controller``,
    ``port``, ``ssl``, ``account``, ``access_key``, ``application``, ``tier``, ``node``. Never raises; True if the
    agent is properly configured.
    """
    from appdynamics.agent import api

    environ = {}
    try:
        if isinstance(config_file, dict):
            environ.update(config_file)
        elif config_file is not None:
            environ[_VARIABLES["config_file"]] = config_file
    except Exception:  # odd objects whose own code fails; without them the environment decides
        environ = {}
    for name, value in settings.items():
        environ[_VARIABLES.get(name, name)] = value
    return api.init(environ=environ, timeout_ms=timeout_ms)
