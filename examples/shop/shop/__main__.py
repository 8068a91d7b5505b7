"""Starts the whole shop, in order, and stops it in the opposite order."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

START_LIMIT_S = 30.0
STOP_LIMIT_S = 8.0
POLL_INTERVAL_S = 0.2
ORDERS_NODES = 2
NODE_TIERS = Path(__file__).resolve().parent.parent / "node"


class Shop:
    """The processes of the shop."""

    def __init__(self, data: Path, amqp: str | None) -> None:
        self._data = data
        self._amqp = ["--amqp", amqp] if amqp else []
        self._processes: list[tuple[str, subprocess.Popen[str]]] = []

    def start(self, customers_per_second: float) -> None:
        """Those that are called before those that call them."""
        memory = self._memory()
        orders = [
            self._tier(
                "orders",
                number,
                "shop.orders",
                "--database",
                str(self._data / "orders.db"),
                "--memory",
                memory,
            )
            for number in range(1, ORDERS_NODES + 1)
        ]
        self._tier(
            "shipping", 1, "shop.shipping", "--database", str(self._data / "shipping.db"), "--memory", memory
        )
        addresses = [word for address in orders for word in ("--orders", address)]
        with_node = shutil.which("node") is not None and (NODE_TIERS / "node_modules/appdynamics").is_dir()
        if with_node:
            self._tier("mail", 1, "mail.mjs", "--memory", memory, *self._amqp)
            addresses += ["--mails", *self._amqp]
        door = self._tier("front", 1, "shop.front", *addresses, "--memory", memory)
        if with_node:
            door = self._tier("web", 1, "web.mjs", "--front", door)
        else:
            print("without the tiers web and mail: see README.md for what Node.js needs", flush=True)
        kiosk = self._kiosk(memory, orders, with_node)
        self._start(
            "load", {}, "shop.load", "--front", door, *kiosk, "--per-second", str(customers_per_second)
        )
        print(f"the shop is open at http://{door}/catalogue", flush=True)

    def _kiosk(self, memory: str, orders: list[str], with_node: bool) -> list[str]:
        """The two tiers that are observed without a word about it, if what they are made of is here."""
        is_here = all(importlib.util.find_spec(name) for name in ("flask", "redis"))
        if not with_node or not is_here or not (NODE_TIERS / "node_modules/express").is_dir():
            print("without the tiers kiosk and reviews: they need flask, redis and express", flush=True)
            return []
        asked = [word for address in orders for word in ("--orders", address)]
        database = str(self._data / "reviews.db")
        reviews = self._tier(
            "reviews", 1, "shop.reviews", "--database", database, "--memory", memory, *asked, unwitting=True
        )
        return ["--kiosk", self._tier("kiosk", 1, "kiosk.mjs", "--reviews", reviews, unwitting=True)]

    def wait(self) -> str:
        """Until one of them ends, which none should."""
        while True:
            for name, process in self._processes:
                if process.poll() is not None:
                    return f"{name} ended with status {process.returncode}"
            time.sleep(POLL_INTERVAL_S)

    def stop(self) -> None:
        """The customers first, so that nothing is asked of those who are gone."""
        while self._processes:
            _, process = self._processes.pop()
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _memory(self) -> str:
        """Redis when it is installed, else our own small server of its protocol."""
        redis = shutil.which("redis-server")
        if redis is None:
            return f"127.0.0.1:{self._start('memory', {}, 'shop.memory_server')}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [redis, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, text=True)
        self._processes.append(("redis", process))
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"127.0.0.1:{port}"
            except OSError:
                time.sleep(0.05)
        raise SystemExit("redis-server did not start")

    def _tier(self, tier: str, number: int, module: str, *arguments: str, unwitting: bool = False) -> str:
        names = {"APPDYNAMICS_AGENT_TIER_NAME": tier, "APPDYNAMICS_AGENT_NODE_NAME": f"{tier}-{number}"}
        return f"127.0.0.1:{self._start(f'{tier}-{number}', names, module, *arguments, unwitting=unwitting)}"

    def _start(
        self, name: str, names: dict[str, str], module: str, *arguments: str, unwitting: bool = False
    ) -> int:
        """Starts a process and answers the port that it says it listens on.

        An unwitting one knows nothing of the agent, which is put beside it from here.
        """
        if module.endswith(".mjs"):
            agent = ["-r", str(NODE_TIERS / "node_modules/appdynamics")] if unwitting else []
            program = ["node", *agent, str(NODE_TIERS / module)]
        else:
            agent = [sys.executable, "-m", "appdynamics.scripts.pyagent", "run", "--"] if unwitting else []
            program = [*agent, sys.executable, "-m", module]
        process = subprocess.Popen(
            [*program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **names},
        )
        self._processes.append((name, process))
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready "):
            raise SystemExit(f"{name} did not start")
        return int(line.split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="shop", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for the databases")
    parser.add_argument("--per-second", type=float, default=12.0, help="customers' visits at most")
    parser.add_argument("--amqp", help="URL of RabbitMQ; without it the mails wait in the cache's server")
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)

    def leave(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    shop = Shop(options.data, options.amqp)
    trouble = None
    try:
        shop.start(options.per_second)
        trouble = shop.wait()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        shop.stop()
    if trouble:
        raise SystemExit(trouble)


if __name__ == "__main__":
    main()
