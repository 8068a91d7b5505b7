"""The test suites of frameworks give the same results with the agent as without.

Each takes up to two minutes and is taken from PyPI, so they run when asked: ``TIERLINE_SUITES=flask,werkzeug`` (or
``all``)."""

import importlib.metadata
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree

import pytest

pytestmark = pytest.mark.timeout(900)

# What a suite is called on PyPI, and what it needs besides what is here.
SUITES = {
    # With the pytest that it was written for.
    "flask": ["asgiref", "python-dotenv", "pytest<9"],
    "werkzeug": ["cryptography", "ephemeral-port-reserve", "watchdog"],
    "starlette": ["httpx", "itsdangerous", "jinja2", "python-multipart", "trio"],
}
WANTED = os.environ.get("TIERLINE_SUITES", "").split(",")
LIMIT_S = 420


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, timeout=LIMIT_S)


@pytest.fixture
def source(request, tmp_path):
    """The source package of the version that is installed."""
    name = request.param
    if name not in WANTED and "all" not in WANTED:
        pytest.skip(f"takes minutes; TIERLINE_SUITES={name} runs it")
    version = importlib.metadata.version(name)
    pip("install", "--target", str(tmp_path / "more"), "--upgrade", *SUITES[name])
    pip("download", "--no-deps", "--no-binary", ":all:", "--dest", str(tmp_path), f"{name}=={version}")
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / archive.name.removesuffix(".tar.gz")


def outcomes(source, prefix, environ, results):
    """What became of each test: ``passed``, ``failure``, ``error`` or ``skipped``."""
    pytest_command = [
        "-m",
        "pytest",
        "-q",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:ddtrace",
        "-p",
        "no:asyncio",
    ]
    path = os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(source.parent / "more")]).strip(os.pathsep)
    subprocess.run(
        [*prefix, sys.executable, *pytest_command, f"--junitxml={results}", "tests"],
        cwd=source,
        env={**os.environ, "PYTHONPATH": path, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=LIMIT_S,
    )
    found = {}
    for case in xml.etree.ElementTree.parse(results).iter("testcase"):
        kinds = [part.tag for part in case if part.tag in ("failure", "error", "skipped")]
        found[f"{case.get('classname')}.{case.get('name')}"] = kinds[0] if kinds else "passed"
    return found


@pytest.mark.parametrize("source", SUITES, indirect=True)
def test_a_suite_gives_the_same_results_with_the_agent_as_without(controller, source, tmp_path):
    ours = [sys.executable, "-m", "appdynamics.scripts.pyagent", "run", "--"]
    without = outcomes(source, [], {}, tmp_path / "without.xml")
    with_agent = outcomes(source, ours, controller.environ(), tmp_path / "with.xml")
    passed = sum(kind == "passed" for kind in without.values())
    print(f"{source.name}: {len(without)} tests, of which {passed} pass, with the agent and without")
    assert {name: kind for name, kind in with_agent.items() if without.get(name) != kind} == {}
    assert len(with_agent) == len(without)
    assert passed > 100
    # It did look on.
    assert controller.received().bts()
