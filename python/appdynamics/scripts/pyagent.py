"""``pyagent``: run a program with the agent.

The command is replaced by the program (same process, same signals), with an environment that starts the agent in
it and in the Python programs it starts.
"""

import os
import shutil
import sys

USAGE = """\
usage: pyagent run [-c FILE] [--use-manual-proxy] [--] COMMAND [ARGUMENT ...]
       pyagent detection
       pyagent proxy start|stop|restart

  run      run a command with the agent, for instance
             pyagent run -c /etc/appdynamics.cfg -- gunicorn shop:app
  detection  what would be detected here: every library that is installed, its version, whether its hooks fit
  proxy    accepted and ignored: this agent reports by itself and needs no proxy

  -c FILE, --config-file FILE   the agent's configuration file
  --use-manual-proxy            accepted and ignored
"""

# What the shell answers, so that scripts can tell.
EXIT_USAGE = 2
EXIT_NOT_EXECUTABLE = 126
EXIT_NOT_FOUND = 127

AUTOSTART_DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "autostart")


def main(arguments=None):
    """Run ``pyagent``. Returns the exit status, unless the process became the program."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    if not arguments:
        return fail("no command given", USAGE)
    if arguments[0] == "run":
        return run(arguments[1:])
    if arguments[0] == "proxy":
        return proxy(arguments[1:])
    if arguments[0] == "detection":
        return detection()
    return fail(f"unknown command {arguments[0]!r}: expected run, detection or proxy", USAGE)


def run(arguments):
    """``pyagent run``."""
    config_file = None
    while arguments:
        argument = arguments[0]
        if argument in ("--", "-"):
            arguments = arguments[1:]
            break
        if argument in ("-c", "--config-file"):
            if len(arguments) < 2:
                return fail(f"{argument} needs the path of a configuration file", USAGE)
            config_file, arguments = arguments[1], arguments[2:]
        elif argument.startswith("--config-file="):
            config_file, arguments = argument.partition("=")[2], arguments[1:]
        elif argument == "--use-manual-proxy":
            arguments = arguments[1:]
        elif argument in ("-h", "--help"):
            print(USAGE, end="")
            return 0
        elif argument.startswith("-"):
            return fail(f"unknown option {argument!r}; a command that begins with a dash comes after --", USAGE)
        else:
            break
    if not arguments:
        return fail("nothing to run: the command is missing, for instance: pyagent run -- python app.py", USAGE)
    if config_file is not None and not os.path.isfile(config_file):
        # Not the program's problem: it runs, and the agent's own diagnosis says the same.
        print(f"pyagent: there is no configuration file {config_file}; going on without it", file=sys.stderr)
    return replace(arguments, environment(os.environ, config_file))


def proxy(arguments):
    """``pyagent proxy``: there is none, and scripts that start it must go on."""
    action = arguments[0] if arguments else ""
    if action not in ("start", "stop", "restart"):
        return fail("expected: pyagent proxy start, stop or restart", USAGE)
    print(f"pyagent: nothing to {action}: this agent reports by itself and needs no proxy")
    return 0


def detection():
    """``pyagent detection``: puts every hook in whose library is installed here, and says what became of it."""
    from importlib import import_module

    try:
        from appdynamics.agent.detection import loading
        from appdynamics.agent.detection.table import HOOKS
    except ImportError as error:
        return fail(f"the agent cannot run here: {error}", status=EXIT_NOT_EXECUTABLE)
    loading.watch(HOOKS)
    print(f"{'library':<20} {'version':<12} {'state':<14} {'tested':<28} in front of")
    for hook in HOOKS:
        try:
            import_module(hook.module)
        except Exception as error:
            state, why = ("not installed", "") if isinstance(error, ImportError) else ("fails", str(error))
        else:
            state, why = loading.state_of(hook)
        version = getattr(sys.modules.get(hook.module.partition(".")[0]), "__dict__", {}).get("__version__", "")
        # psycopg2 says behind it how it was built.
        version = str(version).partition(" ")[0]
        what = why or f"{hook.module}: {hook.patches}"
        print(f"{hook.library:<20} {version:<12} {state:<14} {hook.tested:<28} {what}")
    return 0


def environment(base, config_file):
    """The program's environment: our ``sitecustomize`` first on its path, the configuration file by its name."""
    result = dict(base)
    path = result.get("PYTHONPATH", "")
    parts = [part for part in path.split(os.pathsep) if part and part != AUTOSTART_DIRECTORY]
    # An empty entry means the working directory to Python, and stays that.
    rest = path if path and AUTOSTART_DIRECTORY not in path else os.pathsep.join(parts)
    result["PYTHONPATH"] = AUTOSTART_DIRECTORY + (os.pathsep + rest if rest else "")
    if config_file is not None:
        result["APPDYNAMICS_CONFIG_FILE"] = os.path.abspath(config_file)
    return result


def replace(command, environ):
    """Become the command."""
    program = shutil.which(command[0], path=environ.get("PATH", os.defpath))
    if program is None:
        if os.path.exists(command[0]):
            return fail(f"{command[0]} is not an executable file", status=EXIT_NOT_EXECUTABLE)
        return fail(f"command not found: {command[0]}", status=EXIT_NOT_FOUND)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execve(program, command, environ)
    except OSError as error:
        return fail(f"cannot run {program}: {error.strerror}", status=EXIT_NOT_EXECUTABLE)


def fail(message, usage="", status=EXIT_USAGE):
    """Say what is wrong and what to do."""
    print(f"pyagent: {message}", file=sys.stderr)
    if usage:
        print(usage, end="", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
