"""Connections that give up: on a server that never replies, replies a byte a minute, or stops half-way.

urllib3 bounds each wait by itself, so a reply that trickles would go on for ever; and it sends a body under
the time limit of connecting (2.7.0, `_make_request`), so a slow line would never take a large one. Here each
wait is bounded by the patience, and all of a request together by the patience and what has passed the line.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from socket import SocketIO, socket
from typing import TYPE_CHECKING, Any, Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from typing_extensions import Buffer

SLOWEST_BYTES_PER_SECOND: Final = 8192
"""A line that carries less, after the patience is used up, is none that scans could go over."""
_SLICE: Final = 65_536
_CONNECT_SECONDS: Final = 2.0


class Pace:
    """How much longer one request may wait. Time that nobody waits for the line does not count."""

    def __init__(self, patience_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Args:
        patience_seconds: longest wait for a byte, and longest for all of them at a line that carries nothing.
        clock: seconds of a steady clock.
        """
        self._patience, self._clock = patience_seconds, clock
        self._waited, self._moved = 0.0, 0

    def begin(self) -> None:
        """A new request."""
        self._waited, self._moved = 0.0, 0

    def moved(self, limit: Callable[[float], None], step: Callable[[], int | None]) -> int:
        """Take one step over the line; how many bytes it moved.

        Args:
            limit: told how many seconds the step may take.
            step: sends or receives, and says how much.

        Raises TimeoutError where the step or all of them take too long.
        """
        left = self._patience + self._moved / SLOWEST_BYTES_PER_SECOND - self._waited
        if left <= 0:
            raise TimeoutError(f"only {self._moved} bytes in {self._waited:.0f} s")
        limit(min(left, self._patience))
        began = self._clock()
        try:
            count = step() or 0
        finally:
            self._waited += self._clock() - began
        self._moved += count
        return count


class _PacedReading(io.RawIOBase):
    """What a server sends, as its reader wants it."""

    def __init__(self, inner: SocketIO, limit: Callable[[float], None], pace: Pace) -> None:
        self._inner, self._limit, self._pace = inner, limit, pace

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        return self._pace.moved(self._limit, lambda: self._inner.readinto(memoryview(buffer)))

    def close(self) -> None:
        self._inner.close()
        super().close()


class _PacedSocket:
    """A socket that an HTTP client sends and receives with."""

    def __init__(self, inner: socket, pace: Pace) -> None:
        self._inner, self._pace = inner, pace

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def sendall(self, data: Buffer) -> None:
        rest = memoryview(data).cast("B")
        while rest:
            part, rest = rest[:_SLICE], rest[_SLICE:]
            self._pace.moved(self._inner.settimeout, lambda part=part: self._sent(part))  # type: ignore[misc]

    def makefile(self, _mode: str = "rb") -> io.BufferedReader:
        inner = self._inner.makefile("rb", buffering=0)
        return io.BufferedReader(_PacedReading(inner, self._inner.settimeout, self._pace))

    def _sent(self, part: memoryview) -> int:
        self._inner.sendall(part)
        return len(part)


def paced_pools(patience_seconds: float, retries: Retry) -> PoolManager:
    """Connections to any server, 2 s to connect, and this patience for everything after."""

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = _paced(HTTPConnection, patience_seconds)

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = _paced(HTTPSConnection, patience_seconds)

    timeout = Timeout(connect=_CONNECT_SECONDS, read=patience_seconds)
    pools = PoolManager(maxsize=8, timeout=timeout, retries=retries)
    pools.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return pools


def _paced(kind: type[HTTPConnection], patience_seconds: float) -> Any:
    """Connections of a kind, each with its pace."""

    class Paced(kind):  # type: ignore[misc, valid-type]
        """A connection that gives up."""

        def connect(self) -> None:
            super().connect()
            self.pace = Pace(patience_seconds)
            # What the client's own code calls of a socket is there, by delegation.
            self.sock: Any = _PacedSocket(self.sock, self.pace)

        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.sock is not None:
                self.pace.begin()
            super().request(*args, **kwargs)

    return Paced
