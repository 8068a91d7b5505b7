"""What the Python agent costs, beside the OpenTelemetry SDK and ddtrace, in one run on this machine.

Each measurement has a process of its own; the subjects take turns, so that a slow minute hits all of them;
medians are shown. Run it with `cargo xtask bench agent-python`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SUBJECTS = {"nothing": None, "tierline": "tierline", "otel": "opentelemetry-sdk", "datadog": "ddtrace"}
SATURATION_THREADS = 4
MEASUREMENT_LIMIT_S = 300

Measured = dict[tuple[str, str], list[dict[str, Any]]]


class Sink:
    """The process that receives and counts."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, HERE / "sink.py"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.address = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def counts(self) -> dict[str, int]:
        """What arrived since the last time."""
        with urllib.request.urlopen(f"{self.address}/counts", timeout=MEASUREMENT_LIMIT_S) as answer:
            return json.load(answer)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def measure(sink: Sink, subject: str, work: str, units: int, threads: int) -> dict[str, Any]:
    command = [sys.executable, HERE / "driver.py", subject, work, str(units), str(threads), sink.address]
    sink.counts()
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=MEASUREMENT_LIMIT_S, cwd=HERE, check=False
    )
    if ended.returncode != 0:
        raise SystemExit(f"{subject} {work} failed:\n{ended.stderr}")
    result = json.loads(ended.stdout.splitlines()[-1])
    result["arrived"] = sink.counts()
    return result


def lost(subject: str, result: dict[str, Any], units: int) -> float | None:
    """The share of records that never arrived, over transactions and exit calls; ours counts in metrics."""
    if subject == "nothing":
        return None
    suffix = (
        ("transactions", "exit_calls") if subject == "tierline" else ("transaction_spans", "exit_call_spans")
    )
    arrived = sum(result["arrived"].get(name, 0) for name in suffix)
    return 1 - arrived / (2 * units)


def run(options: argparse.Namespace) -> Measured:
    measured: Measured = {}
    sink = Sink()
    try:
        for repetition in range(options.repetitions):
            for subject in options.subjects:
                for kind, work, units, threads in (
                    ("W", "W", options.units, 1),
                    ("W0", "W0", options.units, 1),
                    ("start", "W", 0, 1),
                    ("saturation", "W", options.units, SATURATION_THREADS),
                ):
                    result = measure(sink, subject, work, units, threads)
                    if kind in {"W", "saturation"}:
                        result["lost"] = lost(subject, result, options.units)
                    measured.setdefault((subject, kind), []).append(result)
            print(f"repetition {repetition + 1} of {options.repetitions}", file=sys.stderr, flush=True)
    finally:
        sink.stop()
    return measured


def median(measured: Measured, subject: str, kind: str, field: str) -> float:
    return statistics.median(result[field] for result in measured[subject, kind])


def share(value: float | None) -> str:
    return "-" if value is None else "none" if value == 0 else f"{value:.1%}"


def report(options: argparse.Namespace, measured: Measured) -> dict[str, Any]:
    table: dict[str, Any] = {}
    heads = [
        "subject",
        "W µs",
        "W0 µs",
        "start ms",
        "start MB",
        "lost, paced",
        "lost, 4 threads",
        "W, 4 threads µs",
    ]
    print("\n| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for subject in options.subjects:
        losses = {
            kind: max((result["lost"] for result in measured[subject, kind]), key=lambda x: x or 0)
            for kind in ("W", "saturation")
        }
        row = {
            "w_us": median(measured, subject, "W", "cpu_us"),
            "w0_us": median(measured, subject, "W0", "cpu_us"),
            "start_ms": median(measured, subject, "start", "start_ms"),
            "start_mb": median(measured, subject, "start", "start_mb"),
            "lost_paced": losses["W"],
            "lost_saturated": losses["saturation"],
            "w_saturated_us": median(measured, subject, "saturation", "cpu_us"),
        }
        table[subject] = row
        cells = [
            f"{row['w_us']:.2f}",
            f"{row['w0_us']:.2f}",
            f"{row['start_ms']:.1f}",
            f"{row['start_mb']:.1f}",
        ]
        cells += [share(row["lost_paced"]), share(row["lost_saturated"]), f"{row['w_saturated_us']:.2f}"]
        print(f"| {subject} | " + " | ".join(cells) + " |")
    return table


def judge(table: dict[str, Any]) -> list[tuple[str, bool]]:
    """The targets, as far as the subjects of this run allow."""
    ours = table.get("tierline")
    if ours is None:
        return []
    verdicts = [
        ("P1: W costs at most 2.0 µs", ours["w_us"] <= 2.0),
        ("P2: W0 costs at most 0.6 µs", ours["w0_us"] <= 0.6),
        ("P8: import and init take at most 15 ms", ours["start_ms"] <= 15),
        ("P8: import and init take at most 4 MB", ours["start_mb"] <= 4),
        ("P9: nothing counted is lost by 4 threads, exactly", ours["lost_saturated"] == 0),
    ]
    if "datadog" in table:
        ratio = table["datadog"]["w_us"] / ours["w_us"]
        verdicts.append((f"P1: W costs at most 1/35 of ddtrace's (1/{ratio:.0f})", ratio >= 35))
    return verdicts


def machine() -> dict[str, Any]:
    with open("/proc/cpuinfo") as cpuinfo:
        models = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    installed = {distribution.name for distribution in importlib.metadata.distributions()}
    names = [name for name in SUBJECTS.values() if name in installed]
    versions = {name: importlib.metadata.version(name) for name in names}
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=50_000, help="units of work per measurement")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--json", type=Path, help="write the medians to this file too")
    options = parser.parse_args()
    where = machine()
    measured = run(options)
    table = report(options, measured)
    print(
        f"\n{options.units} units, medians of {options.repetitions}; CPU of all threads and the final flush."
    )
    print(f"{where['processor']}, {where['cores']} cores, Python {where['python']}, {where['versions']}")
    if "tierline" in table:
        for subject in table.keys() - {"tierline", "nothing"}:
            ratios = [table[subject][key] / table["tierline"][key] for key in ("w_us", "w0_us")]
            print(f"{subject}: W {ratios[0]:.1f} times ours, W0 {ratios[1]:.1f} times ours")
    for target, reached in judge(table):
        print(f"{'reached' if reached else 'MISSED '}  {target}")
    if options.json:
        options.json.write_text(json.dumps({"machine": where, "medians": table}, indent=2) + "\n")


if __name__ == "__main__":
    main()
