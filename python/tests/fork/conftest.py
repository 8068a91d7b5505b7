"""Forks: how often each is run. Few by default, `TIERLINE_FORK_RUNS=50` for acceptance."""

import os

import pytest

RUNS = int(os.environ.get("TIERLINE_FORK_RUNS", "2"))


def pytest_generate_tests(metafunc):
    if "lap" in metafunc.fixturenames:
        metafunc.parametrize("lap", range(RUNS))


@pytest.fixture
def lap(request):
    return request.param
