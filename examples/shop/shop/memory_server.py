"""A small server of the Redis protocol, for machines without Redis: GET, SET with EX, LPUSH, BRPOP, PING."""

from __future__ import annotations

import collections
import socketserver
import threading
import time
from typing import Any

from shop import lifecycle, resp

ENTRIES_MAX = 10_000
MESSAGES_MAX = 10_000


class Memory:
    """What is kept: values until they expire, and lists."""

    def __init__(self) -> None:
        self._values: collections.OrderedDict[str, tuple[str, float]] = collections.OrderedDict()
        self._lists: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self._changed = threading.Condition()

    def get(self, key: str) -> str | None:
        with self._changed:
            value, expires = self._values.get(key, (None, 0.0))
            return value if expires > time.monotonic() else None

    def put(self, key: str, value: str, seconds: float) -> None:
        with self._changed:
            self._values[key] = (value, time.monotonic() + seconds)
            self._values.move_to_end(key)
            while len(self._values) > ENTRIES_MAX:
                self._values.popitem(last=False)

    def push(self, key: str, value: str) -> int | None:
        """The list's new length, or ``None`` when it is full."""
        with self._changed:
            if len(self._lists[key]) >= MESSAGES_MAX:
                return None
            self._lists[key].appendleft(value)
            self._changed.notify()
            return len(self._lists[key])

    def pop(self, key: str, seconds: float) -> str | None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._lists[key], timeout=seconds):
                return None
            return self._lists[key].pop()


def answer(memory: Memory, words: list[str]) -> bytes:
    """What the server says to a command."""
    match [words[0].upper(), *words[1:]]:
        case ["PING"]:
            return b"+PONG\r\n"
        case ["GET", key]:
            return bulk(memory.get(key))
        case ["SET", key, value, "EX", seconds]:
            memory.put(key, value, float(seconds))
            return b"+OK\r\n"
        case ["LPUSH", key, value]:
            length = memory.push(key, value)
            return b"-OOM the list is full\r\n" if length is None else b":%d\r\n" % length
        case ["BRPOP", key, seconds]:
            popped = memory.pop(key, float(seconds))
            return b"*-1\r\n" if popped is None else resp.encode((key, popped))
        case _:
            return b"-ERR unknown command\r\n"


def bulk(text: str | None) -> bytes:
    """One string, or the protocol's word for none."""
    if text is None:
        return b"$-1\r\n"
    data = text.encode()
    return b"$%d\r\n%s\r\n" % (len(data), data)


class Handler(socketserver.StreamRequestHandler):
    """One connection: commands in, answers out."""

    memory = Memory()

    def handle(self) -> None:
        try:
            while True:
                words: Any = resp.read(self.rfile)
                self.wfile.write(answer(self.memory, words))
        except (ConnectionError, resp.RespError, ValueError, TypeError, IndexError):
            return


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main() -> None:
    lifecycle.end_on_request()
    with Server(("127.0.0.1", 0), Handler) as server:
        lifecycle.say_ready(server.server_address[1])
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
