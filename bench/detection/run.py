"""What detection costs in Python, beside OpenTelemetry's instrumentation, in one run on this machine.

Each measurement has a process of its own; the subjects take turns, so that a slow minute hits all of them;
medians are shown. Run it with `cargo xtask bench detection`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SUBJECTS = ("nothing", "disabled", "tierline", "otel")
#: Units of each work: about half a second.
WORKS = {
    "flask": 6000,
    "django": 6000,
    "fastapi": 4000,
    "flask, 10 requests": 200,
    "flask, 10 statements": 4000,
}
CALLS = 10
LIMIT_S = 300


def measure(subject: str, work: str, units: int, sink: str) -> float:
    command = [sys.executable, HERE / "driver.py", subject, work, str(units), sink]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"{subject}, {work} failed:\n{ended.stderr}")
    return float(json.loads(ended.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    sink = subprocess.Popen(
        [sys.executable, HERE.parent / "agent-python" / "sink.py"], stdout=subprocess.PIPE, text=True
    )
    assert sink.stdout is not None
    address = f"http://127.0.0.1:{int(sink.stdout.readline())}"
    measured: dict[tuple[str, str], list[float]] = {}
    try:
        for _ in range(arguments.repetitions):
            for work, units in WORKS.items():
                for subject in SUBJECTS:
                    measured.setdefault((subject, work), []).append(measure(subject, work, units, address))
    finally:
        sink.terminate()
        sink.wait()
    show({key: statistics.median(values) for key, values in measured.items()})


def show(medians: dict[tuple[str, str], float]) -> None:
    packages = ("tierline", "flask", "django", "fastapi", "requests", "opentelemetry-sdk")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(
        f"{platform.python_implementation()} {platform.python_version()}; {versions}\n{platform.platform()}\n"
    )
    print("Microseconds of CPU that a request or call costs more than without:\n")
    print(f"{'':<28}{'alone':>10}{'disabled':>10}{'tierline':>10}{'otel':>10}   to reach")
    for work, title, limit in (
        ("flask", "Flask request", "8"),
        ("django", "Django request", "8"),
        ("fastapi", "FastAPI request", "8"),
    ):
        row(title, [medians[subject, work] for subject in SUBJECTS], limit)
    for work, title, limit in (
        ("flask, 10 requests", "HTTP exit call (requests)", "12"),
        ("flask, 10 statements", "database call (sqlite3)", "4"),
    ):
        row(
            title,
            [(medians[subject, work] - medians[subject, "flask"]) / CALLS for subject in SUBJECTS],
            limit,
        )


def row(title: str, values: list[float], limit: str) -> None:
    alone, *others = values
    cells = "".join(f"{value - alone:>+10.2f}" for value in others)
    print(f"{title:<28}{alone:>10.2f}{cells}   +{limit}")


if __name__ == "__main__":
    main()
