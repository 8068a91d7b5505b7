"""`pyagent run` as scripts use it."""

import os
import subprocess
import sys

import pytest

from appdynamics.scripts import pyagent

PROGRAM = "from appdynamics.agent import api as appd; bt = appd.start_bt('checkout'); appd.end_bt(bt); print(bool(bt))"


@pytest.fixture
def pyagent_run(controller, tmp_path):
    def call(*arguments, environ=None, **more):
        return subprocess.run(
            [sys.executable, "-m", "appdynamics.scripts.pyagent", *arguments],
            env={**os.environ, **(controller.environ() if environ is None else environ), **more},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return call


@pytest.mark.parametrize(
    "separator", [["--"], ["-"], [], ["--use-manual-proxy"], ["--use-manual-proxy", "--"]], ids=" ".join
)
def test_the_agent_runs_in_the_program(pyagent_run, controller, separator):
    result = pyagent_run("run", *separator, sys.executable, "-c", PROGRAM)
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", "")
    assert controller.received().bts() == {"checkout": 1}


@pytest.mark.parametrize("option", [["-c", "FILE"], ["--config-file", "FILE"], ["--config-file=FILE"]], ids=" ".join)
@pytest.mark.parametrize("separator", [["--"], ["-"], []], ids=" ".join)
def test_a_configuration_file(pyagent_run, controller, tmp_path, option, separator):
    path = tmp_path / "my appdynamics.cfg"
    path.write_text(
        "[agent]\napp = Shop\ntier = from the file\nnode = node 66e2\n[controller]\nhost = 127.0.0.1\n"
        f"port= {controller.port}\nssl = (off)\naccount =\naccesskey = key\n"
    )
    option = [word.replace("FILE", str(path)) for word in option]
    result = pyagent_run("run", *option, *separator, sys.executable, "-c", PROGRAM, environ={})
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", "")
    (resource,) = controller.received().resources.values()
    assert resource["service.name"] == "from the file"


def test_a_relative_configuration_file_in_a_program_that_changes_directory(pyagent_run, tmp_path, monkeypatch):
    (tmp_path / "x.cfg").write_text("")
    monkeypatch.chdir(tmp_path)
    program = "import os; os.chdir('/'); print(os.environ['APPDYNAMICS_CONFIG_FILE'])"
    assert pyagent_run("run", "-c", "x.cfg", sys.executable, "-c", program).stdout == f"{tmp_path}/x.cfg\n"


def test_arguments_and_exit_status_are_the_programs(pyagent_run):
    program = "import sys; print(sys.argv[1:]); sys.exit(7)"
    result = pyagent_run("run", "--", sys.executable, "-c", program, "-c", "--", "-", "run")
    assert (result.returncode, result.stdout) == (7, "['-c', '--', '-', 'run']\n")


def test_children_of_the_program_have_the_agent_too(pyagent_run, controller):
    program = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {PROGRAM!r}]).returncode)"
    assert pyagent_run("run", sys.executable, "-c", program).stdout == "True\n"
    assert controller.received().bts() == {"checkout": 1}


def test_the_programs_python_path_is_extended(pyagent_run, tmp_path):
    (tmp_path / "my_module.py").write_text("NAME = 'mine'")
    program = "import my_module, sys; print(my_module.NAME)"
    result = pyagent_run("run", sys.executable, "-c", program, PYTHONPATH=str(tmp_path))
    assert result.stdout == "mine\n", result.stderr


def test_another_sitecustomize_still_runs(pyagent_run, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.of_sitecustomize = __file__")
    program = "import sys, sitecustomize; print(sys.of_sitecustomize, sitecustomize.__file__)"
    result = pyagent_run("run", sys.executable, "-c", program, PYTHONPATH=str(tmp_path))
    assert result.stdout == f"{tmp_path}/sitecustomize.py {tmp_path}/sitecustomize.py\n", result.stderr


def test_run_twice_around_itself(pyagent_run, controller):
    nested = [sys.executable, "-m", "appdynamics.scripts.pyagent", "run", "--", sys.executable, "-c", PROGRAM]
    assert pyagent_run("run", "--", *nested).stdout == "True\n"
    assert controller.received().bts() == {"checkout": 1}


def test_a_program_without_settings_runs(pyagent_run):
    result = pyagent_run("run", sys.executable, "-c", PROGRAM, environ={})
    assert (result.returncode, result.stdout, result.stderr) == (0, "False\n", "")


def test_a_missing_configuration_file(pyagent_run):
    result = pyagent_run("run", "-c", "/no/such/file", "--", sys.executable, "-c", "print('ran')")
    assert (result.returncode, result.stdout) == (0, "ran\n")
    assert "there is no configuration file /no/such/file" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 2, "no command given"),
        (["run"], 2, "the command is missing"),
        (["run", "--"], 2, "the command is missing"),
        (["run", "-c"], 2, "-c needs the path"),
        (["run", "--no-such-option", "x"], 2, "unknown option '--no-such-option'"),
        (["run", "no-such-command-anywhere"], 127, "command not found: no-such-command-anywhere"),
        (["run", __file__], 126, "is not an executable file"),
        (["start"], 2, "unknown command 'start'"),
        (["proxy"], 2, "expected: pyagent proxy start, stop or restart"),
    ],
)
def test_mistakes_are_explained(pyagent_run, arguments, status, message):
    result = pyagent_run(*arguments)
    assert (result.returncode, result.stdout) == (status, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("action", ["start", "stop", "restart"])
def test_the_proxy_needs_nothing(pyagent_run, action):
    result = pyagent_run("proxy", action, "-c", "/etc/x.cfg", "-d", "--", "-Dx=y")
    assert (result.returncode, result.stderr) == (0, "")
    assert "needs no proxy" in result.stdout


def test_help():
    assert pyagent.main(["--help"]) == 0
    assert pyagent.main(["run", "--help"]) == 0


def test_the_command_is_installed_by_the_wheel():
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        scripts = distribution("tierline").entry_points.select(group="console_scripts")
    except PackageNotFoundError:
        pytest.skip("the package is used from its source folder")
    assert [(script.name, script.value) for script in scripts] == [("pyagent", "appdynamics.scripts.pyagent:main")]
