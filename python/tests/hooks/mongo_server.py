"""Speaks as much of MongoDB's protocol (OP_MSG) as a driver needs to send commands."""

import socket
import struct
import threading

import bson

_OP_MSG = 2013
_OP_QUERY = 2004
_OP_REPLY = 1

_HELLO = {
    "ok": 1,
    "isWritablePrimary": True,
    "ismaster": True,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "maxBsonObjectSize": 16 << 20,
    "maxMessageSizeBytes": 48 << 20,
    "maxWriteBatchSize": 100_000,
    "readOnly": False,
}


class MongoServer:
    """Answers `hello`, `find` and `burn`, which fails."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(16):
                length, request, _, code = struct.unpack("<iiii", head)
                body = stream.read(length - 16)
                if code == _OP_QUERY:
                    document = _HELLO
                    answer = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(document)
                    kind = _OP_REPLY
                else:
                    document = self._answer(bson.decode(body[5:]))
                    answer = struct.pack("<iB", 0, 0) + bson.encode(document)
                    kind = _OP_MSG
                connection.sendall(struct.pack("<iiii", 16 + len(answer), 1, request, kind) + answer)

    def _answer(self, command):
        if "find" in command:
            return {"ok": 1, "cursor": {"id": 0, "ns": "shop.bread", "firstBatch": [{"_id": 1, "name": "rye"}]}}
        if "burn" in command:
            return {"ok": 0, "errmsg": "no such command", "code": 59}
        return _HELLO if "hello" in command or "ismaster" in command else {"ok": 1}
