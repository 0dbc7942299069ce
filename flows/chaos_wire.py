"""A line between a client and a server on loopback that can be cut, delayed and doubled, by request.

What it does next is said in a file, so that any process can say it; what holds for one request only is
taken out of the file when that request comes.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from threading import Event, Thread
from typing import Final, TypeAlias

Address: TypeAlias = tuple[str, int]

_LOOPBACK: Final = "127.0.0.1"
_BLOCK: Final = 65_536
_SLICE_SECONDS: Final = 0.2
_BYTES_WHILE_LATE: Final = 8
"""How many bytes trickle while a late reply is held: each by itself comes in time."""


_FAILURE: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"


class LineFault(StrEnum):
    """What happens to the next request; to every one until it is lifted where the fault lasts (`LASTING`)."""

    CUT = "cut"
    """Every connection is reset before anything passes."""
    BLINK = "blink"
    """One connection is reset before anything passes."""
    REPLY_LOST = "reply-lost"
    """The server does it, and the connection is reset before the client hears of it."""
    REPLY_LATE = "reply-late"
    """The reply comes after the client gave up."""
    REQUEST_DOUBLED = "request-doubled"
    """The server gets it twice, and the client hears the second reply."""
    REPLY_DOUBLED = "reply-doubled"
    """The client gets the reply twice."""
    SILENT = "silent"
    """Connections are accepted and requests read, and nobody does or says anything."""
    TRICKLES = "trickles"
    """The server does it, and the client hears a byte now and then."""
    FAILS = "fails"
    """Every request is answered with status 500, and nobody does anything."""
    STOPS = "stops"
    """The server does it, and the client hears the head of the reply and no more."""


LASTING: Final = frozenset(
    {LineFault.CUT, LineFault.SILENT, LineFault.TRICKLES, LineFault.STOPS, LineFault.FAILS}
)


class Line:
    """A server's address that misbehaves as it is told."""

    def __init__(self, server: Callable[[], Address], told: Path, late_seconds: float) -> None:
        """Nothing listens yet.

        Args:
            server: where requests go, asked for each one: a server that was restarted may have moved.
            told: file with the fault of now; empty or absent for none.
            late_seconds: how long a late reply is held.
        """
        self._server = server
        self._told = told
        self._late_seconds = late_seconds
        self._ending = Event()
        self._listening = socket.create_server((_LOOPBACK, 0))
        self._listening.settimeout(_SLICE_SECONDS)
        self._thread = Thread(target=self._listen, name="line", daemon=True)

    @property
    def address(self) -> str:
        """host:port at which the client finds it."""
        host, port = self._listening.getsockname()
        return f"{host}:{port}"

    def __enter__(self) -> Line:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self._listening.close()

    def _listen(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                client, _ = self._listening.accept()
                client.settimeout(None)
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            while request := _message(client):
                fault = self._next_fault()
                if fault in (LineFault.CUT, LineFault.BLINK):
                    return _reset(client)
                if fault is LineFault.FAILS:
                    client.sendall(_FAILURE)
                    continue
                if fault is LineFault.SILENT:
                    return self._hang(client, b"")
                reply = self._asked(request)
                if fault is LineFault.TRICKLES:
                    return self._hang(client, reply)
                if fault is LineFault.STOPS:
                    client.sendall(reply.partition(b"\r\n\r\n")[0] + b"\r\n")
                    return self._hang(client, b"")
                if fault is LineFault.REQUEST_DOUBLED:
                    reply = self._asked(request)
                if fault is LineFault.REPLY_LOST or not reply:
                    return _reset(client)
                if fault is LineFault.REPLY_LATE:
                    time.sleep(self._late_seconds)
                client.sendall(reply * (2 if fault is LineFault.REPLY_DOUBLED else 1))
        return None

    def _next_fault(self) -> LineFault | None:
        """The fault of this request; one that is for a single request is used up."""
        try:
            said = self._told.read_text("ascii").strip()
        except FileNotFoundError:
            return None
        if not said:
            return None
        fault = LineFault(said)
        if fault not in LASTING:
            self._told.write_text("", "ascii")
        return fault

    def _hang(self, client: socket.socket, trickling: bytes) -> None:
        """Hold a connection, with a byte now and then, until its client gives up or the fault is lifted."""
        client.settimeout(self._late_seconds / _BYTES_WHILE_LATE)
        while not self._ending.is_set() and self._told.read_text("ascii").strip() in LASTING:
            with suppress(TimeoutError):
                if not client.recv(1):
                    return
            client.sendall(trickling[:1])
            trickling = trickling[1:]
        _reset(client)

    def _asked(self, request: bytes) -> bytes:
        """The server's whole reply; empty where there is no server."""
        try:
            with socket.create_connection(self._server(), timeout=60) as server:
                server.sendall(_closing(request))
                found = bytearray()
                while block := server.recv(_BLOCK):
                    found += block
        except OSError:
            return b""
        return bytes(found).replace(b"\r\nConnection: close\r\n", b"\r\n", 1)


def lift(told: Path) -> None:
    """The line is whole again."""
    told.write_text("", "ascii")


def _message(sender: socket.socket) -> bytes:
    """One request with its body; empty where the sender has no more."""
    found = bytearray()
    while b"\r\n\r\n" not in found:
        block = sender.recv(_BLOCK)
        if not block:
            return b""
        found += block
    head, _, body = bytes(found).partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        block = sender.recv(_BLOCK)
        if not block:
            return b""
        body += block
    return head + b"\r\n\r\n" + body


def _closing(request: bytes) -> bytes:
    """The request with the wish that its reply ends with the connection; S3 does not sign that header."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _reset(client: socket.socket) -> None:
    """End a connection as a cut cable and a killed peer do: with RST, nothing said."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
