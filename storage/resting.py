"""A store that let somebody wait in vain is not asked again by everybody else: their dossiers wait at once.

A store that refuses connections costs nobody any time, and is asked each time. One that accepts them and
falls silent costs each caller a minute and a half, and with a few of them no dossier of the counter begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from dossier.archive import ArchivedObject
from dossier.errors import StoreUnreachable
from dossier.ports import Archive
from storage.breaker import CircuitBreaker

LONG_SECONDS: Final = 5.0
"""A failure that took longer than this is not to be had by everybody."""
_REST_SECONDS: Final = 30.0


class RestingArchive:
    """Another archive (port Archive), left alone for a while after somebody waited for it in vain."""

    def __init__(
        self,
        archive: Archive,
        hasty: Archive,
        breaker: CircuitBreaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is asked yet.

        Args:
            archive: the archive itself.
            hasty: the same with little patience, for probes.
            breaker: whether it may be asked now.
            clock: seconds of a steady clock.
        """
        self._archive, self._hasty, self._clock = archive, hasty, clock
        self._breaker = breaker or CircuitBreaker(limit=1, rest_seconds=_REST_SECONDS)

    @property
    def inner(self) -> Archive:
        """The archive itself."""
        return self._archive

    def probe(self) -> None:
        """Always asked: who passes ends the rest. Raises StoreUnfit or StoreUnreachable."""
        self._hasty.probe()
        self._breaker.succeeded()

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        """Put under a new key. Raises StoreUnreachable at once while it rests."""
        with self._unless_resting():
            return self._archive.put(key, data, media_type, retention_days)

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version. Raises StoreUnreachable at once while it rests."""
        with self._unless_resting():
            return self._archive.get(key, version_id)

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """What is kept under a key. Raises StoreUnreachable at once while it rests."""
        with self._unless_resting():
            return self._archive.describe(key, version_id)

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix. Raises StoreUnreachable at once while it rests."""
        with self._unless_resting():
            return self._archive.list(prefix)

    @contextmanager
    def _unless_resting(self) -> Iterator[None]:
        if not self._breaker.lets_through():
            raise StoreUnreachable(
                "store", "it let others wait in vain a moment ago and was not asked again yet"
            )
        began = self._clock()
        try:
            yield
        except StoreUnreachable:
            if self._clock() - began >= LONG_SECONDS:
                self._breaker.failed()
            raise
        except BaseException:
            self._breaker.succeeded()  # whatever it said, it did answer
            raise
        else:
            self._breaker.succeeded()
