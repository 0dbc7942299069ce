"""Connections to a database, one set of them for everybody in this process who works with it.

Index, ledger, desk and the others each open the database; each holds a share of one pool. The pool's
connections are closed when the last share is given back, or its holder is gone. Without that, a dozen pools
of one process would hold some hundred open files, or connections that a server has to count.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from threading import RLock
from typing import Final

from sqlalchemy import Connection, Dialect, Engine

WRITES: Final = "sohoa_writes"
"""The execution option of a connection that is going to change something."""


class SharedEngine:
    """One holder's share of the connections to a database."""

    def __init__(self, engine: Engine, give_back: Callable[[], None]) -> None:
        self._engine = engine
        # Also where the holder forgot it: an open connection is a file, or a process of the server.
        self._given_back = weakref.finalize(self, give_back)

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""
        return self._engine.dialect

    def connect(self) -> Connection:
        """A connection of the pool."""
        return self._engine.connect()

    def dispose(self) -> None:
        """Give this share back; the last one closes the connections. A second time changes nothing."""
        self._given_back()


class _Pools:
    """Engines by process and URL, each with how many hold it."""

    def __init__(self) -> None:
        # Re-entrant: the collector may give a share back while this thread takes one.
        self._lock: Final = RLock()
        self._held: dict[tuple[int, str], tuple[Engine, int]] = {}

    def take(self, url: str, make: Callable[[], Engine]) -> SharedEngine:
        """A share of the engine of a URL, which is made where nobody holds one."""
        key = (os.getpid(), url)
        with self._lock:
            engine, holders = self._held.get(key) or (make(), 0)
            self._held[key] = engine, holders + 1
        return SharedEngine(engine, lambda: self._give_back(key))

    def _give_back(self, key: tuple[int, str]) -> None:
        if key[0] != os.getpid():
            return  # a forked child closes nothing of its parent's
        with self._lock:
            engine, holders = self._held[key]
            if holders > 1:
                self._held[key] = engine, holders - 1
                return
            del self._held[key]
        engine.dispose()


_POOLS: Final = _Pools()


def share(url: str, make: Callable[[], Engine]) -> SharedEngine:
    """A share of the connections to a database.

    Args:
        url: SQLAlchemy URL; a database that lies in memory is never shared.
        make: makes the engine and what the database needs before its first use.
    """
    return _POOLS.take(url, make)
