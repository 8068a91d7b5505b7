"""A client for the protocol of Redis: as much of it as a cache and a queue need."""

from __future__ import annotations

import socket
import threading
from typing import Any, Protocol

ANSWER_BYTES_MAX = 1 << 20
TIMEOUT_S = 10.0


class RespError(Exception):
    """The server answered with an error, or not in its protocol."""


class Stream(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


def encode(words: tuple[str, ...]) -> bytes:
    """A command: an array of strings with their lengths."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def read(stream: Stream) -> Any:
    """One value: text, a number, a list, or ``None``."""
    line = stream.readline(64 * 1024)
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the connection was closed")
    kind, rest = line[:1], line[1:-2]
    if kind == b"+":
        return rest.decode()
    if kind == b"-":
        raise RespError(rest.decode(errors="replace"))
    length = int(rest)
    if kind == b":":
        return length
    if length < 0:
        return None
    if length > ANSWER_BYTES_MAX:
        raise RespError(f"a value of {length} bytes is too long")
    if kind == b"$":
        return stream.read(length + 2)[:-2].decode()
    if kind == b"*":
        return [read(stream) for _ in range(length)]
    raise RespError(f"unknown kind {kind!r}")


class Client:
    """One connection per thread, made when first needed and again after an error."""

    def __init__(self, address: str) -> None:
        host, port = address.split(":")
        self._address = (host, int(port))
        self._local = threading.local()

    def ask(self, *words: str) -> Any:
        """Sends a command and answers the reply."""
        stream = getattr(self._local, "stream", None)
        if stream is None:
            stream = socket.create_connection(self._address, timeout=TIMEOUT_S).makefile("rwb")
            self._local.stream = stream
        try:
            stream.write(encode(words))
            stream.flush()
            return read(stream)
        except OSError:
            self._local.stream = None
            stream.close()
            raise
